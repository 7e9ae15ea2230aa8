//! An organisation says what a phrase means, and what was seen before follows.

use domain::{ExceptionReason, ShipmentStatus, SignedDuration};
use testkit::ENGINES;
use tracking::{InvalidMapping, MapStatusError, StatusMapping};

use crate::world::World;

fn mapping(carrier: Option<&str>, phrase: &str, status: ShipmentStatus) -> StatusMapping {
    StatusMapping {
        carrier_code: carrier.map(str::to_owned),
        phrase: phrase.to_owned(),
        status,
        reason: ExceptionReason::None,
        return_in_process: false,
    }
}

impl World {
    async fn says(&self, mappings: &[StatusMapping]) {
        self.tracking.map_statuses(self.tenant, mappings).await.unwrap();
        self.rest().await;
    }

    /// Until everything is read once more, the second round a minute later included.
    async fn rest(&self) {
        for _ in 0..2 {
            while self.tracking.tick_reread().await.unwrap() {}
            self.clock.advance(SignedDuration::from_mins(1));
        }
    }

    async fn status(&self, number: &str) -> (ShipmentStatus, bool) {
        let found = self.numbered(number).await;
        (found[0].reading.status, found[0].reading.known)
    }

    async fn unmapped(&self) -> usize {
        self.tracking.unmapped_statuses(self.tenant, None, 200).await.unwrap().items.len()
    }

    async fn open(&self) -> u64 {
        let summary = self.tracking.summary(self.tenant).await.unwrap();
        summary.high + summary.medium + summary.low
    }
}

#[tokio::test]
async fn what_was_seen_before_follows_a_new_mapping_and_its_removal() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let number = "10000000001";
        world.observe(&[world.seen(number, "Nadie sabe qué es")]).await;
        world.clock.advance(SignedDuration::from_hours(1));
        world.observe(&[world.seen("10000000002", "EN TRANSITO")]).await;
        assert_eq!(world.status(number).await, (ShipmentStatus::Issue, false), "{engine:?}");
        assert_eq!((world.unmapped().await, world.open().await), (1, 2), "{engine:?}");

        world.says(&[mapping(Some("coordinadora"), "NADIE SABE QUE ES", ShipmentStatus::Delivered)]).await;
        assert_eq!(world.status(number).await, (ShipmentStatus::Delivered, true), "{engine:?}");
        assert_eq!((world.unmapped().await, world.open().await), (0, 1), "{engine:?}");
        let found = world.numbered(number).await;
        let events = world.tracking.timeline(world.tenant, found[0].id, None, 10).await.unwrap().items;
        assert_eq!(
            (events[0].status, events[0].status_known),
            (ShipmentStatus::Delivered, true),
            "{engine:?}"
        );
        assert_eq!(world.status("10000000002").await, (ShipmentStatus::InTransit, true), "{engine:?}");
        assert_eq!(world.changes(found[0].id).await, 1, "{engine:?}: the correction is a fact");

        // New observations are read so at once.
        world.observe(&[world.seen("10000000003", "nadie sabe que es")]).await;
        assert_eq!(world.status("10000000003").await, (ShipmentStatus::Delivered, true), "{engine:?}");

        let gone = world.tracking.unmap_status(world.tenant, Some("coordinadora"), "Nadie sabe que es").await;
        assert!(gone.unwrap(), "{engine:?}");
        world.rest().await;
        assert_eq!(world.status(number).await, (ShipmentStatus::Issue, false), "{engine:?}");
        assert_eq!(world.open().await, 3, "{engine:?}");
    }
}

#[tokio::test]
async fn the_carriers_own_mapping_wins_and_built_in_phrases_may_be_overruled() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.observe(&[world.seen("10000000001", "EN TRANSITO")]).await;
        let mut other = world.seen("10000000002", "EN TRANSITO");
        other.carrier = domain::CarrierName::resolve("TCC");
        world.observe(&[other]).await;
        world
            .says(&[
                mapping(None, "en tránsito", ShipmentStatus::Shipped),
                mapping(Some("tcc"), "EN TRANSITO", ShipmentStatus::Processing),
            ])
            .await;
        assert_eq!(world.status("10000000001").await.0, ShipmentStatus::Shipped, "{engine:?}");
        assert_eq!(world.status("10000000002").await.0, ShipmentStatus::Processing, "{engine:?}");
    }
}

#[tokio::test]
async fn more_shipments_than_a_step_are_all_read_once_more() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let many: Vec<_> =
            (0..450).map(|number| world.seen(&format!("3{number:010}"), "PALABRA NUEVA")).collect();
        world.observe(&many).await;
        assert_eq!(world.open().await, 450, "{engine:?}");
        world.says(&[mapping(None, "palabra nueva", ShipmentStatus::Delivered)]).await;
        assert_eq!(world.open().await, 0, "{engine:?}");
    }
}

#[tokio::test]
async fn a_mapping_that_cannot_be_is_refused_and_the_others_with_it() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let good = mapping(None, "BIEN", ShipmentStatus::Delivered);
        let issue = mapping(None, "MAL", ShipmentStatus::Issue);
        let travelling = StatusMapping { return_in_process: true, ..good.clone() };
        let reasoned = StatusMapping { reason: ExceptionReason::Lost, ..good.clone() };
        let unspeakable = mapping(None, " - ", ShipmentStatus::Delivered);
        for (bad, why) in [
            (issue, InvalidMapping::Reason),
            (travelling, InvalidMapping::ReturnInProcess),
            (reasoned, InvalidMapping::Reason),
            (unspeakable, InvalidMapping::Phrase),
            (mapping(Some(""), "X", ShipmentStatus::Delivered), InvalidMapping::Carrier),
        ] {
            let refused = world.tracking.map_statuses(world.tenant, &[good.clone(), bad]).await;
            assert!(
                matches!(refused, Err(MapStatusError::Invalid(1, reason)) if reason == why),
                "{refused:?}"
            );
        }
        let many: Vec<_> = (0..=tracking::MAX_MAPPINGS)
            .map(|number| mapping(None, &format!("P{number}"), ShipmentStatus::Delivered))
            .collect();
        let refused = world.tracking.map_statuses(world.tenant, &many).await;
        assert!(matches!(refused, Err(MapStatusError::TooMany)), "{refused:?}");
        assert!(world.tracking.status_mappings(world.tenant).await.unwrap().is_empty(), "{engine:?}");
        assert!(!world.tracking.unmap_status(world.tenant, None, "BIEN").await.unwrap(), "{engine:?}");
    }
}

#[tokio::test]
async fn unknown_phrases_come_page_by_page_the_most_frequent_first() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let seen: Vec<_> = (0..7)
            .flat_map(|phrase| (0..=phrase / 2).map(move |time| (phrase, time)))
            .map(|(phrase, time)| {
                world.seen(&format!("1000000{phrase}{time:03}"), &format!("COSA RARA {phrase}"))
            })
            .collect();
        world.observe(&seen).await;
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = world.tracking.unmapped_statuses(world.tenant, after, 2).await.unwrap();
            found.extend(page.items.into_iter().map(|one| (one.seen_count, one.sample)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let found: Vec<_> = found.iter().map(|(seen, sample)| (*seen, &sample[10..])).collect();
        let expected = [(4, "6"), (3, "4"), (3, "5"), (2, "2"), (2, "3"), (1, "0"), (1, "1")];
        assert_eq!(found, expected, "{engine:?}");
    }
}
