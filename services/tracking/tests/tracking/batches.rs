//! Batches: made by imports and by hand, worked through, closed, compared.

use std::collections::BTreeMap;

use database::{Audience, Scope, Statement, bind};
use domain::{
    BatchId, BatchStatus, CarrierName, ImportId, ShipmentId, ShipmentStatus, SignedDuration, TrackingNumber,
    UserId,
};
use tracking::{Batch, BatchFilter, ChangeBatchError, ChangedBy, CreateBatchError, Difference, Observation};
use uuid::Uuid;

use crate::world::World;

const COUNTED: Statement = Statement::new(
    "counted",
    Audience::Tenant,
    "select batch_id, carrier_code, status, count(*), count(reviewed_at) from batch_shipments
     where tenant_id = $1 group by batch_id, carrier_code, status",
);
const KEPT: Statement = Statement::new(
    "kept",
    Audience::Tenant,
    "select batch_id, carrier_code, status, shipments, reviewed from batch_counts
     where tenant_id = $1 and shipments > 0",
);

fn import(number: u128) -> ImportId {
    ImportId::from(Uuid::from_u128(number))
}

fn ana() -> ChangedBy {
    ChangedBy::User(UserId::from(Uuid::from_u128(7)))
}

fn numbers(texts: &[&str]) -> Vec<TrackingNumber> {
    texts.iter().map(|text| TrackingNumber::parse(text).unwrap()).collect()
}

impl World {
    fn of(&self, carrier: &str, number: &str, status: &str) -> Observation {
        Observation { carrier: CarrierName::resolve(carrier), ..self.seen(number, status) }
    }

    async fn batch_of(&self, import: ImportId) -> Batch {
        self.tracking.batch_of_import(self.tenant, import).await.unwrap().unwrap()
    }

    /// Numbers of a batch's shipments with the status they came in under, sorted.
    async fn loaded(&self, id: BatchId, filter: &BatchFilter) -> BTreeMap<String, ShipmentStatus> {
        let mut found = BTreeMap::new();
        let mut after = None;
        loop {
            let page =
                self.tracking.batch_shipments(self.tenant, id, filter, after, 2).await.unwrap().unwrap();
            for one in page.items {
                let number = one.shipment.tracking_number.to_string();
                assert!(found.insert(number, one.loaded).is_none(), "a page repeats a shipment");
            }
            after = page.next;
            if after.is_none() {
                return found;
            }
        }
    }

    /// Numbers of the shipments that differ, with their statuses in the earlier and in the later batch.
    async fn differing(
        &self,
        both: (BatchId, BatchId),
        difference: Difference,
    ) -> Vec<(String, Option<ShipmentStatus>, Option<ShipmentStatus>)> {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = self.tracking.compared_shipments(self.tenant, both, difference, after, 1);
            let page = page.await.unwrap().unwrap();
            let differing = page.items.iter();
            found.extend(
                differing.map(|one| (one.shipment.tracking_number.to_string(), one.before, one.after)),
            );
            after = page.next;
            if after.is_none() {
                return found;
            }
        }
    }

    async fn shipment_id(&self, number: &str) -> ShipmentId {
        let found = self.numbered(number).await;
        found[0].id
    }

    /// What is kept about batches is what their rows say.
    async fn counts_are_right(&self) {
        let mut tx = self.test.db.read(Scope::Tenant(self.tenant)).await.unwrap();
        let mut all = Vec::new();
        for statement in [&COUNTED, &KEPT] {
            let mut rows = Vec::new();
            for row in tx.fetch_all(statement, bind![]).await.unwrap() {
                let key: (Uuid, String, String) =
                    (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
                rows.push((key, row.count(3).unwrap(), row.count(4).unwrap()));
            }
            rows.sort();
            all.push(rows);
        }
        assert_eq!(all[0], all[1]);
        let mut sums = BTreeMap::<Uuid, (u64, u64)>::new();
        for ((batch, ..), shipments, reviewed) in &all[0] {
            let sum = sums.entry(*batch).or_default();
            *sum = (sum.0 + shipments, sum.1 + reviewed);
        }
        let page = self.tracking.batches(self.tenant, None, None, 200).await.unwrap();
        let told: BTreeMap<Uuid, (u64, u64)> =
            page.items.iter().map(|batch| (batch.id.as_uuid(), (batch.shipments, batch.reviewed))).collect();
        assert_eq!(told, sums);
    }
}

