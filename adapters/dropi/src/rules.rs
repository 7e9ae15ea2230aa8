//! What a person says is to be done with cells before they are read, and which rows are left out.

use std::borrow::Cow;

use domain::text::{fold, repair_mojibake};
use ports::layouts::{Layout, Match, RowFilter, Transform};

use crate::cell::{Cell, is_scientific, strip_float_suffix};
use crate::columns::Field;
use crate::row::Cells;

/// The rules of a layout.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    pub(crate) transforms: Vec<(Field, Transform)>,
    pub(crate) filters: Vec<RowFilter>,
}

impl Rules {
    /// Those of a layout; none when it has none.
    pub(crate) fn of(layout: &Layout) -> Option<Box<Self>> {
        let transforms: Vec<_> = layout.transforms.iter().map(|(&field, &one)| (field, one)).collect();
        if transforms.is_empty() && layout.filters.is_empty() {
            return None;
        }
        Some(Box::new(Self { transforms, filters: layout.filters.clone() }))
    }

    /// Whether a row is read at all; what it is compared by is what stands in the file.
    pub(crate) fn keeps(&self, cells: &Cells<'_>) -> bool {
        self.filters.iter().all(|filter| {
            let shown = cells[filter.field.index()].shown();
            let (shown, wanted) = (fold(&repair_mojibake(&shown)), fold(&filter.value));
            match filter.rule {
                Match::Is => shown == wanted,
                Match::IsNot => shown != wanted,
                Match::Contains => shown.contains(&wanted),
                Match::ContainsNot => !shown.contains(&wanted),
            }
        })
    }

    /// The row with its cells changed.
    pub(crate) fn changed<'a>(&self, cells: &Cells<'a>) -> Cells<'a> {
        let mut changed = cells.clone();
        for &(field, transform) in &self.transforms {
            let cell = &mut changed[field.index()];
            // What a sheet holds as a number, a date or an error says by itself what it is.
            let Cell::Text(text) = &*cell else { continue };
            if let Some(text) = applied(transform, text) {
                *cell = Cell::Text(Cow::Owned(text));
            }
        }
        changed
    }
}

/// The text afterwards; none where the cell stays as it is.
fn applied(transform: Transform, text: &str) -> Option<String> {
    match transform {
        Transform::Digits => digits(text),
        Transform::FirstWord => words(text).next().map(str::to_owned),
        Transform::LastWord => words(text).last().map(str::to_owned),
        Transform::MonthFirst => day_first(text),
    }
}

/// The digits; none of a number whose digits a spreadsheet lost, and of a text without any, which both are refused later.
fn digits(text: &str) -> Option<String> {
    if is_scientific(text.trim()) {
        return None;
    }
    let digits: String = strip_float_suffix(text.trim()).chars().filter(char::is_ascii_digit).collect();
    Some(digits).filter(|digits| !digits.is_empty())
}

/// Words parted by blanks, or by a dash between blanks.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric))
}

/// `3/25/2026 8:10` as `25/3/2026 8:10`; none for what does not begin with two numbers.
fn day_first(text: &str) -> Option<String> {
    let text = text.trim();
    let (month, rest) = text.split_at_checked(text.find(['/', '-', '.'])?)?;
    let (separator, rest) = rest.split_at_checked(1)?;
    let (day, rest) = rest.split_at_checked(rest.find(['/', '-', '.'])?)?;
    let is_number = |part: &str| matches!(part.len(), 1..=2) && part.bytes().all(|b| b.is_ascii_digit());
    (is_number(month) && is_number(day)).then(|| format!("{day}{separator}{month}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_changed_as_said() {
        let table = [
            (Transform::Digits, "Guía: 500-123 451", Some("500123451")),
            (Transform::Digits, "50012345678.0", Some("50012345678")),
            (Transform::Digits, "2,40041E+11", None),
            (Transform::Digits, "#N/A", None),
            (Transform::FirstWord, " COORDINADORA - 500123451", Some("COORDINADORA")),
            (Transform::LastWord, "COORDINADORA - 500123451", Some("500123451")),
            (Transform::LastWord, " - ", None),
            (Transform::MonthFirst, "3/25/2026 8:10", Some("25/3/2026 8:10")),
            (Transform::MonthFirst, "03-04-2026", Some("04-03-2026")),
            // An ISO date says itself which is which.
            (Transform::MonthFirst, "2026-03-04", None),
            (Transform::MonthFirst, "marzo 3", None),
            (Transform::MonthFirst, "é/3/2026", None),
        ];
        for (transform, text, expected) in table {
            assert_eq!(applied(transform, text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn only_texts_are_changed() {
        let rules =
            Rules { transforms: vec![(Field::TrackingNumber, Transform::Digits)], filters: Vec::new() };
        let cell = |cell| {
            let mut cells: Cells<'_> = std::array::from_fn(|_| Cell::Empty);
            cells[Field::TrackingNumber.index()] = cell;
            rules.changed(&cells)[Field::TrackingNumber.index()].clone()
        };
        for kept in [Cell::Number(1.234_567_890_123_456_7e17), Cell::Error("#N/A".into()), Cell::Empty] {
            assert_eq!(cell(kept.clone()), kept);
        }
        assert_eq!(cell(Cell::Text("n.º 12".into())), Cell::Text("12".into()));
    }
}
