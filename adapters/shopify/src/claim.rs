//! What the headers of a delivery say.

use domain::time::{Timestamp, from_micros, micros};
use ports::webhooks::{Claim, Headers, WebhookError};

const TOPIC: &str = "x-shopify-topic";
const SHOP: &str = "x-shopify-shop-domain";
const DELIVERY: &str = "x-shopify-webhook-id";
const EVENT: &str = "x-shopify-event-id";
const TRIGGERED: &str = "x-shopify-triggered-at";

/// Ids are UUIDs and topics two words; this leaves room for both to change.
const MAX_TOKEN_BYTES: usize = 128;
/// Longest label of a domain name (RFC 1035, section 2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// Reads the headers; a moment that is not one is left out, because nothing hangs on it.
pub(crate) fn read(headers: &Headers<'_>) -> Result<Claim, WebhookError> {
    let shop = required(headers, SHOP)?;
    Ok(Claim {
        delivery_id: token(headers, DELIVERY)?,
        account: shop_domain(shop).ok_or(WebhookError::BadHeader { name: SHOP })?,
        topic: token(headers, TOPIC)?,
        triggered_at: headers.get(TRIGGERED).and_then(moment),
        event_id: headers.get(EVENT).filter(|id| is_token(id)).map(str::to_owned),
    })
}

/// A shop's permanent domain, in small letters: `^[a-zA-Z0-9][a-zA-Z0-9-]*\.myshopify\.com$`.
pub(crate) fn shop_domain(text: &str) -> Option<String> {
    let domain = text.to_ascii_lowercase();
    let label = domain.strip_suffix(".myshopify.com")?;
    let well_formed = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let valid = well_formed && !label.is_empty() && !label.starts_with('-') && label.len() <= MAX_LABEL_BYTES;
    valid.then_some(domain)
}

/// A moment in RFC 3339, in whole microseconds as both databases store it.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok().map(|at| from_micros(micros(at)))
}

fn token(headers: &Headers<'_>, name: &'static str) -> Result<String, WebhookError> {
    let value = required(headers, name)?;
    if is_token(value) { Ok(value.to_owned()) } else { Err(WebhookError::BadHeader { name }) }
}

fn required<'a>(headers: &Headers<'a>, name: &'static str) -> Result<&'a str, WebhookError> {
    headers.get(name).filter(|value| !value.is_empty()).ok_or(WebhookError::MissingHeader { name })
}

fn is_token(value: &str) -> bool {
    (1..=MAX_TOKEN_BYTES).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_of_shops() {
        for (text, domain) in [
            ("example.myshopify.com", "example.myshopify.com"),
            ("Mi-Tienda-2.MyShopify.com", "mi-tienda-2.myshopify.com"),
            ("0a.myshopify.com", "0a.myshopify.com"),
        ] {
            assert_eq!(shop_domain(text).as_deref(), Some(domain));
        }
        for text in [
            "",
            ".myshopify.com",
            "-a.myshopify.com",
            "a.b.myshopify.com",
            "a_b.myshopify.com",
            "example.com",
            "myshopify.com",
            "example.myshopify.com.evil.com",
            "example.myshopify.com/",
            "evil.com/.myshopify.com",
            "ñandu.myshopify.com",
            " example.myshopify.com",
            "example.myshopify.com\n",
        ] {
            assert_eq!(shop_domain(text), None, "{text}");
        }
        assert_eq!(shop_domain(&format!("{}.myshopify.com", "a".repeat(64))), None);
    }

    #[test]
    fn moments_keep_their_offset_and_whole_microseconds() {
        let at = moment("2026-11-20T15:04:05.123456789-05:00").unwrap();
        assert_eq!(at.to_string(), "2026-11-20T20:04:05.123456Z");
        assert_eq!(moment("20/11/2026"), None);
        assert_eq!(moment("2026-11-20T15:04:05"), None);
    }
}
