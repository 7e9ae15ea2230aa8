//! An order follows its shipment.

use domain::{OrderStatus, ShipmentStatus};
use testkit::ENGINES;

use crate::world::World;

#[tokio::test]
async fn an_order_goes_where_its_shipment_goes_and_not_back() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let (order, other) = (world.order("1").await, world.order("2").await);
        world.shipment_became(Some(order), ShipmentStatus::InTransit).await;
        assert_eq!(world.found(order).await.status, OrderStatus::InTransit, "{engine:?}");
        assert_eq!(world.found(order).await.version, 2, "{engine:?}");
        // A late scan of the first hub.
        world.shipment_became(Some(order), ShipmentStatus::Shipped).await;
        assert_eq!(world.found(order).await.status, OrderStatus::InTransit, "{engine:?}");
        // A problem does not move it.
        world.shipment_became(Some(order), ShipmentStatus::Issue).await;
        world.shipment_became(Some(order), ShipmentStatus::Delivered).await;
        assert_eq!(world.found(order).await.status, OrderStatus::Delivered, "{engine:?}");
        assert_eq!(
            world.facts(order).await,
            ["order.placed", "order.status_changed", "order.status_changed"],
            "{engine:?}"
        );
        assert_eq!(world.found(other).await.status, OrderStatus::Pending, "{engine:?}");
    }
}

#[tokio::test]
async fn a_shipment_without_an_order_moves_none() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let order = world.order("1").await;
        world.shipment_became(None, ShipmentStatus::Delivered).await;
        assert_eq!(world.found(order).await.version, 1, "{engine:?}");
    }
}
