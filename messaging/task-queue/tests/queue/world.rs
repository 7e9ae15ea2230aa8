//! A store, a clock that stands still, and handlers that do what a test tells them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use database::{Audience, Engine, Scope, Statement, bind};
use domain::{ManualClock, SignedDuration, TenantId};
use serde_json::json;
use task_queue::{Enqueued, Handler, NewTask, Settings, Task, TaskError, TaskQueue};
use testkit::TestDb;
use tokio::sync::Notify;

const TASKS: Statement = Statement::new(
    "tasks",
    Audience::Tenant,
    "select state, attempt, due_at, last_error from tasks where tenant_id = $1 order by id",
);

/// A task as it is stored.
#[derive(Debug, PartialEq)]
pub(crate) struct Stored {
    pub(crate) state: String,
    pub(crate) attempt: i64,
    /// Seconds from now until it is due, or its lease ends.
    pub(crate) due_in: i64,
    pub(crate) error: Option<String>,
}

pub(crate) struct World {
    pub(crate) test: TestDb,
    pub(crate) clock: Arc<ManualClock>,
}

impl World {
    pub(crate) async fn on(engine: Engine) -> Self {
        Self { test: TestDb::on(engine).await, clock: testkit::clock() }
    }

    /// A worker; each needs a seed of its own.
    pub(crate) fn worker(&self, seed: u64, settings: Settings) -> TaskQueue {
        TaskQueue::new(self.test.db.clone(), self.clock.clone(), testkit::ids(seed), settings)
    }

    /// A worker of ordinary size with one handler.
    pub(crate) fn worker_with(&self, seed: u64, handler: &Arc<Scripted>) -> TaskQueue {
        let queue = self.worker(seed, quick());
        queue.register(handler.clone()).unwrap();
        queue
    }

    pub(crate) async fn enqueue(&self, queue: &TaskQueue, of: TenantId, tasks: Vec<NewTask>) -> Enqueued {
        let mut tx = self.test.db.write(Scope::Tenant(of)).await.unwrap();
        let enqueued = queue.enqueue(&mut tx, tasks).await.unwrap();
        tx.commit().await.unwrap();
        enqueued
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// The tenant's tasks as they are stored, in the order of their ids.
    pub(crate) async fn stored(&self, of: TenantId) -> Vec<Stored> {
        let now = domain::micros(domain::Clock::now(&*self.clock));
        let mut tx = self.test.db.read(Scope::Tenant(of)).await.unwrap();
        let rows = tx.fetch_all(&TASKS, bind![]).await.unwrap();
        rows.iter()
            .map(|row| Stored {
                state: row.get(0).unwrap(),
                attempt: row.get(1).unwrap(),
                due_in: (row.get::<i64>(2).unwrap() - now) / 1_000_000,
                error: row.get(3).unwrap(),
            })
            .collect()
    }

    pub(crate) async fn states(&self, of: TenantId) -> Vec<String> {
        self.stored(of).await.into_iter().map(|task| task.state).collect()
    }
}

/// Settings that do not make a test wait for handlers that never end.
pub(crate) fn quick() -> Settings {
    Settings { patience: Duration::from_millis(20), ..Settings::default() }
}

pub(crate) fn tenant(number: u128) -> TenantId {
    TenantId::from(uuid::Uuid::from_u128(number << 64))
}

pub(crate) fn task(number: u32) -> NewTask {
    NewTask::new("count", &json!({ "number": number })).unwrap()
}

pub(crate) fn tasks(numbers: std::ops::Range<u32>) -> Vec<NewTask> {
    numbers.map(task).collect()
}

/// Ticks until nothing is due and nothing runs.
pub(crate) async fn run_until_idle(queue: &TaskQueue) {
    while queue.tick().await.unwrap() {}
}

/// What a handler does.
#[derive(Clone)]
pub(crate) enum Act {
    Succeed,
    Fail(TaskError),
    Panic,
    /// Never comes back, like a worker that was killed.
    Hang,
    /// Comes back when told.
    Wait(Arc<Notify>),
}

/// A handler of kind `count` that follows a script and remembers what it ran.
pub(crate) struct Scripted {
    kind: &'static str,
    act: Mutex<Act>,
    seen: Mutex<Vec<Task>>,
}

impl Scripted {
    pub(crate) fn new(act: Act) -> Arc<Self> {
        Self::of_kind("count", act)
    }

    pub(crate) fn of_kind(kind: &'static str, act: Act) -> Arc<Self> {
        Arc::new(Self { kind, act: Mutex::new(act), seen: Mutex::default() })
    }

    pub(crate) fn now(&self, act: Act) {
        *self.act.lock().unwrap() = act;
    }

    /// What ran so far.
    pub(crate) fn seen(&self) -> Vec<Task> {
        self.seen.lock().unwrap().clone()
    }

    /// The numbers of what ran so far.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        self.seen().iter().map(number).collect()
    }
}

pub(crate) fn number(task: &Task) -> u64 {
    task.payload::<serde_json::Value>().unwrap()["number"].as_u64().unwrap()
}

#[async_trait]
impl Handler for Scripted {
    fn kind(&self) -> &'static str {
        self.kind
    }

    async fn run(&self, task: &Task) -> Result<(), TaskError> {
        self.seen.lock().unwrap().push(task.clone());
        let act = self.act.lock().unwrap().clone();
        match act {
            Act::Succeed => Ok(()),
            Act::Fail(error) => Err(error),
            Act::Panic => panic!("as the script says"),
            Act::Hang => std::future::pending().await,
            Act::Wait(told) => {
                told.notified().await;
                Ok(())
            }
        }
    }
}
