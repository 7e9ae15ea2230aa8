//! Files that people bring: received, read into staging, applied in chunks.
//!
//! Owns `imports`, `import_chunks`, `import_failures`. One path for every file:
//!
//! 1. [`Upload`] streams it to disk and hashes it; the same content again is refused with its first date.
//! 2. [`Imports::tick`] reads the whole file into sealed chunks of at most 100 rows. A file that cannot be
//!    used fails here and changes nothing.
//! 3. It then applies the chunks, a few at a time: the rows' changes and the import's cursor in one
//!    transaction of at most 500 rows, through [`ApplyRows`]. After a crash it goes on at the cursor; a lease
//!    keeps two workers apart.
//!
//! Invariants: every import reaches `completed`, `partial` or `failed` without a human; a tick is short, and
//! tenants take turns.

mod apply;
mod claim;
mod import;
mod list;
mod ports;
mod read;
mod receive;
mod sweep;
mod tick;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use ::ports::files::{FileReader, Limits};
use database::Db;
use domain::{Clock, Ids};
use tokio::sync::Mutex;
use uuid::Uuid;

pub use crate::import::{Failure, Import, ImportError, Phase, Progress, Status, Totals};
pub use crate::ports::{Applied, ApplyRows};
pub use crate::receive::{ReceiveError, Upload};
use crate::tick::Bench;

/// Use cases of this service.
#[derive(Clone)]
pub struct Imports {
    db: Db,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    reader: Arc<dyn FileReader>,
    target: Arc<dyn ApplyRows>,
    folder: PathBuf,
    limits: Limits,
    /// Names this process in leases.
    worker: Uuid,
    bench: Arc<Mutex<Bench>>,
    /// When left-over uploads are looked for again, in microseconds.
    next_sweep: Arc<AtomicI64>,
}

impl Imports {
    /// Builds the service. `folder` keeps uploaded files until they are read; it is made when missing.
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        reader: Arc<dyn FileReader>,
        target: Arc<dyn ApplyRows>,
        folder: PathBuf,
    ) -> std::io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let worker = ids.next();
        Ok(Self {
            db,
            clock,
            ids,
            reader,
            target,
            folder,
            limits: Limits::default(),
            worker,
            bench: Arc::default(),
            next_sweep: Arc::default(),
        })
    }

    /// The largest file accepted, in bytes.
    #[must_use]
    pub fn max_bytes(&self) -> u64 {
        self.limits.max_bytes
    }
}
