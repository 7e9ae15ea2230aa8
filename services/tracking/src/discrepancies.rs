//! The list of shipments whose sources contradict themselves, the newest first.
//!
//! Each kind is one range of an index; the ranges are merged, so that any filter costs a few short looks.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use database::{CursorError, Page, Scope, Statement, Tx, Value, bind, page_size, sql};
use domain::{ShipmentId, TenantId, Timestamp};
use uuid::Uuid;

use crate::concern::{Concern, ConcernKind};
use crate::queue::{by_id, carrier_code, city_key};
use crate::routes::Who;
use crate::shipment::Shipment;
use crate::truth::{self, Truth};
use crate::{ChangedBy, Tracking};

const BY_KIND: Statement = sql!("discrepancies_by_kind.sql");
const BY_CARRIER: Statement = sql!("discrepancies_by_carrier.sql");
const BY_CITY: Statement = sql!("discrepancies_by_city.sql");
const COUNT: Statement = sql!("count_discrepancies.sql");
const SET_REVIEWED: Statement = sql!("set_discrepancy_reviewed.sql");
const SAVE_REVIEW: Statement = sql!("save_discrepancy_review.sql");
const REVIEWS: Statement = sql!("list_discrepancy_reviews.sql");

/// Which ones.
#[derive(Debug, Clone, Default)]
pub struct DiscrepancyFilter {
    /// Only this kind.
    pub kind: Option<ConcernKind>,
    /// Only this carrier, by code or name.
    pub carrier: Option<String>,
    /// Only this city: a municipality's code or a name.
    pub city: Option<String>,
    /// Those that somebody looked at, instead of those that nobody did.
    pub reviewed: bool,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DiscrepancyCursor {
    since: i64,
    id: ShipmentId,
}

impl fmt::Display for DiscrepancyCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.since, self.id)
    }
}

impl FromStr for DiscrepancyCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (since, id) = text.split_once('.').ok_or(CursorError)?;
        let since = since.parse().map_err(|_| CursorError)?;
        Ok(Self { since, id: id.parse().map_err(|_| CursorError)? })
    }
}

/// A shipment whose sources contradict themselves.
#[derive(Debug, Clone)]
pub struct Disputed {
    /// The shipment.
    pub shipment: Shipment,
    /// What is wrong with it.
    pub concern: Concern,
    /// Who looked at it, and when; of those that somebody did.
    pub review: Option<(Timestamp, Who)>,
    /// What each source says.
    pub truth: Truth,
}

/// Why a discrepancy was not marked.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There is no such shipment, or nothing contradicts itself.
    #[error("there is no such discrepancy")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl Tracking {
    /// A page of discrepancies, the newest first.
    pub async fn discrepancies(
        &self,
        tenant: TenantId,
        filter: &DiscrepancyFilter,
        after: Option<DiscrepancyCursor>,
        limit: u32,
    ) -> database::Result<Page<Disputed, DiscrepancyCursor>> {
        let limit = page_size(limit);
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let mut places = Vec::new();
        for kind in ConcernKind::ALL.into_iter().filter(|kind| filter.kind.is_none_or(|one| one == *kind)) {
            let (statement, values) = query(filter, kind, after, limit + 1);
            for row in tx.fetch_all(statement, values).await? {
                places.push(DiscrepancyCursor { since: row.get(0)?, id: row.id(1)? });
            }
        }
        places.sort_unstable_by(|a, b| b.cmp(a));
        let Page { items: places, next } = Page::cut(places, limit, |last| *last);
        let ids: Vec<ShipmentId> = places.iter().map(|place| place.id).collect();
        let items = self.disputed(&mut tx, &ids).await?;
        tx.commit().await?;
        Ok(Page { items, next })
    }

    /// How many there are of each kind that has any: those nobody looked at, and the others.
    pub async fn discrepancy_counts(
        &self,
        tenant: TenantId,
    ) -> database::Result<HashMap<ConcernKind, (u64, u64)>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&COUNT, bind![]).await?;
        tx.commit().await?;
        let mut counts = HashMap::<ConcernKind, (u64, u64)>::new();
        for row in &rows {
            let count = counts.entry(row.parse(0)?).or_default();
            let reviewed: bool = row.get(1)?;
            let part = if reviewed { &mut count.1 } else { &mut count.0 };
            *part = row.count(2)?;
        }
        Ok(counts)
    }

    /// Notes that somebody looked at a discrepancy as it is, or takes that back. Once the sources say something else,
    /// it is open again.
    pub async fn review_discrepancy(
        &self,
        tenant: TenantId,
        shipment: ShipmentId,
        reviewed: bool,
        by: ChangedBy,
    ) -> Result<Disputed, ReviewError> {
        let now = self.clock.now();
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let changed = tx.execute(&SET_REVIEWED, bind![shipment, reviewed]).await?;
        if changed == 1 && reviewed {
            let (user, api_key) = by.ids();
            tx.execute(&SAVE_REVIEW, bind![shipment, now, user, api_key]).await?;
        }
        let found = self.disputed(&mut tx, &[shipment]).await?.pop().ok_or(ReviewError::NotFound)?;
        tx.commit().await?;
        Ok(found)
    }

    /// Shipments with what is wrong with them, in the given order; those with nothing are left out.
    async fn disputed(&self, tx: &mut Tx, ids: &[ShipmentId]) -> database::Result<Vec<Disputed>> {
        let reader = self.status_reader(tx).await?;
        let mut shipments = by_id(tx, ids.iter().copied()).await?;
        let mut truths = truth::of_many(tx, &reader, &shipments).await?;
        let mut reviews = HashMap::new();
        for row in tx.fetch_many(&REVIEWS, ids.iter().map(|id| bind![*id]).collect()).await? {
            let who = Who { user: row.id_opt(2)?, api_key: row.id_opt(3)? };
            reviews.insert(row.id::<ShipmentId>(0)?, (row.time(1)?, who));
        }
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(shipment) = shipments.remove(id) else { continue };
            let (Some(concern), Some(truth)) = (shipment.concern, truths.remove(id)) else { continue };
            let review = reviews.remove(id).filter(|_| concern.reviewed);
            found.push(Disputed { shipment, concern, review, truth });
        }
        Ok(found)
    }
}

/// The statement whose index fits the filter, with its values.
fn query(
    filter: &DiscrepancyFilter,
    kind: ConcernKind,
    after: Option<DiscrepancyCursor>,
    limit: u32,
) -> (&'static Statement, Vec<Value>) {
    let end = DiscrepancyCursor { since: i64::MAX, id: Uuid::max().into() };
    let DiscrepancyCursor { since, id } = after.unwrap_or(end);
    let mut values = bind![kind.as_str(), filter.reviewed, since, id, limit];
    let carrier = filter.carrier.as_deref().map(carrier_code);
    match (filter.city.as_deref().map(city_key), carrier) {
        (Some(city), carrier) => {
            values.extend(bind![city, carrier]);
            (&BY_CITY, values)
        }
        (None, Some(carrier)) => {
            values.extend(bind![carrier]);
            (&BY_CARRIER, values)
        }
        (None, None) => (&BY_KIND, values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back() {
        let cursor = DiscrepancyCursor { since: -5, id: Uuid::max().into() };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "5", "x.y", "5.y"] {
            assert_eq!(bad.parse::<DiscrepancyCursor>(), Err(CursorError), "{bad}");
        }
    }
}
