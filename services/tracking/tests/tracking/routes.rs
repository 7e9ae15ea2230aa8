//! The counts of routes are what counting all shipments gives.

use std::collections::BTreeMap;

use database::{Audience, Engine, Scope, Statement, SystemReason, bind};
use domain::{CarrierName, City, Country, ExceptionReason, Money, ShipmentStatus, SignedDuration, UserId};
use testkit::ENGINES;
use tracking::{
    BestCarrierQuestion, ChangeRoutePolicyError, ChangedBy, Filter, Missing, Month, NewPause, Observation,
    PauseError, ResumeError, RouteCounts, RouteFilter, RouteLight, RoutePolicy, SimulationQuestion,
    StatusMapping,
};

use crate::world::World;

const STATUSES: [&str; 5] = ["EN TRANSITO", "ENTREGADO", "DEVUELTO", "DISPONIBLE EN PUNTO", "NADIE SABE"];
const CITIES: [&str; 4] = ["Cali", "QUIBDO", "Bogotá D.C.", "Vereda Sin Nombre"];
const CARRIERS: [&str; 3] = ["TCC", "COORDINADORA", "Nadie"];

const EMPTY: Statement = Statement::new("empty", Audience::System, "delete from route_counts");

/// What a new release finds and counts once.
fn backfill(engine: Engine) -> Statement {
    let text = match engine {
        Engine::Sqlite => {
            include_str!("../../../../data/database/migrations/sqlite/0038_tracking_route_costs.sql")
        }
        Engine::Postgres => {
            include_str!("../../../../data/database/migrations/postgres/0038_tracking_route_costs.sql")
        }
    };
    let begin = text.find("insert into route_counts").unwrap();
    let end = begin + text[begin..].find(';').unwrap();
    Statement::new("backfill", Audience::System, &text[begin..end])
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
    seen.freight = Some(Money::cop(12_000)).filter(|_| !next(state).is_multiple_of(5));
    seen.return_cost = Some(Money::cop(9_000)).filter(|_| !next(state).is_multiple_of(3));
    let made = world.now() - SignedDuration::from_hours(next(state) as i64 % 1_500);
    seen.guide_created_at = Some(made).filter(|_| !next(state).is_multiple_of(4));
    seen
}

type Sums = BTreeMap<(String, String), [i64; 10]>;

