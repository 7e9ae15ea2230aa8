//! The worker's loop, one step at a time.

use std::time::Duration;

use database::{Result, Scope, Statement, SystemReason, Tx, bind, system_sql};

use crate::claim::reserved_for_more_urgent;
use crate::hands::Hands;
use crate::{Priority, TaskQueue};

const PLAN_BY_INDEX: Statement =
    system_sql!("system/plan_by_index.sql", postgres: "system/plan_by_index.postgres.sql");

impl TaskQueue {
    /// One step: stores what finished, claims what there are free slots for, starts it, and waits
    /// [`Settings::patience`](crate::Settings::patience) at most for handlers. Answers whether to go on at
    /// once; false means that nothing is due and nothing is running.
    ///
    /// Handlers that take longer go on running between ticks, and are stored by a later one. Ticks of one
    /// worker follow each other.
    ///
    /// # Errors
    /// When the store fails. Nothing is lost: what finished is stored by the next tick.
    pub async fn tick(&self) -> Result<bool> {
        let mut hands = self.hands.lock().await;
        self.measure_now_and_then(&mut hands).await;
        let moved = self.exchange(&mut hands).await?;
        let working = hands.running() > 0;
        if working {
            hands.gather(self.settings.patience).await;
        }
        Ok(moved || working || !hands.finished.is_empty())
    }

    /// Stops working: waits up to `wait` for the handlers that run, stops the others, and stores how each
    /// ended. A task that was stopped is due again at once, and the attempt does not count.
    ///
    /// # Errors
    /// When the store fails. The tasks are then taken over when their leases have run out.
    pub async fn drain(&self, wait: Duration) -> Result<()> {
        let mut hands = self.hands.lock().await;
        hands.finish_or_stop(wait).await;
        if hands.finished.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let settled = self.settle(&mut tx, &hands.finished).await?;
        tx.commit().await?;
        settled.report();
        hands.finished.clear();
        Ok(())
    }

    /// A transaction over the tasks of all tenants.
    pub(crate) async fn begin(&self) -> Result<Tx> {
        by_index(self.db.write(Scope::System(SystemReason::WorkClaim)).await?).await
    }

    /// A look at the tasks of all tenants.
    pub(crate) async fn begin_read(&self) -> Result<Tx> {
        by_index(self.db.read(Scope::System(SystemReason::WorkClaim)).await?).await
    }

    /// Gives back what is finished and takes what is due, in one transaction; answers whether there was
    /// anything.
    async fn exchange(&self, hands: &mut Hands) -> Result<bool> {
        let free = self.slots().saturating_sub(hands.running());
        if free == 0 && hands.finished.is_empty() {
            return Ok(false);
        }
        let now = self.clock.now();
        let mut tx = self.begin().await?;
        let taken_back = self.take_back_now_and_then(&mut tx, hands, now).await?;
        let settled = self.settle(&mut tx, &hands.finished).await?;
        let claimed = self.claim(&mut tx, hands, now).await?;
        tx.commit().await?;

        settled.report();
        hands.finished.clear();
        let moved = taken_back || settled.any() || claimed.goes_on || !claimed.tasks.is_empty();
        hands.turns = claimed.turns;
        for task in claimed.tasks {
            let handler = self.handler(&task.kind);
            let limit = self.time_out(task.priority);
            hands.start(task, handler, limit);
        }
        Ok(moved)
    }

    /// The longest an attempt may take.
    pub(crate) fn time_out(&self, priority: Priority) -> Duration {
        priority.time_out().min(self.settings.longest_run)
    }

    /// Tasks this worker runs at once.
    pub(crate) fn slots(&self) -> usize {
        self.settings.slots.max(1) as usize
    }

    /// Slots a priority may fill: the less urgent leave some for the more urgent.
    pub(crate) fn slots_of(&self, priority: Priority) -> usize {
        let slots = self.slots();
        slots.saturating_sub(reserved_for_more_urgent(slots, priority)).max(1)
    }
}

async fn by_index(mut tx: Tx) -> Result<Tx> {
    tx.fetch_all(&PLAN_BY_INDEX, bind![]).await?;
    Ok(tx)
}
