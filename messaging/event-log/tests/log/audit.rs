//! Checking the log: what is erased is told from what is lost.

use database::{Audience, Statement, bind};
use domain::{Clock, Flaws};
use event_log::Histories;
use testkit::ENGINES;

use crate::world::{SYSTEM, World, entity, log, tenant};

async fn broken(world: &World) -> Vec<&'static str> {
    let mut flaws = Flaws::default();
    let mut tx = world.test.db.read(SYSTEM).await.unwrap();
    event_log::audit(&mut tx, world.clock.now(), &mut flaws).await.unwrap();
    tx.commit().await.unwrap();
    flaws.counts().keys().copied().collect()
}

async fn change(world: &World, text: &'static str) {
    let mut tx = world.test.db.write(SYSTEM).await.unwrap();
    assert_eq!(
        tx.execute(&Statement::new("change", Audience::System, text), bind![]).await.unwrap(),
        1,
        "{text}"
    );
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn erased_events_are_no_lost_ones() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let (gone, stays) = (tenant(1), tenant(2));
        for version in 1..=3 {
            world.state(gone, entity(1), version).await;
            world.state(stays, entity(2), version).await;
        }
        world.stamp().await;
        assert!(broken(&world).await.is_empty(), "{engine:?}");
        // The newest event is another's, then it is the tenant's own.
        event_log::erase_tenant(&world.test.db, gone).await.unwrap();
        assert!(broken(&world).await.is_empty(), "{engine:?}");
        world.state(gone, entity(3), 1).await;
        world.stamp().await;
        event_log::erase_tenant(&world.test.db, gone).await.unwrap();
        assert!(broken(&world).await.is_empty(), "{engine:?}");
        change(&world, "delete from events where position = 4").await;
        assert_eq!(broken(&world).await, ["events.positions"], "{engine:?}");
    }
}

/// Removes events as `demo --remove` did before gaps were noted.
async fn remove_without_a_note(world: &World, from: i64, to: i64) {
    let text = "delete from events where position between $1 and $2";
    let mut tx = world.test.db.write(SYSTEM).await.unwrap();
    tx.execute(&Statement::new("remove", Audience::System, text), bind![from, to]).await.unwrap();
    tx.commit().await.unwrap();
}

/// Applies the migration that notes such gaps, as a database meets it that was made before it.
async fn upgrade(world: &World) {
    change(world, "delete from _sqlx_migrations where version = 43").await;
    world.test.db.migrate().await.unwrap();
}

#[tokio::test]
async fn gaps_of_before_they_were_noted_are_no_losses_after_an_upgrade() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        for version in 1..=9 {
            world.state(tenant(1), entity(1), version).await;
        }
        world.stamp().await;
        upgrade(&world).await;
        assert_eq!(
            log(&world.test.db).await.len(),
            9,
            "{engine:?}: where nothing is missing nothing changes"
        );
        remove_without_a_note(&world, 2, 4).await;
        assert_eq!(broken(&world).await, ["events.positions"], "{engine:?}");
        upgrade(&world).await;
        assert!(broken(&world).await.is_empty(), "{engine:?}: nothing was noted before");
        let seen: Vec<i64> = log(&world.test.db).await.iter().map(|event| event.0).collect();
        assert_eq!(seen, [1, 4, 5, 6, 7, 8, 9], "{engine:?}: a note takes a place in the gap");
        remove_without_a_note(&world, 6, 7).await;
        upgrade(&world).await;
        assert!(broken(&world).await.is_empty(), "{engine:?}: something was noted before");
        event_log::erase_tenant(&world.test.db, tenant(1)).await.unwrap();
        assert!(broken(&world).await.is_empty(), "{engine:?}: later ones are noted beside them");
        world.state(tenant(2), entity(2), 1).await;
        world.state(tenant(2), entity(2), 2).await;
        world.stamp().await;
        change(&world, "delete from events where position = 10").await;
        assert_eq!(broken(&world).await, ["events.positions"], "{engine:?}: a loss is a loss");
    }
}

