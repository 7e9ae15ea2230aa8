//! Taking values out of what was sent, and remembering which could not be taken.

use domain::text::fold;
use domain::time::Timestamp;

use crate::claim;
use crate::lenient::{Field, List, Text, Whole};

/// Longest text that is kept, in characters.
pub(crate) const MAX_TEXT_CHARS: usize = 500;

/// What was wrong, each doubt once: a code and the member it is about. Both are ours, so no value can slip in.
#[derive(Debug, Default)]
pub(crate) struct Issues(Vec<(&'static str, &'static str)>);

impl Issues {
    pub(crate) fn note(&mut self, code: &'static str, member: &'static str) {
        if !self.0.contains(&(code, member)) {
            self.0.push((code, member));
        }
    }

    /// Stable tokens, `code:member`.
    pub(crate) fn into_tokens(self) -> Vec<String> {
        self.0.into_iter().map(|(code, member)| format!("{code}:{member}")).collect()
    }

    /// The value, if it is of a usable type.
    pub(crate) fn get<'f, T>(&mut self, member: &'static str, field: &'f Field<T>) -> Option<&'f T> {
        if matches!(field, Field::WrongType) {
            self.note("wrong_type", member);
        }
        field.get()
    }

    /// One line of text: trimmed, not empty, without control characters, at most [`MAX_TEXT_CHARS`].
    pub(crate) fn line(&mut self, member: &'static str, field: &Field<Text<'_>>) -> Option<String> {
        let text = self.get(member, field)?;
        self.tidy(member, &text.0, char::is_control)
    }

    /// As [`Self::line`], but it may have several lines.
    pub(crate) fn lines(&mut self, member: &'static str, field: &Field<Text<'_>>) -> Option<String> {
        let text = self.get(member, field)?;
        self.tidy(member, &text.0, |c| c.is_control() && c != '\n')
    }

    /// A text that is at hand, as [`Self::line`].
    pub(crate) fn keep(&mut self, member: &'static str, text: &str) -> Option<String> {
        self.tidy(member, text, char::is_control)
    }

    /// The parts that are there, together no longer than [`Self::line`] allows; the second is dropped where
    /// it repeats the first.
    pub(crate) fn joined(
        &mut self,
        member: &'static str,
        first: Option<String>,
        between: &str,
        second: Option<String>,
    ) -> Option<String> {
        match (first, second) {
            (Some(first), Some(second)) if fold(&first) != fold(&second) => {
                self.keep(member, &format!("{first}{between}{second}"))
            }
            (first, second) => first.or(second),
        }
    }

    /// An id as its digits.
    pub(crate) fn id(&mut self, member: &'static str, field: &Field<Whole>) -> Option<String> {
        self.get(member, field).map(|id| id.0.to_string())
    }

    /// A moment.
    pub(crate) fn moment(&mut self, member: &'static str, field: &Field<Text<'_>>) -> Option<Timestamp> {
        let text = self.get(member, field)?.0.trim();
        if text.is_empty() {
            return None;
        }
        let at = claim::moment(text);
        if at.is_none() {
            self.note("bad_date", member);
        }
        at
    }

    /// The usable elements of an array.
    pub(crate) fn entries<'f, T, const MAX: usize>(
        &mut self,
        member: &'static str,
        field: &'f Field<List<T, MAX>>,
    ) -> &'f [T] {
        self.get(member, field).map_or(&[], |list| self.of_list(member, list))
    }

    /// The usable elements of an array that is at hand.
    pub(crate) fn of_list<'f, T, const MAX: usize>(
        &mut self,
        member: &'static str,
        list: &'f List<T, MAX>,
    ) -> &'f [T] {
        if list.cut {
            self.note("too_many", member);
        }
        if list.damaged {
            self.note("wrong_type", member);
        }
        &list.entries
    }

    fn tidy(&mut self, member: &'static str, text: &str, unwanted: impl Fn(char) -> bool) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let cut = text.len() > MAX_TEXT_CHARS;
        let end = cut.then(|| text.char_indices().nth(MAX_TEXT_CHARS)).flatten().map(|(end, _)| end);
        if end.is_some() {
            self.note("too_long", member);
        }
        let text = &text[..end.unwrap_or(text.len())];
        // Most texts are clean. U+0080 to U+009F begin with the byte C2, as do a few harmless signs.
        if !text.bytes().any(|b| b < b' ' || matches!(b, 0x7F | 0xC2)) {
            return Some(text.trim_end().to_owned());
        }
        // A database may refuse NUL, and a terminal obeys the others.
        let kept = text.replace(unwanted, " ");
        let kept = kept.trim();
        (!kept.is_empty()).then(|| kept.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Field<Text<'_>> {
        Field::Is(Text(value.into()))
    }

    #[test]
    fn text_is_tidied() {
        let mut issues = Issues::default();
        assert_eq!(issues.line("name", &text("  Íñigo 🙂\0\nPrueba ")).as_deref(), Some("Íñigo 🙂  Prueba"));
        assert_eq!(issues.lines("note", &text("uno\ndos\r\n")).as_deref(), Some("uno\ndos"));
        assert_eq!(issues.line("name", &text("a\u{85}b°\u{7F}c")).as_deref(), Some("a b° c"));
        for empty in ["", " \n ", "\0\u{7}"] {
            assert_eq!(issues.line("name", &text(empty)), None);
        }
        assert!(issues.into_tokens().is_empty());
    }

    #[test]
    fn long_text_is_cut_by_characters_and_noted_once() {
        let mut issues = Issues::default();
        let kept = issues.line("note", &text(&"ñ".repeat(501))).unwrap();
        assert_eq!(kept.chars().count(), MAX_TEXT_CHARS);
        issues.line("note", &text(&"a".repeat(9_999)));
        issues.line("name", &text(&"a".repeat(500)));
        assert_eq!(issues.into_tokens(), ["too_long:note"]);
    }

    #[test]
    fn parts_are_joined_once_and_not_without_end() {
        let mut issues = Issues::default();
        let part = |text: &str| Some(text.to_owned());
        assert_eq!(issues.joined("a", part("Calle 1"), ", ", part("Apto 2")), part("Calle 1, Apto 2"));
        assert_eq!(issues.joined("a", part("Calle 1"), ", ", part("CALLE 1.")), part("Calle 1"));
        assert_eq!(issues.joined("a", None, ", ", part("Apto 2")), part("Apto 2"));
        let long = issues.joined("a", part(&"a".repeat(400)), " ", part(&"b".repeat(400))).unwrap();
        assert_eq!(long.chars().count(), MAX_TEXT_CHARS);
        assert_eq!(issues.into_tokens(), ["too_long:a"]);
    }

    #[test]
    fn what_cannot_be_used_is_noted() {
        let mut issues = Issues::default();
        assert_eq!(issues.line("email", &Field::WrongType), None);
        assert_eq!(issues.moment("created_at", &text("ayer")), None);
        assert_eq!(issues.moment("updated_at", &text(" ")), None);
        assert_eq!(issues.id("id", &Field::Absent), None);
        assert_eq!(issues.into_tokens(), ["wrong_type:email", "bad_date:created_at"]);
    }
}
