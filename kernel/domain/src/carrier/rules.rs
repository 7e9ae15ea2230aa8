//! What a carrier promises, and what its numbers look like.

use serde::{Deserialize, Serialize};

use crate::text::fold;
use crate::tracking_number::TrackingNumber;

/// Most names of an organisation's own, and longest of them, in characters.
const MAX_ALIASES: usize = 20;
const MAX_ALIAS: usize = 60;
/// Longest list of number shapes.
const MAX_SHAPES: usize = 20;
/// Most ways a shape may begin.
const MAX_STARTS: usize = 50;
/// Longest template of a page, in characters.
const MAX_TEMPLATE: usize = 300;
/// Most days a parcel may wait at an office, and most of a promise.
const MAX_DAYS: i64 = 60;

/// What holds for the parcels of one carrier. An organisation may replace it by its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CarrierRules {
    /// The public page of a parcel.
    pub tracking_page: Option<TrackingPage>,
    /// At which offices a parcel may wait for its owner.
    pub offices: Offices,
    /// Days it waits there before it goes back; none where it never waits, or nobody knows.
    pub office_days: Option<i64>,
    /// The most that is collected at a door, in minor units of the country's currency.
    pub max_collect: Option<i64>,
    /// Tries to deliver before it goes back.
    pub delivery_attempts: Option<i64>,
    /// Places it delivers to.
    pub coverage_points: Option<i64>,
    /// Whether the door takes payment from a telephone (Nequi, Daviplata, a code to scan).
    pub digital_payment: Option<bool>,
    /// Days from the guía to delivery of its ordinary service.
    pub usual_days: Option<i64>,
    /// What its tracking numbers look like.
    pub numbers: Vec<NumberShape>,
    /// An organisation's own names of it, beside those that everybody uses.
    pub aliases: Vec<String>,
}

/// Where a parcel may wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offices {
    /// Nobody wrote it down.
    #[default]
    Unknown,
    /// It has none.
    None,
    /// Any of its offices.
    All,
    /// The main ones only.
    Main,
    /// Those authorised for it only.
    Authorised,
}

/// A page for the public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrackingPage {
    /// Its address; `{}` stands for the tracking number.
    pub template: String,
    /// Whether somebody saw it show a parcel.
    #[serde(default)]
    pub verified: bool,
}

/// Numbers that look alike: a beginning, then digits, then letters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberShape {
    /// The ways it begins, capital letters and digits; none for any digit.
    #[serde(default)]
    pub starts: Vec<String>,
    /// Letters before anything else that `starts` does not say.
    #[serde(default)]
    pub letters: usize,
    /// Fewest digits after that.
    pub min_digits: usize,
    /// Most digits after that.
    pub max_digits: usize,
    /// How it ends, capital letters; `?` is any letter.
    #[serde(default)]
    pub ends: String,
    /// How its digits prove themselves.
    #[serde(default)]
    pub check: CheckDigit,
    /// How sure the carrier is when a number looks so, 1 to 100.
    pub confidence: u8,
    /// Characters of the barcode that are not part of the number: before, and after it.
    #[serde(default)]
    pub around: (usize, usize),
    /// Where this is known from.
    pub source: String,
}

/// How digits prove each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckDigit {
    /// They do not.
    #[default]
    None,
    /// The last of nine, by standard S10 of the Universal Postal Union: weights 8 6 4 2 3 5 9 7, modulo 11.
    S10,
    /// The last of ten is the others modulo 7 (DHL Express).
    Mod7,
    /// The last of twelve, weights 3 1 7, modulo 11 and 10 (FedEx Express).
    Mod11,
}

