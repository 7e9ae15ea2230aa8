//! The counts of routes are what counting all shipments gives.

use std::collections::BTreeMap;

use database::{Audience, Engine, Scope, Statement, SystemReason, bind};
use domain::{CarrierName, City, ExceptionReason, Money, ShipmentStatus, SignedDuration};
use testkit::ENGINES;
use tracking::{Filter, Month, Observation, RouteCounts, StatusMapping};

use crate::world::World;

const STATUSES: [&str; 5] = ["EN TRANSITO", "ENTREGADO", "DEVUELTO", "DISPONIBLE EN PUNTO", "NADIE SABE"];
const CITIES: [&str; 4] = ["Cali", "QUIBDO", "Bogotá D.C.", "Vereda Sin Nombre"];
const CARRIERS: [&str; 3] = ["TCC", "COORDINADORA", "Nadie"];

const EMPTY: Statement = Statement::new("empty", Audience::System, "delete from route_counts");

/// What a new release finds and counts once.
fn backfill(engine: Engine) -> Statement {
    let text = match engine {
        Engine::Sqlite => {
            include_str!("../../../../data/database/migrations/sqlite/0018_tracking_route_counts.sql")
        }
        Engine::Postgres => {
            include_str!("../../../../data/database/migrations/postgres/0018_tracking_route_counts.sql")
        }
    };
    let begin = text.find("insert into route_counts").unwrap();
    Statement::new("backfill", Audience::System, text[begin..].trim_end().trim_end_matches(';'))
}

/// Numbers that look random and are the same in every run.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 40) as usize
}

fn seen(world: &World, state: &mut u64) -> Observation {
    let number = next(state) % 60;
    let mut seen = world.seen(&format!("4{number:010}"), STATUSES[next(state) % STATUSES.len()]);
    seen.city = City::resolve(CITIES[next(state) % CITIES.len()], None);
    seen.carrier = CarrierName::resolve(CARRIERS[number % CARRIERS.len()]);
    seen.collect = Some(Money::cop(next(state) as i64 % 100_000));
    seen.freight = Some(Money::cop(12_000));
    seen.return_cost = Some(Money::cop(9_000)).filter(|_| !next(state).is_multiple_of(3));
    let made = world.now() - SignedDuration::from_hours(next(state) as i64 % 1_500);
    seen.guide_created_at = Some(made).filter(|_| !next(state).is_multiple_of(4));
    seen
}

type Sums = BTreeMap<(String, String), [i64; 6]>;

fn sums(counts: &RouteCounts) -> [i64; 6] {
    let RouteCounts { shipments, delivered, returned, collected, freight, return_cost, .. } = *counts;
    [shipments, delivered, returned, collected, freight, return_cost]
}

impl World {
    async fn counted(&self) -> (Sums, Vec<Option<f64>>) {
        let (from, to): (Month, Month) = ("2020-01".parse().unwrap(), "2030-12".parse().unwrap());
        let routes = self.tracking.routes(self.tenant, from, to).await.unwrap();
        let days = routes.iter().map(|route| route.days).collect();
        let sums = |route: tracking::Route| ((route.city_key, route.carrier_code), sums(&route.counts));
        (routes.into_iter().map(sums).collect(), days)
    }

    async fn map_the_unknown(&self) {
        let mapping = StatusMapping {
            carrier_code: None,
            phrase: "nadie sabe".to_owned(),
            status: ShipmentStatus::Delivered,
            reason: ExceptionReason::None,
            return_in_process: false,
        };
        self.tracking.map_statuses(self.tenant, &[mapping]).await.unwrap();
        while self.tracking.tick_reread().await.unwrap() {}
    }

