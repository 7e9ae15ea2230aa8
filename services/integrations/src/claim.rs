//! Taking an import, one worker at a time, and ending it.

use database::{Scope, Statement, SystemReason, Tx, bind, fault, sql, system_sql};
use domain::{ImportId, SignedDuration, TenantId, Timestamp};

use crate::import::{self, Import, ImportError, Phase, Status};
use crate::{Imports, list};

const FIND_OPEN: Statement = system_sql!("system/find_open_imports.sql");
const FREE_LEASES: Statement = system_sql!("system/free_leases.sql");
const CLAIM: Statement = sql!("claim_import.sql");
const RENEW: Statement = sql!("renew_lease.sql");
const FINISH: Statement = sql!("finish_import.sql");
pub(crate) const DELETE_CHUNKS: Statement = sql!("delete_chunks.sql");

/// A worker that says nothing for this long is taken for dead. Every transaction of the work renews it.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// Times an import may be begun again without getting any further.
pub(crate) const MAX_ATTEMPTS: i64 = 5;

/// An import in the hands of this worker.
pub(crate) struct Claimed {
    pub(crate) tenant: TenantId,
    pub(crate) import: Import,
}

/// An import that waits to be worked on.
pub(crate) struct OpenImport {
    pub(crate) tenant: TenantId,
    pub(crate) id: ImportId,
    /// Its file is not read yet.
    pub(crate) unread: bool,
    /// Nobody's lease is on it.
    pub(crate) free: bool,
}

/// Why work on an import stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkError {
    /// Another worker has taken it over.
    #[error("the import was taken over by another worker")]
    LeaseLost,
    /// Nobody understands its columns: a person must say what they are.
    #[error("{}: {}", .0.code, .0.detail)]
    Columns(ImportError),
    /// It cannot succeed.
    #[error("{}: {}", .0.code, .0.detail)]
    Final(ImportError),
    /// The store failed; somebody will try again.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl Imports {
    /// Frees the leases of workers that are certainly dead. Only for a process that is alone with its
    /// store, at its start.
    pub async fn free_leases(&self) -> database::Result<()> {
        let mut tx = self.db.write(Scope::System(SystemReason::WorkClaim)).await?;
        tx.execute(&FREE_LEASES, bind![]).await?;
        tx.commit().await
    }

    /// The oldest open import of every tenant, if nobody else has it: those of this worker first.
    pub(crate) async fn open_imports(&self) -> database::Result<Vec<OpenImport>> {
        let now = self.clock.now();
        let mut tx = self.db.read(Scope::System(SystemReason::WorkClaim)).await?;
        let open = tx.fetch_all(&FIND_OPEN, bind![now, self.worker]).await?;
        tx.commit().await?;
        open.iter()
            .map(|row| {
                let phase: Phase = row.parse(2)?;
                Ok(OpenImport {
                    tenant: row.id(0)?,
                    id: row.id(1)?,
                    unread: matches!(phase, Phase::Waiting | Phase::Reading),
                    free: row.time(3)? <= now,
                })
            })
            .collect()
    }

    /// Takes an import whose lease has run out; none when another worker was faster.
    pub(crate) async fn claim(&self, open: &OpenImport) -> database::Result<Option<Claimed>> {
        let now = self.clock.now();
        let mut tx = self.db.write(Scope::Tenant(open.tenant)).await?;
        let won = tx.execute(&CLAIM, bind![open.id, self.worker, now, now + LEASE]).await? == 1;
        let found = tx.fetch_optional(&list::GET, bind![open.id]).await?;
        tx.commit().await?;
        match found {
            Some(row) if won => Ok(Some(Claimed { tenant: open.tenant, import: import::read(&row)? })),
            Some(_) | None => Ok(None),
        }
    }

    /// Keeps an import in this worker's hands while there is nothing to write.
    pub(crate) async fn renew(&self, claimed: &Claimed) -> Result<(), WorkError> {
        let mut tx = self.begin(claimed.tenant).await?;
        let values = bind![claimed.import.id, self.worker, self.lease_until()];
        keep_lease(tx.execute(&RENEW, values).await?)?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn fail(
        &self,
        tenant: TenantId,
        id: ImportId,
        error: ImportError,
    ) -> database::Result<()> {
        match self.finish(tenant, id, Status::Failed, Some(error)).await {
            Err(WorkError::Database(error)) => Err(error),
            Ok(()) | Err(WorkError::LeaseLost | WorkError::Final(_) | WorkError::Columns(_)) => Ok(()),
        }
    }

    pub(crate) async fn finish(
        &self,
        tenant: TenantId,
        id: ImportId,
        status: Status,
        error: Option<ImportError>,
    ) -> Result<(), WorkError> {
        // Missing columns end an import elsewhere: its file stays.
        let (code, detail) = error.map(|error| (error.code, error.detail)).unzip();
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let values = bind![id, self.worker, status.as_str(), self.clock.now(), code, detail];
        keep_lease(tx.execute(&FINISH, values).await?)?;
        tx.execute(&DELETE_CHUNKS, bind![id]).await?;
        self.target.end(&mut tx, id).await?;
        tx.commit().await?;
        self.remove_file(id).await;
        Ok(())
    }

    /// Removes the uploaded file. One that cannot be removed is logged: it holds personal data in clear.
    pub(crate) async fn remove_file(&self, id: ImportId) {
        fault!("upload:ended");
        if let Err(error) = tokio::fs::remove_file(self.path_of(id)).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(import = %id, %error, "an uploaded file could not be removed");
        }
    }

    pub(crate) fn lease_until(&self) -> Timestamp {
        self.clock.now() + LEASE
    }

    pub(crate) async fn begin(&self, tenant: TenantId) -> Result<Tx, WorkError> {
        Ok(self.db.write(Scope::Tenant(tenant)).await?)
    }

    /// For a step on the way: what is promised is the import's end, whose commit takes all steps to the disk.
    pub(crate) async fn begin_step(&self, tenant: TenantId) -> Result<Tx, WorkError> {
        Ok(self.db.write_step(Scope::Tenant(tenant)).await?)
    }
}

/// An update that met no row means that the lease is gone.
pub(crate) fn keep_lease(changed: u64) -> Result<(), WorkError> {
    if changed == 1 { Ok(()) } else { Err(WorkError::LeaseLost) }
}

pub(crate) fn internal(detail: &str) -> ImportError {
    ImportError { code: "internal".into(), detail: detail.into(), columns: Vec::new() }
}
