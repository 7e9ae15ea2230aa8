//! Interrapidísimo: the states of the contract's interface.

use domain::TrackingNumber;
use ports::carriers::{CarrierEvent, TrackError};
use serde::Deserialize;

use crate::{Heard, codes, json, moment, number, said};

const NAME: &str = "interrapidisimo";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    listado_guias: Vec<Guide>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Guide {
    #[serde(default)]
    numero_guia: serde_json::Value,
    #[serde(default)]
    estados_guia: Option<Vec<State>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    id_estado_guia: Option<i64>,
    nombre_estado: Option<String>,
    fecha_estado: Option<String>,
    nombre_ciudad_destino: Option<String>,
}

/// Reads an answer about several parcels. One whose number cannot be read is left out, unless it is all there is. What
/// the carrier writes for its archive after the end is no event.
pub fn read_interrapidisimo(body: &[u8]) -> Result<Heard, TrackError> {
    let answer: Answer = json(body)?;
    let (mut heard, mut readable) = (Heard::default(), answer.listado_guias.is_empty());
    for guide in answer.listado_guias {
        let Some(number) = number(&guide.numero_guia) else { continue };
        readable = true;
        heard.numbers.push(number.clone());
        let states = guide.estados_guia.unwrap_or_default();
        heard.events.extend(states.into_iter().filter_map(|state| event(&number, state)));
    }
    if readable { Ok(heard) } else { Err(TrackError::Malformed("numeroGuia")) }
}

fn event(number: &TrackingNumber, state: State) -> Option<CarrierEvent> {
    let code = state.id_estado_guia.map(|code| code.to_string());
    if code.as_deref().is_some_and(|code| codes::is_no_event(NAME, code)) {
        return None;
    }
    Some(CarrierEvent {
        tracking_number: number.clone(),
        words: said(state.nombre_estado).or_else(|| code.clone())?,
        meaning: code.as_deref().and_then(|code| codes::meaning(NAME, code)),
        code,
        novelty: None,
        place: said(state.nombre_ciudad_destino),
        at: state.fecha_estado.as_deref().and_then(moment::read),
    })
}

#[cfg(test)]
mod tests {
    use domain::ShipmentStatus;

    use super::*;

    #[test]
    fn the_archive_does_not_undo_a_delivery() {
        let body = r#"{"listadoGuias":[{"numeroGuia":240000000001,"estadosGuia":[
            {"idEstadoGuia":11,"nombreEstado":"Entregada","fechaEstado":"2026-11-20T15:04:05.1"},
            {"idEstadoGuia":16,"nombreEstado":"Archivada","fechaEstado":"2026-11-22T08:00:00"},
            {"idEstadoGuia":77,"nombreEstado":"Nueva","fechaEstado":null}]},
            {"numeroGuia":"240000000002","estadosGuia":null}]}"#;
        let events = read_interrapidisimo(body.as_bytes()).unwrap().events;
        assert_eq!(events.len(), 2);
        assert_eq!(events[0].meaning.unwrap().0, ShipmentStatus::Delivered);
        assert_eq!((events[1].meaning, events[1].at), (None, None));
        assert!(
            read_interrapidisimo(b"{}").is_err() && read_interrapidisimo(&body.as_bytes()[..90]).is_err()
        );
    }

    #[test]
    fn an_unreadable_number_loses_no_other_parcel() {
        let body = |numbers: &[&str]| {
            let guide =
                |number: &&str| format!(r#"{{"numeroGuia":{number},"estadosGuia":[{{"idEstadoGuia":11}}]}}"#);
            let guides: Vec<String> = numbers.iter().map(guide).collect();
            format!(r#"{{"listadoGuias":[{}]}}"#, guides.join(","))
        };
        let read = |numbers: &[&str]| read_interrapidisimo(body(numbers).as_bytes());
        let events = read(&["null", "240000000001", r#""?""#, r#""240000000002""#]).unwrap().events;
        let numbers: Vec<&str> = events.iter().map(|event| event.tracking_number.as_str()).collect();
        assert_eq!(numbers, ["240000000001", "240000000002"]);
        assert_eq!(read(&["null"]), Err(TrackError::Malformed("numeroGuia")));
        assert_eq!(read(&[]), Ok(Heard::default()));
    }
}
