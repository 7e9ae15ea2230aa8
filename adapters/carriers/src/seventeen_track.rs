//! 17TRACK, version 2.4: what it pushes, and its proof.

use domain::TrackingNumber;
use domain::text::hex;
use ports::carriers::{CarrierEvent, TrackError};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{codes, json, moment, said};

const NAME: &str = "17track";
/// The quota of the account is used up: nothing is said about the parcel.
const USED_UP: i64 = -18_019_908;
/// The quota of the day is.
const USED_UP_TODAY: i64 = -18_019_907;
/// A number is registered already.
const REGISTERED: i64 = -18_019_901;

/// Whether the holder of the key sent these bytes: lower-case hex of SHA-256 over the body, a slash and the key.
#[must_use]
pub fn is_from_17track(sign: &str, body: &[u8], key: &SecretString) -> bool {
    let key = key.expose_secret();
    if key.is_empty() {
        return false;
    }
    let hash = Sha256::new().chain_update(body).chain_update(b"/").chain_update(key.as_bytes()).finalize();
    bool::from(hex(&hash).as_bytes().ct_eq(sign.as_bytes()))
}

#[derive(Deserialize)]
struct Push {
    data: Parcel,
}

#[derive(Deserialize)]
struct Parcel {
    number: String,
    track_info: Option<Info>,
}

#[derive(Deserialize)]
struct Info {
    latest_status: Option<Latest>,
    latest_event: Option<Happened>,
}

#[derive(Deserialize)]
struct Latest {
    status: String,
    sub_status: Option<String>,
}

#[derive(Deserialize)]
struct Happened {
    time_utc: Option<String>,
    time_iso: Option<String>,
    description: Option<String>,
    location: Option<String>,
}

/// What it says about the parcels of one question.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) events: Vec<CarrierEvent>,
    /// Known, with or without news, or known to be nothing.
    pub(crate) answered: Vec<TrackingNumber>,
    /// To be registered before they can be asked about.
    pub(crate) unregistered: Vec<TrackingNumber>,
}

#[derive(Deserialize)]
struct Answer {
    code: i64,
    data: Option<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    accepted: Option<Vec<Parcel>>,
    rejected: Option<Vec<Rejected>>,
}

#[derive(Deserialize)]
struct Rejected {
    number: String,
    error: Reason,
}

#[derive(Deserialize)]
struct Reason {
    code: i64,
}

/// Reads an answer about parcels. A success may reject all of them; the codes inside decide.
pub(crate) fn read_17track_answer(body: &[u8]) -> Result<Told, TrackError> {
    let answer: Answer = json(body)?;
    if answer.code != 0 {
        return Err(refusal(answer.code));
    }
    let Some(outcome) = answer.data else { return Ok(Told::default()) };
    let mut told = Told::default();
    for parcel in outcome.accepted.unwrap_or_default() {
        told.answered.extend(TrackingNumber::parse(&parcel.number).ok());
        told.events.extend(happened(parcel).ok().flatten());
    }
    for rejected in outcome.rejected.unwrap_or_default() {
        let Ok(number) = TrackingNumber::parse(&rejected.number) else { continue };
        match rejected.error.code {
            -18_019_902 => told.unregistered.push(number),
            USED_UP | USED_UP_TODAY => {}
            // No news yet, registered already, or a number or carrier that it cannot follow.
            _ => told.answered.push(number),
        }
    }
    Ok(told)
}

/// Reads an answer to a registration: the numbers that cannot be followed, however often they are registered.
pub(crate) fn read_17track_registration(body: &[u8]) -> Result<Vec<TrackingNumber>, TrackError> {
    let answer: Answer = json(body)?;
    if answer.code != 0 {
        return Err(refusal(answer.code));
    }
    let rejected = answer.data.and_then(|outcome| outcome.rejected).unwrap_or_default();
    let is_final = |rejected: &Rejected| !matches!(rejected.error.code, USED_UP | USED_UP_TODAY | REGISTERED);
    let finally = rejected.into_iter().filter(is_final);
    Ok(finally.filter_map(|rejected| TrackingNumber::parse(&rejected.number).ok()).collect())
}

