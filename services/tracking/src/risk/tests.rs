use domain::time::SignedDuration;
use proptest::prelude::*;

use super::*;

fn now() -> Timestamp {
    "2026-03-02T14:30:00Z".parse().unwrap()
}

fn input(status: ShipmentStatus, still_hours: i64) -> RiskInput<'static> {
    RiskInput {
        status,
        return_in_process: false,
        novelty: None,
        last_movement_at: Some(now() - SignedDuration::from_hours(still_hours)),
        city_folded: "CALI",
        carrier_code: "envia",
    }
}

fn risk(input: &RiskInput<'_>) -> Risk {
    assess(RiskPolicy::builtin(), RiskFlags::builtin(), input, now())
}

fn reasons(risk: &Risk) -> String {
    encode_reasons(&risk.reasons)
}

#[test]
fn the_worked_examples() {
    use ShipmentStatus::{InOffice, InTransit};
    let novelty = Some("cliente ausente");
    for (status, hours, novelty, score, level, why) in [
        (
            InOffice,
            120,
            novelty,
            85,
            RiskLevel::High,
            "120h_no_movement:50,status_at_office:20,novedad_present:15",
        ),
        (
            InTransit,
            48,
            novelty,
            50,
            RiskLevel::Medium,
            "48h_no_movement:25,status_in_transit:10,novedad_present:15",
        ),
        (InTransit, 12, None, 10, RiskLevel::Low, "status_in_transit:10"),
        (
            InOffice,
            72,
            novelty,
            70,
            RiskLevel::High,
            "72h_no_movement:35,status_at_office:20,novedad_present:15",
        ),
    ] {
        let risk = risk(&RiskInput { novelty, ..input(status, hours) });
        assert_eq!((risk.score, risk.level, risk.terminal), (score, level, false), "{why}");
        assert_eq!(reasons(&risk), why);
    }
}

#[test]
fn a_flagged_city_gives_sixty_and_an_incident_seventy_five() {
    let flagged = RiskInput { city_folded: "QUIBDO", ..input(ShipmentStatus::InOffice, 96) };
    let without = risk(&flagged);
    assert_eq!((without.score, without.level), (60, RiskLevel::Medium));
    assert_eq!(reasons(&without), "72h_no_movement:35,status_at_office:20,risky_city:5");
    let with = risk(&RiskInput { novelty: Some("no contesta"), ..flagged });
    assert_eq!((with.score, with.level), (75, RiskLevel::High));
}

#[test]
fn level_edges() {
    let policy = RiskPolicy::builtin();
    for (score, level) in [
        (100, RiskLevel::High),
        (70, RiskLevel::High),
        (69, RiskLevel::Medium),
        (40, RiskLevel::Medium),
        (39, RiskLevel::Low),
        (0, RiskLevel::Low),
    ] {
        assert_eq!(policy.level(score), level, "{score}");
    }
    let own = RiskPolicy { high_from: 60, medium_from: 20, ..policy.clone() };
    let risk = assess(&own, RiskFlags::builtin(), &input(ShipmentStatus::InOffice, 120), now());
    assert_eq!((risk.score, risk.level), (70, RiskLevel::High));
    assert_eq!(
        (own.level(59), own.level(20), own.level(19)),
        (RiskLevel::Medium, RiskLevel::Medium, RiskLevel::Low)
    );
}

#[test]
fn every_status_has_its_points_and_reason() {
    for &status in ShipmentStatus::all() {
        let risk = risk(&input(status, 1));
        let (why, terminal) = match status {
            ShipmentStatus::Created | ShipmentStatus::Processing | ShipmentStatus::Shipped => {
                ("status_early:5", false)
            }
            ShipmentStatus::InTransit => ("status_in_transit:10", false),
            ShipmentStatus::OutForDelivery => ("status_out_for_delivery:10", false),
            ShipmentStatus::InOffice => ("status_at_office:20", false),
            ShipmentStatus::Issue => ("status_exception:25", false),
            ShipmentStatus::Returned => ("status_return:25", true),
            ShipmentStatus::Delivered => ("status_delivered:0", true),
            ShipmentStatus::Cancelled => ("", true),
        };
        assert_eq!((reasons(&risk).as_str(), risk.terminal), (why, terminal), "{status}");
    }
}

