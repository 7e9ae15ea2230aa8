//! Dead letters: tasks that were given up, for a person to look at and try again.

use std::collections::HashSet;

use database::{Page, Result, Scope, Statement, TimeCursor, bind, page_size, sql};
use domain::{TenantId, Timestamp};

use crate::{Priority, TaskId, TaskQueue};

pub(crate) const LIST: Statement = sql!("list_dead.sql");
pub(crate) const FIND_OF_KIND: Statement = sql!("find_dead_of_kind.sql");
pub(crate) const REVIVE: Statement = sql!("revive.sql");

/// Dead letters tried again in one transaction.
const BATCH: u32 = 200;

/// A task that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadTask {
    /// Its id.
    pub id: TaskId,
    /// What was to be done.
    pub kind: String,
    /// How urgent it was.
    pub priority: Priority,
    /// Attempts made.
    pub attempts: u32,
    /// What the last one failed of.
    pub error: Option<String>,
    /// The trace it continues.
    pub trace_id: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// When it was given up.
    pub died_at: Timestamp,
}

impl TaskQueue {
    /// A page of dead letters after a cursor, those given up last first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_dead(
        &self,
        tenant: TenantId,
        after: Option<TimeCursor>,
        limit: u32,
    ) -> Result<Page<DeadTask, TimeCursor>> {
        let limit = page_size(limit);
        let from = after.unwrap_or(TimeCursor::NEWEST);
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![from.at, from.id, limit + 1]).await?;
        tx.commit().await?;
        let dead = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        Ok(Page::cut(dead, limit, |last| TimeCursor::after(last.died_at, last.id)))
    }

    /// Tries a dead letter again, at once and with all its attempts; answers whether it does. It does not
    /// when there is no such dead letter, or when an open task of the same kind and key does its work.
    ///
    /// # Errors
    /// When the store fails; [`database::Error::Duplicate`] when a task of the same key came just now.
    pub async fn retry(&self, tenant: TenantId, id: TaskId) -> Result<bool> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let revived = tx.execute_many(&REVIVE, vec![bind![id, self.clock.now()]]).await?;
        tx.announce_work();
        tx.commit().await?;
        Ok(revived == 1)
    }

    /// Tries all dead letters of a kind again, of several with one key the last one; answers how many.
    ///
    /// # Errors
    /// As [`TaskQueue::retry`]. What was revived before stays so.
    pub async fn retry_all_dead(&self, tenant: TenantId, kind: &str) -> Result<u64> {
        let mut revived = 0;
        let mut from = TimeCursor::NEWEST;
        loop {
            let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
            let found = tx.fetch_all(&FIND_OF_KIND, bind![kind, from.at, from.id, BATCH]).await?;
            let Some(last) = found.last() else { return Ok(revived) };
            from = TimeCursor::after(last.time(2)?, last.id::<TaskId>(0)?);
            let mut keys = HashSet::new();
            let mut rows = Vec::with_capacity(found.len());
            for row in &found {
                let key: Option<String> = row.get(1)?;
                // Newest first: an older one with the same key has nothing left to do.
                if key.is_none_or(|key| keys.insert(key)) {
                    rows.push(bind![row.id::<TaskId>(0)?, self.clock.now()]);
                }
            }
            revived += tx.execute_many(&REVIVE, rows).await?;
            tx.announce_work();
            tx.commit().await?;
        }
    }
}

fn read(row: &database::Row) -> Result<DeadTask> {
    Ok(DeadTask {
        id: row.id(0)?,
        kind: row.get(1)?,
        priority: Priority::from_code(row.get(2)?),
        attempts: u32::try_from(row.count(3)?).unwrap_or(u32::MAX),
        error: row.get(4)?,
        trace_id: row.get(5)?,
        created_at: row.time(6)?,
        died_at: row.time(7)?,
    })
}
