//! What a source says twice, late, or of an order that is further on.

use database::{Audience, Scope, Statement, SystemReason, bind};
use domain::{OrderStatus, TenantId, TrackingNumber};
use orders::{OrderSource, StatedOrder};
use testkit::ENGINES;

use crate::stating::{World, minute, stated, with_status};

fn named(at: i64, name: &str) -> StatedOrder {
    StatedOrder { recipient_name: Some(name.to_owned()), ..stated("1", at) }
}

#[tokio::test]
async fn the_same_word_twice_changes_nothing() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let taken = world.take_in(&[stated("1", 1), stated("1", 1)]).await;
        assert_eq!((taken.created, taken.updated), (1, 0), "{engine:?}");
        let before = world.only_order().await;
        world.clock.set(minute(60));
        let taken = world.take_in(&[stated("1", 1)]).await;
        assert_eq!((taken.created, taken.updated), (0, 0), "{engine:?}");
        let after = world.only_order().await;
        assert_eq!((after.version, after.updated_at), (before.version, before.updated_at), "{engine:?}");
        assert_eq!(world.facts().await, ["order.placed"], "{engine:?}");
        assert_eq!(world.orders_by_customer().await, [1], "{engine:?}");
    }
}

#[tokio::test]
async fn an_older_word_changes_nothing_wherever_it_comes() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let keys = world.test.db.keyring().tenant(&world.test.db, world.tenant).await.unwrap();
        // The update overtakes the creation.
        world.take_in(&[named(5, "Ana Nueva")]).await;
        world.take_in(&[named(1, "Ana Vieja")]).await;
        assert_eq!(world.only_order().await.recipient.name(&keys).unwrap().unwrap(), "Ana Nueva");
        // A word that says nothing new still bars what lies before it, also in the same batch.
        world.take_in(&[named(9, "Ana Nueva"), named(8, "Ana Vieja")]).await;
        world.take_in(&[named(7, "Ana Vieja")]).await;
        let order = world.only_order().await;
        assert_eq!(order.recipient.name(&keys).unwrap().unwrap(), "Ana Nueva", "{engine:?}");
        assert_eq!(order.source_updated_at, minute(9), "{engine:?}");
        assert_eq!(world.facts().await, ["order.placed"], "{engine:?}");
    }
}

#[tokio::test]
async fn a_cancellation_counts_only_before_the_parcel_left() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.take_in(&[stated("1", 1), with_status("1", 2, OrderStatus::Cancelled)]).await;
        assert_eq!(world.only_order().await.status, OrderStatus::Cancelled, "{engine:?}");
        assert_eq!(world.facts().await, ["order.placed", "order.status_changed"], "{engine:?}");
        // The source goes on editing it: it stays cancelled.
        world.take_in(&[stated("1", 3)]).await;
        assert_eq!(world.only_order().await.status, OrderStatus::Cancelled, "{engine:?}");

        let world = World::on(engine).await;
        world.take_in(&[with_status("2", 1, OrderStatus::InTransit)]).await;
        world.take_in(&[with_status("2", 2, OrderStatus::Cancelled)]).await;
        assert_eq!(world.only_order().await.status, OrderStatus::InTransit, "{engine:?}");
        world.take_in(&[with_status("2", 3, OrderStatus::Confirmed)]).await;
        assert_eq!(world.only_order().await.status, OrderStatus::InTransit, "{engine:?}");
    }
}

#[tokio::test]
async fn each_fact_belongs_to_the_trace_of_its_word() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let traced = |trace: &str, stated| StatedOrder { trace: Some(trace.to_owned()), ..stated };
        let words = [
            traced("webhook-1", stated("1", 1)),
            stated("2", 1),
            traced("webhook-2", with_status("1", 2, OrderStatus::Cancelled)),
        ];
        telemetry::trace::under(Some("all".into()), world.take_in(&words)).await;
        let expected =
            [("order.placed", "webhook-1"), ("order.placed", "all"), ("order.status_changed", "webhook-2")];
        let expected = expected.map(|(kind, trace)| (kind.to_owned(), Some(trace.to_owned())));
        assert_eq!(world.traces().await, expected, "{engine:?}");
    }
}

#[tokio::test]
async fn what_is_left_out_stays_as_it_is_known() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.take_in(&[stated("1", 1)]).await;
        let bare = StatedOrder {
            recipient_name: None,
            phone: None,
            address: None,
            total: None,
            number: None,
            payment_method: None,
            city: domain::City::resolve("", None),
            store: None,
            ..stated("1", 2)
        };
        let taken = world.take_in(&[bare]).await;
        assert_eq!(taken.updated, 0, "{engine:?}");
        let order = world.only_order().await;
        assert_eq!((order.number.as_str(), order.payment_method.as_str()), ("#1001", "cod"), "{engine:?}");
        assert_eq!((order.city_name.as_str(), order.total.unwrap().amount), ("Cali", 85_000), "{engine:?}");
    }
}

