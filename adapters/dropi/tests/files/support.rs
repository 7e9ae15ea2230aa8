//! Writing files for tests, and reading them back.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use domain::time::Timestamp;
use dropi::DropiFiles;
use ports::files::{
    FileError, FileHeader, FileReader, ImportedRow, Limits, RowFailure, RowFailureReason, RowOutcome,
    RowReader,
};
use ports::layouts::Known;
use rust_xlsxwriter::Workbook;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A file read to its end.
#[derive(Debug, PartialEq)]
pub(crate) struct Reading {
    pub(crate) header: FileHeader,
    pub(crate) outcomes: Vec<RowOutcome>,
    pub(crate) rows_read: u64,
    pub(crate) rows_total: Option<u64>,
}

impl Reading {
    pub(crate) fn rows(&self) -> Vec<&ImportedRow> {
        let rows = self.outcomes.iter().filter_map(|outcome| match outcome {
            RowOutcome::Row(row) => Some(row.as_ref()),
            RowOutcome::Skipped { .. } | RowOutcome::Failed { .. } => None,
        });
        rows.collect()
    }

    /// The only row of a file of one.
    pub(crate) fn only(&self) -> &ImportedRow {
        match self.rows().as_slice() {
            [row] => row,
            rows => panic!("{} rows in {self:?}", rows.len()),
        }
    }

    /// (row, column, reason) of everything that failed, and of everything left out of usable rows.
    pub(crate) fn complaints(&self) -> Vec<(u32, String, RowFailureReason)> {
        let failures = self.outcomes.iter().flat_map(|outcome| match outcome {
            RowOutcome::Row(row) => row.issues.clone(),
            RowOutcome::Failed { failures, .. } => failures.clone(),
            RowOutcome::Skipped { .. } => Vec::new(),
        });
        failures.map(|RowFailure { row, column, reason, .. }| (row, column, reason)).collect()
    }
}

/// Reads bytes as a file of that name.
pub(crate) fn read_with(bytes: &[u8], name: &str, limits: &Limits) -> Result<Reading, FileError> {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("upload");
    std::fs::write(&path, bytes).unwrap();
    read_path(&path, name, limits)
}

/// Reads bytes as somebody said.
pub(crate) fn read_known(bytes: &[u8], name: &str, known: &Known) -> Result<Reading, FileError> {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("upload");
    std::fs::write(&path, bytes).unwrap();
    read_path_known(&path, name, &Limits::default(), known)
}

pub(crate) fn read_path(path: &std::path::Path, name: &str, limits: &Limits) -> Result<Reading, FileError> {
    read_path_known(path, name, limits, &Known::default())
}

/// Reads a text that came in at a moment.
pub(crate) fn read_csv_at(text: &str, received_at: Timestamp) -> Reading {
    let (_directory, path) = scratch("upload");
    std::fs::write(&path, text).unwrap();
    let reader = DropiFiles.open(&path, "a.csv", received_at, &Limits::default(), &Known::default());
    read_all(&mut *reader.unwrap()).unwrap()
}

fn read_path_known(
    path: &std::path::Path,
    name: &str,
    limits: &Limits,
    known: &Known,
) -> Result<Reading, FileError> {
    read_all(&mut *DropiFiles.open(path, name, Timestamp::MAX, limits, known)?)
}

fn read_all(reader: &mut dyn RowReader) -> Result<Reading, FileError> {
    let mut outcomes = Vec::new();
    while let Some(outcome) = reader.next_row()? {
        outcomes.push(outcome);
    }
    assert_eq!(reader.next_row(), Ok(None), "the end stays the end");
    Ok(Reading {
        header: reader.header().clone(),
        outcomes,
        rows_read: reader.rows_read(),
        rows_total: reader.rows_total(),
    })
}

pub(crate) fn read(bytes: &[u8], name: &str) -> Result<Reading, FileError> {
    read_with(bytes, name, &Limits::default())
}

pub(crate) fn read_csv(text: &str) -> Reading {
    read(text.as_bytes(), "datos.csv").unwrap()
}

/// A table as CSV.
pub(crate) fn csv(table: &[Vec<String>], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::new());
    for row in table {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

/// A table as the only sheet of a workbook, every cell a text.
pub(crate) fn xlsx(table: &[Vec<String>]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (at, row) in table.iter().enumerate() {
        for (column, text) in row.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(at as u32, column as u16, text).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

pub(crate) fn table(rows: &[&[&str]]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect()
}

/// The event log's four required columns, and one more; one row of cells in sheet XML.
pub(crate) struct Raw {
    /// Further entries of the archive.
    pub(crate) parts: Vec<(String, Vec<u8>)>,
    pub(crate) strings: String,
    pub(crate) sheet: String,
}

/// A workbook made by hand, for what no writer would write: titles as inline texts, then `rows` (XML).
pub(crate) fn raw(titles: &[&str], rows: &str) -> Raw {
    let mut header = String::new();
    for title in titles {
        write!(header, "<c t=\"inlineStr\"><is><t>{title}</t></is></c>").unwrap();
    }
    Raw {
        parts: Vec::new(),
        strings: "<sst count=\"0\" uniqueCount=\"0\"></sst>".to_owned(),
        sheet: format!("<worksheet><sheetData><row r=\"1\">{header}</row>{rows}</sheetData></worksheet>"),
    }
}

impl Raw {
    pub(crate) fn bytes(self) -> Vec<u8> {
        const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
        const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let rels = "http://schemas.openxmlformats.org/package/2006/relationships";
        let root = format!(
            "{HEAD}<Relationships xmlns=\"{rels}\"><Relationship Id=\"rId1\" Type=\"{REL}/officeDocument\" \
             Target=\"xl/workbook.xml\"/></Relationships>"
        );
        let workbook = format!(
            "{HEAD}<workbook xmlns:r=\"{REL}\"><sheets><sheet name=\"Guias\" sheetId=\"1\" r:id=\"rId1\"/>\
             </sheets></workbook>"
        );
        let links = format!(
            "{HEAD}<Relationships xmlns=\"{rels}\"><Relationship Id=\"rId1\" Type=\"{REL}/worksheet\" \
             Target=\"worksheets/sheet1.xml\"/></Relationships>"
        );
        let styles = format!(
            "{HEAD}<styleSheet><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>\
             <xf numFmtId=\"22\"/></cellXfs></styleSheet>"
        );
        let mut parts = vec![
            ("[Content_Types].xml".to_owned(), format!("{HEAD}<Types></Types>").into_bytes()),
            ("_rels/.rels".to_owned(), root.into_bytes()),
            ("xl/workbook.xml".to_owned(), workbook.into_bytes()),
            ("xl/_rels/workbook.xml.rels".to_owned(), links.into_bytes()),
            ("xl/styles.xml".to_owned(), styles.into_bytes()),
            ("xl/sharedStrings.xml".to_owned(), self.strings.into_bytes()),
            ("xl/worksheets/sheet1.xml".to_owned(), self.sheet.into_bytes()),
        ];
        parts.extend(self.parts);
        zip_of(&parts)
    }
}

pub(crate) fn zip_of(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A path in a directory that lives as long as the test.
pub(crate) fn scratch(name: &str) -> (TempDir, PathBuf) {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join(name);
    (directory, path)
}
