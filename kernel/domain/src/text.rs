//! Comparing and repairing the text that people and spreadsheets send.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A spelling that names no value of an enum. The spelling itself is left out: it may be personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {kind}")]
pub struct UnknownName {
    /// What was expected, for example `shipment status`.
    pub kind: &'static str,
}

/// The form in which two spellings are compared: upper case, without accents, and with one space in place
/// of everything between two words, so "Bogotá  D.C." becomes "BOGOTA D C".
///
/// Accents go by compatibility decomposition (Unicode Standard Annex #15, NFKD). Folding twice changes
/// nothing more.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if !fold_spanish(text, &mut folded) {
        folded.clear();
        fold_unicode(text, &mut folded);
    }
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

/// Repairs UTF-8 that was read as Latin-1 or Windows-1252: "BogotÃ¡" becomes "Bogotá".
///
/// Works pair by pair, so correct and broken letters may stand side by side, and again as long as something
/// was broken twice. Only sequences that begin with `Ã`, `Â`, `â€` or `ï»` are touched: the letters, signs
/// and quotes of Spanish. Clean text is borrowed unchanged.
pub fn repair_mojibake(text: &str) -> Cow<'_, str> {
    let mut repaired = Cow::Borrowed(text);
    // Each round makes the text shorter, so this ends.
    while let Some(better) = repair_once(&repaired) {
        repaired = Cow::Owned(better);
    }
    repaired
}

/// Bytes in lower-case hex, two digits each.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Spanish place-name capitals: every word starts with one, except articles and prepositions in the middle.
pub fn title_case(text: &str) -> String {
    const SMALL: [&str; 8] = ["de", "del", "el", "la", "las", "los", "y", "en"];
    let mut title = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let lower = word.to_lowercase();
        let small = !title.is_empty() && SMALL.contains(&lower.as_str());
        if !title.is_empty() {
            title.push(' ');
        }
        if small {
            title.push_str(&lower);
        } else {
            push_capitalised(&mut title, &lower);
        }
    }
    title
}

/// The fast path for ASCII and the accented letters of Latin-1. False if there is anything else.
fn fold_spanish(text: &str, folded: &mut String) -> bool {
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            folded.push(c.to_ascii_uppercase());
        } else if c.is_ascii() {
            push_gap(folded);
        } else if let Some(plain) = without_accent(c) {
            folded.push(plain);
        } else {
            return false;
        }
    }
    true
}

fn without_accent(c: char) -> Option<char> {
    match c {
        'À'..='Å' | 'à'..='å' => Some('A'),
        'Ç' | 'ç' => Some('C'),
        'È'..='Ë' | 'è'..='ë' => Some('E'),
        'Ì'..='Ï' | 'ì'..='ï' => Some('I'),
        'Ñ' | 'ñ' => Some('N'),
        'Ò'..='Ö' | 'ò'..='ö' => Some('O'),
        'Ù'..='Ü' | 'ù'..='ü' => Some('U'),
        'Ý' | 'ý' | 'ÿ' => Some('Y'),
        _ => None,
    }
}

fn fold_unicode(text: &str, folded: &mut String) {
    // Upper case first: some capitals are made of several characters, which then are decomposed too.
    let upper = text.chars().flat_map(char::to_uppercase);
    for c in upper.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_uppercase) {
        if c.is_alphanumeric() {
            folded.push(c);
        } else {
            push_gap(folded);
        }
    }
}

