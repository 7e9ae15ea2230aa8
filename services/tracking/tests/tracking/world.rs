//! A store, a clock that stands still, and shipments in it.

use std::sync::Arc;

use database::{Engine, Scope, SystemReason};
use domain::{
    CarrierName, City, Clock, Country, ImportId, ManualClock, ShipmentId, TenantId, Timestamp, TrackingNumber,
};
use testkit::TestDb;
use tracking::{BatchOrigin, Filter, Observation, Search, Shipment, Source, Tracking};

pub(crate) struct World {
    pub(crate) test: TestDb,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tracking: Tracking,
    pub(crate) tenant: TenantId,
}

impl World {
    pub(crate) async fn on(engine: Engine) -> Self {
        let (test, clock, ids) = (TestDb::on(engine).await, testkit::clock(), testkit::ids(1));
        let tenant = TenantId::from(ids.next());
        let mut tx = test.db.write(Scope::System(SystemReason::Keys)).await.unwrap();
        test.db.keyring().create(&mut tx, tenant, clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let tracking = Tracking::new(test.db.clone(), clock.clone(), ids);
        Self { test, clock, tracking, tenant }
    }

    /// What Dropi's file says about a shipment that moved just now.
    pub(crate) fn seen(&self, number: &str, status: &str) -> Observation {
        Observation {
            tracking_number: TrackingNumber::parse(number).unwrap(),
            carrier: CarrierName::resolve("COORDINADORA"),
            status: status.to_owned(),
            meaning: None,
            novelty: None,
            city: City::resolve("Cali", None),
            place: None,
            last_movement_text: None,
            last_movement_at: Some(self.clock.now()),
            guide_created_at: None,
            reported_at: None,
            recipient_name: None,
            phone: None,
            address: None,
            collect: None,
            freight: None,
            return_cost: None,
            order_id: None,
            source: Source::DropiFile,
            import_id: None,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) async fn observe(&self, seen: &[Observation]) {
        let mut tx = self.test.db.write(Scope::Tenant(self.tenant)).await.unwrap();
        self.tracking.observe(&mut tx, self.tenant, seen).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Observes what a file says and puts it into the file's batch, like an import does.
    pub(crate) async fn load(&self, import: ImportId, seen: &[Observation]) {
        let mut tx = self.test.db.write(Scope::Tenant(self.tenant)).await.unwrap();
        let observed = self.tracking.observe(&mut tx, self.tenant, seen).await.unwrap();
        let origin = BatchOrigin { import, file_name: "guias.xlsx", by: None, received_at: self.clock.now() };
        self.tracking.fill_batch(&mut tx, &origin, &observed.standings).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Ends an import, as the worker does.
    pub(crate) async fn end(&self, import: ImportId) {
        let mut tx = self.test.db.write(Scope::Tenant(self.tenant)).await.unwrap();
        self.tracking.end_batch(&mut tx, import).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The shipment of a tracking number, if there is one.
    pub(crate) async fn numbered(&self, number: &str) -> Vec<Shipment> {
        let filter = Filter { tracking_number: Some(number.to_owned()), ..Filter::default() };
        self.tracking.list(self.tenant, &filter, None, 1).await.unwrap().items
    }

    /// Tracking numbers that a search finds, in its order.
    pub(crate) async fn search(&self, text: &str) -> Vec<String> {
        self.search_with(text, &Filter::default(), 200).await
    }

    /// Tracking numbers that a search finds, over all its pages.
    pub(crate) async fn search_with(&self, text: &str, filter: &Filter, limit: u32) -> Vec<String> {
        let search = Search { text: text.to_owned(), country: Country::Co, of_orders: Vec::new() };
        self.pages_of(&search, filter, limit).await
    }

    pub(crate) async fn pages_of(&self, search: &Search, filter: &Filter, limit: u32) -> Vec<String> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = self.tracking.search(self.tenant, search, filter, after, limit).await.unwrap();
            assert!(page.items.len() <= limit as usize);
            found.extend(page.items.iter().map(|shipment| shipment.tracking_number.as_str().to_owned()));
            after = page.next;
            if after.is_none() {
                return found;
            }
        }
    }

    /// How often the status of a shipment is said to have changed.
    pub(crate) async fn changes(&self, shipment: ShipmentId) -> usize {
        let mut tx = self.test.db.read(Scope::Tenant(self.tenant)).await.unwrap();
        let events = event_log::of_entity(&mut tx, shipment.as_uuid()).await.unwrap();
        events.iter().filter(|event| event.kind == "shipment.status_changed").count()
    }
}
