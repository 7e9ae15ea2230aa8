//! One reaction and its cursor.

use std::collections::HashSet;
use std::sync::Arc;

use database::{Db, Result, Scope, Statement, SystemReason, Tx, bind, system_sql};
use domain::{Clock, TenantId};
use uuid::Uuid;

use crate::read::AFTER;
use crate::{Event, Reaction, ReactionError, caught};

const ADD_CURSOR: Statement = system_sql!("system/add_cursor.sql");
const LOCK_CURSOR: Statement =
    system_sql!("system/lock_cursor.sql", postgres: "system/lock_cursor.postgres.sql");
pub(crate) const MOVE_CURSOR: Statement = system_sql!("system/move_cursor.sql");
const FIND_NEWS: Statement = system_sql!("system/find_news.sql");
const FIND_HELD: Statement = system_sql!("system/find_held.sql");

/// Events of one transaction; it must stay short.
const BATCH: u32 = 200;

pub(crate) const SYSTEM: Scope = Scope::System(SystemReason::WorkClaim);

/// Brings a reaction up to date with the log. Several may follow for one reaction, in one process or in
/// many: one works and the others pass on.
pub struct Follower {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) reaction: Arc<dyn Reaction>,
}

impl Follower {
    /// A follower for a reaction. A reaction that is new to the store begins with the first event.
    pub fn new(db: Db, clock: Arc<dyn Clock>, reaction: Arc<dyn Reaction>) -> Self {
        Self { db, clock, reaction }
    }

