//! From enqueuing to the end.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use database::{Audience, Db, Scope, Statement, bind};
use domain::{Clock, SignedDuration};
use task_queue::{Handler, KindTaken, NewTask, Priority, Settings, Task, TaskError, TaskQueue};
use testkit::ENGINES;

use crate::world::{Act, Scripted, World, quick, run_until_idle, task, tasks, tenant};

#[tokio::test]
async fn a_task_runs_once_and_is_done() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Succeed);
        let queue = world.worker_with(1, &handler);
        assert!(!queue.tick().await.unwrap(), "{engine:?}: nothing to do");
        let traced = NewTask { trace_id: Some("trace-7".into()), ..task(7) };
        let enqueued = world.enqueue(&queue, tenant(1), vec![traced]).await;
        assert_eq!((enqueued.added, enqueued.already_open), (1, 0), "{engine:?}");
        run_until_idle(&queue).await;
        let seen = handler.seen();
        assert_eq!(handler.numbers(), [7], "{engine:?}");
        assert_eq!((seen[0].tenant, seen[0].attempt, seen[0].last_attempt), (tenant(1), 1, 4));
        assert_eq!((seen[0].priority, seen[0].trace_id.as_deref()), (Priority::Normal, Some("trace-7")));
        assert_eq!(seen[0].created_at, world.clock.now());
        assert_eq!(world.states(tenant(1)).await, ["done"], "{engine:?}");
        world.pass(100_000);
        assert!(!queue.tick().await.unwrap(), "{engine:?}: it stays done");
    }
}

#[tokio::test]
async fn a_task_exists_when_its_transaction_commits() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Succeed);
        let queue = world.worker_with(1, &handler);
        let mut tx = world.test.db.write(Scope::Tenant(tenant(1))).await.unwrap();
        queue.enqueue(&mut tx, tasks(0..3)).await.unwrap();
        tx.rollback().await.unwrap();
        run_until_idle(&queue).await;
        assert!(handler.seen().is_empty(), "{engine:?}");
        assert!(world.stored(tenant(1)).await.is_empty(), "{engine:?}");
        let enqueued = world.enqueue(&queue, tenant(1), Vec::new()).await;
        assert_eq!(enqueued.added, 0, "{engine:?}");
    }
}

#[tokio::test]
async fn a_scheduled_task_waits_for_its_moment_and_the_earlier_runs_first() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Succeed);
        let queue = world.worker(1, Settings { slots: 1, ..quick() });
        queue.register(handler.clone()).unwrap();
        let at = |seconds| Some(world.clock.now() + SignedDuration::from_secs(seconds));
        let later = [(3, 180), (1, 60), (2, 120), (0, -60)];
        let later = later.map(|(number, seconds)| NewTask { run_at: at(seconds), ..task(number) });
        world.enqueue(&queue, tenant(1), later.to_vec()).await;
        run_until_idle(&queue).await;
        assert_eq!(handler.numbers(), [0], "{engine:?}");
        world.pass(59);
        run_until_idle(&queue).await;
        assert_eq!(handler.numbers(), [0], "{engine:?}");
        world.pass(1);
        run_until_idle(&queue).await;
        assert_eq!(handler.numbers(), [0, 1], "{engine:?}");
        world.pass(3600);
        run_until_idle(&queue).await;
        assert_eq!(handler.numbers(), [0, 1, 2, 3], "{engine:?}");
    }
}

#[tokio::test]
async fn the_urgent_goes_first_and_equals_keep_their_order() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Succeed);
        let queue = world.worker(1, Settings { slots: 1, ..quick() });
        queue.register(handler.clone()).unwrap();
        let numbered = Priority::ALL.into_iter().rev().zip([30, 20, 10, 0]);
        for (priority, first) in numbered {
            let two = [first, first + 1].map(|number| NewTask { priority, ..task(number) });
            world.enqueue(&queue, tenant(1), two.to_vec()).await;
        }
        run_until_idle(&queue).await;
        assert_eq!(handler.numbers(), [0, 1, 10, 11, 20, 21, 30, 31], "{engine:?}");
    }
}

#[tokio::test]
async fn the_less_urgent_leave_slots_to_the_urgent() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Hang);
        let queue = world.worker(1, Settings { slots: 8, ..quick() });
        queue.register(handler.clone()).unwrap();
        let of = |priority, count| (0..count).map(|n| NewTask { priority, ..task(n) }).collect::<Vec<_>>();
        for (priority, running) in
            [(Priority::Low, 4), (Priority::Normal, 6), (Priority::High, 7), (Priority::Critical, 8)]
        {
            world.enqueue(&queue, tenant(1), of(priority, 20)).await;
            queue.tick().await.unwrap();
            queue.tick().await.unwrap();
            assert_eq!(handler.seen().len(), running, "{engine:?} {priority:?}");
        }
    }
}

