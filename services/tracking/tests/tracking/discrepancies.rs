//! Shipments whose sources contradict themselves, as lists show them.

use domain::{CarrierName, City, ShipmentId, ShipmentStatus, SignedDuration, UserId};
use testkit::ENGINES;
use tracking::{
    ChangedBy, ConcernKind, DiscrepancyCursor, DiscrepancyFilter, Observation, ReviewError, Source,
};

use crate::world::World;

impl World {
    fn heard(&self, number: &str, source: Source, status: &str, hours: i64) -> Observation {
        let at = "2026-03-02T12:00:00Z".parse::<domain::Timestamp>().unwrap();
        let at = at + SignedDuration::from_hours(hours);
        Observation { source, last_movement_at: Some(at), ..self.seen(number, status) }
    }

    async fn disputed(&self, filter: &DiscrepancyFilter) -> Vec<(String, ConcernKind)> {
        let (mut found, mut after) = (Vec::new(), None::<DiscrepancyCursor>);
        loop {
            let page = self.tracking.discrepancies(self.tenant, filter, after, 2).await.unwrap();
            let name = |one: &tracking::Disputed| {
                (one.shipment.tracking_number.as_str().to_owned(), one.concern.kind)
            };
            found.extend(page.items.iter().map(name));
            after = page.next;
            if after.is_none() {
                return found;
            }
        }
    }

    async fn counts(&self, kind: ConcernKind) -> (u64, u64) {
        let counts = self.tracking.discrepancy_counts(self.tenant).await.unwrap();
        counts.get(&kind).copied().unwrap_or_default()
    }

    /// One shipment of each kind, and two with nothing wrong.
    async fn with_one_of_each(&self) {
        self.clock.advance(SignedDuration::from_hours(24 * 365));
        let quito = |seen: Observation| Observation { city: City::resolve("Pasto", None), ..seen };
        let tcc = |seen: Observation| Observation { carrier: CarrierName::resolve("TCC"), ..seen };
        for seen in [
            self.heard("70000000001", Source::Carrier, "EN OFICINA", 1),
            self.heard("70000000001", Source::DropiFile, "ENTREGADO", 30),
            self.heard("70000000002", Source::DropiFile, "EN REPARTO", 1),
            self.heard("70000000002", Source::DropiFile, "ENTREGADO", 2),
            self.heard("70000000002", Source::DropiFile, "EN OFICINA", 3),
            tcc(self.heard("70000000003", Source::DropiFile, "EN TRANSITO", 1)),
            tcc(self.heard("70000000003", Source::DropiFile, "ENTREGADO", 4)),
            quito(self.heard("70000000004", Source::DropiFile, "NOVEDAD", 5)),
            quito(self.heard("70000000004", Source::SeventeenTrack, "EN OFICINA", 1)),
            self.heard("70000000005", Source::DropiFile, "EN REPARTO", 1),
            self.heard("70000000005", Source::DropiFile, "EN TRANSITO", 6),
            self.heard("70000000006", Source::DropiFile, "ENTREGADO", 1),
            self.heard("70000000007", Source::DropiFile, "EN TRANSITO", 1),
            self.heard("70000000007", Source::Carrier, "EN REPARTO", 7),
        ] {
            self.observe(&[seen]).await;
        }
    }
}

use ConcernKind as K;

