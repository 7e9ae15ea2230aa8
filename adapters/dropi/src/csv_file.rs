//! Delimited text, read as a stream.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use csv::{ByteRecord, ReaderBuilder};
use ports::files::{FileError, FileHeader, Limits, RowOutcome, RowReader};

use crate::cell::Cell;
use crate::columns::{Columns, Field, Found, MAX_TITLE_ROWS, find_header, require_header};
use crate::engine::{Engine, Planning, needs_plan};
use crate::row::Cells;
use crate::text_file::{Budgeted, Profile, TextReader};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
const BUFFER: usize = 64 * 1024;
/// One record may be this many times as large as one cell may be.
const CELLS_A_RECORD: u64 = 32;

/// Opens a text file whose content is no other format.
pub(crate) fn open(path: &Path, limits: &Limits) -> Result<CsvRows, FileError> {
    let profile = Profile::of(path).map_err(|error| unreadable(&error))?;
    if profile.binary {
        return Err(FileError::Unreadable { detail: "binary".to_owned() });
    }
    let source = Source { path: path.to_owned(), profile, limits: *limits };
    let (delimiter, found) = source.find_header()?;
    let columns = Arc::new(found.columns);
    let plan = if needs_plan(&columns) {
        let mut planning = Planning::new(&columns, limits);
        let mut records = source.records(delimiter)?;
        records.skip(found.at + 1)?;
        let used = columns.used();
        while records.advance()? {
            planning.push(&records.cells(&used))?;
        }
        Some(planning.plan())
    } else {
        None
    };
    let mut records = source.records(delimiter)?;
    records.skip(found.at + 1)?;
    Ok(CsvRows {
        header: columns.describe(),
        rows_total: profile.lines.saturating_sub(u64::from(records.number)),
        used: columns.used(),
        engine: Engine::new(&columns, plan, limits),
        records,
    })
}

/// The rows of one text file.
pub(crate) struct CsvRows {
    header: FileHeader,
    rows_total: u64,
    used: Vec<(usize, Field)>,
    engine: Engine,
    records: Records,
}

impl RowReader for CsvRows {
    fn header(&self) -> &FileHeader {
        &self.header
    }

    fn next_row(&mut self) -> Result<Option<RowOutcome>, FileError> {
        while self.records.advance()? {
            let cells = self.records.cells(&self.used);
            if let Some(outcome) = self.engine.push(self.records.number, &cells)? {
                return Ok(Some(outcome));
            }
        }
        self.engine.end()?;
        Ok(None)
    }

    fn rows_total(&self) -> Option<u64> {
        Some(self.rows_total)
    }

    fn rows_read(&self) -> u64 {
        self.engine.rows_read()
    }
}

/// A file that can be opened again.
struct Source {
    path: PathBuf,
    profile: Profile,
    limits: Limits,
}

impl Source {
    /// The delimiter with which the first rows make the best header, and that header.
    fn find_header(&self) -> Result<(u8, Found), FileError> {
        let mut best: Option<(u8, Found)> = None;
        for delimiter in DELIMITERS {
            // With the wrong delimiter a stray quote may join lines without end; another will do.
            let Ok(rows) = self.first_rows(delimiter) else { continue };
            let Some(found) = find_header(&rows) else { continue };
            let rank = |columns: &Columns| (columns.matched(), columns.missing().is_empty());
            if best.as_ref().is_none_or(|(_, b)| rank(&found.columns) > rank(&b.columns)) {
                best = Some((delimiter, found));
            }
        }
        let delimiter = best.map_or(DELIMITERS[0], |(delimiter, _)| delimiter);
        let rows = self.first_rows(delimiter)?;
        Ok((delimiter, require_header(&rows, &self.limits)?))
    }

    fn first_rows(&self, delimiter: u8) -> Result<Vec<Vec<String>>, FileError> {
        let mut records = self.records(delimiter)?;
        let mut rows = Vec::new();
        while rows.len() <= MAX_TITLE_ROWS && records.advance()? {
            let cells = records.record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned());
            // One more than allowed is enough to refuse the file.
            let mut row: Vec<String> = cells.take(self.limits.max_columns.saturating_add(1)).collect();
            while row.last().is_some_and(String::is_empty) {
                row.pop();
            }
            rows.push(row);
        }
        Ok(rows)
    }

    fn records(&self, delimiter: u8) -> Result<Records, FileError> {
        let budget = self.limits.max_cell_bytes as u64 * CELLS_A_RECORD;
        let text =
            self.profile.open(&self.path, budget + BUFFER as u64).map_err(|error| unreadable(&error))?;
        let mut builder = ReaderBuilder::new();
        builder.delimiter(delimiter).has_headers(false).flexible(true).buffer_capacity(BUFFER);
        Ok(Records {
            reader: builder.from_reader(text),
            record: ByteRecord::new(),
            number: 0,
            crlf: self.profile.crlf,
            budget,
        })
    }
}

/// Records with content, numbered as a spreadsheet shows them: empty lines count.
struct Records {
    reader: csv::Reader<Budgeted<TextReader>>,
    record: ByteRecord,
    number: u32,
    crlf: bool,
    budget: u64,
}

impl Records {
    /// Goes to the next record that holds a value.
    fn advance(&mut self) -> Result<bool, FileError> {
        loop {
            let before = self.reader.position().line();
            let first = before == 1 && self.number == 0;
            self.reader.get_mut().renew();
            let more = self.reader.read_byte_record(&mut self.record).map_err(|error| self.refusal(error))?;
            if !more {
                return Ok(false);
            }
            let passed = self.reader.position().line() - before;
            self.number = self.number.saturating_add(1 + self.empty_lines(passed, first));
            if !self.record.as_slice().iter().all(u8::is_ascii_whitespace) {
                return Ok(true);
            }
        }
    }

    /// Of the line ends passed with the current record, those that made empty lines (which the CSV reader
    /// passes over): not the ones inside its cells, and not the one that ended a line.
    fn empty_lines(&self, passed: u64, first: bool) -> u32 {
        let inside = self.record.as_slice().iter().map(|&byte| u64::from(byte == b'\n')).sum::<u64>();
        // `\r` ends a record and its `\n` is passed with the next one. A lone `\n` is passed with its own, and
        // only the last record, ended by the file's end, has none.
        let own = if self.crlf { !first } else { !self.reader.get_ref().ended() };
        passed.saturating_sub(inside + u64::from(own)) as u32
    }

    fn skip(&mut self, count: usize) -> Result<(), FileError> {
        for _ in 0..count {
            self.advance()?;
        }
        Ok(())
    }

    fn cells(&self, used: &[(usize, Field)]) -> Cells<'_> {
        let mut cells: Cells<'_> = std::array::from_fn(|_| Cell::Empty);
        for &(at, field) in used {
            match self.record.get(at) {
                None | Some(b"") => {}
                Some(bytes) => cells[field.index()] = Cell::Text(String::from_utf8_lossy(bytes)),
            }
        }
        cells
    }

    fn refusal(&self, error: csv::Error) -> FileError {
        let csv::ErrorKind::Io(error) = error.into_kind() else {
            // Bytes of any length are asked for, so nothing else can be wrong with a record.
            return FileError::Unreadable { detail: "csv".to_owned() };
        };
        if error.kind() == io::ErrorKind::FileTooLarge {
            return FileError::LimitExceeded { detail: format!("row_bytes:{}", self.budget) };
        }
        unreadable(&error)
    }
}

fn unreadable(error: &io::Error) -> FileError {
    FileError::Unreadable { detail: format!("io:{}", error.kind()) }
}
