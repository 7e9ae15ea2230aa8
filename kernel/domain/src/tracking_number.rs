//! The number by which a carrier knows a parcel.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A carrier's number for a parcel: 6 to 30 capital letters and digits, at least one of them a digit.
///
/// It is text, not a number: leading zeros belong to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrackingNumber(String);

/// Why a text is not a tracking number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrackingNumberError {
    /// Nothing is left after spaces, dots and dashes are taken out.
    #[error("the tracking number is empty")]
    Empty,
    /// A spreadsheet turned it into a rounded number such as `2.40041E+11`; its digits are lost.
    #[error("the tracking number was rounded by a spreadsheet")]
    Scientific,
    /// Fewer than 6 characters.
    #[error("the tracking number is too short")]
    TooShort,
    /// More than 30 characters.
    #[error("the tracking number is too long")]
    TooLong,
    /// Something other than letters and digits, or letters only, as in "PENDIENTE".
    #[error("the tracking number contains other characters, or no digit")]
    BadCharacter,
}

impl TrackingNumber {
    /// Shortest accepted length, in characters.
    pub const MIN_LENGTH: usize = 6;
    /// Greatest accepted length, in characters.
    pub const MAX_LENGTH: usize = 30;

    /// Reads a number as people paste it: spaces, dots and dashes go, small letters become capitals, and the
    /// ".0" that a spreadsheet adds to a number is cut off.
    pub fn parse(text: &str) -> Result<Self, TrackingNumberError> {
        // A leading apostrophe is how a spreadsheet marks a cell as text.
        let text = text.trim().trim_start_matches('\'');
        if is_scientific(text) {
            return Err(TrackingNumberError::Scientific);
        }
        let text = strip_float_suffix(text);
        let is_filler = |c: char| c.is_whitespace() || matches!(c, '.' | '-' | '\u{200B}' | '\u{FEFF}');
        let number: String =
            text.chars().filter(|&c| !is_filler(c)).map(|c| c.to_ascii_uppercase()).collect();
        if number.is_empty() {
            return Err(TrackingNumberError::Empty);
        }
        let alphanumeric = number.bytes().all(|b| b.is_ascii_alphanumeric());
        if !alphanumeric || !number.bytes().any(|b| b.is_ascii_digit()) {
            return Err(TrackingNumberError::BadCharacter);
        }
        match number.len() {
            ..Self::MIN_LENGTH => Err(TrackingNumberError::TooShort),
            Self::MIN_LENGTH..=Self::MAX_LENGTH => Ok(Self(number)),
            _ => Err(TrackingNumberError::TooLong),
        }
    }

    /// The number in its one form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TrackingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for TrackingNumber {
    type Err = TrackingNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for TrackingNumber {
    type Error = TrackingNumberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<TrackingNumber> for String {
    fn from(number: TrackingNumber) -> Self {
        number.0
    }
}

/// Whether a spreadsheet wrote this number with an exponent: `2.40041E+11`, `2,4E11`, `1E+11`.
///
/// Letters and digits alone, as in `24E11`, are a possible tracking number and do not count.
pub(crate) fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let fraction = mantissa.contains(['.', ',']);
    let bare_mantissa: String = mantissa.replacen(['.', ','], "", 1);
    let unsigned = exponent.strip_prefix(['+', '-']);
    let marked = fraction || exponent.starts_with('+');
    marked && digits(&bare_mantissa) && digits(unsigned.unwrap_or(exponent))
}

/// Cuts the ".0" off that a spreadsheet adds when it takes digits for a number.
pub(crate) fn strip_float_suffix(text: &str) -> &str {
    match text.strip_suffix(".0") {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => digits,
        Some(_) | None => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IntoDeserializer;
    use serde::de::value::Error;

    use super::*;

    #[test]
    fn numbers_as_people_paste_them() {
        for (text, number) in [
            ("014152004123", "014152004123"),
            (" 240 041-123.456 ", "240041123456"),
            ("env1234567890", "ENV1234567890"),
            ("50012345678.0", "50012345678"),
            ("'0034567890", "0034567890"),
            ("V12345678\t", "V12345678"),
            ("1234E5678", "1234E5678"),
            ("123456", "123456"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
        ] {
            assert_eq!(TrackingNumber::parse(text).unwrap().as_str(), number, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_number_says_why() {
        use TrackingNumberError as E;
        for (text, error) in [
            ("", E::Empty),
            (" -. ", E::Empty),
            ("2.40041E+11", E::Scientific),
            ("2,40041e+11", E::Scientific),
            ("2.4E11", E::Scientific),
            ("1E+11", E::Scientific),
            ("12345", E::TooShort),
            ("1234567890123456789012345678901", E::TooLong),
            ("12345678/9", E::BadCharacter),
            ("12345Ñ78", E::BadCharacter),
            ("PENDIENTE", E::BadCharacter),
            ("#N/A", E::BadCharacter),
            ("=A1+22222", E::BadCharacter),
        ] {
            assert_eq!(TrackingNumber::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn reading_from_storage_checks_again() {
        let read = |text: &str| -> Result<TrackingNumber, Error> {
            TrackingNumber::deserialize(text.to_owned().into_deserializer())
        };
        assert_eq!(read("ENV1234567890").unwrap().to_string(), "ENV1234567890");
        assert!(read("?").is_err());
        assert_eq!(String::from("014152".parse::<TrackingNumber>().unwrap()), "014152");
    }

    proptest! {
        #[test]
        fn reading_what_was_printed_gives_the_same_number(text in "[A-Z0-9]{5,29}[0-9]") {
            let number = TrackingNumber::parse(&text).unwrap();
            prop_assert_eq!(number.as_str(), &text);
            prop_assert_eq!(TrackingNumber::parse(&number.to_string()).unwrap(), number);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>(), like in "[0-9Ee.,+ -]{0,34}") {
            for text in [text, like] {
                if let Ok(number) = TrackingNumber::parse(&text) {
                    prop_assert_eq!(TrackingNumber::parse(number.as_str()).unwrap(), number);
                }
            }
        }
    }
}
