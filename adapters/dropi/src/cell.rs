//! One cell, whichever kind of file it came from, and what texts, numbers and amounts it can give.

use std::borrow::Cow;

use domain::money::{Currency, Money};
use domain::text::repair_mojibake;
use jiff::civil::{DateTime, Time};
use ports::files::RowFailureReason;

use crate::dates::{self, Moment};

/// From here on a spreadsheet's number has lost digits (it keeps 15).
const FIRST_INEXACT: f64 = 1e15;

/// More of anything than anybody counts.
const MAX_COUNT: i64 = 1_000_000_000;

/// A cell's value.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Cell<'a> {
    #[default]
    Empty,
    Text(Cow<'a, str>),
    Number(f64),
    Bool(bool),
    /// A date by its number format; `None` when the number is no date.
    Date(Option<DateTime>),
    /// A time of day, as a fraction of a day.
    Time(f64),
    /// A formula's error, as the sheet shows it.
    Error(Cow<'static, str>),
}

/// A value could not be used, and why; the cell as shown is for the report.
pub(crate) type Read<T> = Result<Option<T>, RowFailureReason>;

impl Cell<'_> {
    /// Whether a person would call it empty.
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Number(_) | Self::Bool(_) | Self::Date(_) | Self::Time(_) | Self::Error(_) => false,
        }
    }

    /// The cell as a report shows it.
    pub(crate) fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Empty | Self::Date(None) => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(plain_number(*number)),
            Self::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Self::Date(Some(at)) => Cow::Owned(at.strftime("%Y-%m-%d %H:%M:%S").to_string()),
            Self::Time(fraction) => Cow::Owned(
                dates::time_from_fraction(*fraction).map(|time| time.to_string()).unwrap_or_default(),
            ),
            Self::Error(error) => Cow::Borrowed(error),
        }
    }

    /// Free text: trimmed, repaired, on one line.
    pub(crate) fn text(&self, max_bytes: usize) -> Read<String> {
        match self {
            Self::Text(text) => Ok(content(text, max_bytes)?.map(clean)),
            Self::Error(_) => Err(RowFailureReason::FormulaError),
            Self::Empty => Ok(None),
            Self::Number(_) | Self::Bool(_) | Self::Date(_) | Self::Time(_) => {
                Ok(Some(self.shown().into_owned()).filter(|text| !text.is_empty()))
            }
        }
    }

    /// An identifier: digits are kept as written, a number loses no zero and gains no ".0".
    pub(crate) fn identifier(&self, wrong_kind: RowFailureReason, max_bytes: usize) -> Read<Cow<'_, str>> {
        match self {
            Self::Text(text) => match content(text, max_bytes)? {
                Some(text) if is_scientific(text) => Err(RowFailureReason::ScientificNumber),
                Some(text) => Ok(Some(Cow::Borrowed(strip_float_suffix(strip_text_marks(text))))),
                None => Ok(None),
            },
            Self::Number(number) if number.abs() >= FIRST_INEXACT => Err(RowFailureReason::ScientificNumber),
            Self::Number(number) => Ok(Some(Cow::Owned(plain_number(*number)))),
            Self::Error(_) => Err(RowFailureReason::FormulaError),
            Self::Empty => Ok(None),
            Self::Bool(_) | Self::Date(_) | Self::Time(_) => Err(wrong_kind),
        }
    }

    /// An amount of a currency.
    pub(crate) fn money(&self, max_bytes: usize, currency: Currency) -> Read<Money> {
        match self {
            Self::Text(text) => match content(text, max_bytes)? {
                Some(text) => Money::parse(text, currency).map(Some).map_err(|_| money_reason(text)),
                None => Ok(None),
            },
            // Halves away from zero, as the text form rounds them.
            Self::Number(number) if number.abs() < FIRST_INEXACT => {
                let unit = 10_f64.powi(currency.exponent().cast_signed());
                Ok(Some(Money::new((number * unit).round() as i64, currency)))
            }
            Self::Error(_) => Err(RowFailureReason::FormulaError),
            Self::Empty => Ok(None),
            Self::Number(_) | Self::Bool(_) | Self::Date(_) | Self::Time(_) => {
                Err(RowFailureReason::BadMoney)
            }
        }
    }

    /// A whole number.
    pub(crate) fn whole(&self, max_bytes: usize) -> Read<i64> {
        match self {
            Self::Text(text) => match content(text, max_bytes)? {
                Some(text) => {
                    strip_float_suffix(text).parse().map(Some).map_err(|_| RowFailureReason::BadMoney)
                }
                None => Ok(None),
            },
            Self::Number(number) if number.fract() == 0.0 && number.abs() < FIRST_INEXACT => {
                Ok(Some(*number as i64))
            }
            Self::Error(_) => Err(RowFailureReason::FormulaError),
            Self::Empty => Ok(None),
            Self::Number(_) | Self::Bool(_) | Self::Date(_) | Self::Time(_) => {
                Err(RowFailureReason::BadMoney)
            }
        }
    }

    /// How many of something: a whole number, with or without marks of thousands, and not less than none.
    pub(crate) fn count(&self, max_bytes: usize) -> Read<i64> {
        let found = match self {
            Self::Text(text) => match content(text, max_bytes)? {
                Some(text) => whole_of(strip_float_suffix(text)),
                None => return Ok(None),
            },
            Self::Number(number) if number.fract() == 0.0 && number.abs() < FIRST_INEXACT => {
                Some(*number as i64)
            }
            Self::Error(_) => return Err(RowFailureReason::FormulaError),
            Self::Empty => return Ok(None),
            Self::Number(_) | Self::Bool(_) | Self::Date(_) | Self::Time(_) => None,
        };
        found.filter(|count| (0..MAX_COUNT).contains(count)).map(Some).ok_or(RowFailureReason::BadNumber)
    }

    /// Days, with or without a fraction, as whole minutes; not less than none, and not more than a year.
    pub(crate) fn days(&self, max_bytes: usize) -> Read<i64> {
        let days = match self {
            Self::Text(text) => match content(text, max_bytes)? {
                Some(text) => text.replace(',', ".").parse().ok(),
                None => return Ok(None),
            },
            Self::Number(number) => Some(*number),
            Self::Error(_) => return Err(RowFailureReason::FormulaError),
            Self::Empty => return Ok(None),
            Self::Bool(_) | Self::Date(_) | Self::Time(_) => None,
        };
        let days = days.filter(|days| (0.0..=366.0).contains(days));
        days.map(|days| Some((days * 1_440.0).round() as i64)).ok_or(RowFailureReason::BadNumber)
    }

    /// An instant. A bare number is no date: nobody can tell a day from a quantity.
    pub(crate) fn moment(&self, max_bytes: usize) -> Read<Moment> {
        let found = match self {
            Self::Text(text) => match content(text, max_bytes)? {
                Some(text) => dates::parse(text),
                None => return Ok(None),
            },
            Self::Date(Some(at)) => dates::from_civil(*at),
            Self::Error(_) => return Err(RowFailureReason::FormulaError),
            Self::Empty => return Ok(None),
            Self::Date(None) | Self::Number(_) | Self::Bool(_) | Self::Time(_) => None,
        };
        found.map(Some).ok_or(RowFailureReason::BadDate)
    }

    /// A time of day; a cell that holds no usable one counts as empty.
    pub(crate) fn time_of_day(&self) -> Option<Time> {
        match self {
            Self::Text(text) => dates::parse_time(text),
            Self::Time(fraction) => dates::time_from_fraction(*fraction),
            Self::Date(Some(at)) => Some(at.time()),
            Self::Number(_) | Self::Empty | Self::Bool(_) | Self::Date(None) | Self::Error(_) => None,
        }
    }
}

