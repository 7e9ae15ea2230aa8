//! Adding tasks, in the transaction that makes them necessary.

use database::{Result, Statement, Tx, sql};

use crate::{NewTask, TaskId, TaskQueue};

const ENQUEUE: Statement = sql!("enqueue.sql");

/// What became of the tasks to enqueue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enqueued {
    /// Tasks added.
    pub added: u64,
    /// Tasks left out because an open one of the same kind and key is there.
    pub already_open: u64,
}

impl TaskQueue {
    /// Adds tasks for the tenant of the transaction, which must be in tenant scope. They exist when it
    /// commits. Tasks of one priority that are due at the same moment run in the order given here. A task that names
    /// no trace continues the one that runs now.
    ///
    /// # Errors
    /// Those of the store. The transaction is then good for nothing but a rollback.
    pub async fn enqueue(&self, tx: &mut Tx, tasks: Vec<NewTask>) -> Result<Enqueued> {
        let now = self.clock.now();
        let asked = tasks.len() as u64;
        let mut tasks: Vec<(TaskId, NewTask)> =
            tasks.into_iter().map(|task| (TaskId::from(self.ids.next()), task)).collect();
        // Two transactions that add the same keys in the same order wait for each other instead of
        // deadlocking.
        tasks.sort_by(|(_, a), (_, b)| (&a.unique_key, a.kind).cmp(&(&b.unique_key, b.kind)));
        for (_, task) in &tasks {
            metrics::counter!("litper_tasks_enqueued_total", "kind" => task.kind).increment(1);
        }
        let trace = telemetry::trace::current();
        let rows = tasks
            .into_iter()
            .map(|(id, mut task)| {
                task.trace_id = task.trace_id.or_else(|| trace.clone());
                task.into_row(id, now)
            })
            .collect();
        let added = tx.execute_many(&ENQUEUE, rows).await?;
        // Tasks that are open already were announced with their own transaction.
        if added > 0 {
            tx.announce_work();
        }
        Ok(Enqueued { added, already_open: asked.saturating_sub(added) })
    }
}
