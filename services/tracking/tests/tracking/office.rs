//! Parcels at an office: when they arrived, when they go back, and what moves that.

use std::collections::HashMap;

use domain::{Carrier, CarrierName, CarrierRules, Money, OfficeExtensionId, SignedDuration, UserId};
use testkit::ENGINES;
use tracking::{
    ChangedBy, ExtendError, Filter, Observation, OfficeFilter, OfficeLight, OfficeStay, Shipment,
};

use crate::world::World;

const AT_OFFICE: &str = "DISPONIBLE EN PUNTO";

impl World {
    async fn only(&self) -> Shipment {
        let mut all = self.tracking.list(self.tenant, &Filter::default(), None, 2).await.unwrap().items;
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    async fn stay(&self) -> Option<OfficeStay> {
        self.tracking.office_stay(self.tenant, &self.only().await).await.unwrap()
    }

    async fn hears(&self, status: &str, at: &str) {
        let mut seen = self.seen("70000000001", status);
        seen.last_movement_at = Some(at.parse().unwrap());
        // The guía is much older than the arrival and says nothing about it.
        seen.guide_created_at = Some("2026-02-20T15:00:00Z".parse().unwrap());
        seen.collect = Some(Money::cop(80_000));
        self.observe(&[seen]).await;
    }
}

fn person() -> ChangedBy {
    ChangedBy::User(UserId::from(uuid::Uuid::from_u128(7)))
}

#[tokio::test]
async fn a_parcel_arrived_with_the_first_event_that_found_it_there() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let arrived = async || world.stay().await.map(|stay| stay.arrived_at.to_string());
        world.hears("EN TRANSITO", "2026-03-02T10:00:00Z").await;
        assert_eq!(arrived().await, None, "{engine:?}");
        world.hears(AT_OFFICE, "2026-03-04T10:00:00Z").await;
        world.hears(AT_OFFICE, "2026-03-06T10:00:00Z").await;
        assert_eq!(arrived().await.as_deref(), Some("2026-03-04T10:00:00Z"), "{engine:?}");
        world.hears("NOVEDAD", "2026-03-06T12:00:00Z").await;
        assert_eq!(arrived().await, None, "{engine:?}: what it is now is another thing");
        world.hears(AT_OFFICE, "2026-03-07T10:00:00Z").await;
        assert_eq!(arrived().await.as_deref(), Some("2026-03-04T10:00:00Z"), "{engine:?}: it did not move");
        world.hears(AT_OFFICE, "2026-03-03T10:00:00Z").await;
        assert_eq!(arrived().await.as_deref(), Some("2026-03-03T10:00:00Z"), "{engine:?}: heard of late");
        world.hears("EN REPARTO", "2026-03-08T10:00:00Z").await;
        world.hears(AT_OFFICE, "2026-03-09T10:00:00Z").await;
        assert_eq!(arrived().await.as_deref(), Some("2026-03-09T10:00:00Z"), "{engine:?}: a new stay");
    }
}

#[tokio::test]
async fn an_extension_moves_the_last_day_until_it_is_taken_back() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let (tracking, tenant) = (&world.tracking, world.tenant);
        let arrived = world.now();
        world.hears(AT_OFFICE, &arrived.to_string()).await;
        let id = world.only().await.id;
        let first = world.stay().await.unwrap();
        // Coordinadora keeps parcels for eight days.
        assert_eq!((first.office_days, first.days_left, first.light), (Some(8), Some(8), OfficeLight::Green));
        world.clock.advance(SignedDuration::from_hours(24 * 20));
        let over = world.stay().await.unwrap();
        assert!(
            over.overdue && over.days_left < Some(0) && over.light == OfficeLight::Red,
            "{engine:?} {over:?}"
        );

        let extend = async |days| {
            tracking.extend_office_stay(tenant, id, days, Some("pidió el cliente"), person()).await
        };
        for days in [0, 11, -1, i64::MAX] {
            assert!(matches!(extend(days).await, Err(ExtendError::Days)), "{engine:?} {days}");
        }
        let longer = extend(7).await.unwrap();
        assert_eq!(
            (longer.extra_days, longer.days_left),
            (7, over.days_left.map(|left| left + 7)),
            "{engine:?}"
        );
        assert!(matches!(extend(4).await, Err(ExtendError::TooMany(3))), "{engine:?}");
        assert_eq!(extend(3).await.unwrap().extra_days, 10, "{engine:?}");
        let phone = tracking.extend_office_stay(tenant, id, 1, Some("300 111 2233"), person()).await;
        assert!(matches!(phone, Err(ExtendError::Reason)), "{engine:?}");

        let taken = longer.extensions[0].id;
        let withdraw =
            async |one| tracking.withdraw_office_extension(tenant, id, one, person()).await.unwrap();
        assert!(withdraw(taken).await, "{engine:?}");
        assert!(!withdraw(taken).await && !withdraw(OfficeExtensionId::from(uuid::Uuid::nil())).await);
        assert_eq!(world.stay().await.unwrap().extra_days, 3, "{engine:?}");

        // Another stay begins with none.
        world.hears("EN REPARTO", &world.now().to_string()).await;
        let elsewhere = extend(1).await;
        assert!(matches!(elsewhere, Err(ExtendError::NotAtOffice)), "{engine:?} {elsewhere:?}");
        world.clock.advance(SignedDuration::from_hours(1));
        world.hears(AT_OFFICE, &world.now().to_string()).await;
        assert_eq!(world.stay().await.unwrap().extra_days, 0, "{engine:?}");
        let nobody = tracking.extend_office_stay(tenant, uuid::Uuid::nil().into(), 1, None, person()).await;
        assert!(matches!(nobody, Err(ExtendError::NotFound)), "{engine:?}");
    }
}

