//! Text copied out of tracking pages, in three steps: phones, a report in blocks, a summary table.

use std::collections::{HashMap, HashSet};

use domain::carrier::Carrier;
use domain::country::Country;
use domain::money::{Currency, Money};
use domain::phone::Phone;
use domain::text::{fold, repair_mojibake};
use domain::tracking_number::TrackingNumber;
use ports::pastes::{
    MAX_PASTED, MAX_PROBLEMS, Paste, PastePart, PasteProblem, PasteProblemCode as Code, PasteReading,
    PastedEvent, PastedShipment, PhoneBy,
};

use crate::dates;

/// Resembling numbers that are proposed for one shipment.
const MAX_SUGGESTIONS: usize = 3;
/// Departments of Colombia as tracking pages shorten them; one of them, or the country, ends a place.
const REGIONS: [&str; 19] = [
    "CUND", "ANT", "CALD", "SANT", "NORT", "VALLE", "ATL", "BOL", "BOY", "CAU", "CES", "COR", "HUI", "MAG",
    "MET", "NAR", "QUI", "RIS", "SUC",
];

/// Understands a paste of a country: its phones and amounts are meant. Phones join by the very same number; numbers that merely resemble are proposed.
pub(crate) fn read(paste: &Paste, country: Country) -> PasteReading {
    let mut reading = PasteReading::default();
    let mut problems = Problems::default();
    let phones = phones(&paste.phones, country, &mut problems);
    let mut seen = HashSet::new();
    for shipment in report(&paste.report, country, &mut problems) {
        problems.add(take(shipment, &mut seen, &mut reading, true));
    }
    for shipment in summary(&paste.summary, country, &mut problems) {
        problems.add(take(shipment, &mut seen, &mut reading, false));
    }
    let stated = paste.carrier.as_deref().map(str::trim).filter(|carrier| !carrier.is_empty());
    for shipment in &mut reading.shipments {
        if let Some(stated) = stated {
            shipment.carrier = Some(stated.to_owned());
        }
        join(shipment, paste, &phones, country);
    }
    let wanting = |code, shipment: &PastedShipment| PasteProblem {
        part: shipment.part,
        line: shipment.line,
        tracking_number: Some(shipment.tracking_number.clone()),
        code,
    };
    for shipment in &reading.shipments {
        if shipment.carrier.is_none() {
            problems.push(wanting(Code::CarrierNotDetected, shipment));
        }
        if shipment.phone.is_none() {
            problems.push(wanting(Code::PhoneNotFound, shipment));
        }
    }
    (reading.problems, reading.more_problems) = (problems.kept, problems.more);
    reading.unused = phones.order.into_iter().filter(|number| !seen.contains(number)).collect();
    reading
}

/// The first problems of a text, and how many more there are.
#[derive(Default)]
struct Problems {
    kept: Vec<PasteProblem>,
    more: u64,
}

impl Problems {
    fn push(&mut self, problem: PasteProblem) {
        if self.kept.len() < MAX_PROBLEMS {
            self.kept.push(problem);
        } else {
            self.more += 1;
        }
    }

    fn add(&mut self, problem: Option<PasteProblem>) {
        if let Some(problem) = problem {
            self.push(problem);
        }
    }
}

/// Keeps a shipment that says what happened to it, once; else says why not, if that is worth saying.
fn take(
    shipment: PastedShipment,
    seen: &mut HashSet<TrackingNumber>,
    reading: &mut PasteReading,
    says_twice: bool,
) -> Option<PasteProblem> {
    let code = if !seen.insert(shipment.tracking_number.clone()) {
        if !says_twice {
            return None;
        }
        Code::DuplicateGuide
    } else if shipment.events.is_empty() {
        Code::DataIncomplete
    } else if reading.shipments.len() >= MAX_PASTED {
        Code::TooMany
    } else {
        reading.shipments.push(shipment);
        return None;
    };
    let (part, line) = (shipment.part, shipment.line);
    Some(PasteProblem { part, line, tracking_number: Some(shipment.tracking_number), code })
}

