//! Marks: somebody looked at a shipment of a batch.

use database::{Scope, bind};
use domain::{BatchId, BatchStatus, ShipmentId, TenantId};

use super::fill::{find, replace};
use super::{CreateBatchError, Member, Review, get, lock};
use crate::{ChangedBy, Tracking};

/// Most shipments that one call marks.
pub const MAX_REVIEWS: usize = 500;

/// What marking did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// Shipments whose mark changed: what there is to take back.
    pub changed: Vec<ShipmentId>,
    /// Shipments that the batch does not have.
    pub missing: u64,
    /// Reviewed ones of the batch, afterwards.
    pub reviewed: u64,
}

impl Tracking {
    /// Marks shipments of an open batch as reviewed, or takes the mark back. One that is marked keeps who marked it
    /// first, and when.
    pub async fn review(
        &self,
        tenant: TenantId,
        id: BatchId,
        shipments: &[ShipmentId],
        reviewed: bool,
        by: ChangedBy,
    ) -> Result<Reviewed, CreateBatchError> {
        let now = self.clock.now();
        let mut wanted = shipments.to_vec();
        wanted.sort();
        wanted.dedup();
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let batch = lock(&mut tx, id).await?.ok_or(CreateBatchError::NotFound)?;
        if batch.status != BatchStatus::Open {
            return Err(CreateBatchError::NotOpen(batch.status));
        }
        let found = find(&mut tx, wanted.iter().map(|shipment| bind![id, *shipment]).collect()).await?;
        let missing = (wanted.len() - found.len()) as u64;
        let mut changed = Vec::new();
        for before in found.into_values() {
            if before.review.is_some() != reviewed {
                let review = reviewed.then_some(Review { at: now, by });
                let after = Member { review, ..before.clone() };
                changed.push((before, after));
            }
        }
        changed.sort_by_key(|(before, _)| before.shipment);
        replace(&mut tx, &batch, &changed).await?;
        let after = get(&mut tx, id).await?.ok_or(CreateBatchError::NotFound)?;
        tx.commit().await?;
        let changed = changed.iter().map(|(before, _)| before.shipment).collect();
        Ok(Reviewed { changed, missing, reviewed: after.reviewed })
    }
}
