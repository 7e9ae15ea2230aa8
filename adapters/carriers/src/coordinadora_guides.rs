//! Coordinadora: the extended tracking of its guides service (SOAP, version 1.6).

use domain::{ExceptionReason, ShipmentStatus, TrackingNumber};
use ports::carriers::{CarrierEvent, TrackError};

use crate::xml::{Finds, walk};
use crate::{Heard, codes, moment, said};

const NAME: &str = "coordinadora";
/// The code of a number that it does not know.
const NOT_KNOWN: &str = "0";
/// Words of a fault that say who asks is not let in.
const NOT_LET_IN: [&str; 5] = ["clave", "usuario", "contrase", "autentic", "autoriz"];

#[derive(Default)]
struct Found {
    parcels: Vec<Parcel>,
    parcel: Option<Parcel>,
    entry: Option<Entry>,
    fault: Option<String>,
    is_answer: bool,
}

#[derive(Default)]
struct Parcel {
    number: Option<String>,
    code: Option<String>,
    words: Option<String>,
    delivered_day: Option<String>,
    delivered_hour: Option<String>,
    entries: Vec<Entry>,
}

#[derive(Default)]
struct Entry {
    is_incident: bool,
    code: Option<String>,
    words: Option<String>,
    day: Option<String>,
    hour: Option<String>,
}

