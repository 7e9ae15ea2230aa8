//! A shipment's events, newest first.

use database::{Page, Row, Scope, Statement, TimeCursor, bind, page_size, sql};
use domain::{ExceptionReason, ImportId, ShipmentEventId, ShipmentId, ShipmentStatus, TenantId, Timestamp};

use crate::Tracking;

const LIST: Statement = sql!("list_events.sql");

/// One event of a shipment.
#[derive(Debug, Clone)]
pub struct TimelineEvent {
    /// Its id.
    pub id: ShipmentEventId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When we heard of it.
    pub received_at: Timestamp,
    /// What it means.
    pub status: ShipmentStatus,
    /// Whether the phrase is in a table.
    pub status_known: bool,
    /// Why, when it is a problem.
    pub reason: ExceptionReason,
    /// The source's words for the status.
    pub raw_status: String,
    /// Words of the movement.
    pub movement_text: Option<String>,
    /// The carrier's note.
    pub novelty: Option<String>,
    /// Where.
    pub city: Option<String>,
    /// Who said it.
    pub source: String,
    /// Whether it came too late to count.
    pub out_of_order: bool,
    /// The import it came with.
    pub import_id: Option<ImportId>,
}

impl Tracking {
    /// A page of a shipment's events after a cursor, newest first.
    pub async fn timeline(
        &self,
        tenant: TenantId,
        shipment: ShipmentId,
        after: Option<TimeCursor>,
        limit: u32,
    ) -> database::Result<Page<TimelineEvent, TimeCursor>> {
        let limit = page_size(limit);
        let from = after.unwrap_or(TimeCursor::NEWEST);
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![shipment, from.at, from.id, limit + 1]).await?;
        tx.commit().await?;
        let items = rows.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Page::cut(items, limit, |event: &TimelineEvent| TimeCursor::after(event.occurred_at, event.id)))
    }
}

fn read(row: &Row) -> database::Result<TimelineEvent> {
    Ok(TimelineEvent {
        id: row.id(0)?,
        occurred_at: row.time(1)?,
        received_at: row.time(2)?,
        status: row.parse(3)?,
        status_known: row.get(4)?,
        reason: row.parse(5)?,
        raw_status: row.get(6)?,
        movement_text: row.get(7)?,
        novelty: row.get(8)?,
        city: row.get(9)?,
        source: row.get(10)?,
        out_of_order: row.get(11)?,
        import_id: row.id_opt(12)?,
    })
}
