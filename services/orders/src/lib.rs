//! Orders and the customers who placed them.
//!
//! Owns `orders`, `customers`. Invariants:
//!
//! * An order is known by its source and the source's own reference: the same one again is an update.
//! * A customer is a phone number; whoever has none is only written on the order.
//! * A status changes along the table of [`domain::OrderStatus`], never backwards by an old message.
//! * An order follows its shipment: see [`FollowShipments`].

mod absorb;
mod audit;
mod customers;
mod figures;
mod list;
mod order;
mod place;
mod reactions;
mod rows;
mod timeline;

use std::sync::Arc;

use database::Db;
use domain::{Clock, Ids};

pub use crate::absorb::{StatedOrder, Taken};
pub use crate::order::{Item, Order, OrderSource, Recipient};
pub use crate::place::{NewOrder, PlaceError};
pub use crate::reactions::{FollowShipments, status_for, status_without_shipment};
pub use crate::timeline::OrderEvent;

/// Use cases of this service.
#[derive(Clone)]
pub struct Orders {
    db: Db,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl Orders {
    /// Builds the service.
    #[must_use]
    pub fn new(db: Db, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self { db, clock, ids }
    }
}
