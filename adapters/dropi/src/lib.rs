//! Dropi's exports understood: headers, encodings, dates, money.
//!
//! [`DropiFiles`] reads the layouts of [`ports::files::FileFormat`], and those that people describe, from `.csv`, `.xlsx`, `.xlsm` and `.xls` into [`ports::files::ImportedRow`]s, as a stream in bounded
//! memory (`.xls` alone is read whole, 20 MB at most). Which title means which field is a data file,
//! `data/columns.toml`; what a column of unknown title may be is told from its values (`guess.rs`).

mod book;
mod cell;
mod claims;
mod columns;
mod csv_file;
mod dates;
mod engine;
mod foreign;
mod guard;
mod guess;
mod inspect;
mod merged;
mod ole_guard;
mod ole_strings;
mod paste;
mod paste_file;
mod place;
mod quotes;
mod results;
mod rounds;
mod row;
mod rules;
mod sheet;
mod sniff;
mod text_file;
mod xls_book;
mod xlsx_file;

use std::path::Path;

use domain::country::Country;
use domain::time::Timestamp;
use jiff::SignedDuration;
use ports::files::{FileError, FileReader, Limits, RowReader};
use ports::layouts::{Inspection, Known, Look};
use ports::pastes::{Paste, PasteReading};

use crate::sniff::Kind;

/// A date in a file may be this far ahead of the file: clocks and time zones differ. A later one is a typing error.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// Reads the files that Dropi exports.
#[derive(Debug, Clone, Copy, Default)]
pub struct DropiFiles;

impl FileReader for DropiFiles {
    fn open(
        &self,
        path: &Path,
        file_name: &str,
        received_at: Timestamp,
        limits: &Limits,
        known: &Known,
    ) -> Result<Box<dyn RowReader>, FileError> {
        let latest = received_at.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
        match sniff::kind(path, file_name, limits)? {
            Kind::Text => Ok(Box::new(csv_file::open(path, limits, known, latest)?)),
            Kind::Paste => Ok(Box::new(paste_file::open(path, known.country)?)),
            Kind::Workbook(container) => {
                Ok(Box::new(xlsx_file::open(path, container, limits, known, latest)?))
            }
        }
    }

    fn inspect(
        &self,
        path: &Path,
        file_name: &str,
        limits: &Limits,
        known: &Known,
        look: &Look,
    ) -> Result<Inspection, FileError> {
        match sniff::kind(path, file_name, limits)? {
            Kind::Text => inspect::text(path, limits, known, look),
            Kind::Paste => Err(book::unreadable("paste")),
            Kind::Workbook(container) => inspect::workbook(path, container, limits, known, look),
        }
    }

    fn read_paste(&self, paste: &Paste, country: Country) -> PasteReading {
        paste::read(paste, country)
    }
}
