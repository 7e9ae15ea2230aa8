//! Amounts of money in whole minor units, and the Colombian way of writing them.

use std::fmt;

use serde::{Deserialize, Serialize};

text_enum! {
    /// A currency, spelled by its ISO 4217 code.
    pub enum Currency("currency") {
        /// Colombian peso, counted in pesos: cents are not in use.
        Cop = "COP",
        /// US dollar, counted in cents.
        Usd = "USD",
        /// Chilean peso, which has no cents.
        Clp = "CLP",
        /// Mexican peso, counted in cents.
        Mxn = "MXN",
    }
}

impl Currency {
    /// How many decimals the minor unit stands for.
    ///
    /// ISO 4217 gives the Colombian peso two, but no price, label or carrier uses them: it counts as zero.
    pub const fn exponent(self) -> u32 {
        match self {
            Self::Cop | Self::Clp => 0,
            Self::Usd | Self::Mxn => 2,
        }
    }

    const fn sign(self) -> &'static str {
        match self {
            Self::Cop => "$",
            Self::Usd => "US$",
            Self::Clp => "CLP",
            Self::Mxn => "MXN",
        }
    }
}

/// An amount of money; never a floating-point number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units of the currency: pesos for COP and CLP, cents for USD and MXN.
    pub amount: i64,
    /// What the amount counts.
    pub currency: Currency,
}

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Nothing was written.
    #[error("the amount is empty")]
    Empty,
    /// Something other than a sign, digits and well-placed separators.
    #[error("not an amount of money")]
    NotAnAmount,
    /// More than an `i64` of minor units holds.
    #[error("the amount is too large")]
    Overflow,
}

impl Money {
    /// An amount in minor units of any currency.
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// An amount of Colombian pesos.
    pub const fn cop(pesos: i64) -> Self {
        Self::new(pesos, Currency::Cop)
    }

    /// Reads pesos as Colombians and their spreadsheets write them: `85.000`, `85,000`, `$ 85.000,00`,
    /// `85000`, `1'234.567`, `-1.000`, `(1.000)`, `COP 85.000`.
    ///
    /// The last separator is decimal when one, two or more than three digits follow it and marks thousands
    /// when three do. Cents are rounded to pesos, half away from zero. Groups of the wrong size and mixed
    /// separators are refused rather than guessed: `8.5000` may be a group with a digit too many.
    pub fn parse_cop(text: &str) -> Result<Self, MoneyError> {
        Self::parse(text, Currency::Cop)
    }

    /// Reads an amount of a currency by the rules of [`Self::parse_cop`]: `12,50`, `US$ 12.50` and `USD 12.5` are 1250
    /// cents. What is finer than the minor unit is rounded, half away from zero.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        if text.trim().is_empty() {
            return Err(MoneyError::Empty);
        }
        let (negative, number) = split_sign(text, currency);
        let magnitude = parse_magnitude(number, currency.exponent())?;
        let amount = if negative { -magnitude } else { magnitude };
        i64::try_from(amount).map(|amount| Self::new(amount, currency)).map_err(|_| MoneyError::Overflow)
    }

    /// The sum; `None` if the currencies differ or the sum is too large.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        self.amount.checked_add(other.amount).map(|amount| Self::new(amount, self.currency))
    }
}

/// Prints the Colombian way: `$ 85.000`, `-$ 1.000`, `US$ 12,50`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10_u64.pow(self.currency.exponent());
        let (whole, cents) = (self.amount.unsigned_abs() / unit, self.amount.unsigned_abs() % unit);
        let minus = if self.amount < 0 { "-" } else { "" };
        write!(f, "{minus}{} {}", self.currency.sign(), with_dots(whole))?;
        if unit > 1 { write!(f, ",{cents:02}") } else { Ok(()) }
    }
}

fn with_dots(whole: u64) -> String {
    let digits = whole.to_string();
    let mut dotted = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            dotted.push('.');
        }
        dotted.push(digit);
    }
    dotted
}

/// Takes off the currency, and the sign or the accountant's parentheses, each at most once.
fn split_sign(text: &str, currency: Currency) -> (bool, &str) {
    let text = strip_currency(text, currency);
    if let Some(inner) = text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        return (true, strip_currency(inner, currency));
    }
    match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, strip_currency(rest, currency)),
        None => (false, text),
    }
}

