//! An order that somebody enters, or a program sends.

use database::Scope;
use domain::{City, Money, OrderId, Phone, TenantId, Timestamp};

use crate::absorb::StatedOrder;
use crate::order::{Item, OrderSource};
use crate::{Orders, rows};

/// An order about to be placed.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// The caller's own reference, unique among the orders of its source; without one, the order's id.
    pub reference: Option<String>,
    /// Who gets it.
    pub recipient_name: String,
    /// The recipient's phone.
    pub phone: Phone,
    /// The recipient's e-mail.
    pub email: Option<String>,
    /// The recipient's address.
    pub address: String,
    /// Where it goes.
    pub city: City,
    /// What the customer pays.
    pub total: Option<Money>,
    /// How: `cod` or `prepaid`.
    pub payment_method: String,
    /// What was ordered.
    pub items: Vec<Item>,
    /// Which shop.
    pub store: Option<String>,
    /// Whether somebody is only trying things out.
    pub test: bool,
    /// When it was placed; now if absent.
    pub placed_at: Option<Timestamp>,
}

/// Why an order was not placed.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// There is one of the same source and reference.
    #[error("there is an order with this reference already")]
    Exists(OrderId),
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl Orders {
    /// Places an order, pending. A repetition with the same reference is refused and names the first, so
    /// that whoever lost the answer may ask again.
    pub async fn place(
        &self,
        tenant: TenantId,
        source: OrderSource,
        order: NewOrder,
    ) -> Result<OrderId, PlaceError> {
        let reference = order.reference.clone().unwrap_or_else(|| self.ids.next().to_string());
        // Somebody who tries things out must not take the references of real orders.
        let reference = if order.test { format!("test:{reference}") } else { reference };
        let stated = stated(source, &reference, order, self.clock.now());
        match self.place_unless_known(tenant, &stated).await {
            // Another writer placed it between the look and the insert.
            Err(PlaceError::Database(error)) if error.is_duplicate() => {
                self.place_unless_known(tenant, &stated).await
            }
            placed => placed,
        }
    }

    async fn place_unless_known(
        &self,
        tenant: TenantId,
        stated: &StatedOrder,
    ) -> Result<OrderId, PlaceError> {
        // Before the transaction: a key that is not in memory yet takes a connection of its own.
        self.db.keyring().tenant(&self.db, tenant).await?;
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let wanted = database::bind![stated.source.as_str(), &stated.external_ref];
        if let Some(known) = rows::lock_by_ref(&mut tx, vec![wanted]).await?.first() {
            return Err(PlaceError::Exists(known.id));
        }
        let taken = self.take_in(&mut tx, tenant, std::slice::from_ref(stated)).await?;
        tx.commit().await?;
        taken.ids.first().copied().ok_or(PlaceError::Database(database::Error::NoRow))
    }
}

fn stated(source: OrderSource, reference: &str, order: NewOrder, now: Timestamp) -> StatedOrder {
    StatedOrder {
        source,
        external_ref: reference.to_owned(),
        number: order.reference,
        status: None,
        recipient_name: Some(order.recipient_name),
        phone: Some(order.phone),
        email: order.email,
        address: Some(order.address),
        city: order.city,
        total: order.total,
        payment_method: Some(order.payment_method),
        carrier: None,
        tracking_number: None,
        items: order.items,
        seller: None,
        store: order.store,
        test: order.test,
        placed_at: order.placed_at,
        as_of: now,
        trace: None,
    }
}
