//! One server per SQLite file.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// Held while this process serves a SQLite file. The operating system lets go of it when the process ends,
/// however it ends.
pub(crate) struct ServerLock(#[expect(dead_code, reason = "open as long as the lock is held")] File);

impl ServerLock {
    /// Takes the lock.
    pub(crate) fn take(database: &Path) -> anyhow::Result<Self> {
        match Self::try_take(database)? {
            Some(lock) => Ok(lock),
            None => bail!(
                "another litper serves {} already; stop it first, or use PostgreSQL for several",
                database.display()
            ),
        }
    }

    /// Takes the lock, or answers none when a server holds it.
    pub(crate) fn try_take(database: &Path) -> anyhow::Result<Option<Self>> {
        let path: PathBuf = database.with_extension("lock");
        let open = File::options().create(true).truncate(false).write(true).open(&path);
        let file = match open {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                bail!("there is no folder for {}: run `litper init` first", database.display())
            }
            open => open.with_context(|| path.display().to_string())?,
        };
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| path.display().to_string()),
        }
    }
}
