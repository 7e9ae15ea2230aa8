//! What an import asks of the owners of orders and shipments.

use database::Tx;
use domain::{ImportId, TenantId, Timestamp};
use ports::files::ImportedRow;

/// Changes orders and shipments by the rows of a chunk, inside the chunk's transaction.
#[async_trait::async_trait]
pub trait ApplyRows: Send + Sync {
    /// Applies rows in their order, as a file received at a moment told them; applying the same rows again adds nothing.
    ///
    /// # Errors
    /// [`database::Error::Duplicate`] asks the caller to roll back and repeat.
    async fn apply(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        import: ImportId,
        rows: Vec<ImportedRow>,
        received_at: Timestamp,
    ) -> database::Result<Applied>;
}

/// What applying rows did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Applied {
    /// Orders heard of for the first time.
    pub orders_created: u64,
    /// Known orders that changed.
    pub orders_updated: u64,
    /// Shipments heard of for the first time.
    pub shipments_created: u64,
    /// Known shipments that changed.
    pub shipments_updated: u64,
    /// Events that moved a state on.
    pub events_new: u64,
    /// Repetitions.
    pub events_duplicate: u64,
    /// Events that came too late to count.
    pub events_out_of_order: u64,
}