fn strip_currency(text: &str, currency: Currency) -> &str {
    let text = text.trim();
    let is_code = |code: &str| code.eq_ignore_ascii_case(currency.as_str()) || code == currency.sign();
    let text = match text.get(..3) {
        Some(code) if is_code(code) => text[3..].trim_start(),
        Some(_) | None => text,
    };
    let text = match text.len().checked_sub(3).and_then(|at| text.get(at..)) {
        Some(code) if is_code(code) => text[..text.len() - 3].trim_end(),
        Some(_) | None => text,
    };
    text.strip_prefix('$').map_or(text, str::trim_start)
}

/// Digits between separators, read by the rule of [`Money::parse_cop`], in units of so many decimals.
fn parse_magnitude(number: &str, exponent: u32) -> Result<i128, MoneyError> {
    let unit = 10_i128.pow(exponent);
    let in_units = |whole: i128| whole.checked_mul(unit).ok_or(MoneyError::Overflow);
    let is_separator = |c: char| matches!(c, '.' | ',' | '\'' | '’' | ' ' | '\u{A0}' | '\u{202F}');
    if number.chars().any(|c| !c.is_ascii_digit() && !is_separator(c)) {
        return Err(MoneyError::NotAnAmount);
    }
    let Some((at, last)) = number.char_indices().rfind(|&(_, c)| is_separator(c)) else {
        return in_units(digits(number)?);
    };
    let after = &number[at + last.len_utf8()..];
    if after.len() == 3 {
        return in_units(thousands(number, None)?);
    }
    // Only a point or a comma can be decimal, and never with nothing behind it.
    if after.is_empty() || !matches!(last, '.' | ',') {
        return Err(MoneyError::NotAnAmount);
    }
    let may_be_groups = after.len() > 3 && number[..at].len() <= 3;
    if may_be_groups {
        return Err(MoneyError::NotAnAmount);
    }
    let decimals = exponent as usize;
    let round_up = after.as_bytes().get(decimals).is_some_and(|&next| next >= b'5');
    let kept = after.chars().chain(std::iter::repeat('0')).take(decimals);
    let part = kept.fold(0, |part, digit| part * 10 + i128::from(digit.to_digit(10).unwrap_or(0)));
    let whole = in_units(thousands(&number[..at], Some(last))?)?;
    Ok(whole + part + i128::from(round_up))
}

/// Whole pesos in groups of three. The separator is the same throughout and not the decimal one; only the
/// apostrophe may mark the millions beside another.
fn thousands(number: &str, decimal: Option<char>) -> Result<i128, MoneyError> {
    let mut separator = None;
    let mut joined = String::with_capacity(number.len());
    let mut group = 0;
    for c in number.chars() {
        if c.is_ascii_digit() {
            joined.push(c);
            group += 1;
            continue;
        }
        let first = joined.len() == group;
        let apostrophe = matches!(c, '\'' | '’');
        let odd_one = !apostrophe && separator.is_some_and(|earlier| earlier != c);
        let wrong_size =
            if first { !(1..=3).contains(&group) || joined.starts_with('0') } else { group != 3 };
        if odd_one || wrong_size || decimal == Some(c) {
            return Err(MoneyError::NotAnAmount);
        }
        separator = if apostrophe { separator } else { Some(c) };
        group = 0;
    }
    if joined.len() != group && group != 3 {
        return Err(MoneyError::NotAnAmount);
    }
    digits(&joined)
}

