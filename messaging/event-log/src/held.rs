//! Events set aside: tried again with growing pauses, each entity's in their order, and parked in the end.

use database::{Result, Statement, Tx, bind, system_sql};
use domain::{SignedDuration, TenantId, Timestamp};

use crate::follow::{SYSTEM, store_error};
use crate::{Event, Follower, ReactionError};

const HOLD: Statement = system_sql!("system/hold.sql");
const FIND_DUE: Statement = system_sql!("system/find_due.sql");
const FIND_WAITING: Statement = system_sql!("system/find_waiting.sql");
const READ_ONE: Statement = system_sql!("system/read_one.sql");
const RELEASE: Statement = system_sql!("system/release.sql");
const NOTE_FAILURE: Statement = system_sql!("system/note_failure.sql");
const WAKE_NEXT: Statement = system_sql!("system/wake_next.sql");

/// Attempts before an event is parked: the pauses between them are 1, 4, 16, 64 and 256 seconds.
const MAX_ATTEMPTS: i64 = 6;
/// Events tried again in one step.
const RETRY_BATCH: u32 = 50;
/// Longest error text kept, in characters.
const MAX_ERROR: usize = 300;

impl Follower {
    /// The first failure of an event.
    pub(crate) async fn set_aside(&self, tx: &mut Tx, event: &Event, error: &ReactionError) -> Result<()> {
        tracing::warn!(reaction = self.name(), position = event.position, %error, "an event was set aside");
        let now = self.clock.now();
        let row = bind![
            event.tenant,
            self.name(),
            event.position,
            event.entity,
            "waiting",
            1_i64,
            now + pause_after(1),
            shortened(error),
            now,
        ];
        tx.execute_many(&HOLD, vec![row]).await.map(drop)
    }

    /// Later events of entities that have one waiting.
    pub(crate) async fn hold_behind(&self, tx: &mut Tx, events: &[Event]) -> Result<()> {
        let now = self.clock.now();
        let rows = events
            .iter()
            .map(|event| {
                let (tenant, position, entity) = (event.tenant, event.position, event.entity);
                let nothing = (None::<Timestamp>, None::<String>);
                bind![tenant, self.name(), position, entity, "waiting", 0_i64, nothing.0, nothing.1, now]
            })
            .collect();
        tx.execute_many(&HOLD, rows).await.map(drop)
    }

    /// Tries the events whose pause is over; answers whether there were any.
    pub(crate) async fn retry_due(&self) -> Result<bool> {
        let mut tx = self.db.read(SYSTEM).await?;
        let due = tx.fetch_all(&FIND_DUE, bind![self.name(), self.clock.now(), RETRY_BATCH]).await?;
        tx.commit().await?;
        for row in &due {
            self.retry(row.id(0)?, row.get(1)?).await?;
        }
        Ok(!due.is_empty())
    }

    async fn retry(&self, tenant: TenantId, position: i64) -> Result<()> {
        let Some((mut tx, _)) = self.lock_cursor().await? else { return Ok(()) };
        let key = || bind![tenant, self.name(), position];
        let Some(row) = tx.fetch_optional(&FIND_WAITING, key()).await? else { return Ok(()) };
        let attempts = row.get::<i64>(0)? + 1;
        let Some(found) = tx.fetch_optional(&READ_ONE, bind![position]).await? else {
            // The tenant was removed with its events.
            tx.execute(&RELEASE, key()).await?;
            return tx.commit().await;
        };
        let event = Event::read(&found)?;
        match self.apply(&mut tx, std::slice::from_ref(&event)).await {
            Ok(()) => {
                tx.execute(&RELEASE, key()).await?;
                self.wake_next(&mut tx, &event).await?;
                tx.commit().await?;
                self.count(1);
                Ok(())
            }
            Err(ReactionError::Store(error)) if error.is_transient() => Err(error),
            Err(error) => {
                tx.rollback().await?;
                self.note_failure(&event, attempts, error).await
            }
        }
    }

    async fn note_failure(&self, event: &Event, attempts: i64, error: ReactionError) -> Result<()> {
        let Some((mut tx, _)) = self.lock_cursor().await? else { return Err(store_error(error)) };
        let parked = attempts >= MAX_ATTEMPTS;
        let (state, next) = if parked {
            ("parked", None)
        } else {
            ("waiting", Some(self.clock.now() + pause_after(attempts)))
        };
        let values =
            bind![event.tenant, self.name(), event.position, state, attempts, next, shortened(&error)];
        tx.execute(&NOTE_FAILURE, values).await?;
        if parked {
            self.wake_next(&mut tx, event).await?;
        }
        tx.commit().await?;
        if parked {
            tracing::error!(reaction = self.name(), position = event.position, %error, "an event was parked");
            metrics::counter!("litper_events_parked_total", "reaction" => self.name()).increment(1);
        }
        Ok(())
    }

    /// The next waiting event of the entity has its turn.
    async fn wake_next(&self, tx: &mut Tx, event: &Event) -> Result<()> {
        let values = bind![event.tenant, self.name(), event.entity, self.clock.now()];
        tx.execute(&WAKE_NEXT, values).await.map(drop)
    }
}

fn pause_after(attempts: i64) -> SignedDuration {
    let exponent = u32::try_from(attempts.clamp(1, MAX_ATTEMPTS)).unwrap_or(1) - 1;
    SignedDuration::from_secs(4_i64.pow(exponent))
}

fn shortened(error: &ReactionError) -> String {
    error.to_string().chars().take(MAX_ERROR).collect()
}
