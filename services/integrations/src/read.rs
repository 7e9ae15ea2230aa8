//! Reading a file into staging: the whole file is understood before anything changes.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use database::{Statement, TenantKeys, bind, sql};
use domain::{SignedDuration, Timestamp};
use ports::files::{
    FileError, FileFormat, FileWarning, GivenRow, ImportedRow, RowFailure, RowOutcome, RowReader,
};
use ports::layouts::Known;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::Imports;
use crate::claim::{Claimed, DELETE_CHUNKS, WorkError, internal, keep_lease};
use crate::failed_rows::Keeper;
use crate::import::{ImportError, Lacking, Phase};
use crate::shelves::{self, Chunk, Place, Shelves};

const RESTART: Statement = sql!("restart_reading.sql");
const RECORD: Statement = sql!("record_reading.sql");
const RECORD_CHUNKS: Statement = sql!("record_chunks.sql");
const FINISH: Statement = sql!("finish_reading.sql");
const CHUNK_ORDER: Statement = sql!("get_chunk_order.sql");
const INSERT_CHUNKS: Statement = sql!("insert_chunks.sql");
const INSERT_FAILURES: Statement = sql!("insert_failures.sql");
const DELETE_FAILURES: Statement = sql!("delete_failures.sql");
const DELETE_FAILED_ROWS: Statement = sql!("delete_failed_rows.sql");

/// Rows of a chunk: the least that one transaction applies later.
pub(crate) const CHUNK_ROWS: usize = 100;
/// Rows that are staged in one transaction, and the most that one applies.
pub(crate) const PIECE_ROWS: usize = 500;
const PIECE_CHUNKS: usize = PIECE_ROWS / CHUNK_ROWS;
/// Failures kept in detail; further ones are only counted.
const MAX_FAILURES: i64 = 10_000;
/// Pieces that wait between the reading thread and the database.
const AHEAD: usize = 4;
/// A tick waits this long for the reading thread before others have their turn.
const PATIENCE: Duration = Duration::from_millis(50);
/// The lease is renewed at least this often while the reading thread finds nothing to hand over.
const RENEW_EVERY: SignedDuration = SignedDuration::from_secs(10);

pub(crate) const CHUNK_FIELD: &str = "import_chunks.body";
pub(crate) const VALUE_FIELD: &str = "import_failures.value";

/// A piece of the file on its way from the reading thread.
struct Piece {
    rows: Vec<ImportedRow>,
    failures: Vec<(RowFailure, bool)>,
    failed_rows: Vec<(Vec<GivenRow>, Vec<RowFailure>)>,
    titles: Vec<String>,
    skipped: u64,
    failed: u64,
    rows_read: u64,
    rows_total: Option<u64>,
    format: FileFormat,
    warnings: Vec<FileWarning>,
}

/// A file that is being read.
pub(crate) struct Reading {
    pieces: mpsc::Receiver<Piece>,
    thread: JoinHandle<Result<(), FileError>>,
    staged: Staged,
    renewed_at: Timestamp,
}

impl Imports {
    /// Begins to read the claimed import's file, from its start.
    pub(crate) async fn begin_reading(&self, claimed: &Claimed) -> Result<Box<Reading>, WorkError> {
        let id = claimed.import.id;
        let country = self.country(claimed.tenant).await?;
        let lacking = self.lacking(claimed.tenant).await?;
        let mut tx = self.begin(claimed.tenant).await?;
        keep_lease(tx.execute(&RESTART, bind![id, self.worker]).await?)?;
        tx.execute(&DELETE_CHUNKS, bind![id]).await?;
        tx.execute(&DELETE_FAILURES, bind![id]).await?;
        tx.execute(&DELETE_FAILED_ROWS, bind![id]).await?;
        let known = self.known(&mut tx, claimed.tenant, id, country).await?;
        tx.commit().await?;
        let (sender, pieces) = mpsc::channel(AHEAD);
        let thread = self.spawn_reader(claimed, known, sender);
        let staged = Staged { lacking, ..Staged::default() };
        Ok(Box::new(Reading { pieces, thread, staged, renewed_at: self.clock.now() }))
    }

