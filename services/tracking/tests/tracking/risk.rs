//! The stored risk is what the formula says now.

use std::collections::BTreeMap;

use database::Engine;
use domain::{Clock, ImportId, Money, Phone, SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use testkit::ENGINES;
use tracking::risk::{Risk, RiskInput, RiskLevel, assess};
use tracking::{ChangeRiskSettingsError, Filter, InvalidRiskSetting, RiskSettings, Shipment};

use crate::world::World;

const STATUSES: [&str; 8] = [
    "EN TRANSITO",
    "ENTREGADO",
    "DISPONIBLE EN PUNTO",
    "EN REPARTO",
    "EN PROCESO DE DEVOLUCION",
    "DEVUELTO",
    "NADIE SABE",
    "DESPACHADA",
];
const CITIES: [&str; 4] = ["Cali", "QUIBDO", "Bogotá D.C.", "Vereda Sin Nombre"];

/// Something that happens.
#[derive(Debug, Clone)]
enum Step {
    /// A report says how a shipment stands and how many hours ago it moved, if it knows.
    Report { shipment: u8, status: usize, city: usize, moved: Option<u16>, novelty: bool },
    /// Minutes pass.
    Pass(u16),
    /// The loop works until nothing is due.
    Tick,
    /// The organisation changes its mind.
    Rules { high_from: u8, cities: Vec<usize> },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let report = (0..6_u8, 0..STATUSES.len(), 0..CITIES.len(), prop::option::of(0..200_u16), any::<bool>())
        .prop_map(|(shipment, status, city, moved, novelty)| Step::Report {
            shipment,
            status,
            city,
            moved,
            novelty,
        });
    let rules = (2..100_u8, prop::collection::vec(0..CITIES.len(), 0..3))
        .prop_map(|(high_from, cities)| Step::Rules { high_from, cities });
    let step = prop_oneof![
        5 => report,
        3 => (1..4_000_u16).prop_map(Step::Pass),
        2 => Just(Step::Tick),
        1 => rules,
    ];
    prop::collection::vec(step, 1..25)
}

#[test]
fn the_stored_risk_is_what_the_formula_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for engine in ENGINES {
        let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
        let outcome = TestRunner::new(config).run(&steps(), |steps| {
            runtime.block_on(follow(engine, &steps));
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{engine:?}: {failure}"));
    }
}

async fn follow(engine: Engine, steps: &[Step]) {
    let world = World::on(engine).await;
    for step in steps {
        match step {
            Step::Report { shipment, status, city, moved, novelty } => {
                let mut seen = world.seen(&format!("1000000000{shipment}"), STATUSES[*status]);
                seen.city = domain::City::resolve(CITIES[*city], None);
                seen.last_movement_at =
                    moved.map(|hours| world.clock.now() - SignedDuration::from_hours(hours.into()));
                seen.novelty = novelty.then(|| "Dirección errada".to_owned());
                world.observe(&[seen]).await;
            }
            Step::Pass(minutes) => world.clock.advance(SignedDuration::from_mins((*minutes).into())),
            Step::Tick => settle(&world).await,
            Step::Rules { high_from, cities } => {
                let settings = RiskSettings {
                    high_from: i64::from(*high_from),
                    medium_from: i64::from(*high_from / 2),
                    cities: cities.iter().map(|city| CITIES[*city].to_lowercase()).collect(),
                    ..RiskSettings::builtin()
                };
                world.tracking.change_risk_settings(world.tenant, &settings).await.unwrap();
            }
        }
    }
    settle(&world).await;
    compare(&world).await;
}

async fn settle(world: &World) {
    while world.tracking.tick_risk().await.unwrap() > 0 {}
}

fn on_demand(settings: &RiskSettings, shipment: &Shipment, now: Timestamp) -> Risk {
    let city = domain::text::fold(&shipment.city.name);
    let input = RiskInput {
        status: shipment.reading.status,
        return_in_process: shipment.reading.return_in_process,
        novelty: shipment.novelty.as_deref(),
        last_movement_at: shipment.last_movement_at,
        city_folded: &city,
        carrier_code: &shipment.carrier_code,
    };
    assess(&settings.policy(), &settings.flags(), &input, now)
}

/// Every open shipment's stored risk, and the counts, are what a calculation from scratch says.
async fn compare(world: &World) {
    let now = world.clock.now();
    let (settings, _) = world.tracking.risk_settings(world.tenant).await.unwrap();
    let all = world.tracking.list(world.tenant, &Filter::default(), None, 200).await.unwrap().items;
    let mut counts = BTreeMap::<Option<RiskLevel>, u64>::new();
    for shipment in all {
        let level = (!shipment.risk.terminal).then_some(shipment.risk.level);
        *counts.entry(level).or_default() += 1;
        if !shipment.risk.terminal {
            assert_eq!(shipment.risk, on_demand(&settings, &shipment, now), "{shipment:?}");
        }
    }
    let summary = world.tracking.summary(world.tenant).await.unwrap();
    let count = |level| counts.get(&level).copied().unwrap_or_default();
    assert_eq!(
        (summary.high, summary.medium, summary.low, summary.terminal),
        (
            count(Some(RiskLevel::High)),
            count(Some(RiskLevel::Medium)),
            count(Some(RiskLevel::Low)),
            count(None)
        )
    );
}

#[tokio::test]
async fn new_rules_reach_every_open_shipment_in_steps() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let many: Vec<_> = (0..1_200)
            .map(|number| {
                let status = if number % 3 == 0 { "ENTREGADO" } else { "EN TRANSITO" };
                world.seen(&format!("2{number:010}"), status)
            })
            .collect();
        for batch in many.chunks(400) {
            world.observe(batch).await;
        }
        let (before, changed_at) = world.tracking.risk_settings(world.tenant).await.unwrap();
        assert_eq!((before.high_from, changed_at), (70, None));
        let settings = RiskSettings {
            high_from: 12,
            medium_from: 3,
            cities: vec!["santiago de CALI".into()],
            carriers: vec!["coordinadora".into()],
        };
        world.tracking.change_risk_settings(world.tenant, &settings).await.unwrap();
        let first = world.tracking.tick_risk().await.unwrap();
        assert!((1..=500).contains(&first), "{engine:?}: a step is bounded: {first}");
        settle(&world).await;
        let summary = world.tracking.summary(world.tenant).await.unwrap();
        assert_eq!((summary.high, summary.terminal), (800, 400), "{engine:?}");
        let queue = Filter { open_only: true, ..Filter::default() };
        let page = world.tracking.list(world.tenant, &queue, None, 200).await.unwrap();
        assert!(page.items.iter().all(|shipment| shipment.risk.score == 20), "{engine:?}: 10 + 5 + 5");
        // Where writers overlap, a second walk catches what the first could not see.
        world.clock.advance(SignedDuration::from_mins(2));
        settle(&world).await;
        assert_eq!(world.tracking.tick_risk().await.unwrap(), 0, "{engine:?}: it ends");
        let (after, changed_at) = world.tracking.risk_settings(world.tenant).await.unwrap();
        assert_eq!((&after, changed_at.is_some()), (&settings, true), "{engine:?}");
    }
}

