//! Delimited text, read as a stream.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use csv::{ByteRecord, ReaderBuilder};
use domain::time::Timestamp;
use ports::files::{FileError, FileHeader, ForeignFile, Limits, RowOutcome, RowReader};

use crate::cell::Cell;
use ports::layouts::{Field, Known, MAX_HEADER_ROW, MAX_TITLE_ROWS};

use crate::engine::{Engine, OpenQuote, Planning, needs_plan};
use crate::foreign;
use crate::place::{Placed, TopRow, nothing_understood, place};
use crate::quotes::{Quotes, Stray};
use crate::row::Cells;
use crate::text_file::{Budgeted, Profile, TextReader};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
const BUFFER: usize = 64 * 1024;
/// One record may be this many times as large as one cell may be.
const CELLS_A_RECORD: u64 = 32;

/// Opens a text file whose content is no other format.
pub(crate) fn open(
    path: &Path,
    limits: &Limits,
    known: &Known,
    latest: Timestamp,
) -> Result<CsvRows, FileError> {
    let source = Source::of(path, limits)?;
    let (delimiter, placed) = source.place(known)?;
    let fits = placed.as_ref().is_some_and(|placed| placed.rank.fits);
    if let Some(foreign) = source.foreign(known, fits)? {
        return Err(FileError::Foreign(foreign));
    }
    let placed = placed.ok_or_else(nothing_understood)?.require(limits)?;
    let mut header = placed.columns.describe();
    header.warnings.extend(placed.warnings());
    let (columns, first_row) = (Arc::new(placed.columns), placed.first_row);
    let width = Some(columns.width().saturating_sub(1));
    let plan = if needs_plan(&columns) {
        let mut planning = Planning::new(&columns, limits, known.country);
        let mut records = source.records(delimiter, width)?;
        let used = columns.used();
        while records.advance_from(first_row)? {
            planning.push(&records.cells(&used))?;
        }
        Some(planning.plan())
    } else {
        None
    };
    let records = source.records(delimiter, width)?;
    Ok(CsvRows {
        header,
        width: columns.width(),
        first_row,
        rows_total: source.profile.lines.saturating_sub(u64::from(first_row) - 1),
        used: columns.used(),
        engine: Engine::new(&columns, plan, limits, known.country, latest),
        records,
    })
}

