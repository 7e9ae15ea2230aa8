//! Orders.

pub(crate) mod events;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod place;

use database::TenantKeys;
use domain::OrderStatus;
use serde::Serialize;
use tracking::ActivePauses;
use utoipa::ToSchema;

use crate::masking;
use crate::view::{City, Money, Recipient, moment};

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Order {
    id: String,
    number: String,
    /// dropi, shopify, manual or api.
    source: String,
    /// PENDING, CONFIRMED, PREPARING, SHIPPED, IN_TRANSIT, AT_DESTINATION, OUT_FOR_DELIVERY, DELIVERED, RETURNED, CANCELLED or REFUNDED.
    #[schema(value_type = String, example = "PENDING")]
    status: &'static str,
    customer: Recipient,
    city: City,
    total: Option<Money>,
    payment_method: String,
    /// Whether it waits to be dispatched to a city that is paused, or with a carrier that is paused there.
    route_paused: bool,
    carrier_code: Option<String>,
    tracking_number: Option<String>,
    items: Vec<Item>,
    seller: Option<String>,
    store: Option<String>,
    /// Whether it is a test of the shop's owner.
    test: bool,
    /// Null for callers who see masked data.
    address: Option<String>,
    #[schema(format = DateTime)]
    placed_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderItem)]
struct Item {
    name: String,
    variation: Option<String>,
    sku: Option<String>,
    quantity: i64,
}

fn describe(
    stored: ::orders::Order,
    keys: &TenantKeys,
    masked: bool,
    pauses: &ActivePauses,
) -> database::Result<Order> {
    let waits = match stored.status {
        OrderStatus::Pending | OrderStatus::Confirmed | OrderStatus::Preparing => true,
        OrderStatus::Shipped
        | OrderStatus::InTransit
        | OrderStatus::AtDestination
        | OrderStatus::OutForDelivery
        | OrderStatus::Delivered
        | OrderStatus::Returned
        | OrderStatus::Cancelled
        | OrderStatus::Refunded => false,
    };
    let city = stored.city_code.as_deref().unwrap_or_default();
    let carrier = stored.carrier_code.as_deref().unwrap_or_default();
    let route_paused = waits && pauses.hold(city, carrier);
    let name = stored.recipient.name(keys)?.map(|name| masking::name(name, masked));
    let phone = stored.recipient.phone(keys)?.map(|phone| masking::phone(phone, masked));
    let address = masking::address(stored.recipient.address(keys)?, masked);
    Ok(Order {
        id: stored.id.to_string(),
        number: stored.number,
        source: stored.source,
        status: stored.status.as_str(),
        customer: Recipient { name, phone, masked },
        city: City {
            name: stored.city_name,
            department: stored.city_department,
            dane_code: stored.city_code,
            ambiguous: stored.city_ambiguous,
        },
        total: stored.total.map(Money::from),
        payment_method: stored.payment_method,
        route_paused,
        carrier_code: stored.carrier_code,
        tracking_number: stored.tracking_number,
        items: stored
            .items
            .into_iter()
            .map(|item| Item {
                name: item.name,
                variation: item.variation,
                sku: item.sku,
                quantity: item.quantity,
            })
            .collect(),
        seller: stored.seller,
        store: stored.store,
        test: stored.test,
        address,
        placed_at: moment(stored.placed_at),
        updated_at: moment(stored.updated_at),
    })
}
