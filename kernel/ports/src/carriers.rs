//! What carriers and aggregators say about parcels, and asking them.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use domain::{ExceptionReason, ShipmentStatus, TenantId, Timestamp, TrackingNumber};
use secrecy::{ExposeSecret, SecretString};

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

impl TrackError {
    /// The stable code of the API and of metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotConnected(_) => "not_connected",
            Self::Unauthorised => "refused",
            Self::Throttled(_) => "throttled",
            Self::Unavailable(_) => "unreachable",
            Self::Malformed(_) => "unreadable",
            Self::Refused(_) => "question_refused",
        }
    }

    /// What exactly happened, as a token; never a value.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::NotConnected(detail) | Self::Malformed(detail) => Some(detail),
            Self::Unavailable(detail) | Self::Refused(detail) => Some(detail),
            Self::Unauthorised | Self::Throttled(_) => None,
        }
    }
}

/// A value that an organisation gets from a carrier to be let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialField {
    /// The carrier's own name for it, in lower case.
    pub name: &'static str,
    /// Whether it is shown to nobody.
    pub is_secret: bool,
    /// Whether nothing can be asked without it.
    pub is_required: bool,
}

/// Whether a carrier tells by itself what happens, and what proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushes {
    /// It does not.
    Never,
    /// To a secret address, which is the only proof.
    Unsigned,
    /// To a secret address, signed with this field.
    Signed(&'static str),
}

/// How one organisation reaches a carrier.
#[derive(Clone)]
pub struct Connection {
    /// Whose it is.
    pub tenant: TenantId,
    /// Names what was given: after each change it is another one.
    pub revision: String,
    /// The address instead of the usual one, as [`FollowsParcels::address`] has it.
    pub address: Option<String>,
    /// Values by the names of the fields.
    pub credentials: BTreeMap<String, SecretString>,
}

impl Connection {
    /// A value that is there.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        self.credentials.get(field).map(ExposeSecret::expose_secret).filter(|value| !value.is_empty())
    }

    /// A value without which nothing can be asked.
    pub fn need(&self, field: &'static str) -> Result<&str, TrackError> {
        self.get(field).ok_or(TrackError::NotConnected(field))
    }
}

/// Leaves out what lets people in.
impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

/// What came of asking about parcels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tracked {
    /// What happened, parcel by parcel in the order of the answers.
    pub events: Vec<CarrierEvent>,
    /// The parcels about which there was an answer, be it that nothing is known.
    pub answered: Vec<TrackingNumber>,
    /// The parcels that were asked about and of which the answer says nothing that can be used. They are no more urgent
    /// than if it had.
    pub unclear: Vec<TrackingNumber>,
    /// Why the others have none; none if nothing is wrong but with single parcels.
    pub error: Option<TrackError>,
}

/// Follows parcels and can be asked about them: a carrier, or an aggregator for many.
#[async_trait]
pub trait FollowsParcels: Send + Sync {
    /// The carrier's code as [`domain::Carrier`] has it; an aggregator's own.
    fn code(&self) -> &'static str;

    /// Its name.
    fn name(&self) -> &'static str;

    /// Whether it follows parcels of many carriers.
    fn is_aggregator(&self) -> bool;

    /// What it wants to know of an organisation.
    fn fields(&self) -> &'static [CredentialField];

    /// Whether it can be asked only at an address that the organisation was given.
    fn needs_address(&self) -> bool;

    /// The one spelling of an address that may be asked; none if it may not.
    fn address(&self, text: &str) -> Option<String>;

    /// Whether it also tells by itself what happens.
    fn pushes(&self) -> Pushes;

    /// How many parcels are well asked about at once.
    fn at_once(&self) -> usize;

    /// Asks about parcels. Whatever was answered before an error counts.
    async fn track(&self, connection: &Connection, numbers: &[TrackingNumber]) -> Tracked;

    /// Whether it lets the organisation in, by a real question. `known` is a parcel that it should know.
    async fn check(&self, connection: &Connection, known: Option<&TrackingNumber>) -> Result<(), TrackError>;
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
