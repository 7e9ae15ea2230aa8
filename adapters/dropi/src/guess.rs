//! What a column may be, by its title or, failing that, by its values. A person confirms or corrects it.

use std::collections::HashSet;
use std::sync::LazyLock;

use domain::carrier::Carrier;
use domain::city::{self, CityMatch};
use domain::country::Country;
use domain::money::Money;
use domain::phone::Phone;
use domain::text::{fold, repair_mojibake};
use domain::tracking_number::TrackingNumber;
use ports::layouts::{Field, Guess};
use serde::Deserialize;

use crate::columns::meanings;
use crate::dates;

/// Of a hundred values, how many must fit before anything is said.
const ENOUGH: usize = 60;
/// Names are told by nothing but their words, so nearly all must look like one.
const ENOUGH_NAMES: usize = 80;
/// Of a hundred tracking numbers, how many differ.
const DIFFERENT: usize = 70;
/// Amounts below this, in pesos, are quantities or days.
const LEAST_AMOUNT: i64 = 1_000;

/// What each column seems to be: the titles' word first, then that of the values. A field is proposed once.
pub(crate) fn columns(titles: &[String], values: &[Vec<String>]) -> Vec<Option<Guess>> {
    let mut taken = HashSet::new();
    let mut guesses: Vec<Option<Guess>> = vec![None; values.len().max(titles.len())];
    for (at, field) in meanings(titles).into_iter().enumerate() {
        if let Some(field) = field.filter(|field| taken.insert(*field)) {
            guesses[at] = Some(Guess { field, by_title: true, confidence: 100 });
        }
    }
    for (at, values) in values.iter().enumerate() {
        if guesses[at].is_none() {
            let found = by_values(values).into_iter().find(|guess| !taken.contains(&guess.field));
            guesses[at] = found;
            taken.extend(found.map(|guess| guess.field));
        }
    }
    guesses
}

/// Whether a row reads like data rather than like titles.
pub(crate) fn is_data(row: &[String]) -> bool {
    row.iter()
        .any(|value| dates::parse(value).is_some() || is_phone(value) || is_number(value) || is_email(value))
}

type Test = fn(&str) -> bool;

/// Kinds of values, those that are told with most certainty first, and the fields they may be.
const KINDS: [(Test, usize, &[Field]); 9] = [
    (is_email, ENOUGH, &[Field::Email]),
    (is_phone, ENOUGH, &[Field::Phone]),
    (is_dated_time, ENOUGH, &[Field::LastMovementAt, Field::GuideCreatedAt, Field::ReportedAt]),
    (is_date, ENOUGH, &[Field::GuideCreatedAt, Field::ReportedAt, Field::OrderedAt]),
    (is_carrier, ENOUGH, &[Field::Carrier]),
    (is_status, ENOUGH, &[Field::Status, Field::LastMovementText, Field::Novelty]),
    (is_address, ENOUGH, &[Field::Address]),
    (is_city, ENOUGH, &[Field::City]),
    (is_amount, ENOUGH, &[Field::Collect, Field::Freight]),
];

fn by_values(values: &[String]) -> Vec<Guess> {
    if values.is_empty() {
        return Vec::new();
    }
    let repaired: Vec<String> = values.iter().map(|value| repair_mojibake(value).into_owned()).collect();
    let fitting = |test: Test| repaired.iter().filter(|value| test(value)).count() * 100 / repaired.len();
    let propose = |fields: &[Field], confidence: usize| -> Vec<Guess> {
        let guess = |&field| Guess { field, by_title: false, confidence: confidence as u8 };
        fields.iter().map(guess).collect()
    };
    let phones = fitting(is_phone);
    let numbers = fitting(is_number);
    if numbers >= ENOUGH && phones < ENOUGH && fitting(is_date) < ENOUGH && differ(&repaired) >= DIFFERENT {
        return propose(&[Field::TrackingNumber], numbers);
    }
    for (test, enough, fields) in KINDS {
        let confidence = fitting(test);
        if confidence >= enough {
            return propose(fields, confidence);
        }
    }
    let names = fitting(is_name);
    if names >= ENOUGH_NAMES { propose(&[Field::CustomerName], names) } else { Vec::new() }
}

/// Of a hundred values, how many are different ones.
fn differ(values: &[String]) -> usize {
    values.iter().collect::<HashSet<_>>().len() * 100 / values.len()
}