fn join(shipment: &mut PastedShipment, paste: &Paste, phones: &Phones, country: Country) {
    let confirmed = paste.links.get(shipment.tracking_number.as_str());
    let confirmed = confirmed.and_then(|phone| Phone::parse(phone, country).ok());
    let exact = phones.by_number.get(&shipment.tracking_number).cloned();
    if let Some(phone) = confirmed {
        (shipment.phone, shipment.phone_by) = (Some(phone), Some(PhoneBy::Confirmed));
    } else if let Some(phone) = exact {
        (shipment.phone, shipment.phone_by) = (Some(phone), Some(PhoneBy::Exact));
    }
    if shipment.phone.is_none() {
        let own = shipment.tracking_number.as_str();
        let resembles =
            |number: &&TrackingNumber| own.contains(number.as_str()) || number.as_str().contains(own);
        let found = phones.order.iter().filter(resembles).take(MAX_SUGGESTIONS);
        let suggestions =
            found.filter_map(|number| Some((number.clone(), phones.by_number.get(number)?.clone())));
        shipment.suggestions = suggestions.collect();
    }
}

/// The phones of step 1.
#[derive(Default)]
struct Phones {
    by_number: HashMap<TrackingNumber, Phone>,
    order: Vec<TrackingNumber>,
}

fn phones(text: &str, country: Country, problems: &mut Problems) -> Phones {
    let mut phones = Phones::default();
    for (at, (line, text)) in lines(text).enumerate() {
        // A first line without a digit is a title.
        if at == 0 && !text.bytes().any(|byte| byte.is_ascii_digit()) && columns(text).len() > 1 {
            continue;
        }
        let mut problem = |code| {
            problems.push(PasteProblem { part: PastePart::Phones, line, tracking_number: None, code });
        };
        let cells = columns(text);
        let [first, second] = cells.as_slice() else {
            problem(Code::ParseError);
            continue;
        };
        // Where both could be one, the number comes first, as in the tables these come from.
        let (number, phone) = match (mobile(second, country), mobile(first, country)) {
            (Some(phone), _) => (first, phone),
            (None, Some(phone)) => (second, phone),
            (None, None) => {
                problem(Code::ParseError);
                continue;
            }
        };
        let Ok(number) = tracking_number(number) else {
            problem(Code::InvalidGuideFormat);
            continue;
        };
        if phones.order.len() >= MAX_PASTED {
            problem(Code::TooMany);
            break;
        }
        if phones.by_number.insert(number.clone(), phone).is_none() {
            phones.order.push(number);
        }
    }
    phones
}

fn mobile(text: &str, country: Country) -> Option<Phone> {
    Phone::parse(text, country).ok().filter(Phone::is_mobile)
}

/// Cells apart by tabs, commas, semicolons, or two blanks and more.
fn columns(text: &str) -> Vec<&str> {
    let cells: Vec<&str> = if text.contains(['\t', ',', ';']) {
        text.split(['\t', ',', ';']).collect()
    } else {
        text.split("  ").collect()
    };
    cells.into_iter().map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

fn tracking_number(text: &str) -> Result<TrackingNumber, ()> {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    TrackingNumber::parse(&plain).map_err(|_| ())
}

/// Lines with content, repaired, by their number.
fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let numbered = text.lines().zip(1_u32..);
    numbered.map(|(text, line)| (line, text.trim())).filter(|(_, text)| !text.is_empty())
}

/// Step 2: blocks that begin with `Número:`.
fn report(text: &str, country: Country, problems: &mut Problems) -> Vec<PastedShipment> {
    let mut shipments: Vec<PastedShipment> = Vec::new();
    // Lines of a block whose number is none are passed over with it.
    let mut open = false;
    for (line, text) in lines(text) {
        let text = repair_mojibake(text).replace("#ERROR!", "");
        let text = text.trim();
        let begins = text.split_once(':').filter(|(title, _)| fold(title) == "NUMERO");
        if let Some((_, number)) = begins {
            let number = number.split_whitespace().next().unwrap_or_default();
            match tracking_number(number) {
                Ok(number) => shipments.push(empty(number, PastePart::Report, line)),
                Err(()) => problems.push(PasteProblem {
                    part: PastePart::Report,
                    line,
                    tracking_number: None,
                    code: Code::InvalidGuideFormat,
                }),
            }
            open = tracking_number(number).is_ok();
        } else if let Some(shipment) = shipments.last_mut().filter(|_| open) {
            read_line(shipment, text, country);
        }
    }
    for shipment in &mut shipments {
        shipment.events.sort_by_key(|event| std::cmp::Reverse(event.at));
    }
    shipments
}