#[test]
fn time_points_begin_exactly_at_their_hour() {
    for (hours, before, from) in [
        (24, "", "24h_no_movement:10"),
        (48, "24h_no_movement:10", "48h_no_movement:25"),
        (72, "48h_no_movement:25", "72h_no_movement:35"),
        (120, "72h_no_movement:35", "120h_no_movement:50"),
    ] {
        let input = input(ShipmentStatus::Shipped, hours);
        let early = now() - SignedDuration::from_micros(1);
        let at = |moment| reasons(&assess(RiskPolicy::builtin(), RiskFlags::builtin(), &input, moment));
        let status = "status_early:5";
        assert_eq!(at(early), format!("{before},{status}").trim_start_matches(','));
        assert_eq!(at(now()), format!("{from},{status}"));
    }
}

#[test]
fn without_a_date_there_are_25_points_for_good() {
    let risk = risk(&RiskInput { last_movement_at: None, ..input(ShipmentStatus::InTransit, 0) });
    assert_eq!((risk.score, risk.level, risk.next_change_at), (35, RiskLevel::Low, None));
    assert_eq!(reasons(&risk), "48h_no_movement:25,status_in_transit:10");
    // As an earlier release stored it.
    assert_eq!(decode_reasons("no_movement_date:25,status_in_transit:10"), risk.reasons);
}

#[test]
fn the_next_change_is_the_next_threshold() {
    let next = |hours| risk(&input(ShipmentStatus::InTransit, hours)).next_change_at;
    let hours = SignedDuration::from_hours;
    assert_eq!(next(0), Some(now() + hours(24)));
    assert_eq!(next(24), Some(now() + hours(24)));
    assert_eq!(next(119), Some(now() + hours(1)));
    assert_eq!(next(120), None);
    // A date in the future, as a wrong clock writes it, is no movement to wait for yet.
    assert_eq!(next(-10), Some(now() + hours(34)));
    assert_eq!(risk(&input(ShipmentStatus::Delivered, 1)).next_change_at, None);
    assert_eq!(risk(&input(ShipmentStatus::Cancelled, 1)).next_change_at, None);
}

#[test]
fn both_forms_of_a_return_score_the_same_and_only_one_is_in_the_queue() {
    let finished = risk(&input(ShipmentStatus::Returned, 80));
    let under_way = risk(&RiskInput { return_in_process: true, ..input(ShipmentStatus::Returned, 80) });
    assert_eq!((finished.score, finished.terminal, finished.next_change_at), (60, true, None));
    let next_change_at = Some(now() + SignedDuration::from_hours(40));
    assert_eq!(under_way, Risk { terminal: false, next_change_at, ..finished });
}

#[test]
fn an_incident_text_needs_a_letter_or_digit() {
    for (novelty, points) in
        [(None, 0), (Some(""), 0), (Some("  "), 0), (Some("-"), 0), (Some(" ñ "), 15), (Some("7"), 15)]
    {
        assert_eq!(
            risk(&RiskInput { novelty, ..input(ShipmentStatus::Created, 0) }).score,
            5 + points,
            "{novelty:?}"
        );
    }
}

