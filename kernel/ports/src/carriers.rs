//! What carriers and aggregators say about parcels.

use std::fmt;

use domain::{ExceptionReason, ShipmentStatus, Timestamp, TrackingNumber};

/// One thing that happened to a parcel, as its carrier states it.
#[derive(Clone, PartialEq, Eq)]
pub struct CarrierEvent {
    /// The parcel.
    pub tracking_number: TrackingNumber,
    /// The carrier's own code of what happened, as text.
    pub code: Option<String>,
    /// The carrier's words; its code where it sends no words.
    pub words: String,
    /// The carrier's words about a problem.
    pub novelty: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// When, if the carrier says it.
    pub at: Option<Timestamp>,
    /// What the code means by the carrier's own list; none for a code that nobody knows, which is no state.
    pub meaning: Option<(ShipmentStatus, ExceptionReason)>,
}

/// Leaves out what people wrote: it may name them.
impl fmt::Debug for CarrierEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CarrierEvent")
            .field("tracking_number", &self.tracking_number)
            .field("code", &self.code)
            .field("meaning", &self.meaning)
            .finish_non_exhaustive()
    }
}

/// Why there are no events.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrackError {
    /// The organisation gave no credentials, or not all of them.
    #[error("not connected: {0} is missing")]
    NotConnected(&'static str),
    /// The credentials are wrong.
    #[error("the carrier refuses the credentials")]
    Unauthorised,
    /// The carrier wants fewer questions; after so many seconds, if it said.
    #[error("too many questions")]
    Throttled(Option<u64>),
    /// The carrier failed; the same question may be asked again.
    #[error("the carrier failed: {0}")]
    Unavailable(String),
    /// The answer is not what the carrier promises. A token, never a value.
    #[error("the answer cannot be read: {0}")]
    Malformed(&'static str),
    /// The carrier does not know what was asked for.
    #[error("the carrier refuses the question: code {0}")]
    Refused(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_text_is_not_printed() {
        let event = CarrierEvent {
            tracking_number: TrackingNumber::parse("36312345678").unwrap(),
            code: Some("728".to_owned()),
            words: "Recibe Ana".to_owned(),
            novelty: Some("Ana no abre".to_owned()),
            place: Some("Casa de Ana".to_owned()),
            at: None,
            meaning: Some((ShipmentStatus::Issue, ExceptionReason::Other)),
        };
        let printed = format!("{event:?}");
        assert!(!printed.contains("Ana"), "{printed}");
        for part in ["36312345678", "728", "Issue"] {
            assert!(printed.contains(part), "{printed}");
        }
    }
}
