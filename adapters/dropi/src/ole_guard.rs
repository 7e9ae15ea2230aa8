//! What an old workbook (`.xls`) may cost, checked before it is read.
//!
//! The reader (calamine) holds the whole file in memory and lays every sheet out as a full rectangle: two cells
//! far apart would take all there is. It also believes what a sheet says of its size. So the records are walked
//! once beforehand, as the reader walks them, and only their places are kept.

use std::collections::HashSet;

use ports::files::FileError;

use crate::book::unreadable;
use crate::ole_strings::shared_lengths;

/// Largest old workbook, in bytes.
pub(crate) const MAX_XLS_BYTES: u64 = 20 * 1024 * 1024;
/// Cells of all sheets together, counted as rectangles.
const MAX_CELLS: u64 = 4_000_000;
const MAX_SHEETS: usize = 256;
/// Characters of all cells together: the reader copies a shared string into every cell that names it.
const MAX_TEXT: u64 = 64 * 1024 * 1024;
/// Records of all sheets together: a sheet may be named more than once.
const MAX_RECORDS: u64 = 20_000_000;

const END_OF_CHAIN: u32 = 0xFFFF_FFFA;
/// Byte order marks.
const MARKS: [&[u8]; 3] = [&[0xFF, 0xFE], &[0xFE, 0xFF], &[0xEF, 0xBB, 0xBF]];

/// Refuses a file that would cost more than allowed, or whose parts run in circles.
pub(crate) fn check(bytes: &[u8]) -> Result<(), FileError> {
    let container = Container::of(bytes)?;
    let stream = container.stream(&["WORKBOOK", "BOOK"])?;
    let Globals { sheets, strings } = globals(&stream)?;
    let mut budget = Budget::default();
    for start in sheets {
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        budget.sheet(stream.get(start..).ok_or_else(broken)?, &strings)?;
    }
    Ok(())
}

fn broken() -> FileError {
    unreadable("workbook")
}

fn too_large(what: &str, limit: u64) -> FileError {
    FileError::LimitExceeded { detail: format!("{what}:{limit}") }
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// A compound file: sectors, chained by a table.
struct Container<'a> {
    bytes: &'a [u8],
    sector: usize,
    table: Vec<u32>,
    directory: Vec<u8>,
    mini_table: Vec<u32>,
    mini_stream: Vec<u8>,
}

impl<'a> Container<'a> {
    fn of(bytes: &'a [u8]) -> Result<Self, FileError> {
        let sector = match u16_at(bytes, 30) {
            Some(9) => 512,
            Some(12) => 4096,
            _ => return Err(broken()),
        };
        let mut this = Self {
            bytes,
            sector,
            table: Vec::new(),
            directory: Vec::new(),
            mini_table: Vec::new(),
            mini_stream: Vec::new(),
        };
        this.table = this.read_table()?;
        this.directory = this.chain(u32_at(bytes, 48).ok_or_else(broken)?)?;
        let mini = u32_at(bytes, 60).ok_or_else(broken)?;
        this.mini_table = words(&this.chain(mini)?);
        let root = this.directory.get(116..120).and_then(|start| u32_at(start, 0)).ok_or_else(broken)?;
        this.mini_stream = this.chain(root)?;
        Ok(this)
    }

