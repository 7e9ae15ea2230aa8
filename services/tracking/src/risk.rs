//! How urgent a shipment is, from 0 to 100, and why.
//!
//! The points lie in `data/risk.toml`. A stored score stays right until [`Risk::next_change_at`]: the passing
//! of time changes it only when a threshold of stillness is reached.
//!
//! Delivered and cancelled shipments score 0. A return scores as the formula says in both its forms, but a
//! finished one is terminal: it is left out of the queue and keeps the score of its last assessment, because
//! waiting no longer makes it more urgent. By this definition the score of a finished shipment is frozen, and
//! neither time nor new rules change it; only a new observation does.

mod policy;
mod reason;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use domain::carrier::Carrier;
use domain::city::City;
use domain::status::ShipmentStatus;
use domain::text::fold;
use domain::time::{Timestamp, from_micros, micros};

pub use policy::{RiskPolicy, RiskPolicyError, StatusPoints, StillThreshold};
pub use reason::{Reason, ReasonCode, RiskLevel, UnknownRiskName, decode_reasons, encode_reasons};

const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// The highest score there is.
const MAX_SCORE: u8 = 100;

/// The cities and carriers that an organisation watches more closely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskFlags {
    /// Folded names. A city known by an official name stands here with that one too.
    pub risky_cities: HashSet<String>,
    /// Carriers' codes, or the folded name of a carrier that has none.
    pub risky_carriers: HashSet<String>,
}

/// What the score depends on.
#[derive(Clone, Copy, Debug)]
pub struct RiskInput<'a> {
    /// The canonical status.
    pub status: ShipmentStatus,
    /// With `Returned`: the parcel is still on its way back.
    pub return_in_process: bool,
    /// Text of the incident; without a letter or digit in it, it counts as none.
    pub novelty: Option<&'a str>,
    /// When the parcel last moved, if that is known.
    pub last_movement_at: Option<Timestamp>,
    /// The city as [`City::folded`] gives it.
    pub city_folded: &'a str,
    /// The carrier's code, or the folded name of a carrier that has none.
    pub carrier_code: &'a str,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// From 0 to 100: the sum of the reasons' points, cut at 100.
    pub score: u8,
    /// The score in three steps.
    pub level: RiskLevel,
    /// Nothing is left to do, so the shipment is not in the queue.
    pub terminal: bool,
    /// In the order time, status, incident, city, carrier.
    pub reasons: Vec<Reason>,
    /// The first moment after now at which the reasons change without anything happening; `None` for never and
    /// for a terminal shipment, which need not be assessed again.
    pub next_change_at: Option<Timestamp>,
}

impl RiskFlags {
    /// Flags from names or codes as a person writes them: "Quibdó" and "QUIBDO" are one city.
    pub fn new<'a>(
        cities: impl IntoIterator<Item = &'a str>,
        carriers: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let both = |city| [fold(city), City::resolve(city, None).folded()];
        let risky_cities = cities.into_iter().flat_map(both).filter(|city| !city.is_empty()).collect();
        let code = |name: &str| match Carrier::from_code(name).or_else(|| Carrier::recognise(name)) {
            Some(carrier) => carrier.code().to_owned(),
            None => fold(name),
        };
        let risky_carriers = carriers.into_iter().map(code).filter(|carrier| !carrier.is_empty()).collect();
        Self { risky_cities, risky_carriers }
    }

    /// No flags at all.
    pub fn none() -> Self {
        Self::new([], [])
    }

    /// The remote cities flagged from the first day; no carrier.
    pub fn builtin() -> &'static Self {
        policy::builtin_flags()
    }

    /// The cities flagged from the first day, as people write them.
    pub fn builtin_cities() -> &'static [String] {
        &policy::builtin_names().cities
    }

    /// The carriers flagged from the first day, as people write them.
    pub fn builtin_carriers() -> &'static [String] {
        &policy::builtin_names().carriers
    }
}

impl Default for RiskFlags {
    fn default() -> Self {
        Self::builtin().clone()
    }
}

/// The risk of a shipment at a moment.
pub fn assess(policy: &RiskPolicy, flags: &RiskFlags, input: &RiskInput<'_>, now: Timestamp) -> Risk {
    let done =
        |reasons| Risk { score: 0, level: policy.level(0), terminal: true, reasons, next_change_at: None };
    let (status, points) = match input.status {
        ShipmentStatus::Delivered => {
            return done(vec![Reason { code: ReasonCode::StatusDelivered, points: 0 }]);
        }
        ShipmentStatus::Cancelled => return done(Vec::new()),
        ShipmentStatus::Issue => (ReasonCode::StatusException, policy.status_points.exception),
        ShipmentStatus::Returned => (ReasonCode::StatusReturn, policy.status_points.r#return),
        ShipmentStatus::InOffice => (ReasonCode::StatusAtOffice, policy.status_points.at_office),
        ShipmentStatus::InTransit => (ReasonCode::StatusInTransit, policy.status_points.in_transit),
        ShipmentStatus::OutForDelivery => {
            (ReasonCode::StatusOutForDelivery, policy.status_points.out_for_delivery)
        }
        ShipmentStatus::Created | ShipmentStatus::Processing | ShipmentStatus::Shipped => {
            (ReasonCode::StatusEarly, policy.status_points.early)
        }
    };
    let novelty = input.novelty.is_some_and(|text| text.contains(char::is_alphanumeric));
    let city = flags.risky_cities.contains(input.city_folded);
    let carrier = flags.risky_carriers.contains(input.carrier_code);
    let (still, next_change_at) = stillness(policy, input.last_movement_at, now);
    let reasons: Vec<Reason> = [
        still,
        Some(Reason { code: status, points }),
        novelty.then_some(Reason { code: ReasonCode::NoveltyPresent, points: policy.novelty_points }),
        city.then_some(Reason { code: ReasonCode::RiskyCity, points: policy.city_points }),
        carrier.then_some(Reason { code: ReasonCode::RiskyCarrier, points: policy.carrier_points }),
    ]
    .into_iter()
    .flatten()
    .filter(|reason| reason.points > 0)
    .collect();
    let score = reasons.iter().fold(0u8, |sum, reason| sum.saturating_add(reason.points)).min(MAX_SCORE);
    let terminal = input.status == ShipmentStatus::Returned && !input.return_in_process;
    let next_change_at = next_change_at.filter(|_| !terminal);
    Risk { score, level: policy.level(score), terminal, reasons, next_change_at }
}

/// The points for the time without movement, and when the next threshold is reached.
fn stillness(
    policy: &RiskPolicy,
    last_movement_at: Option<Timestamp>,
    now: Timestamp,
) -> (Option<Reason>, Option<Timestamp>) {
    let Some(moved_at) = last_movement_at else {
        return (Some(Reason { code: ReasonCode::Still48h, points: policy.no_date_points }), None);
    };
    let reached_at = |threshold: &StillThreshold| {
        micros(moved_at).saturating_add(i64::from(threshold.hours).saturating_mul(MICROS_PER_HOUR))
    };
    let now = micros(now);
    let reached = policy.still.iter().filter(|threshold| reached_at(threshold) <= now);
    let reason = reached.max_by_key(|threshold| threshold.hours).map(|threshold| threshold.as_reason());
    let next = policy.still.iter().map(reached_at).filter(|&at| at > now).min();
    (reason, next.map(from_micros))
}
