//! What sources state, on a clock that stands still.

use std::sync::Arc;

use database::{Audience, Engine, Scope, Statement, SystemReason, bind};
use domain::{
    City, Clock, Country, ManualClock, Money, OrderStatus, Phone, SignedDuration, TenantId, Timestamp,
};
use orders::{Order, OrderSource, Orders, StatedOrder, Taken};
use testkit::TestDb;

const FACTS: Statement = Statement::new(
    "facts",
    Audience::Tenant,
    "select kind, trace_id from events where tenant_id = $1 order by id",
);
const CUSTOMERS: Statement = Statement::new(
    "customers",
    Audience::Tenant,
    "select orders_count from customers where tenant_id = $1 order by id",
);

pub(crate) struct World {
    pub(crate) test: TestDb,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) orders: Orders,
    pub(crate) tenant: TenantId,
}

impl World {
    pub(crate) async fn on(engine: Engine) -> Self {
        let test = TestDb::on(engine).await;
        let (clock, ids) = (testkit::clock(), testkit::ids(7));
        let tenant = TenantId::from(ids.next());
        let mut tx = test.db.write(Scope::System(SystemReason::Administration)).await.unwrap();
        test.db.keyring().create(&mut tx, tenant, clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let orders = Orders::new(test.db.clone(), clock.clone(), ids);
        Self { test, clock, orders, tenant }
    }

    pub(crate) async fn take_in(&self, stated: &[StatedOrder]) -> Taken {
        let mut tx = self.test.db.write(Scope::Tenant(self.tenant)).await.unwrap();
        let taken = self.orders.take_in(&mut tx, self.tenant, stated).await.unwrap();
        tx.commit().await.unwrap();
        taken
    }

    pub(crate) async fn only_order(&self) -> Order {
        let mut page = self.orders.list(self.tenant, None, false, None, 10).await.unwrap();
        assert_eq!(page.items.len(), 1);
        page.items.remove(0)
    }

    /// Kinds of the facts recorded so far.
    pub(crate) async fn facts(&self) -> Vec<String> {
        self.column(&FACTS).await.iter().map(|row| row.get(0).unwrap()).collect()
    }

    /// Kinds and traces of the facts recorded so far.
    pub(crate) async fn traces(&self) -> Vec<(String, Option<String>)> {
        let rows = self.column(&FACTS).await;
        rows.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap())).collect()
    }

    /// How many orders each customer placed.
    pub(crate) async fn orders_by_customer(&self) -> Vec<i64> {
        self.column(&CUSTOMERS).await.iter().map(|row| row.get(0).unwrap()).collect()
    }

    async fn column(&self, statement: &Statement) -> Vec<database::Row> {
        let mut tx = self.test.db.read(Scope::Tenant(self.tenant)).await.unwrap();
        let rows = tx.fetch_all(statement, bind![]).await.unwrap();
        tx.commit().await.unwrap();
        rows
    }
}

/// Minutes after the start of the tests' clock.
pub(crate) fn minute(minute: i64) -> Timestamp {
    testkit::clock().now() + SignedDuration::from_mins(minute)
}

/// A shop's order of 85,000 pesos, as of a minute.
pub(crate) fn stated(external_ref: &str, at: i64) -> StatedOrder {
    StatedOrder {
        source: OrderSource::Shopify,
        external_ref: external_ref.to_owned(),
        number: Some("#1001".to_owned()),
        status: None,
        recipient_name: Some("Ana Prueba".to_owned()),
        phone: Phone::parse("3001112233", Country::Co).ok(),
        email: None,
        address: Some("Calle 1 # 2-3".to_owned()),
        city: City::resolve("Cali", Some("Valle del Cauca")),
        total: Some(Money { amount: 85_000, currency: domain::Currency::Cop }),
        payment_method: Some("cod".to_owned()),
        carrier: None,
        tracking_number: None,
        items: Vec::new(),
        seller: None,
        store: Some("prueba.myshopify.com".to_owned()),
        test: false,
        placed_at: Some(minute(0)),
        as_of: minute(at),
        trace: None,
    }
}

pub(crate) fn with_status(external_ref: &str, at: i64, status: OrderStatus) -> StatedOrder {
    StatedOrder { status: Some(status), ..stated(external_ref, at) }
}
