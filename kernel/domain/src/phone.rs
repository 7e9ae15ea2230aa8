//! Telephone numbers in the one form of ITU-T E.164, kept out of logs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::country::Country;
use crate::tracking_number::{is_scientific, strip_float_suffix};

/// A telephone number. It never prints itself whole: there is no `Display`, and `Debug` shows the mask.
///
/// Serialised whole, as E.164, because sealed staging rows carry it; serialise it nowhere else.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone {
    /// `+`, calling code, national number.
    e164: String,
    country: Country,
}

/// Why a text is not a telephone number. Carries none of its digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing was written.
    #[error("the phone is empty")]
    Empty,
    /// A spreadsheet turned it into a rounded number such as `3.00123E+09`; its digits are lost.
    #[error("the phone was rounded by a spreadsheet")]
    Scientific,
    /// Something other than digits and the usual signs between them.
    #[error("the phone contains other characters")]
    BadCharacter,
    /// A Colombian landline of seven digits, as dialled before 2021: its area is not known.
    #[error("the phone lacks its area code")]
    AreaMissing,
    /// Starts with `+` and the code of a country that Litper does not ship in.
    #[error("the phone belongs to another country")]
    OtherCountry,
    /// Not a number of the country's plan: wrong length or wrong first digits.
    #[error("not a phone number of the country")]
    NotInPlan,
}

impl Phone {
    /// Reads a number as people write it, in the country's national form or with its calling code behind
    /// `+`, `00` or nothing. A `+` followed by another country's code decides for that country.
    ///
    /// Spaces, dots, dashes, parentheses, leading zeros and a spreadsheet's ".0" are taken off.
    pub fn parse(text: &str, country: Country) -> Result<Self, PhoneError> {
        let text = text.trim().trim_start_matches('\'');
        if text.is_empty() {
            return Err(PhoneError::Empty);
        }
        if is_scientific(text) {
            return Err(PhoneError::Scientific);
        }
        let text = strip_float_suffix(text);
        let (international, digits) = split_digits(text)?;
        if international {
            let country = country_of(&digits).ok_or(PhoneError::OtherCountry)?;
            return Self::from_national(&digits[country.calling_code().len()..], country);
        }
        let digits = digits.trim_start_matches('0');
        match digits.strip_prefix(country.calling_code()) {
            // With the code in front, what is left must be a number by itself.
            Some(national) if kind_in_plan(digits, country).is_none() => {
                Self::from_national(national, country)
            }
            Some(_) | None => Self::from_national(digits, country),
        }
    }

    /// The number in full, for example `+573121234789`. For dialling and sealed storage, never for a log.
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// The country whose plan the number belongs to.
    pub const fn country(&self) -> Country {
        self.country
    }

    /// Whether it can receive messages. In Mexico the plan does not tell, so every number counts as mobile.
    pub fn is_mobile(&self) -> bool {
        kind_in_plan(self.national(), self.country) == Some(Kind::Mobile)
    }

    /// The first and last three digits of the national number, `312***789`; of shorter numbers fewer, so
    /// that four always stay hidden.
    pub fn masked(&self) -> String {
        let national = self.national();
        let tail = national.len().saturating_sub(7).min(3);
        format!("{}***{}", &national[..3], &national[national.len() - tail..])
    }

    fn national(&self) -> &str {
        &self.e164[1 + self.country.calling_code().len()..]
    }