fn empty(tracking_number: TrackingNumber, part: PastePart, line: u32) -> PastedShipment {
    PastedShipment {
        tracking_number,
        part,
        line,
        carrier: None,
        phone: None,
        phone_by: None,
        suggestions: Vec::new(),
        collect: None,
        events: Vec::new(),
    }
}

/// A line of a block: an event, an amount, a phone or the carrier; the head of the block says nothing we keep.
fn read_line(shipment: &mut PastedShipment, text: &str, country: Country) {
    if let Some(event) = event(text, country) {
        shipment.events.push(event);
    } else if let Some(amount) = amount(text, country.currency()) {
        shipment.collect = shipment.collect.or(Some(amount));
    } else if let Some(phone) = mobile(text, country) {
        if shipment.phone.is_none() {
            (shipment.phone, shipment.phone_by) = (Some(phone), Some(PhoneBy::Report));
        }
    } else {
        let name = text.trim_end_matches(':').trim();
        if shipment.carrier.is_none() && Carrier::recognise(name).is_some() {
            shipment.carrier = Some(name.to_owned());
        }
    }
}

/// What stands behind the currency; a number alone may be anything.
fn amount(text: &str, currency: Currency) -> Option<Money> {
    let is_marked = text.contains('$') || text.to_ascii_uppercase().starts_with(currency.as_str());
    is_marked.then(|| Money::parse(text, currency).ok()).flatten()
}

/// What ends a place on tracking pages: a country as three letters.
const fn country_mark(country: Country) -> &'static str {
    match country {
        Country::Co => "COL",
        Country::Ec => "ECU",
        Country::Cl => "CHL",
        Country::Mx => "MEX",
    }
}

/// `2026-03-05 08:10 BOGOTA CUND COL En reparto`.
fn event(text: &str, country: Country) -> Option<PastedEvent> {
    let (date, rest) = text.split_once(' ')?;
    let (time, rest) = rest.trim_start().split_once(' ').unwrap_or((rest.trim(), ""));
    if !date.starts_with(|c: char| c.is_ascii_digit()) || !time.contains(':') {
        return None;
    }
    let at = dates::parse(&format!("{date} {time}"))?.at;
    let words: Vec<&str> = rest.split_whitespace().collect();
    let ends = |wanted: &dyn Fn(&str) -> bool| words.iter().position(|word| wanted(word));
    let mark = country_mark(country);
    let is_region = |word: &str| country == Country::Co && REGIONS.contains(&word);
    let end = ends(&|word| word == mark).or_else(|| ends(&is_region));
    let (place, words) = match end {
        Some(end) => {
            let names = |word: &&&str| **word != mark && !is_region(word);
            let place: Vec<&str> = words[..end].iter().filter(names).copied().collect();
            (place.join(" "), &words[end + 1..])
        }
        None => (String::new(), words.as_slice()),
    };
    let text = words.join(" ");
    let place = Some(place).filter(|place| !place.is_empty());
    (!text.is_empty()).then_some(PastedEvent { at, place, text })
}

/// Step 3: number, two columns, the last event, a short status, days.
fn summary(text: &str, country: Country, problems: &mut Problems) -> Vec<PastedShipment> {
    let mut shipments = Vec::new();
    for (line, text) in lines(text) {
        let text = repair_mojibake(text);
        let folded = fold(&text);
        if folded.starts_with("NUMERO") || folded.contains("POWERED BY") {
            continue;
        }
        let cells: Vec<&str> = text.split('\t').map(str::trim).collect();
        let mut problem = |code| {
            problems.push(PasteProblem { part: PastePart::Summary, line, tracking_number: None, code });
        };
        if cells.len() < 4 {
            problem(Code::ParseError);
            continue;
        }
        let Ok(number) = tracking_number(cells[0]) else {
            problem(Code::InvalidGuideFormat);
            continue;
        };
        let mut shipment = empty(number, PastePart::Summary, line);
        let named = cells[1..3].iter().find(|cell| Carrier::recognise(cell).is_some());
        shipment.carrier = named.map(|&name| name.to_owned());
        shipment.events.extend(event(cells[3], country));
        shipments.push(shipment);
    }
    shipments
}

#[cfg(test)]
#[path = "paste_tests.rs"]
mod tests;
