//! A shipment is found by its recipient's name, which nobody can read in the store.

use std::collections::BTreeSet;

use database::{Audience, Scope, Statement, SystemReason, bind};
use domain::{ShipmentStatus, SignedDuration};
use testkit::ENGINES;
use tracking::{Filter, Tracking};

use crate::world::World;

async fn shipped(world: &World, number: &str, name: &str) {
    let mut seen = world.seen(number, "EN TRANSITO");
    seen.recipient_name = Some(name.to_owned());
    world.observe(&[seen]).await;
    world.clock.advance(SignedDuration::from_mins(1));
}

#[tokio::test]
async fn every_word_of_a_search_counts_in_any_order_and_spelling() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        shipped(&world, "10000000001", "María del Carmen Peña").await;
        shipped(&world, "10000000002", "Maria Ruiz").await;
        shipped(&world, "10000000003", "José Peña Ruiz").await;
        assert_eq!(world.search("MARIA").await, ["10000000002", "10000000001"], "{engine:?}");
        assert_eq!(world.search("pena  maria").await, ["10000000001"], "{engine:?}");
        assert_eq!(world.search("ruiz peña josé").await, ["10000000003"], "{engine:?}");
        assert!(world.search("maria zutano").await.is_empty(), "{engine:?}");
        assert!(world.search("mar").await.is_empty(), "{engine:?}: whole words");
        assert!(world.search("del").await.is_empty(), "{engine:?}: a particle tells nobody apart");
        assert!(world.search("").await.is_empty(), "{engine:?}");
    }
}

#[tokio::test]
async fn a_search_keeps_to_the_filter() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        shipped(&world, "10000000001", "Ana Ruiz").await;
        let mut delivered = world.seen("10000000002", "ENTREGADO");
        delivered.recipient_name = Some("Ana Ruiz".to_owned());
        world.observe(&[delivered]).await;
        let filter = Filter { status: Some(ShipmentStatus::Delivered), ..Filter::default() };
        assert_eq!(world.search_with("ana ruiz", &filter, 200).await, ["10000000002"], "{engine:?}");
    }
}

/// The filter counts before the newest are taken, not after.
#[tokio::test]
async fn what_fits_the_filter_is_found_behind_many_that_do_not() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let named = |number: String, status: &str| {
            let mut seen = world.seen(&number, status);
            seen.recipient_name = Some("Ana Gómez".to_owned());
            seen
        };
        world.observe(&[named("10000000001".into(), "ENTREGADO")]).await;
        world.observe(&[named("10000000002".into(), "NOVEDAD")]).await;
        let mut later = Vec::new();
        for number in 0..300 {
            later.push(named(format!("2{number:010}"), "EN TRANSITO"));
        }
        world.observe(&later).await;
        let found = async |filter: Filter| world.search_with("ana gomez", &filter, 200).await;
        let delivered = Filter { status: Some(ShipmentStatus::Delivered), ..Filter::default() };
        assert_eq!(found(delivered.clone()).await, ["10000000001"], "{engine:?}");
        let issue = Filter { status: Some(ShipmentStatus::Issue), open_only: true, ..Filter::default() };
        assert_eq!(found(issue).await, ["10000000002"], "{engine:?}");
        assert!(found(Filter { open_only: true, ..delivered }).await.is_empty(), "{engine:?}");
        let level = Some(world.numbered("10000000002").await[0].risk.level);
        let status = Some(ShipmentStatus::Issue);
        let of_level = Filter { status, level, carrier: Some("coordinadora".into()), ..Filter::default() };
        assert!(found(of_level.clone()).await.contains(&"10000000002".to_owned()), "{engine:?}");
        let elsewhere = Filter { city: Some("Bogotá".into()), ..of_level.clone() };
        assert!(found(elsewhere).await.is_empty(), "{engine:?}");
        let here = Filter { city: Some("Cali".into()), ..of_level };
        assert!(found(here).await.contains(&"10000000002".to_owned()), "{engine:?}");
    }
}

const FORGET_WORDS: Statement =
    Statement::new("forget words", Audience::System, "delete from recipient_name_tokens");
const FILLS: Statement = Statement::new("fills", Audience::System, "select up_to from name_fills");

/// The part of the migration that says whose names are to be gone over.
fn begin_fills() -> Statement {
    const SQLITE: &str =
        include_str!("../../../../data/database/migrations/sqlite/0025_tracking_name_fills.sql");
    const POSTGRES: &str =
        include_str!("../../../../data/database/migrations/postgres/0025_tracking_name_fills.sql");
    let part = |text: &'static str| {
        let from = text.find("insert into name_fills").unwrap();
        &text[from..from + text[from..].find(';').unwrap()]
    };
    Statement::new("begin fills", Audience::System, part(SQLITE)).on_postgres(part(POSTGRES))
}

