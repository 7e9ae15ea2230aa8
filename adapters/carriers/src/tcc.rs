//! TCC: the states of its third query of remesas.

use ports::carriers::{CarrierEvent, TrackError};
use serde::Deserialize;

use crate::{Heard, codes, json, moment, number, said};

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    remesas: Option<Vec<Parcel>>,
    respuesta: Outcome,
}

#[derive(Deserialize)]
struct Outcome {
    codigo: String,
}

#[derive(Deserialize)]
struct Parcel {
    #[serde(default)]
    numeroremesa: serde_json::Value,
    #[serde(default)]
    estados: Option<Vec<State>>,
}

#[derive(Deserialize)]
struct State {
    codigo: Option<String>,
    descripcion: Option<String>,
    fecha: Option<String>,
}

/// Reads an answer about several parcels. One whose number cannot be read is left out, unless it is all there is. The
/// outcome inside decides, whatever HTTP said.
pub fn read_tcc(body: &[u8]) -> Result<Heard, TrackError> {
    let answer: Answer = json(body)?;
    if answer.respuesta.codigo != "0" {
        return Err(TrackError::Refused(answer.respuesta.codigo.chars().take(20).collect()));
    }
    let parcels = answer.remesas.unwrap_or_default();
    let (mut heard, mut readable) = (Heard::default(), parcels.is_empty());
    for parcel in parcels {
        let Some(number) = number(&parcel.numeroremesa) else { continue };
        readable = true;
        heard.numbers.push(number.clone());
        heard.events.extend(parcel.estados.unwrap_or_default().into_iter().filter_map(|state| {
            let code = said(state.codigo);
            Some(CarrierEvent {
                tracking_number: number.clone(),
                words: said(state.descripcion).or_else(|| code.clone())?,
                meaning: code.as_deref().and_then(|code| codes::meaning("tcc", code)),
                code,
                novelty: None,
                place: None,
                at: state.fecha.as_deref().and_then(moment::read),
            })
        }));
    }
    if readable { Ok(heard) } else { Err(TrackError::Malformed("numeroremesa")) }
}

#[cfg(test)]
mod tests {
    use domain::ShipmentStatus;

    use super::*;

    #[test]
    fn the_outcome_inside_decides() {
        let body = r#"{"remesas":[{"numeroremesa":"400000001","estados":[
            {"codigo":"1000","descripcion":"Remesa creada","fecha":"2026-11-17T16:00:00"},
            {"codigo":"3000","descripcion":"Entregado","fecha":"2026-11-20T15:04:05"}]}],
            "respuesta":{"codigo":"0","mensaje":"ok"}}"#;
        let events = read_tcc(body.as_bytes()).unwrap().events;
        assert_eq!((events.len(), events[0].meaning), (2, None));
        assert_eq!(events[1].meaning.unwrap().0, ShipmentStatus::Delivered);
        let failed = read_tcc(br#"{"remesas":null,"respuesta":{"codigo":"-1"}}"#);
        assert_eq!(failed, Err(TrackError::Refused("-1".into())));
    }

    #[test]
    fn an_unreadable_number_loses_no_other_parcel() {
        let read = |first: &str| {
            let states = r#""estados":[{"codigo":"3000"}]"#;
            let body = format!(r#"{{"remesas":[{first}{states}}}],"respuesta":{{"codigo":"0"}}}}"#);
            read_tcc(body.as_bytes())
        };
        for bad in ["null", r#""""#, r#""-""#, "[1]"] {
            let events =
                read(&format!(r#"{{"numeroremesa":{bad}}},{{"numeroremesa":"400000002","#)).unwrap().events;
            let numbers: Vec<&str> = events.iter().map(|event| event.tracking_number.as_str()).collect();
            assert_eq!(numbers, ["400000002"], "{bad}");
            let alone = read(&format!(r#"{{"numeroremesa":{bad},"#));
            assert_eq!(alone, Err(TrackError::Malformed("numeroremesa")), "{bad}");
        }
    }
}
