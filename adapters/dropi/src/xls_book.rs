//! Old workbooks (`.xls`): read whole, because their format leaves no choice.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Cursor, Read};

use calamine::{Data, Dimensions, Range, Reader, Xls, XlsError};
use ports::files::{FileError, Limits};
use ports::layouts::SheetInfo;

use crate::book::{Book, EachRow, Stop, Top, number, unreadable, worksheets};
use crate::cell::Cell;
use crate::columns::Columns;
use crate::ole_guard::{self, MAX_XLS_BYTES};
use crate::row::Cells;
use crate::sheet::{date_or_time, iso};

/// An old workbook in memory.
pub(crate) struct OldBook {
    workbook: Xls<Cursor<Vec<u8>>>,
    /// The sheet read last: taking one out of the workbook copies it.
    sheet: Option<(String, Range<Data>)>,
}

impl OldBook {
    /// Checks the file and reads it.
    pub(crate) fn open(file: File) -> Result<Self, FileError> {
        let mut bytes = Vec::new();
        let failed = |error: std::io::Error| unreadable(&format!("io:{}", error.kind()));
        BufReader::new(file).take(MAX_XLS_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > MAX_XLS_BYTES {
            return Err(FileError::LimitExceeded { detail: format!("xls_bytes:{MAX_XLS_BYTES}") });
        }
        ole_guard::check(&bytes)?;
        let workbook = Xls::new(Cursor::new(bytes)).map_err(|error| refusal(&error))?;
        Ok(Self { workbook, sheet: None })
    }

    fn sheet(&mut self, name: &str) -> Result<&Range<Data>, FileError> {
        if self.sheet.as_ref().is_none_or(|(held, _)| held != name) {
            // The one before goes first: two copies would be twice the memory.
            self.sheet = None;
            let range = self.workbook.worksheet_range(name).map_err(|error| refusal(&error))?;
            self.sheet = Some((name.to_owned(), range));
        }
        self.sheet.as_ref().map(|(_, range)| range).ok_or_else(|| unreadable("workbook"))
    }
}

impl Book for OldBook {
    fn sheets(&mut self) -> Vec<SheetInfo> {
        worksheets(self.workbook.sheets_metadata())
    }

    fn top(&mut self, name: &str, count: usize, limits: &Limits) -> Result<Top, FileError> {
        let is_1904 = self.workbook.has_1904_epoch();
        let range = self.sheet(name)?;
        let (first, left) = range.start().unwrap_or_default();
        let mut rows = Vec::new();
        for (at, row) in range.rows().enumerate() {
            let mut shown = vec![String::new(); left as usize];
            shown.extend(row.iter().map(|value| cell(value, is_1904).shown().trim().to_owned()));
            shown.truncate(limits.max_columns.saturating_add(1));
            while shown.last().is_some_and(String::is_empty) {
                shown.pop();
            }
            if !shown.is_empty() {
                rows.push((number(first + at as u32), shown));
            }
            if rows.len() >= count {
                break;
            }
        }
        let last_row = range.end().map(|(row, _)| number(row));
        Ok(Top { rows, last_row })
    }

    fn merged(&mut self, name: &str) -> Result<Vec<Dimensions>, FileError> {
        self.workbook.merge_cells_by_sheet_name(name).map_err(|error| refusal(&error))
    }

    fn each_row(
        &mut self,
        name: &str,
        first_row: u32,
        columns: &Columns,
        row: &mut EachRow<'_>,
    ) -> Result<(), Stop> {
        let is_1904 = self.workbook.has_1904_epoch();
        let range = self.sheet(name)?;
        let (first, left) = range.start().unwrap_or_default();
        for (at, values) in range.rows().enumerate() {
            let at = number(first + at as u32);
            if at < first_row {
                continue;
            }
            let mut cells: Cells<'_> = std::array::from_fn(|_| Cell::Empty);
            let mut any = false;
            for (column, value) in values.iter().enumerate() {
                let value = cell(value, is_1904);
                if value.is_blank() {
                    continue;
                }
                any = true;
                if let Some(field) = columns.field_at(left as usize + column) {
                    cells[field.index()] = value;
                }
            }
            if any {
                row(at, &cells)?;
            }
        }
        Ok(())
    }
}

fn cell(value: &Data, is_1904: bool) -> Cell<'_> {
    match value {
        Data::Empty => Cell::Empty,
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Float(number) => Cell::Number(*number),
        Data::String(text) | Data::DurationIso(text) => Cell::Text(Cow::Borrowed(text)),
        Data::Bool(value) => Cell::Bool(*value),
        Data::DateTime(at) => date_or_time(*at, is_1904),
        Data::DateTimeIso(text) => match iso(text) {
            Some(at) => Cell::Date(Some(at)),
            None => Cell::Text(Cow::Borrowed(text)),
        },
        Data::Error(error) => Cell::Error(Cow::Owned(error.to_string())),
    }
}

fn refusal(error: &XlsError) -> FileError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "calamine's errors; only these say more than: broken")]
    match error {
        XlsError::Password => unreadable("encrypted"),
        XlsError::Io(error) => unreadable(&format!("io:{}", error.kind())),
        _ => unreadable("workbook"),
    }
}
