//! Sources side by side, from what was observed.

use domain::{ShipmentStatus, SignedDuration};
use testkit::ENGINES;
use tracking::{Filter, OddityKind, SourceKind};

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
