//! TCC: the states of its third query of remesas.

use domain::TrackingNumber;
use ports::carriers::{CarrierEvent, TrackError};
use serde::Deserialize;

use crate::{codes, json, moment, said};

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
    numeroremesa: String,
    #[serde(default)]
    estados: Option<Vec<State>>,
}

#[derive(Deserialize)]
struct State {
    codigo: Option<String>,
    descripcion: Option<String>,
    fecha: Option<String>,
}

/// Reads an answer about several parcels. The outcome inside decides, whatever HTTP said.
pub fn read_tcc(body: &[u8]) -> Result<Vec<CarrierEvent>, TrackError> {
    let answer: Answer = json(body)?;
    if answer.respuesta.codigo != "0" {
        return Err(TrackError::Refused(answer.respuesta.codigo.chars().take(20).collect()));
    }
    let mut events = Vec::new();
    for parcel in answer.remesas.unwrap_or_default() {
        let number = TrackingNumber::parse(&parcel.numeroremesa);
        let number = number.map_err(|_| TrackError::Malformed("numeroremesa"))?;
        events.extend(parcel.estados.unwrap_or_default().into_iter().filter_map(|state| {
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
    Ok(events)
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
        let events = read_tcc(body.as_bytes()).unwrap();
        assert_eq!((events.len(), events[0].meaning), (2, None));
        assert_eq!(events[1].meaning.unwrap().0, ShipmentStatus::Delivered);
        let failed = read_tcc(br#"{"remesas":null,"respuesta":{"codigo":"-1"}}"#);
        assert_eq!(failed, Err(TrackError::Refused("-1".into())));
    }
}