    async fn by_hand(&self) -> Sums {
        let all = self.tracking.list(self.tenant, &Filter::default(), None, 200).await.unwrap().items;
        let mut sums = Sums::new();
        for shipment in &all {
            let delivered = i64::from(shipment.reading.status == ShipmentStatus::Delivered);
            let returned = i64::from(shipment.reading.status == ShipmentStatus::Returned);
            let minor = |money: Option<Money>| money.map_or(0, |money| money.amount);
            let parts = [
                1,
                delivered,
                returned,
                minor(shipment.collect) * delivered,
                minor(shipment.freight) * (delivered + returned),
                minor(shipment.return_cost) * returned,
            ];
            let route = sums.entry((shipment.city.key.clone(), shipment.carrier_code.clone())).or_default();
            for (sum, part) in route.iter_mut().zip(parts) {
                *sum += part;
            }
        }
        sums
    }
}

#[tokio::test]
async fn routes_add_up_whatever_happens_and_when_they_are_counted_anew() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let mut state = 7;
        for round in 0..12 {
            let batch: Vec<Observation> = (0..25).map(|_| seen(&world, &mut state)).collect();
            world.observe(&batch).await;
            world.clock.advance(SignedDuration::from_hours(40));
            if round == 6 {
                world.map_the_unknown().await;
            }
            assert_eq!(world.counted().await.0, world.by_hand().await, "{engine:?} round {round}");
        }
        let before = world.counted().await;
        assert!(before.1.iter().any(Option::is_some), "{engine:?}: some took a known time");
        let mut tx = world.test.db.write(Scope::System(SystemReason::Administration)).await.unwrap();
        tx.execute(&EMPTY, bind![]).await.unwrap();
        tx.execute(&backfill(engine), bind![]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.counted().await, before, "{engine:?}: counted anew");
    }
}

/// The migration as its owner runs it, in a transaction of a role that may take the owner's.
async fn count_where_nothing_is_counted(world: &World) {
    let text =
        include_str!("../../../../data/database/migrations/postgres/0030_tracking_route_counts_fill.sql");
    let mut tx = world.test.db.write(Scope::System(SystemReason::Administration)).await.unwrap();
    let steps = text.split(';').map(str::trim).filter(|step| !step.is_empty());
    for step in ["set local role litper_owner"].into_iter().chain(steps) {
        tx.execute(&Statement::new("fill", Audience::System, step), bind![]).await.unwrap();
    }
    tx.execute(&AS_BEFORE, bind![]).await.unwrap();
    tx.commit().await.unwrap();
}

const AS_BEFORE: Statement = Statement::new("as before", Audience::System, "set local role litper_system");

/// Where the owner of the tables sees no rows, the first count found none.
#[tokio::test]
async fn what_the_owner_did_not_see_is_counted_once() {
    let world = World::on(Engine::Postgres).await;
    let mut state = 11;
    let batch: Vec<Observation> = (0..25).map(|_| seen(&world, &mut state)).collect();
    world.observe(&batch).await;
    let before = world.counted().await;
    let mut tx = world.test.db.write(Scope::System(SystemReason::Administration)).await.unwrap();
    assert!(tx.execute(&EMPTY, bind![]).await.unwrap() > 0);
    tx.commit().await.unwrap();
    assert!(world.counted().await.0.is_empty());
    for _ in 0..2 {
        count_where_nothing_is_counted(&world).await;
        assert_eq!(world.counted().await, before, "counted, and not twice");
    }
}

#[tokio::test]
async fn a_route_is_of_the_months_of_its_guias() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let mut march = world.seen("50000000001", "ENTREGADO");
        // Still February in Bogotá.
        march.guide_created_at = Some("2026-03-01T04:59:59Z".parse().unwrap());
        world.observe(&[march]).await;
        let routes = async |from: &str, to: &str| {
            let months = (from.parse().unwrap(), to.parse().unwrap());
            world.tracking.routes(world.tenant, months.0, months.1).await.unwrap().len()
        };
        assert_eq!(routes("2026-02", "2026-02").await, 1, "{engine:?}");
        assert_eq!(routes("2026-03", "2026-12").await, 0, "{engine:?}");
    }
}