#[test]
fn flags_are_folded_and_carriers_go_by_code() {
    let flags = RiskFlags::new(["Quibdó", " "], ["Interrapidísimo", "envia", "Mi Moto", ""]);
    assert!(flags.risky_cities.contains("QUIBDO"));
    assert!(!flags.risky_cities.contains(""));
    assert_eq!(flags, RiskFlags::new(["QUIBDO"], ["interrapidisimo", "ENVÍA", "MI MOTO"]));
    for (carrier_code, score) in
        [("interrapidisimo", 10), ("envia", 10), ("MI MOTO", 10), ("tcc", 5), ("", 5)]
    {
        let input = RiskInput { carrier_code, city_folded: "", ..input(ShipmentStatus::Created, 0) };
        assert_eq!(assess(RiskPolicy::builtin(), &flags, &input, now()).score, score, "{carrier_code}");
    }
    let none = RiskFlags::none();
    assert!(none.risky_cities.is_empty() && none.risky_carriers.is_empty());
}

#[test]
fn the_built_in_flags_know_official_names() {
    let flags = RiskFlags::default();
    for (city, department) in [
        ("TUMACO", "NARIÑO"),
        ("SAN ANDRES DE TUMACO", "NARINO"),
        ("Buenaventura", "Valle del Cauca"),
        ("QUIBDO", "CHOCO"),
        ("Mitú", "Vaupés"),
        ("Leticia", "Amazonas"),
        ("Puerto Carreño", "Vichada"),
        ("San José del Guaviare", "Guaviare"),
        ("Mocoa", "Putumayo"),
    ] {
        for department in [None, Some(department)] {
            assert!(
                flags.risky_cities.contains(&City::resolve(city, department).folded()),
                "{city} {department:?}"
            );
        }
    }
    assert!(!flags.risky_cities.contains(&City::resolve("Bogotá", None).folded()));
    assert!(flags.risky_carriers.is_empty());
}

#[test]
fn every_code_and_level_has_one_spelling() {
    for &code in ReasonCode::all() {
        assert_eq!(code.as_str().parse(), Ok(code));
        assert_eq!(serde_json::to_string(&code).unwrap(), format!("\"{code}\""));
    }
    for &level in RiskLevel::all() {
        assert_eq!(level.as_str().parse(), Ok(level));
        assert_eq!(
            usize::from(level.queue_rank()),
            RiskLevel::all().iter().position(|&l| l == level).unwrap()
        );
    }
    assert!("high".parse::<RiskLevel>().is_err());
}

#[test]
fn stored_reasons_of_another_version_are_left_out() {
    let city = Reason { code: ReasonCode::RiskyCity, points: 5 };
    assert_eq!(decode_reasons("risky_city:5"), [city]);
    assert_eq!(decode_reasons("moon:5,risky_city:5,risky_carrier"), [city]);
    for text in ["", ",", "risky_city", "risky_city:", "risky_city:256", "risky_city:-1", ":5:5"] {
        assert_eq!(decode_reasons(text), [], "{text}");
    }
}

#[test]
fn a_policy_that_makes_no_sense_is_refused() {
    let good = RiskPolicy::default();
    assert_eq!(good.check(), Ok(()));
    let levels = |medium_from, high_from| RiskPolicy { high_from, medium_from, ..good.clone() }.check();
    assert_eq!(levels(70, 40), Err(RiskPolicyError::Levels { medium_from: 70, high_from: 40 }));
    assert!(levels(0, 40).is_err() && levels(40, 101).is_err() && levels(1, 1).is_ok());
    assert_eq!(RiskPolicy { city_points: 101, ..good.clone() }.check(), Err(RiskPolicyError::Points));
    let mut upside_down = good.clone();
    upside_down.still.reverse();
    assert_eq!(upside_down.check(), Err(RiskPolicyError::Still { hours: 48 }));
    let text = include_str!("../../data/risk.toml");
    let (policy, flags, names) = policy::parse(text).unwrap();
    assert_eq!((policy, flags), (good, RiskFlags::default()));
    assert!(names.cities.contains(&"Quibdó".to_owned()));
    assert_eq!(policy::parse(&text.replace("schema = 1", "schema = 2")), Err(RiskPolicyError::Schema(2)));
    let misspelled = policy::parse(&text.replace("early = 5", "earli = 5"));
    assert!(matches!(misspelled, Err(RiskPolicyError::Malformed(detail)) if detail.contains("earli")));
}

