//! Where the data of a file begins and what its columns are: as a person said, as saved, or as built in.

use ports::files::{FileError, FileWarning, Limits};
use ports::layouts::{Field, Known, Layout};

use crate::columns::{Columns, MAX_TITLE_ROWS, check, find_header, title_keys};

/// A row with content at the top of a file: its number as the person sees it, and its cells as shown.
pub(crate) type TopRow = (u32, Vec<String>);

/// A header that was found, or the absence of one that a person stated.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) columns: Columns,
    /// From 1; none where there are no titles.
    pub(crate) header_row: Option<u32>,
    pub(crate) first_row: u32,
    /// The saved layout that was recognised.
    pub(crate) saved: Option<String>,
    /// How well it fits: what a person said, nothing missing, titles understood.
    pub(crate) rank: Rank,
}

/// A greater one fits better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    /// 2 when the titles of a layout that somebody confirmed are there, 1 when such a layout is used without.
    pub(crate) said: u8,
    pub(crate) fits: bool,
    pub(crate) matched: usize,
}

impl Placed {
    /// Refuses a header that lacks columns or has too many.
    pub(crate) fn require(self, limits: &Limits) -> Result<Self, FileError> {
        check(&self.columns, limits)?;
        Ok(self)
    }

    /// What the person is told of how the file is read.
    pub(crate) fn warnings(&self) -> Vec<FileWarning> {
        let saved = self.saved.iter();
        saved.map(|name| FileWarning { code: "saved_layout".to_owned(), detail: name.clone() }).collect()
    }

    fn by(layout: &Layout, titles: &[String], header_row: Option<u32>, first_row: u32, said: u8) -> Self {
        let columns = Columns::of_layout(layout, titles);
        let rank = Rank { said, fits: columns.missing().is_empty(), matched: columns.matched() };
        Self { columns, header_row, first_row, saved: None, rank }
    }
}

/// Finds how to read a file whose first rows are these; none when nothing at all is understood.
pub(crate) fn place(rows: &[TopRow], known: &Known) -> Option<Placed> {
    if rows.is_empty() {
        return None;
    }
    if let Some(layout) = &known.layout {
        return Some(as_said(rows, layout));
    }
    let top = &rows[..rows.len().min(MAX_TITLE_ROWS + 1)];
    recognise_saved(top, known).or_else(|| {
        let texts: Vec<Vec<String>> = top.iter().map(|(_, row)| row.clone()).collect();
        let found = find_header(&texts)?;
        let header_row = top[found.at].0;
        let rank =
            Rank { said: 0, fits: found.columns.missing().is_empty(), matched: found.columns.matched() };
        Some(Placed {
            columns: found.columns,
            header_row: Some(header_row),
            first_row: header_row.saturating_add(1),
            saved: None,
            rank,
        })
    })
}

fn as_said(rows: &[TopRow], layout: &Layout) -> Placed {
    let header = layout.header_row.and_then(|wanted| rows.iter().find(|(number, _)| *number == wanted));
    let titles = header.map_or(&[][..], |(_, row)| row);
    let said = if has_titles(layout, titles) { 2 } else { 1 };
    Placed::by(layout, titles, layout.header_row, layout.first_row, said)
}

/// The titles of a saved layout may stand lower or higher than where they were saved.
fn recognise_saved(rows: &[TopRow], known: &Known) -> Option<Placed> {
    for saved in &known.saved {
        let Some(said_at) = saved.layout.header_row else { continue };
        let Some((number, titles)) = rows.iter().find(|(_, row)| has_titles(&saved.layout, row)) else {
            continue;
        };
        let below = saved.layout.first_row.saturating_sub(said_at).max(1);
        let mut placed = Placed::by(&saved.layout, titles, Some(*number), number.saturating_add(below), 2);
        placed.saved = Some(saved.name.clone());
        return Some(placed);
    }
    None
}

fn has_titles(layout: &Layout, row: &[String]) -> bool {
    let keys = title_keys(&layout.titles);
    !keys.is_empty() && keys == title_keys(row)
}

/// The header of a file without any that was understood.
pub(crate) fn nothing_understood() -> FileError {
    FileError::MissingColumns { columns: Columns::read(&[]).missing() }
}

/// The layout by which a placed header would be read again.
pub(crate) fn layout_of(placed: &Placed, sheet: Option<&str>, titles: &[String]) -> Layout {
    let columns = placed.columns.used().into_iter().filter(|(_, field)| field.is_carried());
    Layout {
        sheet: sheet.map(str::to_owned),
        header_row: placed.header_row,
        first_row: placed.first_row,
        columns: columns.map(|(at, field)| (at as u32, field)).collect(),
        defaults: placed.columns.stated(),
        titles: titles.to_vec(),
        transforms: placed
            .columns
            .rules()
            .map(|rules| rules.transforms.iter().copied().collect())
            .unwrap_or_default(),
        filters: placed.columns.rules().map(|rules| rules.filters.clone()).unwrap_or_default(),
    }
}

/// Whether an order spans several rows, so that rows are joined.
pub(crate) fn has_items(columns: &Columns) -> bool {
    Field::ALL.iter().any(|&field| field.is_of_an_item() && columns.has(field))
}

#[cfg(test)]
mod tests {
    use ports::files::FileFormat;
    use ports::layouts::SavedLayout;

    use super::*;

    fn row(number: u32, cells: &[&str]) -> TopRow {
        (number, cells.iter().map(|&cell| cell.to_owned()).collect())
    }

    fn saved() -> Known {
        let layout = Layout {
            header_row: Some(1),
            first_row: 3,
            columns: [(0, Field::TrackingNumber), (1, Field::Status)].into(),
            defaults: [(Field::Carrier, "TCC".to_owned())].into(),
            titles: vec!["Remesa".into(), "Qué pasó".into(), String::new()],
            ..Layout::default()
        };
        Known { layout: None, saved: vec![SavedLayout { name: "Mi TCC".into(), layout }], ..Known::default() }
    }

    #[test]
    fn a_saved_layout_is_known_again_wherever_its_titles_stand() {
        let rows =
            [row(1, &["Informe"]), row(4, &["REMESA", "que paso"]), row(5, &["500123451", "EN REPARTO"])];
        let placed = place(&rows, &saved()).unwrap();
        assert_eq!((placed.header_row, placed.first_row), (Some(4), 6));
        assert_eq!(placed.saved.as_deref(), Some("Mi TCC"));
        assert_eq!(placed.columns.format, FileFormat::Mapped);
        assert_eq!(placed.columns.field_at(1), Some(Field::Status));
        assert_eq!(placed.columns.title(Field::TrackingNumber), "REMESA");
    }

    #[test]
    fn the_column_of_reasons_that_we_add_hides_no_layout() {
        let rows = [row(1, &["Remesa", "Qué pasó", "Motivo del rechazo"])];
        assert!(place(&rows, &saved()).unwrap().saved.is_some());
        let rows = [row(1, &["Remesa", "Qué pasó", "Ciudad"])];
        assert!(place(&rows, &saved()).is_none_or(|placed| placed.saved.is_none()));
    }

    #[test]
    fn what_a_person_says_comes_first() {
        let layout =
            Layout { first_row: 1, columns: [(1, Field::TrackingNumber)].into(), ..Layout::default() };
        let known = Known { layout: Some(layout), ..saved() };
        let placed = place(&[row(1, &["Remesa", "Qué pasó"])], &known).unwrap();
        assert_eq!((placed.header_row, placed.first_row), (None, 1));
        assert_eq!(placed.columns.title(Field::TrackingNumber), "B");
        assert!(place(&[], &known).is_none());
    }
}
