//! Checking the log: what is erased is told from what is lost.

use database::{Audience, Statement, bind};
use domain::{Clock, Flaws};
use event_log::Histories;
use testkit::ENGINES;

use crate::world::{SYSTEM, World, entity, tenant};

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