#[tokio::test]
async fn positions_are_counted_over_any_distance() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        for version in 1..=4 {
            world.state(tenant(1), entity(1), version).await;
        }
        world.stamp().await;
        // Both sides of the ranges in which they are counted.
        for far in [
            "update events set position = 100000 where position = 2",
            "update events set position = 100001 where position = 3",
            "update events set position = 250000 where position = 4",
        ] {
            change(&world, far).await;
        }
        let mut flaws = Flaws::default();
        let mut tx = world.test.db.read(SYSTEM).await.unwrap();
        assert_eq!(event_log::audit(&mut tx, world.clock.now(), &mut flaws).await.unwrap(), 4, "{engine:?}");
        tx.commit().await.unwrap();
        let detail = "4 events and 0 erased ones do not fill the positions up to 250000";
        assert_eq!(flaws.kept()[0].detail, detail, "{engine:?}");
    }
}

#[tokio::test]
async fn a_reaction_has_read_no_more_than_there_is() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.state(tenant(1), entity(1), 1).await;
        world.stamp().await;
        change(&world, "insert into event_cursors (reaction, position, moved_at) values ('r', 1, 0)").await;
        assert!(broken(&world).await.is_empty(), "{engine:?}");
        change(&world, "update event_cursors set position = 2").await;
        assert_eq!(broken(&world).await, ["events.cursors"], "{engine:?}");
    }
}

#[tokio::test]
async fn an_event_that_no_sequencer_stamps_is_found() {
    let world = World::on(database::Engine::Postgres).await;
    world.state(tenant(1), entity(1), 1).await;
    assert!(broken(&world).await.is_empty(), "it may wait a little");
    world.pass(601);
    assert_eq!(broken(&world).await, ["events.stamped"]);
}

#[tokio::test]
async fn histories_come_entity_by_entity_and_are_checked_for_their_order() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        for (number, version) in [(1, 1), (2, 1), (1, 2), (3, 2), (3, 1), (4, 1), (4, 1)] {
            world.state(tenant(1), entity(number), version).await;
        }
        world.stamp().await;
        let (mut flaws, mut strays) = (Flaws::default(), Vec::new());
        let mut histories = Histories::of("thing.");
        let mut tx = world.test.db.read(database::Scope::Tenant(tenant(1))).await.unwrap();
        let first = histories.take(&mut tx, entity(1), &mut strays, &mut flaws).await.unwrap().unwrap();
        let versions: Vec<i64> = first.events.iter().map(|event| event.entity_version).collect();
        assert_eq!(versions, [1, 2], "{engine:?}");
        assert!(flaws.is_empty(), "{engine:?}");
        let third = histories.take(&mut tx, entity(3), &mut strays, &mut flaws).await.unwrap();
        assert_eq!((third.map(|found| found.entity), strays.clone()), (Some(entity(3)), vec![entity(2)]));
        histories.rest(&mut tx, &mut strays, &mut flaws).await.unwrap();
        assert_eq!(strays, [entity(2), entity(4)], "{engine:?}");
        let kinds: Vec<_> = flaws.counts().keys().copied().collect();
        assert_eq!(kinds, ["events.order", "events.versions"], "{engine:?}");
        let mut none = Histories::of("other.");
        assert!(none.take(&mut tx, entity(1), &mut strays, &mut flaws).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn histories_of_listed_kinds_leave_out_what_begins_alike() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        for (number, version) in [(1, 1), (2, 1), (3, 1)] {
            world.state(tenant(1), entity(number), version).await;
        }
        world.stamp().await;
        change(&world, "update events set kind = 'thing.other' where position = 2").await;
        let (mut flaws, mut strays) = (Flaws::default(), Vec::new());
        let mut histories = Histories::of("thing.").only(&["thing.counted"]);
        let mut tx = world.test.db.read(database::Scope::Tenant(tenant(1))).await.unwrap();
        histories.rest(&mut tx, &mut strays, &mut flaws).await.unwrap();
        assert_eq!(strays, [entity(1), entity(3)], "{engine:?}");
    }
}