    fn from_national(digits: &str, country: Country) -> Result<Self, PhoneError> {
        let national = digits.trim_start_matches('0');
        let national = match (country, national.strip_prefix('1')) {
            // Until 2019 a call from abroad to a Mexican mobile had a 1 in front.
            (Country::Mx, Some(rest)) if rest.len() == 10 => rest,
            (Country::Mx | Country::Co | Country::Ec | Country::Cl, _) => national,
        };
        match kind_in_plan(national, country) {
            Some(_) => Ok(Self { e164: format!("+{}{national}", country.calling_code()), country }),
            None if country == Country::Co && national.len() == 7 => Err(PhoneError::AreaMissing),
            None => Err(PhoneError::NotInPlan),
        }
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    /// Takes E.164 only.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = text.strip_prefix('+').ok_or(PhoneError::BadCharacter)?;
        let country = country_of(digits).ok_or(PhoneError::OtherCountry)?;
        let phone = Self::parse(&text, country)?;
        if phone.e164 == text { Ok(phone) } else { Err(PhoneError::BadCharacter) }
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.e164
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mobile,
    Landline,
}

/// What kind of number the country's plan makes of these national digits, if any.
///
/// Sources: Colombia, CRC Resolución 5826 de 2019 (ten digits; landlines 601, 602, 604–608); Ecuador,
/// Chile and Mexico, the national numbering plans notified to the ITU (E.129).
fn kind_in_plan(national: &str, country: Country) -> Option<Kind> {
    let [first, second, third, ..] = *national.as_bytes() else {
        return None;
    };
    match (country, national.len(), first) {
        (Country::Co, 10, b'3') | (Country::Ec | Country::Cl, 9, b'9') | (Country::Mx, 10, b'2'..=b'9') => {
            Some(Kind::Mobile)
        }
        (Country::Co, 10, b'6') if second == b'0' && matches!(third, b'1' | b'2' | b'4'..=b'8') => {
            Some(Kind::Landline)
        }
        (Country::Ec, 8, b'2'..=b'7') | (Country::Cl, 9, b'2'..=b'7') => Some(Kind::Landline),
        (Country::Co | Country::Ec | Country::Cl | Country::Mx, ..) => None,
    }
}

fn country_of(digits: &str) -> Option<Country> {
    Country::all().iter().copied().find(|country| digits.starts_with(country.calling_code()))
}

/// The digits alone, and whether a `+` stood before them.
fn split_digits(text: &str) -> Result<(bool, String), PhoneError> {
    // "(+57) 312…" has its plus inside the parenthesis.
    let bare = text.trim_start_matches('(');
    let international = bare.starts_with('+');
    let rest = bare.strip_prefix('+').unwrap_or(bare);
    let is_filler = |c: char| {
        c.is_whitespace()
            || matches!(c, '.' | '-' | '(' | ')' | '‐'..='–' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{FEFF}')
    };
    let digits: String = rest.chars().filter(|&c| !is_filler(c)).collect();
    if digits.is_empty() {
        return Err(PhoneError::Empty);
    }
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        Ok((international, digits))
    } else {
        Err(PhoneError::BadCharacter)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IntoDeserializer;
    use serde::de::value::Error;

    use super::*;

    #[test]
    fn colombian_numbers_as_people_write_them() {
        for text in [
            "3121234789",
            "312 123 47 89",
            "312-123-4789",
            "(312) 123.4789",
            "+57 312 1234789",
            "(+57) 312-1234789",
            "573121234789",
            "0057 3121234789",
            "03121234789",
            "+57 0 3121234789",
            "3121234789.0",
            "573121234789.0",
            "'3121234789",
            "\u{202A}+57 312 1234789\u{202C}".trim_start_matches('\u{202A}'),
        ] {
            let phone = Phone::parse(text, Country::Co).unwrap();
            assert_eq!((phone.e164(), phone.is_mobile()), ("+573121234789", true), "{text}");
        }
        let landline = Phone::parse("(601) 345 6789", Country::Co).unwrap();
        assert_eq!((landline.e164(), landline.is_mobile()), ("+576013456789", false));
    }

    #[test]
    fn what_is_not_a_number_says_why() {
        use PhoneError as E;
        for (text, error) in [
            ("", E::Empty),
            (" () ", E::Empty),
            ("3.12123E+09", E::Scientific),
            ("345 6789", E::AreaMissing),
            ("13456789", E::NotInPlan),
            ("312123478", E::NotInPlan),
            ("31212347890", E::NotInPlan),
            ("6031234567", E::NotInPlan),
            ("2121234567", E::NotInPlan),
            ("0000000000", E::NotInPlan),
            ("3121234789 3001234567", E::NotInPlan),
            ("3121234789/3001234567", E::BadCharacter),
            ("no tiene", E::BadCharacter),
            ("٣١٢١٢٣٤٧٨٩", E::BadCharacter),
            ("+58 412 1234567", E::OtherCountry),
            ("+1 212 555 1234", E::OtherCountry),
        ] {
            assert_eq!(Phone::parse(text, Country::Co).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn other_countries() {
        for (text, country, e164, mobile) in [
            ("0991234567", Country::Ec, "+593991234567", true),
            ("+593 99 123 4567", Country::Co, "+593991234567", true),
            ("593991234567", Country::Ec, "+593991234567", true),
            ("02 234 5678", Country::Ec, "+59322345678", false),
            ("9 8765 4321", Country::Cl, "+56987654321", true),
            ("+56 2 2345 6789", Country::Cl, "+56223456789", false),
            ("55 1234 5678", Country::Mx, "+525512345678", true),
            ("+52 1 55 1234 5678", Country::Mx, "+525512345678", true),
            ("5212345678", Country::Mx, "+525212345678", true),
        ] {
            let phone = Phone::parse(text, country).unwrap();
            assert_eq!((phone.e164(), phone.is_mobile()), (e164, mobile), "{text}");
        }
    }

    #[test]
    fn a_number_shows_only_its_mask() {
        let phone = Phone::parse("3121234789", Country::Co).unwrap();
        assert_eq!(phone.masked(), "312***789");
        assert_eq!(format!("{phone:?} {:?}", Some(&phone)), "Phone(312***789) Some(Phone(312***789))");
        assert_eq!(Phone::parse("22345678", Country::Ec).unwrap().masked(), "223***8");
        assert_eq!(Phone::parse("987654321", Country::Cl).unwrap().masked(), "987***21");
    }

    #[test]
    fn only_the_one_form_is_read_from_storage() {
        let read =
            |text: &str| -> Result<Phone, Error> { Phone::deserialize(text.to_owned().into_deserializer()) };
        assert_eq!(read("+573121234789").unwrap().e164(), "+573121234789");
        for text in ["3121234789", "+57 3121234789", "+5703121234789", "+58412", "+", ""] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_the_one_form_gives_the_same_number(
            national in "(3[0-9]{9}|60[124-8][0-9]{7})", reader in 0_usize..4,
        ) {
            let phone = Phone::parse(&national, Country::Co).unwrap();
            // The calling code decides, whoever reads.
            prop_assert_eq!(&Phone::parse(phone.e164(), Country::all()[reader]).unwrap(), &phone);
            prop_assert_eq!(Phone::try_from(String::from(phone.clone())).unwrap(), phone.clone());
            let debug = format!("{phone:?}");
            prop_assert!(!debug.contains(&national[3..7]));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>(), like in "[+(]{0,2}[0-9 .()E-]{0,18}") {
            for text in [text, like] {
                for &country in Country::all() {
                    if let Ok(phone) = Phone::parse(&text, country) {
                        prop_assert_eq!(Phone::try_from(phone.e164().to_owned()).unwrap(), phone.clone());
                        prop_assert!(phone.masked().len() <= 9);
                    }
                }
            }
        }
    }
}