    fn sector(&self, id: u32) -> Result<&'a [u8], FileError> {
        let start = (id as usize + 1) * self.sector;
        self.bytes.get(start..self.bytes.len().min(start + self.sector)).ok_or_else(broken)
    }

    /// The table of chains: its sectors are listed in the header, and in sectors of their own beyond that.
    fn read_table(&self) -> Result<Vec<u32>, FileError> {
        let mut ids = words(self.bytes.get(76..512).ok_or_else(broken)?);
        let mut next = u32_at(self.bytes, 68).ok_or_else(broken)?;
        let mut seen = HashSet::new();
        while next < END_OF_CHAIN {
            if !seen.insert(next) {
                return Err(broken());
            }
            let mut more = words(self.sector(next)?);
            next = more.pop().ok_or_else(broken)?;
            ids.append(&mut more);
        }
        let mut table = Vec::new();
        let mut seen = HashSet::new();
        for id in ids.into_iter().filter(|&id| id < END_OF_CHAIN) {
            // Each sector once, so the table is no longer than the file.
            if !seen.insert(id) {
                return Err(broken());
            }
            table.append(&mut words(self.sector(id)?));
        }
        Ok(table)
    }

    /// The bytes of a chain of sectors.
    fn chain(&self, start: u32) -> Result<Vec<u8>, FileError> {
        follow(start, &self.table, self.bytes.len(), |id| self.sector(id))
    }

    /// The first stream of one of these names, as long as its chain goes.
    fn stream(&self, names: &[&str]) -> Result<Vec<u8>, FileError> {
        // The reader would take these for marks of an encoding and see another name than we do.
        let marked = |entry: &[u8]| MARKS.iter().any(|mark| entry.starts_with(mark));
        if self.directory.chunks_exact(128).any(marked) {
            return Err(broken());
        }
        for wanted in names {
            let entry = self.directory.chunks_exact(128).find(|entry| name_of(entry) == *wanted);
            let Some(entry) = entry else { continue };
            let start = u32_at(entry, 116).ok_or_else(broken)?;
            let length = u32_at(entry, 120).ok_or_else(broken)? as usize;
            // With large sectors the reader takes eight bytes for the length.
            if self.sector == 4096 && u32_at(entry, 124) != Some(0) {
                return Err(broken());
            }
            let mut bytes = if length < 4096 {
                let mini = |id: u32| {
                    let start = id as usize * 64;
                    self.mini_stream.get(start..self.mini_stream.len().min(start + 64)).ok_or_else(broken)
                };
                follow(start, &self.mini_table, self.mini_stream.len(), mini)?
            } else {
                self.chain(start)?
            };
            bytes.truncate(length);
            return Ok(bytes);
        }
        // A new workbook under a password.
        let locked = self.directory.chunks_exact(128).any(|entry| name_of(entry) == "ENCRYPTEDPACKAGE");
        Err(unreadable(if locked { "encrypted" } else { "xls_without_workbook" }))
    }
}

/// The sectors of a chain, one after another. One with more bytes than there are runs in a circle.
fn follow<'b>(
    start: u32,
    table: &[u32],
    limit: usize,
    sector: impl Fn(u32) -> Result<&'b [u8], FileError>,
) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    let mut id = start;
    while id < END_OF_CHAIN {
        let sector = sector(id)?;
        // An empty sector, at the very end of the file, brings no bytes and so would never reach the limit.
        if sector.is_empty() || bytes.len() + sector.len() > limit {
            return Err(broken());
        }
        bytes.extend_from_slice(sector);
        id = *table.get(id as usize).ok_or_else(broken)?;
    }
    Ok(bytes)
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|word| u32_at(word, 0)).collect()
}

/// An entry's name in capitals.
fn name_of(entry: &[u8]) -> String {
    let units = entry.get(..64).unwrap_or_default().chunks_exact(2).filter_map(|unit| u16_at(unit, 0));
    let units: Vec<u16> = units.take_while(|&unit| unit != 0).collect();
    String::from_utf16_lossy(&units).to_ascii_uppercase()
}

/// Walks records: a kind, a length, that many bytes.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, length) = (u16_at(self.0, 0)?, u16_at(self.0, 2)? as usize);
        let data = self.0.get(4..4 + length)?;
        self.0 = &self.0[4 + length..];
        Some((kind, data))
    }
}

/// What the first part of the stream says.
struct Globals {
    /// Where the sheets begin.
    sheets: Vec<u32>,
    /// Lengths of the shared strings, in characters.
    strings: Vec<u16>,
}

