//! Taking the next import, one worker at a time, and bringing it to its end.

use database::{Scope, Statement, SystemReason, Tx, bind, sql, system_sql};
use domain::{ImportId, SignedDuration, TenantId, Timestamp};

use crate::import::{self, Import, ImportError, Phase, Status};
use crate::{Imports, list};

const FIND_OPEN: Statement = system_sql!("system/find_open_imports.sql");
const FREE_LEASES: Statement = system_sql!("system/free_leases.sql");
const CLAIM: Statement = sql!("claim_import.sql");
const FINISH: Statement = sql!("finish_import.sql");
pub(crate) const DELETE_CHUNKS: Statement = sql!("delete_chunks.sql");

/// A worker that says nothing for this long is taken for dead. Every chunk renews it.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// Times an import may be begun again without getting any further.
const MAX_ATTEMPTS: i64 = 5;

/// An import in the hands of this worker.
pub(crate) struct Claimed {
    pub(crate) tenant: TenantId,
    pub(crate) import: Import,
}

/// Why work on an import stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkError {
    /// Another worker has taken it over.
    #[error("the import was taken over by another worker")]
    LeaseLost,
    /// It cannot succeed.
    #[error("{}: {}", .0.code, .0.detail)]
    Final(ImportError),
    /// The store failed; somebody will try again.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl Imports {
    /// Works on the oldest waiting import until it ends; answers whether there was one.
    ///
    /// # Errors
    /// When the store fails. The import stays, and is taken up again when its lease has run out.
    pub async fn tick(&self) -> database::Result<bool> {
        let Some(claimed) = self.claim().await? else { return Ok(false) };
        let (tenant, id) = (claimed.tenant, claimed.import.id);
        match self.work(claimed).await {
            Ok(()) | Err(WorkError::LeaseLost) => {}
            Err(WorkError::Final(error)) => self.fail(tenant, id, error).await?,
            Err(WorkError::Database(error)) => return Err(error),
        }
        Ok(true)
    }

    /// Frees the leases of workers that are certainly dead. Only for a process that is alone with its
    /// store, at its start.
    pub async fn free_leases(&self) -> database::Result<()> {
        let mut tx = self.db.write(Scope::System(SystemReason::WorkClaim)).await?;
        tx.execute(&FREE_LEASES, bind![]).await?;
        tx.commit().await
    }

    async fn claim(&self) -> database::Result<Option<Claimed>> {
        let now = self.clock.now();
        let mut tx = self.db.read(Scope::System(SystemReason::WorkClaim)).await?;
        let open = tx.fetch_all(&FIND_OPEN, bind![now]).await?;
        tx.commit().await?;
        for row in open {
            let (tenant, id): (TenantId, ImportId) = (row.id(0)?, row.id(1)?);
            let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
            let won = tx.execute(&CLAIM, bind![id, self.worker, now, now + LEASE]).await? == 1;
            let found = tx.fetch_optional(&list::GET, bind![id]).await?;
            tx.commit().await?;
            if let (true, Some(row)) = (won, found) {
                return Ok(Some(Claimed { tenant, import: import::read(&row)? }));
            }
        }
        Ok(None)
    }

    async fn work(&self, mut claimed: Claimed) -> Result<(), WorkError> {
        if claimed.import.attempts > MAX_ATTEMPTS {
            return Err(WorkError::Final(internal("the import was begun too often without getting further")));
        }
        if matches!(claimed.import.phase, Phase::Waiting | Phase::Reading) {
            self.read_file(&mut claimed).await?;
        }
        self.apply_chunks(&mut claimed).await?;
        let status = match claimed.import.totals.rows_failed {
            0 => Status::Completed,
            _ => Status::Partial,
        };
        self.finish(claimed.tenant, claimed.import.id, status, None).await
    }

    async fn fail(&self, tenant: TenantId, id: ImportId, error: ImportError) -> database::Result<()> {
        match self.finish(tenant, id, Status::Failed, Some(error)).await {
            Err(WorkError::Database(error)) => Err(error),
            Ok(()) | Err(WorkError::LeaseLost | WorkError::Final(_)) => Ok(()),
        }
    }

    async fn finish(
        &self,
        tenant: TenantId,
        id: ImportId,
        status: Status,
        error: Option<ImportError>,
    ) -> Result<(), WorkError> {
        let (code, detail, columns) = match error {
            Some(error) => (Some(error.code), Some(error.detail), Some(error.columns.join("\n"))),
            None => (None, None, None),
        };
        let columns = columns.filter(|columns| !columns.is_empty());
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let values = bind![id, self.worker, status.as_str(), self.clock.now(), code, detail, columns];
        keep_lease(tx.execute(&FINISH, values).await?)?;
        tx.execute(&DELETE_CHUNKS, bind![id]).await?;
        tx.commit().await?;
        self.remove_file(id).await;
        Ok(())
    }

    /// Removes the uploaded file. One that cannot be removed is logged: it holds personal data in clear.
    pub(crate) async fn remove_file(&self, id: ImportId) {
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
}

/// An update that met no row means that the lease is gone.
pub(crate) fn keep_lease(changed: u64) -> Result<(), WorkError> {
    if changed == 1 { Ok(()) } else { Err(WorkError::LeaseLost) }
}

pub(crate) fn internal(detail: &str) -> ImportError {
    ImportError { code: "internal".into(), detail: detail.into(), columns: Vec::new() }
}
