//! What an old workbook (`.xls`) may cost, checked before it is read.
//!
//! The reader (calamine) holds the whole file in memory and lays every sheet out as a full rectangle: two cells
//! far apart would take all there is. It also believes what a sheet says of its size. So the records are walked
//! once beforehand, as the reader walks them, and only their places are kept.

use std::collections::HashSet;

use ports::files::FileError;

use crate::book::unreadable;

/// Largest old workbook, in bytes.
pub(crate) const MAX_XLS_BYTES: u64 = 20 * 1024 * 1024;
/// Cells of all sheets together, counted as rectangles.
const MAX_CELLS: u64 = 4_000_000;
const MAX_SHEETS: usize = 256;
/// Records of all sheets together: a sheet may be named more than once.
const MAX_RECORDS: u64 = 20_000_000;

const END_OF_CHAIN: u32 = 0xFFFF_FFFA;

/// Refuses a file that would cost more than allowed, or whose parts run in circles.
pub(crate) fn check(bytes: &[u8]) -> Result<(), FileError> {
    let container = Container::of(bytes)?;
    let stream = container.stream(&["WORKBOOK", "BOOK"])?;
    let sheets = globals(&stream)?;
    let mut budget = Budget { cells: 0, records: 0 };
    for start in sheets {
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        budget.sheet(stream.get(start..).ok_or_else(broken)?)?;
    }
    Ok(())
}

fn broken() -> FileError {
    unreadable("workbook")
}

fn too_large(what: &str, limit: u64) -> FileError {
    FileError::LimitExceeded { detail: format!("{what}:{limit}") }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
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
        for id in ids.into_iter().filter(|&id| id < END_OF_CHAIN) {
            table.append(&mut words(self.sector(id)?));
            if table.len() > self.bytes.len() {
                return Err(broken());
            }
        }
        Ok(table)
    }

    /// The bytes of a chain of sectors.
    fn chain(&self, start: u32) -> Result<Vec<u8>, FileError> {
        follow(start, &self.table, |id| self.sector(id))
    }

    /// The first stream of one of these names, as long as its chain goes.
    fn stream(&self, names: &[&str]) -> Result<Vec<u8>, FileError> {
        for wanted in names {
            let entry = self.directory.chunks_exact(128).find(|entry| name_of(entry) == *wanted);
            let Some(entry) = entry else { continue };
            let start = u32_at(entry, 116).ok_or_else(broken)?;
            let length = u32_at(entry, 120).ok_or_else(broken)? as usize;
            let mut bytes = if length < 4096 {
                let mini = |id: u32| {
                    let start = id as usize * 64;
                    self.mini_stream.get(start..self.mini_stream.len().min(start + 64)).ok_or_else(broken)
                };
                follow(start, &self.mini_table, mini)?
            } else {
                self.chain(start)?
            };
            bytes.truncate(length);
            return Ok(bytes);
        }
        Err(unreadable("xls_without_workbook"))
    }
}

fn follow<'b>(
    start: u32,
    table: &[u32],
    sector: impl Fn(u32) -> Result<&'b [u8], FileError>,
) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    let mut id = start;
    let mut left = table.len();
    while id < END_OF_CHAIN {
        left = left.checked_sub(1).ok_or_else(broken)?;
        bytes.extend_from_slice(sector(id)?);
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

/// Where the sheets begin, from the first part of the stream.
fn globals(stream: &[u8]) -> Result<Vec<u32>, FileError> {
    let mut sheets = Vec::new();
    for (kind, data) in Records(stream) {
        match kind {
            0x002F if u16_at(data, 0).is_some_and(|kind| kind != 0) => return Err(unreadable("encrypted")),
            0x0085 => sheets.push(u32_at(data, 0).ok_or_else(broken)?),
            // Shared strings: the reader makes room for as many as are promised.
            0x00FC if u32_at(data, 4).is_some_and(|count| count as usize > stream.len()) => {
                return Err(broken());
            }
            0x000A => break,
            _ => {}
        }
    }
    if sheets.len() > MAX_SHEETS {
        return Err(too_large("sheets", MAX_SHEETS as u64));
    }
    Ok(sheets)
}

struct Budget {
    cells: u64,
    records: u64,
}

impl Budget {
    /// Counts the rectangle of one sheet, as told and as found.
    fn sheet(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let mut found: Option<(u32, u32, u32, u32)> = None;
        for (kind, data) in Records(bytes) {
            self.records += 1;
            if self.records > MAX_RECORDS {
                return Err(too_large("records", MAX_RECORDS));
            }
            match kind {
                0x0200 => told(data)?,
                // Numbers, texts, truth values, formulas, and rows of numbers.
                0x0006 | 0x0203 | 0x0204 | 0x0205 | 0x00BD | 0x00D6 | 0x00FD | 0x027E => {
                    let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, 2)) else {
                        return Err(broken());
                    };
                    let last = if kind == 0x00BD {
                        data.len().checked_sub(2).and_then(|at| u16_at(data, at)).unwrap_or(column)
                    } else {
                        column
                    };
                    let (row, column, last) =
                        (u32::from(row), u32::from(column), u32::from(last.max(column)));
                    let bounds = found.get_or_insert((row, row, column, last));
                    *bounds =
                        (bounds.0.min(row), bounds.1.max(row), bounds.2.min(column), bounds.3.max(last));
                }
                0x000A => break,
                _ => {}
            }
        }
        if let Some((top, bottom, left, right)) = found {
            self.cells += u64::from(bottom - top + 1) * u64::from(right - left + 1);
        }
        if self.cells > MAX_CELLS { Err(too_large("cells", MAX_CELLS)) } else { Ok(()) }
    }
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
            let _ = Budget { cells: 0, records: 0 }.sheet(&bytes);
        }
    }

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
    }

    #[test]
    fn two_cells_far_apart_are_refused() {
        let near = record(0x0203, &[0; 14]);
        let far = record(0x0203, &[&[0xFF, 0xFF, 0xFF, 0x00][..], &[0; 10]].concat());
        let mut budget = Budget { cells: 0, records: 0 };
        assert_eq!(budget.sheet(&near), Ok(()));
        assert_eq!(budget.cells, 1);
        assert_eq!(budget.sheet(&[near, far].concat()), Err(too_large("cells", MAX_CELLS)));
    }

    #[test]
    fn a_sheet_that_says_it_is_huge_is_refused() {
        let size = [&0_u32.to_le_bytes()[..], &u32::MAX.to_le_bytes(), &[0, 0, 0xFF, 0xFF, 0, 0]].concat();
        let refused = Budget { cells: 0, records: 0 }.sheet(&record(0x0200, &size));
        assert_eq!(refused, Err(too_large("cells", MAX_CELLS)));
    }

    #[test]
    fn a_chain_that_runs_in_a_circle_is_refused() {
        let sector = [0_u8; 512];
        assert!(follow(0, &[1, 0], |_| Ok(&sector)).is_err());
        assert_eq!(follow(0, &[1, 0xFFFF_FFFE], |_| Ok(&sector)).unwrap().len(), 1024);
    }
}
