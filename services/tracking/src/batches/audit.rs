//! Whether the stored sums of batches are what counting their rows gives.

use std::collections::BTreeMap;

use database::{Result, Statement, Tx, bind, sql};
use domain::{BatchId, Flaws};
use uuid::Uuid;

const BATCHES: Statement = sql!("audit_batches.sql");
const COUNTS: Statement = sql!("audit_batch_counts.sql");
const ROWS: Statement = sql!("audit_batch_shipments.sql");

/// Batches read at once; the rows of each are counted by themselves.
const PAGE: u32 = 500;

/// Shipments, and how many of them somebody looked at.
type Sum = (i64, i64);

/// Checks one tenant's batches, in the caller's reading transaction.
pub(crate) async fn audit(tx: &mut Tx, flaws: &mut Flaws) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let rows = tx.fetch_all(&BATCHES, bind![after, PAGE]).await?;
        for row in &rows {
            after = row.get(0)?;
            check(tx, row.id(0)?, (row.get(1)?, row.get(2)?), flaws).await?;
        }
        if rows.len() < PAGE as usize {
            return Ok(());
        }
    }
}

async fn check(tx: &mut Tx, batch: BatchId, total: Sum, flaws: &mut Flaws) -> Result<()> {
    let counted = sums(tx, &ROWS, batch).await?;
    let mut said = sums(tx, &COUNTS, batch).await?;
    let all = counted.values().fold((0, 0), |all: Sum, one| (all.0 + one.0, all.1 + one.1));
    let mut note = |what: &str, said: Sum, there: Sum| {
        if said != there {
            let detail = format!(
                "{what}: {} shipments with {} reviewed ones are said, and {} with {} are there",
                said.0, said.1, there.0, there.1
            );
            flaws.add("batches.counts", batch, detail);
        }
    };
    note("all", total, all);
    for ((carrier, status), there) in counted {
        let said = said.remove(&(carrier.clone(), status.clone())).unwrap_or_default();
        note(&format!("{carrier} {status}"), said, there);
    }
    for ((carrier, status), said) in said {
        note(&format!("{carrier} {status}"), said, (0, 0));
    }
    Ok(())
}

/// By carrier and status.
async fn sums(tx: &mut Tx, statement: &Statement, batch: BatchId) -> Result<BTreeMap<(String, String), Sum>> {
    let rows = tx.fetch_all(statement, bind![batch]).await?;
    rows.iter().map(|row| Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?)))).collect()
}
