//! AfterShip: what it pushes, and its proof.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::TrackingNumber;
use hmac::{Hmac, KeyInit, Mac};
use ports::carriers::{CarrierEvent, TrackError};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::http::Answer;
use crate::{codes, json, moment, said};

const NAME: &str = "aftership";
/// The code of a parcel that it follows already.
const EXISTS: i64 = 4_003;

/// Whether a holder of the secret sent these bytes: base64 of HMAC-SHA256, in the header `aftership-hmac-sha256`.
#[must_use]
pub fn is_from_aftership(header: &str, body: &[u8], secret: &SecretString) -> bool {
    let secret = secret.expose_secret();
    let (Ok(sent), false) = (STANDARD.decode(header), secret.is_empty()) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.update(body);
    bool::from(mac.finalize().into_bytes().ct_eq(sent.as_slice()))
}

#[derive(Deserialize)]
struct Push {
    event_id: Option<String>,
    msg: Parcel,
}

#[derive(Deserialize)]
struct Parcel {
    tracking_number: String,
    checkpoints: Option<Vec<Checkpoint>>,
}

#[derive(Deserialize)]
struct Checkpoint {
    #[serde(rename = "checkpoint_time")]
    time: Option<String>,
    message: Option<String>,
    tag: Option<String>,
    subtag: Option<String>,
    city: Option<String>,
}

/// Reads a push: the id of its delivery, if it has one, and an event for each checkpoint.
pub fn read_aftership_push(body: &[u8]) -> Result<(Option<String>, Vec<CarrierEvent>), TrackError> {
    let push: Push = json(body)?;
    Ok((push.event_id, history(push.msg)?.1))
}

#[derive(Deserialize)]
struct List {
    data: Trackings,
}

#[derive(Deserialize)]
struct Trackings {
    trackings: Option<Vec<Parcel>>,
}

/// Reads a list of parcels: those that it follows, and an event for each checkpoint.
pub(crate) fn read_aftership_list(
    body: &[u8],
) -> Result<(Vec<TrackingNumber>, Vec<CarrierEvent>), TrackError> {
    let list: List = json(body)?;
    let (mut numbers, mut events) = (Vec::new(), Vec::new());
    for parcel in list.data.trackings.unwrap_or_default() {
        let Ok((number, of_parcel)) = history(parcel) else { continue };
        numbers.push(number);
        events.extend(of_parcel);
    }
    Ok((numbers, events))
}

#[derive(Deserialize)]
struct Refusal {
    meta: Meta,
}

#[derive(Deserialize)]
struct Meta {
    code: i64,
}

/// Whether it follows a parcel from now on, or did already; not if it never will.
pub(crate) fn read_aftership_registration(answer: &Answer) -> Result<bool, TrackError> {
    let code = json::<Refusal>(&answer.body).map_or(0, |refusal| refusal.meta.code);
    match (answer.status.as_u16(), code) {
        (200..=299, _) | (_, EXISTS) => Ok(true),
        (400 | 404 | 422, _) => Ok(false),
        // Among them 402: the account's quota is used up.
        (status, _) => Err(TrackError::Refused(format!("http_{status}"))),
    }
}

fn history(parcel: Parcel) -> Result<(TrackingNumber, Vec<CarrierEvent>), TrackError> {
    let number = TrackingNumber::parse(&parcel.tracking_number);
    let number = number.map_err(|_| TrackError::Malformed("tracking_number"))?;
    let points = parcel.checkpoints.unwrap_or_default();
    // One without a moment happened with those beside it; where none has one, it would be taken for the last.
    let is_dated = points.iter().any(|point| point.time.as_deref().and_then(moment::read).is_some());
    let event = |point: Checkpoint| {
        let tag = said(point.tag)?;
        let subtag = said(point.subtag);
        let meaning = codes::finer(NAME, subtag.as_deref(), &tag);
        let at = point.time.as_deref().and_then(moment::read);
        if codes::is_no_event(NAME, &tag) || (!is_dated && at.is_none() && !codes::is_under_way(meaning)) {
            return None;
        }
        let code = subtag.unwrap_or(tag);
        Some(CarrierEvent {
            tracking_number: number.clone(),
            words: said(point.message).unwrap_or_else(|| code.clone()),
            code: Some(code),
            novelty: None,
            place: said(point.city),
            at,
            meaning,
        })
    };
    let events = points.into_iter().filter_map(event).collect();
    Ok((number, events))
}

