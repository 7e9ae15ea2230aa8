//! Files that people bring: received, read into staging, applied in chunks.
//!
//! Owns `imports`, `import_chunks`, `import_failures`. One path for every file:
//!
//! 1. [`Upload`] streams it to disk and hashes it; the same content again is refused with its first date.
//! 2. [`Imports::tick`] reads the whole file into sealed chunks of at most 500 rows. A file that cannot be
//!    used fails here and changes nothing.
//! 3. It then applies chunk by chunk: the rows' changes and the import's cursor in one transaction, through
//!    [`ApplyRows`]. After a crash it goes on at the cursor; a lease keeps two workers apart.
//!
//! Invariant: every import reaches `completed`, `partial` or `failed` without a human.

mod apply;
mod claim;
mod import;
mod list;
mod ports;
mod read;
mod receive;

use std::path::PathBuf;
use std::sync::Arc;

use ::ports::files::{FileReader, Limits};
use database::Db;
use domain::{Clock, Ids};
use uuid::Uuid;

pub use crate::import::{Failure, Import, ImportError, Phase, Progress, Status, Totals};
pub use crate::ports::{Applied, ApplyRows};
pub use crate::receive::{ReceiveError, Upload};

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
        Ok(Self { db, clock, ids, reader, target, folder, limits: Limits::default(), worker })
    }

    /// The largest file accepted, in bytes.
    #[must_use]
    pub fn max_bytes(&self) -> u64 {
        self.limits.max_bytes
    }
}
