//! Carriers and aggregators of tracking: what they send, read into [`ports::carriers::CarrierEvent`]s, and asking them.
//!
//! The readers are pure: bytes in, events out. Codes get their meaning from `data/codes.toml`; an unknown code has
//! none, and nothing becomes a state because its words contain a word. `ask.rs` puts the questions, `http.rs` is the
//! way: a time-out, a largest answer, no redirect, a pace and a pause after failures for each organisation and carrier.

mod aftership;
mod ask;
mod asking;
mod codes;
mod coordinadora;
mod coordinadora_guides;
mod envia;
mod hooks;
mod http;
mod interrapidisimo;
mod moment;
mod public;
mod servientrega;
mod seventeen_track;
mod tcc;
mod xml;

use domain::TrackingNumber;
use ports::carriers::{CarrierEvent, TrackError};
use serde::de::DeserializeOwned;

pub use crate::aftership::{is_from_aftership, read_aftership_push};
pub use crate::ask::all;
pub use crate::coordinadora::read_coordinadora_push;
pub use crate::coordinadora_guides::read_coordinadora_guides;
pub use crate::envia::read_envia;
pub use crate::hooks::CarrierWebhooks;
pub use crate::http::{Bounds, Http};
pub use crate::interrapidisimo::read_interrapidisimo;
pub use crate::servientrega::read_servientrega;
pub use crate::seventeen_track::{is_from_17track, read_17track_push};
pub use crate::tcc::read_tcc;

/// Largest answer or message that is read, in bytes.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// What an answer about several parcels says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// The parcels that it names.
    pub numbers: Vec<TrackingNumber>,
    /// What happened to them, parcel by parcel.
    pub events: Vec<CarrierEvent>,
}

fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, TrackError> {
    if body.len() > MAX_BODY_BYTES {
        return Err(TrackError::Malformed("too_large"));
    }
    // serde's message may quote a value, so it stays here.
    serde_json::from_slice(body).map_err(|_| TrackError::Malformed("json"))
}

/// A parcel's number, which comes as a number or as a text.
fn number(value: &serde_json::Value) -> Option<TrackingNumber> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    TrackingNumber::parse(&text).ok()
}

/// A text that says something.
fn said(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_body_makes_a_reader_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            like in r#"(<[a-zA-Z]{0,6}>|</[a-z]{0,6}>|&[a-z#0-9]{0,4};|[{}\[\]":,0-9a-z]|<!DOCTYPE a>){0,40}"#,
        ) {
            let number = TrackingNumber::parse("2200000000").unwrap();
            for body in [&bytes[..], like.as_bytes()] {
                let events = [
                    read_servientrega(&number, body),
                    read_envia(&number, body),
                    read_interrapidisimo(body).map(|heard| heard.events),
                    read_tcc(body).map(|heard| heard.events),
                    read_coordinadora_guides(body).map(|heard| heard.events),
                    read_coordinadora_push(body).map(|(_, event)| vec![event]),
                    read_aftership_push(body).map(|(_, events)| events),
                    read_17track_push(body).map(|event| event.into_iter().collect()),
                ];
                let states = events.into_iter().flatten().flatten().filter(|event| event.meaning.is_some());
                prop_assert_eq!(states.count(), 0, "noise is no state");
            }
        }
    }
}
