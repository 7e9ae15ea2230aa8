//! Levels and reasons, and their compact form for storage.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A word that names no level or reason. The word itself is left out: the caller knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {kind}")]
pub struct UnknownRiskName {
    /// What was expected: `risk level` or `risk reason`.
    pub kind: &'static str,
}

/// Defines an enum together with its spelling in storage and the API.
macro_rules! spelled {
    ($(#[$meta:meta])* $name:ident($kind:literal) { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// The fixed spelling used in storage, events and the API.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// Every value, in the order of its declaration.
            pub const fn all() -> &'static [Self] {
                &[$(Self::$variant,)+]
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownRiskName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(UnknownRiskName { kind: $kind }),
                }
            }
        }
    };
}

spelled! {
    /// The score in three steps, ordered as in the queue: the most urgent first.
    RiskLevel("risk level") {
        /// Now.
        High = "HIGH",
        /// Today.
        Medium = "MEDIUM",
        /// Nothing to do yet.
        Low = "LOW",
    }
}

spelled! {
    /// A component of the score.
    ReasonCode("risk reason") {
        /// No movement for a day.
        Still24h = "24h_no_movement",
        /// No movement for two days, or nobody knows when it last moved.
        Still48h = "48h_no_movement",
        /// No movement for three days.
        Still72h = "72h_no_movement",
        /// No movement for five days.
        Still120h = "120h_no_movement",
        /// Waiting in an office for its owner.
        StatusAtOffice = "status_at_office",
        /// Held up by a problem.
        StatusException = "status_exception",
        /// Going back or gone back to the sender.
        StatusReturn = "status_return",
        /// Between two places.
        StatusInTransit = "status_in_transit",
        /// With the courier.
        StatusOutForDelivery = "status_out_for_delivery",
        /// Not on its way yet, or just left.
        StatusEarly = "status_early",
        /// There is an incident text.
        NoveltyPresent = "novedad_present",
        /// Goes to a flagged city.
        RiskyCity = "risky_city",
        /// Travels with a flagged carrier.
        RiskyCarrier = "risky_carrier",
        /// Arrived; always 0 points.
        StatusDelivered = "status_delivered",
    }
}

impl RiskLevel {
    /// Place in the queue: 0 comes first.
    pub const fn queue_rank(self) -> u8 {
        match self {
            Self::High => 0,
            Self::Medium => 1,
            Self::Low => 2,
        }
    }
}

/// One component of a score, with what it adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Which component.
    pub code: ReasonCode,
    /// What it adds to the score.
    pub points: u8,
}

/// Reasons as text for storage: `72h_no_movement:35,status_at_office:20`.
pub fn encode_reasons(reasons: &[Reason]) -> String {
    let mut text = String::with_capacity(reasons.len() * 24);
    for reason in reasons {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(reason.code.as_str());
        text.push(':');
        text.push_str(&reason.points.to_string());
    }
    text
}

/// Reads what [`encode_reasons`] wrote. An entry that another version of the program wrote and this one does
/// not know is left out: the score is stored by itself, and one reason less must not hide a shipment.
pub fn decode_reasons(text: &str) -> Vec<Reason> {
    text.split(',').filter_map(decode_reason).collect()
}

fn decode_reason(entry: &str) -> Option<Reason> {
    let (code, points) = entry.split_once(':')?;
    // As it was called where nobody knew the date.
    let code = if code == "no_movement_date" { ReasonCode::Still48h.as_str() } else { code };
    Some(Reason { code: code.parse().ok()?, points: points.parse().ok()? })
}
