//! The sheets of a new workbook (`.xlsx`, `.xlsm`), streamed.

use std::borrow::Cow;
use std::fs::File;
use std::io::BufReader;

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, Xlsx, XlsxCellReader, XlsxError};
use jiff::civil::{Date, DateTime};
use ports::files::{FileError, Limits};
use ports::layouts::SheetInfo;

use crate::book::{Book, EachRow, MAX_PEEKED_CELLS, Stop, Top, number, unreadable, worksheets};
use crate::cell::Cell;
use crate::columns::Columns;
use crate::dates;
use crate::place::TopRow;
use crate::row::Cells;

/// A workbook with up to so many bytes inflated is looked through for merged cells: they stand at a sheet's end.
const LOOKED_THROUGH: u64 = 64 * 1024 * 1024;

type Inner = Xlsx<BufReader<File>>;

/// A new workbook.
pub(crate) struct Workbook {
    inner: Inner,
    inflated: u64,
}

/// Opens a workbook that passed [`crate::guard::check`], which found it to be so many bytes inflated.
pub(crate) fn open(file: File, inflated: u64) -> Result<Workbook, FileError> {
    let inner = Xlsx::new(BufReader::new(file)).map_err(|error| refusal(&error))?;
    Ok(Workbook { inner, inflated })
}

impl Book for Workbook {
    fn sheets(&mut self) -> Vec<SheetInfo> {
        worksheets(self.inner.sheets_metadata())
    }

    fn top(&mut self, name: &str, count: usize, limits: &Limits) -> Result<Top, FileError> {
        let mut stream = CellStream::open(&mut self.inner, name)?;
        let last_row = number(stream.reader.dimensions().end.0);
        let mut rows: Vec<TopRow> = Vec::new();
        for _ in 0..MAX_PEEKED_CELLS {
            let Some(((at, column), cell)) = stream.next()? else { break };
            if cell.is_blank() {
                continue;
            }
            if rows.last().is_none_or(|(row, _)| *row != number(at)) {
                if rows.len() >= count {
                    break;
                }
                rows.push((number(at), Vec::new()));
            }
            if let Some((_, row)) = rows.last_mut() {
                // One more than allowed is enough to refuse the sheet.
                let column = (column as usize).min(limits.max_columns);
                row.resize(row.len().max(column + 1), String::new());
                cell.shown().trim().clone_into(&mut row[column]);
            }
        }
        Ok(Top { rows, last_row: Some(last_row) })
    }

    fn merged(&mut self, name: &str) -> Result<Vec<Dimensions>, FileError> {
        if self.inflated > LOOKED_THROUGH {
            return Ok(Vec::new());
        }
        // They help; a sheet whose list of them is damaged is read as one without.
        Ok(self.inner.merge_cells_by_sheet_name(name).unwrap_or_default())
    }

    /// A formula counts as its stored value; of a merged area only the first cell is there, see `merged.rs`.
    fn each_row(
        &mut self,
        name: &str,
        first_row: u32,
        columns: &Columns,
        row: &mut EachRow<'_>,
    ) -> Result<(), Stop> {
        let mut stream = CellStream::open(&mut self.inner, name)?;
        let mut cells: Cells<'_> = std::array::from_fn(|_| Cell::Empty);
        let mut current = None;
        while let Some(((at, column), cell)) = stream.next()? {
            if number(at) < first_row || cell.is_blank() {
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
    fn open(workbook: &'a mut Inner, name: &str) -> Result<Self, FileError> {
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
        DataRef::DateTime(at) => date_or_time(at, is_1904),
        DataRef::DateTimeIso(text) => match iso(&text) {
            Some(at) => Cell::Date(Some(at)),
            None => Cell::Text(Cow::Owned(text)),
        },
        DataRef::Error(error) => Cell::Error(Cow::Owned(error.to_string())),
    }
}

/// Below one whole day there is only a time.
pub(crate) fn date_or_time(at: ExcelDateTime, is_1904: bool) -> Cell<'static> {
    if at.is_duration() || at.as_f64() < 1.0 {
        Cell::Time(at.as_f64())
    } else {
        Cell::Date(dates::from_serial(at.as_f64(), is_1904))
    }
}

pub(crate) fn iso(text: &str) -> Option<DateTime> {
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
