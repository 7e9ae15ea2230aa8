//! Reading the log without a cursor of its own.

use database::{Db, Result, Scope, Statement, SystemReason, Tx, bind, sql, system_sql};
use uuid::Uuid;

use crate::Event;

pub(crate) const AFTER: Statement = system_sql!("system/read_after.sql");
const HEAD: Statement = system_sql!("system/find_head.sql");
const OF_ENTITY: Statement = sql!("list_of_entity.sql");

/// The most events of one entity that are read.
const MOST_OF_ENTITY: u32 = 500;

/// The position of the newest readable event; 0 in an empty log.
pub async fn head(db: &Db) -> Result<i64> {
    let mut tx = db.read(Scope::System(SystemReason::WorkClaim)).await?;
    let head = head_in(&mut tx).await?;
    tx.commit().await?;
    Ok(head)
}

/// The same, in the caller's transaction.
pub(crate) async fn head_in(tx: &mut Tx) -> Result<i64> {
    tx.fetch_one(&HEAD, bind![]).await?.get(0)
}

/// The events of all tenants after a position, in order, at most `limit`. For readers that may start
/// anywhere and lose their place; whoever must not miss one is a [`Reaction`](crate::Reaction).
pub async fn after(db: &Db, position: i64, limit: u32) -> Result<Vec<Event>> {
    let mut tx = db.read(Scope::System(SystemReason::WorkClaim)).await?;
    let rows = tx.fetch_all(&AFTER, bind![position, limit]).await?;
    tx.commit().await?;
    rows.iter().map(Event::read).collect()
}

/// What happened to an entity, oldest first, the first 500. Includes events that have no position yet.
pub async fn of_entity(tx: &mut Tx, entity: Uuid) -> Result<Vec<Event>> {
    let rows = tx.fetch_all(&OF_ENTITY, bind![entity, MOST_OF_ENTITY]).await?;
    rows.iter().map(Event::read).collect()
}