    /// The reaction's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.reaction.name()
    }

    /// One step: a batch of events, or events set aside whose next attempt is due. Answers whether to go on
    /// at once.
    ///
    /// # Errors
    /// When the store does not answer. Nothing is lost: the cursor stands where it stood.
    pub async fn tick(&self) -> Result<bool> {
        if !self.has_news().await? {
            return Ok(false);
        }
        let moved = self.take_batch().await?;
        // Also while the log grows without end: a pause that is over is over.
        let retried = self.retry_due().await?;
        Ok(moved || retried)
    }

    /// Takes in the events behind the cursor; answers whether there were any.
    async fn take_batch(&self) -> Result<bool> {
        let Some((mut tx, from)) = self.lock_cursor().await? else { return Ok(false) };
        let rows = tx.fetch_all(&AFTER, bind![from, BATCH]).await?;
        let events = rows.iter().map(Event::read).collect::<Result<Vec<_>>>()?;
        let Some(last) = events.last() else { return Ok(false) };
        let (to, recorded_at) = (last.position, last.recorded_at);
        let held = self.held_entities(&mut tx, from, to).await?;
        let (behind, free): (Vec<Event>, Vec<Event>) = events
            .into_iter()
            .filter(|event| self.wants(event))
            .partition(|event| held.contains(&event.entity));
        match self.apply(&mut tx, &free).await {
            Ok(()) => {
                self.hold_behind(&mut tx, &behind).await?;
                self.move_cursor(&mut tx, to).await?;
                tx.commit().await?;
                self.count(free.len());
            }
            Err(ReactionError::Store(error)) if error.is_transient() => {
                // Frees the cursor's lock before the next try. A store that is gone has freed it already.
                let _ = tx.rollback().await;
                return Err(error);
            }
            Err(_) => {
                tx.rollback().await?;
                self.one_by_one(from, &free, &behind, to).await?;
            }
        }
        let delay = self.clock.now().duration_since(recorded_at).as_secs_f64().max(0.0);
        metrics::histogram!("litper_reaction_delay_seconds", "reaction" => self.name()).record(delay);
        Ok(true)
    }

    /// A look without a lock: an idle reaction disturbs no writer.
    async fn has_news(&self) -> Result<bool> {
        let mut tx = self.db.read(SYSTEM).await?;
        let row = tx.fetch_one(&FIND_NEWS, bind![self.name(), self.clock.now()]).await?;
        tx.commit().await?;
        Ok(row.get::<i64>(0)? == 1)
    }

    /// Finds the event that spoiled the batch. Each has a transaction of its own, and those that fail are
    /// set aside; whoever follows them of the same entity waits behind.
    async fn one_by_one(&self, from: i64, free: &[Event], behind: &[Event], to: i64) -> Result<()> {
        let mut at = from;
        let mut held: HashSet<Uuid> = behind.iter().map(|event| event.entity).collect();
        let mut all: Vec<&Event> = free.iter().chain(behind).collect();
        all.sort_unstable_by_key(|event| event.position);
        for event in all {
            let Some((mut tx, now_at)) = self.lock_cursor().await? else { return Ok(()) };
            if now_at != at {
                // Another worker went on with the batch.
                return Ok(());
            }
            if held.contains(&event.entity) {
                self.hold_behind(&mut tx, std::slice::from_ref(event)).await?;
            } else if let Err(error) = self.apply(&mut tx, std::slice::from_ref(event)).await {
                if matches!(&error, ReactionError::Store(store) if store.is_transient()) {
                    return Err(store_error(error));
                }
                tx.rollback().await?;
                let Some((fresh, now_at)) = self.lock_cursor().await? else { return Ok(()) };
                if now_at != at {
                    return Ok(());
                }
                tx = fresh;
                self.set_aside(&mut tx, event, &error).await?;
                held.insert(event.entity);
            }
            self.move_cursor(&mut tx, event.position).await?;
            tx.commit().await?;
            at = event.position;
        }
        let Some((mut tx, now_at)) = self.lock_cursor().await? else { return Ok(()) };
        if now_at == at {
            self.move_cursor(&mut tx, to).await?;
        }
        tx.commit().await
    }

    /// Gives the events to the reaction, tenant by tenant, and comes back to the system's scope.
    pub(crate) async fn apply(&self, tx: &mut Tx, events: &[Event]) -> Result<(), ReactionError> {
        let mut tenants: Vec<TenantId> = Vec::new();
        for event in events {
            if !tenants.contains(&event.tenant) {
                tenants.push(event.tenant);
            }
        }
        for tenant in tenants {
            let of_tenant: Vec<Event> =
                events.iter().filter(|event| event.tenant == tenant).cloned().collect();
            tx.switch(Scope::Tenant(tenant)).await?;
            // What follows from an event belongs to its trace. Neighbours mostly share one, or have none.
            for events in of_tenant.chunk_by(|one, next| one.trace_id == next.trace_id) {
                let trace = events[0].trace_id.clone();
                telemetry::trace::under(trace, caught(self.reaction.react(tx, events))).await?;
            }
        }
        tx.switch(SYSTEM).await?;
        Ok(())
    }

    /// The cursor, kept from other workers until the transaction ends. `None` when another has it. The commit need
    /// not wait for the disk: a loss of power takes cursor and effect back together, and the events are given again.
    pub(crate) async fn lock_cursor(&self) -> Result<Option<(Tx, i64)>> {
        let mut tx = self.db.write_step(SYSTEM).await?;
        if let Some(row) = tx.fetch_optional(&LOCK_CURSOR, bind![self.name()]).await? {
            let position = row.get(0)?;
            return Ok(Some((tx, position)));
        }
        let added = tx.execute(&ADD_CURSOR, bind![self.name(), self.clock.now()]).await?;
        tx.commit().await?;
        if added == 0 {
            return Ok(None);
        }
        let mut tx = self.db.write_step(SYSTEM).await?;
        let row = tx.fetch_optional(&LOCK_CURSOR, bind![self.name()]).await?;
        row.map(|row| Ok((tx, row.get(0)?))).transpose()
    }

    async fn move_cursor(&self, tx: &mut Tx, to: i64) -> Result<()> {
        tx.execute(&MOVE_CURSOR, bind![self.name(), to, self.clock.now()]).await.map(drop)
    }

    /// Entities of the batch that have an earlier event waiting.
    async fn held_entities(&self, tx: &mut Tx, from: i64, to: i64) -> Result<HashSet<Uuid>> {
        let rows = tx.fetch_all(&FIND_HELD, bind![self.name(), from, to]).await?;
        rows.iter().map(|row| row.get(0)).collect()
    }

    fn wants(&self, event: &Event) -> bool {
        self.reaction.kinds().contains(&event.kind.as_str())
    }

    pub(crate) fn count(&self, events: usize) {
        metrics::counter!("litper_reaction_events_total", "reaction" => self.name()).increment(events as u64);
    }
}

impl std::fmt::Debug for Follower {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follower").field("reaction", &self.name()).finish_non_exhaustive()
    }
}

/// The store's error of a failure that was found to be the store's.
pub(crate) fn store_error(error: ReactionError) -> database::Error {
    match error {
        ReactionError::Store(error) => error,
        ReactionError::Poison(detail) => database::Error::Failed { statement: "reaction", detail },
    }
}
