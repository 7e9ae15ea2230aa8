//! The points and thresholds of the score, as data.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{MAX_SCORE, Reason, ReasonCode, RiskFlags, RiskLevel};

/// The version of the schema of `data/risk.toml`.
const SCHEMA: u32 = 1;

/// Points and thresholds; an organisation may have its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskPolicy {
    /// The lowest score that is `High`.
    pub high_from: u8,
    /// The lowest score that is `Medium`.
    pub medium_from: u8,
    /// For a shipment of which nobody knows when it last moved.
    pub no_date_points: u8,
    /// For an incident text.
    pub novelty_points: u8,
    /// For a flagged city.
    pub city_points: u8,
    /// For a flagged carrier.
    pub carrier_points: u8,
    /// For the time without movement: only the largest threshold reached counts.
    pub still: Vec<StillThreshold>,
    /// For the status.
    pub status_points: StatusPoints,
}

/// Points for standing still this long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StillThreshold {
    /// Hours since the last movement; the threshold itself counts.
    pub hours: u32,
    /// What it adds to the score.
    pub points: u8,
    /// The reason shown.
    pub reason: ReasonCode,
}

/// Points for each kind of status; delivered and cancelled have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusPoints {
    /// `Issue`.
    pub exception: u8,
    /// `Returned`, finished or not.
    pub r#return: u8,
    /// `InOffice`.
    pub at_office: u8,
    /// `InTransit`.
    pub in_transit: u8,
    /// `OutForDelivery`.
    pub out_for_delivery: u8,
    /// `Created`, `Processing` and `Shipped`.
    pub early: u8,
}

/// A policy that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RiskPolicyError {
    /// The file is not TOML of this schema.
    #[error("the risk file is malformed: {0}")]
    Malformed(String),
    /// Written for another version of the program.
    #[error("schema {0} of the risk file is not known, only {SCHEMA} is")]
    Schema(u32),
    /// Levels must be 1 ≤ medium ≤ high ≤ 100.
    #[error("the levels must rise from 1 to 100: medium from {medium_from}, high from {high_from}")]
    Levels {
        /// Where medium begins.
        medium_from: u8,
        /// Where high begins.
        high_from: u8,
    },
    /// A component adds more than a whole score.
    #[error("no component may add more than {MAX_SCORE} points")]
    Points,
    /// Each longer time must give more points than the shorter one.
    #[error("the thresholds of stillness must fall in hours and in points: see {hours} hours")]
    Still {
        /// The threshold that is out of order.
        hours: u32,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    policy: RiskPolicy,
    flags: Flags,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flags {
    pub(super) cities: Vec<String>,
    pub(super) carriers: Vec<String>,
}

static BUILTIN: LazyLock<(RiskPolicy, RiskFlags, Flags)> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a unit test reads the built-in file")]
    parse(include_str!("../../data/risk.toml")).expect("the built-in risk file is valid")
});

impl RiskPolicy {
    /// The policy that ships with the program.
    pub fn builtin() -> &'static Self {
        &BUILTIN.0
    }

    /// The level of a score.
    pub const fn level(&self, score: u8) -> RiskLevel {
        if score >= self.high_from {
            RiskLevel::High
        } else if score >= self.medium_from {
            RiskLevel::Medium
        } else {
            RiskLevel::Low
        }
    }

    /// Checks what the types cannot: with it a score never falls while a shipment stands still.
    pub fn check(&self) -> Result<(), RiskPolicyError> {
        let Self { high_from, medium_from, .. } = *self;
        if medium_from == 0 || medium_from > high_from || high_from > MAX_SCORE {
            return Err(RiskPolicyError::Levels { medium_from, high_from });
        }
        let status = self.status_points;
        let points = [self.no_date_points, self.novelty_points, self.city_points, self.carrier_points]
            .into_iter()
            .chain([status.exception, status.r#return, status.at_office])
            .chain([status.in_transit, status.out_for_delivery, status.early])
            .chain(self.still.iter().map(|threshold| threshold.points));
        if points.into_iter().any(|points| points > MAX_SCORE) {
            return Err(RiskPolicyError::Points);
        }
        let falls =
            |pair: &&[StillThreshold]| pair[0].hours > pair[1].hours && pair[0].points > pair[1].points;
        match self.still.windows(2).find(|pair| !falls(pair)) {
            Some(pair) => Err(RiskPolicyError::Still { hours: pair[1].hours }),
            None => Ok(()),
        }
    }
}

impl Default for RiskPolicy {
    fn default() -> Self {
        Self::builtin().clone()
    }
}

impl StillThreshold {
    pub(super) const fn as_reason(self) -> Reason {
        Reason { code: self.reason, points: self.points }
    }
}

pub(super) fn builtin_flags() -> &'static RiskFlags {
    &BUILTIN.1
}

pub(super) fn builtin_names() -> &'static Flags {
    &BUILTIN.2
}

/// Reads a risk file: the policy and the flags that go with it, folded and as they are written.
pub(super) fn parse(text: &str) -> Result<(RiskPolicy, RiskFlags, Flags), RiskPolicyError> {
    let file: File = toml::from_str(text).map_err(|error| RiskPolicyError::Malformed(error.to_string()))?;
    if file.schema != SCHEMA {
        return Err(RiskPolicyError::Schema(file.schema));
    }
    file.policy.check()?;
    let cities = file.flags.cities.iter().map(String::as_str);
    let carriers = file.flags.carriers.iter().map(String::as_str);
    Ok((file.policy, RiskFlags::new(cities, carriers), file.flags))
}
