//! A store, a clock that stands still, and orders in it.

use std::sync::Arc;

use database::{Engine, Scope, SystemReason};
use domain::{City, Clock, Ids, ManualClock, OrderId, ShipmentStatus, TenantId};
use event_log::{Follower, NewEvent, Sequencer};
use orders::{FollowShipments, Order, OrderSource, Orders, StatedOrder};
use serde_json::json;
use testkit::TestDb;

pub(crate) struct World {
    pub(crate) test: TestDb,
    pub(crate) clock: Arc<ManualClock>,
    ids: Arc<dyn Ids>,
    pub(crate) orders: Orders,
    pub(crate) tenant: TenantId,
}

impl World {
    pub(crate) async fn on(engine: Engine) -> Self {
        let (test, clock, ids) = (TestDb::on(engine).await, testkit::clock(), testkit::ids(1));
        let tenant = TenantId::from(ids.next());
        let mut tx = test.db.write(Scope::System(SystemReason::Keys)).await.unwrap();
        test.db.keyring().create(&mut tx, tenant, clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let orders = Orders::new(test.db.clone(), clock.clone(), ids.clone());
        Self { test, clock, ids, orders, tenant }
    }

    /// An order of Dropi that says little.
    pub(crate) async fn order(&self, reference: &str) -> OrderId {
        let stated = StatedOrder {
            source: OrderSource::Dropi,
            external_ref: reference.to_owned(),
            number: None,
            status: None,
            recipient_name: None,
            phone: None,
            email: None,
            address: None,
            city: City::resolve("", None),
            total: None,
            payment_method: None,
            carrier: None,
            tracking_number: None,
            items: Vec::new(),
            seller: None,
            store: None,
            test: false,
            placed_at: None,
            as_of: self.clock.now(),
            trace: None,
        };
        let mut tx = self.test.db.write(Scope::Tenant(self.tenant)).await.unwrap();
        let taken = self.orders.take_in(&mut tx, self.tenant, &[stated]).await.unwrap();
        tx.commit().await.unwrap();
        taken.ids[0]
    }

    pub(crate) async fn found(&self, id: OrderId) -> Order {
        self.orders.order(self.tenant, id).await.unwrap().unwrap()
    }

    /// States that the shipment of an order changed, and lets orders answer.
    pub(crate) async fn shipment_became(&self, order: Option<OrderId>, to: ShipmentStatus) {
        let now = self.clock.now();
        let payload =
            json!({ "order_id": order, "from": "CREATED", "to": to, "reason": "NONE", "carrier": "tcc" });
        let fact = NewEvent::new("shipment.status_changed", self.ids.next(), 2, now, &payload).unwrap();
        let mut tx = self.test.db.write(Scope::Tenant(self.tenant)).await.unwrap();
        event_log::append(&mut tx, &*self.ids, now, vec![fact]).await.unwrap();
        tx.commit().await.unwrap();
        Sequencer::new(self.test.db.clone()).tick().await.unwrap();
        let reaction = Arc::new(FollowShipments::new(self.orders.clone()));
        let follower = Follower::new(self.test.db.clone(), self.clock.clone(), reaction);
        while follower.tick().await.unwrap() {}
        assert_eq!(event_log::parked::list(&self.test.db, self.tenant).await.unwrap(), []);
    }

    /// Kinds of the facts of an order.
    pub(crate) async fn facts(&self, order: OrderId) -> Vec<String> {
        let mut tx = self.test.db.read(Scope::Tenant(self.tenant)).await.unwrap();
        let events = event_log::of_entity(&mut tx, order.as_uuid()).await.unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }
}
