//! What a caller who may not see personal data sees instead. All masking of answers is here.

use domain::{Country, Phone};

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
}
