//! Dead letters, and how long finished tasks are kept.

use std::collections::HashSet;

use task_queue::{NewTask, Priority, TaskError, TaskId, TaskQueue};
use testkit::ENGINES;

use crate::world::{Act, Scripted, World, run_until_idle, task, tasks, tenant};

async fn dead_ids(queue: &TaskQueue, of: u128) -> Vec<TaskId> {
    let page = queue.list_dead(tenant(of), None, 200).await.unwrap();
    page.items.iter().map(|dead| dead.id).collect()
}

#[tokio::test]
async fn a_dead_letter_is_shown_and_tried_again_with_all_its_attempts() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Fail(TaskError::fatal("template 7 is gone")));
        let queue = world.worker_with(1, &handler);
        let urgent =
            NewTask { priority: Priority::High, max_attempts: 2, trace_id: Some("t".into()), ..task(1) };
        world.enqueue(&queue, tenant(1), vec![urgent]).await;
        run_until_idle(&queue).await;
        let page = queue.list_dead(tenant(1), None, 10).await.unwrap();
        assert!(page.next.is_none());
        let dead = &page.items[0];
        assert_eq!((dead.kind.as_str(), dead.priority, dead.attempts), ("count", Priority::High, 1));
        assert_eq!(dead.error.as_deref(), Some("template 7 is gone"), "{engine:?}");
        assert_eq!((dead.trace_id.as_deref(), dead.died_at), (Some("t"), domain::Clock::now(&*world.clock)));

        assert!(!queue.retry(tenant(2), dead.id).await.unwrap(), "{engine:?}: somebody else's");
        assert!(queue.list_dead(tenant(2), None, 10).await.unwrap().items.is_empty());
        handler.now(Act::Fail(TaskError::retry("busy")));
        assert!(queue.retry(tenant(1), dead.id).await.unwrap(), "{engine:?}");
        assert!(!queue.retry(tenant(1), dead.id).await.unwrap(), "{engine:?}: it is open now");
        run_until_idle(&queue).await;
        let seen = handler.seen();
        assert_eq!((seen[1].attempt, seen[1].last_attempt), (2, 3), "{engine:?}");
        assert_eq!(world.states(tenant(1)).await, ["waiting"], "{engine:?}");
        world.pass(30);
        run_until_idle(&queue).await;
        assert_eq!(world.states(tenant(1)).await, ["dead"], "{engine:?}");
        assert_eq!(handler.seen().len(), 3, "{engine:?}");
    }
}

#[tokio::test]
async fn dead_letters_come_in_pages_the_last_first() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Fail(TaskError::fatal("no")));
        let queue = world.worker_with(1, &handler);
        for round in 0..5 {
            world.enqueue(&queue, tenant(1), tasks(round * 3..round * 3 + 3)).await;
            run_until_idle(&queue).await;
            world.pass(1);
        }
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = queue.list_dead(tenant(1), after, 4).await.unwrap();
            all.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let ids: HashSet<_> = all.iter().map(|dead| dead.id).collect();
        assert_eq!((all.len(), ids.len()), (15, 15), "{engine:?}");
        assert!(all.is_sorted_by(|a, b| (a.died_at, a.id) > (b.died_at, b.id)), "{engine:?}");
    }
}

#[tokio::test]
async fn all_dead_letters_of_a_kind_are_tried_again() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Fail(TaskError::fatal("no")));
        let queue = world.worker_with(1, &handler);
        queue.register(Scripted::of_kind("other", Act::Fail(TaskError::fatal("no")))).unwrap();
        world.enqueue(&queue, tenant(1), tasks(0..450)).await;
        world.enqueue(&queue, tenant(1), vec![NewTask::new("other", &()).unwrap()]).await;
        world.enqueue(&queue, tenant(2), tasks(0..1)).await;
        run_until_idle(&queue).await;
        handler.now(Act::Succeed);
        assert_eq!(queue.retry_all_dead(tenant(1), "count").await.unwrap(), 450, "{engine:?}");
        assert_eq!(queue.retry_all_dead(tenant(1), "count").await.unwrap(), 0, "{engine:?}");
        run_until_idle(&queue).await;
        assert_eq!(dead_ids(&queue, 1).await.len(), 1, "{engine:?}");
        assert_eq!(dead_ids(&queue, 2).await.len(), 1, "{engine:?}");
        assert_eq!(handler.seen().len(), 901, "{engine:?}");
    }
}

/// What a dead letter would do is done by an open task of the same key, so it stays dead.
#[tokio::test]
async fn a_dead_letter_does_not_come_back_beside_its_twin() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Fail(TaskError::fatal("no")));
        let queue = world.worker_with(1, &handler);
        let keyed = |key: &str| NewTask { unique_key: Some(key.into()), ..task(1) };
        for _ in 0..3 {
            world.enqueue(&queue, tenant(1), vec![keyed("a"), keyed("b")]).await;
            run_until_idle(&queue).await;
            world.pass(1);
        }
        world.enqueue(&queue, tenant(1), vec![keyed("a")]).await;
        for id in dead_ids(&queue, 1).await {
            let twin = queue.list_dead(tenant(1), None, 200).await.unwrap();
            assert!(twin.items.iter().any(|dead| dead.id == id));
        }
        assert_eq!(queue.retry_all_dead(tenant(1), "count").await.unwrap(), 1, "{engine:?}: the last b");
        let states = world.states(tenant(1)).await;
        assert_eq!(states, ["dead", "dead", "dead", "dead", "dead", "waiting", "waiting"], "{engine:?}");
        for id in dead_ids(&queue, 1).await {
            assert!(!queue.retry(tenant(1), id).await.unwrap(), "{engine:?}");
        }
    }
}

#[tokio::test]
async fn done_tasks_are_kept_for_a_day_and_dead_letters_for_thirty() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Succeed);
        let queue = world.worker_with(1, &handler);
        world.enqueue(&queue, tenant(1), tasks(0..1200)).await;
        run_until_idle(&queue).await;
        handler.now(Act::Fail(TaskError::fatal("no")));
        world.enqueue(&queue, tenant(1), tasks(0..2)).await;
        run_until_idle(&queue).await;
        world.pass(24 * 3600 - 1);
        assert!(!queue.sweep().await.unwrap(), "{engine:?}");
        assert_eq!(world.stored(tenant(1)).await.len(), 1202, "{engine:?}");
        world.pass(1);
        let mut steps = 0;
        while queue.sweep().await.unwrap() {
            steps += 1;
        }
        assert_eq!(steps, 2, "{engine:?}: in batches");
        assert_eq!(world.states(tenant(1)).await, ["dead", "dead"], "{engine:?}");
        world.pass(29 * 24 * 3600 - 1);
        queue.sweep().await.unwrap();
        assert_eq!(dead_ids(&queue, 1).await.len(), 2, "{engine:?}");
        world.pass(1);
        queue.sweep().await.unwrap();
        assert!(world.stored(tenant(1)).await.is_empty(), "{engine:?}");
    }
}