#[tokio::test]
async fn each_kind_is_listed_once_the_newest_first_under_every_filter() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.with_one_of_each().await;
        let all = [
            ("70000000001", K::DeliveryDisputed),
            ("70000000005", K::MovedBack),
            ("70000000004", K::StatusMismatch),
            ("70000000003", K::DeliveredUnseen),
            ("70000000002", K::AfterTheEnd),
        ];
        let all: Vec<_> = all.map(|(number, kind)| (number.to_owned(), kind)).to_vec();
        let none = DiscrepancyFilter::default();
        assert_eq!(world.disputed(&none).await, all, "{engine:?}");
        for (place, (_, kind)) in all.iter().enumerate() {
            let filter = DiscrepancyFilter { kind: Some(*kind), ..none.clone() };
            assert_eq!(world.disputed(&filter).await, all[place..=place], "{engine:?} {kind:?}");
            assert_eq!(world.counts(*kind).await, (1, 0), "{engine:?} {kind:?}");
        }
        let of_carrier = DiscrepancyFilter { carrier: Some("TCC".into()), ..none.clone() };
        assert_eq!(world.disputed(&of_carrier).await, all[3..4], "{engine:?}");
        let of_city = DiscrepancyFilter { city: Some("Pasto".into()), ..none.clone() };
        assert_eq!(world.disputed(&of_city).await, all[2..3], "{engine:?}");
        let neither = DiscrepancyFilter { carrier: Some("TCC".into()), ..of_city };
        assert_eq!(world.disputed(&neither).await, [], "{engine:?}");
        let page = world.tracking.discrepancies(world.tenant, &none, None, 1).await.unwrap();
        let says = |source: &str| {
            page.items[0].truth.sides.iter().find(|side| side.source == source).map(|side| side.status)
        };
        assert_eq!(says("carrier"), Some(ShipmentStatus::InOffice), "{engine:?}");
        assert_eq!(says("dropi_file"), Some(ShipmentStatus::Delivered), "{engine:?}");
        let other = domain::TenantId::from(uuid::Uuid::max());
        assert!(world.tracking.discrepancies(other, &none, None, 50).await.unwrap().items.is_empty());
    }
}

#[tokio::test]
async fn what_is_right_again_is_gone_and_what_somebody_looked_at_is_put_aside() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.with_one_of_each().await;
        let (open, looked_at) = (
            DiscrepancyFilter::default(),
            DiscrepancyFilter { reviewed: true, ..DiscrepancyFilter::default() },
        );
        let id = async |place: usize| -> ShipmentId {
            let page = world.tracking.discrepancies(world.tenant, &open, None, 50).await.unwrap();
            page.items[place].shipment.id
        };
        let (disputed, unseen) = (id(0).await, id(3).await);
        let by = ChangedBy::User(UserId::from(uuid::Uuid::from_u128(7)));
        for reviewed in [true, false, true, true] {
            let done = world.tracking.review_discrepancy(world.tenant, disputed, reviewed, by).await.unwrap();
            assert_eq!(done.review.is_some_and(|(_, who)| who.user.is_some()), reviewed, "{engine:?}");
        }
        let key = ChangedBy::ApiKey(domain::ApiKeyId::from(uuid::Uuid::from_u128(8)));
        let done = world.tracking.review_discrepancy(world.tenant, unseen, true, key).await.unwrap();
        assert!(done.review.is_some_and(|(_, who)| who.api_key.is_some()), "{engine:?}");
        assert_eq!(world.disputed(&open).await.len(), 3, "{engine:?}");
        assert_eq!(world.disputed(&looked_at).await.len(), 2, "{engine:?}");
        assert_eq!(world.counts(K::DeliveryDisputed).await, (0, 1), "{engine:?}");

        // The same again changes nothing; a newer word opens it again; agreement ends it.
        world.observe(&[world.heard("70000000001", Source::DropiFile, "ENTREGADO", 30)]).await;
        assert_eq!(world.counts(K::DeliveryDisputed).await, (0, 1), "{engine:?}");
        world.observe(&[world.heard("70000000001", Source::DropiFile, "ENTREGADO", 31)]).await;
        assert_eq!(world.counts(K::DeliveryDisputed).await, (1, 0), "{engine:?}");
        world.observe(&[world.heard("70000000001", Source::Carrier, "ENTREGADO", 32)]).await;
        assert_eq!(world.counts(K::DeliveryDisputed).await, (0, 0), "{engine:?}");
        let gone = world.tracking.review_discrepancy(world.tenant, disputed, true, by).await;
        assert!(matches!(gone, Err(ReviewError::NotFound)), "{engine:?}");
        // Somebody saw it with the courier after all.
        let late = Observation {
            carrier: CarrierName::resolve("TCC"),
            ..world.heard("70000000003", Source::DropiFile, "EN REPARTO", 3)
        };
        world.observe(&[late]).await;
        assert_eq!(world.counts(K::DeliveredUnseen).await, (0, 0), "{engine:?}");
        assert_eq!(world.flaws().await, format!("{:?}", domain::Flaws::default()), "{engine:?}");
        // Told anew, all is as it was.
        let before = world.disputed(&open).await;
        world.tell_anew("nadie dice esto", ShipmentStatus::InOffice).await;
        assert_eq!(world.disputed(&open).await, before, "{engine:?}");
    }
}