#[tokio::test]
async fn rules_that_cannot_be_used_change_nothing() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let bad = RiskSettings { medium_from: 90, ..RiskSettings::builtin() };
        let refused = world.tracking.change_risk_settings(world.tenant, &bad).await;
        let Err(ChangeRiskSettingsError::Invalid(invalid)) = refused else { panic!("{engine:?}") };
        assert_eq!(invalid, [InvalidRiskSetting::MediumFrom]);
        let (settings, _) = world.tracking.risk_settings(world.tenant).await.unwrap();
        assert_eq!(settings, RiskSettings::builtin(), "{engine:?}");
    }
}

#[tokio::test]
async fn time_moves_a_shipment_up_and_a_finished_one_stays() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world
            .observe(&[world.seen("10000000001", "EN TRANSITO"), world.seen("10000000002", "DEVUELTO")])
            .await;
        let score = async |number: &str| {
            let found = world.tracking.list(world.tenant, &Filter::default(), None, 10).await.unwrap().items;
            let found = found.into_iter().find(|shipment| shipment.tracking_number.as_str() == number);
            found.unwrap().risk.score
        };
        let finished = score("10000000002").await;
        for (hours, expected) in [(23, 10), (24, 20), (48, 35), (71, 35), (120, 60)] {
            world.clock.set(
                "2026-03-10T13:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours),
            );
            settle(&world).await;
            assert_eq!(score("10000000001").await, expected, "{engine:?}: after {hours} hours");
            assert_eq!(score("10000000002").await, finished, "{engine:?}: after {hours} hours");
        }
    }
}

/// A report that knows everything and one that knows nothing are both kept as they are.
#[tokio::test]
async fn what_a_report_does_not_know_stays_unknown() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let mut full = world.seen("10000000001", "EN TRANSITO");
        let money = |amount| Some(Money { amount, currency: domain::Currency::Cop });
        full.novelty = Some("Dirección errada".into());
        full.last_movement_text = Some("En bodega".into());
        full.guide_created_at = Some(world.clock.now());
        full.recipient_name = Some("Ana Prueba".into());
        full.phone = Phone::parse("3001112233", domain::Country::Co).ok();
        full.address = Some("Calle 1 # 2-3".into());
        (full.collect, full.freight, full.return_cost) = (money(85_000), money(12_000), money(9_000));
        full.import_id = Some(ImportId::from(testkit::ids(9).next()));
        full.order_id = Some(testkit::ids(10).next().into());
        let mut empty = world.seen("10000000002", "EN TRANSITO");
        empty.city = domain::City::resolve("", None);
        empty.last_movement_at = None;
        world.observe(&[full, empty]).await;
        let all = world.tracking.list(world.tenant, &Filter::default(), None, 10).await.unwrap().items;
        let [full, empty] = ["10000000001", "10000000002"]
            .map(|number| all.iter().find(|shipment| shipment.tracking_number.as_str() == number).unwrap());
        assert_eq!(full.return_cost.map(|money| money.amount), Some(9_000), "{engine:?}");
        assert!(full.order_id.is_some() && full.import_id.is_some(), "{engine:?}");
        assert_eq!((empty.collect, empty.freight, empty.return_cost), (None, None, None), "{engine:?}");
        assert!(empty.last_movement_at.is_none() && empty.novelty.is_none(), "{engine:?}");
        assert!(empty.import_id.is_none() && empty.order_id.is_none(), "{engine:?}");
        compare(&world).await;
    }
}
