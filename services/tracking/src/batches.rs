//! Batches: shipments that came with one file, or that somebody chose, worked through together.
//!
//! A batch keeps the status under which each of its shipments came in; what happened since is the shipment's own.

mod audit;
mod compare;
mod create;
mod fill;
mod review;

use std::fmt;
use std::str::FromStr;

use database::{CursorError, Page, Row, Scope, Statement, Tx, bind, page_size, sql};
use domain::{
    ApiKeyId, BatchId, BatchStatus, Date, ImportId, ShipmentId, ShipmentStatus, TenantId, Timestamp, UserId,
};

pub(crate) use self::audit::audit;
pub use self::compare::{BatchComparison, ComparedShipment, Difference, UnknownDifference};
pub use self::create::{
    BatchCreated, ChangeBatchError, CreateBatchError, MAX_BATCH_LABEL, MAX_BATCH_NUMBERS, is_batch_label,
};
pub use self::fill::{BatchOrigin, Standing};
pub use self::review::{MAX_REVIEWS, Reviewed};
use crate::shipment::Shipment;
use crate::{ChangedBy, Tracking, queue};

const GET: Statement = sql!("parts/batch.sql" + "get_batch.sql");
const LOCK: Statement = sql!("parts/batch.sql" + "lock_batch.sql", postgres: "lock_batch.postgres.sql");
const OF_IMPORT: Statement = sql!("parts/batch.sql" + "get_import_batch.sql");
const LIST: Statement = sql!("parts/batch.sql" + "list_batches.sql");
const COUNTS: Statement = sql!("list_batch_counts.sql");
const COUNT_NOW: Statement = sql!("count_batch_now.sql");
const SHIPMENTS: Statement = sql!("list_batch_shipments.sql");

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    pub(crate) version: i64,
    /// The day it was made, in Bogotá.
    pub day: BatchDay,
    /// Which of the day, from 1.
    pub number: i64,
    /// The file's name, or what its maker called it.
    pub label: Option<String>,
    /// Whether people work on it.
    pub status: BatchStatus,
    /// Whether the import that makes it still runs.
    pub filling: bool,
    /// The import that made it; none when a person chose the shipments.
    pub import_id: Option<ImportId>,
    /// Who made it.
    pub created_by: Option<ChangedBy>,
    /// When.
    pub created_at: Timestamp,
    /// Its shipments.
    pub shipments: u64,
    /// Those that somebody looked at.
    pub reviewed: u64,
    /// When it was closed, unless it is open.
    pub closed_at: Option<Timestamp>,
}

/// A calendar day, as 20260305.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BatchDay(i64);

impl BatchDay {
    /// A day.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self(i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day()))
    }
}

/// As in ISO 8601: `2026-03-05`.
impl fmt::Display for BatchDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0 / 10_000, self.0 / 100 % 100, self.0 % 100)
    }
}

/// Where a page of batches ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchCursor {
    day: i64,
    number: i64,
}

impl fmt::Display for BatchCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.day, self.number)
    }
}

impl FromStr for BatchCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let (day, number) = text.split_once('.').ok_or(CursorError)?;
        let parse = |text: &str| text.parse().map_err(|_| CursorError);
        Ok(Self { day: parse(day)?, number: parse(number)? })
    }
}

/// Shipments of a carrier in a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierProgress {
    /// Code of the carrier.
    pub carrier_code: String,
    /// All.
    pub shipments: u64,
    /// Those that somebody looked at.
    pub reviewed: u64,
    /// By the status under which they came in.
    pub loaded: Vec<(ShipmentStatus, u64)>,
    /// By the status they have now.
    pub now: Vec<(ShipmentStatus, u64)>,
}

/// Which shipments of a batch.
#[derive(Debug, Clone, Default)]
pub struct BatchFilter {
    /// Only this carrier, by code.
    pub carrier: Option<String>,
    /// Only those that came in under this status.
    pub loaded: Option<ShipmentStatus>,
    /// Only those that somebody looked at, or only the others.
    pub reviewed: Option<bool>,
}