/// What the text says, if it says anything: trimmed, without the words programs write for "nothing".
fn content(text: &str, max_bytes: usize) -> Result<Option<&str>, RowFailureReason> {
    const NOTHING: [&str; 4] = ["nan", "none", "null", "nat"];
    const ERRORS: [&str; 8] = ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#¡REF!"];
    if text.len() > max_bytes {
        return Err(RowFailureReason::TooLong);
    }
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    if text.is_empty() || (text.len() <= 4 && NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word))) {
        return Ok(None);
    }
    let text = match text.strip_prefix('\'') {
        // The mark that keeps a spreadsheet from running what it finds.
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        Some(_) | None => text,
    };
    if text.starts_with('#') && ERRORS.contains(&text) {
        return Err(RowFailureReason::FormulaError);
    }
    Ok(Some(text))
}

/// Repairs the letters and joins lines. Clean text costs one copy and nothing else.
fn clean(text: &str) -> String {
    let repaired = if text.is_ascii() { Cow::Borrowed(text) } else { repair_mojibake(text) };
    if !repaired.chars().any(char::is_control) {
        return repaired.into_owned();
    }
    let mut out = String::with_capacity(repaired.len());
    for c in repaired.chars() {
        match c {
            '\n' | '\r' | '\t' if out.ends_with(' ') => {}
            '\n' | '\r' | '\t' => out.push(' '),
            _ if c.is_control() => {}
            _ => out.push(c),
        }
    }
    out
}