#[cfg(test)]
mod tests {
    use domain::{ExceptionReason, ShipmentStatus};

    use super::*;

    #[test]
    fn the_secret_proves_the_bytes() {
        let secret = SecretString::from("k");
        let mut mac = Hmac::<Sha256>::new_from_slice(b"k").unwrap();
        mac.update(b"{}");
        let header = STANDARD.encode(mac.finalize().into_bytes());
        assert!(is_from_aftership(&header, b"{}", &secret));
        assert!(!is_from_aftership(&header, b"{ }", &secret));
        assert!(!is_from_aftership("", b"{}", &secret) && !is_from_aftership("?", b"{}", &secret));
        assert!(!is_from_aftership(&header, b"{}", &SecretString::from("")));
    }

    #[test]
    fn a_list_names_what_it_follows() {
        let body = r#"{"meta":{"code":200},"data":{"trackings":[{"tracking_number":"36312345678","checkpoints":null},
            {"tracking_number":"?"},{"tracking_number":"36312345679","checkpoints":[{"tag":"InTransit"}]}]}}"#;
        let (numbers, events) = read_aftership_list(body.as_bytes()).unwrap();
        assert_eq!((numbers.len(), events.len()), (2, 1));
        assert!(read_aftership_list(b"{}").is_err());
    }

    #[test]
    fn where_nothing_is_known_there_is_no_event() {
        let told = |tag: &str, time: &str| {
            let body = format!(
                r#"{{"msg":{{"tracking_number":"36312345678","checkpoints":[{{"tag":"{tag}","message":"x",
                "checkpoint_time":{time}}}]}}}}"#
            );
            read_aftership_push(body.as_bytes()).unwrap().1.len()
        };
        let dated = r#""2026-11-20T15:04:05""#;
        for (tag, with, without) in [
            ("Pending", 0, 0),
            ("Expired", 0, 0),
            ("InfoReceived", 1, 0),
            ("Brandnew", 1, 0),
            ("InTransit", 1, 1),
        ] {
            assert_eq!((told(tag, dated), told(tag, "null")), (with, without), "{tag}");
        }
    }

    #[test]
    fn a_registration_is_refused_for_good_or_for_now() {
        let read = |status: u16, body: &str| {
            let status = reqwest::StatusCode::from_u16(status).unwrap();
            read_aftership_registration(&Answer { status, body: body.as_bytes().to_vec() })
        };
        assert_eq!(read(201, "{}"), Ok(true));
        assert_eq!(read(400, r#"{"meta":{"code":4003}}"#), Ok(true));
        assert_eq!(read(400, r#"{"meta":{"code":4012}}"#), Ok(false));
        assert_eq!(read(402, "{}"), Err(TrackError::Refused("http_402".to_owned())));
    }

    #[test]
    fn each_checkpoint_is_an_event() {
        let body = r#"{"event_id":"e1","msg":{"tracking_number":"36312345678","checkpoints":[
            {"checkpoint_time":"2026-11-20T15:04:05","message":"ENTREGADO","tag":"Delivered","subtag":"Delivered_004"},
            {"message":"x","tag":"Exception","subtag":"Exception_003"},
            {"message":"x","tag":"Brandnew","subtag":null},{"message":"x"}]}}"#;
        let (id, events) = read_aftership_push(body.as_bytes()).unwrap();
        assert_eq!((id.as_deref(), events.len()), (Some("e1"), 3));
        assert_eq!(events[0].meaning.unwrap().0, ShipmentStatus::Delivered);
        assert_eq!(events[0].at, "2026-11-20T20:04:05Z".parse().ok());
        assert_eq!(events[1].meaning, Some((ShipmentStatus::Issue, ExceptionReason::Rejected)));
        assert_eq!(events[2].meaning, None);
    }
}
