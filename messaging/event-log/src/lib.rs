//! Facts, in the past tense, written in the transaction that changes the rows.
//!
//! An event is appended after its entity's row is locked, so the events of one entity are in order. Its
//! payload holds ids, codes and amounts, never personal data: the log is append-only and a person must be
//! erasable. Payloads are versioned by kind; a published version keeps its meaning for ever.
//!
//! On SQLite the row id is the event's position. On PostgreSQL an event is appended without one, and gets
//! it in commit order afterwards: see the migration of the table.

use database::{Result, Statement, Tx, bind, sql};
use domain::{EventId, Ids, Timestamp};
use serde::Serialize;
use uuid::Uuid;

const APPEND: Statement = sql!("append.sql");

/// A fact about to be recorded.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// What happened: `shipment.status_changed`.
    pub kind: &'static str,
    /// The entity it happened to.
    pub entity: Uuid,
    /// The entity's version after the change.
    pub entity_version: i64,
    /// When it happened in the world.
    pub occurred_at: Timestamp,
    payload_version: i64,
    payload: String,
}

impl NewEvent {
    /// A fact with its payload, version 1 of its kind.
    ///
    /// # Errors
    /// When the payload does not serialise, which only a map with keys other than strings does.
    pub fn new<P: Serialize>(
        kind: &'static str,
        entity: Uuid,
        entity_version: i64,
        occurred_at: Timestamp,
        payload: &P,
    ) -> serde_json::Result<Self> {
        let payload = serde_json::to_string(payload)?;
        Ok(Self { kind, entity, entity_version, occurred_at, payload_version: 1, payload })
    }
}

/// Appends facts in their order, in the caller's transaction.
pub async fn append(tx: &mut Tx, ids: &dyn Ids, now: Timestamp, events: Vec<NewEvent>) -> Result<()> {
    let rows = events
        .into_iter()
        .map(|event| {
            bind![
                EventId::from(ids.next()),
                event.kind,
                event.entity,
                event.entity_version,
                event.payload_version,
                event.payload,
                event.occurred_at,
                now,
            ]
        })
        .collect();
    tx.execute_many(&APPEND, rows).await.map(drop)
}