#[tokio::test]
async fn a_failed_attempt_is_repeated_later_and_later_and_then_given_up() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Fail(TaskError::retry("carrier answered 503")));
        let queue = world.worker_with(1, &handler);
        world.enqueue(&queue, tenant(1), vec![task(1)]).await;
        for (attempt, pause) in [(1, 20), (2, 40), (3, 80)] {
            run_until_idle(&queue).await;
            let stored = world.stored(tenant(1)).await.remove(0);
            assert_eq!((stored.state.as_str(), stored.attempt), ("waiting", attempt), "{engine:?}");
            assert!((pause..=pause * 6 / 5).contains(&stored.due_in), "{engine:?}: {stored:?}");
            assert_eq!(stored.error.as_deref(), Some("carrier answered 503"));
            world.pass(stored.due_in);
            run_until_idle(&queue).await;
            assert_eq!(handler.seen().len(), usize::try_from(attempt).unwrap(), "{engine:?}: not yet");
            world.pass(1);
        }
        run_until_idle(&queue).await;
        let stored = world.stored(tenant(1)).await.remove(0);
        assert_eq!((stored.state.as_str(), stored.attempt), ("dead", 4), "{engine:?}");
        world.pass(100_000);
        run_until_idle(&queue).await;
        assert_eq!(handler.seen().len(), 4, "{engine:?}");
    }
}

#[tokio::test]
async fn the_other_side_may_say_when_to_come_back() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let after = Some(SignedDuration::from_secs(7));
        let handler = Scripted::new(Act::Fail(TaskError::Retry { error: "429".into(), after }));
        let queue = world.worker_with(1, &handler);
        world.enqueue(&queue, tenant(1), vec![task(1)]).await;
        run_until_idle(&queue).await;
        assert_eq!(world.stored(tenant(1)).await[0].due_in, 7, "{engine:?}");
        handler.now(Act::Succeed);
        world.pass(7);
        run_until_idle(&queue).await;
        assert_eq!(world.states(tenant(1)).await, ["done"], "{engine:?}");
    }
}

#[tokio::test]
async fn a_fatal_error_and_a_single_attempt_end_at_once() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Fail(TaskError::fatal("no such template")));
        let queue = world.worker_with(1, &handler);
        world.enqueue(&queue, tenant(1), vec![task(1)]).await;
        run_until_idle(&queue).await;
        handler.now(Act::Fail(TaskError::retry("busy")));
        world.enqueue(&queue, tenant(2), vec![NewTask { max_attempts: 1, ..task(2) }]).await;
        run_until_idle(&queue).await;
        for (of, error) in [(1, "no such template"), (2, "busy")] {
            let stored = world.stored(tenant(of)).await.remove(0);
            assert_eq!((stored.state.as_str(), stored.attempt), ("dead", 1), "{engine:?}");
            assert_eq!(stored.error.as_deref(), Some(error), "{engine:?}");
        }
    }
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_stopped_and_repeated() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Hang);
        let longest_run = Duration::from_millis(5);
        let queue = world.worker(1, Settings { longest_run, ..Settings::default() });
        queue.register(handler.clone()).unwrap();
        world.enqueue(&queue, tenant(1), vec![task(1)]).await;
        run_until_idle(&queue).await;
        let stored = world.stored(tenant(1)).await.remove(0);
        assert_eq!((stored.state.as_str(), stored.attempt), ("waiting", 1), "{engine:?}");
        assert_eq!(stored.error.as_deref(), Some("the attempt took too long"), "{engine:?}");
        assert!(stored.due_in >= 20, "{engine:?}");
    }
}

#[tokio::test]
async fn a_panic_is_a_failed_attempt_and_harms_nobody_else() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let bad = Scripted::of_kind("bad", Act::Panic);
        let good = Scripted::new(Act::Succeed);
        let queue = world.worker_with(1, &good);
        queue.register(bad.clone()).unwrap();
        let mut mixed = tasks(0..20);
        mixed.insert(7, NewTask::new("bad", &()).unwrap());
        world.enqueue(&queue, tenant(1), mixed).await;
        run_until_idle(&queue).await;
        assert_eq!((good.seen().len(), bad.seen().len()), (20, 1), "{engine:?}");
        let stored = world.stored(tenant(1)).await;
        assert_eq!(stored[7].error.as_deref(), Some("the handler panicked"), "{engine:?}");
        assert_eq!(stored.iter().filter(|task| task.state == "done").count(), 20, "{engine:?}");
        bad.now(Act::Succeed);
        world.pass(30);
        run_until_idle(&queue).await;
        assert_eq!(world.stored(tenant(1)).await[7].state, "done", "{engine:?}");
    }
}

