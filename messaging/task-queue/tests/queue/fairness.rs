//! Tenants take turns.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use domain::SignedDuration;
use task_queue::{NewTask, Settings};
use testkit::ENGINES;

use crate::world::{Act, Scripted, World, quick, run_until_idle, task, tasks, tenant};

#[tokio::test]
async fn a_long_line_delays_nobody_elses_first_task() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Succeed);
        let queue = world.worker_with(1, &handler);
        for first in (0..10_000).step_by(500) {
            world.enqueue(&queue, tenant(5), tasks(first..first + 500)).await;
        }
        queue.tick().await.unwrap();
        for of in [1, 9] {
            world.enqueue(&queue, tenant(of), tasks(0..1)).await;
        }
        // No time passes between two ticks: they are in the very next claim.
        queue.tick().await.unwrap();
        queue.tick().await.unwrap();
        for of in [1, 9] {
            assert_eq!(world.states(tenant(of)).await, ["done"], "{engine:?}");
        }
        let done = world.states(tenant(5)).await.iter().filter(|state| *state == "done").count();
        assert!(done < 200, "{engine:?}: {done} of the long line went before");
    }
}

#[tokio::test]
async fn a_tenant_with_slow_tasks_leaves_slots_to_others() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let settings = Settings { slots: 40, tenant_slots: 10, ..quick() };
        let slow = Scripted::new(Act::Hang);
        let quick_one = Scripted::of_kind("quick", Act::Succeed);
        let workers: Vec<_> = (1..=2)
            .map(|seed| {
                let queue = world.worker(seed, settings);
                queue.register(slow.clone()).unwrap();
                queue.register(quick_one.clone()).unwrap();
                queue
            })
            .collect();
        world.enqueue(&workers[0], tenant(1), tasks(0..100)).await;
        for _ in 0..3 {
            for queue in &workers {
                queue.tick().await.unwrap();
            }
        }
        assert_eq!(slow.seen().len(), 20, "{engine:?}: ten on each worker");
        world.enqueue(&workers[0], tenant(2), vec![NewTask::new("quick", &()).unwrap()]).await;
        workers[0].tick().await.unwrap();
        assert_eq!(quick_one.seen().len(), 1, "{engine:?}");
    }
}

#[tokio::test]
async fn everybody_has_a_turn_before_anybody_has_a_second() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Succeed);
        let queue = world.worker(1, Settings { slots: 8, ..quick() });
        queue.register(handler.clone()).unwrap();
        // More tenants than a claim visits, and tenants whose tasks are not due among them.
        let later = domain::Clock::now(&*world.clock) + SignedDuration::from_secs(60);
        for of in 1..=300 {
            let first = task(0);
            let tasks = if of % 3 == 0 {
                vec![NewTask { run_at: Some(later), ..first }]
            } else {
                vec![first, task(1)]
            };
            world.enqueue(&queue, tenant(of), tasks).await;
        }
        run_until_idle(&queue).await;
        let mut turns = HashMap::<_, usize>::new();
        for (place, task) in handler.seen().iter().enumerate() {
            let turn = turns.entry(task.tenant).or_default();
            *turn += 1;
            // A claim ends where the visited lanes end, so rounds overlap by less than one claim.
            assert!(*turn == 1 || place >= 192, "{engine:?}: {} has a second turn at {place}", task.tenant);
        }
        assert_eq!(handler.seen().len(), 400, "{engine:?}");
        world.pass(60);
        run_until_idle(&queue).await;
        assert_eq!(handler.seen().len(), 500, "{engine:?}");
    }
}

/// Lanes whose tasks are all scheduled for later do not hide the due ones behind them.
#[tokio::test]
async fn a_claim_looks_past_many_tenants_with_nothing_due() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Succeed);
        let queue = world.worker_with(1, &handler);
        let later = domain::Clock::now(&*world.clock) + SignedDuration::from_secs(60);
        for of in 1..=290 {
            world.enqueue(&queue, tenant(of), vec![NewTask { run_at: Some(later), ..task(0) }]).await;
        }
        world.enqueue(&queue, tenant(280), vec![task(1)]).await;
        run_until_idle(&queue).await;
        assert_eq!(handler.numbers(), [1], "{engine:?}");
        world.enqueue(&queue, tenant(3), vec![task(2)]).await;
        run_until_idle(&queue).await;
        assert_eq!(handler.numbers(), [1, 2], "{engine:?}");
    }
}

/// With slots for more lanes than a claim visits, those at the end of the round have their turn too.
#[tokio::test]
async fn a_wide_worker_starves_nobody_at_the_end_of_the_round() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Succeed);
        let queue = world.worker(1, Settings { slots: 2000, tenant_slots: 4, ..quick() });
        queue.register(handler.clone()).unwrap();
        let later = domain::Clock::now(&*world.clock) + SignedDuration::from_secs(60);
        for of in 1..=300 {
            let tasks =
                if of % 10 == 0 { vec![NewTask { run_at: Some(later), ..task(0) }] } else { tasks(0..12) };
            world.enqueue(&queue, tenant(of), tasks).await;
        }
        // Three visits make the round.
        for _ in 0..3 {
            queue.tick().await.unwrap();
        }
        // What was claimed may still wait for a thread.
        queue.drain(Duration::from_secs(30)).await.unwrap();
        let served: HashSet<_> = handler.seen().iter().map(|task| task.tenant).collect();
        assert_eq!(served.len(), 270, "{engine:?}");
        run_until_idle(&queue).await;
        assert_eq!(handler.seen().len(), 270 * 12, "{engine:?}");
    }
}
