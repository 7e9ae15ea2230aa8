//! Workbooks of either kind on a thread of their own.
//!
//! calamine's cell reader borrows its workbook, so both live on one thread that sends finished rows over a
//! bounded channel. The thread belongs to [`XlsxRows`] and ends when that is dropped; a panic of the parser
//! ends there too, as an unreadable file.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use domain::time::Timestamp;
use ports::files::{FileError, FileFormat, FileHeader, Limits, RowOutcome, RowReader};
use ports::layouts::{Field, Known};

use crate::book::{Book, Stop, choose, unreadable};
use crate::columns::Columns;
use crate::engine::{Engine, Planning, needs_plan};
use crate::guard;
use crate::merged::Merged;
use crate::results::{self, Times};
use crate::row::Cells;
use crate::sheet;
use crate::sniff::Container;
use crate::xls_book::OldBook;

/// Rows in one message; and messages waiting. Together they bound what is in flight.
const BATCH: usize = 128;
const WAITING: usize = 4;

/// Checks the archive, chooses the sheet and starts reading it.
pub(crate) fn open(
    path: &Path,
    container: Container,
    limits: &Limits,
    known: &Known,
    latest: Timestamp,
) -> Result<XlsxRows, FileError> {
    let worker = Worker::start(Task {
        path: path.to_owned(),
        container,
        limits: *limits,
        known: known.clone(),
        latest,
    })?;
    match worker.receive()? {
        Message::Opened { header, rows_total } => {
            let batch = Vec::new().into_iter();
            Ok(XlsxRows { header, rows_total, rows_read: 0, batch, ended: false, worker })
        }
        Message::Failed(error) => Err(error),
        Message::Rows(_) | Message::Done => Err(lost()),
    }
}

/// The rows of one workbook.
pub(crate) struct XlsxRows {
    header: FileHeader,
    rows_total: Option<u64>,
    rows_read: u64,
    batch: std::vec::IntoIter<Numbered>,
    ended: bool,
    worker: Worker,
}

impl RowReader for XlsxRows {
    fn header(&self) -> &FileHeader {
        &self.header
    }

    fn next_row(&mut self) -> Result<Option<RowOutcome>, FileError> {
        loop {
            if let Some(next) = self.batch.next() {
                self.rows_read = next.rows_read;
                return Ok(Some(next.outcome));
            }
            if self.ended {
                return Ok(None);
            }
            match self.worker.receive()? {
                Message::Rows(rows) => self.batch = rows.into_iter(),
                Message::Done => self.ended = true,
                Message::Failed(error) => return Err(error),
                Message::Opened { .. } => return Err(lost()),
            }
        }
    }

    fn rows_total(&self) -> Option<u64> {
        self.rows_total
    }

    fn rows_read(&self) -> u64 {
        self.rows_read
    }
}

/// An outcome, and how many rows were read when it was complete.
struct Numbered {
    outcome: RowOutcome,
    rows_read: u64,
}

/// What the thread says: `Opened`, any number of `Rows`, then `Done`; or `Failed` at any point.
enum Message {
    Opened { header: FileHeader, rows_total: Option<u64> },
    Rows(Vec<Numbered>),
    Done,
    Failed(FileError),
}

/// The owner of the thread.
struct Worker {
    messages: Option<Receiver<Message>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    fn start(task: Task) -> Result<Self, FileError> {
        let (sender, receiver) = sync_channel(WAITING);
        let thread = std::thread::Builder::new()
            .name("xlsx".to_owned())
            .spawn(move || work(&task, &sender))
            .map_err(|error| FileError::Unreadable { detail: format!("io:{}", error.kind()) })?;
        Ok(Self { messages: Some(receiver), thread: Some(thread) })
    }

    fn receive(&self) -> Result<Message, FileError> {
        self.messages.as_ref().and_then(|messages| messages.recv().ok()).ok_or_else(lost)
    }
}

impl Drop for Worker {
    /// Closing the channel ends the thread at its next message.
    fn drop(&mut self) {
        self.messages = None;
        if let Some(thread) = self.thread.take() {
            // Its panics were caught inside.
            let _ = thread.join();
        }
    }
}

/// What the thread is to read.
struct Task {
    path: PathBuf,
    container: Container,
    limits: Limits,
    known: Known,
    latest: Timestamp,
}

