//! What imports and webhooks ask of the owners of orders and shipments.

use database::Tx;
use domain::{Country, ImportId, TenantId, Timestamp, TrackingNumber, UserId};
use ports::carriers::CarrierEvent;
use ports::files::{FileFormat, ImportedRow};
use ports::webhooks::ShopOrder;

/// Changes orders and shipments by the rows of a chunk, inside the chunk's transaction.
#[async_trait::async_trait]
pub trait ApplyRows: Send + Sync {
    /// Applies rows in their order, as a file told them; applying the same rows again adds nothing.
    ///
    /// # Errors
    /// [`database::Error::Duplicate`] asks the caller to roll back and repeat.
    async fn apply(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        origin: &RowOrigin<'_>,
        rows: Vec<ImportedRow>,
    ) -> database::Result<Applied>;

    /// No more rows of an import will come, whether it succeeded or not; in the transaction that ends it.
    async fn end(&self, tx: &mut Tx, import: ImportId) -> database::Result<()>;
}

/// The file that rows are of.
#[derive(Debug, Clone, Copy)]
pub struct RowOrigin<'a> {
    /// The import.
    pub import: ImportId,
    /// The file's name.
    pub file_name: &'a str,
    /// Who brought it, if a person did.
    pub by: Option<UserId>,
    /// When it was received.
    pub received_at: Timestamp,
    /// What kind of file it is.
    pub format: Option<FileFormat>,
}

/// Knows where organisations do business, and with whom.
#[async_trait::async_trait]
pub trait HomeCountry: Send + Sync {
    /// The country of an organisation.
    async fn country(&self, tenant: TenantId) -> database::Result<Country>;

    /// What an organisation calls carriers beside the names that everybody uses, folded.
    async fn carrier_names(&self, tenant: TenantId) -> database::Result<Vec<String>>;
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

    /// Which of the shops' references to orders are no order of the transaction's tenant.
    async fn unknown<'a>(&self, tx: &mut Tx, references: &[&'a str]) -> database::Result<Vec<&'a str>>;
}

/// Whose open parcels are meant.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// One carrier's.
    Of(&'a str),
    /// Those of all carriers but these.
    AllBut(&'a [String]),
}

/// Parcels to ask about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParcelPage {
    /// Their numbers, the most urgent first.
    pub numbers: Vec<TrackingNumber>,
    /// Where the next page begins; none at the end of the round.
    pub next: Option<String>,
}

/// What was said at one moment, each parcel's events in the order of the answer.
#[derive(Debug, Clone)]
pub struct ParcelReport {
    /// The events.
    pub events: Vec<CarrierEvent>,
    /// When it came.
    pub received_at: Timestamp,
}

/// Owns the parcels that carriers are asked about.
#[async_trait::async_trait]
pub trait FollowedParcels: Send + Sync {
    /// Goes through a page of open parcels; answers those that a look is due for.
    async fn due(
        &self,
        tenant: TenantId,
        whose: Whose<'_>,
        after: Option<&str>,
    ) -> database::Result<ParcelPage>;

    /// An open parcel that the carrier should know, or the aggregator might.
    async fn any_of(&self, tenant: TenantId, carrier: &str) -> database::Result<Option<TrackingNumber>>;

    /// Takes in what a carrier or an aggregator says; the same again, and in another order, changes nothing.
    ///
    /// # Errors
    /// [`database::Error::Duplicate`] asks the caller to roll back and repeat.
    async fn take(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        source: &str,
        reports: &[ParcelReport],
    ) -> database::Result<()>;

    /// Notes that there was an answer about parcels now.
    async fn answered(&self, tx: &mut Tx, source: &str, numbers: &[TrackingNumber]) -> database::Result<()>;
}
