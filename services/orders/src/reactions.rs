//! Facts that orders answer to.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use database::Tx;
use domain::{OrderId, OrderStatus, ShipmentStatus, Timestamp};
use event_log::{Event, Reaction, ReactionError};
use serde::Deserialize;

use crate::{Orders, absorb, rows};

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
                steps.push((order, status_for(change.to, true), event.occurred_at));
            }
        }
        let ids: BTreeSet<OrderId> = steps.iter().map(|step| step.0).collect();
        let found = rows::lock_by_id(tx, ids).await?;
        let mut orders: BTreeMap<OrderId, _> = found.into_iter().map(|order| (order.id, order)).collect();
        let now = self.orders.clock.now();
        let mut changed = BTreeSet::new();
        let mut facts = Vec::new();
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
            facts.extend(absorb::status_changed(order, before, at)?);
        }
        let changed: Vec<_> = orders.values().filter(|order| changed.contains(&order.id)).collect();
        rows::save(tx, &changed).await?;
        event_log::append(tx, &*self.orders.ids, now, facts).await?;
        Ok(())
    }
}

/// Where an order stands when its shipment stands there. A problem on the way does not move the order.
#[must_use]
pub fn status_for(shipment: ShipmentStatus, has_number: bool) -> OrderStatus {
    match shipment {
        ShipmentStatus::Created | ShipmentStatus::Processing if has_number => OrderStatus::Preparing,
        ShipmentStatus::Created | ShipmentStatus::Processing => OrderStatus::Confirmed,
        ShipmentStatus::Shipped => OrderStatus::Shipped,
        ShipmentStatus::InTransit | ShipmentStatus::Issue => OrderStatus::InTransit,
        ShipmentStatus::InOffice => OrderStatus::AtDestination,
        ShipmentStatus::OutForDelivery => OrderStatus::OutForDelivery,
        ShipmentStatus::Delivered => OrderStatus::Delivered,
        ShipmentStatus::Returned => OrderStatus::Returned,
        ShipmentStatus::Cancelled => OrderStatus::Cancelled,
    }
}
