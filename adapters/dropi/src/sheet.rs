//! The sheets of a workbook: which one to read, and its rows as cells.

use std::borrow::Cow;
use std::fs::File;
use std::io::BufReader;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};
use domain::text::fold;
use jiff::civil::{Date, DateTime};
use ports::files::{FileError, FileWarning, Limits};

use crate::cell::Cell;
use crate::columns::{Columns, MAX_TITLE_ROWS, check, find_header};
use crate::dates;
use crate::row::Cells;

pub(crate) type Workbook = Xlsx<BufReader<File>>;

/// Sheets looked at, and cells of each before its header must have appeared.
const MAX_SHEETS: usize = 64;
const MAX_PEEKED_CELLS: usize = 100_000;

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

/// The sheet to read.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) name: String,
    /// From 0.
    pub(crate) header_row: u32,
    pub(crate) columns: Columns,
    /// By the sheet's own account.
    pub(crate) rows_total: Option<u64>,
    pub(crate) warnings: Vec<FileWarning>,
}

pub(crate) fn unreadable(detail: &str) -> FileError {
    FileError::Unreadable { detail: detail.to_owned() }
}

/// Opens a workbook that passed [`crate::guard::check`].
pub(crate) fn open(file: File) -> Result<Workbook, FileError> {
    Xlsx::new(BufReader::new(file)).map_err(|error| refusal(&error))
}

/// The sheet whose header fits best; of equals a visible one, one with a likely name, the first.
pub(crate) fn choose(workbook: &mut Workbook, limits: &Limits) -> Result<Chosen, FileError> {
    let sheets: Vec<(String, bool)> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .take(MAX_SHEETS)
        .collect();
    let mut best: Option<(Rank, Chosen, usize)> = None;
    let mut fitting = Vec::new();
    let mut any_rows = false;
    let mut first_error = None;
    for (name, visible) in sheets {
        let peeked = match peek(workbook, &name, limits) {
            Ok(peeked) => peeked,
            Err(error) => {
                first_error.get_or_insert(error);
                continue;
            }
        };
        any_rows |= !peeked.rows.is_empty();
        let Some((chosen, width)) = peeked.chosen(&name) else { continue };
        let fits = chosen.columns.missing().is_empty();
        if fits {
            fitting.push(name.clone());
        }
        let rank = (fits, visible, is_likely(&name), chosen.columns.matched());
        if best.as_ref().is_none_or(|(earlier, _, _)| rank > *earlier) {
            best = Some((rank, chosen, width));
        }
    }
    let Some((_, mut chosen, width)) = best else {
        return Err(match first_error {
            Some(error) => error,
            None if any_rows => FileError::MissingColumns { columns: Columns::read(&[]).missing() },
            None => FileError::Empty,
        });
    };
    check(&chosen.columns, width, limits)?;
    fitting.retain(|name| *name != chosen.name);
    if !fitting.is_empty() {
        let detail = fitting.join(", ");
        chosen.warnings.push(FileWarning { code: "other_sheets_left_out".to_owned(), detail });
    }
    Ok(chosen)
}