fn any_input() -> impl Strategy<Value = RiskInput<'static>> {
    let status = proptest::sample::select(ShipmentStatus::all());
    let moved = proptest::option::of(-30 * MICROS_PER_HOUR..200 * MICROS_PER_HOUR);
    let novelty = proptest::sample::select(vec![None, Some(""), Some("cliente ausente")]);
    let city = proptest::sample::select(vec!["CALI", "MOCOA"]);
    let carrier = proptest::sample::select(vec!["envia", "tcc"]);
    (status, any::<bool>(), novelty, moved, city, carrier).prop_map(
        |(status, return_in_process, novelty, moved, city_folded, carrier_code)| RiskInput {
            status,
            return_in_process,
            novelty,
            last_movement_at: moved.map(|still| from_micros(micros(now()) - still)),
            city_folded,
            carrier_code,
        },
    )
}

proptest! {
    #[test]
    fn the_score_is_the_sum_of_its_reasons(input in any_input(), novelty_points in 0u8..=100) {
        let policy = RiskPolicy { novelty_points, ..RiskPolicy::default() };
        let flags = RiskFlags::new(["Mocoa"], ["tcc"]);
        let risk = assess(&policy, &flags, &input, now());
        let sum: u32 = risk.reasons.iter().map(|reason| u32::from(reason.points)).sum();
        prop_assert_eq!(u32::from(risk.score), sum.min(100));
        prop_assert_eq!(risk.level, policy.level(risk.score));
        let shown = |reason: &Reason| reason.points > 0 || reason.code == ReasonCode::StatusDelivered;
        prop_assert!(risk.reasons.iter().all(shown));
        prop_assert_eq!(decode_reasons(&encode_reasons(&risk.reasons)), risk.reasons);
    }

    #[test]
    fn the_score_never_falls_while_nothing_happens(input in any_input(), wait in 0..200 * MICROS_PER_HOUR) {
        let later = from_micros(micros(now()) + wait);
        let at = |moment| assess(RiskPolicy::builtin(), RiskFlags::builtin(), &input, moment).score;
        prop_assert!(at(now()) <= at(later));
    }

    #[test]
    fn nothing_changes_before_the_next_change(input in any_input(), part in 0.0..1.0f64) {
        let at = |moment| assess(RiskPolicy::builtin(), RiskFlags::builtin(), &input, moment);
        let before = at(now());
        let Some(next) = before.next_change_at else {
            let much_later = at(from_micros(micros(now()) + 10_000 * MICROS_PER_HOUR));
            prop_assert!(before.terminal || much_later == before);
            return Ok(());
        };
        let wait = micros(next) - micros(now());
        prop_assert!(wait > 0 && !before.terminal);
        prop_assert_eq!(&at(from_micros(micros(next) - 1)), &before);
        prop_assert_eq!(&at(from_micros(micros(now()) + ((wait - 1) as f64 * part) as i64)), &before);
        prop_assert!(at(next).score > before.score);
    }

    #[test]
    fn no_moment_makes_it_panic(moved in any::<i64>(), present in any::<i64>(), hours in any::<u32>()) {
        let mut policy = RiskPolicy::default();
        policy.still[0].hours = hours;
        let input = RiskInput { last_movement_at: Some(from_micros(moved)), ..input(ShipmentStatus::Issue, 0) };
        let risk = assess(&policy, RiskFlags::builtin(), &input, from_micros(present));
        prop_assert!(risk.score <= MAX_SCORE);
    }

    #[test]
    fn reading_stored_reasons_never_panics(text in any::<String>(), close in "[a-z0-9_:,]{0,30}") {
        let _ = decode_reasons(&text);
        let _ = decode_reasons(&close);
    }
}
