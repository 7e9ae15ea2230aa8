//! What questions bring, one after the other, and whether to go on.

use domain::TrackingNumber;
use ports::carriers::{CarrierEvent, TrackError, Tracked};

use crate::Heard;

/// Answers that cannot be used, one after the other, after which asking ends.
const MAX_ODD: u32 = 5;

/// What one question brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) events: Vec<CarrierEvent>,
    pub(crate) answered: Vec<TrackingNumber>,
    /// Asked about, and the answer has no word of them.
    pub(crate) unclear: Vec<TrackingNumber>,
    /// What went wrong after there was an answer.
    pub(crate) error: Option<TrackError>,
}

impl Part {
    /// What an answer says of the parcels that were asked about; of others nobody wants to know.
    pub(crate) fn of(asked: &[TrackingNumber], heard: Heard) -> Self {
        let mut answered: Vec<TrackingNumber> = Vec::new();
        for number in heard.numbers.iter().filter_map(|number| asked_as(asked, number)) {
            if !answered.contains(number) {
                answered.push(number.clone());
            }
        }
        let under_its_number = |event: CarrierEvent| {
            let tracking_number = asked_as(asked, &event.tracking_number)?.clone();
            Some(CarrierEvent { tracking_number, ..event })
        };
        let events = heard.events.into_iter().filter_map(under_its_number).collect();
        let unclear = asked.iter().filter(|number| !answered.contains(number)).cloned().collect();
        Self { events, answered, unclear, error: None }
    }
}

/// The parcel that an answer means. Where numbers are sent as numbers, the zeros before them are lost.
fn asked_as<'a>(asked: &'a [TrackingNumber], named: &TrackingNumber) -> Option<&'a TrackingNumber> {
    if let Some(same) = asked.iter().find(|number| *number == named) {
        return Some(same);
    }
    let bare = |number: &'a TrackingNumber| number.as_str().trim_start_matches('0');
    let mut alike = asked.iter().filter(|number| bare(number) == named.as_str());
    let first = alike.next()?;
    alike.next().is_none().then_some(first)
}

/// How a list of questions goes.
#[derive(Default)]
pub(crate) struct Asking {
    pub(crate) tracked: Tracked,
    /// Answers in a row that cannot be used.
    odd: u32,
}

/// What to do after a question.
pub(crate) enum Next {
    GoOn,
    /// Something is wrong with one of the parcels; it must not cost the others their answer.
    AskForEach,
    End,
}

/// Whether an error may be of the parcels that were asked about.
const fn is_of_these(error: &TrackError) -> bool {
    matches!(error, TrackError::Malformed(_) | TrackError::Refused(_))
}

impl Asking {
    pub(crate) fn note(&mut self, numbers: &[TrackingNumber], outcome: Result<Part, TrackError>) -> Next {
        match outcome {
            Ok(part) => self.note_part(part),
            Err(error) => self.note_error(numbers, error),
        }
    }

    fn note_part(&mut self, part: Part) -> Next {
        self.odd = 0;
        self.tracked.events.extend(part.events);
        self.tracked.answered.extend(part.answered);
        self.tracked.unclear.extend(part.unclear);
        let Some(error) = part.error else { return Next::GoOn };
        let next = if is_of_these(&error) { Next::GoOn } else { Next::End };
        self.tracked.error = Some(error);
        next
    }

    fn note_error(&mut self, numbers: &[TrackingNumber], error: TrackError) -> Next {
        let of_these = is_of_these(&error);
        self.tracked.error = Some(error);
        if !of_these {
            return Next::End;
        }
        self.odd += 1;
        if let [number] = numbers {
            self.tracked.unclear.push(number.clone());
        }
        if self.odd >= MAX_ODD {
            return Next::End;
        }
        if numbers.len() > 1 { Next::AskForEach } else { Next::GoOn }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> TrackingNumber {
        TrackingNumber::parse(text).unwrap()
    }

    #[test]
    fn an_answer_counts_for_what_was_asked_about() {
        let event = |text: &str| CarrierEvent {
            tracking_number: number(text),
            code: None,
            words: "x".to_owned(),
            novelty: None,
            place: None,
            at: None,
            meaning: None,
        };
        let heard = |numbers: &[&str]| Heard {
            numbers: numbers.iter().map(|text| number(text)).collect(),
            events: numbers.iter().map(|text| event(text)).collect(),
        };
        let asked = [number("0240000001"), number("240000002"), number("A40000003")];
        let part = Part::of(&asked, heard(&["240000001", "999999999", "0240000002", "240000001"]));
        assert_eq!(part.answered, asked[..1]);
        assert_eq!(part.unclear, asked[1..], "zeros are lost, not added");
        assert_eq!(part.events, [event("0240000001"), event("0240000001")]);
        let alike = [number("0240000001"), number("00240000001"), number("240000001")];
        assert_eq!(Part::of(&alike, heard(&["240000001"])).answered, alike[2..], "the very same comes first");
        assert_eq!(Part::of(&alike[..2], heard(&["240000001"])).answered, [], "it may be either");
    }
}
