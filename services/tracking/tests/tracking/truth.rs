//! Sources side by side, from what was observed.

use database::Scope;
use domain::{City, Country, ExceptionReason, Flaws, Phone, ShipmentStatus, SignedDuration};
use testkit::ENGINES;
use tracking::{Filter, Observation, OddityKind, Shipment, Source, SourceKind, StatusMapping};

use crate::world::World;

#[tokio::test]
async fn a_source_is_shown_with_its_last_word_and_what_is_odd_about_it() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        for (hour, status) in [(0, "EN TRANSITO"), (30, "ENTREGADO"), (10, "DESPACHADO"), (31, "NADIE SABE")]
        {
            let mut seen = world.seen("80000000001", status);
            seen.last_movement_at = Some(world.now() + SignedDuration::from_hours(hour));
            world.observe(&[seen]).await;
        }
        let shipment =
            world.tracking.list(world.tenant, &Filter::default(), None, 1).await.unwrap().items.remove(0);
        let truth = world.tracking.truth(world.tenant, &shipment).await.unwrap();
        let side = truth.about_parcel().unwrap();
        assert_eq!((truth.sides.len(), side.kind, side.events), (1, SourceKind::Dropi, 4), "{engine:?}");
        assert_eq!((side.raw_status.as_str(), side.status_known), ("NADIE SABE", false), "{engine:?}");
        let odd: Vec<_> = truth.oddities.iter().map(|odd| (odd.kind, odd.to)).collect();
        let expected = [
            (OddityKind::MovedBack, ShipmentStatus::Shipped),
            (OddityKind::DeliveredUnseen, ShipmentStatus::Delivered),
        ];
        assert_eq!(odd, expected, "{engine:?}: in the order of time, not of arrival");
        assert!(truth.discrepancies.is_empty(), "{engine:?}: one source contradicts nobody");
    }
}

const NUMBER: &str = "10000000001";

impl World {
    /// What a source says happened after some hours.
    fn told(&self, source: Source, status: &str, hours: i64) -> Observation {
        let at = "2026-03-02T12:00:00Z".parse::<domain::Timestamp>().unwrap();
        let at = at + SignedDuration::from_hours(hours);
        Observation { source, last_movement_at: Some(at), ..self.seen(NUMBER, status) }
    }

    async fn the_one(&self) -> Shipment {
        self.tracking.list(self.tenant, &Filter::default(), None, 1).await.unwrap().items.remove(0)
    }

    /// What is wrong with what is stored.
    pub(crate) async fn flaws(&self) -> String {
        let (mut flaws, mut audit) = (Flaws::default(), self.tracking.audit());
        let mut tx = self.test.db.read(Scope::Tenant(self.tenant)).await.unwrap();
        while audit.page(&mut tx, &mut flaws).await.unwrap().is_some() {}
        audit.end(&mut tx, &mut flaws).await.unwrap();
        tx.commit().await.unwrap();
        format!("{flaws:?}")
    }

    /// Tells all events anew, as after a new mapping.
    pub(crate) async fn tell_anew(&self, phrase: &str, status: ShipmentStatus) {
        let mapping = StatusMapping {
            carrier_code: None,
            phrase: phrase.to_owned(),
            status,
            reason: ExceptionReason::None,
            return_in_process: false,
        };
        self.tracking.map_statuses(self.tenant, &[mapping]).await.unwrap();
        for _ in 0..2 {
            while self.tracking.tick_reread().await.unwrap() {}
            self.clock.advance(SignedDuration::from_mins(1));
        }
    }
}

