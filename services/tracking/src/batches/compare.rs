//! Two batches beside each other: what came, what went, what changed.

use database::{Page, Scope, Statement, Tx, bind, page_size, sql};
use domain::{BatchId, ShipmentId, ShipmentStatus, TenantId};

use super::get;
use crate::shipment::Shipment;
use crate::{Tracking, queue};

const COMPARE: Statement = sql!("compare_batches.sql");
const CHANGES: Statement = sql!("list_batch_changes.sql");
const ONLY_IN: Statement = sql!("list_only_in_batch.sql");

/// How a later batch differs from an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchComparison {
    /// Only the later one has them.
    pub new: u64,
    /// Only the earlier one has them.
    pub vanished: u64,
    /// Both have them, under different statuses.
    pub changed: u64,
    /// Both have them, under the same status.
    pub unchanged: u64,
    /// The changes: status in the earlier one, status in the later one, how many.
    pub changes: Vec<(ShipmentStatus, ShipmentStatus, u64)>,
}

/// A way in which a shipment differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// Only the later batch has it.
    New,
    /// Only the earlier batch has it.
    Vanished,
    /// Its status changed.
    Changed,
}

/// The text is none of the known differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("new, vanished or changed")]
pub struct UnknownDifference;

impl std::str::FromStr for Difference {
    type Err = UnknownDifference;

    fn from_str(text: &str) -> Result<Self, UnknownDifference> {
        match text {
            "new" => Ok(Self::New),
            "vanished" => Ok(Self::Vanished),
            "changed" => Ok(Self::Changed),
            _ => Err(UnknownDifference),
        }
    }
}

/// A shipment that differs.
#[derive(Debug, Clone)]
pub struct ComparedShipment {
    /// As it is now.
    pub shipment: Shipment,
    /// Its status in the earlier batch.
    pub before: Option<ShipmentStatus>,
    /// Its status in the later batch.
    pub after: Option<ShipmentStatus>,
}

impl Tracking {
    /// Counts the differences of two batches; none when one of them does not exist.
    pub async fn compare_batches(
        &self,
        tenant: TenantId,
        earlier: BatchId,
        later: BatchId,
    ) -> database::Result<Option<BatchComparison>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let Some((old, new)) = get(&mut tx, earlier).await?.zip(get(&mut tx, later).await?) else {
            return Ok(None);
        };
        let rows = tx.fetch_all(&COMPARE, bind![earlier, later]).await?;
        tx.commit().await?;
        let (mut unchanged, mut changes) = (0, Vec::new());
        for row in &rows {
            let (before, after): (ShipmentStatus, ShipmentStatus) = (row.parse(0)?, row.parse(1)?);
            let count = row.count(2)?;
            if before == after {
                unchanged += count;
            } else {
                changes.push((before, after, count));
            }
        }
        let changed: u64 = changes.iter().map(|(_, _, count)| count).sum();
        let both = unchanged + changed;
        Ok(Some(BatchComparison {
            new: new.shipments.saturating_sub(both),
            vanished: old.shipments.saturating_sub(both),
            changed,
            unchanged,
            changes,
        }))
    }

    /// A page of the shipments that differ in one way, in the order in which they became known; none when one of
    /// the batches does not exist.
    pub async fn compared_shipments(
        &self,
        tenant: TenantId,
        (earlier, later): (BatchId, BatchId),
        difference: Difference,
        after: Option<ShipmentId>,
        limit: u32,
    ) -> database::Result<Option<Page<ComparedShipment, ShipmentId>>> {
        let limit = page_size(limit);
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        if get(&mut tx, earlier).await?.is_none() || get(&mut tx, later).await?.is_none() {
            return Ok(None);
        }
        let from = after.map_or(uuid::Uuid::nil(), ShipmentId::as_uuid);
        let found = differing(&mut tx, earlier, later, difference, from, limit + 1).await?;
        let Page { items, next } = Page::cut(found, limit, |last: &Place| last.0);
        let mut shipments = queue::by_id(&mut tx, items.iter().map(|place| place.0)).await?;
        tx.commit().await?;
        let items = items
            .into_iter()
            .filter_map(|(id, before, after)| {
                Some(ComparedShipment { shipment: shipments.remove(&id)?, before, after })
            })
            .collect();
        Ok(Some(Page { items, next }))
    }
}

type Place = (ShipmentId, Option<ShipmentStatus>, Option<ShipmentStatus>);

async fn differing(
    tx: &mut Tx,
    earlier: BatchId,
    later: BatchId,
    difference: Difference,
    from: uuid::Uuid,
    limit: u32,
) -> database::Result<Vec<Place>> {
    let rows = match difference {
        Difference::Changed => tx.fetch_all(&CHANGES, bind![earlier, later, from, limit]).await?,
        Difference::New => tx.fetch_all(&ONLY_IN, bind![later, earlier, from, limit]).await?,
        Difference::Vanished => tx.fetch_all(&ONLY_IN, bind![earlier, later, from, limit]).await?,
    };
    rows.iter()
        .map(|row| {
            let (id, status) = (row.id(0)?, row.parse(1)?);
            Ok(match difference {
                Difference::Changed => (id, Some(status), Some(row.parse(2)?)),
                Difference::New => (id, None, Some(status)),
                Difference::Vanished => (id, Some(status), None),
            })
        })
        .collect()
}
