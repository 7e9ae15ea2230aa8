//! What happened to an order.

use database::Scope;
use domain::{OrderId, TenantId, Timestamp};
use serde::Deserialize;

use crate::Orders;

/// A step of an order's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderEvent {
    /// What happened: `order.placed`, `order.status_changed`.
    pub kind: String,
    /// The state before, if it changed.
    pub from: Option<String>,
    /// The state after.
    pub to: Option<String>,
    /// When it happened in the world.
    pub occurred_at: Timestamp,
    /// When it was recorded here.
    pub recorded_at: Timestamp,
}

/// What the payloads of an order's facts have in common.
#[derive(Default, Deserialize)]
struct Payload {
    status: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

impl Orders {
    /// The history of an order, oldest first; empty for an unknown one.
    pub async fn timeline(&self, tenant: TenantId, id: OrderId) -> database::Result<Vec<OrderEvent>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let events = event_log::of_entity(&mut tx, id.as_uuid()).await?;
        tx.commit().await?;
        let steps = events.into_iter().map(|event| {
            // A fact that another release wrote differently is shown without its states.
            let payload: Payload = event.payload().unwrap_or_default();
            OrderEvent {
                kind: event.kind,
                from: payload.from,
                to: payload.to.or(payload.status),
                occurred_at: event.occurred_at,
                recorded_at: event.recorded_at,
            }
        });
        Ok(steps.collect())
    }
}
