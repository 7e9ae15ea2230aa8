//! What people see of the events set aside, and how they have them taken in again.

use database::{Db, Result, Row, Scope, Statement, SystemReason, bind, sql, system_sql};
use domain::{Clock, TenantId, Timestamp};
use uuid::Uuid;

use crate::follow::MOVE_CURSOR;

const LIST: Statement = sql!("list_parked.sql");
const RETRY: Statement = sql!("retry_parked.sql");
const RETRY_ALL: Statement = system_sql!("system/retry_all_parked.sql");
const FIND_CURSOR: Statement = system_sql!("system/find_cursor.sql");

/// The most that one list shows.
const MOST: u32 = 500;

/// What will become of an event set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParkedState {
    /// It is tried again, or waits for an earlier one of its entity.
    Waiting,
    /// It was tried often enough: a person decides.
    Parked,
}

impl ParkedState {
    /// The name in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Parked => "parked",
        }
    }
}

/// An event that a reaction failed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedEvent {
    /// The reaction.
    pub reaction: String,
    /// The event's place in the log.
    pub position: i64,
    /// What will become of it.
    pub state: ParkedState,
    /// Attempts made; 0 for one that waits behind another.
    pub attempts: i64,
    /// When it is tried again, if that is decided.
    pub next_try_at: Option<Timestamp>,
    /// What the last attempt failed of.
    pub error: Option<String>,
    /// When it was set aside.
    pub held_at: Timestamp,
    /// What happened.
    pub kind: String,
    /// The entity it happened to.
    pub entity: Uuid,
    /// When it happened in the world.
    pub occurred_at: Timestamp,
}

/// Why events could not be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// No reaction of this name has ever run on this store.
    #[error("no reaction is called {0}")]
    UnknownReaction(String),
    /// The reaction has not read that far yet.
    #[error("the reaction stands at {at}: it cannot be sent forward to {wanted}, which would skip events")]
    Forward {
        /// Where it stands.
        at: i64,
        /// Where it was to go.
        wanted: i64,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] database::Error),
}

/// The tenant's events set aside, newest first, at most 500.
pub async fn list(db: &Db, tenant: TenantId) -> Result<Vec<ParkedEvent>> {
    let mut tx = db.read(Scope::Tenant(tenant)).await?;
    let rows = tx.fetch_all(&LIST, bind![MOST]).await?;
    tx.commit().await?;
    rows.iter().map(read).collect()
}

/// Has a parked event tried again, with all its attempts; answers whether it was parked.
pub async fn retry(
    db: &Db,
    clock: &dyn Clock,
    tenant: TenantId,
    reaction: &str,
    position: i64,
) -> Result<bool> {
    let mut tx = db.write(Scope::Tenant(tenant)).await?;
    let changed = tx.execute(&RETRY, bind![reaction, position, clock.now()]).await?;
    tx.announce_work();
    tx.commit().await?;
    Ok(changed == 1)
}

/// Has all parked events of a reaction tried again; answers how many.
pub async fn retry_all(db: &Db, clock: &dyn Clock, reaction: &str) -> Result<u64, ReplayError> {
    let mut tx = db.write(Scope::System(SystemReason::Administration)).await?;
    if tx.fetch_optional(&FIND_CURSOR, bind![reaction]).await?.is_none() {
        return Err(ReplayError::UnknownReaction(reaction.to_owned()));
    }
    let changed = tx.execute(&RETRY_ALL, bind![reaction, clock.now()]).await?;
    tx.announce_work();
    tx.commit().await?;
    Ok(changed)
}

/// Sends a reaction back, so that it reads the events after `position` once more; 0 is the beginning.
/// Answers where it stood. What it writes for an event it writes again: replay a reaction that is made for it.
pub async fn replay_from(
    db: &Db,
    clock: &dyn Clock,
    reaction: &str,
    position: i64,
) -> Result<i64, ReplayError> {
    let mut tx = db.write(Scope::System(SystemReason::Administration)).await?;
    let Some(row) = tx.fetch_optional(&FIND_CURSOR, bind![reaction]).await? else {
        return Err(ReplayError::UnknownReaction(reaction.to_owned()));
    };
    let at: i64 = row.get(0)?;
    let wanted = position.max(0);
    if wanted > at {
        return Err(ReplayError::Forward { at, wanted });
    }
    tx.execute(&MOVE_CURSOR, bind![reaction, wanted, clock.now()]).await?;
    tx.announce_work();
    tx.commit().await?;
    Ok(at)
}

fn read(row: &Row) -> Result<ParkedEvent> {
    let state: String = row.get(2)?;
    Ok(ParkedEvent {
        reaction: row.get(0)?,
        position: row.get(1)?,
        state: if state == ParkedState::Parked.as_str() { ParkedState::Parked } else { ParkedState::Waiting },
        attempts: row.get(3)?,
        next_try_at: row.time_opt(4)?,
        error: row.get(5)?,
        held_at: row.time(6)?,
        kind: row.get(7)?,
        entity: row.get(8)?,
        occurred_at: row.time(9)?,
    })
}
