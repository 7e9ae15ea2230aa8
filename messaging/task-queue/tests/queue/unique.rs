//! Open tasks of one kind and key are one.

use task_queue::{NewTask, TaskError};
use testkit::ENGINES;

use crate::world::{Act, Scripted, World, run_until_idle, task, tenant};

fn keyed(number: u32, key: &str) -> NewTask {
    NewTask { unique_key: Some(key.into()), ..task(number) }
}

#[tokio::test]
async fn an_open_task_makes_another_with_its_key_superfluous() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Hang);
        let queue = world.worker_with(1, &handler);
        let add = async |of, tasks| {
            let enqueued = world.enqueue(&queue, tenant(of), tasks).await;
            (enqueued.added, enqueued.already_open)
        };
        assert_eq!(add(1, vec![keyed(1, "a"), keyed(2, "a"), keyed(3, "b")]).await, (2, 1), "{engine:?}");
        assert_eq!(add(1, vec![keyed(4, "b"), task(5), task(5)]).await, (2, 1), "{engine:?}");
        // Another kind and another tenant have keys of their own.
        let other_kind = NewTask { kind: "other", ..keyed(6, "a") };
        assert_eq!(add(1, vec![other_kind]).await, (1, 0), "{engine:?}");
        assert_eq!(add(2, vec![keyed(7, "a")]).await, (1, 0), "{engine:?}");
        // One that runs is open, and so is one that waits for its next attempt.
        queue.tick().await.unwrap();
        assert_eq!(handler.seen().len(), 5, "{engine:?}");
        assert_eq!(add(1, vec![keyed(8, "a")]).await, (0, 1), "{engine:?}");
    }
}

#[tokio::test]
async fn when_it_is_over_a_new_one_may_come() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Succeed);
        let queue = world.worker_with(1, &handler);
        for (round, act) in [Act::Succeed, Act::Fail(TaskError::fatal("no")), Act::Succeed].iter().enumerate()
        {
            handler.now(act.clone());
            let enqueued = world.enqueue(&queue, tenant(1), vec![keyed(0, "a"), keyed(1, "a")]).await;
            assert_eq!((enqueued.added, enqueued.already_open), (1, 1), "{engine:?} {round}");
            run_until_idle(&queue).await;
        }
        assert_eq!(world.states(tenant(1)).await, ["done", "dead", "done"], "{engine:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_at_once_agree_on_one_task_a_key() {
    for engine in ENGINES {
        let world = std::sync::Arc::new(World::on(engine).await);
        let writers = (0..8_u32).map(|writer| {
            let world = world.clone();
            tokio::spawn(async move {
                let queue = world.worker(u64::from(writer), crate::world::quick());
                let mut keys: Vec<u32> = (0..20).collect();
                keys.rotate_left(writer as usize * 2);
                let tasks = keys.iter().map(|key| keyed(*key, &format!("k{key:02}"))).collect();
                world.enqueue(&queue, tenant(1), tasks).await.added
            })
        });
        let mut added = 0;
        for writer in writers.collect::<Vec<_>>() {
            added += writer.await.unwrap();
        }
        assert_eq!(added, 20, "{engine:?}");
        assert_eq!(world.stored(tenant(1)).await.len(), 20, "{engine:?}");
    }
}