fn sums(counts: &RouteCounts) -> [i64; 10] {
    let RouteCounts { shipments, delivered, returned, collected, freight, return_cost, .. } = *counts;
    let RouteCounts { collect_known, freight_known, return_cost_known, returned_freight, .. } = *counts;
    [
        shipments,
        delivered,
        returned,
        collected,
        freight,
        return_cost,
        collect_known,
        freight_known,
        return_cost_known,
        returned_freight,
    ]
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
            let known = |money: Option<Money>| i64::from(money.is_some());
            let parts = [
                1,
                delivered,
                returned,
                minor(shipment.collect) * delivered,
                minor(shipment.freight) * (delivered + returned),
                minor(shipment.return_cost) * returned,
                known(shipment.collect) * delivered,
                known(shipment.freight) * (delivered + returned),
                known(shipment.return_cost) * returned,
                minor(shipment.freight) * returned,
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

/// What the migration counts as the owner of the tables runs it, in a transaction of a role that may take the owner's.
async fn count_anew(world: &World) {
    let text = include_str!("../../../../data/database/migrations/postgres/0038_tracking_route_costs.sql");
    let mut tx = world.test.db.write(Scope::System(SystemReason::Administration)).await.unwrap();
    let steps =
        text.split(';').map(str::trim).filter(|step| !step.is_empty() && !step.contains("alter table"));
    for step in ["set local role litper_owner"].into_iter().chain(steps) {
        tx.execute(&Statement::new("fill", Audience::System, step), bind![]).await.unwrap();
    }
    tx.execute(&AS_BEFORE, bind![]).await.unwrap();
    tx.commit().await.unwrap();
}

const AS_BEFORE: Statement = Statement::new("as before", Audience::System, "set local role litper_system");

/// The owner of the tables sees no rows: the migration counts as somebody who does.
#[tokio::test]
async fn a_new_release_counts_what_is_there_and_not_twice() {
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
        count_anew(&world).await;
        assert_eq!(world.counted().await, before, "counted, and not twice");
    }
}

/// Takes in a batch as an import does: whoever comes too late begins again.
async fn import(world: &World, batch: &[Observation]) {
    loop {
        let mut tx = world.test.db.write(Scope::Tenant(world.tenant)).await.unwrap();
        match world.tracking.observe(&mut tx, world.tenant, batch).await {
            Ok(_) => return tx.commit().await.unwrap(),
            Err(error) if error.is_duplicate() || error.is_transient() => tx.rollback().await.unwrap(),
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn routes_add_up_when_imports_run_at_once() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let work = async |seed: u64| {
            let mut state = seed;
            for _ in 0..8 {
                let batch: Vec<Observation> = (0..20).map(|_| seen(&world, &mut state)).collect();
                import(&world, &batch).await;
            }
        };
        tokio::join!(work(1), work(2), work(3), work(4));
        let counted = world.counted().await.0;
        assert_eq!(counted, world.by_hand().await, "{engine:?}");
        assert_eq!(counted.values().map(|sums| sums[0]).sum::<i64>(), 60, "{engine:?}: all of them");
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

fn months() -> (Month, Month) {
    ("2020-01".parse().unwrap(), "2030-12".parse().unwrap())
}

#[tokio::test]
async fn pages_cover_the_routes_once_and_filters_take_names() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let mut state = 3;
        let batch: Vec<Observation> = (0..200).map(|_| seen(&world, &mut state)).collect();
        world.observe(&batch).await;
        let filter = RouteFilter::of_months(months().0, months().1);
        let all = world.tracking.routes(world.tenant, filter.from, filter.to).await.unwrap();
        assert!(all.len() > 7, "{engine:?}");
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let page = world.tracking.route_page(world.tenant, &filter, after, 3).await.unwrap();
            assert!(page.items.len() <= 3);
            pages.extend(page.items);
            let Some(next) = page.next else { break };
            after = Some(next.to_string().parse().unwrap());
        }
        assert_eq!(pages, all, "{engine:?}");
        let only =
            RouteFilter { city: Some("Quibdó".into()), carrier: Some("Tcc".into()), ..filter.clone() };
        let found = world.tracking.route_page(world.tenant, &only, None, 50).await.unwrap().items;
        assert_eq!(found.len(), 1, "{engine:?}");
        assert_eq!((found[0].city_key.as_str(), found[0].carrier_code.as_str()), ("27001", "tcc"));
        let grey = RouteFilter { light: Some(RouteLight::Grey), ..filter };
        let grey = world.tracking.route_page(world.tenant, &grey, None, 200).await.unwrap().items;
        assert_eq!(grey.len(), all.iter().filter(|route| route.light == RouteLight::Grey).count());
        assert!(grey.iter().all(|route| route.counts.ended() < 10), "{engine:?}: too few to tell");
    }
}

#[tokio::test]
async fn an_organisation_judges_by_its_own_numbers_and_each_change_is_told() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let (tenant, by) = (world.tenant, ChangedBy::User(UserId::from(uuid::Uuid::from_u128(7))));
        let batch: Vec<Observation> =
            (0..6).map(|number| world.seen(&format!("5{number:010}"), "ENTREGADO")).collect();
        world.observe(&batch).await;
        let light = async || world.tracking.routes(tenant, months().0, months().1).await.unwrap()[0].light;
        assert_eq!(light().await, RouteLight::Grey, "{engine:?}");

        let built = world.tracking.route_policy(tenant).await.unwrap();
        assert_eq!((built.policy, built.version), (RoutePolicy::builtin(), 0));
        assert_eq!(world.tracking.route_policy_changes(tenant).await.unwrap(), []);
        let own = RoutePolicy { grey_below: 5, ..built.policy };
        let change = |version, policy| world.tracking.change_route_policy(tenant, version, policy, by);
        assert_eq!(change(0, own).await.unwrap().version, 1);
        assert_eq!(light().await, RouteLight::Green, "{engine:?}");
        let late = change(0, own).await;
        assert!(matches!(late, Err(ChangeRoutePolicyError::Changed(1))), "{late:?}");
        let bad = change(1, RoutePolicy { amber_from: 90.0, ..own }).await;
        assert!(matches!(bad, Err(ChangeRoutePolicyError::Invalid(_))), "{bad:?}");
        let second = RoutePolicy { green_from: 90.0, ..own };
        assert_eq!(change(1, second).await.unwrap().policy, second);
        let told = world.tracking.route_policy_changes(tenant).await.unwrap();
        let told: Vec<_> =
            told.iter().map(|(version, _, change)| (*version, change.from, change.to)).collect();
        assert_eq!(told, [(1, built.policy, own), (2, own, second)], "{engine:?}");
    }
}

