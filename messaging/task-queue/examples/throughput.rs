//! Tasks a second, end to end: claimed, run by a handler that does nothing, and stored as done, on a SQLite
//! file and on the PostgreSQL server that `LITPER_TEST_POSTGRES` names.
//!
//! `cargo run --release -p task-queue --example throughput -- [tasks] [tenants] [workers] [sqlite|postgres]`
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made fails")]
#![expect(clippy::print_stdout, reason = "its figures are its output")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use database::{Db, Engine, MasterKey, Options, Scope};
use domain::{Ids, RandomIds, SystemClock, TenantId};
use task_queue::{Handler, NewTask, Settings, Task, TaskError, TaskQueue};
use testkit::{ENGINES, TestDb};

/// Tasks enqueued in one transaction.
const CHUNK: usize = 500;

struct Nothing;

#[async_trait]
impl Handler for Nothing {
    fn kind(&self) -> &'static str {
        "nothing.do"
    }

    async fn run(&self, _task: &Task) -> Result<(), TaskError> {
        Ok(())
    }
}

struct Scale {
    tasks: usize,
    tenants: usize,
    workers: usize,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, usual| arguments.get(at).map_or(usual, |text| text.parse::<usize>().unwrap());
    let (tasks, tenants, workers) = (number(0, 200_000), number(1, 8), number(2, 1));
    let wanted = |engine: &Engine| {
        arguments.get(3).is_none_or(|name| format!("{engine:?}").eq_ignore_ascii_case(name))
    };
    let scale = Scale { tasks, tenants, workers };
    println!("{tasks} tasks of {tenants} tenants, {workers} worker(s) in one process");
    for engine in ENGINES.into_iter().filter(wanted) {
        measure(engine, &scale).await;
    }
}

async fn measure(engine: Engine, scale: &Scale) {
    let test = TestDb::on(engine).await;
    let master = MasterKey::from_base64(&test.master_key.clone().into()).unwrap();
    let db = Db::connect(&test.url, Options::default(), master).await.unwrap();
    let ids: Arc<dyn Ids> = Arc::new(RandomIds::new(Arc::new(SystemClock)));
    let queues: Vec<_> = (0..scale.workers)
        .map(|_| {
            let queue = TaskQueue::new(db.clone(), Arc::new(SystemClock), ids.clone(), Settings::default());
            queue.register(Arc::new(Nothing)).unwrap();
            Arc::new(queue)
        })
        .collect();
    let enqueued = enqueue(&db, &queues[0], &*ids, scale).await;
    let waited = first_of_another(&db, &queues[0], &*ids).await;
    let ran = run(&queues).await;
    let rate = |took: Duration| scale.tasks as f64 / took.as_secs_f64();
    println!(
        "{engine:?}: enqueued {:.0}/s, processed {:.0}/s, a newcomer's first task after {waited:.1?}",
        rate(enqueued),
        rate(ran),
    );
}

async fn enqueue(db: &Db, queue: &TaskQueue, ids: &dyn Ids, scale: &Scale) -> Duration {
    let tenants: Vec<TenantId> = (0..scale.tenants).map(|_| ids.next().into()).collect();
    let began = Instant::now();
    for (chunk, tenant) in (0..scale.tasks / CHUNK).zip(tenants.iter().cycle()) {
        let task = |n| NewTask::new("nothing.do", &serde_json::json!({ "shipment": n })).unwrap();
        let tasks = (chunk * CHUNK..(chunk + 1) * CHUNK).map(task).collect();
        let mut tx = db.write(Scope::Tenant(*tenant)).await.unwrap();
        queue.enqueue(&mut tx, tasks).await.unwrap();
        tx.commit().await.unwrap();
    }
    began.elapsed()
}

/// How long somebody waits who comes when the lines of the others are at their longest.
async fn first_of_another(db: &Db, queue: &TaskQueue, ids: &dyn Ids) -> Duration {
    struct Signal(tokio::sync::Notify);

    #[async_trait]
    impl Handler for Signal {
        fn kind(&self) -> &'static str {
            "signal.give"
        }

        async fn run(&self, _task: &Task) -> Result<(), TaskError> {
            self.0.notify_one();
            Ok(())
        }
    }

    let signal = Arc::new(Signal(tokio::sync::Notify::new()));
    queue.register(signal.clone()).unwrap();
    queue.tick().await.unwrap();
    let mut tx = db.write(Scope::Tenant(ids.next().into())).await.unwrap();
    queue.enqueue(&mut tx, vec![NewTask::new("signal.give", &()).unwrap()]).await.unwrap();
    tx.commit().await.unwrap();
    let began = Instant::now();
    let ticks = async {
        loop {
            queue.tick().await.unwrap();
        }
    };
    tokio::select! {
        () = signal.0.notified() => began.elapsed(),
        () = ticks => began.elapsed(),
    }
}

async fn run(queues: &[Arc<TaskQueue>]) -> Duration {
    let began = Instant::now();
    let workers =
        queues.iter().cloned().map(|queue| tokio::spawn(async move { while queue.tick().await.unwrap() {} }));
    for worker in workers.collect::<Vec<_>>() {
        worker.await.unwrap();
    }
    began.elapsed()
}
