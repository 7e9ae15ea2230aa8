//! Work with effects outside the database: sending a message, calling a carrier.
//!
//! A task is written in the transaction that makes it necessary ([`TaskQueue::enqueue`]) and run later by a
//! [`Handler`], at least once: a worker may die after the effect and before its completion is stored. So
//! handlers are idempotent, and a call to the outside carries the task's id as its idempotency key.
//!
//! What holds:
//!
//! * A claim gives a task to one worker for the longest its handler may run and a margin. When that time is
//!   over, another worker takes the task over, and whatever the first one still reports changes nothing:
//!   a report counts only for its worker and its attempt.
//! * Urgent tasks go first. Among equally urgent ones the tenants take turns, so one with a long line delays
//!   another's first task by one claim. On each worker a tenant fills at most [`Settings::tenant_slots`]
//!   slots, and less urgent tasks never fill all of them.
//! * A failed attempt is repeated after 20, 40, 80 … seconds. After the last one, or a fatal error, the task
//!   is a dead letter: kept for 30 days, shown, and tried again on request.
//! * Payloads, unique keys and errors hold ids and codes, never personal data: nothing here is sealed.

mod audit;
mod claim;
mod dead;
mod enqueue;
mod hands;
mod maintain;
#[cfg(test)]
mod plans;
mod settle;
mod task;
mod tick;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use database::Db;
use domain::{Clock, Ids};
use uuid::Uuid;

pub use crate::dead::DeadTask;
pub use crate::enqueue::Enqueued;
pub use crate::task::{DEFAULT_ATTEMPTS, Handler, NewTask, Priority, Task, TaskError, TaskId};

use crate::hands::Hands;

/// How much one worker does at once. A tick costs one transaction however many tasks it carries, so the rate
/// of tiny tasks grows with the slots: `examples/throughput.rs` measures it.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Tasks this worker runs at once, at least 1. Also the size of a claim.
    pub slots: u32,
    /// Tasks of one tenant that this worker runs at once, at least 1.
    pub tenant_slots: u32,
    /// How long a tick waits for handlers before it looks for new work.
    pub patience: Duration,
    /// Cuts the time-outs of all priorities; a task that is stopped is tried again.
    pub longest_run: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            slots: 128,
            tenant_slots: 32,
            patience: Duration::from_millis(50),
            longest_run: Duration::from_mins(10),
        }
    }
}

/// A kind of task has one handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("tasks of kind {kind} have a handler already")]
pub struct KindTaken {
    /// The kind.
    pub kind: &'static str,
}

/// The queue, and one worker on it. Several may work on one store, in one process or in many.
pub struct TaskQueue {
    db: Db,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    settings: Settings,
    /// Names this worker in its claims.
    worker: Uuid,
    handlers: RwLock<HashMap<&'static str, Arc<dyn Handler>>>,
    /// A tick has the hands from its beginning to its end, so ticks of one worker follow each other.
    hands: tokio::sync::Mutex<Hands>,
}

impl TaskQueue {
    /// A worker that knows no kind of task yet.
    pub fn new(db: Db, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>, settings: Settings) -> Self {
        let worker = ids.next();
        let (handlers, hands) = (RwLock::default(), tokio::sync::Mutex::default());
        Self { db, clock, ids, settings, worker, handlers, hands }
    }

    /// Makes a handler known. Handlers come after the queue because what they do may enqueue tasks.
    ///
    /// # Errors
    /// [`KindTaken`] when another handler runs the same kind.
    pub fn register(&self, handler: Arc<dyn Handler>) -> Result<(), KindTaken> {
        let kind = handler.kind();
        let mut handlers = self.handlers.write().unwrap_or_else(PoisonError::into_inner);
        if handlers.contains_key(kind) {
            return Err(KindTaken { kind });
        }
        handlers.insert(kind, handler);
        Ok(())
    }

    fn handler(&self, kind: &str) -> Option<Arc<dyn Handler>> {
        self.handlers.read().unwrap_or_else(PoisonError::into_inner).get(kind).cloned()
    }
}

impl std::fmt::Debug for TaskQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskQueue").field("worker", &self.worker).finish_non_exhaustive()
    }
}
