//! Shopify's webhooks authenticated and understood: orders, privacy requests.
//!
//! [`ShopifyWebhooks`] proves a delivery by HMAC-SHA256 over its raw bytes and reads orders into
//! [`ports::webhooks::ShopOrder`]s. Only an order's id is required: whatever else is null, missing or of an
//! unexpected type costs that value, not the order. What forms for cash on delivery call their fields, and
//! what gateways are called, are data files in `data/`.
//!
//! Reference: Shopify, "HTTPS webhooks" and the REST-shaped Order resource that webhooks carry.

mod attributes;
mod claim;
mod issues;
mod lenient;
mod order;
mod payload;
mod payment;
mod privacy;
mod recipient;
mod signature;

use domain::time::Timestamp;
use ports::webhooks::{Claim, Headers, WebhookError, WebhookMessage, WebhookSource};
use secrecy::SecretString;
use serde::Deserialize;

use crate::lenient::{Field, Shape};

/// Largest body that is read, in bytes. The largest order of a shop stays far below.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// Reads what Shopify sends.
#[derive(Debug, Clone, Copy, Default)]
pub struct ShopifyWebhooks;

impl WebhookSource for ShopifyWebhooks {
    fn name(&self) -> &'static str {
        "shopify"
    }

    fn max_body_bytes(&self) -> usize {
        MAX_BODY_BYTES
    }

    fn account(&self, text: &str) -> Option<String> {
        claim::shop_domain(text.trim())
    }

    fn claim(&self, headers: &Headers<'_>) -> Result<Claim, WebhookError> {
        claim::read(headers)
    }

    fn authenticate(
        &self,
        headers: &Headers<'_>,
        body: &[u8],
        secrets: &[SecretString],
    ) -> Result<(), WebhookError> {
        signature::check(headers, body, secrets)
    }

    fn parse(
        &self,
        topic: &str,
        body: &[u8],
        received_at: Timestamp,
    ) -> Result<WebhookMessage, WebhookError> {
        match topic {
            "orders/create" | "orders/updated" => {
                let order = order::read(&object(body)?, received_at)?;
                Ok(WebhookMessage::OrderChanged(Box::new(order)))
            }
            "orders/cancelled" => {
                let order = order::read_cancelled(&object(body)?, received_at)?;
                Ok(WebhookMessage::OrderCancelled(Box::new(order)))
            }
            "customers/data_request" => {
                let request = privacy::read(&object(body)?);
                Ok(WebhookMessage::CustomerDataRequested(Box::new(request)))
            }
            "customers/redact" => {
                let request = privacy::read(&object(body)?);
                Ok(WebhookMessage::CustomerErasureRequested(Box::new(request)))
            }
            "shop/redact" => {
                let request = privacy::read(&object(body)?);
                let (account, account_id) = (request.account, request.account_id);
                Ok(WebhookMessage::AccountErasureRequested { account, account_id })
            }
            // Among them orders/edited, which only names the edit: orders/updated follows it with the order.
            other => Ok(WebhookMessage::Ignored { topic: other.to_owned() }),
        }
    }
}

/// Reads the body as one JSON object.
fn object<'a, T: Shape<'a>>(body: &'a [u8]) -> Result<T, WebhookError> {
    if body.len() > MAX_BODY_BYTES {
        return Err(WebhookError::TooLarge { limit: MAX_BODY_BYTES });
    }
    // Checked once for the whole body, which is faster than for each string in it.
    let text =
        std::str::from_utf8(body).map_err(|error| malformed(format!("utf8:{}", error.valid_up_to())))?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Field::<T>::deserialize(&mut reader).and_then(|field| reader.end().map(|()| field));
    match read {
        Ok(Field::Is(object)) => Ok(object),
        Ok(Field::Absent | Field::WrongType) => Err(malformed("not_an_object".to_owned())),
        // The error's own text could quote the body.
        Err(error) => Err(malformed(format!("json:{}:{}", error.line(), error.column()))),
    }
}

fn malformed(detail: String) -> WebhookError {
    WebhookError::Malformed { detail }
}
