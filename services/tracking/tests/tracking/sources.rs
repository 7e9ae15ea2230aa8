//! What carriers say themselves: by meaning, in any order, by clocks that may be wrong.

use domain::{CarrierName, City, Country, ExceptionReason, Phone, ShipmentStatus, SignedDuration, Timestamp};
use testkit::ENGINES;
use tracking::{Observation, Shipment, Source, StatusMapping};

use crate::world::World;

const NUMBER: &str = "10000000001";

impl World {
    /// What a carrier says of the shipment, by the meaning of its code.
    fn said(&self, words: &str, meaning: Option<ShipmentStatus>, at: Timestamp) -> Observation {
        let reason = |status| {
            let is_issue = status == ShipmentStatus::Issue;
            if is_issue { ExceptionReason::RecipientUnavailable } else { ExceptionReason::None }
        };
        Observation {
            meaning: meaning.map(|status| (status, reason(status))),
            city: City::resolve("", None),
            place: Some("Bodega Yumbo".to_owned()),
            last_movement_at: Some(at),
            source: Source::Carrier,
            ..self.seen(NUMBER, words)
        }
    }

    async fn shipment(&self) -> Shipment {
        let found = self.numbered(NUMBER).await;
        found.into_iter().next().unwrap()
    }
}

#[tokio::test]
async fn a_code_means_what_its_carrier_says_and_an_organisations_words_win() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.observe(&[world.seen(NUMBER, "EN TRANSITO")]).await;
        world.clock.advance(SignedDuration::from_hours(1));
        // The words alone are unknown; the code says what they mean.
        let visit = world.said("Gestión 77", Some(ShipmentStatus::Issue), world.now());
        world.observe(std::slice::from_ref(&visit)).await;
        let shipment = world.shipment().await;
        let reading = shipment.reading;
        let expected = (ShipmentStatus::Issue, ExceptionReason::RecipientUnavailable, true);
        assert_eq!((reading.status, reading.reason, reading.known), expected, "{engine:?}");
        assert_eq!(shipment.city.name, "Cali", "{engine:?}: where something happens is not where it goes");
        let timeline = world.tracking.timeline(world.tenant, shipment.id, None, 10).await.unwrap().items;
        assert_eq!(
            (timeline[0].source.as_str(), timeline[0].city.as_deref()),
            ("carrier", Some("Bodega Yumbo"))
        );

        // Read again for another phrase's sake, it keeps its meaning.
        let mut mapping = StatusMapping {
            carrier_code: None,
            phrase: "otra cosa".to_owned(),
            status: ShipmentStatus::InOffice,
            reason: ExceptionReason::None,
            return_in_process: false,
        };
        for (phrase, status) in
            [("otra cosa", ShipmentStatus::Issue), ("gestion 77", ShipmentStatus::InOffice)]
        {
            phrase.clone_into(&mut mapping.phrase);
            world.tracking.map_statuses(world.tenant, &[mapping.clone()]).await.unwrap();
            while world.tracking.tick_reread().await.unwrap() {}
            assert_eq!(world.shipment().await.reading.status, status, "{engine:?} {phrase}");
        }
    }
}

#[tokio::test]
async fn repeated_and_reordered_words_do_no_harm() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.observe(&[world.seen(NUMBER, "GUIA GENERADA")]).await;
        let start = world.now();
        world.clock.advance(SignedDuration::from_hours(48));
        let at = |hours| start + SignedDuration::from_hours(hours);
        let history = [
            world.said("DESPACHADO", Some(ShipmentStatus::InTransit), at(2)),
            world.said("EN REPARTO", Some(ShipmentStatus::OutForDelivery), at(20)),
            world.said("ENTREGADA", Some(ShipmentStatus::Delivered), at(24)),
            // Of the same minute, and told later.
            world.said("Cierre de ruta", Some(ShipmentStatus::OutForDelivery), at(24)),
            // After the end, in words that nobody knows.
            world.said("Código 999", None, at(30)),
        ];
        for order in [[0, 1, 2, 3, 4], [2, 0, 4, 1, 3], [4, 3, 2, 1, 0]] {
            world.observe(&order.map(|place: usize| history[place].clone())).await;
            let shipment = world.shipment().await;
            assert_eq!(shipment.reading.status, ShipmentStatus::Delivered, "{engine:?} {order:?}");
            assert_eq!(shipment.event_count, 6, "{engine:?}: none is lost, none is stored twice");
        }
    }
}

#[tokio::test]
async fn the_future_does_not_outlast_what_comes() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let ahead = world.now() + SignedDuration::from_hours(72);
        let early = world.said("EN REPARTO", Some(ShipmentStatus::OutForDelivery), ahead);
        world.observe(std::slice::from_ref(&early)).await;
        assert_eq!(world.shipment().await.last_movement_at, Some(world.now()), "{engine:?}");
        world.clock.advance(SignedDuration::from_hours(2));
        world.observe(std::slice::from_ref(&early)).await;
        assert_eq!(
            world.shipment().await.duplicate_count,
            1,
            "{engine:?}: the same words are the same event"
        );
        let delivered = world.said("ENTREGADA", Some(ShipmentStatus::Delivered), world.now());
        world.observe(std::slice::from_ref(&delivered)).await;
        assert_eq!(world.shipment().await.reading.status, ShipmentStatus::Delivered, "{engine:?}");
    }
}

#[tokio::test]
async fn who_was_heard_of_from_a_carrier_gets_its_recipient_from_an_older_file() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let file = Observation {
            recipient_name: Some("Ana Prueba".to_owned()),
            phone: Phone::parse("3001112233", Country::Co).ok(),
            ..world.seen(NUMBER, "GUIA GENERADA")
        };
        world.clock.advance(SignedDuration::from_hours(5));
        let push = Observation {
            carrier: CarrierName::resolve(""),
            source: Source::AfterShip,
            ..world.said("En camino", Some(ShipmentStatus::InTransit), world.now())
        };
        world.observe(&[push]).await;
        world.observe(&[file]).await;
        let shipment = world.shipment().await;
        let keys = world.test.db.keyring().tenant(&world.test.db, world.tenant).await.unwrap();
        assert_eq!(shipment.recipient.name(&keys).unwrap().as_deref(), Some("Ana Prueba"), "{engine:?}");
        assert_eq!((shipment.city.name.as_str(), shipment.carrier_code.as_str()), ("Cali", "coordinadora"));
        assert_eq!(shipment.reading.status, ShipmentStatus::InTransit, "{engine:?}");
    }
}

#[tokio::test]
async fn a_return_by_code_is_under_way_until_words_say_that_it_arrived() {
    let world = World::on(ENGINES[0]).await;
    let returning = world.said("Devolucion ratificada", Some(ShipmentStatus::Returned), world.now());
    world.observe(&[returning]).await;
    assert!(world.shipment().await.reading.return_in_process);
    world.clock.advance(SignedDuration::from_hours(1));
    let arrived = world.said("ENTREGADO A REMITENTE", Some(ShipmentStatus::Returned), world.now());
    world.observe(&[arrived]).await;
    assert!(world.shipment().await.reading.is_closed());
}
