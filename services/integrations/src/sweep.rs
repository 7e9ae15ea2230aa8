//! Uploaded files that nobody will read: they hold personal data in clear.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, UNIX_EPOCH};

use database::{Scope, Statement, SystemReason, bind, system_sql};
use domain::{ImportId, SignedDuration, Timestamp, micros};

use crate::Imports;

const LIST_OPEN: Statement = system_sql!("system/list_open_imports.sql");
const END_FORGOTTEN: Statement = system_sql!("system/end_forgotten_imports.sql");

/// A file of this age that no open import names is a left-over.
const LEFT_OVER: Duration = Duration::from_hours(24);
/// A file that waits for somebody's word is kept this long.
const WAITS: SignedDuration = SignedDuration::from_hours(7 * 24);
const EVERY: SignedDuration = SignedDuration::from_hours(1);

impl Imports {
    /// Once an hour, and at the first call, removes uploaded files that no open import will read, a day after
    /// they were written: uploads that were cut off, and files that could not be removed when their import
    /// ended. Answers false: there is never more to do at once.
    pub async fn tick_sweep(&self) -> database::Result<bool> {
        let now = self.clock.now();
        if micros(now) < self.next_sweep.load(Ordering::Relaxed) {
            return Ok(false);
        }
        self.end_forgotten(now).await?;
        let open = self.open_ids().await?;
        let folder = self.folder.clone();
        match tokio::task::spawn_blocking(move || sweep(&folder, &open, now)).await {
            Ok(Ok(0)) | Err(_) => {}
            Ok(Ok(removed)) => tracing::info!(removed, "left-over uploads were removed"),
            Ok(Err(error)) => tracing::warn!(%error, "a left-over upload could not be removed"),
        }
        self.next_sweep.store(micros(now + EVERY), Ordering::Relaxed);
        Ok(false)
    }

    async fn end_forgotten(&self, now: Timestamp) -> database::Result<()> {
        let mut tx = self.db.write(Scope::System(SystemReason::WorkClaim)).await?;
        let detail = "nobody said how to read this file within seven days";
        tx.execute(&END_FORGOTTEN, bind![now, now - WAITS, detail]).await?;
        tx.commit().await
    }

    async fn open_ids(&self) -> database::Result<HashSet<ImportId>> {
        let mut tx = self.db.read(Scope::System(SystemReason::WorkClaim)).await?;
        let rows = tx.fetch_all(&LIST_OPEN, bind![]).await?;
        tx.commit().await?;
        rows.iter().map(|row| row.id(0)).collect()
    }
}

fn sweep(folder: &Path, open: &HashSet<ImportId>, now: Timestamp) -> std::io::Result<u32> {
    let now = UNIX_EPOCH + Duration::from_micros(u64::try_from(micros(now)).unwrap_or_default());
    let mut removed = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str().map(|name| name.strip_suffix(".part").unwrap_or(name)) else {
            continue;
        };
        let Some(id) = name.strip_suffix(".upload") else { continue };
        let wanted = id.parse().is_ok_and(|id| open.contains(&id));
        let age = now.duration_since(entry.metadata()?.modified()?).unwrap_or_default();
        if !wanted && age >= LEFT_OVER {
            std::fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}
