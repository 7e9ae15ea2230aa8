//! A poisoned event stops nobody but its entity, and that not for ever.

use event_log::{ParkedState, ReplayError, parked};
use testkit::ENGINES;

use crate::world::{Act, World, entity, run_until_idle, tenant};

#[tokio::test]
async fn a_poisoned_event_holds_up_its_entity_alone() {
    for (engine, act) in ENGINES.into_iter().flat_map(|engine| [(engine, Act::Fail), (engine, Act::Panic)]) {
        let world = World::on(engine).await;
        let echo = world.echo();
        let follower = world.follower(&echo);
        echo.on(entity(1), 2, act);
        for version in 1..=3 {
            world.state(tenant(1), entity(1), version).await;
            world.state(tenant(2), entity(2), version).await;
        }
        world.stamp().await;
        run_until_idle(&follower).await;
        assert_eq!(world.echoes(entity(2)).await, [1, 2, 3], "{engine:?}: others go on at once");
        assert_eq!(world.echoes(entity(1)).await, [1], "{engine:?}: later ones wait behind");
        // A later batch waits behind as well.
        world.state(tenant(1), entity(1), 4).await;
        world.stamp().await;
        run_until_idle(&follower).await;
        assert_eq!(world.echoes(entity(1)).await, [1], "{engine:?}");
        echo.mend();
        world.pass(1);
        run_until_idle(&follower).await;
        assert_eq!(world.echoes(entity(1)).await, [1, 2, 3, 4], "{engine:?}: in their order");
        assert_eq!(parked::list(&world.test.db, tenant(1)).await.unwrap(), [], "{engine:?}");
    }
}

#[tokio::test]
async fn after_the_last_attempt_it_is_parked_and_the_entity_goes_on() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let echo = world.echo();
        let follower = world.follower(&echo);
        echo.on(entity(1), 1, Act::Fail);
        world.state(tenant(1), entity(1), 1).await;
        world.state(tenant(1), entity(1), 2).await;
        world.stamp().await;
        run_until_idle(&follower).await;
        for pause in [1, 4, 16, 64, 256] {
            let shown = parked::list(&world.test.db, tenant(1)).await.unwrap();
            assert_eq!(shown.last().unwrap().state, ParkedState::Waiting, "{engine:?}");
            world.pass(pause - 1);
            run_until_idle(&follower).await;
            assert!(world.echoes(entity(1)).await.is_empty(), "{engine:?}: not before {pause} s");
            world.pass(1);
            run_until_idle(&follower).await;
        }
        assert_eq!(world.echoes(entity(1)).await, [2], "{engine:?}");
        let shown = parked::list(&world.test.db, tenant(1)).await.unwrap();
        assert_eq!(shown.len(), 1, "{engine:?}");
        assert_eq!((shown[0].state, shown[0].attempts, shown[0].position), (ParkedState::Parked, 6, 1));
        assert_eq!(shown[0].error.as_deref(), Some("as the test says"));
        assert_eq!((shown[0].kind.as_str(), shown[0].entity), ("thing.counted", entity(1)));
        assert_eq!(parked::list(&world.test.db, tenant(2)).await.unwrap(), [], "{engine:?}: whose it is");
    }
}

#[tokio::test]
async fn a_parked_event_is_tried_again_on_request() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let db = &world.test.db;
        let echo = world.echo();
        let follower = world.follower(&echo);
        for number in [1, 2] {
            echo.on(entity(number), 1, Act::Fail);
            world.state(tenant(number), entity(number), 1).await;
        }
        world.stamp().await;
        run_until_idle(&follower).await;
        for pause in [1, 4, 16, 64, 256] {
            world.pass(pause);
            run_until_idle(&follower).await;
        }
        echo.mend();
        assert!(
            !parked::retry(db, &*world.clock, tenant(2), "echo", 1).await.unwrap(),
            "{engine:?}: foreign"
        );
        assert!(parked::retry(db, &*world.clock, tenant(1), "echo", 1).await.unwrap(), "{engine:?}");
        run_until_idle(&follower).await;
        assert_eq!(world.echoes(entity(1)).await, [1], "{engine:?}");
        assert!(world.echoes(entity(2)).await.is_empty(), "{engine:?}");
        assert_eq!(parked::retry_all(db, &*world.clock, "echo").await.unwrap(), 1, "{engine:?}");
        run_until_idle(&follower).await;
        assert_eq!(world.echoes(entity(2)).await, [1], "{engine:?}");
        let unknown = parked::retry_all(db, &*world.clock, "nobody").await;
        assert!(matches!(unknown, Err(ReplayError::UnknownReaction(_))), "{engine:?}");
    }
}

/// The parked event fails once more and holds its entity up again, until it is parked once more.
#[tokio::test]
async fn a_reaction_sent_back_over_a_parked_event_does_not_leave_its_entity_stuck() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let echo = world.echo();
        let follower = world.follower(&echo);
        echo.on(entity(1), 1, Act::Fail);
        world.state(tenant(1), entity(1), 1).await;
        world.state(tenant(1), entity(1), 2).await;
        world.stamp().await;
        run_until_idle(&follower).await;
        for expected in [vec![2], vec![2, 2]] {
            for pause in [1, 4, 16, 64, 256] {
                world.pass(pause);
                run_until_idle(&follower).await;
            }
            assert_eq!(world.echoes(entity(1)).await, expected, "{engine:?}");
            parked::replay_from(&world.test.db, &*world.clock, "echo", 0).await.unwrap();
            run_until_idle(&follower).await;
        }
        let shown = parked::list(&world.test.db, tenant(1)).await.unwrap();
        assert!(shown.iter().all(|event| event.state == ParkedState::Waiting), "{engine:?}: {shown:?}");
    }
}

#[tokio::test]
async fn a_reaction_sent_back_reads_again_and_is_never_sent_forward() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let db = &world.test.db;
        let echo = world.echo();
        let follower = world.follower(&echo);
        for version in 1..=3 {
            world.state(tenant(1), entity(1), version).await;
        }
        world.stamp().await;
        run_until_idle(&follower).await;
        let forward = parked::replay_from(db, &*world.clock, "echo", 1_000).await;
        assert!(matches!(forward, Err(ReplayError::Forward { .. })), "{engine:?}");
        parked::replay_from(db, &*world.clock, "echo", 1).await.unwrap();
        run_until_idle(&follower).await;
        assert_eq!(world.echoes(entity(1)).await, [1, 2, 3, 2, 3], "{engine:?}");
    }
}
