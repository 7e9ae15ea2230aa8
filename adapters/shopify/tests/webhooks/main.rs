//! Deliveries through [`shopify::ShopifyWebhooks`], as the intake sees them.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod claims;
mod orders;
mod privacy;
mod properties;
mod signatures;

use domain::time::Timestamp;
use ports::webhooks::{ShopOrder, WebhookError, WebhookMessage, WebhookSource};
use shopify::ShopifyWebhooks;

/// A minute after the last of the fixtures changed.
fn received_at() -> Timestamp {
    "2026-11-21T14:01:00Z".parse().unwrap()
}

fn parse(topic: &str, body: &[u8]) -> Result<WebhookMessage, WebhookError> {
    ShopifyWebhooks.parse(topic, body, received_at())
}

fn changed(body: &[u8]) -> ShopOrder {
    let message = parse("orders/updated", body).unwrap();
    let WebhookMessage::OrderChanged(order) = message else { panic!("no order: {message:?}") };
    *order
}