#[tokio::test]
async fn a_test_order_is_marked_and_counts_for_nobody() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.take_in(&[StatedOrder { test: true, ..stated("1", 1) }, stated("2", 1)]).await;
        assert_eq!(world.only_order().await.external_ref, "2", "{engine:?}: tests are listed apart");
        assert_eq!(world.orders_by_customer().await, [1], "{engine:?}");
        for (status, found) in [(None, 1), (Some(OrderStatus::Pending), 1), (Some(OrderStatus::Shipped), 0)] {
            let page = world.orders.list(world.tenant, status, true, None, 10).await.unwrap();
            assert_eq!(page.items.len(), found, "{engine:?} {status:?}");
            assert!(page.items.iter().all(|order| order.test && order.external_ref == "1"), "{engine:?}");
        }
    }
}

#[tokio::test]
async fn one_reference_of_two_sources_is_two_orders() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let dropi = StatedOrder { source: OrderSource::Dropi, payment_method: None, ..stated("1", 1) };
        let unknown = StatedOrder { payment_method: None, ..stated("1", 1) };
        let taken = world.take_in(&[dropi, unknown]).await;
        assert_eq!(taken.created, 2, "{engine:?}");
        let page = world.orders.list(world.tenant, None, false, None, 10).await.unwrap();
        let mut payments: Vec<&str> = page.items.iter().map(|order| order.payment_method.as_str()).collect();
        payments.sort_unstable();
        assert_eq!(payments, ["cod", "unknown"], "{engine:?}");
        assert_eq!(world.orders_by_customer().await, [2], "{engine:?}");
    }
}

#[tokio::test]
async fn a_batch_that_is_rolled_back_leaves_nothing() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let mut tx = world.test.db.write(Scope::Tenant(world.tenant)).await.unwrap();
        world.orders.take_in(&mut tx, world.tenant, &[stated("1", 1)]).await.unwrap();
        tx.rollback().await.unwrap();
        assert!(world.facts().await.is_empty(), "{engine:?}");
        assert!(world.orders_by_customer().await.is_empty(), "{engine:?}");
    }
}

#[tokio::test]
async fn a_customer_has_the_orders_that_are_theirs_now() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let nobody = |at| StatedOrder { phone: None, ..stated("1", at) };
        let other = domain::Phone::parse("3009998877", domain::Country::Co).ok();
        world.take_in(&[nobody(1)]).await;
        assert!(world.orders_by_customer().await.is_empty(), "{engine:?}");
        // The phone comes later, then another one, and at last it was a test.
        world.take_in(&[stated("1", 2), stated("2", 2)]).await;
        assert_eq!(world.orders_by_customer().await, [2], "{engine:?}");
        world.take_in(&[StatedOrder { phone: other.clone(), ..stated("1", 3) }]).await;
        assert_eq!(world.orders_by_customer().await, [1, 1], "{engine:?}");
        world.take_in(&[StatedOrder { phone: other, test: true, ..stated("1", 4) }]).await;
        assert_eq!(world.orders_by_customer().await, [1, 0], "{engine:?}");
    }
}

async fn change(world: &World, text: &'static str) {
    let mut tx = world.test.db.write(Scope::System(SystemReason::Administration)).await.unwrap();
    let changed = tx.execute(&Statement::new("change", Audience::System, text), bind![]).await.unwrap();
    assert!(changed > 0, "{text}");
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn counts_of_before_they_were_corrected_are_right_after_an_upgrade() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let other = domain::Phone::parse("3009998877", domain::Country::Co).ok();
        let test = StatedOrder { test: true, ..stated("3", 1) };
        world.take_in(&[stated("1", 1), stated("2", 1), test]).await;
        world.take_in(&[StatedOrder { phone: other, ..stated("2", 2) }]).await;
        change(&world, "update customers set orders_count = orders_count + 2").await;
        change(&world, "delete from _sqlx_migrations where version = 44").await;
        world.test.db.migrate().await.unwrap();
        assert_eq!(world.orders_by_customer().await, [1, 1], "{engine:?}");
    }
}

#[tokio::test]
async fn an_order_leads_to_its_parcel_by_its_reference() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let number = TrackingNumber::parse("99001234567").unwrap();
        let sent = StatedOrder { tracking_number: Some(number), ..stated("4711", 1) };
        world.take_in(&[sent, stated("4712", 1)]).await;
        let found = |text: &'static str| world.orders.tracking_numbers(world.tenant, text);
        assert_eq!(found("4711").await.unwrap(), ["99001234567"], "{engine:?}");
        assert_eq!(found(" #4711 ").await.unwrap(), ["99001234567"], "{engine:?}");
        for text in ["4712", "471", "#", ""] {
            assert!(found(text).await.unwrap().is_empty(), "{engine:?}: {text}");
        }
        let other = TenantId::from(uuid::Uuid::max());
        assert!(world.orders.tracking_numbers(other, "4711").await.unwrap().is_empty(), "{engine:?}");
    }
}