fn globals(stream: &[u8]) -> Result<Globals, FileError> {
    let mut found = Globals { sheets: Vec::new(), strings: Vec::new() };
    let mut records = Records(stream).peekable();
    while let Some((kind, data)) = records.next() {
        match kind {
            0x002F if u16_at(data, 0).is_some_and(|kind| kind != 0) => return Err(unreadable("encrypted")),
            0x0085 => found.sheets.push(u32_at(data, 0).ok_or_else(broken)?),
            0x00FC => {
                let continued = std::iter::from_fn(|| records.next_if(|(kind, _)| *kind == 0x003C));
                let parts: Vec<&[u8]> = continued.map(|(_, data)| data).collect();
                found.strings = shared_lengths(data, parts).ok_or_else(broken)?;
            }
            0x000A => break,
            _ => {}
        }
    }
    if found.sheets.len() > MAX_SHEETS {
        return Err(too_large("sheets", MAX_SHEETS as u64));
    }
    Ok(found)
}

#[derive(Default)]
struct Budget {
    cells: u64,
    records: u64,
    text: u64,
}

impl Budget {
    /// Counts the rectangle of one sheet, as told and as found, and the text of its cells.
    fn sheet(&mut self, bytes: &[u8], strings: &[u16]) -> Result<(), FileError> {
        let mut found = None;
        // Where the text of a formula goes, which stands in a record after it.
        let mut formula = (0, 0);
        // Parts within the sheet, such as a chart, which the reader passes over; its own beginning is the first.
        let mut depth = 0_u32;
        for (kind, data) in Records(bytes) {
            self.records += 1;
            if self.records > MAX_RECORDS {
                return Err(too_large("records", MAX_RECORDS));
            }
            match kind {
                0x0809 => depth += 1,
                0x000A if depth > 1 => depth -= 1,
                _ if depth > 1 => {}
                0x0200 => told(data)?,
                0x0207 => {
                    self.add_text(data.len() as u64)?;
                    widen(&mut found, formula, formula.1);
                }
                // Numbers, texts, truth values, formulas, and rows of numbers.
                0x0006 | 0x0203 | 0x0204 | 0x0205 | 0x00BD | 0x00D6 | 0x00FD | 0x027E => {
                    let place = u16_at(data, 0).zip(u16_at(data, 2)).ok_or_else(broken)?;
                    let last = match kind {
                        0x00BD => data.len().checked_sub(2).and_then(|at| u16_at(data, at)),
                        _ => None,
                    };
                    widen(&mut found, place, last.unwrap_or(place.1));
                    match kind {
                        0x0006 => formula = place,
                        0x0204 | 0x00D6 => self.add_text(data.len() as u64)?,
                        0x00FD => self.add_text(shared(data, strings))?,
                        _ => {}
                    }
                }
                0x000A => break,
                _ => {}
            }
        }
        if let Some(Bounds { top, bottom, left, right }) = found {
            self.cells += u64::from(bottom - top + 1) * u64::from(right - left + 1);
        }
        if self.cells > MAX_CELLS { Err(too_large("cells", MAX_CELLS)) } else { Ok(()) }
    }

    fn add_text(&mut self, length: u64) -> Result<(), FileError> {
        self.text += length;
        if self.text > MAX_TEXT { Err(too_large("text", MAX_TEXT)) } else { Ok(()) }
    }
}

/// The length of the shared string that a cell names; a string that is not there makes no cell.
fn shared(data: &[u8], strings: &[u16]) -> u64 {
    u32_at(data, 6).and_then(|at| strings.get(at as usize)).copied().unwrap_or(0).into()
}

/// The rectangle of the cells found.
struct Bounds {
    top: u32,
    bottom: u32,
    left: u32,
    right: u32,
}

fn widen(found: &mut Option<Bounds>, (row, column): (u16, u16), last: u16) {
    let (row, left, right) = (u32::from(row), u32::from(column), u32::from(last.max(column)));
    let bounds = found.get_or_insert(Bounds { top: row, bottom: row, left, right });
    bounds.top = bounds.top.min(row);
    bounds.bottom = bounds.bottom.max(row);
    bounds.left = bounds.left.min(left);
    bounds.right = bounds.right.max(right);
}

