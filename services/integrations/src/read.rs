//! Reading a file into staging: the whole file is understood before anything changes.

use std::path::PathBuf;

use database::{Statement, TenantKeys, bind, sql};
use ports::files::{FileError, FileFormat, FileWarning, ImportedRow, RowFailure, RowOutcome, RowReader};
use tokio::sync::mpsc;

use crate::Imports;
use crate::claim::{Claimed, DELETE_CHUNKS, WorkError, internal, keep_lease};
use crate::import::{ImportError, Phase};

const RESTART: Statement = sql!("restart_reading.sql");
const RECORD: Statement = sql!("record_reading.sql");
const FINISH: Statement = sql!("finish_reading.sql");
const INSERT_CHUNK: Statement = sql!("insert_chunk.sql");
const INSERT_FAILURES: Statement = sql!("insert_failures.sql");
const DELETE_FAILURES: Statement = sql!("delete_failures.sql");

/// Rows of a chunk: what one transaction applies later.
pub(crate) const CHUNK_ROWS: usize = 500;
/// Failures kept in detail; further ones are only counted.
const MAX_FAILURES: i64 = 10_000;
/// Chunks that wait between the reading thread and the database.
const AHEAD: usize = 4;

pub(crate) const CHUNK_FIELD: &str = "import_chunks.body";
pub(crate) const VALUE_FIELD: &str = "import_failures.value";

/// A piece of the file on its way from the reading thread.
struct Piece {
    rows: Vec<ImportedRow>,
    failures: Vec<(RowFailure, bool)>,
    skipped: u64,
    failed: u64,
    rows_read: u64,
    rows_total: Option<u64>,
    format: FileFormat,
    warnings: Vec<FileWarning>,
}

impl Imports {
    /// Reads the claimed import's file into sealed chunks and moves it on to the applying phase.
    pub(crate) async fn read_file(&self, claimed: &mut Claimed) -> Result<(), WorkError> {
        let (tenant, id) = (claimed.tenant, claimed.import.id);
        let mut tx = self.begin(tenant).await?;
        keep_lease(tx.execute(&RESTART, bind![id, self.worker]).await?)?;
        tx.execute(&DELETE_CHUNKS, bind![id]).await?;
        tx.execute(&DELETE_FAILURES, bind![id]).await?;
        tx.commit().await?;

        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let (sender, mut pieces) = mpsc::channel(AHEAD);
        let reading = self.spawn_reader(claimed, sender);
        let mut staged = Staged::default();
        while let Some(piece) = pieces.recv().await {
            staged.add(self, claimed, &keys, piece).await?;
        }
        reading
            .await
            .map_err(|_| WorkError::Final(internal("the reader stopped unexpectedly")))?
            .map_err(|error| WorkError::Final(file_error(&error)))?;

        let warnings = serde_json::to_string(&staged.warnings).unwrap_or_else(|_| "[]".into());
        let mut tx = self.begin(tenant).await?;
        keep_lease(tx.execute(&FINISH, bind![id, self.worker, warnings]).await?)?;
        tx.commit().await?;
        self.remove_file(id).await;
        claimed.import.phase = Phase::Applying;
        claimed.import.chunks = staged.chunks;
        claimed.import.next_chunk = 0;
        claimed.import.totals.rows_failed = staged.failed;
        Ok(())
    }

    /// Parsing is CPU work: it has a thread of its own and waits when the database is behind.
    fn spawn_reader(
        &self,
        claimed: &Claimed,
        sender: mpsc::Sender<Piece>,
    ) -> tokio::task::JoinHandle<Result<(), FileError>> {
        let reader = self.reader.clone();
        let path: PathBuf = self.path_of(claimed.import.id);
        let name = claimed.import.file_name.clone();
        let received_at = claimed.import.created_at;
        let limits = self.limits;
        tokio::task::spawn_blocking(move || {
            let mut rows = reader.open(&path, &name, received_at, &limits)?;
            while let Some(piece) = next_piece(&mut *rows)? {
                // The receiver is gone when the import failed or was taken over: nothing left to read for.
                if sender.blocking_send(piece).is_err() {
                    break;
                }
            }
            Ok(())
        })
    }
}

