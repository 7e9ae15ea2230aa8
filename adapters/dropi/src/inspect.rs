//! The top of a file for a person who says what it means: sheets, columns, samples, a proposal.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use domain::text::repair_mojibake;
use ports::files::{FileError, FileWarning, ForeignFile, Limits};
use ports::layouts::{
    ColumnInfo, Guess, Inspection, Known, Layout, Look, MAX_HEADER_ROW, MAX_SAMPLE_CHARS, SheetInfo, letter,
};

use crate::book::{Book, MAX_SHEETS, choose, unreadable};
use crate::columns::{Columns, MAX_TITLE_ROWS, kept_title};
use crate::csv_file::Source;
use crate::guess;
use crate::place::{Placed, TopRow, layout_of, place};
use crate::sniff::Container;
use crate::xlsx_file::open_book;

/// Rows read to tell what the columns are.
const ROWS: usize = MAX_HEADER_ROW as usize + 100;
/// Rows shown, and values shown of a column.
const SHOWN: usize = 20;
const SAMPLES: usize = 5;

/// Looks at delimited text.
pub(crate) fn text(
    path: &Path,
    limits: &Limits,
    known: &Known,
    look: &Look,
) -> Result<Inspection, FileError> {
    let source = Source::of(path, limits)?;
    let (delimiter, placed) = source.place(known)?;
    let rows = source.first_rows(delimiter, ROWS)?;
    let fits = placed.as_ref().is_some_and(|placed| placed.rank.fits);
    let foreign = source.foreign(known, fits)?;
    let mut found = describe(&rows, placed, look, Vec::new(), None, limits)?;
    found.warnings.extend(foreign.map(known_as));
    Ok(found)
}

/// Looks at a workbook. A panic of its parser is an unreadable file.
pub(crate) fn workbook(
    path: &Path,
    container: Container,
    limits: &Limits,
    known: &Known,
    look: &Look,
) -> Result<Inspection, FileError> {
    let inspect = || {
        let mut book = open_book(path, container, limits)?;
        inspect_book(&mut *book, limits, known, look)
    };
    catch_unwind(AssertUnwindSafe(inspect)).unwrap_or_else(|_| Err(unreadable("workbook")))
}

fn inspect_book(
    book: &mut dyn Book,
    limits: &Limits,
    known: &Known,
    look: &Look,
) -> Result<Inspection, FileError> {
    let mut sheets = book.sheets();
    // As many as are looked at when the file is read.
    sheets.truncate(MAX_SHEETS);
    let mut foreign = None;
    let (name, placed) = match &look.sheet {
        Some(name) if !sheets.iter().any(|sheet| sheet.name == *name) => return Err(unreadable("sheet")),
        Some(name) => {
            let top = book.top(name, MAX_TITLE_ROWS + 1, limits)?;
            (name.clone(), place(&top.rows, known))
        }
        None => match choose(book, limits, known) {
            Ok(chosen) => (chosen.name, Some(chosen.placed)),
            Err(FileError::MissingColumns { .. }) => (first_with_rows(book, &sheets, limits)?, None),
            Err(FileError::Foreign(file)) => {
                foreign = Some(file);
                (first_with_rows(book, &sheets, limits)?, None)
            }
            Err(error) => return Err(error),
        },
    };
    for sheet in &mut sheets {
        // One sheet that cannot be read does not hide the others.
        sheet.rows = book.top(&sheet.name, 1, limits).ok().and_then(|top| top.last_row).map(u64::from);
    }
    let top = book.top(&name, ROWS, limits)?;
    let mut found = describe(&top.rows, placed, look, sheets, Some(name), limits)?;
    found.warnings.extend(foreign.map(known_as));
    Ok(found)
}

/// Says that the file is known and holds no shipments; a person may still say how to read it.
fn known_as(file: ForeignFile) -> FileWarning {
    FileWarning { code: "holds_no_shipments".to_owned(), detail: file.as_str().to_owned() }
}

fn first_with_rows(book: &mut dyn Book, sheets: &[SheetInfo], limits: &Limits) -> Result<String, FileError> {
    let mut ordered: Vec<&SheetInfo> = sheets.iter().collect();
    ordered.sort_by_key(|sheet| !sheet.visible);
    for sheet in ordered {
        if book.top(&sheet.name, 1, limits).is_ok_and(|top| !top.rows.is_empty()) {
            return Ok(sheet.name.clone());
        }
    }
    Err(FileError::Empty)
}

