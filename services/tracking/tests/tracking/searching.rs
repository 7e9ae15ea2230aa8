//! A shipment is found by whatever somebody has in hand, page by page, once.

use domain::{City, Country, Phone, ShipmentStatus};
use testkit::ENGINES;
use tracking::{Filter, Observation, Search};

use crate::world::World;

fn parcel(world: &World, number: &str, phone: &str, name: &str, city: &str) -> Observation {
    Observation {
        phone: Phone::parse(phone, Country::Co).ok(),
        recipient_name: Some(name.to_owned()),
        city: City::resolve(city, None),
        ..world.seen(number, "EN TRANSITO")
    }
}

#[tokio::test]
async fn every_way_to_a_shipment_is_gone_to_its_end() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let mut parcels = Vec::new();
        for number in 0..230 {
            parcels.push(parcel(&world, &format!("24{number:09}"), "3001112233", "Ana Cali", "Cali"));
        }
        parcels.push(parcel(&world, "50012345678", "3109998877", "Eva Mora", "Armenia"));
        parcels.push(parcel(&world, "3109998877", "3201234567", "Luz Gil", "Pasto"));
        world.observe(&parcels).await;
        for text in ["24", "3001112233", "ana", "cali", "76001"] {
            let expected = if text == "24" { 0 } else { 230 };
            for limit in [7, 50, 200] {
                let mut found = world.search_with(text, &Filter::default(), limit).await;
                found.sort_unstable();
                let all = found.len();
                found.dedup();
                assert_eq!((all, found.len()), (expected, expected), "{engine:?} {text} {limit}");
            }
        }
        let beginning: Vec<String> = (0..100).map(|number| format!("24{number:09}")).collect();
        assert_eq!(world.search_with("240000000", &Filter::default(), 30).await, beginning[..].to_vec());
        assert_eq!(world.search("50012").await, ["50012345678"], "{engine:?}");
        assert_eq!(world.search("armenia").await, ["50012345678"], "{engine:?}");
        assert_eq!(world.search("Armenia, Quindío").await, [""; 0], "{engine:?}: nobody said which one");
        assert_eq!(
            world.search("3109998877").await,
            ["3109998877", "50012345678"],
            "{engine:?}: guía and phone"
        );
        let of_orders = vec!["3109998877".to_owned(), "24000000007".to_owned(), "99999999".to_owned()];
        let search = Search { text: "#77".into(), country: Country::Co, of_orders };
        let mut found = world.pages_of(&search, &Filter::default(), 1).await;
        found.sort_unstable();
        assert_eq!(found, ["24000000007", "3109998877"], "{engine:?}");
    }
}

#[tokio::test]
async fn what_is_asked_beside_the_text_counts_too() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let parcels: Vec<_> = (0..210)
            .map(|number| parcel(&world, &format!("24{number:09}"), "3001112233", "Ana Ruiz", "Cali"))
            .collect();
        world.observe(&parcels).await;
        let mut last = parcel(&world, "24000000209", "3001112233", "Ana Ruiz", "Cali");
        last.status = "ENTREGADO".to_owned();
        world.observe(&[last]).await;
        let level = world.numbered("24000000001").await[0].risk.level;
        let (none, yes, no) =
            (Filter::default(), Some("24000000209".to_owned()), Some("24000000001".to_owned()));
        let delivered = Filter { status: Some(ShipmentStatus::Delivered), ..Filter::default() };
        for text in ["2400", "3001112233", "ana ruiz", "Cali"] {
            let found = async |filter: Filter| world.search_with(text, &filter, 40).await;
            assert_eq!(found(delivered.clone()).await, ["24000000209"], "{engine:?} {text}");
            let open = Filter { open_only: true, ..delivered.clone() };
            assert_eq!(found(open).await, [""; 0], "{engine:?} {text}");
            let of_level = Filter { level: Some(level), ..Filter::default() };
            assert_eq!(found(of_level).await.len(), 209, "{engine:?} {text}");
            for (carrier, city, expected) in [
                (Some("coordinadora"), None, 210),
                (Some("tcc"), None, 0),
                (None, Some("Cali"), 210),
                (Some("coordinadora"), Some("Pasto"), 0),
            ] {
                let (carrier, city) = (carrier.map(str::to_owned), city.map(str::to_owned));
                let filter = Filter { carrier, city, ..none.clone() };
                assert_eq!(found(filter).await.len(), expected, "{engine:?} {text}");
            }
            let one = Filter { tracking_number: yes.clone(), ..delivered.clone() };
            assert_eq!(found(one).await, ["24000000209"], "{engine:?} {text}");
            let other = Filter { tracking_number: no.clone(), ..delivered.clone() };
            assert_eq!(found(other).await, [""; 0], "{engine:?} {text}");
            let number = Filter { tracking_number: no.clone(), ..none.clone() };
            assert_eq!(found(number).await, ["24000000001"], "{engine:?} {text}");
        }
        let elsewhere = Filter { tracking_number: yes, ..none };
        assert_eq!(world.search_with("pasto", &elsewhere, 40).await, [""; 0], "{engine:?}");
    }
}

/// However few fit, a page looks through a bounded number of guías.
#[tokio::test]
async fn what_few_fit_is_found_over_short_pages() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        for part in 0..9 {
            let parcels: Vec<_> = (0..500)
                .map(|number| world.seen(&format!("24{:09}", part * 500 + number), "EN TRANSITO"))
                .collect();
            world.observe(&parcels).await;
        }
        world.observe(&[world.seen("24000004400", "ENTREGADO")]).await;
        let delivered = Filter { status: Some(ShipmentStatus::Delivered), ..Filter::default() };
        let search = Search { text: "240".into(), country: Country::Co, of_orders: Vec::new() };
        let first = world.tracking.search(world.tenant, &search, &delivered, None, 50).await.unwrap();
        assert!(first.items.is_empty() && first.next.is_some(), "{engine:?}");
        assert_eq!(world.pages_of(&search, &delivered, 50).await, ["24000004400"], "{engine:?}");
        let in_transit = Filter { status: Some(ShipmentStatus::InTransit), ..Filter::default() };
        assert_eq!(world.pages_of(&search, &in_transit, 200).await.len(), 4_499, "{engine:?}");
        assert_eq!(world.pages_of(&search, &Filter::default(), 200).await.len(), 4_500, "{engine:?}");
    }
}
