//! What keeps the queue healthy: leases of the dead, old rows, and figures.

use database::{Result, Row, Statement, Tx, Value, bind, system_sql};
use domain::{SignedDuration, TenantId, Timestamp};

use crate::hands::Hands;
use crate::{Priority, TaskId, TaskQueue};

pub(crate) const FIND_EXPIRED: Statement = system_sql!("system/find_expired.sql");
pub(crate) const TAKE_BACK: Statement = system_sql!("system/take_back.sql");
pub(crate) const FIND_OLD_DONE: Statement = system_sql!("system/find_old_done.sql");
pub(crate) const FIND_OLD_DEAD: Statement = system_sql!("system/find_old_dead.sql");
pub(crate) const DELETE_FINISHED: Statement = system_sql!("system/delete_finished.sql");
pub(crate) const MEASURE: Statement = system_sql!("system/measure.sql");

/// Finished tasks are kept this long.
const KEEP_DONE: SignedDuration = SignedDuration::from_hours(24);
/// Dead letters are kept this long after they were given up.
const KEEP_DEAD: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Rows of one step; the transaction must stay short.
const BATCH: usize = 500;
/// Between two looks for expired leases: a look reads an index entry of every running task, and on
/// PostgreSQL of every task that ran since the last vacuum.
const TAKE_BACK_EVERY: SignedDuration = SignedDuration::from_secs(10);
/// Between two measurements.
const MEASURE_EVERY: SignedDuration = SignedDuration::from_secs(15);
/// Waiting tasks are counted up to here per priority: beyond, the figure says "many".
const COUNT_UP_TO: u32 = 10_000;

impl TaskQueue {
    /// Deletes a batch of tasks that finished more than a day ago and of dead letters older than 30 days;
    /// answers whether there may be more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sweep(&self) -> Result<bool> {
        let now = self.clock.now();
        let mut tx = self.begin().await?;
        let done = tx.fetch_all(&FIND_OLD_DONE, bind![before(now, KEEP_DONE), BATCH]).await?;
        let dead = tx.fetch_all(&FIND_OLD_DEAD, bind![before(now, KEEP_DEAD), BATCH]).await?;
        let keys = done.iter().chain(&dead).map(key).collect::<Result<_>>()?;
        tx.execute_many(&DELETE_FINISHED, keys).await?;
        tx.commit().await?;
        Ok(done.len().max(dead.len()) >= BATCH)
    }

    /// Gives back the tasks of workers that are certainly dead, without waiting for their leases. Only for
    /// a process that is alone with its store, before its first tick.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn free_leases(&self) -> Result<()> {
        loop {
            let mut tx = self.begin().await?;
            let freed = self.take_back(&mut tx, Timestamp::MAX).await?;
            tx.commit().await?;
            if freed < BATCH {
                return Ok(());
            }
        }
    }

    /// Takes back tasks whose lease has run out, now and then; answers whether there were any.
    pub(crate) async fn take_back_now_and_then(
        &self,
        tx: &mut Tx,
        hands: &mut Hands,
        now: Timestamp,
    ) -> Result<bool> {
        if !is_time(hands.taken_back_at, now, TAKE_BACK_EVERY) {
            return Ok(false);
        }
        let taken = self.take_back(tx, now).await?;
        // A full batch has more behind it: the next tick goes on.
        hands.taken_back_at = (taken < BATCH).then_some(now);
        Ok(taken > 0)
    }

    /// Figures that cannot be had must not stop the work.
    pub(crate) async fn measure_now_and_then(&self, hands: &mut Hands) {
        let now = self.clock.now();
        metrics::gauge!("litper_tasks_running").set(hands.running() as f64);
        if !is_time(hands.measured_at, now, MEASURE_EVERY) {
            return;
        }
        hands.measured_at = Some(now);
        if let Err(error) = self.measure(now).await {
            tracing::warn!(%error, "the queue could not be measured");
        }
    }

    async fn take_back(&self, tx: &mut Tx, leases_until: Timestamp) -> Result<usize> {
        let expired = tx.fetch_all(&FIND_EXPIRED, bind![leases_until, BATCH]).await?;
        let wanted = expired.iter().map(|row| {
            let mut wanted = key(row)?;
            wanted.append(&mut bind![leases_until, self.clock.now(), "the worker vanished"]);
            Ok(wanted)
        });
        let wanted = wanted.collect::<Result<_>>()?;
        for row in tx.fetch_many(&TAKE_BACK, wanted).await? {
            let (kind, state): (String, String) = (row.get(0)?, row.get(1)?);
            tracing::warn!(kind, state, "a task was taken back from a worker that vanished");
            metrics::counter!("litper_tasks_taken_back_total", "kind" => kind.clone()).increment(1);
            if state == "dead" {
                metrics::counter!("litper_tasks_dead_total", "kind" => kind).increment(1);
            }
        }
        Ok(expired.len())
    }

    async fn measure(&self, now: Timestamp) -> Result<()> {
        let mut tx = self.begin_read().await?;
        let rows = tx.fetch_all(&MEASURE, bind![COUNT_UP_TO]).await?;
        tx.commit().await?;
        for row in rows {
            let priority = Priority::from_code(row.get(0)?).as_str();
            let age = row.time_opt(1)?.map_or(0.0, |due| now.duration_since(due).as_secs_f64().max(0.0));
            metrics::gauge!("litper_tasks_oldest_waiting_seconds", "priority" => priority).set(age);
            metrics::gauge!("litper_tasks_waiting", "priority" => priority).set(row.count(2)? as f64);
        }
        Ok(())
    }
}

/// True when the last time is unknown, long enough ago, or ahead of a clock that was set back.
fn is_time(last: Option<Timestamp>, now: Timestamp, every: SignedDuration) -> bool {
    last.is_none_or(|last| now < last || now.duration_since(last) >= every)
}

/// The key of a row that begins with it.
fn key(row: &Row) -> Result<Vec<Value>> {
    Ok(bind![row.id::<TenantId>(0)?, row.id::<TaskId>(1)?])
}

fn before(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_sub(by).unwrap_or(Timestamp::MIN)
}