/// What a code of a whole answer means.
fn refusal(code: i64) -> TrackError {
    match code {
        -18_010_002 | -18_010_005 | -18_010_001 | -18_010_004 => TrackError::Unauthorised,
        -18_010_003 => TrackError::Unavailable("internal".to_owned()),
        USED_UP | USED_UP_TODAY => TrackError::Throttled(Some(3_600)),
        code => TrackError::Refused(code.to_string()),
    }
}

/// Reads a push. One that says that tracking stopped, or that nothing is known, has no event.
pub fn read_17track_push(body: &[u8]) -> Result<Option<CarrierEvent>, TrackError> {
    let push: Push = json(body)?;
    happened(push.data)
}

fn happened(parcel: Parcel) -> Result<Option<CarrierEvent>, TrackError> {
    let number = TrackingNumber::parse(&parcel.number).map_err(|_| TrackError::Malformed("number"))?;
    let Some(info) = parcel.track_info else { return Ok(None) };
    let Some(latest) = info.latest_status else { return Ok(None) };
    let event = info.latest_event;
    let time = event.as_ref().and_then(|event| event.time_utc.as_deref().or(event.time_iso.as_deref()));
    let at = time.and_then(moment::read);
    let (words, place) = event.map_or((None, None), |event| (said(event.description), said(event.location)));
    let fine = said(latest.sub_status);
    let meaning = codes::finer(NAME, fine.as_deref(), &latest.status);
    if codes::is_no_event(NAME, &latest.status) || (at.is_none() && !codes::is_under_way(meaning)) {
        return Ok(None);
    }
    let code = fine.unwrap_or(latest.status);
    Ok(Some(CarrierEvent {
        tracking_number: number,
        meaning,
        words: words.unwrap_or_else(|| code.clone()),
        code: Some(code),
        novelty: None,
        place,
        at,
    }))
}

#[cfg(test)]
mod tests {
    use domain::{ExceptionReason, ShipmentStatus};

    use super::*;

    const STOPPED: &str = "{\"event\":\"TRACKING_STOPPED\",\"data\":{\"number\":\"RR123456789CN\",\"carrier\":3011,\"param\":null,\"tag\":null}}";

    #[test]
    fn the_key_proves_the_bytes() {
        let key = SecretString::from("0123456789ABCDEF0123456789ABCDEF");
        let sign = "b340915d6ee87cc00cf8b6fb6ccebefb11f8391a7d9e41f9194627c8b0a1e7e7";
        assert!(is_from_17track(sign, STOPPED.as_bytes(), &key));
        assert!(!is_from_17track(sign, format!("{STOPPED} ").as_bytes(), &key));
        assert!(!is_from_17track("", STOPPED.as_bytes(), &key));
        assert!(!is_from_17track(sign, STOPPED.as_bytes(), &SecretString::from("")));
    }