fn is_email(value: &str) -> bool {
    value.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

fn is_phone(value: &str) -> bool {
    Phone::parse(value, Country::Co).is_ok_and(|phone| phone.is_mobile())
}

/// A carrier's number: long, of digits with few letters before them.
fn is_number(value: &str) -> bool {
    let Ok(number) = TrackingNumber::parse(value.trim_start_matches('\'').trim_end_matches(".0")) else {
        return false;
    };
    let digits = number.as_str().bytes().filter(u8::is_ascii_digit).count();
    digits >= 7 && digits + 3 >= number.as_str().len()
}

fn is_dated_time(value: &str) -> bool {
    // A spreadsheet's date is shown with the time of midnight.
    dates::parse(value).is_some_and(|moment| moment.day_only.is_none()) && !value.ends_with(" 00:00:00")
}

fn is_date(value: &str) -> bool {
    dates::parse(value).is_some()
}

fn is_carrier(value: &str) -> bool {
    value.len() <= 40 && Carrier::recognise(value).is_some()
}

fn is_status(value: &str) -> bool {
    let value = fold(value);
    value.len() <= 80 && WORDS.status.iter().any(|word| value.contains(word))
}

fn is_address(value: &str) -> bool {
    let value = fold(value);
    let first = value.split(' ').next().unwrap_or_default();
    let first = first.trim_end_matches(|c: char| c.is_ascii_digit());
    value.bytes().any(|byte| byte.is_ascii_digit()) && WORDS.address.iter().any(|word| word == first)
}

fn is_city(value: &str) -> bool {
    value.len() <= 60 && !matches!(city::find(value, None), CityMatch::Unknown)
}

fn is_amount(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    digits <= 9 && Money::parse_cop(value).is_ok_and(|money| money.amount >= LEAST_AMOUNT)
}

fn is_name(value: &str) -> bool {
    let words = value.split_whitespace().count();
    (2..=5).contains(&words) && value.chars().all(|c| c.is_alphabetic() || c == ' ' || c == '.')
}

/// `data/guess.toml` as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    status: Vec<String>,
    address: Vec<String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is compiled in; the first test to run reads it")]
    toml::from_str(include_str!("../data/guess.toml")).expect("data/guess.toml is valid")
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn guessed(values: &[&str]) -> Option<Field> {
        let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
        columns(&[], &[values])[0].map(|guess| guess.field)
    }

    #[test]
    fn values_tell_what_a_column_is() {
        let table: [(&[&str], Option<Field>); 14] = [
            (&["50012345678", "50012345679", "240041234567"], Some(Field::TrackingNumber)),
            (&["'014152004123", "014152004124"], Some(Field::TrackingNumber)),
            (&["ENV0123456789", "ENV0123456790"], Some(Field::TrackingNumber)),
            (&["3001112233", "57 310 999 8877", "300-555-0101"], Some(Field::Phone)),
            (&["05/03/2026", "2026-03-06 00:00:00"], Some(Field::GuideCreatedAt)),
            (&["05/03/2026 08:10", "06/03/2026 14:25"], Some(Field::LastMovementAt)),
            (&["ENVÍA", "Coordinadora", "inter rapidisimo"], Some(Field::Carrier)),
            (&["EN REPARTO", "ENTREGADO", "Novedad"], Some(Field::Status)),
            (&["BogotÃ¡", "MEDELLIN", "Cali"], Some(Field::City)),
            (&["CL 10 # 5-20", "Cra 7 No 32", "Vereda 3 finca 2"], Some(Field::Address)),
            (&["$ 85.000", "120000", "89,900"], Some(Field::Collect)),
            (&["ana@demo.test", "luz@demo.test"], Some(Field::Email)),
            (&["Ana Prueba", "Luz Marina Demo", "Juan de la Cruz"], Some(Field::CustomerName)),
            (&["1", "2", "1"], None),
        ];
        for (values, field) in table {
            assert_eq!(guessed(values), field, "{values:?}");
        }
        assert_eq!(guessed(&[]), None);
    }

    #[test]
    fn a_title_goes_before_values_and_a_field_is_proposed_once() {
        let titles = ["Rastreo".to_owned(), "Celular".to_owned(), "Otro".to_owned()];
        let numbers = vec!["50012345678".to_owned(), "50012345679".to_owned()];
        let phones = vec!["3001112233".to_owned()];
        let found = columns(&titles, &[numbers, phones.clone(), phones]);
        let fields: Vec<_> =
            found.iter().map(|guess| guess.map(|guess| (guess.field, guess.by_title))).collect();
        assert_eq!(fields, [Some((Field::TrackingNumber, false)), Some((Field::Phone, true)), None]);
    }

    proptest! {
        #[test]
        fn no_values_make_it_panic(values in proptest::collection::vec(".{0,40}", 0..8)) {
            let _ = columns(&values.clone(), &[values]);
        }
    }
}