/// Rules that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCarrierRules {
    /// No web address, or without the place of the number.
    #[error("a page's address begins with https:// and has one {{}} for the number")]
    TrackingPage,
    /// Below zero, or absurd.
    #[error("0 to {MAX_DAYS} days at an office")]
    OfficeDays,
    /// As for the office.
    #[error("0 to {MAX_DAYS} days")]
    UsualDays,
    /// Below zero.
    #[error("an amount is not below zero")]
    MaxCollect,
    /// Outside 1 to 10.
    #[error("1 to 10 tries")]
    DeliveryAttempts,
    /// Below zero.
    #[error("a count is not below zero")]
    CoveragePoints,
    /// The shape at this place says something no number can be.
    #[error("a shape has capital letters and digits, 1 to 30 characters, and a confidence of 1 to 100")]
    Number(usize),
    /// Too many shapes.
    #[error("at most {MAX_SHAPES} shapes")]
    TooManyNumbers,
    /// The name at this place is empty, too long, without a letter, or there twice.
    #[error("a name has a letter and at most {MAX_ALIAS} characters, and is there once")]
    Alias(usize),
    /// The name at this place is another carrier's.
    #[error("another carrier has this name")]
    TakenAlias(usize),
    /// Too many names.
    #[error("at most {MAX_ALIASES} names")]
    TooManyAliases,
}

impl CarrierRules {
    /// Everything that is wrong.
    pub fn check(&self) -> Vec<InvalidCarrierRules> {
        use InvalidCarrierRules as Invalid;
        let outside =
            |value: Option<i64>, low: i64, high: i64| value.is_some_and(|v| !(low..=high).contains(&v));
        let page = self.tracking_page.as_ref();
        let mut wrong: Vec<Invalid> = [
            (page.is_some_and(|page| !page.is_usable()), Invalid::TrackingPage),
            (outside(self.office_days, 0, MAX_DAYS), Invalid::OfficeDays),
            (outside(self.usual_days, 0, MAX_DAYS), Invalid::UsualDays),
            (outside(self.max_collect, 0, i64::MAX), Invalid::MaxCollect),
            (outside(self.delivery_attempts, 1, 10), Invalid::DeliveryAttempts),
            (outside(self.coverage_points, 0, i64::MAX), Invalid::CoveragePoints),
            (self.numbers.len() > MAX_SHAPES, Invalid::TooManyNumbers),
            (self.aliases.len() > MAX_ALIASES, Invalid::TooManyAliases),
        ]
        .into_iter()
        .filter_map(|(is_wrong, what)| is_wrong.then_some(what))
        .collect();
        let unusable = |place: &usize| !self.numbers[*place].is_usable();
        wrong.extend((0..self.numbers.len()).filter(unusable).map(Invalid::Number));
        let folded: Vec<String> = self.aliases.iter().map(|alias| fold(alias)).collect();
        let unusable = |place: &usize| {
            let (alias, own) = (&self.aliases[*place], &folded[*place]);
            let is_name = own.chars().any(char::is_alphabetic) && alias.chars().count() <= MAX_ALIAS;
            !is_name || folded[..*place].contains(own)
        };
        wrong.extend((0..self.aliases.len()).filter(unusable).map(Invalid::Alias));
        wrong
    }

    /// The page of a parcel.
    pub fn tracking_url(&self, number: &TrackingNumber) -> Option<String> {
        // A tracking number is letters and digits, so nothing needs escaping.
        self.tracking_page.as_ref().map(|page| page.template.replace("{}", number.as_str()))
    }

    /// The likeliest of the shapes that a number has.
    pub fn recognise(&self, number: &TrackingNumber) -> Option<ShapeMatch<'_>> {
        let matches = self.numbers.iter().filter_map(|shape| shape.matches(number));
        matches.max_by_key(|found| found.shape.confidence)
    }
}

impl TrackingPage {
    fn is_usable(&self) -> bool {
        let plain = self.template.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>'));
        let once = self.template.matches("{}").count() == 1;
        plain && once && self.template.starts_with("https://") && self.template.len() <= MAX_TEMPLATE
    }
}

/// A shape that a number has.
#[derive(Clone, Debug)]
pub struct ShapeMatch<'a> {
    /// Which.
    pub shape: &'a NumberShape,
    /// The number the carrier knows: without what only the barcode carries.
    pub number: TrackingNumber,
}

