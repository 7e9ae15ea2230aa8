//! A shipment is found by its recipient's name, which nobody can read in the store.

use domain::{Country, ShipmentStatus, SignedDuration};
use testkit::ENGINES;
use tracking::Filter;

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
        assert_eq!(world.search("MARIA").await, ["10000000001", "10000000002"], "{engine:?}");
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
        let found = world.tracking.search(world.tenant, Country::Co, "ana ruiz", &filter).await.unwrap();
        assert_eq!(found.len(), 1, "{engine:?}");
        assert_eq!(found[0].tracking_number.as_str(), "10000000002", "{engine:?}");
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
        assert_eq!(world.search("ana gomez").await.len(), 200, "{engine:?}: a page of them");
    }
}