/// A shipment of a batch.
#[derive(Debug, Clone)]
pub struct BatchShipment {
    /// As it is now.
    pub shipment: Shipment,
    /// The status under which it came in.
    pub loaded: ShipmentStatus,
    /// Who looked at it, and when.
    pub review: Option<Review>,
}

/// Somebody looked at a shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Review {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: ChangedBy,
}

/// A row of `batch_shipments`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Member {
    shipment: ShipmentId,
    carrier_code: String,
    status: ShipmentStatus,
    review: Option<Review>,
}

impl Tracking {
    /// A page of batches after a cursor, the newest day first and its last number first.
    pub async fn batches(
        &self,
        tenant: TenantId,
        status: Option<BatchStatus>,
        after: Option<BatchCursor>,
        limit: u32,
    ) -> database::Result<Page<Batch, BatchCursor>> {
        let limit = page_size(limit);
        let from = after.unwrap_or(BatchCursor { day: i64::MAX, number: i64::MAX });
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let values = bind![from.day, from.number, status.map(BatchStatus::as_str), limit + 1];
        let found = tx.fetch_all(&LIST, values).await?;
        tx.commit().await?;
        let items = found.iter().map(read).collect::<database::Result<_>>()?;
        Ok(Page::cut(items, limit, |last: &Batch| BatchCursor { day: last.day.0, number: last.number }))
    }

    /// One batch.
    pub async fn batch(&self, tenant: TenantId, id: BatchId) -> database::Result<Option<Batch>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = get(&mut tx, id).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// The batch that an import made, if it brought any shipment.
    pub async fn batch_of_import(
        &self,
        tenant: TenantId,
        import: ImportId,
    ) -> database::Result<Option<Batch>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_optional(&OF_IMPORT, bind![import]).await?;
        tx.commit().await?;
        found.as_ref().map(read).transpose()
    }

    /// How far a batch is, by carrier; the carrier is the one under which a shipment came in.
    pub async fn batch_progress(
        &self,
        tenant: TenantId,
        id: BatchId,
    ) -> database::Result<Option<Vec<CarrierProgress>>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        if get(&mut tx, id).await?.is_none() {
            return Ok(None);
        }
        let loaded = tx.fetch_all(&COUNTS, bind![id]).await?;
        let now = tx.fetch_all(&COUNT_NOW, bind![id]).await?;
        tx.commit().await?;
        let mut all = Vec::new();
        for row in &loaded {
            let (status, count) = (row.parse(1)?, row.count(2)?);
            let carrier = carrier(&mut all, row.get(0)?);
            carrier.shipments += count;
            carrier.reviewed += row.count(3)?;
            carrier.loaded.push((status, count));
        }
        for row in &now {
            let counted = (row.parse(1)?, row.count(2)?);
            carrier(&mut all, row.get(0)?).now.push(counted);
        }
        Ok(Some(all))
    }

    /// A page of a batch's shipments after a cursor, in the order in which they became known.
    pub async fn batch_shipments(
        &self,
        tenant: TenantId,
        id: BatchId,
        filter: &BatchFilter,
        after: Option<ShipmentId>,
        limit: u32,
    ) -> database::Result<Option<Page<BatchShipment, ShipmentId>>> {
        let limit = page_size(limit);
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        if get(&mut tx, id).await?.is_none() {
            return Ok(None);
        }
        let carrier = filter.carrier.as_deref().map(queue::carrier_code);
        let loaded = filter.loaded.map(ShipmentStatus::as_str);
        let from = after.map_or(uuid::Uuid::nil(), ShipmentId::as_uuid);
        let values = bind![id, from, carrier, loaded, filter.reviewed, limit + 1];
        let found = tx.fetch_all(&SHIPMENTS, values).await?;
        let members = found.iter().map(Member::read).collect::<database::Result<Vec<_>>>()?;
        let Page { items: members, next } = Page::cut(members, limit, |last: &Member| last.shipment);
        let ids = members.iter().map(|member| member.shipment);
        let mut shipments = queue::by_id(&mut tx, ids).await?;
        tx.commit().await?;
        let items = members
            .into_iter()
            .filter_map(|member| {
                let shipment = shipments.remove(&member.shipment)?;
                Some(BatchShipment { shipment, loaded: member.status, review: member.review })
            })
            .collect();
        Ok(Some(Page { items, next }))
    }
}