    #[test]
    fn a_success_may_reject_everything() {
        let rejected = |code: i64| {
            let body = format!(
                r#"{{"code":0,"data":{{"accepted":[],"rejected":[{{"number":"RR123456789CN","error":{{"code":{code},
                "message":"x"}}}}]}}}}"#
            );
            let told = read_17track_answer(body.as_bytes()).unwrap();
            (told.answered.len(), told.unregistered.len(), told.events.len())
        };
        assert_eq!(rejected(-18_019_909), (1, 0, 0), "no news is an answer");
        assert_eq!(rejected(-18_019_902), (0, 1, 0));
        assert_eq!(rejected(-18_019_908), (0, 0, 0), "no answer for want of quota");
        let refused =
            |code: i64| read_17track_answer(format!(r#"{{"code":{code}}}"#).as_bytes()).unwrap_err();
        assert_eq!(refused(-18_010_002), TrackError::Unauthorised);
        assert_eq!(refused(-18_019_907), TrackError::Throttled(Some(3_600)));
        assert_eq!(refused(-1), TrackError::Refused("-1".to_owned()));
        let body = r#"{"code":0,"data":{"accepted":[{"number":"RR123456789CN","track_info":{"latest_status":
            {"status":"Delivered","sub_status":null},"latest_event":null}},{"number":"?"}],"rejected":null}}"#;
        let told = read_17track_answer(body.as_bytes()).unwrap();
        assert_eq!((told.events.len(), told.answered.len()), (1, 1));
    }

    #[test]
    fn the_finer_status_counts_and_a_new_one_falls_back() {
        let push = |status: &str, fine: &str| {
            let body = format!(
                r#"{{"data":{{"number":"RR123456789CN","track_info":{{"latest_status":{{"status":"{status}",
                "sub_status":"{fine}"}},"latest_event":{{"time_utc":"2026-11-20T20:04:05Z",
                "description":"Intento fallido","location":"BOGOTA"}}}}}}}}"#
            );
            read_17track_push(body.as_bytes()).unwrap()
        };
        let event = |status: &str, fine: &str| push(status, fine).unwrap();
        let failed = event("DeliveryFailure", "DeliveryFailure_NoBody");
        assert_eq!(failed.meaning, Some((ShipmentStatus::Issue, ExceptionReason::RecipientUnavailable)));
        assert_eq!(event("InTransit", "InTransit_Brandnew").meaning.unwrap().0, ShipmentStatus::InTransit);
        let coarse = event("Delivered", "");
        assert_eq!(
            (coarse.meaning.unwrap().0, coarse.code.as_deref()),
            (ShipmentStatus::Delivered, Some("Delivered"))
        );
        assert_eq!(event("Brandnew", "").meaning, None, "its words are read");
        assert_eq!(read_17track_push(STOPPED.as_bytes()), Ok(None));
        assert!(read_17track_push(b"{}").is_err());
    }

    #[test]
    fn where_nothing_is_known_there_is_no_event() {
        let told = |status: &str, event: &str| {
            let parcel = format!(
                r#"{{"number":"RR123456789CN","track_info":{{"latest_status":{{"status":"{status}","sub_status":
                "{status}_Other"}},"latest_event":{event}}}}}"#
            );
            let pushed = read_17track_push(format!(r#"{{"data":{parcel}}}"#).as_bytes()).unwrap();
            let answer = format!(r#"{{"code":0,"data":{{"accepted":[{parcel}],"rejected":[]}}}}"#);
            let told = read_17track_answer(answer.as_bytes()).unwrap();
            assert_eq!(told.answered.len(), 1, "{status}: it is an answer");
            assert_eq!(told.events.first(), pushed.as_ref(), "{status}");
            pushed.is_some()
        };
        let dated = r#"{"time_utc":"2026-11-20T20:04:05Z","description":"x","location":null}"#;
        let undated = r#"{"time_utc":null,"description":"x","location":null}"#;
        for status in ["NotFound", "Expired"] {
            assert!(!told(status, "null") && !told(status, dated) && !told(status, undated), "{status}");
        }
        // Without a moment it would be taken for what happened last.
        for status in ["InfoReceived", "Brandnew"] {
            assert!(!told(status, "null") && !told(status, undated) && told(status, dated), "{status}");
        }
        for status in ["InTransit", "Delivered", "Exception"] {
            assert!(told(status, "null") && told(status, dated), "{status}");
        }
    }

    #[test]
    fn a_registration_is_refused_for_good_or_for_now() {
        let refused = |code: i64| {
            let body = format!(
                r#"{{"code":0,"data":{{"accepted":[{{"number":"RR987654321CN"}}],"rejected":[
                {{"number":"RR123456789CN","error":{{"code":{code}}}}}]}}}}"#
            );
            read_17track_registration(body.as_bytes()).unwrap()
        };
        assert_eq!(refused(-18_019_903), [TrackingNumber::parse("RR123456789CN").unwrap()]);
        for for_now in [-18_019_908, -18_019_907, -18_019_901] {
            assert_eq!(refused(for_now), [], "{for_now}");
        }
        let throttled = read_17track_registration(br#"{"code":-18019907}"#);
        assert_eq!(throttled, Err(TrackError::Throttled(Some(3_600))));
    }
}
