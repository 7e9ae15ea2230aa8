//! Rows that could not be used: kept whole and sealed, given back as CSV to be corrected and loaded again.

use database::{Scope, Statement, TenantKeys, Tx, Value, bind, sql};
use domain::{ImportId, TenantId};
use ports::files::{FileWarning, GivenRow, RowFailure, RowFailureReason};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Imports, LayoutError};

const INSERT: Statement = sql!("insert_failed_rows.sql");
const LIST: Statement = sql!("list_failed_rows.sql");
const RECORD_TITLES: Statement = sql!("record_titles.sql");
const GET_TITLES: Statement = sql!("get_titles.sql");

const BODY_FIELD: &str = "import_failed_rows.body";
const TITLES_FIELD: &str = "imports.titles";

/// Rows kept of one import, and bytes of all of them together; further ones are only counted.
const MAX_ROWS: i64 = 10_000;
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// From this many digits on, spreadsheets show a number rounded.
const LONG_NUMBER: usize = 12;

/// Rows of a file that could not be used, as CSV with semicolons and a byte order mark, which spreadsheets in
/// Spanish open as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedRows {
    /// The name of the file they were in.
    pub file_name: String,
    /// The text.
    pub csv: String,
}

/// A row as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    cells: Vec<String>,
    /// Column and what is wrong with its value.
    reasons: Vec<(String, RowFailureReason)>,
}

/// What of an import is being kept.
#[derive(Default)]
pub(crate) struct Keeper {
    kept: i64,
    bytes: usize,
    left_out: u64,
    titled: bool,
}

impl Keeper {
    /// Seals the rows of a piece, as far as there is room.
    pub(crate) fn seal(
        &mut self,
        keys: &TenantKeys,
        import: ImportId,
        failed: Vec<(Vec<GivenRow>, Vec<RowFailure>)>,
    ) -> database::Result<Vec<Vec<Value>>> {
        let mut rows = Vec::new();
        for (given, failures) in failed {
            for row in given {
                if self.kept >= MAX_ROWS || self.left_out > 0 {
                    self.left_out += 1;
                    continue;
                }
                let about = failures.iter().filter(|failure| failure.row == row.row);
                let reasons = about.map(|failure| (failure.column.clone(), failure.reason)).collect();
                let body = write(&Kept { cells: row.cells, reasons })?;
                self.bytes += body.len();
                if self.bytes > MAX_BYTES {
                    self.left_out += 1;
                    continue;
                }
                rows.push(bind![import, self.kept, row.row, keys.seal(BODY_FIELD, &body)?]);
                self.kept += 1;
            }
        }
        Ok(rows)
    }

    /// Says how many rows are not kept, if that is so.
    pub(crate) fn warning(&self) -> Option<FileWarning> {
        let warning =
            || FileWarning { code: "failed_rows_left_out".to_owned(), detail: self.left_out.to_string() };
        (self.left_out > 0).then(warning)
    }

    /// Writes the sealed rows, and the titles with the first of them.
    pub(crate) async fn write(
        &mut self,
        tx: &mut Tx,
        keys: &TenantKeys,
        (import, worker): (ImportId, Uuid),
        titles: &[String],
        rows: Vec<Vec<Value>>,
    ) -> database::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        if !self.titled {
            let body = write(&titles)?;
            tx.execute(&RECORD_TITLES, bind![import, worker, keys.seal(TITLES_FIELD, &body)?]).await?;
            self.titled = true;
        }
        tx.execute_many(&INSERT, rows).await.map(|_| ())
    }
}

impl Imports {
    /// The rows of an import that could not be used, with a last column `reason_title` that says why in the words of
    /// `say`.
    pub async fn failed_rows(
        &self,
        tenant: TenantId,
        id: ImportId,
        reason_title: &'static str,
        say: fn(RowFailureReason) -> &'static str,
    ) -> Result<FailedRows, LayoutError> {
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        // The turn first: what is sealed may be large too.
        let turn = self.turn().await.ok_or(LayoutError::Reader)?;
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let Some(import) = tx.fetch_optional(&GET_TITLES, bind![id]).await? else {
            return Err(LayoutError::Unknown);
        };
        let mut sealed = Vec::new();
        let mut after = -1_i64;
        loop {
            let rows = tx.fetch_all(&LIST, bind![id, after]).await?;
            let Some(last) = rows.last() else { break };
            after = last.get(0)?;
            for row in &rows {
                sealed.push(row.get::<Vec<u8>>(1)?);
            }
        }
        tx.commit().await?;
        let (file_name, titles) = (import.get(0)?, import.get::<Option<Vec<u8>>>(1)?);
        let csv = move || csv(&keys, titles.as_deref(), &sealed, reason_title, say);
        let csv = turn.work(csv).await.ok_or(LayoutError::Reader)??;
        Ok(FailedRows { file_name, csv })
    }
}