fn describe(
    rows: &[TopRow],
    placed: Option<Placed>,
    look: &Look,
    sheets: Vec<SheetInfo>,
    sheet: Option<String>,
    limits: &Limits,
) -> Result<Inspection, FileError> {
    let Some((first, _)) = rows.first() else { return Err(FileError::Empty) };
    if rows.iter().any(|(_, row)| row.len() > limits.max_columns) {
        return Err(FileError::LimitExceeded { detail: format!("columns:{}", limits.max_columns) });
    }
    let placed = placed.filter(|_| look.header_row.is_none());
    let header_row = match (look.header_row, &placed) {
        (Some(0), _) => None,
        (Some(row), _) => Some(row),
        (None, Some(placed)) => placed.header_row,
        (None, None) => likely_header(rows),
    };
    let first_row = match (&placed, header_row) {
        (Some(placed), _) => placed.first_row,
        (None, Some(row)) => row.saturating_add(1),
        (None, None) => *first,
    };
    let header = header_row.and_then(|wanted| rows.iter().find(|(number, _)| *number == wanted));
    let titles: Vec<String> = header.map(|(_, row)| as_kept(row)).unwrap_or_default();
    let data: Vec<&TopRow> = rows.iter().filter(|(number, _)| *number >= first_row).collect();
    let width = data.iter().map(|(_, row)| row.len()).max().unwrap_or(0).max(titles.len());
    let values: Vec<Vec<String>> = (0..width).map(|at| values_of(&data, at)).collect();
    let guesses = guess::columns(&titles, &values);
    let fits = placed.as_ref().filter(|placed| placed.rank.fits);
    let proposal = match fits {
        Some(placed) => layout_of(placed, sheet.as_deref(), &titles),
        None => proposed(&guesses, sheet, header_row, first_row, &titles),
    };
    Ok(Inspection {
        sheets,
        format: fits.filter(|placed| placed.rank.said == 0).map(|placed| placed.columns.format),
        missing: placed.as_ref().map_or_else(|| Columns::read(&titles).missing(), |p| p.columns.missing()),
        saved: placed.as_ref().and_then(|placed| placed.saved.clone()),
        proposal,
        columns: (0..width).map(|at| column(at, &titles, &values[at], guesses[at])).collect(),
        rows: data.into_iter().take(SHOWN).map(|(number, row)| (*number, shown(row))).collect(),
        warnings: placed.map(|placed| told(&placed)).unwrap_or_default(),
    })
}

fn told(placed: &Placed) -> Vec<FileWarning> {
    let mut warnings = placed.columns.describe().warnings;
    warnings.extend(placed.warnings());
    warnings
}

/// The first row that reads like titles of the rows below it; none when the first row is data already.
fn likely_header(rows: &[TopRow]) -> Option<u32> {
    let widest = rows.iter().map(|(_, row)| row.len()).max().unwrap_or(0);
    let top = rows.iter().take(MAX_TITLE_ROWS + 1);
    let (number, row) = top.into_iter().find(|(_, row)| guess::is_data(row) || row.len() * 2 > widest)?;
    (!guess::is_data(row)).then_some(*number)
}

fn values_of(data: &[&TopRow], at: usize) -> Vec<String> {
    let cells = data.iter().filter_map(|(_, row)| row.get(at));
    cells.filter(|value| !value.is_empty()).take(200).cloned().collect()
}

fn proposed(
    guesses: &[Option<Guess>],
    sheet: Option<String>,
    header_row: Option<u32>,
    first_row: u32,
    titles: &[String],
) -> Layout {
    let columns = guesses.iter().enumerate().filter_map(|(at, guess)| Some((at as u32, (*guess)?.field)));
    Layout {
        sheet,
        header_row,
        first_row,
        columns: columns.collect(),
        titles: titles.to_vec(),
        ..Layout::default()
    }
}

fn column(at: usize, titles: &[String], values: &[String], guess: Option<Guess>) -> ColumnInfo {
    ColumnInfo {
        index: at as u32,
        letter: letter(at as u32),
        title: titles.get(at).map(|title| cut(title)).unwrap_or_default(),
        samples: values.iter().take(SAMPLES).map(|value| cut(value)).collect(),
        guess,
    }
}

fn shown(row: &[String]) -> Vec<String> {
    row.iter().map(|value| cut(value)).collect()
}

/// Titles as they stand in the file: the layout is known again by them.
fn as_kept(row: &[String]) -> Vec<String> {
    row.iter().map(|title| kept_title(title).to_owned()).collect()
}

fn cut(value: &str) -> String {
    let value = repair_mojibake(value);
    value.chars().filter(|c| !c.is_control()).take(MAX_SAMPLE_CHARS).collect()
}
