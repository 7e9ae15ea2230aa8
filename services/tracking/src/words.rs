//! Words that people write beside what they do.

/// Longest reason, in characters.
pub(crate) const MAX_REASON: usize = 200;
/// A reason with more digits in a row may hold a phone or a tracking number.
pub(crate) const MAX_DIGITS: usize = 6;

/// A reason without what may be a person's number.
pub(crate) fn usable_reason(text: &str) -> Option<String> {
    let text = text.trim();
    let mut digits = 0;
    for c in text.chars() {
        digits = match c {
            c if c.is_ascii_digit() => digits + 1,
            ' ' | '-' | '.' | '(' | ')' | '+' => digits,
            _ => 0,
        };
        if digits > MAX_DIGITS {
            return None;
        }
    }
    (text.chars().count() <= MAX_REASON && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_holds_no_phone() {
        assert_eq!(usable_reason(" 20 de 30 devueltas ").as_deref(), Some("20 de 30 devueltas"));
        for bad in ["llamar al 3001112233", "300 111 22 33", "(300) 111-2233", &"x".repeat(201), "a\nb"] {
            assert_eq!(usable_reason(bad), None, "{bad}");
        }
    }
}
