//! Reading Rust source well enough to ignore comments and strings.

/// The source with every comment, string and character literal blanked, byte for byte, so that offsets and lines stay
/// what they were.
pub(super) fn code_only(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match literal_or_comment(bytes, at) {
            Some(end) => {
                blank(&mut code[at..end]);
                end
            }
            // A whole identifier at once: the `r` or `b` at its end starts no string.
            None if is_word(bytes[at]) => at + bytes[at..].iter().take_while(|byte| is_word(**byte)).count(),
            None => at + 1,
        };
        at = end;
    }
    // Blanking replaces whole characters by spaces, so this cannot fail.
    String::from_utf8(code).unwrap_or_default()
}

/// The code without the test module at the end of a file.
pub(super) fn without_tests(code: &str) -> &str {
    let mut from = 0;
    while let Some(found) = code[from..].find("#[cfg(test)]") {
        let start = from + found;
        let rest = &code[start + "#[cfg(test)]".len()..];
        if rest.trim_start().starts_with("mod ") {
            return &code[..start];
        }
        from = start + 1;
    }
    code
}

/// Offsets where `needle` stands in code and is not the tail of a longer word.
pub(super) fn occurrences<'a>(code: &'a str, needle: &'a str) -> impl Iterator<Item = usize> + 'a {
    let starts_word = needle.bytes().next().is_some_and(is_word);
    code.match_indices(needle)
        .map(|(offset, _)| offset)
        .filter(move |offset| !starts_word || *offset == 0 || !is_word(code.as_bytes()[offset - 1]))
}

fn blank(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| **byte != b'\n') {
        *byte = b' ';
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Where the comment or literal that starts here ends, if one does.
fn literal_or_comment(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    let length = if rest.starts_with(b"//") {
        rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
    } else if rest.starts_with(b"/*") {
        block_comment(rest)
    } else {
        let prefix = rest.iter().take_while(|byte| matches!(**byte, b'b' | b'c' | b'r')).count().min(2);
        let after = &rest[prefix..];
        let raw = prefix > 0 && rest[prefix - 1] == b'r';
        match after.first()? {
            b'"' | b'#' if raw => prefix + raw_string(after)?,
            b'"' => prefix + quoted(after, b'"'),
            b'\'' => prefix + character(after)?,
            _ => return None,
        }
    };
    Some(at + length)
}

fn block_comment(rest: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// From the hashes or the quote on; `None` for a raw identifier such as `r#type`.
fn raw_string(rest: &[u8]) -> Option<usize> {
    let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
    if rest.get(hashes) != Some(&b'"') {
        return None;
    }
    let body = &rest[hashes + 1..];
    let close = body.iter().enumerate().position(|(at, byte)| {
        *byte == b'"' && body[at + 1..].iter().take(hashes).filter(|b| **b == b'#').count() == hashes
    });
    Some(close.map_or(rest.len(), |close| hashes + 1 + close + 1 + hashes))
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// A character literal; `None` for a lifetime.
fn character(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        return Some(quoted(rest, b'\''));
    }
    let text = std::str::from_utf8(&rest[1..rest.len().min(6)])
        .or_else(|error| std::str::from_utf8(&rest[1..=error.valid_up_to()]));
    let first = text.ok()?.chars().next()?;
    (rest.get(1 + first.len_utf8()) == Some(&b'\'')).then(|| first.len_utf8() + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_blanked_in_place() {
        let text = "let a = \"todo!()\"; // dbg!(\nlet b = r#\"x \"# ; /* a /* b */ c */ b\"é\\\"\" + 'é' + '\\'' + 'a'";
        let code = code_only(text);
        assert_eq!(code.len(), text.len());
        assert_eq!(code.lines().count(), text.lines().count());
        for gone in ["todo", "dbg", "x", "/*", "c", "é", "'"] {
            assert!(!code.contains(gone), "{gone} is still in {code}");
        }
        assert!(code.contains("let b = ") && code.matches('+').count() == 3);
    }

    #[test]
    fn lifetimes_raw_identifiers_and_words_stay() {
        let text = "fn a<'a>(r#type: &'a str, bar: &'static str) -> char { 'x' }";
        assert_eq!(code_only(text), text.replace("'x'", "   "));
        assert_eq!(code_only("char('ñ', '\\u{1b}')"), "char(    ,         )");
    }

    #[test]
    fn unfinished_text_ends_quietly() {
        for text in ["\"abc", "/* abc", "r#\"abc", "'", "b'", "\"\\"] {
            assert_eq!(code_only(text).len(), text.len(), "{text}");
        }
    }

    #[test]
    fn tests_are_cut_off() {
        assert_eq!(without_tests("fn a() {}\n#[cfg(test)]\nmod tests {}"), "fn a() {}\n");
        let helper = "#[cfg(test)]\nfn b() {}\nfn c() {}";
        assert_eq!(without_tests(helper), helper);
    }

    #[test]
    fn occurrences_are_whole_words() {
        assert_eq!(occurrences("my_sql!( sql!(", "sql!(").collect::<Vec<_>>(), [9]);
        assert_eq!(occurrences("a#[ignore]", "#[ignore").collect::<Vec<_>>(), [1]);
    }
}