#[tokio::test]
async fn days_are_those_of_the_organisations_rules_and_unknown_ones_are_grey() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let coordinadora = Carrier::from_code("coordinadora").unwrap();
        world.hears(AT_OFFICE, &world.now().to_string()).await;
        let rules = CarrierRules { office_days: Some(2), ..coordinadora.rules().clone() };
        world.tracking.change_carrier(world.tenant, coordinadora, 0, &rules, person()).await.unwrap();
        let stay = world.stay().await.unwrap();
        assert_eq!((stay.office_days, stay.days_left, stay.light), (Some(2), Some(2), OfficeLight::Green));

        let nobody = World::on(engine).await;
        let mut seen = nobody.seen("70000000002", "EN OFICINA");
        seen.carrier = CarrierName::resolve("Nadie");
        nobody.observe(&[seen]).await;
        let stay = nobody.stay().await.unwrap();
        assert_eq!((stay.due_on, stay.light), (None, OfficeLight::Grey), "{engine:?}");
    }
}

/// What the list shows of the parcels at offices.
struct Listed {
    /// The last digit of each number, in order.
    names: String,
    left: Vec<Option<i64>>,
    overdue: u64,
    lights: HashMap<OfficeLight, u64>,
}

impl World {
    async fn listed(&self, filter: &OfficeFilter) -> Listed {
        let mut all = Listed { names: String::new(), left: Vec::new(), overdue: 0, lights: HashMap::new() };
        let mut after = None;
        loop {
            let list = self.tracking.office_list(self.tenant, filter, after, 2).await.unwrap();
            for one in &list.page.items {
                all.names.push_str(&one.shipment.tracking_number.as_str()[10..]);
                all.left.push(one.deadline.days_left);
            }
            (all.overdue, all.lights, after) = (list.overdue, list.lights, list.page.next);
            if after.is_none() {
                return all;
            }
        }
    }

    /// On Tuesday 24 March 2026, after a holiday: parcels of a carrier with two days, one whose days are the built-in
    /// ones, and one of a carrier that nobody knows.
    async fn with_some_at_offices(&self) {
        let tuesday: domain::Timestamp = "2026-03-24T15:00:00Z".parse().unwrap();
        self.clock.advance(tuesday.duration_since(self.now()));
        let tcc = Carrier::from_code("tcc").unwrap();
        let rules = CarrierRules { office_days: Some(2), ..tcc.rules().clone() };
        self.tracking.change_carrier(self.tenant, tcc, 0, &rules, person()).await.unwrap();
        for (number, carrier, city, arrived) in [
            ("70000000001", "COORDINADORA", "Cali", "2026-03-24T12:00:00Z"),
            ("70000000002", "TCC", "Cali", "2026-03-18T12:00:00Z"),
            ("70000000003", "TCC", "Pasto", "2026-03-20T12:00:00Z"),
            ("70000000004", "Mensajería Luna", "Cali", "2026-03-01T12:00:00Z"),
            ("70000000005", "TCC", "Cali", "2026-03-17T12:00:00Z"),
        ] {
            let seen = Observation {
                carrier: CarrierName::resolve(carrier),
                city: domain::City::resolve(city, None),
                last_movement_at: Some(arrived.parse().unwrap()),
                ..self.seen(number, "EN OFICINA")
            };
            self.observe(&[seen]).await;
        }
    }
}

#[tokio::test]
async fn those_at_offices_are_listed_by_the_days_that_are_left() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.with_some_at_offices().await;
        let all = OfficeFilter::default();
        let found = world.listed(&all).await;
        assert_eq!(found.names, "52314", "{engine:?} {:?}", found.left);
        // From Friday the 20th two business days lead over the holiday to Wednesday the 25th.
        let left = [found.left[0], found.left[1], found.left[2], found.left[4]];
        assert_eq!(left, [Some(-2), Some(-1), Some(1), None], "{engine:?}");
        let lights = (found.lights[&OfficeLight::Red], found.lights[&OfficeLight::Grey]);
        assert_eq!((found.overdue, lights), (2, (3, 1)), "{engine:?}");
        for (filter, expected) in [
            (OfficeFilter { overdue: true, ..all.clone() }, "52"),
            (OfficeFilter { carrier: Some("TCC".into()), ..all.clone() }, "523"),
            (OfficeFilter { city: Some("Pasto".into()), ..all.clone() }, "3"),
            (OfficeFilter { light: Some(OfficeLight::Grey), ..all.clone() }, "4"),
        ] {
            assert_eq!(world.listed(&filter).await.names, expected, "{engine:?} {filter:?}");
        }

        // What was granted moves it back, until it is taken back.
        let list = world.tracking.office_list(world.tenant, &all, None, 1).await.unwrap();
        let id = list.page.items[0].shipment.id;
        let stay = world.tracking.extend_office_stay(world.tenant, id, 9, None, person()).await.unwrap();
        let found = world.listed(&all).await;
        assert_eq!(found.names, "23514", "{engine:?} {:?}", found.left);
        assert_eq!(found.left[2], stay.days_left, "{engine:?}: as its own page says");
        let granted = stay.extensions[0].id;
        world.tracking.withdraw_office_extension(world.tenant, id, granted, person()).await.unwrap();
        assert_eq!(world.listed(&all).await.names, "52314", "{engine:?}");
        let other = domain::TenantId::from(uuid::Uuid::max());
        assert!(world.tracking.office_list(other, &all, None, 50).await.unwrap().page.items.is_empty());
    }
}
