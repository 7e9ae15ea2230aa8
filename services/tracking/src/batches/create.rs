//! Making a batch, adding to it, closing it and putting it away.

use database::{Scope, Statement, Tx, bind, sql};
use domain::{
    ApiKeyId, BatchId, BatchStatus, ImportId, TenantId, Timestamp, TrackingNumber, UserId, bogota_date,
};
use event_log::NewEvent;
use serde::Serialize;

use super::fill::{Known, Standing, put};
use super::{Batch, BatchDay, columns, get, lock};
use crate::{ChangedBy, Tracking, rows};

const NEXT_NUMBER: Statement = sql!("next_batch_number.sql");
const INSERT: Statement = sql!("insert_batch.sql");
const SET_STATUS: Statement = sql!("set_batch_status.sql");

/// Most tracking numbers that one call puts into a batch.
pub const MAX_BATCH_NUMBERS: usize = 500;
/// Longest label, in characters.
pub const MAX_BATCH_LABEL: usize = 120;

/// A batch that somebody made or filled by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchCreated {
    /// The batch.
    pub batch: Batch,
    /// Shipments it did not have before.
    pub added: u64,
    /// Numbers of which there is no shipment.
    pub unknown: Vec<TrackingNumber>,
}

/// Why no shipment was put into a batch.
#[derive(Debug, thiserror::Error)]
pub enum CreateBatchError {
    /// There is no such batch.
    #[error("there is no such batch")]
    NotFound,
    /// Only an open one takes shipments; this is how it stands.
    #[error("the batch is {0}, not open")]
    NotOpen(BatchStatus),
    /// None of the numbers is a shipment's.
    #[error("no shipment has any of these tracking numbers")]
    NoShipments,
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

/// Why a batch stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum ChangeBatchError {
    /// There is no such batch.
    #[error("there is no such batch")]
    NotFound,
    /// The import that makes it still runs.
    #[error("the batch's file is still being loaded")]
    Filling,
    /// From this state one does not get there.
    #[error("a batch that is {0} does not become {1}")]
    Illegal(BatchStatus, BatchStatus),
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

/// A batch to be.
pub(super) struct New<'a> {
    pub(super) label: Option<&'a str>,
    pub(super) import: Option<ImportId>,
    pub(super) by: Option<ChangedBy>,
    pub(super) at: Timestamp,
}

#[derive(Serialize)]
struct Created<'a> {
    day: &'a str,
    number: i64,
    import_id: Option<ImportId>,
    by_user: Option<UserId>,
    by_api_key: Option<ApiKeyId>,
}

#[derive(Serialize)]
struct StatusChanged {
    from: BatchStatus,
    to: BatchStatus,
    by_user: Option<UserId>,
    by_api_key: Option<ApiKeyId>,
}

/// Whether a person may call a batch that: at most [`MAX_BATCH_LABEL`] characters, and none that nobody sees.
#[must_use]
pub fn is_batch_label(text: &str) -> bool {
    text.chars().count() <= MAX_BATCH_LABEL && !text.chars().any(char::is_control)
}