impl NumberShape {
    fn is_usable(&self) -> bool {
        let capital = |text: &String| text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let starts = self.starts.len() <= MAX_STARTS && self.starts.iter().all(capital);
        let ends = self.ends.bytes().all(|b| b.is_ascii_uppercase() || b == b'?');
        // Each part first: their sum may not overflow.
        let parts = [self.letters, self.max_digits, self.ends.len(), self.around.0, self.around.1];
        let small = parts.iter().all(|part| *part <= TrackingNumber::MAX_LENGTH);
        let start = self.starts.iter().map(String::len).max().unwrap_or(0);
        let fits =
            small && start + self.letters + self.max_digits + self.ends.len() <= TrackingNumber::MAX_LENGTH;
        let digits = self.min_digits <= self.max_digits && self.max_digits > 0;
        let confidence = (1..=100).contains(&self.confidence) && self.source.chars().count() <= MAX_TEMPLATE;
        starts && ends && fits && digits && confidence
    }

    fn matches(&self, number: &TrackingNumber) -> Option<ShapeMatch<'_>> {
        let body = self.body(number.as_str())?;
        let digits = body.bytes().all(|b| b.is_ascii_digit());
        let fits = (self.min_digits..=self.max_digits).contains(&body.len());
        if !digits || !fits || !self.check.holds(body) {
            return None;
        }
        let (before, after) = self.around;
        let end = number.as_str().len().checked_sub(after)?;
        let inner = number.as_str().get(before..end)?;
        Some(ShapeMatch { shape: self, number: TrackingNumber::parse(inner).ok()? })
    }

    /// What is between the beginning and the end.
    fn body<'a>(&self, text: &'a str) -> Option<&'a str> {
        let (letters, text) = text.split_at_checked(self.letters)?;
        let (text, end) = text.split_at_checked(text.len().checked_sub(self.ends.len())?)?;
        let any_letter = |given: u8, wanted: u8| wanted == b'?' && given.is_ascii_uppercase();
        let ended = end.bytes().zip(self.ends.bytes()).all(|(g, w)| g == w || any_letter(g, w));
        if !ended || !letters.bytes().all(|b| b.is_ascii_uppercase()) {
            return None;
        }
        if self.starts.is_empty() {
            return Some(text);
        }
        // The beginnings of one shape may be of different lengths; the digits after them count.
        let fits = |body: &&str| (self.min_digits..=self.max_digits).contains(&body.len());
        self.starts.iter().filter_map(|start| text.strip_prefix(start.as_str())).find(fits)
    }
}

impl CheckDigit {
    /// Whether digits prove each other. Digits of another count do not.
    fn holds(self, digits: &str) -> bool {
        let values: Vec<u64> = digits.bytes().map(|b| u64::from(b.wrapping_sub(b'0'))).collect();
        let weighted = |weights: &[u64]| -> u64 { values.iter().zip(weights).map(|(v, w)| v * w).sum() };
        let expected = match (self, values.len()) {
            (Self::None, _) => return true,
            (Self::S10, 9) => match 11 - weighted(&[8, 6, 4, 2, 3, 5, 9, 7]) % 11 {
                10 => 0,
                11 => 5,
                digit => digit,
            },
            (Self::Mod7, 10) => values[..9].iter().fold(0, |rest, v| (rest * 10 + v) % 7),
            (Self::Mod11, 12) => weighted(&[3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]) % 11 % 10,
            (Self::S10 | Self::Mod7 | Self::Mod11, _) => return false,
        };
        values.last() == Some(&expected)
    }
}

#[cfg(test)]
mod tests {
    use super::InvalidCarrierRules as Invalid;
    use super::*;

    fn shape(starts: &[&str], digits: usize) -> NumberShape {
        NumberShape {
            starts: starts.iter().map(ToString::to_string).collect(),
            min_digits: digits,
            max_digits: digits,
            confidence: 50,
            ..NumberShape::default()
        }
    }

    fn seen(shape: &NumberShape, number: &str) -> Option<String> {
        shape.matches(&number.parse().unwrap()).map(|found| found.number.to_string())
    }