    /// Stages what the reading thread hands over until a moment. At the end of the file the import moves on
    /// to the applying phase, and nothing is left to read.
    pub(crate) async fn read_some(
        &self,
        claimed: &mut Claimed,
        mut reading: Box<Reading>,
        until: Instant,
    ) -> Result<Option<Box<Reading>>, WorkError> {
        let keys = self.db.keyring().tenant(&self.db, claimed.tenant).await?;
        loop {
            match tokio::time::timeout(PATIENCE, reading.pieces.recv()).await {
                Ok(Some(piece)) => {
                    claimed.import.format = Some(piece.format);
                    reading.staged.add(self, claimed, &keys, piece).await?;
                    reading.renewed_at = self.clock.now();
                }
                Ok(None) => {
                    self.finish_reading(claimed, *reading).await?;
                    return Ok(None);
                }
                Err(_) => {
                    self.renew_while_reading(claimed, &mut reading).await?;
                    return Ok(Some(reading));
                }
            }
            if Instant::now() >= until {
                return Ok(Some(reading));
            }
        }
    }

    async fn renew_while_reading(&self, claimed: &Claimed, reading: &mut Reading) -> Result<(), WorkError> {
        let now = self.clock.now();
        if now.duration_since(reading.renewed_at) >= RENEW_EVERY {
            self.renew(claimed).await?;
            reading.renewed_at = now;
        }
        Ok(())
    }

    async fn finish_reading(&self, claimed: &mut Claimed, reading: Reading) -> Result<(), WorkError> {
        let Reading { thread, mut staged, .. } = reading;
        thread
            .await
            .map_err(|_| WorkError::Final(internal("the reader stopped unexpectedly")))?
            .map_err(|error| refusal(&error))?;
        staged.add_rest(self, claimed).await?;
        staged.warnings.extend(staged.keeper.warning());
        staged.warnings.extend(staged.lacking.warnings());
        let warnings = serde_json::to_string(&staged.warnings).unwrap_or_else(|_| "[]".into());
        let order = serde_json::to_string(&shelves::order(&staged.places))
            .map_err(|_| WorkError::Final(internal("the order of the rows could not be kept")))?;
        let (tenant, id) = (claimed.tenant, claimed.import.id);
        let mut tx = self.begin(tenant).await?;
        keep_lease(tx.execute(&FINISH, bind![id, self.worker, warnings, order]).await?)?;
        tx.commit().await?;
        self.remove_file(id).await;
        claimed.import.phase = Phase::Applying;
        claimed.import.chunks = staged.places.len() as i64;
        claimed.import.next_chunk = 0;
        claimed.import.totals.rows_failed = staged.failed;
        Ok(())
    }

    /// The numbers of an import's chunks in the order in which they are applied.
    pub(crate) async fn chunk_order(&self, claimed: &Claimed) -> Result<Vec<i64>, WorkError> {
        let mut tx = self.db.read(database::Scope::Tenant(claimed.tenant)).await?;
        let row = tx.fetch_one(&CHUNK_ORDER, bind![claimed.import.id]).await?;
        tx.commit().await?;
        row.get::<Option<String>>(0)?.map_or_else(
            || Ok((0..claimed.import.chunks).collect()),
            |order| {
                serde_json::from_str(&order)
                    .map_err(|_| WorkError::Final(internal("the order of the rows cannot be read")))
            },
        )
    }

