//! An event, from the one who states the fact to the one who reads it.

use database::Row;
use domain::{EventId, TenantId, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::ReactionError;

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
    /// The trace that led to it; none takes the one that runs when it is appended.
    pub(crate) trace_id: Option<String>,
    pub(crate) payload_version: i64,
    pub(crate) payload: String,
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
        Ok(Self { kind, entity, entity_version, occurred_at, trace_id: None, payload_version: 1, payload })
    }

    /// The same fact of a trace of its own, if there is one.
    #[must_use]
    pub fn of_trace(mut self, trace: Option<&str>) -> Self {
        self.trace_id = trace.map(str::to_owned);
        self
    }
}

/// A recorded fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the log, from 1, without gaps; 0 while it has none yet.
    pub position: i64,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its id.
    pub id: EventId,
    /// What happened.
    pub kind: String,
    /// The entity it happened to.
    pub entity: Uuid,
    /// The entity's version after the change.
    pub entity_version: i64,
    /// Version of the payload's shape, by kind.
    pub payload_version: i64,
    /// The trace that led to it.
    pub trace_id: Option<String>,
    /// When it happened in the world.
    pub occurred_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    payload: String,
}

impl Event {
    /// The payload as the type that was recorded.
    ///
    /// # Errors
    /// [`ReactionError::Poison`] when it does not fit.
    pub fn payload<P: DeserializeOwned>(&self) -> Result<P, ReactionError> {
        // serde's message may quote the value, so it stays here.
        serde_json::from_str(&self.payload)
            .map_err(|_| ReactionError::Poison("the payload does not fit the kind".into()))
    }

    /// The payload as it is stored, JSON.
    #[must_use]
    pub fn payload_json(&self) -> &str {
        &self.payload
    }

    pub(crate) fn read(row: &Row) -> database::Result<Self> {
        Ok(Self {
            position: row.get(0)?,
            tenant: row.id(1)?,
            id: row.id(2)?,
            kind: row.get(3)?,
            entity: row.get(4)?,
            entity_version: row.get(5)?,
            payload_version: row.get(6)?,
            payload: row.get(7)?,
            trace_id: row.get(8)?,
            occurred_at: row.time(9)?,
            recorded_at: row.time(10)?,
        })
    }
}