fn carrier(all: &mut Vec<CarrierProgress>, code: String) -> &mut CarrierProgress {
    let at = all.iter().position(|one| one.carrier_code == code).unwrap_or_else(|| {
        all.push(CarrierProgress {
            carrier_code: code,
            shipments: 0,
            reviewed: 0,
            loaded: Vec::new(),
            now: Vec::new(),
        });
        all.len() - 1
    });
    &mut all[at]
}

async fn get(tx: &mut Tx, id: BatchId) -> database::Result<Option<Batch>> {
    tx.fetch_optional(&GET, bind![id]).await?.as_ref().map(read).transpose()
}

/// A batch, nobody else's to change until the commit.
async fn lock(tx: &mut Tx, id: BatchId) -> database::Result<Option<Batch>> {
    tx.fetch_optional(&LOCK, bind![id]).await?.as_ref().map(read).transpose()
}

/// A batch from the columns of `parts/batch.sql`.
fn read(row: &Row) -> database::Result<Batch> {
    Ok(Batch {
        id: row.id(0)?,
        version: row.get(1)?,
        day: BatchDay(row.get(2)?),
        number: row.get(3)?,
        label: row.get(4)?,
        status: row.parse(5)?,
        filling: row.get(6)?,
        import_id: row.id_opt(7)?,
        created_by: who(row, 8)?,
        created_at: row.time(10)?,
        shipments: row.count(11)?,
        reviewed: row.count(12)?,
        closed_at: row.time_opt(13)?,
    })
}

/// A person's column and the program's after it.
fn who(row: &Row, index: usize) -> database::Result<Option<ChangedBy>> {
    let person = row.id_opt(index)?.map(ChangedBy::User);
    Ok(person.or(row.id_opt(index + 1)?.map(ChangedBy::ApiKey)))
}

/// The two columns of who did something.
fn columns(by: Option<ChangedBy>) -> (Option<UserId>, Option<ApiKeyId>) {
    match by {
        Some(ChangedBy::User(id)) => (Some(id), None),
        Some(ChangedBy::ApiKey(id)) => (None, Some(id)),
        None => (None, None),
    }
}

impl Member {
    fn read(row: &Row) -> database::Result<Self> {
        let by = who(row, 4)?;
        let at = row.time_opt(3)?;
        Ok(Self {
            shipment: row.id(0)?,
            carrier_code: row.get(1)?,
            status: row.parse(2)?,
            review: at.zip(by).map(|(at, by)| Review { at, by }),
        })
    }

    /// In the order of `save_batch_shipments.sql`.
    fn row(&self, batch: BatchId) -> Vec<database::Value> {
        let (user, key) = columns(self.review.map(|review| review.by));
        bind![
            batch,
            self.shipment,
            &self.carrier_code,
            self.status.as_str(),
            self.review.map(|review| review.at),
            user,
            key,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_number_and_reads_as_a_date() {
        let day = BatchDay::of(domain::Date::constant(2026, 3, 5));
        assert_eq!((day, day.to_string().as_str()), (BatchDay(20_260_305), "2026-03-05"));
    }

    #[test]
    fn a_cursor_reads_back() {
        let cursor = BatchCursor { day: 20_260_305, number: 12 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "1", "1.", ".1", "1.2.3", "a.1"] {
            assert_eq!(bad.parse::<BatchCursor>(), Err(CursorError), "{bad}");
        }
    }
}