impl Tracking {
    /// Makes a batch of the shipments with these tracking numbers.
    pub async fn create_batch(
        &self,
        tenant: TenantId,
        label: Option<&str>,
        numbers: &[TrackingNumber],
        by: Option<ChangedBy>,
    ) -> Result<BatchCreated, CreateBatchError> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let (standings, unknown) = standings(&mut tx, numbers).await?;
        if standings.is_empty() {
            return Err(CreateBatchError::NoShipments);
        }
        let new = New { label, import: None, by, at: self.clock.now() };
        let batch = self.insert_batch(&mut tx, &new).await?;
        self.put_named(tx, batch.id, &standings, unknown).await
    }

    /// Adds the shipments with these tracking numbers to an open batch; those it has stay as they are.
    pub async fn add_to_batch(
        &self,
        tenant: TenantId,
        id: BatchId,
        numbers: &[TrackingNumber],
    ) -> Result<BatchCreated, CreateBatchError> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        // Shipments before their batch, like an import: two writers do not wait in a circle.
        let (standings, unknown) = standings(&mut tx, numbers).await?;
        let batch = lock(&mut tx, id).await?.ok_or(CreateBatchError::NotFound)?;
        if batch.status != BatchStatus::Open {
            return Err(CreateBatchError::NotOpen(batch.status));
        }
        if standings.is_empty() {
            return Err(CreateBatchError::NoShipments);
        }
        self.put_named(tx, id, &standings, unknown).await
    }

    async fn put_named(
        &self,
        mut tx: Tx,
        id: BatchId,
        standings: &[Standing],
        unknown: Vec<TrackingNumber>,
    ) -> Result<BatchCreated, CreateBatchError> {
        let added = put(&mut tx, id, standings, Known::Kept).await?;
        let batch = get(&mut tx, id).await?.ok_or(CreateBatchError::NotFound)?;
        tx.commit().await?;
        Ok(BatchCreated { batch, added, unknown })
    }

    /// Closes a batch, opens it again, puts it away or takes it out again.
    pub async fn change_batch(
        &self,
        tenant: TenantId,
        id: BatchId,
        to: BatchStatus,
        by: ChangedBy,
    ) -> Result<Batch, ChangeBatchError> {
        let now = self.clock.now();
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let batch = lock(&mut tx, id).await?.ok_or(ChangeBatchError::NotFound)?;
        if !batch.status.can_become(to) {
            return Err(ChangeBatchError::Illegal(batch.status, to));
        }
        if batch.filling {
            return Err(ChangeBatchError::Filling);
        }
        let closed_at = match to {
            BatchStatus::Open => None,
            BatchStatus::Closed | BatchStatus::Archived => Some(batch.closed_at.unwrap_or(now)),
        };
        let version = batch.version + 1;
        tx.execute(&SET_STATUS, bind![id, to.as_str(), version, closed_at]).await?;
        let (by_user, by_api_key) = columns(Some(by));
        let payload = StatusChanged { from: batch.status, to, by_user, by_api_key };
        self.tell(&mut tx, "batch.status_changed", id, version, now, &payload).await?;
        tx.commit().await?;
        Ok(Batch { version, status: to, closed_at, ..batch })
    }

    /// A batch without shipments, with the next number of its day.
    pub(super) async fn insert_batch(&self, tx: &mut Tx, new: &New<'_>) -> database::Result<Batch> {
        let id = BatchId::from(self.ids.next());
        let day = BatchDay::of(bogota_date(new.at));
        let number: i64 = tx.fetch_one(&NEXT_NUMBER, bind![day.0]).await?.get(0)?;
        let (by_user, by_api_key) = columns(new.by);
        let label = new.label.map(|text| text.chars().take(MAX_BATCH_LABEL).collect::<String>());
        let filling = new.import.is_some();
        let values =
            bind![id, day.0, number, label.clone(), filling, new.import, by_user, by_api_key, new.at];
        tx.execute(&INSERT, values).await?;
        let text = day.to_string();
        let payload = Created { day: &text, number, import_id: new.import, by_user, by_api_key };
        self.tell(tx, "batch.created", id, 1, self.clock.now(), &payload).await?;
        Ok(Batch {
            id,
            version: 1,
            day,
            number,
            label,
            status: BatchStatus::Open,
            filling,
            import_id: new.import,
            created_by: new.by,
            created_at: new.at,
            shipments: 0,
            reviewed: 0,
            closed_at: None,
        })
    }

    async fn tell<P: Serialize + Sync>(
        &self,
        tx: &mut Tx,
        kind: &'static str,
        id: BatchId,
        version: i64,
        now: Timestamp,
        payload: &P,
    ) -> database::Result<()> {
        let fact = NewEvent::new(kind, id.as_uuid(), version, now, payload).map_err(|error| {
            database::Error::Failed { statement: "append.sql", detail: error.to_string() }
        })?;
        event_log::append(tx, &*self.ids, now, vec![fact]).await.map(drop)
    }
}

/// The shipments with these numbers as they stand, and the numbers that are nobody's.
async fn standings(
    tx: &mut Tx,
    numbers: &[TrackingNumber],
) -> database::Result<(Vec<Standing>, Vec<TrackingNumber>)> {
    let mut unknown = numbers.to_vec();
    unknown.sort();
    unknown.dedup();
    let wanted = unknown.iter().map(|number| bind![number.as_str()]).collect();
    let mut found = Vec::new();
    for shipment in rows::lock_by_number(tx, wanted).await? {
        unknown.retain(|number| *number != shipment.tracking_number);
        found.push(Standing {
            shipment: shipment.id,
            carrier_code: shipment.carrier_code,
            status: shipment.reading.status,
            new: false,
        });
    }
    Ok((found, unknown))
}