    #[test]
    fn a_shape_is_beginning_digits_and_end() {
        assert_eq!(seen(&shape(&["ENV"], 8), "ENV12345678").as_deref(), Some("ENV12345678"));
        for other in ["ENV1234567", "ENV123456789", "ENX12345678", "ENV1234567A"] {
            assert_eq!(seen(&shape(&["ENV"], 8), other), None, "{other}");
        }
        let two = shape(&["01", "0141"], 4);
        assert!(seen(&two, "01412345").is_some() && seen(&two, "012345").is_some());
        let postal = NumberShape { letters: 2, ends: "C?".into(), ..shape(&[], 9) };
        assert!(seen(&postal, "RR123456789CO").is_some());
        assert_eq!(seen(&postal, "R1123456789CO"), None);
        assert_eq!(seen(&postal, "RR123456789XO"), None);
        let barcode = NumberShape { around: (1, 3), ..shape(&["7"], 14) };
        assert_eq!(seen(&barcode, "736312345678001").as_deref(), Some("36312345678"));
    }

    #[test]
    fn check_digits_by_their_published_examples() {
        // RR473124829GB is the worked example of the standard.
        assert!(CheckDigit::S10.holds("473124829") && !CheckDigit::S10.holds("473124828"));
        assert!(!CheckDigit::S10.holds("47312482"));
        assert!(CheckDigit::Mod7.holds("1234567891") && !CheckDigit::Mod7.holds("1234567892"));
        assert!(CheckDigit::Mod11.holds("986578788855") && !CheckDigit::Mod11.holds("986578788854"));
        assert!(CheckDigit::None.holds("1"));
    }

    #[test]
    fn every_mistake_of_rules_is_named() {
        let page = |template: &str| Some(TrackingPage { template: template.into(), verified: false });
        let bad = CarrierRules {
            tracking_page: page("http://example.com/{}"),
            office_days: Some(-1),
            usual_days: Some(61),
            max_collect: Some(-1),
            delivery_attempts: Some(0),
            coverage_points: Some(-1),
            numbers: vec![shape(&["env"], 8), shape(&["ENV"], 8), shape(&["ENV"], 28)],
            ..CarrierRules::default()
        };
        let expected = [
            Invalid::TrackingPage,
            Invalid::OfficeDays,
            Invalid::UsualDays,
            Invalid::MaxCollect,
            Invalid::DeliveryAttempts,
            Invalid::CoveragePoints,
            Invalid::Number(0),
            Invalid::Number(2),
        ];
        assert_eq!(bad.check(), expected);
        for template in ["https://a.co/", "https://a.co/{}/{}", "https://a.co/{}\"", "javascript:{}"] {
            let rules = CarrierRules { tracking_page: page(template), ..CarrierRules::default() };
            assert_eq!(rules.check(), [Invalid::TrackingPage], "{template}");
        }
        let huge = NumberShape { around: (usize::MAX, usize::MAX), ..shape(&["1"], 8) };
        let many = CarrierRules { numbers: vec![huge; 21], ..CarrierRules::default() };
        assert_eq!(many.check().len(), 22);
        assert!(CarrierRules::default().check().is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_shape_and_no_number_panics(
            number in "[A-Z0-9]{5,29}[0-9]", letters in 0usize..40, min in 0usize..40, max in 0usize..40,
            before in 0usize..40, after in 0usize..40, start in "[A-Z0-9]{0,3}", ends in "[A-Z?]{0,3}",
        ) {
            for check in [CheckDigit::None, CheckDigit::S10, CheckDigit::Mod7, CheckDigit::Mod11] {
                let shape = NumberShape {
                    starts: vec![start.clone()], letters, min_digits: min, max_digits: max,
                    ends: ends.clone(), check, confidence: 1, around: (before, after), source: String::new(),
                };
                let found = shape.matches(&number.parse().unwrap());
                proptest::prop_assert!(found.is_none_or(|found| number.contains(found.number.as_str())));
            }
        }
    }
}
