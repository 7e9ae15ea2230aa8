//! Facts, in the past tense, written in the transaction that changes the rows.
//!
//! An event is appended after its entity's row is locked, so the events of one entity are in order. Its
//! payload holds ids, codes and amounts, never personal data: the log is append-only and a person must be
//! erasable. Payloads are versioned by kind; a published version keeps its meaning for ever.
//!
//! Readers know one order only: `position`, gapless from 1.
//!
//! * On SQLite the row id is the position. On PostgreSQL an event is appended without one, and the
//!   [`Sequencer`] stamps what has committed: nothing is skipped although transactions commit out of order.
//! * A [`Reaction`] gets the events in batches. What it writes and its cursor move in one transaction, so
//!   each event has its effect exactly once.
//! * An event that a reaction fails on is set aside with the later ones of the same entity, tried again
//!   with growing pauses, and parked after the last attempt. The cursor goes on meanwhile.

mod audit;
mod erase;
mod event;
mod follow;
mod held;
pub mod parked;
mod read;
mod stamp;

use std::future::Future;

use async_trait::async_trait;
use database::{Result, Statement, Tx, bind, sql};
use domain::{EventId, Ids, Timestamp};

pub use crate::audit::{Histories, History, audit};
pub use crate::erase::erase_tenant;
pub use crate::event::{Event, NewEvent};
pub use crate::follow::Follower;
pub use crate::parked::{ParkedEvent, ParkedState, ReplayError};
pub use crate::read::{after, head, of_entity};
pub use crate::stamp::Sequencer;

const APPEND: Statement = sql!("append.sql");

/// Answers to facts by changing its own tables.
#[async_trait]
pub trait Reaction: Send + Sync {
    /// Names the reaction and its cursor, for ever: `orders`.
    fn name(&self) -> &'static str;

    /// The kinds of events it wants.
    fn kinds(&self) -> &'static [&'static str];

    /// Takes in events of one tenant, in their order. The transaction is in the tenant's scope; what is
    /// written in it commits together with the cursor, or not at all.
    ///
    /// # Errors
    /// Whatever it fails with undoes the whole batch, which is then tried event by event.
    async fn react(&self, tx: &mut Tx, events: &[Event]) -> Result<(), ReactionError>;
}

/// Why a reaction could not take in an event. The text is stored and shown: a code or a few words, never
/// personal data.
#[derive(Debug, thiserror::Error)]
pub enum ReactionError {
    /// The event cannot be taken in as it is.
    #[error("{0}")]
    Poison(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] database::Error),
}

/// Appends facts in their order, in the caller's transaction. They belong to the trace that runs now, but for those
/// that name another.
pub async fn append(tx: &mut Tx, ids: &dyn Ids, now: Timestamp, events: Vec<NewEvent>) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let trace = telemetry::trace::current();
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
                event.trace_id.or_else(|| trace.clone()),
                event.occurred_at,
                now,
            ]
        })
        .collect();
    tx.announce_work();
    tx.execute_many(&APPEND, rows).await.map(drop)
}

/// Runs what may panic: a bug in a reaction concerns its event, not the loop.
async fn caught<F: Future<Output = Result<(), ReactionError>> + Send>(work: F) -> Result<(), ReactionError> {
    use futures_util::FutureExt as _;
    match std::panic::AssertUnwindSafe(work).catch_unwind().await {
        Ok(done) => done,
        Err(_) => Err(ReactionError::Poison("the reaction panicked".into())),
    }
}
