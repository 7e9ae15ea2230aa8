//! Text that a person copies out of other programs: phones by tracking number, a carrier's report, a summary.

use std::collections::BTreeMap;
use std::fmt;

use domain::money::Money;
use domain::phone::Phone;
use domain::time::Timestamp;
use domain::tracking_number::TrackingNumber;
use serde::{Deserialize, Serialize};

/// Largest text of all parts together, in bytes.
pub const MAX_PASTE_BYTES: usize = 2 * 1024 * 1024;
/// Longest name of a carrier that a person states, in characters.
pub const MAX_CARRIER_CHARS: usize = 80;
/// Problems told of one paste; further ones are only counted.
pub const MAX_PROBLEMS: usize = 200;
/// Most shipments of one paste.
pub const MAX_PASTED: usize = 5_000;

/// What was pasted.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Paste {
    /// Step 1: two columns, tracking number and phone, in any order.
    pub phones: String,
    /// Step 2: blocks that begin with `Número:`.
    pub report: String,
    /// Step 3: a table of tabs; what the report has already is passed over.
    pub summary: String,
    /// The carrier of all shipments, where the text does not decide.
    pub carrier: Option<String>,
    /// Phones that a person confirmed, by tracking number.
    pub links: BTreeMap<String, String>,
}

/// Leaves the texts out: they hold phones, and `Debug` ends in logs.
impl fmt::Debug for Paste {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paste")
            .field("bytes", &self.bytes())
            .field("carrier", &self.carrier)
            .finish_non_exhaustive()
    }
}

impl Paste {
    /// Size of all parts, in bytes.
    pub fn bytes(&self) -> usize {
        let links: usize = self.links.iter().map(|(number, phone)| number.len() + phone.len()).sum();
        let carrier = self.carrier.as_ref().map_or(0, String::len);
        self.phones.len() + self.report.len() + self.summary.len() + carrier + links
    }
}

/// What a paste was understood as.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PasteReading {
    /// Shipments of the report and the summary, in their order.
    pub shipments: Vec<PastedShipment>,
    /// Tracking numbers of step 1 that no shipment bears.
    pub unused: Vec<TrackingNumber>,
    /// What could not be used, [`MAX_PROBLEMS`] at most.
    pub problems: Vec<PasteProblem>,
    /// How many problems there are beyond those.
    pub more_problems: u64,
}

/// A shipment of the text.
#[derive(Clone, PartialEq)]
pub struct PastedShipment {
    /// The carrier's number.
    pub tracking_number: TrackingNumber,
    /// The part it stands in, and its line there, from 1.
    pub part: PastePart,
    /// See [`Self::part`].
    pub line: u32,
    /// The carrier as written, or as stated for all.
    pub carrier: Option<String>,
    /// The recipient's phone.
    pub phone: Option<Phone>,
    /// Where the phone comes from.
    pub phone_by: Option<PhoneBy>,
    /// Numbers of step 1 that resemble this one, with their phones: for a person to confirm, never used by themselves.
    pub suggestions: Vec<(TrackingNumber, Phone)>,
    /// What the carrier collects.
    pub collect: Option<Money>,
    /// What happened, the newest first.
    pub events: Vec<PastedEvent>,
}

/// Leaves the phones out.
impl fmt::Debug for PastedShipment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PastedShipment")
            .field("tracking_number", &self.tracking_number)
            .field("part", &self.part)
            .field("carrier", &self.carrier)
            .field("phone_by", &self.phone_by)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

/// Something that happened to a shipment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastedEvent {
    /// When.
    pub at: Timestamp,
    /// Where, as written; a place on the way, not the destination.
    pub place: Option<String>,
    /// What, in the carrier's words.
    pub text: String,
}

/// A part of a paste.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastePart {
    /// Step 1.
    Phones,
    /// Step 2.
    Report,
    /// Step 3.
    Summary,
}

impl PastePart {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Phones => "phones",
            Self::Report => "report",
            Self::Summary => "summary",
        }
    }
}

/// How a shipment came to its phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneBy {
    /// A person said so.
    Confirmed,
    /// Step 1 has the very same tracking number.
    Exact,
    /// It stands in the shipment's own block.
    Report,
}

impl PhoneBy {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Exact => "exact",
            Self::Report => "report",
        }
    }
}

/// Something of the text that could not be used, or that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasteProblem {
    /// The part.
    pub part: PastePart,
    /// The line in it, from 1.
    pub line: u32,
    /// The shipment, where it is known.
    pub tracking_number: Option<TrackingNumber>,
    /// What is wrong.
    pub code: PasteProblemCode,
}

/// What is wrong with a part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasteProblemCode {
    /// Neither the text nor a person says which carrier it is.
    CarrierNotDetected,
    /// Not a tracking number.
    InvalidGuideFormat,
    /// No phone for this shipment.
    PhoneNotFound,
    /// The number stands twice; the first one counts.
    DuplicateGuide,
    /// The line is not understood.
    ParseError,
    /// Nothing says what happened to the shipment: it is left out.
    DataIncomplete,
    /// More shipments than one paste may have: the rest is left out.
    TooMany,
}

impl PasteProblemCode {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CarrierNotDetected => "carrier_not_detected",
            Self::InvalidGuideFormat => "invalid_guide_format",
            Self::PhoneNotFound => "phone_not_found",
            Self::DuplicateGuide => "duplicate_guide",
            Self::ParseError => "parse_error",
            Self::DataIncomplete => "data_incomplete",
            Self::TooMany => "too_many",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts() {
        let paste = Paste {
            phones: "1".into(),
            report: "22".into(),
            summary: "333".into(),
            carrier: Some("TCC!".into()),
            links: [("55".to_owned(), "555".to_owned())].into(),
        };
        assert_eq!(paste.bytes(), 15);
    }
}