/// What is staged so far.
#[derive(Default)]
struct Staged {
    chunks: i64,
    failures: i64,
    skipped: u64,
    failed: u64,
    warnings: Vec<FileWarning>,
}

impl Staged {
    async fn add(
        &mut self,
        imports: &Imports,
        claimed: &Claimed,
        keys: &TenantKeys,
        piece: Piece,
    ) -> Result<(), WorkError> {
        let id = claimed.import.id;
        self.skipped += piece.skipped;
        self.failed += piece.failed;
        self.warnings = piece.warnings;
        let chunk = (!piece.rows.is_empty()).then(|| seal_chunk(keys, &piece.rows)).transpose()?;
        let failures = self.failure_rows(claimed, keys, piece.failures)?;
        let mut tx = imports.begin(claimed.tenant).await?;
        if let Some(body) = chunk {
            tx.execute(&INSERT_CHUNK, bind![id, self.chunks, piece.rows.len(), body]).await?;
            self.chunks += 1;
        }
        tx.execute_many(&INSERT_FAILURES, failures).await?;
        let values = bind![
            id,
            imports.worker,
            piece.format.as_str(),
            piece.rows_total,
            piece.rows_read,
            self.skipped,
            self.failed,
            self.chunks,
            imports.lease_until(),
        ];
        keep_lease(tx.execute(&RECORD, values).await?)?;
        tx.commit().await?;
        Ok(())
    }

    fn failure_rows(
        &mut self,
        claimed: &Claimed,
        keys: &TenantKeys,
        failures: Vec<(RowFailure, bool)>,
    ) -> database::Result<Vec<Vec<database::Value>>> {
        let mut rows = Vec::new();
        for (failure, left_out) in failures {
            if self.failures >= MAX_FAILURES {
                break;
            }
            let value = keys.seal_text(VALUE_FIELD, Some(&failure.value))?;
            rows.push(bind![
                claimed.import.id,
                self.failures,
                failure.row,
                failure.column,
                value,
                left_out,
                failure.reason.as_str(),
            ]);
            self.failures += 1;
        }
        Ok(rows)
    }
}

/// The next rows of the file, up to a chunk; none at the end.
fn next_piece(rows: &mut dyn RowReader) -> Result<Option<Piece>, FileError> {
    let header = rows.header();
    let mut piece = Piece {
        rows: Vec::with_capacity(CHUNK_ROWS),
        failures: Vec::new(),
        skipped: 0,
        failed: 0,
        rows_read: 0,
        rows_total: None,
        format: header.format,
        warnings: header.warnings.clone(),
    };
    let mut any = false;
    while piece.rows.len() < CHUNK_ROWS && piece.failures.len() < CHUNK_ROWS {
        let Some(outcome) = rows.next_row()? else { break };
        any = true;
        match outcome {
            RowOutcome::Row(row) => {
                let mut row = *row;
                piece
                    .failures
                    .extend(std::mem::take(&mut row.issues).into_iter().map(|issue| (issue, false)));
                piece.rows.push(row);
            }
            RowOutcome::Skipped { .. } => piece.skipped += 1,
            RowOutcome::Failed(failures) => {
                piece.failed += 1;
                piece.failures.extend(failures.into_iter().map(|failure| (failure, true)));
            }
        }
    }
    piece.rows_read = rows.rows_read();
    piece.rows_total = rows.rows_total();
    Ok(any.then_some(piece))
}

fn seal_chunk(keys: &TenantKeys, rows: &[ImportedRow]) -> Result<Vec<u8>, WorkError> {
    let body = serde_json::to_vec(rows)
        .map_err(|_| WorkError::Final(internal("rows could not be written to staging")))?;
    Ok(keys.seal(CHUNK_FIELD, &body).map_err(database::Error::from)?)
}

fn file_error(error: &FileError) -> ImportError {
    let columns = match error {
        FileError::MissingColumns { columns } => columns.clone(),
        FileError::Empty
        | FileError::Unreadable { .. }
        | FileError::TooManyRows { .. }
        | FileError::LimitExceeded { .. } => Vec::new(),
    };
    ImportError { code: error.code().into(), detail: error.to_string(), columns }
}