#[tokio::test]
async fn each_import_is_a_batch_numbered_by_the_day_in_bogota() {
    for engine in testkit::ENGINES {
        let world = World::on(engine).await;
        world.clock.set("2026-03-06T04:30:00Z".parse().unwrap());
        world.load(import(1), &[world.seen("50012345678", "EN REPARTO")]).await;
        // A second chunk of the same file: one that moved on, one that repeats, one that is new.
        world
            .load(
                import(1),
                &[
                    world.seen("50012345678", "ENTREGADO"),
                    world.of("TCC", "7012345678", "EN TERMINAL"),
                    world.of("TCC", "7012345678", "EN TERMINAL"),
                ],
            )
            .await;
        world.load(import(2), &[world.seen("50012345678", "ENTREGADO")]).await;
        world.load(import(9), &[]).await;
        world.clock.set("2026-03-06T05:30:00Z".parse().unwrap());
        world.load(import(3), &[world.seen("50012345679", "EN REPARTO")]).await;

        let page = world.tracking.batches(world.tenant, None, None, 200).await.unwrap();
        let told: Vec<_> =
            page.items.iter().map(|one| (one.day.to_string(), one.number, one.shipments)).collect();
        let expected = [("2026-03-06", 1, 1), ("2026-03-05", 2, 1), ("2026-03-05", 1, 2)];
        assert_eq!(told, expected.map(|(day, number, shipments)| (day.to_owned(), number, shipments)));
        assert_eq!(page.items[0].label.as_deref(), Some("guias.xlsx"));
        assert!(world.tracking.batch_of_import(world.tenant, import(9)).await.unwrap().is_none());

        let first = world.batch_of(import(1)).await;
        let expected =
            [("50012345678", ShipmentStatus::Delivered), ("7012345678", ShipmentStatus::InTransit)];
        let expected: BTreeMap<_, _> = expected.map(|(number, status)| (number.to_owned(), status)).into();
        assert_eq!(world.loaded(first.id, &BatchFilter::default()).await, expected);
        world.counts_are_right().await;

        // Pages of one, closed ones left out.
        let mut after = None;
        let mut seen = Vec::new();
        loop {
            let open = Some(BatchStatus::Open);
            let page = world.tracking.batches(world.tenant, open, after, 1).await.unwrap();
            seen.extend(page.items.iter().map(|one| one.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 3);
        assert_eq!(world.tracking.batch(world.tenant, first.id).await.unwrap(), Some(first));
    }
}

#[tokio::test]
async fn a_closed_batch_does_not_change_and_every_step_is_told() {
    for engine in testkit::ENGINES {
        let world = World::on(engine).await;
        let (tracking, tenant) = (&world.tracking, world.tenant);
        world.load(import(1), &[world.seen("50012345678", "EN REPARTO")]).await;
        let id = world.batch_of(import(1)).await.id;
        let change = |to| tracking.change_batch(tenant, id, to, ana());
        assert!(matches!(change(BatchStatus::Closed).await, Err(ChangeBatchError::Filling)));
        world.end(import(1)).await;
        assert!(matches!(
            change(BatchStatus::Archived).await,
            Err(ChangeBatchError::Illegal(BatchStatus::Open, BatchStatus::Archived))
        ));
        let closed = change(BatchStatus::Closed).await.unwrap();
        assert_eq!((closed.status, closed.closed_at), (BatchStatus::Closed, Some(world.now())));

        let shipment = world.shipment_id("50012345678").await;
        let marked = tracking.review(tenant, id, &[shipment], true, ana()).await;
        assert!(matches!(marked, Err(CreateBatchError::NotOpen(BatchStatus::Closed))), "{marked:?}");
        world.observe(&[world.seen("50012345679", "EN REPARTO")]).await;
        let added = tracking.add_to_batch(tenant, id, &numbers(&["50012345679"])).await;
        assert!(matches!(added, Err(CreateBatchError::NotOpen(BatchStatus::Closed))), "{added:?}");

        world.clock.advance(SignedDuration::from_hours(1));
        let archived = change(BatchStatus::Archived).await.unwrap();
        assert_eq!(archived.closed_at, closed.closed_at, "archiving is not closing");
        change(BatchStatus::Closed).await.unwrap();
        let open = change(BatchStatus::Open).await.unwrap();
        assert_eq!((open.closed_at, open.shipments, open.reviewed), (None, 1, 0));
        assert_eq!(tracking.batch(tenant, id).await.unwrap(), Some(open));
        let nobody = BatchId::from(Uuid::from_u128(99));
        let lost = tracking.change_batch(tenant, nobody, BatchStatus::Closed, ana()).await;
        assert!(matches!(lost, Err(ChangeBatchError::NotFound)));

        let mut tx = world.test.db.read(Scope::Tenant(tenant)).await.unwrap();
        let told = event_log::of_entity(&mut tx, id.as_uuid()).await.unwrap();
        let told: Vec<_> = told.iter().map(|event| (event.entity_version, event.kind.as_str())).collect();
        let kind = "batch.status_changed";
        assert_eq!(told, [(1, "batch.created"), (2, kind), (3, kind), (4, kind), (5, kind)]);
    }
}

#[tokio::test]
async fn marks_say_who_and_when_and_can_be_taken_back() {
    for engine in testkit::ENGINES {
        let world = World::on(engine).await;
        let (tracking, tenant) = (&world.tracking, world.tenant);
        let seen = [
            world.seen("50012345678", "EN REPARTO"),
            world.seen("50012345679", "EN REPARTO"),
            world.of("TCC", "7012345678", "EN TERMINAL"),
        ];
        world.load(import(1), &seen).await;
        let id = world.batch_of(import(1)).await.id;
        let (first, second) = (world.shipment_id("50012345678").await, world.shipment_id("7012345678").await);
        let stranger = ShipmentId::from(Uuid::from_u128(5));
        let at = world.now();
        let done = tracking.review(tenant, id, &[first, second, first, stranger], true, ana()).await.unwrap();
        assert_eq!((done.changed.len(), done.missing, done.reviewed), (2, 1, 2));

        // A second look changes nothing; a program's look counts too.
        world.clock.advance(SignedDuration::from_hours(1));
        let key = ChangedBy::ApiKey(Uuid::from_u128(8).into());
        let third = world.shipment_id("50012345679").await;
        let done = tracking.review(tenant, id, &[first, third], true, key).await.unwrap();
        assert_eq!((done.changed.len(), done.reviewed), (1, 3));
        let page = tracking.batch_shipments(tenant, id, &BatchFilter::default(), None, 200).await.unwrap();
        let page = page.unwrap();
        let review = |id| page.items.iter().find(|one| one.shipment.id == id).unwrap().review.unwrap();
        assert_eq!((review(first).by, review(first).at), (ana(), at));
        assert_eq!((review(third).by, review(third).at), (key, world.now()));
        world.counts_are_right().await;

        let done = tracking.review(tenant, id, &[second], false, ana()).await.unwrap();
        assert_eq!((done.changed.len(), done.reviewed), (1, 2));
        let pending = BatchFilter { reviewed: Some(false), ..BatchFilter::default() };
        assert_eq!(world.loaded(id, &pending).await.into_keys().collect::<Vec<_>>(), ["7012345678"]);
        let looked = BatchFilter {
            reviewed: Some(true),
            carrier: Some("Coordinadora".to_owned()),
            loaded: Some(ShipmentStatus::OutForDelivery),
        };
        assert_eq!(world.loaded(id, &looked).await.len(), 2);
        world.counts_are_right().await;

        // The carrier's progress: as it came in, and as it is now.
        world.observe(&[world.seen("50012345678", "ENTREGADO")]).await;
        let progress = tracking.batch_progress(tenant, id).await.unwrap().unwrap();
        let coordinadora = progress.iter().find(|one| one.carrier_code == "coordinadora").unwrap();
        assert_eq!((coordinadora.shipments, coordinadora.reviewed), (2, 2));
        assert_eq!(coordinadora.loaded, [(ShipmentStatus::OutForDelivery, 2)]);
        assert_eq!(coordinadora.now, [(ShipmentStatus::Delivered, 1), (ShipmentStatus::OutForDelivery, 1)]);
        let tcc = progress.iter().find(|one| one.carrier_code == "tcc").unwrap();
        assert_eq!((tcc.shipments, tcc.reviewed), (1, 0));
        let nobody = BatchId::from(Uuid::from_u128(99));
        assert!(tracking.batch_progress(tenant, nobody).await.unwrap().is_none());
        let none = tracking.batch_shipments(tenant, nobody, &BatchFilter::default(), None, 2).await.unwrap();
        assert!(none.is_none());
    }
}

#[tokio::test]
async fn a_batch_is_made_of_chosen_numbers() {
    for engine in testkit::ENGINES {
        let world = World::on(engine).await;
        let (tracking, tenant) = (&world.tracking, world.tenant);
        world
            .observe(&[world.seen("50012345678", "EN REPARTO"), world.seen("50012345679", "ENTREGADO")])
            .await;
        let unknown = tracking.create_batch(tenant, None, &numbers(&["999999999"]), None).await;
        assert!(matches!(unknown, Err(CreateBatchError::NoShipments)), "{unknown:?}");

        let wanted = numbers(&["50012345678", "999999999", "50012345678"]);
        let made = tracking.create_batch(tenant, Some("Las de Cali"), &wanted, Some(ana())).await.unwrap();
        assert_eq!((made.added, made.unknown.as_slice()), (1, &wanted[1..2]));
        let batch = &made.batch;
        assert_eq!((batch.number, batch.shipments, batch.filling), (1, 1, false));
        assert_eq!((batch.label.as_deref(), batch.created_by), (Some("Las de Cali"), Some(ana())));

        // What it has already stays as it came in.
        world.observe(&[world.seen("50012345678", "EN OFICINA")]).await;
        let more = numbers(&["50012345678", "50012345679"]);
        let filled = tracking.add_to_batch(tenant, batch.id, &more).await.unwrap();
        assert_eq!((filled.added, filled.batch.shipments, filled.unknown.len()), (1, 2, 0));
        let loaded = world.loaded(batch.id, &BatchFilter::default()).await;
        assert_eq!(loaded["50012345678"], ShipmentStatus::OutForDelivery);
        let nobody = BatchId::from(Uuid::from_u128(99));
        assert!(matches!(
            tracking.add_to_batch(tenant, nobody, &more).await,
            Err(CreateBatchError::NotFound)
        ));
        let none = tracking.add_to_batch(tenant, batch.id, &numbers(&["999999999"])).await;
        assert!(matches!(none, Err(CreateBatchError::NoShipments)));
        world.counts_are_right().await;
    }
}

#[tokio::test]
async fn two_batches_are_compared() {
    for engine in testkit::ENGINES {
        let world = World::on(engine).await;
        let (tracking, tenant) = (&world.tracking, world.tenant);
        let seen = [
            world.seen("50012345670", "EN REPARTO"),
            world.seen("50012345671", "EN REPARTO"),
            world.seen("50012345672", "EN REPARTO"),
            world.seen("50012345673", "EN OFICINA"),
        ];
        world.load(import(1), &seen).await;
        world.clock.advance(SignedDuration::from_hours(24));
        let seen = [
            world.seen("50012345671", "ENTREGADO"),
            world.seen("50012345672", "ENTREGADO"),
            world.seen("50012345673", "EN OFICINA"),
            world.seen("50012345674", "EN REPARTO"),
        ];
        world.load(import(2), &seen).await;
        let (earlier, later) = (world.batch_of(import(1)).await.id, world.batch_of(import(2)).await.id);
        // What happens afterwards does not change what the batches saw.
        world.clock.advance(SignedDuration::from_hours(24));
        world.observe(&[world.seen("50012345673", "ENTREGADO")]).await;

        let compared = tracking.compare_batches(tenant, earlier, later).await.unwrap().unwrap();
        assert_eq!((compared.new, compared.vanished, compared.changed, compared.unchanged), (1, 1, 2, 1));
        let expected = [(ShipmentStatus::OutForDelivery, ShipmentStatus::Delivered, 2)];
        assert_eq!(compared.changes, expected);

        let list = |difference| world.differing((earlier, later), difference);
        let reparto = Some(ShipmentStatus::OutForDelivery);
        assert_eq!(list(Difference::New).await, [("50012345674".to_owned(), None, reparto)]);
        assert_eq!(list(Difference::Vanished).await, [("50012345670".to_owned(), reparto, None)]);
        let mut changed = list(Difference::Changed).await;
        changed.sort();
        let delivered = Some(ShipmentStatus::Delivered);
        let expected = ["50012345671", "50012345672"].map(|number| (number.to_owned(), reparto, delivered));
        assert_eq!(changed, expected);

        let nobody = BatchId::from(Uuid::from_u128(99));
        assert!(tracking.compare_batches(tenant, earlier, nobody).await.unwrap().is_none());
        let none = tracking.compared_shipments(tenant, (nobody, later), Difference::New, None, 5).await;
        assert!(none.unwrap().is_none());
    }
}
