//! Servientrega (Colombia): XML of its tracking service, with or without a SOAP envelope around.

use domain::TrackingNumber;
use ports::carriers::{CarrierEvent, TrackError};

use crate::xml::{Finds, walk};
use crate::{codes, moment, said};

const NAME: &str = "servientrega";
/// What it says inside a success to whom it does not know.
const REFUSAL: &[u8] = b"Debe Autenticarse";

/// Texts of elements, gathered while the document is read.
#[derive(Default)]
struct Found {
    movement: Option<Movement>,
    movements: Vec<Movement>,
    code: Option<String>,
    state: Option<String>,
    state_at: Option<String>,
    is_answer: bool,
}

#[derive(Default)]
struct Movement {
    name: Option<String>,
    at: Option<String>,
    place: Option<String>,
    problem: Option<String>,
}

/// Reads an answer about one parcel; of one that it does not know it says nothing. A document with a type declaration is refused: it may define entities.
pub fn read_servientrega(number: &TrackingNumber, body: &[u8]) -> Result<Vec<CarrierEvent>, TrackError> {
    if body.windows(REFUSAL.len()).any(|window| window == REFUSAL) {
        return Err(TrackError::Unauthorised);
    }
    let mut found = Found::default();
    walk(body, &mut found)?;
    let mut events: Vec<CarrierEvent> =
        found.movements.into_iter().filter_map(|movement| moved(number, movement)).collect();
    // A state without a moment is the one that the last movement led to.
    let last = events.iter().filter_map(|event| event.at).max();
    let code = said(found.code);
    let words = said(found.state).or_else(|| code.clone());
    match words {
        Some(words) => events.push(CarrierEvent {
            tracking_number: number.clone(),
            meaning: code.as_deref().and_then(|code| codes::meaning(NAME, code)),
            code,
            words,
            novelty: None,
            place: None,
            at: found.state_at.as_deref().and_then(moment::read).or(last),
        }),
        None if events.is_empty() && !found.is_answer => return Err(TrackError::Malformed("no_state")),
        None => {}
    }
    Ok(events)
}

fn moved(number: &TrackingNumber, movement: Movement) -> Option<CarrierEvent> {
    Some(CarrierEvent {
        tracking_number: number.clone(),
        code: None,
        words: said(movement.name)?,
        novelty: said(movement.problem),
        place: said(movement.place),
        at: movement.at.as_deref().and_then(moment::read),
        // The codes of movements are not those of states: the words are read by the tables of phrases.
        meaning: None,
    })
}

impl Finds for Found {
    fn begins(&mut self, name: &str, _: &[String]) {
        self.is_answer |= name == "InformacionGuia";
        if name == "InformacionMov" {
            self.movement = Some(Movement::default());
        }
    }

    fn ends(&mut self, name: &str, _: &[String], content: String) {
        if name == "InformacionMov" {
            self.movements.extend(self.movement.take());
            return;
        }
        let field = match (&mut self.movement, name) {
            (Some(movement), "NomMov") => &mut movement.name,
            (Some(movement), "FecMov") => &mut movement.at,
            (Some(movement), "OriMov") => &mut movement.place,
            (Some(movement), "NomConc") => &mut movement.problem,
            (None, "IdEstAct") => &mut self.code,
            (None, "EstAct") => &mut self.state,
            (None, "FecEst") => &mut self.state_at,
            (Some(_) | None, _) => return,
        };
        *field = Some(content);
    }
}

#[cfg(test)]
mod tests {
    use domain::ShipmentStatus;

    use super::*;

    fn read(body: &str) -> Result<Vec<CarrierEvent>, TrackError> {
        read_servientrega(&TrackingNumber::parse("2200000000").unwrap(), body.as_bytes())
    }

    const ANSWER: &str = r#"<?xml version="1.0"?><s:Envelope xmlns:s="x"><s:Body><InformacionGuia>
        <IdEstAct>4</IdEstAct><EstAct>ENTREGADO A REMITENTE</EstAct><FecEst>2026-11-21T15:44:00</FecEst>
        <Mov><InformacionMov><NomMov>En distribuci&#243;n &amp; ruta</NomMov><FecMov>0001-01-01T00:00:00</FecMov>
        <OriMov>Cali</OriMov><NomConc>REHUSADO</NomConc></InformacionMov></Mov>
        </InformacionGuia></s:Body></s:Envelope>"#;

    #[test]
    fn delivered_to_the_sender_is_a_return() {
        let events = read(ANSWER).unwrap();
        assert_eq!(events.len(), 2);
        assert_eq!(events[1].meaning.unwrap().0, ShipmentStatus::Returned);
        assert_eq!(events[1].at, "2026-11-21T20:44:00Z".parse().ok());
        assert_eq!(events[0].words, "En distribución & ruta");
        assert_eq!((events[0].novelty.as_deref(), events[0].at), (Some("REHUSADO"), None));
    }

    #[test]
    fn of_a_parcel_that_it_does_not_know_it_says_nothing() {
        let nothing = [
            "<InformacionGuia/>",
            "<a><InformacionGuia><EstAct/><IdEstAct></IdEstAct><Mov/></InformacionGuia></a>",
            "<s:Envelope><s:Body><InformacionGuia><EstAct> </EstAct></InformacionGuia></s:Body></s:Envelope>",
        ];
        for answer in nothing {
            assert_eq!(read(answer), Ok(Vec::new()), "{answer}");
        }
    }

    #[test]
    fn characters_may_come_as_numbers() {
        for (text, words) in [
            ("devoluci&#243;n", "devolución"),
            ("devoluci&#xF3;n &lt;a&gt; &quot;b&apos;", "devolución <a> \"b'"),
            // No character, a surrogate, a control character, more than there are, an entity nobody defined.
            ("a&#;b&#xD800;c&#0;d&#x110000;e&nada;f", "a b c d e f"),
        ] {
            assert_eq!(read(&format!("<a><EstAct>{text}</EstAct></a>")).unwrap()[0].words, words, "{text}");
        }
    }

    #[test]
    fn bombs_halves_and_refusals_are_no_events() {
        let bomb = r#"<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a><EstAct>&c;</EstAct></a>"#;
        assert_eq!(read(bomb), Err(TrackError::Malformed("doctype")));
        assert_eq!(read(&"<a>".repeat(10_000)), Err(TrackError::Malformed("depth")));
        assert_eq!(read("<a>Debe Autenticarse</a>"), Err(TrackError::Unauthorised));
        assert_eq!(read("<a></a>"), Err(TrackError::Malformed("no_state")));
        for end in (1..ANSWER.len()).filter(|end| ANSWER.is_char_boundary(*end)) {
            assert!(read(&ANSWER[..end]).is_err(), "{end}");
        }
    }
}
