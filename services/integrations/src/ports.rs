//! What imports and webhooks ask of the owners of orders and shipments.

use database::Tx;
use domain::{ImportId, TenantId, Timestamp};
use ports::files::ImportedRow;
use ports::webhooks::ShopOrder;

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

/// Is told when an import of a tenant came in, got further or ended, after the commit.
pub trait WatchImports: Send + Sync {
    /// Must return at once: the import waits.
    fn moved(&self, tenant: TenantId);
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

/// An order in a shop's words, with what came beside it.
#[derive(Debug, Clone)]
pub struct ShopStatement {
    /// The shop: its domain.
    pub account: String,
    /// The order.
    pub order: ShopOrder,
    /// Decides which of two statements is the later: [`ShopOrder::updated_at`], finer where the shop gives
    /// whole seconds.
    pub as_of: Timestamp,
    /// What led to it, as its events shall say.
    pub trace: String,
}

/// Takes orders as shops state them, in the transaction that marks their messages as processed.
#[async_trait::async_trait]
pub trait TakeShopOrders: Send + Sync {
    /// Takes statements in their order; the same or an older one again changes nothing.
    ///
    /// # Errors
    /// [`database::Error::Duplicate`] asks the caller to roll back and repeat.
    async fn take(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        statements: Vec<ShopStatement>,
    ) -> database::Result<()>;
}