#[tokio::test]
async fn a_kind_has_one_handler_and_one_without_is_given_up_in_the_end() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Succeed);
        let queue = world.worker_with(1, &handler);
        assert_eq!(queue.register(handler.clone()), Err(KindTaken { kind: "count" }));
        world.enqueue(&queue, tenant(1), vec![NewTask::new("unheard_of", &()).unwrap()]).await;
        for _ in 0..4 {
            run_until_idle(&queue).await;
            world.pass(100);
        }
        let stored = world.stored(tenant(1)).await.remove(0);
        assert_eq!((stored.state.as_str(), stored.attempt), ("dead", 4), "{engine:?}");
        assert_eq!(stored.error.as_deref(), Some("no handler for this kind of task"), "{engine:?}");
    }
}

#[tokio::test]
async fn a_payload_of_another_shape_is_fatal() {
    struct Typed;

    #[async_trait]
    impl Handler for Typed {
        fn kind(&self) -> &'static str {
            "count"
        }

        async fn run(&self, task: &Task) -> Result<(), TaskError> {
            task.payload::<Vec<String>>().map(drop)
        }
    }

    for engine in ENGINES {
        let world = World::on(engine).await;
        let queue = world.worker(1, quick());
        queue.register(Arc::new(Typed)).unwrap();
        world.enqueue(&queue, tenant(1), vec![task(1)]).await;
        run_until_idle(&queue).await;
        let stored = world.stored(tenant(1)).await.remove(0);
        assert_eq!(stored.state, "dead", "{engine:?}");
        assert_eq!(stored.error.as_deref(), Some("the payload does not fit the kind"), "{engine:?}");
    }
}

const EFFECT: Statement = Statement::new(
    "effect",
    Audience::Tenant,
    "insert into unmapped_statuses
       (tenant_id, carrier_code, phrase, sample, seen_count, first_seen_at, last_seen_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (tenant_id, carrier_code, phrase) do nothing",
);
const EFFECTS: Statement = Statement::new(
    "effects",
    Audience::Tenant,
    "select count(*) from unmapped_statuses where tenant_id = $1",
);

/// Writes in a transaction of its own, under the task's id, and enqueues what follows from it.
struct Writes {
    db: Db,
    queue: Arc<TaskQueue>,
}

#[async_trait]
impl Handler for Writes {
    fn kind(&self) -> &'static str {
        "write"
    }

    async fn run(&self, task: &Task) -> Result<(), TaskError> {
        let mut tx = self.db.write(Scope::Tenant(task.tenant)).await?;
        let values = bind!["tcc", task.id.to_string(), "x", 1_i64, 0_i64, 0_i64];
        if tx.execute(&EFFECT, values).await? == 1 {
            let next = NewTask::new("count", &serde_json::json!({ "number": 1 }))
                .map_err(|_| TaskError::fatal("json"))?;
            self.queue.enqueue(&mut tx, vec![next]).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// The worker dies between the effect and its completion: the task runs again, the effect stays one.
#[tokio::test]
async fn a_task_runs_at_least_once_and_an_idempotent_effect_happens_once() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let follow_up = Scripted::new(Act::Succeed);
        let worker = |seed| {
            let queue = Arc::new(world.worker_with(seed, &follow_up));
            queue.register(Arc::new(Writes { db: world.test.db.clone(), queue: queue.clone() })).unwrap();
            queue
        };
        let first = worker(1);
        let writes = (0..5).map(|n| NewTask::new("write", &n).unwrap()).collect();
        world.enqueue(&first, tenant(1), writes).await;
        // One tick claims and runs; the next one would have stored the completions.
        first.tick().await.unwrap();
        assert!(world.states(tenant(1)).await.iter().filter(|state| *state == "running").count() == 5);
        let second = worker(2);
        world.pass(331);
        run_until_idle(&second).await;
        assert_eq!(world.states(tenant(1)).await, vec!["done"; 10], "{engine:?}");
        assert_eq!(follow_up.seen().len(), 5, "{engine:?}");
        let mut tx = world.test.db.read(Scope::Tenant(tenant(1))).await.unwrap();
        let effects = tx.fetch_one(&EFFECTS, bind![]).await.unwrap();
        assert_eq!(effects.count(0).unwrap(), 5, "{engine:?}");
        drop(tx);
        run_until_idle(&first).await;
        assert_eq!(world.states(tenant(1)).await, vec!["done"; 10], "{engine:?}");
    }
}
