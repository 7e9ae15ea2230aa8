//! SQL as words and signs.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or an unquoted name.
    Word,
    /// A `"quoted name"`.
    Quoted,
    /// A string or number.
    Literal,
    /// `$1`.
    Parameter,
    /// A sign; `::`, `@>` and `<@` are one.
    Sign,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// From 1.
    pub(super) line: usize,
}

impl Token<'_> {
    /// True for this keyword, name or sign.
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Sign) && self.text == text
    }

    /// True for one of these keywords.
    pub(super) fn is_one_of(&self, words: &[&str]) -> bool {
        self.kind == Kind::Word && words.contains(&self.text)
    }
}

/// The tokens of a text, without comments.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = next(rest, first);
        let (token, after) = rest.split_at(length);
        if let Some(kind) = kind {
            tokens.push(Token { kind, text: token, line });
        }
        line += token.matches('\n').count();
        rest = after;
    }
    tokens
}

/// Kind (none for space and comments) and length of what the text starts with.
fn next(text: &str, first: char) -> (Option<Kind>, usize) {
    let until =
        |end: &str, from: usize| text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
    let while_word = |from: usize| {
        text[from..].find(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(text.len(), |at| from + at)
    };
    if text.starts_with("--") {
        return (None, until("\n", 0));
    }
    if text.starts_with("/*") {
        return (None, until("*/", 2));
    }
    if ["::", "@>", "<@"].iter().any(|sign| text.starts_with(sign)) {
        return (Some(Kind::Sign), 2);
    }
    match first {
        c if c.is_whitespace() => (None, c.len_utf8()),
        // A doubled quote reads as two strings side by side, which is all the same here.
        '\'' => (Some(Kind::Literal), until("'", 1)),
        '"' => (Some(Kind::Quoted), until("\"", 1)),
        '$' => dollar(text, while_word(1)),
        c if c.is_ascii_digit() => (Some(Kind::Literal), while_word(0)),
        c if c.is_alphabetic() || c == '_' => (Some(Kind::Word), while_word(0)),
        c => (Some(Kind::Sign), c.len_utf8()),
    }
}

/// `$1`, or a string between `$tag$` and `$tag$`.
fn dollar(text: &str, word_end: usize) -> (Option<Kind>, usize) {
    if !text[word_end..].starts_with('$') {
        return (Some(Kind::Parameter), word_end);
    }
    let tag = &text[..=word_end];
    let body = word_end + 1;
    (Some(Kind::Literal), text[body..].find(tag).map_or(text.len(), |at| body + at + tag.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_signs_literals_and_parameters() {
        assert_eq!(
            texts("select a.b, 'it''s' -- no\nfrom t /* no */ where x = $12::uuid and y @> \"Z\";"),
            [
                "select", "a", ".", "b", ",", "'it'", "'s'", "from", "t", "where", "x", "=", "$12", "::",
                "uuid", "and", "y", "@>", "\"Z\"", ";"
            ]
        );
        assert_eq!(texts("do $$ begin now(); end $$;"), ["do", "$$ begin now(); end $$", ";"]);
        assert_eq!(texts("$f$ a $$ b $f$ c"), ["$f$ a $$ b $f$", "c"]);
    }

    #[test]
    fn lines_count_from_one_across_everything() {
        let lines: Vec<usize> = tokens("a\n-- x\nb 'c\nd' e").iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 3, 3, 4]);
    }

    #[test]
    fn unfinished_text_ends_quietly() {
        for text in ["'abc", "\"abc", "/* abc", "$$ abc", "-- abc", "$", "ñ"] {
            assert!(tokens(text).len() <= 1, "{text}");
        }
    }
}