/// Calls `row` with each row below the header that holds a value, by its number as the sheet shows it.
///
/// A formula counts as its stored value, a merged area as its first cell.
pub(crate) fn each_row(
    workbook: &mut Workbook,
    name: &str,
    header_row: u32,
    columns: &Columns,
    row: &mut dyn FnMut(u32, &Cells<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut stream = CellStream::open(workbook, name)?;
    let mut cells: Cells<'_> = std::array::from_fn(|_| Cell::Empty);
    let mut current = None;
    while let Some(((at, column), cell)) = stream.next()? {
        if at <= header_row || cell.is_blank() {
            continue;
        }
        if current != Some(at)
            && let Some(done) = current.replace(at)
        {
            row(number(done), &cells)?;
            cells.fill(Cell::Empty);
        }
        if let Some(field) = columns.field_at(column as usize) {
            cells[field.index()] = cell;
        }
    }
    match current {
        Some(done) => row(number(done), &cells),
        None => Ok(()),
    }
}

/// Row numbers as people see them start at 1.
fn number(row: u32) -> u32 {
    row.saturating_add(1)
}

type Rank = (bool, bool, bool, usize);

fn is_likely(name: &str) -> bool {
    let name = fold(name);
    LIKELY_NAMES.iter().any(|likely| name.contains(likely))
}

/// The top of a sheet.
struct Peeked {
    /// Rows with content, by their place from 0.
    rows: Vec<(u32, Vec<String>)>,
    last_row: u32,
}

impl Peeked {
    /// The sheet as a candidate, with the width of its header.
    fn chosen(&self, name: &str) -> Option<(Chosen, usize)> {
        let texts: Vec<Vec<String>> = self.rows.iter().map(|(_, row)| row.clone()).collect();
        let found = find_header(&texts)?;
        let header_row = self.rows[found.at].0;
        let rows_total = self.last_row.checked_sub(header_row).filter(|&rows| rows > 0).map(u64::from);
        let chosen = Chosen {
            name: name.to_owned(),
            header_row,
            columns: found.columns,
            rows_total,
            warnings: Vec::new(),
        };
        Some((chosen, texts[found.at].len()))
    }
}

fn peek(workbook: &mut Workbook, name: &str, limits: &Limits) -> Result<Peeked, FileError> {
    let mut stream = CellStream::open(workbook, name)?;
    let last_row = stream.reader.dimensions().end.0;
    let mut rows: Vec<(u32, Vec<String>)> = Vec::new();
    for _ in 0..MAX_PEEKED_CELLS {
        let Some(((at, column), cell)) = stream.next()? else { break };
        if cell.is_blank() {
            continue;
        }
        if rows.last().is_none_or(|(row, _)| *row != at) {
            if rows.len() > MAX_TITLE_ROWS {
                break;
            }
            rows.push((at, Vec::new()));
        }
        if let Some((_, row)) = rows.last_mut() {
            // One more than allowed is enough to refuse the sheet.
            let column = (column as usize).min(limits.max_columns);
            row.resize(row.len().max(column + 1), String::new());
            cell.shown().trim().clone_into(&mut row[column]);
        }
    }
    Ok(Peeked { rows, last_row })
}

type Place = (u32, u32);

/// The cells of a sheet in file order.
struct CellStream<'a> {
    reader: XlsxCellReader<'a, BufReader<File>>,
    is_1904: bool,
    last: Option<Place>,
    held: Option<(Place, Cell<'a>)>,
}

impl<'a> CellStream<'a> {
    fn open(workbook: &'a mut Workbook, name: &str) -> Result<Self, FileError> {
        let is_1904 = workbook.has_1904_epoch();
        let reader = workbook.worksheet_cells_reader(name).map_err(|error| refusal(&error))?;
        Ok(Self { reader, is_1904, last: None, held: None })
    }

    fn next(&mut self) -> Result<Option<(Place, Cell<'a>)>, FileError> {
        if let Some(held) = self.held.take() {
            return Ok(Some(held));
        }
        let found = match self.read() {
            Ok(found) => found,
            Err(XlsxError::CellError(text)) => Some(self.unknown_error(text)?),
            Err(error) => return Err(refusal(&error)),
        };
        if let Some((place, _)) = &found {
            self.last = Some(*place);
        }
        Ok(found)
    }

    fn read(&mut self) -> Result<Option<(Place, Cell<'a>)>, XlsxError> {
        let Some(found) = self.reader.next_cell()? else { return Ok(None) };
        let place = found.get_position();
        Ok(Some((place, cell(found.get_value().clone(), self.is_1904))))
    }

    /// calamine gives up on errors that Excel learned lately (`#SPILL!`) and loses their place. The stream
    /// itself goes on, so the place is told from the neighbours: after the last cell, or before the next.
    fn unknown_error(&mut self, text: String) -> Result<(Place, Cell<'a>), FileError> {
        let next = match self.read() {
            Ok(next) => next,
            Err(XlsxError::CellError(_)) => None,
            Err(error) => return Err(refusal(&error)),
        };
        let after = self.last.map_or((0, 0), |(row, column)| (row, column.saturating_add(1)));
        let place = match &next {
            Some(((row, column), _)) if *row != after.0 && *column > 0 => (*row, column - 1),
            Some(_) | None => after,
        };
        self.held = next;
        Ok((place, Cell::Error(Cow::Owned(text))))
    }
}

fn cell(value: DataRef<'_>, is_1904: bool) -> Cell<'_> {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(number as f64),
        DataRef::Float(number) => Cell::Number(number),
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::Text(Cow::Owned(text)),
        DataRef::SharedString(text) => Cell::Text(Cow::Borrowed(text)),
        DataRef::Bool(value) => Cell::Bool(value),
        // Below one whole day there is only a time.
        DataRef::DateTime(at) if at.is_duration() || at.as_f64() < 1.0 => Cell::Time(at.as_f64()),
        DataRef::DateTime(at) => Cell::Date(dates::from_serial(at.as_f64(), is_1904)),
        DataRef::DateTimeIso(text) => match iso(&text) {
            Some(at) => Cell::Date(Some(at)),
            None => Cell::Text(Cow::Owned(text)),
        },
        DataRef::Error(error) => Cell::Error(Cow::Owned(error.to_string())),
    }
}

fn iso(text: &str) -> Option<DateTime> {
    let day = |date: Date| date.to_datetime(jiff::civil::Time::midnight());
    text.parse().ok().or_else(|| text.parse().ok().map(day))
}

fn refusal(error: &XlsxError) -> FileError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "calamine's errors; only these say more than: broken")]
    match error {
        XlsxError::Password => unreadable("encrypted"),
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => unreadable("zip_without_workbook"),
        XlsxError::Io(error) => unreadable(&format!("io:{}", error.kind())),
        _ => unreadable("workbook"),
    }
}