/// The rows of one text file.
pub(crate) struct CsvRows {
    header: FileHeader,
    width: usize,
    first_row: u32,
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
        while self.records.advance_from(self.first_row)? {
            let cells = self.records.cells(&self.used);
            let open_quote = self.records.open_quote(self.width);
            if let Some(outcome) = self.engine.push(self.records.number, &cells, open_quote.as_ref())? {
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
pub(crate) struct Source {
    path: PathBuf,
    profile: Profile,
    limits: Limits,
}

impl Source {
    /// Looks at the bytes of a text file.
    pub(crate) fn of(path: &Path, limits: &Limits) -> Result<Self, FileError> {
        let profile = Profile::of(path).map_err(|error| unreadable(&error))?;
        if profile.binary {
            return Err(FileError::Unreadable { detail: "binary".to_owned() });
        }
        Ok(Self { path: path.to_owned(), profile, limits: *limits })
    }

    /// The delimiter with which the first rows make the best header, and that header, if anything is understood.
    pub(crate) fn place(&self, known: &Known) -> Result<(u8, Option<Placed>), FileError> {
        let mut best: Option<(u8, Placed)> = None;
        for delimiter in DELIMITERS {
            // With the wrong delimiter a stray quote may join lines without end; another will do.
            let Ok(rows) = self.first_rows(delimiter, rows_wanted(known)) else { continue };
            let Some(placed) = place(&rows, known) else { continue };
            let rank = |placed: &Placed| (placed.rank.said, placed.rank.matched, placed.rank.fits);
            if best.as_ref().is_none_or(|(_, b)| rank(&placed) > rank(b)) {
                best = Some((delimiter, placed));
            }
        }
        match best {
            // Without titles to compare, the rows themselves say what parts them.
            Some((_, placed)) if placed.rank.said == 1 => {
                let delimiter = self.likely_delimiter()?;
                let rows = self.first_rows(delimiter, rows_wanted(known))?;
                Ok((delimiter, place(&rows, known)))
            }
            Some((delimiter, placed)) => Ok((delimiter, Some(placed))),
            None => {
                let delimiter = self.likely_delimiter()?;
                let rows = self.first_rows(delimiter, MAX_TITLE_ROWS + 1)?;
                if rows.is_empty() { Err(FileError::Empty) } else { Ok((delimiter, None)) }
            }
        }
    }

    /// What the file is, when nobody said how to read it, its columns do not fit, and it is known all the same.
    pub(crate) fn foreign(&self, known: &Known, fits: bool) -> Result<Option<ForeignFile>, FileError> {
        if fits || known.layout.is_some() {
            return Ok(None);
        }
        let rows = self.first_rows(self.likely_delimiter()?, MAX_TITLE_ROWS + 1)?;
        Ok(foreign::recognise(None, &rows))
    }

    /// The delimiter that cuts the first rows into most columns of one number.
    fn likely_delimiter(&self) -> Result<u8, FileError> {
        let mut best = (0, DELIMITERS[0]);
        for delimiter in DELIMITERS {
            let Ok(rows) = self.first_rows(delimiter, MAX_TITLE_ROWS * 3) else { continue };
            let widths: Vec<usize> = rows.iter().map(|(_, row)| row.len()).collect();
            let alike = |width: usize| widths.iter().filter(|&&other| other == width).count();
            let score = widths.iter().map(|&width| (width - 1) * alike(width)).max().unwrap_or(0);
            if score > best.0 {
                best = (score, delimiter);
            }
        }
        // Reading with it tells whether the file can be read at all.
        self.first_rows(best.1, 1)?;
        Ok(best.1)
    }

    /// Rows with content from the top.
    pub(crate) fn first_rows(&self, delimiter: u8, count: usize) -> Result<Vec<TopRow>, FileError> {
        let mut records = self.records(delimiter, None)?;
        let mut rows = Vec::new();
        while rows.len() < count && records.advance()? {
            let cells = records.record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned());
            // One more than allowed is enough to refuse the file.
            let mut row: Vec<String> = cells.take(self.limits.max_columns.saturating_add(1)).collect();
            while row.last().is_some_and(String::is_empty) {
                row.pop();
            }
            if !row.is_empty() {
                rows.push((records.number, row));
            }
        }
        Ok(rows)
    }

    /// `width`: delimiters of the header, once it is known.
    fn records(&self, delimiter: u8, width: Option<usize>) -> Result<Records, FileError> {
        let budget = self.limits.max_cell_bytes as u64 * CELLS_A_RECORD;
        let text = self.profile.open(&self.path).map_err(|error| unreadable(&error))?;
        let text = Quotes::new(text, delimiter, width, self.limits.max_cell_bytes);
        let text = Budgeted::new(text, budget + BUFFER as u64);
        let mut builder = ReaderBuilder::new();
        builder.delimiter(delimiter).has_headers(false).flexible(true).buffer_capacity(BUFFER);
        Ok(Records {
            reader: builder.from_reader(text),
            record: ByteRecord::new(),
            stray: None,
            number: 0,
            crlf: self.profile.crlf,
            budget,
        })
    }
}

/// Records with content, numbered as a spreadsheet shows them: empty lines count.
struct Records {
    reader: csv::Reader<Budgeted<Quotes<TextReader>>>,
    record: ByteRecord,
    /// The quote of the record that opened a cell and belonged to none.
    stray: Option<Stray>,
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
            let end = self.reader.position().byte();
            self.stray = self.reader.get_mut().inner_mut().stray_before(end);
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

    /// Goes to the next record with a value that is not above the first row of the data.
    fn advance_from(&mut self, first_row: u32) -> Result<bool, FileError> {
        while self.advance()? {
            if self.number >= first_row {
                return Ok(true);
            }
        }
        Ok(false)
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

    /// What to say of the record's stray quote. With as many cells as the header has, no value is in a wrong column.
    fn open_quote(&self, width: usize) -> Option<OpenQuote> {
        let column = self.stray?.cell;
        let value = String::from_utf8_lossy(self.record.get(column).unwrap_or_default()).trim().to_owned();
        let beyond = self.record.iter().skip(width).any(|cell| !cell.is_empty());
        Some(OpenQuote { column, value, shifted: self.record.len() < width || beyond })
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

/// Rows that show the titles of whatever is known.
fn rows_wanted(known: &Known) -> usize {
    let said = known.layout.as_ref().and_then(|layout| layout.header_row).unwrap_or(0);
    said.min(MAX_HEADER_ROW).max(MAX_TITLE_ROWS as u32 + 1) as usize
}

fn unreadable(error: &io::Error) -> FileError {
    FileError::Unreadable { detail: format!("io:{}", error.kind()) }
}
