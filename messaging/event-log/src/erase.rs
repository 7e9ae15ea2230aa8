//! Removing a tenant's facts.

use database::{Db, Result, Scope, Statement, SystemReason, Tx, bind, system_sql};
use domain::TenantId;
use serde::Deserialize;
use uuid::Uuid;

use crate::stamp;

const KEEP_HEAD: Statement = system_sql!("system/keep_head.sql");
const KEEP_NEWEST: Statement = system_sql!("system/keep_newest.sql");
const ERASE: Statement = system_sql!("system/erase_events.sql");
const LIST_ERASED: Statement = system_sql!("system/list_erased.sql");
const NOTE_ERASED: Statement = system_sql!("system/note_erased.sql");

/// Events of one transaction; it must stay short.
const BATCH: u64 = 500;

/// Removes a tenant's events. The newest position of the log is never given twice, or readers would skip what
/// gets it next: an event that stands there stays, emptied and without its tenant. How many positions became empty
/// is noted in the newest emptied event, so that a gap is told from a loss.
///
/// # Errors
/// When the store fails; what is left goes when it is called again.
pub async fn erase_tenant(db: &Db, tenant: TenantId) -> Result<()> {
    loop {
        let mut tx = db.write(Scope::System(SystemReason::Administration)).await?;
        // The newest position must not move between the two statements.
        stamp::hold(&mut tx).await?;
        tx.execute(&KEEP_HEAD, bind![tenant, Uuid::nil()]).await?;
        let mut noted = erased(&mut tx).await?;
        if noted.is_empty() {
            tx.execute(&KEEP_NEWEST, bind![tenant, Uuid::nil()]).await?;
            noted = erased(&mut tx).await?;
        }
        let gone = tx.fetch_all(&ERASE, bind![tenant, BATCH]).await?;
        let positions = gone.iter().map(|row| row.get::<i64>(0)).collect::<Result<Vec<_>>>()?;
        // Those without a position leave no gap.
        let gaps = positions.iter().filter(|position| **position > 0).count() as i64;
        if let Some((position, before)) = noted.last() {
            let payload = format!("{{\"events\":{}}}", before + gaps);
            tx.execute(&NOTE_ERASED, bind![Uuid::nil(), *position, payload]).await?;
        }
        tx.commit().await?;
        if (gone.len() as u64) < BATCH {
            return Ok(());
        }
    }
}

/// Positions of emptied events, the newest last, with the number of positions that each says are empty.
pub(crate) async fn erased(tx: &mut Tx) -> Result<Vec<(i64, i64)>> {
    tx.fetch_all(&LIST_ERASED, bind![Uuid::nil()])
        .await?
        .iter()
        .map(|row| {
            let payload: String = row.get(1)?;
            // Of one from before they were counted nothing is known.
            let said = serde_json::from_str::<Erased>(&payload).unwrap_or_default();
            Ok((row.get(0)?, said.events))
        })
        .collect()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Erased {
    events: i64,
}
