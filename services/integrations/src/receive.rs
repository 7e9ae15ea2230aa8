//! Receiving a file: to disk and hashed while it streams in, then queued.

use std::path::PathBuf;

use database::{Scope, Statement, bind, fault, sql};
use domain::{ImportId, TenantId, Timestamp, UserId};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::import::Status;
use crate::{Imports, import};

const INSERT: Statement = sql!("insert_import.sql");
const SAME_CONTENT: Statement = sql!("parts/import.sql" + "find_same_content.sql");

/// Longest file name kept, in characters.
const MAX_NAME: usize = 200;

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The same content was loaded before.
    #[error("this file was loaded already on {first_loaded_at}")]
    AlreadyImported {
        /// The first import of the content.
        first: ImportId,
        /// When it was received.
        first_loaded_at: Timestamp,
    },
    /// The file is larger than the limit.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The file has no content.
    #[error("the file is empty")]
    Empty,
    /// The disk failed.
    #[error("the file could not be stored: {0}")]
    Disk(#[from] std::io::Error),
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl ReceiveError {
    /// The content was loaded before, by this import.
    pub(crate) const fn loaded_as(first: &import::Import) -> Self {
        Self::AlreadyImported { first: first.id, first_loaded_at: first.created_at }
    }
}

/// A file on its way in. Dropped before [`Upload::finish`], it leaves nothing behind.
pub struct Upload {
    id: ImportId,
    /// Where it is now: under another name until all of it is there.
    path: PathBuf,
    file: File,
    hash: Sha256,
    size: u64,
    limit: u64,
    kept: bool,
}

impl Upload {
    /// Adds the next piece.
    ///
    /// # Errors
    /// [`ReceiveError::TooLarge`] as soon as the limit is passed.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), ReceiveError> {
        self.size += piece.len() as u64;
        if self.size > self.limit {
            return Err(ReceiveError::TooLarge { limit: self.limit });
        }
        self.hash.update(piece);
        self.file.write_all(piece).await?;
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.kept {
            // Best effort: a left-over is only a file nobody refers to.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Imports {
    /// Begins to receive a file.
    pub async fn begin_upload(&self) -> Result<Upload, ReceiveError> {
        let id = ImportId::from(self.ids.next());
        let path = self.folder.join(format!("{id}.upload.part"));
        let mut options = tokio::fs::OpenOptions::new();
        options.write(true).create_new(true);
        // It holds personal data in clear until it is read: for our own eyes only.
        #[cfg(unix)]
        options.mode(0o600);
        let file = options.open(&path).await?;
        let limit = self.limits.max_bytes;
        Ok(Upload { id, path, file, hash: Sha256::new(), size: 0, limit, kept: false })
    }

    /// Queues a received file. Both file and import are on the disk when this returns.
    pub async fn finish_upload(
        &self,
        upload: Upload,
        tenant: TenantId,
        file_name: &str,
        by: Option<UserId>,
    ) -> Result<ImportId, ReceiveError> {
        self.store(upload, tenant, file_name, by, Status::Queued).await
    }

    /// Keeps a received file until somebody has looked at it and lets it in, with [`Self::confirm`].
    pub async fn hold_upload(
        &self,
        upload: Upload,
        tenant: TenantId,
        file_name: &str,
        by: Option<UserId>,
    ) -> Result<ImportId, ReceiveError> {
        self.store(upload, tenant, file_name, by, Status::Held).await
    }

    async fn store(
        &self,
        mut upload: Upload,
        tenant: TenantId,
        file_name: &str,
        by: Option<UserId>,
        status: Status,
    ) -> Result<ImportId, ReceiveError> {
        if upload.size == 0 {
            return Err(ReceiveError::Empty);
        }
        upload.file.flush().await?;
        upload.file.sync_all().await?;
        fault!("upload:written");
        let hash: [u8; 32] = std::mem::take(&mut upload.hash).finalize().into();
        if let Some(refused) = self.same_content(tenant, hash).await? {
            return Err(refused);
        }
        let path = self.path_of(upload.id);
        tokio::fs::rename(&upload.path, &path).await?;
        fault!("upload:named");
        upload.path = path;
        // The file's name too: it is in the folder.
        File::open(&self.folder).await?.sync_all().await?;
        fault!("upload:kept");
        let name: String = file_name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let values = bind![upload.id, name, upload.size, hash, by, self.clock.now(), status.as_str()];
        match tx.execute(&INSERT, values).await {
            Ok(_) => {
                tx.announce_work();
                tx.commit().await?;
            }
            // Somebody loaded the same content between the look and the insert.
            Err(error) if error.is_duplicate() => {
                tx.rollback().await?;
                return Err(self.same_content(tenant, hash).await?.unwrap_or(error.into()));
            }
            Err(error) => return Err(error.into()),
        }
        upload.kept = true;
        self.moved(tenant);
        Ok(upload.id)
    }

    pub(crate) fn path_of(&self, id: ImportId) -> PathBuf {
        self.folder.join(format!("{id}.upload"))
    }

    async fn same_content(
        &self,
        tenant: TenantId,
        hash: [u8; 32],
    ) -> Result<Option<ReceiveError>, database::Error> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_optional(&SAME_CONTENT, bind![hash]).await?;
        tx.commit().await?;
        let first = found.as_ref().map(import::read).transpose()?;
        Ok(first.as_ref().map(ReceiveError::loaded_as))
    }
}
