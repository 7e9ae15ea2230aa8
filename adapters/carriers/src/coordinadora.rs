//! Coordinadora: version 3 of its push (a Pub/Sub envelope around base64 of JSON).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::TrackingNumber;
use ports::carriers::{CarrierEvent, TrackError};
use serde::Deserialize;

use crate::{codes, json, moment, said};

const NAME: &str = "coordinadora";

#[derive(Deserialize)]
struct Pushed {
    tracking_number: String,
    comment: Option<String>,
    codigo: Option<String>,
    fecha: Option<String>,
    hora: Option<String>,
    novedad: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Incident {
    codigo_estado: Option<String>,
    desc_estado: Option<String>,
}

impl Incident {
    /// What a push says of one. Nothing, or a frame in which nothing is said, is none.
    fn read(said_of_it: Option<serde_json::Value>) -> Result<Option<Self>, TrackError> {
        use serde_json::Value;
        let is_empty = |value: &Value| match value {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
        };
        let Some(value) = said_of_it.filter(|value| !is_empty(value)) else { return Ok(None) };
        let Ok(Self { codigo_estado, desc_estado }) = serde_json::from_value(value) else {
            return Err(TrackError::Malformed("novedad"));
        };
        let incident = Self { codigo_estado: said(codigo_estado), desc_estado: said(desc_estado) };
        Ok((incident.codigo_estado.is_some() || incident.desc_estado.is_some()).then_some(incident))
    }
}

/// Reads one push: the id of its delivery, if it has one, and the event.
pub fn read_coordinadora_push(body: &[u8]) -> Result<(Option<String>, CarrierEvent), TrackError> {
    // Their JSON names the id in two spellings, both at once; only a map takes that.
    let envelope: serde_json::Value = json(body)?;
    let message = envelope.get("message").ok_or(TrackError::Malformed("message"))?;
    let text = |name: &str| message.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    let data = text("data").ok_or(TrackError::Malformed("data"))?;
    let data = STANDARD.decode(data).map_err(|_| TrackError::Malformed("base64"))?;
    let event = pushed(json(&data)?)?;
    Ok((text("messageId").or_else(|| text("message_id")), event))
}

fn pushed(pushed: Pushed) -> Result<CarrierEvent, TrackError> {
    let number = TrackingNumber::parse(&pushed.tracking_number);
    let tracking_number = number.map_err(|_| TrackError::Malformed("tracking_number"))?;
    let at = match (pushed.fecha, pushed.hora) {
        (Some(day), Some(hour)) => moment::read(&format!("{} {}", day.trim(), hour.trim())),
        (Some(_) | None, _) => None,
    };
    let state = said(pushed.codigo);
    // With an incident the code is still the one before it.
    let (code, novelty, meaning) = if let Some(incident) = Incident::read(pushed.novedad)? {
        let meaning = Some((domain::ShipmentStatus::Issue, domain::ExceptionReason::Other));
        (incident.codigo_estado, incident.desc_estado, meaning)
    } else {
        let meaning = state.as_deref().and_then(|code| codes::meaning(NAME, code));
        (state, None, meaning)
    };
    let label = code.as_deref().and_then(|code| codes::find(NAME, code)).map(|code| code.label.clone());
    let words = said(pushed.comment).or(label).or_else(|| code.clone());
    let words = words.ok_or(TrackError::Malformed("codigo"))?;
    Ok(CarrierEvent { tracking_number, code, words, novelty, place: None, at, meaning })
}

#[cfg(test)]
mod tests {
    use domain::ShipmentStatus;

    use super::*;

    fn push(data: &str) -> Result<(Option<String>, CarrierEvent), TrackError> {
        let data = STANDARD.encode(data);
        let body = format!(r#"{{"message":{{"data":"{data}","messageId":"1","message_id":"1"}}}}"#);
        read_coordinadora_push(body.as_bytes())
    }

    #[test]
    fn a_push_is_one_event() {
        let (id, event) = push(
            r#"{"tracking_number":"36312345678","comment":"EN REPARTO","codigo":"5","fecha":"2026-11-20",
                "hora":"08:15:00.000000","anterior":"4"}"#,
        )
        .unwrap();
        assert_eq!((id.as_deref(), event.words.as_str()), (Some("1"), "EN REPARTO"));
        assert_eq!(event.meaning.unwrap().0, ShipmentStatus::OutForDelivery);
        assert_eq!(event.at, "2026-11-20T13:15:00Z".parse().ok());
    }

    #[test]
    fn an_incident_is_no_delivery_run() {
        let (_, event) = push(
            r#"{"tracking_number":"36312345678","comment":"NO SE ENCUENTRA","codigo":"5",
                "novedad":{"codigo_estado":"728","desc_estado":"NO SE ENCUENTRA"}}"#,
        )
        .unwrap();
        assert_eq!(event.meaning.unwrap().0, ShipmentStatus::Issue);
        assert_eq!((event.code.as_deref(), event.at), (Some("728"), None));
    }

    #[test]
    fn an_empty_incident_is_none() {
        for empty in ["null", "{}", r#""""#, "[]", r#"{"codigo_estado":"","desc_estado":" "}"#] {
            let body = format!(r#"{{"tracking_number":"36312345678","codigo":"5","novedad":{empty}}}"#);
            let (_, event) = push(&body).unwrap();
            assert_eq!(event.meaning.unwrap().0, ShipmentStatus::OutForDelivery, "{empty}");
            assert_eq!((event.code.as_deref(), event.novelty), (Some("5"), None), "{empty}");
        }
        let (_, event) = push(
            r#"{"tracking_number":"36312345678","codigo":"5","comment":"x","novedad":{"desc_estado":"CERRADO"}}"#,
        )
        .unwrap();
        assert_eq!(event.meaning.unwrap().0, ShipmentStatus::Issue, "words alone are one");
        let odd = push(r#"{"tracking_number":"36312345678","codigo":"5","novedad":true}"#);
        assert_eq!(odd, Err(TrackError::Malformed("novedad")));
    }

    #[test]
    fn an_unknown_code_is_no_state_and_nonsense_is_refused() {
        let (_, event) = push(r#"{"tracking_number":"36312345678","codigo":"77"}"#).unwrap();
        assert_eq!((event.meaning, event.words.as_str()), (None, "77"));
        for bad in ["", "{}", r#"{"message":{"data":"!"}}"#, r#"{"message":null}"#, "[[[["] {
            assert!(matches!(read_coordinadora_push(bad.as_bytes()), Err(TrackError::Malformed(_))), "{bad}");
        }
        assert!(push(r#"{"tracking_number":"?","codigo":"6"}"#).is_err());
    }
}