/// `="0141"` and `'0141`: two ways of keeping a spreadsheet from reading a number.
fn strip_text_marks(text: &str) -> &str {
    let quoted = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    quoted.unwrap_or(text).trim_start_matches('\'').trim()
}

/// `50012345678.0` → `50012345678`.
pub(crate) fn strip_float_suffix(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros))
            if !whole.is_empty()
                && whole.bytes().all(|b| b.is_ascii_digit())
                && !zeros.is_empty()
                && zeros.len() <= 2
                && zeros.bytes().all(|b| b == b'0') =>
        {
            whole
        }
        _ => text,
    }
}

/// `1.234` and `1,234` are one thousand two hundred and thirty-four.
fn whole_of(text: &str) -> Option<i64> {
    let mut groups = text.split(['.', ',']);
    let first = groups.next().filter(|first| first.len() <= 3 || text.len() == first.len())?;
    let rest: Vec<&str> = groups.collect();
    let digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let is_whole = digits(first) && rest.iter().all(|group| group.len() == 3 && digits(group));
    is_whole.then(|| [&[first], rest.as_slice()].concat().concat().parse().ok()).flatten()
}

/// `2.40041E+11`: what a spreadsheet shows, and writes to CSV, instead of a long number.
pub(crate) fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let Some(digits) = exponent.strip_prefix('+') else { return false };
    let number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let mantissa = mantissa.split_once(['.', ',']).map_or_else(
        || number(mantissa),
        |(whole, fraction)| number(whole) && (fraction.is_empty() || number(fraction)),
    );
    mantissa && number(digits)
}

fn money_reason(text: &str) -> RowFailureReason {
    if is_scientific(text) { RowFailureReason::ScientificNumber } else { RowFailureReason::BadMoney }
}