fn work(task: &Task, out: &SyncSender<Message>) {
    let last = match catch_unwind(AssertUnwindSafe(|| read(task, out))) {
        Ok(Ok(())) => Message::Done,
        Ok(Err(Stop::File(error))) => Message::Failed(error),
        Ok(Err(Stop::Nobody)) => return,
        Err(_) => Message::Failed(lost()),
    };
    // Nobody listening is no error.
    let _ = out.send(last);
}

/// Opens a workbook that costs no more than allowed.
pub(crate) fn open_book(
    path: &Path,
    container: Container,
    limits: &Limits,
) -> Result<Box<dyn Book>, FileError> {
    let open = || File::open(path).map_err(|error| unreadable(&format!("io:{}", error.kind())));
    Ok(match container {
        Container::Zip => {
            let inflated = guard::check(open()?, limits)?;
            Box::new(sheet::open(open()?, inflated)?)
        }
        Container::Ole => Box::new(OldBook::open(open()?)?),
    })
}

fn read(task: &Task, out: &SyncSender<Message>) -> Result<(), Stop> {
    let limits = &task.limits;
    let mut book = open_book(&task.path, task.container, limits)?;
    let chosen = choose(&mut *book, limits, &task.known)?;
    let placed = chosen.placed.require(limits)?;
    let (columns, first_row) = (Arc::new(placed.columns), placed.first_row);
    let mut header = columns.describe();
    header.warnings.extend(chosen.warnings);
    let merged = Merged::of(&book.merged(&chosen.name)?, first_row, &columns);
    let plan = if needs_plan(&columns) {
        let mut planning = Planning::new(&columns, limits, task.known.country);
        let mut note = |_, cells: &Cells<'_>| Ok(planning.push(cells)?);
        merged.each_row(&mut *book, &chosen.name, first_row, &columns, &mut note)?;
        Some(planning.plan())
    } else {
        None
    };
    let mut engine = Engine::new(&columns, plan, limits, task.known.country, task.latest);
    let times = times_beside(&mut *book, &columns, &chosen.name, limits, &mut header);
    send(out, Message::Opened { header, rows_total: chosen.rows_total })?;
    let mut batch = Vec::with_capacity(BATCH);
    merged.each_row(&mut *book, &chosen.name, first_row, &columns, &mut |number, cells| {
        if let Some(outcome) = engine.push(number, cells, None)? {
            batch.push(Numbered { outcome, rows_read: engine.rows_read() });
        }
        if batch.len() == BATCH {
            send(out, Message::Rows(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))))?;
        }
        Ok(())
    })?;
    send(out, Message::Rows(batch))?;
    engine.end()?;
    match times {
        Some(times) => read_times(task, &mut *book, &times, &columns, engine.rows_read(), out),
        None => Ok(()),
    }
}

/// The sheet that tells the days of a list of results, where the list does not.
fn times_beside(
    book: &mut dyn Book,
    columns: &Columns,
    list: &str,
    limits: &Limits,
    header: &mut FileHeader,
) -> Option<Times> {
    if columns.format != FileFormat::RouteHistory || columns.has(Field::Days) {
        return None;
    }
    let times = results::times(book, list, limits);
    header.titles.extend(times.iter().map(|times| times.title().to_owned()));
    times
}

/// Hands out the rows of a sheet of days after those of the list.
fn read_times(
    task: &Task,
    book: &mut dyn Book,
    times: &Times,
    list: &Columns,
    rows_before: u64,
    out: &SyncSender<Message>,
) -> Result<(), Stop> {
    let Times { sheet, columns, first_row } = times;
    let limits = Limits { max_rows: task.limits.max_rows.saturating_sub(rows_before), ..task.limits };
    let merged = Merged::of(&book.merged(sheet)?, *first_row, columns);
    let mut engine = Engine::new(columns, None, &limits, task.known.country, task.latest);
    let mut rows = Vec::new();
    merged.each_row(book, sheet, *first_row, columns, &mut |number, cells| {
        if let Some(outcome) = engine.push(number, cells, None)? {
            let rows_read = rows_before + engine.rows_read();
            rows.push(Numbered { outcome: times.beside(outcome, list), rows_read });
        }
        if rows.len() == BATCH {
            send(out, Message::Rows(std::mem::take(&mut rows)))?;
        }
        Ok(())
    })?;
    send(out, Message::Rows(rows))
}

fn send(out: &SyncSender<Message>, message: Message) -> Result<(), Stop> {
    out.send(message).map_err(|_| Stop::Nobody)
}

fn lost() -> FileError {
    unreadable("workbook")
}
