//! Envía (Colvanes): its public state of one parcel. The answer does not repeat the number.

use domain::{ExceptionReason, ShipmentStatus, TrackingNumber};
use ports::carriers::{CarrierEvent, TrackError};
use serde::Deserialize;

use crate::{codes, json, moment, said};

const NAME: &str = "envia";

#[derive(Deserialize)]
struct Answer {
    estado: Option<String>,
    cod_estadog: Option<String>,
    fec_recoleccion: Option<String>,
    fec_despacho: Option<String>,
    fec_bodega_destino: Option<String>,
    fec_reparto: Option<String>,
    fec_entrega: Option<String>,
    novedades: Option<Vec<Incident>>,
}

#[derive(Deserialize)]
struct Incident {
    cod_novedad: Option<String>,
    novedad: Option<String>,
    fecha: Option<String>,
    detalle: Option<String>,
}

/// Reads an answer about a parcel; of one that it does not know it says nothing. Its milestones are dates, its incidents a list; closed incidents vanish from
/// that list at the carrier.
pub fn read_envia(number: &TrackingNumber, body: &[u8]) -> Result<Vec<CarrierEvent>, TrackError> {
    let answer: serde_json::Value = json(body)?;
    if answer.get("estado").is_none() {
        return Err(TrackError::Malformed("estado"));
    }
    let answer: Answer = serde_json::from_value(answer).map_err(|_| TrackError::Malformed("json"))?;
    let event = |words: String, at, status, reason| CarrierEvent {
        tracking_number: number.clone(),
        code: None,
        words,
        novelty: None,
        place: None,
        at,
        meaning: Some((status, reason)),
    };
    let milestones = [
        (answer.fec_recoleccion, "RECOLECCION", ShipmentStatus::Processing),
        (answer.fec_despacho, "DESPACHO", ShipmentStatus::InTransit),
        (answer.fec_bodega_destino, "BODEGA DESTINO", ShipmentStatus::InTransit),
        (answer.fec_reparto, "REPARTO", ShipmentStatus::OutForDelivery),
        (answer.fec_entrega, "ENTREGA", ShipmentStatus::Delivered),
    ];
    let mut events = Vec::new();
    for (text, words, status) in milestones {
        // A milestone without a readable date did not happen.
        let Some(at) = text.as_deref().and_then(moment::read) else { continue };
        events.push(event(words.to_owned(), Some(at), status, ExceptionReason::None));
    }
    for incident in answer.novedades.unwrap_or_default() {
        let Some(words) = said(incident.novedad) else { continue };
        let at = incident.fecha.as_deref().and_then(moment::read);
        let happened = event(words, at, ShipmentStatus::Issue, ExceptionReason::Other);
        events.push(CarrierEvent {
            code: said(incident.cod_novedad),
            novelty: said(incident.detalle),
            ..happened
        });
    }
    if events.is_empty() {
        let code = said(answer.cod_estadog);
        let Some(words) = said(answer.estado).or_else(|| code.clone()) else { return Ok(events) };
        let meaning = code.as_deref().and_then(|code| codes::meaning(NAME, code));
        let state = event(words, None, ShipmentStatus::Created, ExceptionReason::None);
        events.push(CarrierEvent { code, meaning, ..state });
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Vec<CarrierEvent>, TrackError> {
        read_envia(&TrackingNumber::parse("014152004123").unwrap(), body.as_bytes())
    }

    #[test]
    fn dates_are_milestones_and_incidents_stay_open() {
        let events = read(
            r#"{"estado":"EN NOVEDAD","cod_estadog":"8","fec_recoleccion":"2026-11-17 16:00","fec_despacho":"",
                "fec_entrega":"","novedades":[{"cod_novedad":"12","novedad":"DIRECCION ERRADA",
                "fecha":"2026-11-19 15:04","mca_estado":"VI","detalle":"SIN NOMENCLATURA"}]}"#,
        )
        .unwrap();
        let statuses: Vec<_> = events.iter().map(|event| event.meaning.unwrap().0).collect();
        assert_eq!(statuses, [ShipmentStatus::Processing, ShipmentStatus::Issue]);
        assert_eq!(events[1].novelty.as_deref(), Some("SIN NOMENCLATURA"));
    }

    #[test]
    fn a_state_alone_keeps_its_words_and_an_unknown_code_is_no_state() {
        let events = read(r#"{"estado":"ENTREGADA","cod_estadog":"7","novedades":null}"#).unwrap();
        assert_eq!((events.len(), events[0].meaning), (1, None));
        assert!(read("<html>").is_err() && read("[]").is_err());
    }

    #[test]
    fn of_a_parcel_that_it_does_not_know_it_says_nothing() {
        for nothing in [r#"{"estado":""}"#, r#"{"estado":null,"cod_estadog":" ","novedades":[]}"#] {
            assert_eq!(read(nothing), Ok(Vec::new()), "{nothing}");
        }
        assert_eq!(read(r#"{"mensaje":"error"}"#), Err(TrackError::Malformed("estado")));
    }
}
