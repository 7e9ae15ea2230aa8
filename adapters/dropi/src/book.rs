//! Workbooks of either kind: which sheet to read, and what a sheet gives.

use calamine::{Dimensions, SheetType, SheetVisible};
use domain::text::fold;
use ports::files::{FileError, FileWarning, Limits};
use ports::layouts::{Known, MAX_HEADER_ROW, MAX_TITLE_ROWS, SheetInfo};

use crate::columns::Columns;
use crate::foreign;
use crate::place::{Placed, TopRow, nothing_understood, place};
use crate::row::Cells;

/// Sheets looked at, and cells of each before its header must have appeared.
pub(crate) const MAX_SHEETS: usize = 64;
pub(crate) const MAX_PEEKED_CELLS: usize = 100_000;

/// Sheet names that Dropi and its users give to the data.
const LIKELY_NAMES: [&str; 9] =
    ["GUIA", "ENVIO", "SHIPMENT", "TRACKING", "PEDIDO", "ORDENES", "ORDERS", "RECLAMO", "NOVEDAD"];

/// Why reading stops before the end.
#[derive(Debug)]
pub(crate) enum Stop {
    File(FileError),
    /// The reader was dropped.
    Nobody,
}

impl From<FileError> for Stop {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

/// Takes a row by its number as the sheet shows it.
pub(crate) type EachRow<'a> = dyn FnMut(u32, &Cells<'_>) -> Result<(), Stop> + 'a;

/// The top of a sheet.
#[derive(Debug)]
pub(crate) struct Top {
    pub(crate) rows: Vec<TopRow>,
    /// By the sheet's own account, from 1.
    pub(crate) last_row: Option<u32>,
}

/// A workbook.
pub(crate) trait Book {
    /// The sheets with cells, in their order.
    fn sheets(&mut self) -> Vec<SheetInfo>;

    /// The first rows with content.
    fn top(&mut self, sheet: &str, count: usize, limits: &Limits) -> Result<Top, FileError>;

    /// The merged areas of a sheet; none of a workbook that is too large to look for them.
    fn merged(&mut self, sheet: &str) -> Result<Vec<Dimensions>, FileError>;

    /// Calls `row` with each row from `first_row` on that holds a value.
    fn each_row(
        &mut self,
        sheet: &str,
        first_row: u32,
        columns: &Columns,
        row: &mut EachRow<'_>,
    ) -> Result<(), Stop>;
}

/// The sheet to read.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) name: String,
    pub(crate) placed: Placed,
    /// Rows of data by the sheet's own account.
    pub(crate) rows_total: Option<u64>,
    pub(crate) warnings: Vec<FileWarning>,
}

/// The sheet whose header fits best; of equals a visible one, one with a likely name, the first.
///
/// # Errors
/// When no sheet is understood; [`Chosen::placed`] may still lack columns.
pub(crate) fn choose(book: &mut dyn Book, limits: &Limits, known: &Known) -> Result<Chosen, FileError> {
    let wanted = known.layout.as_ref().and_then(|layout| layout.sheet.as_deref());
    let said_header = known.layout.as_ref().and_then(|layout| layout.header_row).unwrap_or(0);
    let count = said_header.min(MAX_HEADER_ROW).max(MAX_TITLE_ROWS as u32 + 1) as usize;
    let mut best = None;
    let mut fitting = Vec::new();
    let mut any_rows = false;
    let mut first_error = None;
    let mut known_as = None;
    for sheet in book.sheets().into_iter().take(MAX_SHEETS) {
        if wanted.is_some_and(|wanted| wanted != sheet.name) {
            continue;
        }
        let top = match book.top(&sheet.name, count, limits) {
            Ok(top) => top,
            Err(error) => {
                first_error.get_or_insert(error);
                continue;
            }
        };
        any_rows |= !top.rows.is_empty();
        let titles = &top.rows[..top.rows.len().min(MAX_TITLE_ROWS + 1)];
        known_as = known_as.or_else(|| foreign::recognise(Some(&sheet.name), titles));
        let Some(placed) = place(&top.rows, known) else { continue };
        if placed.rank.fits {
            fitting.push(sheet.name.clone());
        }
        let rank =
            (placed.rank.said, placed.rank.fits, sheet.visible, is_likely(&sheet.name), placed.rank.matched);
        if best.as_ref().is_none_or(|(earlier, _)| rank > *earlier) {
            best = Some((rank, chosen(sheet.name, placed, top.last_row)));
        }
    }
    let fits = best.as_ref().is_some_and(|(_, chosen): &(_, Chosen)| chosen.placed.rank.fits);
    if let Some(foreign) = known_as.filter(|_| !fits && known.layout.is_none()) {
        return Err(FileError::Foreign(foreign));
    }
    let Some((_, mut chosen)) = best else {
        return Err(match first_error {
            Some(error) => error,
            None if wanted.is_some() && !any_rows => unreadable("sheet"),
            None if any_rows => nothing_understood(),
            None => FileError::Empty,
        });
    };
    fitting.retain(|name| *name != chosen.name);
    if !fitting.is_empty() && known.layout.is_none() {
        let detail = fitting.join(", ");
        chosen.warnings.push(FileWarning { code: "other_sheets_left_out".to_owned(), detail });
    }
    Ok(chosen)
}

fn chosen(name: String, placed: Placed, last_row: Option<u32>) -> Chosen {
    let rows_total = last_row
        .and_then(|last| last.checked_sub(placed.first_row - 1))
        .filter(|&rows| rows > 0)
        .map(u64::from);
    let warnings = placed.warnings();
    Chosen { name, placed, rows_total, warnings }
}

/// Those of a workbook's sheets that hold cells.
pub(crate) fn worksheets(sheets: &[calamine::Sheet]) -> Vec<SheetInfo> {
    let sheets = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let described = sheets.map(|sheet| SheetInfo {
        name: sheet.name.clone(),
        visible: sheet.visible == SheetVisible::Visible,
        rows: None,
    });
    described.collect()
}

/// Row numbers as people see them start at 1.
pub(crate) fn number(row: u32) -> u32 {
    row.saturating_add(1)
}

pub(crate) fn unreadable(detail: &str) -> FileError {
    FileError::Unreadable { detail: detail.to_owned() }
}

fn is_likely(name: &str) -> bool {
    let name = fold(name);
    LIKELY_NAMES.iter().any(|likely| name.contains(likely))
}