#[tokio::test]
async fn names_from_before_the_index_are_made_up_for_in_steps() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let many = (0..450).map(|number| {
            let mut seen = world.seen(&format!("2{number:010}"), "EN TRANSITO");
            // Some have no name at all.
            seen.recipient_name = (number % 10 > 0).then(|| format!("Ana Gómez{number}"));
            seen
        });
        world.observe(&many.collect::<Vec<_>>()).await;
        let scope = Scope::System(SystemReason::Administration);
        let mut tx = world.test.db.write(scope).await.unwrap();
        tx.execute(&FORGET_WORDS, bind![]).await.unwrap();
        assert_eq!(tx.execute(&begin_fills(), bind![]).await.unwrap(), 1, "{engine:?}");
        tx.commit().await.unwrap();
        let up_to = async || {
            let mut tx = world.test.db.read(scope).await.unwrap();
            let rows = tx.fetch_all(&FILLS, bind![]).await.unwrap();
            tx.commit().await.unwrap();
            rows.first().map(|row| row.get::<uuid::Uuid>(0).unwrap())
        };
        let found = async || {
            let mut found = BTreeSet::new();
            for number in 0..450 {
                let hits = world.search(&format!("gomez{number}")).await;
                found.extend(hits);
            }
            found.len()
        };
        assert_eq!((found().await, up_to().await), (0, Some(uuid::Uuid::nil())), "{engine:?}");
        assert!(world.tracking.fill_names().await.unwrap(), "{engine:?}");
        assert_eq!(found().await, 180, "{engine:?}: a step's worth");
        let after_one = up_to().await.unwrap();
        assert!(!after_one.is_nil(), "{engine:?}");

        // The process dies; the next one, and another beside it, go on from there.
        let process = |seed| Tracking::new(world.test.db.clone(), world.clock.clone(), testkit::ids(seed));
        let (next, other) = (process(7), process(8));
        let (one, two) = tokio::join!(next.fill_names(), other.fill_names());
        assert!(one.unwrap() && two.unwrap(), "{engine:?}");
        assert!(up_to().await.is_none_or(|up_to| up_to > after_one), "{engine:?}: it never goes back");
        while next.fill_names().await.unwrap() {}
        assert_eq!((found().await, up_to().await), (405, None), "{engine:?}: all, and it is over");
    }
}

const SPOIL: Statement = Statement::new(
    "spoil",
    Audience::System,
    "update shipments set recipient_name_sealed = $2 where tracking_number = $1",
);
const WAIT: Statement =
    Statement::new("wait", Audience::System, "insert into name_fills (tenant_id, up_to) values ($1, $2)");

#[tokio::test]
async fn what_cannot_be_opened_holds_up_nothing_else() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        for (number, name) in
            [("10000000001", "Ana Ruiz"), ("10000000002", "Eva Mora"), ("10000000003", "Ana Gil")]
        {
            shipped(&world, number, name).await;
        }
        let scope = Scope::System(SystemReason::Administration);
        let mut tx = world.test.db.write(scope).await.unwrap();
        tx.execute(&FORGET_WORDS, bind![]).await.unwrap();
        assert_eq!(tx.execute(&SPOIL, bind!["10000000002", vec![7_u8; 60]]).await.unwrap(), 1, "{engine:?}");
        tx.execute(&begin_fills(), bind![]).await.unwrap();
        // Organisations without keys, more than are looked up at once, all before the one that can be gone over.
        for number in 1..=30 {
            tx.execute(&WAIT, bind![uuid::Uuid::from_u128(number), uuid::Uuid::nil()]).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert!(world.tracking.fill_names().await.unwrap(), "{engine:?}");
        assert_eq!(world.search("ana").await, ["10000000003", "10000000001"], "{engine:?}");
        assert!(world.search("mora").await.is_empty(), "{engine:?}");
        assert!(!world.tracking.fill_names().await.unwrap(), "{engine:?}: nothing that can be done now");
        let mut tx = world.test.db.read(scope).await.unwrap();
        assert_eq!(tx.fetch_all(&FILLS, bind![]).await.unwrap().len(), 30, "{engine:?}: they wait");
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_corrected_name_is_found_and_the_old_one_is_not() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        shipped(&world, "10000000001", "Maria Lopes").await;
        shipped(&world, "10000000001", "Maria López").await;
        shipped(&world, "10000000001", "María López Díaz").await;
        assert_eq!(world.search("lopez diaz").await, ["10000000001"], "{engine:?}");
        assert_eq!(world.search("maria").await, ["10000000001"], "{engine:?}");
        assert!(world.search("lopes").await.is_empty(), "{engine:?}");
    }
}

/// The search walks the holders of the rarest word only.
#[tokio::test]
async fn a_rare_word_is_found_among_many_common_ones() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let many = (0..400).map(|number| {
            let mut seen = world.seen(&format!("2{number:010}"), "EN TRANSITO");
            let surname = if number == 7 { "Zuleta" } else { "Gómez" };
            seen.recipient_name = Some(format!("Ana {surname}"));
            seen
        });
        world.observe(&many.collect::<Vec<_>>()).await;
        assert_eq!(world.search("ana zuleta").await, ["20000000007"], "{engine:?}");
        assert_eq!(world.search("ana gomez").await.len(), 399, "{engine:?}: all of them, page by page");
    }
}