fn plain_number(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < FIRST_INEXACT {
        (number as i64).to_string()
    } else {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RowFailureReason::{BadDate, BadMoney, BadTrackingNumber, FormulaError, ScientificNumber, TooLong};

    const MAX: usize = 100;

    fn text(value: &str) -> Cell<'_> {
        Cell::Text(value.into())
    }

    fn identifier(cell: &Cell<'_>) -> Read<String> {
        cell.identifier(BadTrackingNumber, MAX).map(|found| found.map(Cow::into_owned))
    }

    #[test]
    fn texts() {
        let table = [
            ("  Ana  ", Ok(Some("Ana"))),
            ("BogotÃ¡", Ok(Some("Bogotá"))),
            ("Bogotá", Ok(Some("Bogotá"))),
            ("Calle 1\r\nApto 2", Ok(Some("Calle 1 Apto 2"))),
            ("a\0b", Ok(Some("ab"))),
            ("", Ok(None)),
            (" \u{a0}\u{feff} ", Ok(None)),
            ("NaN", Ok(None)),
            ("None", Ok(None)),
            ("null", Ok(None)),
            ("nano", Ok(Some("nano"))),
            ("'=1+1", Ok(Some("=1+1"))),
            ("'Nombre'", Ok(Some("'Nombre'"))),
            ("#REF!", Err(FormulaError)),
            ("#hashtag", Ok(Some("#hashtag"))),
        ];
        for (value, expected) in table {
            assert_eq!(text(value).text(MAX), expected.map(|t| t.map(str::to_owned)), "{value:?}");
        }
        assert_eq!(text(&"x".repeat(MAX + 1)).text(MAX), Err(TooLong));
        assert_eq!(Cell::Number(12.5).text(MAX), Ok(Some("12.5".into())));
        assert_eq!(Cell::Bool(true).text(MAX), Ok(Some("true".into())));
    }

    #[test]
    fn identifiers() {
        let table = [
            (text("014152004123"), Ok(Some("014152004123"))),
            (text("=\"014152004123\""), Ok(Some("014152004123"))),
            (text("'014152004123"), Ok(Some("014152004123"))),
            (text("50012345678.0"), Ok(Some("50012345678"))),
            (text("500.12.0"), Ok(Some("500.12.0"))),
            (text("2.40041E+11"), Err(ScientificNumber)),
            (text("2,40041E+11"), Err(ScientificNumber)),
            (text("1E+11"), Err(ScientificNumber)),
            (text("12E5"), Ok(Some("12E5"))),
            (Cell::Number(240_041_234_567.0), Ok(Some("240041234567"))),
            (Cell::Number(999_999_999_999_999.0), Ok(Some("999999999999999"))),
            (Cell::Number(1e15), Err(ScientificNumber)),
            (Cell::Number(f64::INFINITY), Err(ScientificNumber)),
            (Cell::Bool(true), Err(BadTrackingNumber)),
            (Cell::Date(None), Err(BadTrackingNumber)),
            (Cell::Error("#N/A".into()), Err(FormulaError)),
            (Cell::Empty, Ok(None)),
        ];
        for (cell, expected) in table {
            assert_eq!(identifier(&cell), expected.map(|t| t.map(str::to_owned)), "{cell:?}");
        }
    }

    #[test]
    fn amounts() {
        for value in ["85.000", "85,000", "$ 85.000,00", "85000", "85000.0"] {
            assert_eq!(text(value).money(MAX, Currency::Cop), Ok(Some(Money::cop(85_000))), "{value}");
        }
        assert_eq!(Cell::Number(85_000.0).money(MAX, Currency::Cop), Ok(Some(Money::cop(85_000))));
        assert_eq!(
            Cell::Number(12.345).money(MAX, Currency::Usd),
            Ok(Some(Money::new(1_235, Currency::Usd)))
        );
        assert_eq!(Cell::Number(-0.5).money(MAX, Currency::Cop), Ok(Some(Money::cop(-1))));
        assert_eq!(Cell::Number(f64::NAN).money(MAX, Currency::Cop), Err(BadMoney));
        assert_eq!(Cell::Number(1e18).money(MAX, Currency::Cop), Err(BadMoney));
        assert_eq!(text("gratis").money(MAX, Currency::Cop), Err(BadMoney));
        assert_eq!(text("8.5E+04").money(MAX, Currency::Cop), Err(ScientificNumber));
        assert_eq!(text("none").money(MAX, Currency::Cop), Ok(None));
    }

    #[test]
    fn quantities() {
        assert_eq!(text("2").whole(MAX), Ok(Some(2)));
        assert_eq!(text("2.0").whole(MAX), Ok(Some(2)));
        assert_eq!(Cell::Number(3.0).whole(MAX), Ok(Some(3)));
        assert_eq!(Cell::Number(3.5).whole(MAX), Err(BadMoney));
        assert_eq!(text("dos").whole(MAX), Err(BadMoney));
    }

    #[test]
    fn counts_and_days() {
        let count = |value: &str| text(value).count(MAX);
        for (value, expected) in
            [("480", 480), ("1.234", 1_234), ("1,234,567", 1_234_567), ("0", 0), ("12.0", 12)]
        {
            assert_eq!(count(value), Ok(Some(expected)), "{value}");
        }
        for bad in ["-1", "9.5", "1234.567", "1.23.4", "80 %", "doce", "9999999999", "1.2E+4"] {
            assert_eq!(count(bad), Err(RowFailureReason::BadNumber), "{bad}");
        }
        assert_eq!((count(""), Cell::Number(3.0).count(MAX)), (Ok(None), Ok(Some(3))));
        assert_eq!(Cell::Number(3.5).count(MAX), Err(RowFailureReason::BadNumber));
        let days = |value: &str| text(value).days(MAX);
        for (value, minutes) in [("2", 2_880), ("2,5", 3_600), ("0.25", 360)] {
            assert_eq!(days(value), Ok(Some(minutes)), "{value}");
        }
        for bad in ["-1", "367", "NaN?", "inf", "dos"] {
            assert_eq!(days(bad), Err(RowFailureReason::BadNumber), "{bad}");
        }
        assert_eq!((days("nan"), Cell::Number(1.5).days(MAX)), (Ok(None), Ok(Some(2_160))));
    }

    #[test]
    fn a_bare_number_is_no_date() {
        assert_eq!(Cell::Number(46_086.0).moment(MAX), Err(BadDate));
        assert!(Cell::Date(dates::from_serial(46_086.0, false)).moment(MAX).is_ok());
        assert_eq!(Cell::Date(None).moment(MAX), Err(BadDate));
    }
}
