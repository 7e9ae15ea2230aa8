//! Rows that could not be used: kept whole and sealed, given back as CSV to be corrected and loaded again.

use database::{Scope, Statement, TenantKeys, Tx, Value, bind, sql};
use domain::{ImportId, TenantId};
use ports::files::{GivenRow, RowFailure, RowFailureReason};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Imports;

const INSERT: Statement = sql!("insert_failed_rows.sql");
const LIST: Statement = sql!("list_failed_rows.sql");
const RECORD_TITLES: Statement = sql!("record_titles.sql");
const GET_TITLES: Statement = sql!("get_titles.sql");

const BODY_FIELD: &str = "import_failed_rows.body";
const TITLES_FIELD: &str = "imports.titles";

/// Rows kept of one import; further ones are only counted.
const MAX_ROWS: i64 = 10_000;
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
                if self.kept >= MAX_ROWS {
                    return Ok(rows);
                }
                let about = failures.iter().filter(|failure| failure.row == row.row);
                let reasons = about.map(|failure| (failure.column.clone(), failure.reason)).collect();
                let body = serde_json::to_vec(&Kept { cells: row.cells, reasons }).unwrap_or_default();
                rows.push(bind![import, self.kept, row.row, keys.seal(BODY_FIELD, &body)?]);
                self.kept += 1;
            }
        }
        Ok(rows)
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
            let body = serde_json::to_vec(titles).unwrap_or_default();
            tx.execute(&RECORD_TITLES, bind![import, worker, keys.seal(TITLES_FIELD, &body)?]).await?;
            self.titled = true;
        }
        tx.execute_many(&INSERT, rows).await.map(|_| ())
    }
}

impl Imports {
    /// The rows of an import that could not be used, with a last column `reason_title` that says why in the words of
    /// `say`; none when there is no such import.
    pub async fn failed_rows(
        &self,
        tenant: TenantId,
        id: ImportId,
        reason_title: &str,
        say: impl Fn(RowFailureReason) -> &'static str + Send,
    ) -> database::Result<Option<FailedRows>> {
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let Some(import) = tx.fetch_optional(&GET_TITLES, bind![id]).await? else { return Ok(None) };
        let titles: Vec<String> = match import.get::<Option<Vec<u8>>>(1)? {
            Some(sealed) => serde_json::from_slice(&keys.open(TITLES_FIELD, &sealed)?).unwrap_or_default(),
            None => Vec::new(),
        };
        let mut csv = String::from("\u{feff}");
        push_line(&mut csv, titles.iter().map(String::as_str), reason_title);
        let mut after = -1_i64;
        loop {
            let rows = tx.fetch_all(&LIST, bind![id, after]).await?;
            let Some(last) = rows.last() else { break };
            after = last.get(0)?;
            for row in &rows {
                let body = keys.open(BODY_FIELD, &row.get::<Vec<u8>>(1)?)?;
                let Ok(kept) = serde_json::from_slice::<Kept>(&body) else { continue };
                let reasons =
                    kept.reasons.iter().map(|(column, reason)| format!("{column}: {}", say(*reason)));
                let reasons = reasons.collect::<Vec<_>>().join(" | ");
                let cells = (0..titles.len()).map(|at| kept.cells.get(at).map_or("", String::as_str));
                push_line(&mut csv, cells, &reasons);
            }
        }
        tx.commit().await?;
        Ok(Some(FailedRows { file_name: import.get(0)?, csv }))
    }
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
/// readers take it off again.
fn push_cell(csv: &mut String, value: &str) {
    let runs = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let loses = number && (value.len() >= LONG_NUMBER || (value.len() > 1 && value.starts_with('0')));
    let quoted = value.contains(['"', ';', '\n', '\r']);
    if quoted {
        csv.push('"');
    }
    if runs || loses {
        csv.push('\'');
    }
    if quoted {
        csv.push_str(&value.replace('"', "\"\""));
        csv.push('"');
    } else {
        csv.push_str(value);
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
