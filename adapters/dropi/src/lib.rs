//! Dropi's exports understood: headers, encodings, dates, money.
//!
//! [`DropiFiles`] reads three layouts (the event log, the history, the office claims) from `.csv` and `.xlsx`
//! into [`ports::files::ImportedRow`]s, as a stream in bounded memory. Which title means which field is a data
//! file, `data/columns.toml`.

mod cell;
mod claims;
mod columns;
mod csv_file;
mod dates;
mod engine;
mod guard;
mod row;
mod sheet;
mod sniff;
mod text_file;
mod xlsx_file;

use std::path::Path;

use domain::time::Timestamp;
use ports::files::{FileError, FileReader, Limits, RowReader};

use crate::sniff::Kind;

/// Reads the files that Dropi exports.
#[derive(Debug, Clone, Copy, Default)]
pub struct DropiFiles;

impl FileReader for DropiFiles {
    fn open(
        &self,
        path: &Path,
        file_name: &str,
        _received_at: Timestamp,
        limits: &Limits,
    ) -> Result<Box<dyn RowReader>, FileError> {
        match sniff::kind(path, file_name, limits)? {
            Kind::Text => Ok(Box::new(csv_file::open(path, limits)?)),
            Kind::Workbook => Ok(Box::new(xlsx_file::open(path, limits)?)),
        }
    }
}