#[tokio::test]
async fn the_carrier_is_believed_about_the_parcel_and_dropi_about_the_order() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.clock.advance(SignedDuration::from_hours(24 * 365));
        let person = |name: &str, phone: &str, seen: Observation| Observation {
            recipient_name: Some(name.to_owned()),
            phone: Phone::parse(phone, Country::Co).ok(),
            ..seen
        };
        let pasted = world.told(Source::TrackingFile, "EN OFICINA", 20);
        let pasted = Observation { city: City::resolve("Pasto", None), ..pasted };
        world.observe(&[person("Otra Persona", "3009998877", pasted)]).await;
        let first = world.the_one().await;
        assert_eq!(
            (first.told_by.as_str(), first.city.name.as_str()),
            ("tracking_file", "Pasto"),
            "{engine:?}"
        );

        // Dropi says later that it was delivered, and earlier who gets it.
        world
            .observe(&[person("Ana Prueba", "3001112233", world.told(Source::DropiFile, "EN TRANSITO", 1))])
            .await;
        world.observe(&[world.told(Source::DropiFile, "ENTREGADO", 30)]).await;
        let second = world.the_one().await;
        let state = (second.reading.status, second.told_by.as_str(), second.out_of_order_count);
        assert_eq!(state, (ShipmentStatus::InOffice, "tracking_file", 2), "{engine:?}");
        let keys = world.test.db.keyring().tenant(&world.test.db, world.tenant).await.unwrap();
        assert_eq!(second.recipient.name(&keys).unwrap().as_deref(), Some("Ana Prueba"), "{engine:?}");
        assert_eq!(second.city.name, "Cali", "{engine:?}");

        // The carrier's page again names somebody else.
        let again = world.told(Source::TrackingFile, "EN OFICINA", 40);
        world.observe(&[person("Otra Persona", "3009998877", again)]).await;
        let third = world.the_one().await;
        assert_eq!(third.recipient.name(&keys).unwrap().as_deref(), Some("Ana Prueba"), "{engine:?}");
        assert_eq!(third.recipient.phone(&keys).unwrap().as_deref(), Some("+573001112233"), "{engine:?}");

        // Three days after the carrier's last word, Dropi's counts.
        world.observe(&[world.told(Source::DropiFile, "ENTREGADO", 40 + 72)]).await;
        let last = world.the_one().await;
        assert_eq!((last.reading.status, last.told_by.as_str()), (ShipmentStatus::Delivered, "dropi_file"));
        assert_eq!(world.flaws().await, format!("{:?}", Flaws::default()), "{engine:?}");
    }
}

#[tokio::test]
async fn the_state_does_not_depend_on_the_order_in_which_sources_are_heard() {
    for engine in ENGINES {
        let mut found = Vec::new();
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
            let world = World::on(engine).await;
            world.clock.advance(SignedDuration::from_hours(24 * 365));
            let words = [
                world.told(Source::DropiFile, "EN TRANSITO", 0),
                world.told(Source::Carrier, "EN REPARTO", 20),
                world.told(Source::DropiFile, "ENTREGADO", 50),
                world.told(Source::SeventeenTrack, "EN OFICINA", 24),
            ];
            for place in order {
                world.observe(&[words[place as usize].clone()]).await;
            }
            let shipment = world.the_one().await;
            found.push((shipment.reading.status, shipment.told_by.clone(), shipment.last_event_at));
            assert_eq!(world.flaws().await, format!("{:?}", Flaws::default()), "{engine:?} {order:?}");
        }
        assert_eq!((found[0].0, found[0].1.as_str()), (ShipmentStatus::InOffice, "17track"), "{engine:?}");
        assert!(found.iter().all(|one| *one == found[0]), "{engine:?} {found:?}");
    }
}

#[tokio::test]
async fn a_state_is_told_again_from_its_events() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.clock.advance(SignedDuration::from_hours(24 * 365));
        world.observe(&[world.told(Source::DropiFile, "EN REPARTO", 10)]).await;
        world.observe(&[world.told(Source::Carrier, "Palabra de nadie", 5)]).await;
        let before = world.the_one().await;
        assert_eq!(
            (before.reading.status, before.told_by.as_str()),
            (ShipmentStatus::OutForDelivery, "dropi_file")
        );
        // Understood, the carrier's word is the one that is believed.
        world.tell_anew("palabra de nadie", ShipmentStatus::InOffice).await;
        let after = world.the_one().await;
        let state = (after.reading.status, after.told_by.as_str(), after.raw_status.as_str());
        assert_eq!(state, (ShipmentStatus::InOffice, "carrier", "Palabra de nadie"), "{engine:?}");
        assert_eq!((after.out_of_order_count, world.changes(after.id).await), (0, 1), "{engine:?}");
        assert_eq!(world.flaws().await, format!("{:?}", Flaws::default()), "{engine:?}");
        // Once more changes nothing.
        world.tell_anew("otra cosa", ShipmentStatus::InOffice).await;
        assert_eq!(world.the_one().await.version, after.version, "{engine:?}");
    }
}
