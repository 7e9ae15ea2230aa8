//! What rows of a file tell that is neither an order nor a shipment.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a carrier did in a city, as a row tells it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RouteResults {
    /// Parcels delivered.
    pub delivered: i64,
    /// Parcels that went back.
    pub returned: i64,
    /// Mean time to a delivery, in minutes.
    pub minutes: Option<i64>,
}

/// A round of an operator as a file tells it: some time in which parcels or incidents were worked through.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportedRound {
    /// The operator's name.
    pub operator: String,
    /// The day, as 20260305.
    pub day: i64,
    /// Its number on that day.
    pub number: Option<i64>,
    /// When it began, in minutes after midnight; and when it ended.
    pub started: Option<i64>,
    /// See [`Self::started`].
    pub ended: Option<i64>,
    /// How long it took, in minutes.
    pub minutes: Option<i64>,
    /// Whether it was about incidents.
    pub of_incidents: bool,
    /// Parcels at its beginning.
    pub initial: i64,
    /// Parcels made ready.
    pub done: i64,
    /// Parcels called off.
    pub cancelled: i64,
    /// Parcels put off to a day.
    pub scheduled: i64,
    /// Parcels with something in the way.
    pub difficult: i64,
    /// Parcels left.
    pub pending: i64,
    /// Incidents looked at.
    pub reviewed: i64,
    /// Incidents solved.
    pub solved: i64,
    /// Incidents that ended with a return.
    pub gone_back: i64,
}

/// Leaves the name out: `Debug` ends in logs.
impl fmt::Debug for ImportedRound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportedRound")
            .field("day", &self.day)
            .field("number", &self.number)
            .field("of_incidents", &self.of_incidents)
            .finish_non_exhaustive()
    }
}
