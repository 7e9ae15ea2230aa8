//! An order that knows everything, and one that knows nearly nothing.

use database::Engine;
use domain::{CarrierName, Country, Money, OrderStatus, Phone, TrackingNumber};
use orders::{Item, OrderSource, StatedOrder};
use testkit::ENGINES;

use crate::stating::{World, minute, stated};

#[tokio::test]
async fn what_is_stated_comes_back_and_what_is_not_stays_unknown() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let full = StatedOrder {
            status: Some(OrderStatus::Shipped),
            email: Some("ana@prueba.co".to_owned()),
            carrier: Some(CarrierName::resolve("TCC")),
            tracking_number: TrackingNumber::parse("50012345678").ok(),
            items: vec![Item {
                name: "Lámpara".to_owned(),
                variation: Some("Azul".to_owned()),
                sku: Some("L-1".to_owned()),
                quantity: 2,
            }],
            seller: Some("Vera".to_owned()),
            placed_at: Some(minute(-9)),
            ..stated("1", 1)
        };
        let bare = StatedOrder {
            source: OrderSource::Dropi,
            number: None,
            recipient_name: None,
            phone: None,
            address: None,
            city: domain::City::resolve("", None),
            total: None,
            payment_method: None,
            store: None,
            placed_at: None,
            ..stated("2", 1)
        };
        let nameless = StatedOrder {
            recipient_name: None,
            phone: Phone::parse("3001112244", Country::Co).ok(),
            ..stated("3", 1)
        };
        let taken = world.take_in(&[full, bare, nameless]).await;
        assert_eq!((taken.created, taken.ids.len()), (3, 3), "{engine:?}");
        assert_eq!(world.orders_by_customer().await, [1, 1], "{engine:?}: no phone, no customer");

        let order =
            async |place: usize| world.orders.order(world.tenant, taken.ids[place]).await.unwrap().unwrap();
        let (full, bare) = (order(0).await, order(1).await);
        assert_eq!(full.seller.as_deref(), Some("Vera"), "{engine:?}");
        assert_eq!(full.items[0].sku.as_deref(), Some("L-1"), "{engine:?}");
        assert_eq!(full.total, Some(Money::cop(85_000)), "{engine:?}");
        assert_eq!(full.placed_at, minute(-9), "{engine:?}");
        assert_eq!((bare.total, bare.seller, bare.tracking_number), (None, None, None), "{engine:?}");

        each_is_listed_once(&world, engine).await;
    }
}

async fn each_is_listed_once(world: &World, engine: Engine) {
    let shipped = Some(OrderStatus::Shipped);
    let page = world.orders.list(world.tenant, shipped, false, None, 10).await.unwrap();
    assert_eq!(page.items.len(), 1, "{engine:?}");
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = world.orders.list(world.tenant, None, false, after, 2).await.unwrap();
        all.extend(page.items.into_iter().map(|order| order.external_ref));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    all.sort();
    assert_eq!(all, ["1", "2", "3"], "{engine:?}: pages hold each once");
}
