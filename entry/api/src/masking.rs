//! What a caller who may not see personal data sees instead. All masking of answers is here.

use domain::{Country, Phone};

/// Stands where something was left out of a text.
const HIDDEN: &str = "***";
/// The fewest digits that may be a phone.
const PHONE_DIGITS: usize = 7;

/// A phone in E.164: whole, or its first and last three digits.
pub(crate) fn phone(e164: String, masked: bool) -> String {
    if !masked {
        return e164;
    }
    Phone::parse(&e164, Country::Co).map_or_else(|_| "***".to_owned(), |phone| phone.masked())
}

/// A person's name: whole, or its initials.
pub(crate) fn name(name: String, masked: bool) -> String {
    if !masked {
        return name;
    }
    let initials = name.split_whitespace().filter_map(|word| word.chars().next());
    initials.map(|initial| format!("{initial}***")).collect::<Vec<_>>().join(" ")
}

/// An address: whole, or nothing, for the city beside it says enough.
pub(crate) fn address(address: Option<String>, masked: bool) -> Option<String> {
    address.filter(|_| !masked)
}

/// Words that a carrier or a shop wrote: whole, or without what may be a phone or an e-mail address in them.
pub(crate) fn text(text: String, masked: bool) -> String {
    if !masked || !text.contains(|c: char| c == '@' || c.is_ascii_digit()) {
        return text;
    }
    without_numbers(&without_addresses(&text))
}

/// Words without e-mail addresses: whatever has an `@` between two blanks or brackets.
fn without_addresses(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || "<>()[]{},;:\"'".contains(c);
    let hidden = text.split_inclusive(ends).map(|word| {
        let end = word.chars().last().filter(|c| ends(*c));
        if word.contains('@') {
            format!("{HIDDEN}{}", end.map_or(String::new(), String::from))
        } else {
            word.into()
        }
    });
    hidden.collect()
}

/// Words without numbers of seven digits or more, whole or written in groups. Days stay.
fn without_numbers(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c == '+' || c.is_ascii_digit()) {
        let (before, found) = rest.split_at(start);
        shown.push_str(before);
        let (end, hidden) = day(found).map_or_else(|| number(found), |end| (end, false));
        shown.push_str(if hidden { HIDDEN } else { &found[..end] });
        rest = &found[end..];
    }
    shown + rest
}

/// The length of the number that a text begins with, written in groups with at most two separators between them, and
/// whether it may be a phone.
fn number(text: &str) -> (usize, bool) {
    let (mut end, mut digits, mut between) = (1, 0, 0);
    for (at, c) in text.char_indices() {
        if c.is_ascii_digit() {
            (end, digits, between) = (at + 1, digits + 1, 0);
        } else if at == 0 || (between < 2 && " \u{a0}-.()".contains(c)) {
            between += usize::from(at > 0);
        } else {
            break;
        }
    }
    (end, digits >= PHONE_DIGITS)
}

/// The length of the day that a text begins with: `2026-03-05`, `05.03.2026`.
fn day(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '-' && c != '.').unwrap_or(text.len());
    let parts: Vec<&str> = text[..end].split(['-', '.']).collect();
    let year = |part: &str| part.len() == 4 && part.starts_with("20");
    let short = |part: &str| matches!(part.len(), 1 | 2);
    let fits = match parts[..] {
        [year_first, month, day] if year(year_first) => short(month) && short(day),
        [day, month, year_last] if year(year_last) => short(month) && short(day),
        _ => false,
    };
    fits.then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks() {
        assert_eq!(phone("+573121234789".into(), true), "312***789");
        assert_eq!(phone("+573121234789".into(), false), "+573121234789");
        assert_eq!(phone("oops".into(), true), "***");
        assert_eq!(name("Ana María Pérez".into(), true), "A*** M*** P***");
        assert_eq!(address(Some("Calle 1".into()), true), None);
    }

    #[test]
    fn words_are_shown_without_phones_and_addresses() {
        for (said, shown) in [
            ("LLAMAR AL 3001112233", "LLAMAR AL ***"),
            ("LLAMAR AL +57 300 111-22 33, GRACIAS", "LLAMAR AL ***, GRACIAS"),
            ("CEL (300) 111.2233 O 601 555 4433", "CEL (*** O ***"),
            ("FIJO 6015554;3109998877", "FIJO ***;***"),
            ("escribir a <ana.perez@prueba.co> hoy", "escribir a <***> hoy"),
            ("ana@prueba.co", "***"),
            ("CRA 12 # 34-56 APTO 201, 85.000 PESOS", "CRA 12 # 34-56 APTO 201, 85.000 PESOS"),
            ("REPROGRAMADA 2026-03-05 10:30", "REPROGRAMADA 2026-03-05 10:30"),
            (
                "REPROGRAMADA 05-03-2026, 05/03/2026 Y 5.3.2026",
                "REPROGRAMADA 05-03-2026, 05/03/2026 Y 5.3.2026",
            ),
            ("05-03-2026 3001112233", "05-03-2026 ***"),
            ("ENTREGA FALLIDA", "ENTREGA FALLIDA"),
            ("+ ñ @ 1", "+ ñ *** 1"),
            ("", ""),
        ] {
            assert_eq!(text(said.into(), true), shown);
            assert_eq!(text(said.into(), false), said);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_masked_words_hold_a_phone(before in "\\PC{0,20}", phone in "3[0-9]{2} ?[0-9]{3}-?[0-9]{4}") {
            let shown = text(format!("{before} {phone}"), true);
            let mut digits = 0;
            for c in shown.chars() {
                digits = if c.is_ascii_digit() { digits + 1 } else { 0 };
                proptest::prop_assert!(digits < 10, "{shown}");
            }
        }
    }
}