    /// Parsing is CPU work: it has a thread of its own and waits when the database is behind.
    fn spawn_reader(
        &self,
        claimed: &Claimed,
        known: Known,
        sender: mpsc::Sender<Piece>,
    ) -> JoinHandle<Result<(), FileError>> {
        let reader = self.reader.clone();
        let path: PathBuf = self.path_of(claimed.import.id);
        let name = claimed.import.file_name.clone();
        let received_at = claimed.import.created_at;
        let limits = self.limits;
        tokio::task::spawn_blocking(move || {
            let mut rows = reader.open(&path, &name, received_at, &limits, &known)?;
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
    shelves: Shelves,
    /// Of every staged chunk.
    places: Vec<Place>,
    failures: i64,
    skipped: u64,
    failed: u64,
    keeper: Keeper,
    lacking: Lacking,
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
        piece.rows.iter().for_each(|row| self.lacking.note(row));
        let full: Vec<Chunk> = piece.rows.into_iter().filter_map(|row| self.shelves.put(row)).collect();
        let chunks = self.chunk_rows(claimed, keys, full)?;
        let failures = self.failure_rows(claimed, keys, piece.failures)?;
        let failed_rows = self.keeper.seal(keys, id, piece.failed_rows)?;
        let mut tx = imports.begin_step(claimed.tenant).await?;
        tx.execute_many(&INSERT_CHUNKS, chunks).await?;
        tx.execute_many(&INSERT_FAILURES, failures).await?;
        self.keeper.write(&mut tx, keys, (id, imports.worker), &piece.titles, failed_rows).await?;
        let values = bind![
            id,
            imports.worker,
            piece.format.as_str(),
            piece.rows_total,
            piece.rows_read,
            self.skipped,
            self.failed,
            self.places.len(),
            imports.lease_until(),
        ];
        keep_lease(tx.execute(&RECORD, values).await?)?;
        tx.commit().await?;
        Ok(())
    }

    /// Stages the rows that filled no chunk until the end of the file.
    async fn add_rest(&mut self, imports: &Imports, claimed: &Claimed) -> Result<(), WorkError> {
        let keys = imports.db.keyring().tenant(&imports.db, claimed.tenant).await?;
        let mut rest = self.shelves.rest().into_iter();
        loop {
            let chunks = self.chunk_rows(claimed, &keys, rest.by_ref().take(PIECE_CHUNKS).collect())?;
            if chunks.is_empty() {
                return Ok(());
            }
            let mut tx = imports.begin_step(claimed.tenant).await?;
            tx.execute_many(&INSERT_CHUNKS, chunks).await?;
            let values = bind![claimed.import.id, imports.worker, self.places.len(), imports.lease_until()];
            keep_lease(tx.execute(&RECORD_CHUNKS, values).await?)?;
            tx.commit().await?;
        }
    }

    fn chunk_rows(
        &mut self,
        claimed: &Claimed,
        keys: &TenantKeys,
        chunks: Vec<Chunk>,
    ) -> Result<Vec<Vec<database::Value>>, WorkError> {
        let mut rows = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            let sealed = seal_chunk(keys, &chunk.rows)?;
            rows.push(bind![claimed.import.id, self.places.len(), chunk.rows.len(), sealed]);
            self.places.push(chunk.place);
        }
        Ok(rows)
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

/// The next rows of the file; none at the end.
fn next_piece(rows: &mut dyn RowReader) -> Result<Option<Piece>, FileError> {
    let header = rows.header();
    let mut piece = Piece {
        rows: Vec::with_capacity(PIECE_ROWS),
        failures: Vec::new(),
        failed_rows: Vec::new(),
        titles: header.titles.clone(),
        skipped: 0,
        failed: 0,
        rows_read: 0,
        rows_total: None,
        format: header.format,
        warnings: header.warnings.clone(),
    };
    let mut any = false;
    while piece.rows.len() < PIECE_ROWS && piece.failures.len() < PIECE_ROWS {
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
            RowOutcome::Failed { failures, given } => {
                piece.failed += 1;
                piece.failed_rows.push((given, failures.clone()));
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
    Ok(keys.seal_packed(CHUNK_FIELD, &body).map_err(database::Error::from)?)
}

/// A file whose columns are not understood stays for somebody who says what they are; others cannot be used.
fn refusal(error: &FileError) -> WorkError {
    let said = |columns| ImportError { code: error.code().into(), detail: error.to_string(), columns };
    match error {
        FileError::MissingColumns { columns } => WorkError::Columns(said(columns.clone())),
        FileError::Foreign(_)
        | FileError::Empty
        | FileError::Unreadable { .. }
        | FileError::TooManyRows { .. }
        | FileError::LimitExceeded { .. } => WorkError::Final(said(Vec::new())),
    }
}