fn push_gap(folded: &mut String) {
    if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

/// Starts a new capital after every character that is not a letter, as in "D.C." and "San Andrés-Isla".
fn push_capitalised(title: &mut String, lower: &str) {
    let mut start = true;
    for c in lower.chars() {
        if start {
            title.extend(c.to_uppercase());
        } else {
            title.push(c);
        }
        start = !c.is_alphanumeric() && c != '\'' && c != '’';
    }
}

fn repair_once(text: &str) -> Option<String> {
    if text.is_ascii() || !text.contains(['Ã', 'Â', 'â', 'ï']) {
        return None;
    }
    let mut repaired = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(first) = rest.chars().next() {
        let (c, read) = match misread(rest) {
            Some(found) => found,
            None => (first, first.len_utf8()),
        };
        changed |= c != first;
        // A byte order mark carries no meaning inside a text.
        if c != '\u{FEFF}' || c == first {
            repaired.push(c);
        }
        rest = &rest[read..];
    }
    changed.then_some(repaired)
}

/// The character whose UTF-8 bytes stand at the start of `rest`, each shown as a character of its own, and
/// the length of that sequence in `rest`.
fn misread(rest: &str) -> Option<(char, usize)> {
    let mut characters = rest.char_indices();
    let (_, first) = characters.next()?;
    let length = match first {
        'Ã' | 'Â' => 2,
        'â' | 'ï' => 3,
        _ => return None,
    };
    let mut bytes = [0; 3];
    bytes[0] = windows_1252_byte(first)?;
    let mut control = false;
    for byte in &mut bytes[1..length] {
        let (_, c) = characters.next()?;
        control |= c.is_control();
        *byte = windows_1252_byte(c)?;
    }
    let wanted = match bytes[0] {
        // "â" and "ï" are letters of other languages; only with this second byte are they quotes and BOM.
        0xE2 => bytes[1] == 0x80,
        0xEF => bytes[1] == 0xBB,
        // 0xC2 0x80–0x9F is a control character, which is there only if it is part of a second misreading.
        0xC2 => bytes[1] >= 0xA0 || control,
        _ => true,
    };
    if !wanted {
        return None;
    }
    let decoded = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    Some((decoded, characters.offset()))
}

/// The byte that Windows-1252 shows as this character; bytes it leaves undefined count as Latin-1.
///
/// Source: the WHATWG Encoding Standard, index windows-1252.
fn windows_1252_byte(c: char) -> Option<u8> {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    match u8::try_from(u32::from(c)) {
        Ok(byte) if byte >= 0x80 => Some(byte),
        Ok(_) => None,
        Err(_) => HIGH.iter().position(|&high| high == c).map(|at| 0x80 + at as u8),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a program shows that reads UTF-8 as Windows-1252.
    fn misread_as_1252(text: &str) -> String {
        let shown = |b: u8| {
            (0x80..0x3000)
                .filter_map(char::from_u32)
                .find(|&c| windows_1252_byte(c) == Some(b) && !(0x80..0xA0).contains(&u32::from(c)))
        };
        text.bytes()
            .map(|b| if b < 0x80 { char::from(b) } else { shown(b).unwrap_or(char::from(b)) })
            .collect()
    }

    fn misread_as_latin_1(text: &str) -> String {
        text.bytes().map(char::from).collect()
    }

    #[test]
    fn hex_has_two_digits_for_each_byte() {
        assert_eq!(hex(&[0x00, 0x09, 0x0a, 0x1f, 0xf0, 0xff]), "00090a1ff0ff");
        assert_eq!(hex(&[]), "");
    }

    #[test]
    fn folding_examples() {
        for (text, folded) in [
            ("Bogotá  D.C.", "BOGOTA D C"),
            ("  envía\tcolvanes \n", "ENVIA COLVANES"),
            ("ÑUÑOA", "NUNOA"),
            ("ARMENIA (Q)", "ARMENIA Q"),
            ("CALI - VALLE", "CALI VALLE"),
            ("Miriti - Paraná", "MIRITI PARANA"),
            ("n\u{303}", "N"),
            ("", ""),
            ("¿?", ""),
            ("straße ﬁn", "STRASSE FIN"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn every_letter_of_the_fast_path_folds_as_unicode_says() {
        for c in '\0'..='\u{17F}' {
            let mut slow = String::new();
            fold_unicode(&c.to_string(), &mut slow);
            assert_eq!(fold(&c.to_string()), slow.trim_end(), "{c}");
        }
    }

    #[test]
    fn mojibake_examples() {
        for (broken, clean) in [
            ("BogotÃ¡", "Bogotá"),
            ("MedellÃ\u{AD}n", "Medellín"),
            ("NÃšMERO GUIA", "NÚMERO GUIA"),
            ("TelÃ©fono", "Teléfono"),
            ("Bogotá y MedellÃ\u{AD}n", "Bogotá y Medellín"),
            ("NARIÃ‘O", "NARIÑO"),
            ("NARIÃ\u{91}O", "NARIÑO"),
            ("CÃ\u{81}CERES", "CÁCERES"),
            ("Calle 5 NÂ° 3", "Calle 5 N° 3"),
            ("â€œhola€ â€“", "“hola€ –"),
            ("BogotÃƒÂ¡", "Bogotá"),
            ("ï»¿guia", "guia"),
            ("Ã", "Ã"),
            ("SÃO PAULO", "SÃO PAULO"),
            ("«CAFÉ» ÂNGELA Ã", "«CAFÉ» ÂNGELA Ã"),
        ] {
            assert_eq!(repair_mojibake(broken), clean, "{broken}");
        }
    }

    #[test]
    fn title_case_examples() {
        for (text, title) in [
            ("SAN JOSÉ DEL PALMAR", "San José del Palmar"),
            ("la  ceja", "La Ceja"),
            ("BOGOTÁ D.C.", "Bogotá D.C."),
            ("vereda (el hato)", "Vereda (El Hato)"),
            ("", ""),
        ] {
            assert_eq!(title_case(text), title);
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
            prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
        }

        #[test]
        fn the_fast_path_agrees_with_the_unicode_path(text in "[ -~\u{A0}-\u{FF}]{0,40}") {
            let mut slow = String::new();
            fold_unicode(&text, &mut slow);
            prop_assert_eq!(fold(&text), slow.trim_end());
        }

        #[test]
        fn spanish_survives_being_misread(text in "[a-zA-Z0-9áéíóúÁÉÍÓÚñÑüÜ°·¿¡ .,#-]{0,60}") {
            let twice = misread_as_latin_1(&misread_as_latin_1(&text));
            for broken in [misread_as_1252(&text), misread_as_latin_1(&text), twice] {
                prop_assert_eq!(repair_mojibake(&broken), text.as_str());
            }
            prop_assert!(matches!(repair_mojibake(&text), Cow::Borrowed(same) if same == text));
        }

        #[test]
        fn no_text_makes_repair_panic(text in any::<String>(), broken in "[ÃÂâï€»¿¡“a\u{80}-\u{BF}]{0,30}") {
            let _ = title_case(&text);
            let repaired = repair_mojibake(&text);
            prop_assert!(repaired.len() <= text.len());
            let repaired = repair_mojibake(&broken);
            prop_assert_eq!(repair_mojibake(&repaired), repaired.clone());
        }
    }
}