fn digits(text: &str) -> Result<i128, MoneyError> {
    if text.is_empty() {
        return Err(MoneyError::NotAnAmount);
    }
    // The caller let only digits through, so only the size can be wrong.
    text.parse().map_err(|_| MoneyError::Overflow)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_as_people_and_spreadsheets_write_them() {
        for (text, pesos) in [
            ("85.000", 85_000),
            ("85,000", 85_000),
            ("$ 85.000,00", 85_000),
            ("$85,000.00", 85_000),
            ("85000", 85_000),
            ("85000.0", 85_000),
            (" COP 85.000 ", 85_000),
            ("85.000 cop", 85_000),
            ("COP $ 85.000", 85_000),
            ("$\u{A0}85.000", 85_000),
            ("85 000", 85_000),
            ("1.234.567", 1_234_567),
            ("1,234,567.00", 1_234_567),
            ("1.234.567,5", 1_234_568),
            ("1'234.567", 1_234_567),
            ("1'234.567,49", 1_234_567),
            ("12345,4999", 12_345),
            ("85000.0000", 85_000),
            ("0", 0),
            ("0,5", 1),
            ("007", 7),
            ("-1.000", -1_000),
            ("(1.000)", -1_000),
            ("($ 1.000,50)", -1_001),
            ("-$ 1.000", -1_000),
            ("$ -1.000", -1_000),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(Money::parse_cop(text), Ok(Money::cop(pesos)), "{text}");
        }
    }

    #[test]
    fn cents_are_kept_where_the_currency_has_them() {
        for (text, cents) in [
            ("12,50", 1_250),
            ("US$ 12.50", 1_250),
            ("USD 12.5", 1_250),
            ("$1,250.05", 125_005),
            ("4.5", 450),
            ("85.000", 8_500_000),
            ("(0,99)", -99),
            ("7", 700),
        ] {
            assert_eq!(Money::parse(text, Currency::Usd), Ok(Money::new(cents, Currency::Usd)), "{text}");
        }
        assert_eq!(Money::parse("$ 12.990", Currency::Clp), Ok(Money::new(12_990, Currency::Clp)));
        assert_eq!(Money::parse("1.250,055", Currency::Usd), Err(MoneyError::NotAnAmount));
        assert_eq!(Money::parse("COP 12", Currency::Usd), Err(MoneyError::NotAnAmount));
        assert_eq!(Money::parse("92233720368547758.08", Currency::Usd), Err(MoneyError::Overflow));
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for text in [
            "abc",
            "$",
            "-",
            "()",
            "(1.000",
            "--5",
            "-(5)",
            "(-5)",
            "1.23.456",
            "1.234.56",
            "1.234,567",
            "1234.567",
            "0.500",
            "8.5000",
            "850,0000",
            ".5",
            "5.",
            "1..000",
            "1E+05",
            "2.40041E+11",
            "85.000.",
            "12 34",
            "1,00,000",
            "85k",
            "NaN",
            "٣",
            "85\n000\n",
            "$$5",
        ] {
            assert_eq!(Money::parse_cop(text), Err(MoneyError::NotAnAmount), "{text}");
        }
        assert_eq!(Money::parse_cop(" \u{A0} "), Err(MoneyError::Empty));
        assert_eq!(Money::parse_cop("9223372036854775808"), Err(MoneyError::Overflow));
        assert_eq!(Money::parse_cop(&"9".repeat(5000)), Err(MoneyError::Overflow));
    }

    #[test]
    fn printing_is_colombian() {
        assert_eq!(Money::cop(85_000).to_string(), "$ 85.000");
        assert_eq!(Money::cop(0).to_string(), "$ 0");
        assert_eq!(Money::cop(-1_234_567).to_string(), "-$ 1.234.567");
        assert_eq!(Money::new(125_005, Currency::Usd).to_string(), "US$ 1.250,05");
        assert_eq!(Money::new(5_000, Currency::Clp).to_string(), "CLP 5.000");
        assert_eq!(Money::cop(i64::MIN).to_string(), "-$ 9.223.372.036.854.775.808");
    }

    #[test]
    fn only_like_currencies_add_up() {
        assert_eq!(Money::cop(2).checked_add(Money::cop(3)), Some(Money::cop(5)));
        assert_eq!(Money::cop(i64::MAX).checked_add(Money::cop(1)), None);
        assert_eq!(Money::cop(2).checked_add(Money::new(3, Currency::Usd)), None);
    }

    proptest! {
        #[test]
        fn reading_what_was_printed_gives_the_same_amount(pesos in any::<i64>()) {
            let money = Money::cop(pesos);
            prop_assert_eq!(Money::parse_cop(&money.to_string()), Ok(money));
            prop_assert_eq!(Money::parse_cop(&pesos.to_string()), Ok(money));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>(), like in "[-(]?[$COP ]{0,4}[0-9.,' ]{0,24}[)]?") {
            let _ = Money::parse_cop(&text);
            let _ = Money::parse_cop(&like);
        }
    }
}
