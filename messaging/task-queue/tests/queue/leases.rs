//! Workers that vanish, come back late, stop, or work side by side.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use task_queue::{NewTask, Priority, Settings, TaskError};
use testkit::ENGINES;
use tokio::sync::Notify;

use crate::world::{Act, Scripted, World, quick, run_until_idle, task, tasks, tenant};

#[tokio::test]
async fn a_vanished_workers_task_is_taken_over_when_its_lease_is_over() {
    for engine in ENGINES {
        for (priority, lease) in [(Priority::Critical, 60), (Priority::High, 90), (Priority::Low, 630)] {
            let world = World::on(engine).await;
            let dying = world.worker_with(1, &Scripted::new(Act::Hang));
            world.enqueue(&dying, tenant(1), vec![NewTask { priority, ..task(1) }]).await;
            dying.tick().await.unwrap();
            assert_eq!(world.stored(tenant(1)).await[0].due_in, lease, "{engine:?}");
            drop(dying);

            let handler = Scripted::new(Act::Succeed);
            let heir = world.worker_with(2, &handler);
            world.pass(lease - 1);
            run_until_idle(&heir).await;
            assert!(handler.seen().is_empty(), "{engine:?}: not before");
            // Leases are looked through every ten seconds.
            world.pass(10);
            run_until_idle(&heir).await;
            assert_eq!(handler.seen()[0].attempt, 2, "{engine:?}");
            assert_eq!(world.states(tenant(1)).await, ["done"], "{engine:?}");
        }
    }
}

#[tokio::test]
async fn a_late_report_of_a_worker_taken_for_dead_changes_nothing() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let told = Arc::new(Notify::new());
        let slow = Scripted::new(Act::Wait(told.clone()));
        let late = world.worker_with(1, &slow);
        world.enqueue(&late, tenant(1), vec![task(1)]).await;
        late.tick().await.unwrap();
        world.pass(331);

        // Taken over and failed: it waits for its third attempt.
        let heir = world.worker_with(2, &Scripted::new(Act::Fail(TaskError::retry("busy"))));
        run_until_idle(&heir).await;
        let before = world.stored(tenant(1)).await;
        assert_eq!((before[0].state.as_str(), before[0].attempt), ("waiting", 2), "{engine:?}");
        told.notify_one();
        run_until_idle(&late).await;
        assert_eq!(world.stored(tenant(1)).await, before, "{engine:?}");

        // The same worker takes its own task over: its first attempt still counts for nothing.
        slow.now(Act::Hang);
        world.pass(60);
        late.tick().await.unwrap();
        let other = world.worker_with(3, &Scripted::new(Act::Hang));
        world.pass(331);
        other.tick().await.unwrap();
        let before = world.stored(tenant(1)).await;
        assert_eq!((before[0].state.as_str(), before[0].attempt), ("running", 4), "{engine:?}");
        late.drain(Duration::ZERO).await.unwrap();
        assert_eq!(world.stored(tenant(1)).await, before, "{engine:?}");
    }
}

#[tokio::test]
async fn a_task_that_kills_its_workers_is_given_up() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        for attempt in 1..=4 {
            let dying = world.worker_with(attempt, &Scripted::new(Act::Hang));
            if attempt == 1 {
                world.enqueue(&dying, tenant(1), vec![task(1)]).await;
            }
            dying.tick().await.unwrap();
            dying.tick().await.unwrap();
            let stored = world.stored(tenant(1)).await.remove(0);
            assert_eq!((stored.state.as_str(), stored.attempt), ("running", i64::try_from(attempt).unwrap()));
            world.pass(331);
        }
        let handler = Scripted::new(Act::Succeed);
        let survivor = world.worker_with(9, &handler);
        run_until_idle(&survivor).await;
        let stored = world.stored(tenant(1)).await.remove(0);
        assert_eq!((stored.state.as_str(), stored.attempt), ("dead", 4), "{engine:?}");
        assert_eq!(stored.error.as_deref(), Some("the worker vanished"), "{engine:?}");
        assert!(handler.seen().is_empty(), "{engine:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_side_by_side_never_run_the_same_attempt() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Succeed);
        let small = Settings { slots: 16, tenant_slots: 12, ..quick() };
        let workers: Vec<_> = (1..=3)
            .map(|seed| {
                let queue = world.worker(seed, small);
                queue.register(handler.clone()).unwrap();
                Arc::new(queue)
            })
            .collect();
        for of in 1..=4 {
            world.enqueue(&workers[0], tenant(of), tasks(0..150)).await;
        }
        let running = workers.iter().map(|queue| {
            let queue = queue.clone();
            tokio::spawn(async move { run_until_idle(&queue).await })
        });
        for worker in running.collect::<Vec<_>>() {
            worker.await.unwrap();
        }
        // A worker may have looked while another one had the last tenant's lock.
        run_until_idle(&workers[0]).await;
        let seen = handler.seen();
        let different: HashSet<_> = seen.iter().map(|task| (task.id, task.attempt)).collect();
        assert_eq!((seen.len(), different.len()), (600, 600), "{engine:?}");
        for of in 1..=4 {
            assert_eq!(world.states(tenant(of)).await, vec!["done"; 150], "{engine:?}");
        }
    }
}

#[tokio::test]
async fn a_worker_that_stops_gives_its_tasks_back() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let told = Arc::new(Notify::new());
        let stopping = world.worker_with(1, &Scripted::new(Act::Hang));
        stopping.register(Scripted::of_kind("wait", Act::Wait(told.clone()))).unwrap();
        let both = vec![task(1), NewTask::new("wait", &()).unwrap()];
        world.enqueue(&stopping, tenant(1), both).await;
        stopping.tick().await.unwrap();
        told.notify_one();
        stopping.drain(Duration::from_millis(20)).await.unwrap();
        stopping.drain(Duration::ZERO).await.unwrap();
        assert_eq!(world.states(tenant(1)).await, ["waiting", "done"], "{engine:?}");
        assert_eq!(world.stored(tenant(1)).await[0].due_in, 0, "{engine:?}");

        let handler = Scripted::new(Act::Succeed);
        run_until_idle(&world.worker_with(2, &handler)).await;
        let seen = handler.seen();
        assert_eq!((seen[0].attempt, seen[0].last_attempt), (2, 5), "{engine:?}: it lost no attempt");
    }
}

#[tokio::test]
async fn a_process_alone_with_its_store_waits_for_no_lease() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let settings = Settings { slots: 1600, tenant_slots: 1600, ..quick() };
        let killed = world.worker(1, settings);
        killed.register(Scripted::new(Act::Hang)).unwrap();
        world.enqueue(&killed, tenant(1), tasks(0..1100)).await;
        killed.tick().await.unwrap();
        drop(killed);
        let handler = Scripted::new(Act::Succeed);
        let restarted = world.worker(2, settings);
        restarted.register(handler.clone()).unwrap();
        restarted.free_leases().await.unwrap();
        run_until_idle(&restarted).await;
        assert_eq!(handler.seen().len(), 1100, "{engine:?}");
        assert_eq!(world.states(tenant(1)).await, vec!["done"; 1100], "{engine:?}");
    }
}