/// The question about parcels, as its service wants it. `password` is the hash that it knows.
pub(crate) fn question(address: &str, user: &str, password: &str, numbers: &[TrackingNumber]) -> String {
    let item = |number: &TrackingNumber| format!(r#"<item xsi:type="xsd:string">{number}</item>"#);
    let items = numbers.iter().map(item).collect::<Vec<_>>().concat();
    let (user, address) = (escaped(user), escaped(address));
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:tns="{address}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soapenv:Body><tns:Guias_rastreoExtendido><p><codigos_remision>{items}</codigos_remision><usuario>{user}</usuario><clave>{password}</clave></p></tns:Guias_rastreoExtendido></soapenv:Body></soapenv:Envelope>"#
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Reads an answer about several parcels. One whose number cannot be read is left out, unless it is all there is.
pub fn read_coordinadora_guides(body: &[u8]) -> Result<Heard, TrackError> {
    let mut found = Found::default();
    walk(body, &mut found)?;
    if let Some(fault) = found.fault {
        let fault = fault.to_lowercase();
        return Err(if NOT_LET_IN.iter().any(|word| fault.contains(word)) {
            TrackError::Unauthorised
        } else {
            TrackError::Refused("fault".to_owned())
        });
    }
    if !found.is_answer {
        return Err(TrackError::Malformed("return"));
    }
    let (mut heard, mut readable) = (Heard::default(), found.parcels.is_empty());
    for parcel in found.parcels {
        let number = parcel.number.as_deref().map(TrackingNumber::parse);
        let Some(Ok(number)) = number else { continue };
        readable = true;
        heard.numbers.push(number.clone());
        heard.events.extend(history(&number, parcel));
    }
    if readable { Ok(heard) } else { Err(TrackError::Malformed("codigo_remision")) }
}

fn history(number: &TrackingNumber, parcel: Parcel) -> Vec<CarrierEvent> {
    let mut events: Vec<CarrierEvent> =
        parcel.entries.into_iter().filter_map(|entry| event(number, entry)).collect();
    let Some(code) = said(parcel.code).filter(|code| code != NOT_KNOWN) else { return events };
    let is_told = events.iter().any(|event| event.novelty.is_none() && event.code.as_ref() == Some(&code));
    if is_told {
        return events;
    }
    let delivered =
        at(parcel.delivered_day.as_deref(), parcel.delivered_hour.as_deref()).filter(|_| code == "6");
    let last = events.iter().filter_map(|event| event.at).max();
    events.push(CarrierEvent {
        tracking_number: number.clone(),
        words: words(parcel.words, &code),
        meaning: codes::meaning(NAME, &code),
        code: Some(code),
        novelty: None,
        place: None,
        at: delivered.or(last),
    });
    events
}

fn event(number: &TrackingNumber, entry: Entry) -> Option<CarrierEvent> {
    let at = at(entry.day.as_deref(), entry.hour.as_deref());
    let code = said(entry.code);
    let incident = (ShipmentStatus::Issue, ExceptionReason::Other);
    let meaning = code.as_deref().and_then(|code| codes::meaning(NAME, code));
    let said_words = said(entry.words);
    Some(CarrierEvent {
        tracking_number: number.clone(),
        words: said_words.clone().or_else(|| Some(words(None, code.as_deref()?)))?,
        novelty: said_words.filter(|_| entry.is_incident),
        meaning: if entry.is_incident { Some(incident) } else { meaning },
        code,
        place: None,
        at,
    })
}

fn words(said_words: Option<String>, code: &str) -> String {
    let label = || codes::find(NAME, code).map(|code| code.label.clone());
    said(said_words).or_else(label).unwrap_or_else(|| code.to_owned())
}

fn at(day: Option<&str>, hour: Option<&str>) -> Option<domain::Timestamp> {
    moment::read(&format!("{} {}", day?.trim(), hour?.trim()))
}

impl Finds for Found {
    fn begins(&mut self, name: &str, path: &[String]) {
        self.is_answer |= name == "return";
        if name != "item" {
            return;
        }
        let is_in = |around: &str| path.iter().any(|element| element == around);
        let is_incident = is_in("detalle_novedades");
        if is_incident || is_in("detalle_estados") {
            self.entry = Some(Entry { is_incident, ..Entry::default() });
        } else if self.parcel.is_none() {
            self.parcel = Some(Parcel::default());
        }
    }

    fn ends(&mut self, name: &str, path: &[String], content: String) {
        let is_in_details = path.iter().any(|element| element.starts_with("detalle_"));
        match (name, is_in_details) {
            ("faultstring" | "Text", _) => self.fault = Some(content),
            ("item", true) => {
                let entry = self.entry.take();
                if let Some(parcel) = &mut self.parcel {
                    parcel.entries.extend(entry);
                }
            }
            ("item", false) => self.parcels.extend(self.parcel.take()),
            (_, true) => self.take_of_entry(name, content),
            (_, false) => self.take_of_parcel(name, content),
        }
    }
}

impl Found {
    fn take_of_entry(&mut self, name: &str, content: String) {
        let Some(entry) = &mut self.entry else { return };
        let field = match name {
            "codigo_estado" | "codigo_novedad" | "codigo" => &mut entry.code,
            "descripcion" => &mut entry.words,
            "fecha" => &mut entry.day,
            "hora" => &mut entry.hour,
            _ => return,
        };
        *field = Some(content);
    }

    fn take_of_parcel(&mut self, name: &str, content: String) {
        let Some(parcel) = &mut self.parcel else { return };
        let field = match name {
            "codigo_remision" => &mut parcel.number,
            "codigo_estado" => &mut parcel.code,
            "descripcion_estado" => &mut parcel.words,
            "fecha_entrega" => &mut parcel.delivered_day,
            "hora_entrega" => &mut parcel.delivered_hour,
            _ => return,
        };
        *field = Some(content);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="x"><SOAP-ENV:Body><ns1:r><return>
        <item><codigo_remision>36312345678</codigo_remision><codigo_estado>6</codigo_estado>
        <descripcion_estado>ENTREGADA</descripcion_estado><fecha_entrega>2026-11-21</fecha_entrega>
        <hora_entrega>13:58:00</hora_entrega><detalle_estados>
        <item><codigo_estado>5</codigo_estado><descripcion>EN REPARTO</descripcion><fecha>2026-11-21</fecha>
        <hora>08:15:00</hora></item></detalle_estados><detalle_novedades>
        <item><codigo_novedad>728</codigo_novedad><descripcion>NO SE ENCUENTRA</descripcion>
        <fecha>2026-11-20</fecha><hora>10:00</hora></item></detalle_novedades></item>
        <item><codigo_remision>36300000000</codigo_remision><codigo_estado>0</codigo_estado></item>
        </return></ns1:r></SOAP-ENV:Body></SOAP-ENV:Envelope>"#;

    #[test]
    fn states_incidents_and_the_delivery_are_events() {
        let events = read_coordinadora_guides(ANSWER.as_bytes()).unwrap().events;
        let told: Vec<_> = events.iter().map(|event| (event.meaning.unwrap().0, event.at.unwrap())).collect();
        let at = |text: &str| text.parse().unwrap();
        assert_eq!(
            told,
            [
                (ShipmentStatus::OutForDelivery, at("2026-11-21T13:15:00Z")),
                (ShipmentStatus::Issue, at("2026-11-20T15:00:00Z")),
                (ShipmentStatus::Delivered, at("2026-11-21T18:58:00Z")),
            ],
        );
        assert_eq!(events[1].novelty.as_deref(), Some("NO SE ENCUENTRA"));
        assert!(events.iter().all(|event| event.tracking_number.as_str() == "36312345678"));
        for end in (1..ANSWER.len()).filter(|end| ANSWER.is_char_boundary(*end)) {
            assert!(read_coordinadora_guides(&ANSWER.as_bytes()[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn a_fault_is_a_refusal() {
        let fault = |text: &str| {
            let body = format!("<e><Fault><faultstring>{text}</faultstring></Fault></e>");
            read_coordinadora_guides(body.as_bytes())
        };
        assert_eq!(fault("Error: Usuario o clave incorrectos"), Err(TrackError::Unauthorised));
        assert_eq!(fault("x"), Err(TrackError::Refused("fault".to_owned())));
        assert_eq!(read_coordinadora_guides(b"<a></a>"), Err(TrackError::Malformed("return")));
        assert_eq!(read_coordinadora_guides(b"<return></return>"), Ok(Heard::default()));
    }

    #[test]
    fn a_name_cannot_end_the_question() {
        let number = TrackingNumber::parse("36312345678").unwrap();
        let asked = question("https://a.co", "a</usuario>&", "00", &[number]);
        assert!(asked.contains("<usuario>a&lt;/usuario&gt;&amp;</usuario>"), "{asked}");
        assert!(asked.contains(">36312345678</item>"));
    }
}