fn pause_of(city: &str, carrier: Option<&str>) -> NewPause {
    let reason = "muchas devoluciones".to_owned();
    NewPause { city: city.to_owned(), carrier: carrier.map(str::to_owned), reason }
}

#[tokio::test]
async fn what_cannot_be_paused_is_refused() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let by = ChangedBy::User(UserId::from(uuid::Uuid::from_u128(7)));
        let refused = async |city, carrier, reason: &str| {
            let bad = NewPause { reason: reason.into(), ..pause_of(city, carrier) };
            world.tracking.pause_route(world.tenant, &bad, by).await.unwrap_err()
        };
        assert!(matches!(refused("Narnia", None, "x").await, PauseError::City), "{engine:?}");
        assert!(matches!(refused("Cali", Some("nobody"), "x").await, PauseError::Carrier), "{engine:?}");
        assert!(matches!(refused("Cali", None, " ").await, PauseError::Reason), "{engine:?}");
        assert!(matches!(refused("Cali", None, "3001112233").await, PauseError::Reason), "{engine:?}");
    }
}

#[tokio::test]
async fn a_pause_holds_until_it_is_ended_and_is_kept() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let (tenant, tracking) = (world.tenant, &world.tracking);
        let person = ChangedBy::User(UserId::from(uuid::Uuid::from_u128(7)));
        let program = ChangedBy::ApiKey(domain::ApiKeyId::from(uuid::Uuid::from_u128(8)));
        let mut seen = world.seen("60000000001", "ENTREGADO");
        seen.city = City::resolve("Vereda Sin Nombre", None);
        world.observe(&[world.seen("60000000002", "ENTREGADO"), seen]).await;
        let paused = async || {
            let routes = tracking.routes(tenant, months().0, months().1).await.unwrap();
            routes
                .iter()
                .filter(|route| route.paused)
                .map(|route| route.city_name.clone())
                .collect::<Vec<_>>()
        };
        let one =
            tracking.pause_route(tenant, &pause_of("cali", Some("Coordinadora")), person).await.unwrap();
        assert_eq!((one.city_key.as_str(), one.carrier_code.as_deref()), ("76001", Some("coordinadora")));
        let again = tracking.pause_route(tenant, &pause_of("Cali", Some("coordinadora")), program).await;
        assert!(matches!(again, Err(PauseError::AlreadyPaused)), "{engine:?} {again:?}");
        assert_eq!(paused().await, ["Cali"], "{engine:?}");
        world.clock.advance(SignedDuration::from_mins(1));
        let city = tracking.pause_route(tenant, &pause_of("vereda sin nombre", None), program).await.unwrap();
        assert_eq!(paused().await.len(), 2, "{engine:?}: a city of no list, where something was sent");
        world.clock.advance(SignedDuration::from_mins(1));
        let ended = tracking.resume_route(tenant, one.id, Some("mejoró"), program).await.unwrap();
        assert_eq!((ended.resumed_at, ended.resume_reason.as_deref()), (Some(world.now()), Some("mejoró")));
        assert!(ended.paused_by.user.is_some() && ended.resumed_by.api_key.is_some());
        let twice = tracking.resume_route(tenant, one.id, None, person).await;
        assert!(matches!(twice, Err(ResumeError::AlreadyResumed)), "{engine:?} {twice:?}");
        let nothing =
            tracking.resume_route(tenant, domain::RoutePauseId::from(uuid::Uuid::nil()), None, person).await;
        assert!(matches!(nothing, Err(ResumeError::NotFound)), "{engine:?} {nothing:?}");
        assert_eq!(paused().await, ["Vereda Sin Nombre"], "{engine:?}");
        assert!(tracking.pause_route(tenant, &pause_of("Cali", Some("coordinadora")), person).await.is_ok());

        let active = tracking.route_pauses(tenant, true, None, 50).await.unwrap().items;
        assert_eq!(active.len(), 2, "{engine:?}");
        let first = tracking.route_pauses(tenant, false, None, 2).await.unwrap();
        let rest = tracking.route_pauses(tenant, false, first.next, 2).await.unwrap();
        let all: Vec<_> = first.items.iter().chain(&rest.items).map(|pause| pause.id).collect();
        assert_eq!(
            (all.len(), all[1], all[2]),
            (3, city.id, one.id),
            "{engine:?}: the history, newest first"
        );
        let mut tx = world.test.db.read(Scope::Tenant(tenant)).await.unwrap();
        let told = event_log::of_entity(&mut tx, one.id.as_uuid()).await.unwrap();
        let kinds: Vec<&str> = told.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["route.paused", "route.resumed"], "{engine:?}");
        assert!(told.iter().all(|event| !event.payload_json().contains("devoluciones")), "{engine:?}");
    }
}

