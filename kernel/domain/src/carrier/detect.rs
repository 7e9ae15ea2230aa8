//! Which carrier a tracking number may be of.

use super::{Carrier, CarrierRules};
use crate::tracking_number::TrackingNumber;

/// A carrier is decided from this confidence on.
const SURE: u8 = 60;
/// And only when the next one is this far behind.
const AHEAD: u8 = 20;

/// A carrier that may have given out a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub carrier: Carrier,
    /// How sure, 1 to 100.
    pub confidence: u8,
    /// The number as the carrier knows it: a barcode may carry more.
    pub number: TrackingNumber,
    /// Where the shape is known from.
    pub source: String,
}

/// What a number alone tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// All carriers with numbers of that look, the likeliest first.
    pub candidates: Vec<Candidate>,
    /// The carrier, if it is clear which.
    pub decided: Option<Carrier>,
}

impl Detection {
    /// Whether several carriers are possible and none stands out.
    pub fn is_ambiguous(&self) -> bool {
        self.decided.is_none() && !self.candidates.is_empty()
    }
}

/// Compares a number with what carriers' numbers look like. Nothing is guessed: without a clear answer there is
/// none, only candidates. What a file names is no question for this function; it wins.
pub fn detect<'a>(
    number: &TrackingNumber,
    rules: impl IntoIterator<Item = (Carrier, &'a CarrierRules)>,
) -> Detection {
    let mut candidates: Vec<_> = rules
        .into_iter()
        .filter_map(|(carrier, rules)| {
            let found = rules.recognise(number)?;
            let (confidence, source) = (found.shape.confidence, found.shape.source.clone());
            Some(Candidate { carrier, confidence, number: found.number, source })
        })
        .collect();
    candidates.sort_by(|a, b| (b.confidence, a.carrier.code()).cmp(&(a.confidence, b.carrier.code())));
    let second = candidates.get(1).map_or(0, |second| second.confidence);
    let clear = |first: &&Candidate| first.confidence >= SURE && first.confidence >= second + AHEAD;
    let decided = candidates.first().filter(clear).map(|first| first.carrier);
    Detection { candidates, decided }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::country::Country;

    fn detected(country: Country, number: &str) -> Detection {
        let of_country = Carrier::all().iter().copied().filter(|carrier| carrier.country() == country);
        detect(&number.parse().unwrap(), of_country.map(|carrier| (carrier, carrier.rules())))
    }

    #[test]
    fn clear_numbers_are_decided() {
        for (country, number, code) in [
            (Country::Co, "ENV1234567890", "envia"),
            (Country::Co, "IR1234567890", "interrapidisimo"),
            (Country::Co, "V12345678", "veloces"),
            (Country::Co, "DP1234567890", "deprisa"),
            (Country::Co, "36312345678", "coordinadora"),
            (Country::Co, "RR473124829CO", "472"),
            (Country::Cl, "ST1234567890", "starken"),
            (Country::Cl, "BX1234567890", "blue_express"),
            (Country::Ec, "TR1234567890", "tramaco"),
            (Country::Ec, "LC123456789", "laar"),
        ] {
            assert_eq!(detected(country, number).decided.map(Carrier::code), Some(code), "{number}");
        }
    }

    #[test]
    fn what_several_carriers_use_is_shown_and_not_guessed() {
        for (number, codes) in [
            // Two sources contradict each other about 240.
            ("240123456789", ["interrapidisimo", "servientrega"]),
            ("014234567890", ["envia", "interrapidisimo"]),
        ] {
            let found = detected(Country::Co, number);
            assert!(found.is_ambiguous(), "{number} {found:?}");
            let named: Vec<_> = found.candidates.iter().map(|c| c.carrier.code()).collect();
            assert!(codes.iter().all(|code| named.contains(code)), "{number} {named:?}");
        }
        let nothing = detected(Country::Co, "ZZZZZZ1");
        assert!(nothing.candidates.is_empty() && !nothing.is_ambiguous());
        assert_eq!(detected(Country::Co, "RR473124828CO").decided, None, "the check digit is wrong");
    }

    #[test]
    fn a_length_alone_names_a_candidate_and_decides_nothing() {
        for number in ["363000000001", "123456789", "9912345678"] {
            let found = detected(Country::Co, number);
            let coordinadora = found.candidates.iter().find(|c| c.carrier.code() == "coordinadora");
            assert_eq!(coordinadora.map(|c| c.confidence), Some(25), "{number} {found:?}");
            assert_ne!(found.decided.map(Carrier::code), Some("coordinadora"), "{number}");
        }
    }

    #[test]
    fn a_barcode_gives_the_number_inside() {
        let found = detected(Country::Co, "736312345678001");
        let first = &found.candidates[0];
        assert_eq!((first.carrier.code(), first.number.as_str()), ("coordinadora", "36312345678"));
    }

    #[test]
    fn candidates_come_by_confidence() {
        for number in ["240123456789", "99123456789", "8012345678", "615123456789"] {
            let found = detected(Country::Co, number).candidates;
            assert!(found.is_sorted_by(|a, b| a.confidence >= b.confidence) && !found.is_empty(), "{number}");
        }
    }
}