/// What a sheet says of its own size: rows and columns, the last ones excluded.
fn told(data: &[u8]) -> Result<(), FileError> {
    let (rows, columns) = if data.len() >= 14 {
        (
            u32_at(data, 4).zip(u32_at(data, 0)).map(|(end, start)| u64::from(end.saturating_sub(start))),
            u16_at(data, 10).zip(u16_at(data, 8)).map(|(end, start)| u64::from(end.saturating_sub(start))),
        )
    } else {
        (
            u16_at(data, 2).zip(u16_at(data, 0)).map(|(end, start)| u64::from(end.saturating_sub(start))),
            u16_at(data, 6).zip(u16_at(data, 4)).map(|(end, start)| u64::from(end.saturating_sub(start))),
        )
    };
    let cells = rows.unwrap_or(0).max(1).saturating_mul(columns.unwrap_or(0).max(1));
    if cells > MAX_CELLS { Err(too_large("cells", MAX_CELLS)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..4096)) {
            let _ = check(&bytes);
        }

        #[test]
        fn no_records_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = globals(&bytes);
            let _ = Budget::default().sheet(&bytes, &[]);
        }
    }

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
    }

    #[test]
    fn two_cells_far_apart_are_refused() {
        let near = record(0x0203, &[0; 14]);
        let far = record(0x0203, &[&[0xFF, 0xFF, 0xFF, 0x00][..], &[0; 10]].concat());
        let mut budget = Budget::default();
        assert_eq!(budget.sheet(&near, &[]), Ok(()));
        assert_eq!(budget.cells, 1);
        assert_eq!(budget.sheet(&[near, far].concat(), &[]), Err(too_large("cells", MAX_CELLS)));
    }

    #[test]
    fn a_sheet_that_says_it_is_huge_is_refused() {
        let size = [&0_u32.to_le_bytes()[..], &u32::MAX.to_le_bytes(), &[0, 0, 0xFF, 0xFF, 0, 0]].concat();
        let refused = Budget::default().sheet(&record(0x0200, &size), &[]);
        assert_eq!(refused, Err(too_large("cells", MAX_CELLS)));
    }

    #[test]
    fn text_of_a_formula_and_cells_below_a_chart_count() {
        let far = record(0x0203, &[&[0xFF, 0xFF, 0xFF, 0x00][..], &[0; 10]].concat());
        let begin = record(0x0809, &[0; 16]);
        let chart = [begin.clone(), record(0x000A, &[])].concat();
        let near = record(0x0203, &[0; 14]);
        let refused = Err(too_large("cells", MAX_CELLS));
        // The reader puts text without a formula into the first cell.
        let mut text = record(0x0207, &[0; 4]);
        text.extend(far.clone());
        assert_eq!(Budget::default().sheet(&text, &[]), refused);
        let charted = [begin.clone(), near.clone(), chart.clone(), far.clone()].concat();
        assert_eq!(Budget::default().sheet(&charted, &[]), refused);
        // What stands within the chart is none of the sheet's.
        let within = [begin.clone(), near, begin, far, record(0x000A, &[])].concat();
        assert_eq!(Budget::default().sheet(&within, &[]), Ok(()));
    }

    /// A workbook of one sheet with `cells` cells that all name one shared string of `length` letters.
    fn shared_workbook(cells: u16, length: u16) -> Vec<u8> {
        let head = [&[1, 0, 0, 0, 1, 0, 0, 0][..], &length.to_le_bytes(), &[0]].concat();
        let mut letters = vec![b'a'; length as usize];
        // A record holds 8224 bytes; each that continues it begins with a mark.
        let mut stream = record(0x00FC, &head);
        while !letters.is_empty() {
            let rest = letters.split_off(letters.len().min(8000));
            stream.extend(record(0x003C, &[&[0][..], &letters].concat()));
            letters = rest;
        }
        let start = (stream.len() + 4 + 8 + 4) as u32;
        stream.extend(record(0x0085, &[&start.to_le_bytes()[..], &[0; 4]].concat()));
        stream.extend(record(0x000A, &[]));
        for row in 0..cells {
            stream.extend(record(0x00FD, &[&row.to_le_bytes()[..], &[0; 8]].concat()));
        }
        stream
    }

    #[test]
    fn a_long_shared_string_that_many_cells_name_is_refused() {
        let checked = |cells, length| {
            let stream = shared_workbook(cells, length);
            let Globals { sheets, strings } = globals(&stream).unwrap();
            assert_eq!(strings, [length]);
            Budget::default().sheet(&stream[sheets[0] as usize..], &strings)
        };
        assert_eq!(checked(60_000, 1_000), Ok(()));
        // A file of less than a megabyte, and two gigabytes of text.
        assert_eq!(checked(60_000, 32_767), Err(too_large("text", MAX_TEXT)));
    }

    #[test]
    fn a_chain_that_runs_in_a_circle_is_refused() {
        let sector = [0_u8; 512];
        assert!(follow(0, &[1, 0], 2048, |_| Ok(&sector)).is_err());
        assert_eq!(follow(0, &[1, 0xFFFF_FFFE], 1024, |_| Ok(&sector)).unwrap().len(), 1024);
        assert!(follow(0, &[0], 1024, |_| Ok(&[])).is_err());
    }

    /// A container of sectors of 4096 bytes: a table of `tables` sectors that all lead back to the directory.
    fn circular(tables: &[u32]) -> Vec<u8> {
        let mut header = vec![0_u8; 4096];
        header[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
        header[30..32].copy_from_slice(&12_u16.to_le_bytes());
        let count = *tables.iter().max().unwrap() + 1;
        for (at, word) in [(48, count), (60, 0xFFFF_FFFE), (68, 0xFFFF_FFFE)] {
            header[at..at + 4].copy_from_slice(&word.to_le_bytes());
        }
        header[76..512].fill(0xFF);
        for (at, id) in tables.iter().enumerate() {
            header[76 + at * 4..80 + at * 4].copy_from_slice(&id.to_le_bytes());
        }
        let table = count.to_le_bytes().repeat(1024 * count as usize);
        [header, table, vec![0; 4096]].concat()
    }

    #[test]
    fn no_more_is_read_of_a_circular_file_than_it_holds() {
        let file = circular(&[0, 1, 2, 3]);
        assert_eq!(Container::of(&file).err(), Some(broken()));
        let whole = Container { table: words(&file[4096..4096 * 5]), ..bare(&file) };
        let read = std::cell::Cell::new(0);
        // Followed as long as the table is, this would be sixteen megabytes.
        assert_eq!(whole.table.len() * 4096, 16 << 20);
        let counted = |id| {
            let sector = whole.sector(id)?;
            read.set(read.get() + sector.len());
            Ok(sector)
        };
        assert!(follow(4, &whole.table, file.len(), counted).is_err());
        assert!(read.get() <= file.len() + 4096, "{}", read.get());
        // The same sector again and again would make the table, and with it each circle, as long as one likes.
        assert_eq!(bare(&circular(&[0, 0])).read_table().err(), Some(broken()));
        assert_eq!(bare(&circular(&[0, 1])).read_table().map(|table| table.len()), Ok(2048));
    }

    fn bare(bytes: &[u8]) -> Container<'_> {
        Container {
            bytes,
            sector: 4096,
            table: Vec::new(),
            directory: Vec::new(),
            mini_table: Vec::new(),
            mini_stream: Vec::new(),
        }
    }

    #[test]
    fn an_entry_that_the_reader_sees_otherwise_is_refused() {
        let entry = |name: &[u8], high: u32| {
            let mut entry = name.to_vec();
            entry.resize(116, 0);
            entry.extend([0xFE, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]);
            entry.extend(high.to_le_bytes());
            entry
        };
        let workbook: Vec<u8> = "Workbook".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let read = |directory| Container { directory, ..bare(&[]) }.stream(&["WORKBOOK"]);
        assert_eq!(read(entry(&workbook, 0)), Ok(Vec::new()));
        assert_eq!(read(entry(&workbook, 1)), Err(broken()));
        let marked = entry(b"\xEF\xBB\xBFWorkbook", 0);
        assert_eq!(read([marked, entry(&workbook, 0)].concat()), Err(broken()));
    }
}