/// Thirty shipments that ended, of which so many went back.
fn with_money(world: &World, digit: &str, carrier: &str, returned: usize) -> Vec<Observation> {
    let one = |number| {
        let back = number < returned;
        let status = if back { "DEVUELTO" } else { "ENTREGADO" };
        let mut seen = world.seen(&format!("{digit}{number:010}"), status);
        seen.carrier = CarrierName::resolve(carrier);
        seen.collect = Some(Money::cop(80_000));
        seen.freight = Some(Money::cop(12_500));
        seen.return_cost = Some(Money::cop(9_000)).filter(|_| back);
        seen
    };
    (0..30).map(one).collect()
}

#[tokio::test]
async fn the_best_carrier_is_compared_from_what_was_observed() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let mut batch = with_money(&world, "7", "TCC", 12);
        batch.extend(with_money(&world, "8", "COORDINADORA", 2));
        world.observe(&batch).await;
        let question = BestCarrierQuestion {
            city: "Cali".into(),
            from: months().0,
            to: months().1,
            country: Country::Co,
            order_value: None,
            product_cost: None,
        };
        let answer = world.tracking.best_carrier(world.tenant, &question).await.unwrap();
        assert_eq!((answer.city_key.as_str(), answer.city_name.as_deref()), ("76001", Some("Cali")));
        assert_eq!(answer.order_value, Some((80_000, Some(46))), "{engine:?}");
        assert_eq!(answer.best.as_deref(), Some("coordinadora"), "{engine:?}");
        assert_eq!(answer.missing, [Missing::ProductCost], "{engine:?}");
        let given = SimulationQuestion {
            city: None,
            from_carrier: Some("TCC".into()),
            to_carrier: "coordinadora".into(),
            from: months().0,
            to: months().1,
        };
        let with = world.tracking.simulate_assignment(world.tenant, &given).await.unwrap();
        assert_eq!((with.ended, with.delivered), (30, 18), "{engine:?}");
        assert!(with.simulated.unwrap().delivered > 23.0, "{engine:?} {with:?}");
        let losses = world.tracking.route_losses(world.tenant, months().0, months().1, 10).await.unwrap();
        assert_eq!((losses.total, losses.items[0].loss), (14 * 21_500, 12 * 21_500), "{engine:?}");
        let matrix = world.tracking.route_matrix(world.tenant, months().0, months().1, 10).await.unwrap();
        assert_eq!(matrix.items.len(), 2, "{engine:?}");
        let grid = world.tracking.route_grid(world.tenant, months().0, months().1, 10).await.unwrap();
        assert_eq!((grid.cities.len(), grid.carriers.len()), (1, 2), "{engine:?}");
    }
}
