//! Nothing is skipped, and every reader sees one order.

use database::Engine;
use event_log::Sequencer;
use testkit::ENGINES;

use crate::world::{World, entity, log, run_until_idle, tenant};

#[tokio::test]
async fn positions_are_gapless_and_a_rollback_takes_none() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.state(tenant(1), entity(1), 1).await;
        let mut lost = world.begin(tenant(1)).await;
        world.append(&mut lost, entity(1), 99).await;
        lost.rollback().await.unwrap();
        world.state(tenant(2), entity(2), 1).await;
        world.stamp().await;
        let positions: Vec<i64> = log(&world.test.db).await.into_iter().map(|seen| seen.0).collect();
        assert_eq!(positions, [1, 2], "{engine:?}");
        assert_eq!(event_log::head(&world.test.db).await.unwrap(), 2, "{engine:?}");
    }
}

/// A writer takes its place early and commits last: a reader that has gone on meets it later.
#[tokio::test]
async fn a_writer_that_stays_open_for_a_minute_is_skipped_by_nobody() {
    let world = World::on(Engine::Postgres).await;
    let echo = world.echo();
    let follower = world.follower(&echo);
    let mut slow = world.begin(tenant(1)).await;
    world.append(&mut slow, entity(1), 1).await;
    for version in 1..=5 {
        world.pass(12);
        world.state(tenant(2), entity(2), version).await;
        world.stamp().await;
        run_until_idle(&follower).await;
    }
    assert_eq!(world.echoes(entity(2)).await, [1, 2, 3, 4, 5]);
    assert_eq!(world.echoes(entity(1)).await, Vec::<i64>::new());
    slow.commit().await.unwrap();
    world.stamp().await;
    run_until_idle(&follower).await;
    assert_eq!(world.echoes(entity(1)).await, [1]);
    let positions: Vec<i64> = log(&world.test.db).await.into_iter().map(|seen| seen.0).collect();
    assert_eq!(positions, (1..=12).collect::<Vec<i64>>());
}

/// Many writers that begin and end in any order, sequencers and followers beside them.
#[tokio::test]
async fn interleaved_writers_reach_the_reaction_exactly_once_each() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let echo = world.echo();
        let followers = [world.follower(&echo), world.follower(&echo)];
        let writers = async {
            let each = (1..=6_u128).map(|number| states(&world, number));
            futures_util::future::join_all(each).await;
        };
        let readers = async {
            for round in 0..60 {
                // Two sequencers at once: one stamps, the other passes on.
                let (one, two) =
                    (Sequencer::new(world.test.db.clone()), Sequencer::new(world.test.db.clone()));
                let (a, b) = tokio::join!(one.tick(), two.tick());
                a.unwrap();
                b.unwrap();
                let (a, b) = tokio::join!(followers[round % 2].tick(), followers[(round + 1) % 2].tick());
                a.unwrap();
                b.unwrap();
            }
        };
        tokio::join!(writers, readers);
        world.stamp().await;
        run_until_idle(&followers[0]).await;
        for number in 1..=6 {
            let all: Vec<i64> = (1..=20).collect();
            assert_eq!(world.versions("thing.counted", entity(number)).await, all, "{engine:?}");
            assert_eq!(world.echoes(entity(number)).await, all, "{engine:?}");
        }
    }
}

async fn states(world: &World, number: u128) {
    for version in 1..=20 {
        world.state(tenant(number % 3), entity(number), version).await;
    }
}

/// The clocks of two servers disagree; the row lock, not the clock, says who was first.
#[tokio::test]
async fn events_of_one_entity_keep_their_order_when_the_clock_goes_back() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        for version in 1..=4 {
            world.pass(-30);
            world.state(tenant(1), entity(1), version).await;
        }
        world.stamp().await;
        assert_eq!(world.versions("thing.counted", entity(1)).await, [1, 2, 3, 4], "{engine:?}");
    }
}

#[tokio::test]
async fn more_events_than_a_round_are_stamped_in_order() {
    let world = World::on(Engine::Postgres).await;
    let mut tx = world.begin(tenant(1)).await;
    for version in 1..=1_100 {
        world.append(&mut tx, entity(1), version).await;
    }
    tx.commit().await.unwrap();
    let sequencer = Sequencer::new(world.test.db.clone());
    assert!(sequencer.tick().await.unwrap(), "a full round has more behind it");
    assert!(!sequencer.tick().await.unwrap());
    assert_eq!(world.versions("thing.counted", entity(1)).await, (1..=1_100).collect::<Vec<i64>>());
}

#[tokio::test]
async fn a_commit_with_events_wakes_whoever_waits_for_work() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let mut work = world.test.db.work();
        let mut lost = world.begin(tenant(1)).await;
        world.append(&mut lost, entity(1), 1).await;
        lost.rollback().await.unwrap();
        assert!(!work.has_changed().unwrap(), "{engine:?}: a rollback leaves no work");
        world.state(tenant(1), entity(1), 1).await;
        work.changed().await.unwrap();
    }
}

#[tokio::test]
async fn the_history_of_an_entity_is_its_own_and_its_tenants() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.state(tenant(1), entity(1), 1).await;
        world.state(tenant(1), entity(2), 1).await;
        world.state(tenant(1), entity(1), 2).await;
        let versions = |events: Vec<event_log::Event>| -> Vec<i64> {
            events.iter().map(|event| event.entity_version).collect()
        };
        let mut tx = world.begin(tenant(1)).await;
        // Readable before it is stamped.
        assert_eq!(versions(event_log::of_entity(&mut tx, entity(1)).await.unwrap()), [1, 2], "{engine:?}");
        tx.rollback().await.unwrap();
        let mut tx = world.begin(tenant(2)).await;
        assert!(event_log::of_entity(&mut tx, entity(1)).await.unwrap().is_empty(), "{engine:?}");
    }
}

/// What a back-up holds is enough: positions and the order of what is not stamped yet.
#[tokio::test]
async fn a_dump_and_restore_keeps_order_and_goes_on() {
    let world = World::on(Engine::Postgres).await;
    world.state(tenant(1), entity(1), 1).await;
    world.stamp().await;
    world.state(tenant(1), entity(1), 2).await;
    world.pass(-60);
    world.state(tenant(1), entity(1), 3).await;
    let restored = testkit::dump_and_restore(&world.test).await;
    let sequencer = Sequencer::new(restored.db.clone());
    while sequencer.tick().await.unwrap() {}
    let order: Vec<(i64, i64)> =
        log(&restored.db).await.into_iter().map(|(position, _, _, version)| (position, version)).collect();
    assert_eq!(order, [(1, 1), (2, 2), (3, 3)]);
}
