//! Facts that orders answer to.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use database::Tx;
use domain::{OrderId, OrderStatus, ShipmentStatus, Timestamp};
use event_log::{Event, Reaction, ReactionError};
use serde::Deserialize;

use crate::figures::Figures;
use crate::{Orders, absorb, rows};

/// A source's words for an order that its customer confirmed and that has no shipment yet, folded.
const CONFIRMED: [&str; 2] = ["CONFIRMADO", "CONFIRMADA"];

/// An order follows its shipment, along its own table of states: a shipment may skip steps, and one that goes
/// back leaves the order where it is.
pub struct FollowShipments {
    orders: Orders,
}

impl FollowShipments {
    /// Builds the reaction.
    #[must_use]
    pub fn new(orders: Orders) -> Self {
        Self { orders }
    }
}

#[derive(Deserialize)]
struct StatusChanged {
    #[serde(default)]
    order_id: Option<OrderId>,
    to: ShipmentStatus,
}

#[async_trait]
impl Reaction for FollowShipments {
    fn name(&self) -> &'static str {
        "orders.follow_shipments"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &["shipment.status_changed"]
    }

    async fn react(&self, tx: &mut Tx, events: &[Event]) -> Result<(), ReactionError> {
        let mut steps: Vec<(OrderId, OrderStatus, Timestamp)> = Vec::new();
        for event in events {
            let change: StatusChanged = event.payload()?;
            if let Some(order) = change.order_id {
                steps.push((order, status_for(change.to), event.occurred_at));
            }
        }
        let ids: BTreeSet<OrderId> = steps.iter().map(|step| step.0).collect();
        let found = rows::lock_by_id(tx, ids).await?;
        let mut orders: BTreeMap<OrderId, _> = found.into_iter().map(|order| (order.id, order)).collect();
        let now = self.orders.clock.now();
        let mut changed = BTreeSet::new();
        let (mut facts, mut figures) = (Vec::new(), Figures::default());
        for (id, status, at) in steps {
            let Some(order) = orders.get_mut(&id) else { continue };
            let before = order.status;
            if before == status || !absorb::reaches(before, status) {
                continue;
            }
            order.status = status;
            order.version += 1;
            order.updated_at = now;
            changed.insert(id);
            figures.reached(order);
            facts.extend(absorb::status_changed(order, before, at)?);
        }
        let changed: Vec<_> = orders.values().filter(|order| changed.contains(&order.id)).collect();
        rows::save_known(tx, &changed).await?;
        event_log::append(tx, &*self.orders.ids, now, facts).await?;
        figures.count(tx);
        Ok(())
    }
}

/// Where an order stands when its shipment stands there. A problem on the way does not move the order.
#[must_use]
pub fn status_for(shipment: ShipmentStatus) -> OrderStatus {
    match shipment {
        ShipmentStatus::Created | ShipmentStatus::Processing => OrderStatus::Preparing,
        ShipmentStatus::Shipped => OrderStatus::Shipped,
        ShipmentStatus::InTransit | ShipmentStatus::Issue => OrderStatus::InTransit,
        ShipmentStatus::InOffice => OrderStatus::AtDestination,
        ShipmentStatus::OutForDelivery => OrderStatus::OutForDelivery,
        ShipmentStatus::Delivered => OrderStatus::Delivered,
        ShipmentStatus::Returned => OrderStatus::Returned,
        ShipmentStatus::Cancelled => OrderStatus::Cancelled,
    }
}

/// Where an order without a tracking number stands by its source's words, which mean `shipment`. Such an order
/// waits for its customer's word unless it says that it came; words nobody knows say nothing of it.
#[must_use]
pub fn status_without_shipment(words: &str, shipment: ShipmentStatus) -> OrderStatus {
    match shipment {
        ShipmentStatus::Created | ShipmentStatus::Issue
            if CONFIRMED.contains(&domain::text::fold(words).as_str()) =>
        {
            OrderStatus::Confirmed
        }
        ShipmentStatus::Created | ShipmentStatus::Issue => OrderStatus::Pending,
        ShipmentStatus::Processing
        | ShipmentStatus::Shipped
        | ShipmentStatus::InTransit
        | ShipmentStatus::InOffice
        | ShipmentStatus::OutForDelivery
        | ShipmentStatus::Delivered
        | ShipmentStatus::Returned
        | ShipmentStatus::Cancelled => status_for(shipment),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_nobody_confirmed_is_pending() {
        for words in ["PENDIENTE", "Pendiente confirmación", "POR CONFIRMAR", "NO CONFIRMADO", ""] {
            let status = status_without_shipment(words, ShipmentStatus::Created);
            assert_eq!(status, OrderStatus::Pending, "{words}");
        }
        assert_eq!(status_without_shipment("Confirmado", ShipmentStatus::Created), OrderStatus::Confirmed);
        assert_eq!(status_without_shipment("ALGO NUNCA VISTO", ShipmentStatus::Issue), OrderStatus::Pending);
        assert_eq!(
            status_without_shipment("ALISTAMIENTO", ShipmentStatus::Processing),
            OrderStatus::Preparing
        );
        assert_eq!(status_without_shipment("CANCELADO", ShipmentStatus::Cancelled), OrderStatus::Cancelled);
    }
}
