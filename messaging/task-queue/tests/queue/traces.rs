//! One id finds a request, its facts, and the work they led to.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use database::{Scope, Tx};
use domain::Clock;
use event_log::{Event, Follower, NewEvent, Reaction, ReactionError, Sequencer};
use task_queue::{Handler, Task, TaskError, TaskQueue};
use testkit::ENGINES;
use uuid::Uuid;

use crate::world::{World, quick, run_until_idle, task, tenant};

/// Enqueues a task for each fact.
struct Enqueues(Arc<TaskQueue>);

#[async_trait]
impl Reaction for Enqueues {
    fn name(&self) -> &'static str {
        "enqueues"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &["thing.happened"]
    }

    async fn react(&self, tx: &mut Tx, events: &[Event]) -> Result<(), ReactionError> {
        let tasks = events.iter().map(|event| task(event.entity_version as u32)).collect();
        self.0.enqueue(tx, tasks).await?;
        Ok(())
    }
}

/// Remembers under which trace each task ran.
#[derive(Default)]
struct Traced(Mutex<Vec<Seen>>);

/// Number, the task's trace, the trace it ran under.
type Seen = (u64, Option<String>, Option<String>);

#[async_trait]
impl Handler for Traced {
    fn kind(&self) -> &'static str {
        "count"
    }

    async fn run(&self, task: &Task) -> Result<(), TaskError> {
        let seen = (crate::world::number(task), task.trace_id.clone(), telemetry::trace::current());
        self.0.lock().unwrap().push(seen);
        Ok(())
    }
}

#[tokio::test]
async fn a_trace_follows_a_fact_into_its_tasks() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Arc::new(Traced::default());
        let queue = Arc::new(world.worker(1, quick()));
        queue.register(handler.clone()).unwrap();
        let ids = testkit::ids(7);
        for (number, trace) in
            [(1, Some("request-a")), (2, Some("request-b")), (3, None), (4, Some("request-a"))]
        {
            let now = world.clock.now();
            let fact = NewEvent::new("thing.happened", Uuid::from_u128(1), number, now, &()).unwrap();
            let mut tx = world.test.db.write(Scope::Tenant(tenant(1))).await.unwrap();
            let append = event_log::append(&mut tx, &*ids, now, vec![fact]);
            telemetry::trace::under(trace.map(str::to_owned), append).await.unwrap();
            tx.commit().await.unwrap();
        }
        let sequencer = Sequencer::new(world.test.db.clone());
        while sequencer.tick().await.unwrap() {}
        let reaction = Arc::new(Enqueues(queue.clone()));
        let follower = Follower::new(world.test.db.clone(), world.clock.clone(), reaction);
        while follower.tick().await.unwrap() {}
        run_until_idle(&queue).await;
        let mut seen = handler.0.lock().unwrap().clone();
        seen.sort();
        let expected = [(1, Some("request-a")), (2, Some("request-b")), (3, None), (4, Some("request-a"))];
        let expected = expected.map(|(number, trace)| {
            let trace = trace.map(str::to_owned);
            (number, trace.clone(), trace)
        });
        assert_eq!(seen, expected, "{engine:?}");
    }
}
