//! The tasks a worker has in its hands: running, or finished and not yet stored.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{TenantId, Timestamp};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::timeout;
use tracing::Instrument;

use crate::claim::Turn;
use crate::{Handler, Priority, Task, TaskError, TaskId};

/// After the first handler is through, others that finish within this time are stored with it.
const LINGER: Duration = Duration::from_millis(2);

/// What a worker needs to know about a task when its attempt is over.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pub(crate) tenant: TenantId,
    pub(crate) id: TaskId,
    pub(crate) kind: String,
    pub(crate) attempt: u32,
    pub(crate) last_attempt: u32,
    pub(crate) max_attempts: u32,
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    Done,
    Failed(TaskError),
    /// The worker stopped before the handler was through: no fault of the task's.
    Stopped,
}

/// The worker's state between two ticks.
#[derive(Default)]
pub(crate) struct Hands {
    running: JoinSet<Result<(), TaskError>>,
    tickets: HashMap<Id, Ticket>,
    pub(crate) finished: Vec<(Ticket, Outcome)>,
    /// Whose turn it is, per priority.
    pub(crate) turns: [Turn; Priority::ALL.len()],
    /// When expired leases were last looked for.
    pub(crate) taken_back_at: Option<Timestamp>,
    /// When the queue was last measured.
    pub(crate) measured_at: Option<Timestamp>,
}

impl Hands {
    pub(crate) fn running(&self) -> usize {
        self.running.len()
    }

    /// How many attempts of each tenant are running.
    pub(crate) fn loads(&self) -> HashMap<TenantId, usize> {
        let mut loads = HashMap::new();
        for ticket in self.tickets.values() {
            *loads.entry(ticket.tenant).or_default() += 1;
        }
        loads
    }

    /// Starts an attempt, stopped after `limit`.
    pub(crate) fn start(&mut self, task: Task, handler: Option<Arc<dyn Handler>>, limit: Duration) {
        let ticket = Ticket {
            tenant: task.tenant,
            id: task.id,
            kind: task.kind.clone(),
            attempt: task.attempt,
            last_attempt: task.last_attempt,
            max_attempts: task.max_attempts,
        };
        let Some(handler) = handler else {
            // Another release may know the kind, and will run when this one is replaced.
            let error = TaskError::retry("no handler for this kind of task");
            self.finished.push((ticket, Outcome::Failed(error)));
            return;
        };
        let span = tracing::info_span!(
            "task", task = %task.id, kind = handler.kind(), attempt = task.attempt, trace_id = task.trace_id
        );
        let attempt = self.running.spawn(run(handler, task, limit).instrument(span));
        self.tickets.insert(attempt.id(), ticket);
    }

    /// Waits up to `patience` for a first handler to be through, and a moment for others that are too.
    pub(crate) async fn gather(&mut self, patience: Duration) {
        let patience = if self.finished.is_empty() { patience } else { LINGER };
        if !timeout(patience, self.next()).await.unwrap_or(false) {
            return;
        }
        // The time being over is the ordinary end.
        let _ = timeout(LINGER, async { while self.next().await {} }).await;
    }

    /// Waits up to `wait` for all handlers; those that are not through are stopped.
    pub(crate) async fn finish_or_stop(&mut self, wait: Duration) {
        let _ = timeout(wait, async { while self.next().await {} }).await;
        self.running.abort_all();
        while self.next().await {}
    }

    /// Waits for a handler to be through; false when none is running. Nothing is lost when it is dropped.
    async fn next(&mut self) -> bool {
        let Some(joined) = self.running.join_next_with_id().await else { return false };
        let (id, outcome) = match joined {
            Ok((id, Ok(()))) => (id, Outcome::Done),
            Ok((id, Err(error))) => (id, Outcome::Failed(error)),
            Err(error) => (error.id(), broken(&error)),
        };
        if let Some(ticket) = self.tickets.remove(&id) {
            self.finished.push((ticket, outcome));
        }
        true
    }
}

async fn run(handler: Arc<dyn Handler>, task: Task, limit: Duration) -> Result<(), TaskError> {
    let began = Instant::now();
    let work = telemetry::trace::under(task.trace_id.clone(), handler.run(&task));
    let outcome =
        timeout(limit, work).await.unwrap_or_else(|_| Err(TaskError::retry("the attempt took too long")));
    metrics::histogram!("litper_tasks_run_seconds", "kind" => handler.kind())
        .record(began.elapsed().as_secs_f64());
    outcome
}

/// What the panic said stays in the log: it may quote anything.
fn broken(error: &JoinError) -> Outcome {
    if error.is_cancelled() {
        Outcome::Stopped
    } else {
        Outcome::Failed(TaskError::retry("the handler panicked"))
    }
}
