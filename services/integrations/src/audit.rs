//! Whether everything that came in has ended, is at work, or waits where somebody sees it.

use std::sync::Arc;

use database::{Result, Row, Statement, TenantKeys, Tx, bind, sql};
use domain::{Flaws, ImportId, SignedDuration, TenantId, Timestamp, WebhookId};
use ports::webhooks::WebhookMessage;
use uuid::Uuid;

use crate::import::{Phase, Status};
use crate::sources::{Source, Taker};
use crate::webhooks::BODY;
use crate::{Imports, Webhooks};

const WEBHOOKS: Statement = sql!("audit_webhooks.sql");
const PROCESSED: Statement = sql!("audit_processed.sql");
const IMPORTS: Statement = sql!("audit_imports.sql");

/// Rows read at once.
const PAGE: u32 = 500;
/// Messages read at once with their bodies, each of 2 MiB at most.
const BODIES: u32 = 20;
/// Work that was due this long ago is done by nobody.
const LATE: SignedDuration = SignedDuration::from_hours(1);
/// A queue of files is shorter than this.
const LONG: SignedDuration = SignedDuration::from_hours(24);
/// What waits for a person waits for seven days, and its sweep comes once an hour.
const WAITS: SignedDuration = SignedDuration::from_hours(7 * 24 + 2);

impl Webhooks {
    /// Checks one tenant's inbox as of a moment, in the caller's reading transaction: every message is processed,
    /// waits for a worker that comes, or is parked with its reason; and what the processed ones that came since a
    /// moment said is known to its owner. Answers how many of those were read.
    pub async fn audit(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        as_of: Timestamp,
        since: Timestamp,
        flaws: &mut Flaws,
    ) -> Result<u64> {
        let mut after = Uuid::nil();
        loop {
            let rows = tx.fetch_all(&WEBHOOKS, bind![after, as_of - LATE, PAGE]).await?;
            for row in &rows {
                after = row.get(0)?;
                flaws.add("webhooks.state", after, state_flaw(row)?);
            }
            if rows.len() < PAGE as usize {
                break;
            }
        }
        self.audit_effects(tx, tenant, since, flaws).await
    }

    async fn audit_effects(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        since: Timestamp,
        flaws: &mut Flaws,
    ) -> Result<u64> {
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let (mut read, mut after) = (0, Uuid::nil());
        loop {
            let rows = tx.fetch_all(&PROCESSED, bind![after, since, BODIES]).await?;
            for source in &self.sources {
                audit_source(tx, source, &rows, &keys, flaws).await?;
            }
            read += rows.len() as u64;
            match rows.last() {
                Some(last) if rows.len() == BODIES as usize => after = last.get(0)?,
                Some(_) | None => return Ok(read),
            }
        }
    }
}

/// Whether the orders that one system's messages state are known to whoever takes them.
async fn audit_source(
    tx: &mut Tx,
    source: &Source,
    rows: &[Row],
    keys: &Arc<TenantKeys>,
    flaws: &mut Flaws,
) -> Result<()> {
    let orders = match &source.taker {
        Taker::Orders(orders) => orders,
        // What is said of a parcel may be old, or of nobody's parcel: it need not leave anything.
        Taker::Parcels(_) => return Ok(()),
    };
    let mut said: Vec<(WebhookId, String)> = Vec::new();
    for row in rows {
        if row.get::<String>(1)? == source.adapter.name() {
            said.extend(stated(source, row, keys, flaws)?);
        }
    }
    let references: Vec<&str> = said.iter().map(|(_, reference)| reference.as_str()).collect();
    let unknown = orders.unknown(tx, &references).await?;
    for (id, _) in said.iter().filter(|(_, reference)| unknown.contains(&reference.as_str())) {
        flaws.add("webhooks.effect", id, "it is processed, and its order is not there");
    }
    Ok(())
}

