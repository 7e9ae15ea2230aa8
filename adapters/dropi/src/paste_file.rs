//! A paste on its way through an import: stored as a file, read as rows.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use domain::country::Country;
use ports::files::{FileError, FileFormat, FileHeader, FileWarning, ImportedRow, RowOutcome, RowReader};
use ports::pastes::{MAX_PASTE_BYTES, Paste, PasteReading, PastedShipment};

use crate::book::unreadable;
use crate::paste;

/// Opens a stored paste.
pub(crate) fn open(path: &Path, country: Country) -> Result<PasteRows, FileError> {
    let failed = |error: std::io::Error| unreadable(&format!("io:{}", error.kind()));
    // Escapes make the text longer than it is.
    let limit = MAX_PASTE_BYTES as u64 * 6 + 4096;
    let mut body = Vec::new();
    File::open(path).map_err(failed)?.take(limit + 1).read_to_end(&mut body).map_err(failed)?;
    if body.len() as u64 > limit {
        return Err(FileError::LimitExceeded { detail: format!("paste_bytes:{MAX_PASTE_BYTES}") });
    }
    let stored: Stored = serde_json::from_slice(&body).map_err(|_| unreadable("paste"))?;
    let reading = paste::read(&stored.paste, country);
    let header = header(&reading);
    let rows: Vec<ImportedRow> = reading.shipments.into_iter().flat_map(rows).collect();
    if rows.is_empty() {
        return Err(FileError::Empty);
    }
    let total = rows.len() as u64;
    Ok(PasteRows { header, rows: rows.into_iter(), total, read: 0 })
}

/// As the service writes it.
#[derive(serde::Deserialize)]
struct Stored {
    #[serde(rename = "litper_paste")]
    paste: Paste,
}

fn header(reading: &PasteReading) -> FileHeader {
    let problems = reading.problems.iter();
    let lost = problems.map(|problem| FileWarning {
        code: format!("paste_{}", problem.code.as_str()),
        // The number's own line: a warning bears no phone.
        detail: problem.tracking_number.as_ref().map_or_else(
            || format!("{}:{}", problem.part.as_str(), problem.line),
            |number| number.as_str().to_owned(),
        ),
    });
    let mut warnings: Vec<FileWarning> = lost.take(MAX_WARNINGS).collect();
    let more = reading.problems.len() as u64 + reading.more_problems - warnings.len() as u64;
    if more > 0 {
        warnings.push(FileWarning { code: "paste_more".to_owned(), detail: more.to_string() });
    }
    FileHeader {
        format: FileFormat::PastedReport,
        unmatched_columns: Vec::new(),
        titles: Vec::new(),
        warnings,
    }
}

const MAX_WARNINGS: usize = 100;

/// A row for each event, the oldest first, so that none is lost and the newest decides. The parcel goes to the newest
/// place that is named.
fn rows(shipment: PastedShipment) -> impl Iterator<Item = ImportedRow> {
    let PastedShipment { tracking_number, line, carrier, phone, collect, events, .. } = shipment;
    let destination = events.iter().find_map(|event| event.place.clone());
    events.into_iter().rev().map(move |event| ImportedRow {
        row: line,
        tracking_number: Some(tracking_number.clone()),
        phone: phone.clone(),
        carrier: carrier.clone(),
        city: destination.clone(),
        status: Some(event.text.clone()),
        last_movement_text: Some(event.text),
        last_movement_at: Some(event.at),
        collect,
        source_rows: 1,
        ..ImportedRow::default()
    })
}

/// The rows of one paste.
pub(crate) struct PasteRows {
    header: FileHeader,
    rows: std::vec::IntoIter<ImportedRow>,
    total: u64,
    read: u64,
}

impl RowReader for PasteRows {
    fn header(&self) -> &FileHeader {
        &self.header
    }

    fn next_row(&mut self) -> Result<Option<RowOutcome>, FileError> {
        let next = self.rows.next();
        self.read += u64::from(next.is_some());
        Ok(next.map(|row| RowOutcome::Row(Box::new(row))))
    }

    fn rows_total(&self) -> Option<u64> {
        Some(self.total)
    }

    fn rows_read(&self) -> u64 {
        self.read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parcel_goes_to_its_newest_place() {
        let report = "Número: 50012345678\nCoordinadora:\n2026-03-06 07:00 En reparto\n\
            2026-03-05 08:10 BOGOTA CUND COL Llegada\n2026-03-04 22:05 GIRARDOTA ANT COL Salida";
        let reading = paste::read(&Paste { report: report.to_owned(), ..Paste::default() }, Country::Co);
        let rows: Vec<ImportedRow> = reading.shipments.into_iter().flat_map(rows).collect();
        let cities: Vec<_> = rows.iter().map(|row| row.city.as_deref()).collect();
        assert_eq!(cities, [Some("BOGOTA"); 3]);
    }
}
