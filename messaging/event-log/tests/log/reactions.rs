//! An event has its effect exactly once.

use testkit::ENGINES;

use crate::world::{Act, World, entity, run_until_idle, tenant};

#[tokio::test]
async fn a_batch_of_several_tenants_is_one_step() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        for number in 1..=9 {
            world.state(tenant(number % 3 + 1), entity(number), 1).await;
        }
        world.stamp().await;
        let echo = world.echo();
        let follower = world.follower(&echo);
        assert!(follower.tick().await.unwrap(), "{engine:?}");
        assert_eq!(echo.calls(), 3, "{engine:?}: once a tenant");
        for number in 1..=9 {
            assert_eq!(world.echoes(entity(number)).await, [1], "{engine:?}");
        }
        run_until_idle(&follower).await;
        assert_eq!(echo.calls(), 3, "{engine:?}: its own echoes are not what it wants");
    }
}

/// The store goes away in the middle: the cursor stands, and nothing of the batch is there twice.
#[tokio::test]
async fn a_batch_whose_store_fails_leaves_no_trace_and_is_done_later() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.state(tenant(1), entity(1), 1).await;
        world.state(tenant(2), entity(2), 1).await;
        world.stamp().await;
        let echo = world.echo();
        echo.on(entity(2), 1, Act::Unavailable);
        let follower = world.follower(&echo);
        for _ in 0..3 {
            assert!(follower.tick().await.unwrap_err().is_transient(), "{engine:?}");
        }
        assert!(world.echoes(entity(1)).await.is_empty(), "{engine:?}: it was in the same transaction");
        echo.mend();
        run_until_idle(&follower).await;
        assert_eq!(world.echoes(entity(1)).await, [1], "{engine:?}");
        assert_eq!(world.echoes(entity(2)).await, [1], "{engine:?}");
        let parked = event_log::parked::list(&world.test.db, tenant(2)).await.unwrap();
        assert_eq!(parked, [], "{engine:?}: an absent store is nobody's poison");
    }
}

#[tokio::test]
async fn a_second_follower_goes_on_where_the_first_was_dropped() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let echo = world.echo();
        for version in 1..=450 {
            world.state(tenant(1), entity(1), version).await;
        }
        world.stamp().await;
        let first = world.follower(&echo);
        first.tick().await.unwrap();
        drop(first);
        run_until_idle(&world.follower(&echo)).await;
        assert_eq!(world.echoes(entity(1)).await, (1..=450).collect::<Vec<i64>>(), "{engine:?}");
    }
}