/// The order that a processed message states, if it states one.
fn stated(
    source: &Source,
    row: &Row,
    keys: &Arc<TenantKeys>,
    flaws: &mut Flaws,
) -> Result<Option<(WebhookId, String)>> {
    let (id, topic): (WebhookId, String) = (row.id(0)?, row.get(2)?);
    let Ok(body) = keys.open(BODY, &row.get::<Vec<u8>>(4)?) else {
        flaws.add("webhooks.sealed", id, "its body does not open");
        return Ok(None);
    };
    Ok(match source.adapter.parse(&topic, &body, row.time(3)?) {
        Ok(WebhookMessage::OrderChanged(order) | WebhookMessage::OrderCancelled(order)) => {
            Some((id, order.external_id))
        }
        Ok(
            WebhookMessage::CustomerDataRequested(_)
            | WebhookMessage::CustomerErasureRequested(_)
            | WebhookMessage::AccountErasureRequested { .. }
            | WebhookMessage::ParcelsMoved(_)
            | WebhookMessage::Ignored { .. },
        ) => None,
        Err(_) => {
            flaws.add("webhooks.effect", id, "it is processed, and it cannot be read");
            None
        }
    })
}

fn state_flaw(row: &Row) -> Result<String> {
    let state: String = row.get(1)?;
    let (due_at, processed) = (row.time(2)?, row.get::<Option<i64>>(3)?.is_some());
    Ok(match (state.as_str(), processed) {
        ("received", false) => format!("it was due at {due_at} and nobody processes it"),
        ("received" | "parked", true) => format!("it is {state} and was processed"),
        ("processed", _) => "it is processed and nobody knows when".to_owned(),
        ("parked", false) => "it is parked for no reason".to_owned(),
        _ => "its state is none of ours".to_owned(),
    })
}

impl Imports {
    /// Checks one tenant's imports as of a moment, in the caller's reading transaction: each has ended, is at work,
    /// or waits for a person; answers how many there are.
    pub async fn audit(&self, tx: &mut Tx, as_of: Timestamp, flaws: &mut Flaws) -> Result<u64> {
        let (mut imports, mut after) = (0, Uuid::nil());
        loop {
            let rows = tx.fetch_all(&IMPORTS, bind![after, PAGE]).await?;
            for row in &rows {
                after = row.get(0)?;
                if let Some(why) = import_flaw(row, as_of)? {
                    flaws.add("imports.state", row.id::<ImportId>(0)?, why);
                }
            }
            imports += rows.len() as u64;
            if rows.len() < PAGE as usize {
                return Ok(imports);
            }
        }
    }
}

fn import_flaw(row: &Row, as_of: Timestamp) -> Result<Option<&'static str>> {
    let (Ok(status), Ok(phase)) = (row.parse::<Status>(1), row.parse::<Phase>(2)) else {
        return Ok(Some("its state is none of ours"));
    };
    let (created_at, lease_until) = (row.time(4)?, row.time(5)?);
    let (chunks, next, left): (i64, i64, i64) = (row.get(6)?, row.get(7)?, row.get(8)?);
    let ended = row.time_opt(3)?.is_some();
    let late = lease_until < as_of - LATE && created_at < as_of - LONG;
    Ok(match status {
        Status::Held | Status::Failed if phase == Phase::Waiting && created_at < as_of - WAITS => {
            Some("it has waited for a person longer than it may")
        }
        Status::Failed if ended && phase == Phase::Waiting && left == 0 => None,
        Status::Completed | Status::Partial | Status::Failed if !ended || phase != Phase::Done => {
            Some("it has ended and nobody knows when")
        }
        Status::Completed | Status::Partial if next != chunks => {
            Some("it has ended and was not applied to its end")
        }
        Status::Completed | Status::Partial | Status::Failed if left > 0 => {
            Some("it has ended and rows of it are still staged")
        }
        Status::Queued | Status::Running if late => Some("it has not ended and nobody works on it"),
        Status::Completed
        | Status::Partial
        | Status::Failed
        | Status::Queued
        | Status::Running
        | Status::Held => None,
    })
}