fn csv(
    keys: &TenantKeys,
    titles: Option<&[u8]>,
    rows: &[Vec<u8>],
    reason_title: &str,
    say: fn(RowFailureReason) -> &'static str,
) -> database::Result<String> {
    let titles: Vec<String> = match titles {
        Some(sealed) => read(&keys.open(TITLES_FIELD, sealed)?)?,
        None => Vec::new(),
    };
    let mut csv = String::from("\u{feff}");
    push_line(&mut csv, titles.iter().map(String::as_str), reason_title);
    for row in rows {
        let kept: Kept = read(&keys.open(BODY_FIELD, row)?)?;
        let reasons = kept.reasons.iter().map(|(column, reason)| format!("{column}: {}", say(*reason)));
        let reasons = reasons.collect::<Vec<_>>().join(" | ");
        let cells = (0..titles.len()).map(|at| kept.cells.get(at).map_or("", String::as_str));
        push_line(&mut csv, cells, &reasons);
    }
    Ok(csv)
}

fn write<T: Serialize>(kept: &T) -> database::Result<Vec<u8>> {
    serde_json::to_vec(kept).map_err(|_| unusable())
}

fn read<T: DeserializeOwned>(body: &[u8]) -> database::Result<T> {
    serde_json::from_slice(body).map_err(|_| unusable())
}

fn unusable() -> database::Error {
    database::Error::Failed { statement: BODY_FIELD, detail: "a row cannot be written or read".into() }
}

fn push_line<'a>(csv: &mut String, cells: impl Iterator<Item = &'a str>, last: &str) {
    for cell in cells {
        push_cell(csv, cell);
        csv.push(';');
    }
    push_cell(csv, last);
    csv.push_str("\r\n");
}

/// A cell that a spreadsheet neither runs as a formula, nor splits, nor rounds: a quote in front makes it text, and our
/// readers take it off again. One whose lists have other separators splits where they stand within the cell, quoted or
/// not: what would begin there is made text too.
fn push_cell(csv: &mut String, value: &str) {
    let number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let loses = number && (value.len() >= LONG_NUMBER || (value.len() > 1 && value.starts_with('0')));
    let quoted = value.contains(['"', ';', '\n', '\r']);
    if quoted {
        csv.push('"');
    }
    if loses || value.starts_with(['\t', '\r']) {
        csv.push('\'');
    }
    // Whether a spreadsheet may take the next letter for the first one of a cell.
    let mut begins = true;
    for letter in value.chars() {
        if begins && matches!(letter, '=' | '+' | '-' | '@') {
            csv.push('\'');
        }
        if letter == '"' {
            csv.push('"');
        }
        csv.push(letter);
        begins = matches!(letter, ',' | ';' | '\t' | '\n' | '\r') || (begins && matches!(letter, ' ' | '"'));
    }
    if quoted {
        csv.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_runs_or_is_rounded() {
        let cell = |value: &str| {
            let mut csv = String::new();
            push_cell(&mut csv, value);
            csv
        };
        let table = [
            ("Ana", "Ana"),
            ("", ""),
            ("=1+1", "'=1+1"),
            ("+57 300", "'+57 300"),
            ("-5", "'-5"),
            ("@a", "'@a"),
            ("\ta", "'\ta"),
            ("a;b", "\"a;b\""),
            ("a,=1+1", "a,'=1+1"),
            ("a,\t -1,b", "a,\t '-1,b"),
            ("a\n@b", "\"a\n'@b\""),
            ("a,\"=b", "\"a,\"\"'=b\""),
            ("Cra 5 - 3, Cali", "Cra 5 - 3, Cali"),
            ("=\"a\"", "\"'=\"\"a\"\"\""),
            ("014152004123", "'014152004123"),
            ("240041234567", "'240041234567"),
            ("50012345678", "50012345678"),
            ("0", "0"),
        ];
        for (value, written) in table {
            assert_eq!(cell(value), written, "{value:?}");
        }
    }
}
