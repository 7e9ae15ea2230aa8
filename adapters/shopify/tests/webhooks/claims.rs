//! What the headers say.

use ports::webhooks::{Headers, WebhookError, WebhookSource};
use shopify::ShopifyWebhooks;

const SENT: [(&str, &str); 6] = [
    ("X-Shopify-Topic", "orders/create"),
    ("X-Shopify-Shop-Domain", "Example.myshopify.com"),
    ("X-Shopify-Webhook-Id", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"),
    ("X-Shopify-Event-Id", "98880550-7158-44d4-b7cd-2c97c8a091b5"),
    ("X-Shopify-Triggered-At", "2026-11-20T20:04:06.123Z"),
    ("X-Shopify-API-Version", "2026-10"),
];

fn without(name: &str) -> Headers<'static> {
    SENT.into_iter().filter(|(sent, _)| *sent != name).collect()
}

fn with(name: &'static str, value: &'static str) -> Headers<'static> {
    let mut headers = without(name);
    headers.insert(name, value);
    headers
}

#[test]
fn a_delivery_says_who_what_and_when() {
    let lower: Vec<(String, &str)> = SENT.map(|(name, value)| (name.to_lowercase(), value)).into();
    for headers in
        [SENT.into_iter().collect(), lower.iter().map(|(name, value)| (name.as_str(), *value)).collect()]
    {
        let claim = ShopifyWebhooks.claim(&headers).unwrap();
        assert_eq!(claim.account, "example.myshopify.com");
        assert_eq!(claim.topic, "orders/create");
        assert_eq!(claim.delivery_id, "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043");
        assert_eq!(claim.event_id.as_deref(), Some("98880550-7158-44d4-b7cd-2c97c8a091b5"));
        assert_eq!(claim.triggered_at.unwrap().to_string(), "2026-11-20T20:04:06.123Z");
    }
    assert_eq!(ShopifyWebhooks.name(), "shopify");
}

#[test]
fn what_is_needed_is_asked_for() {
    for (sent, name) in [
        ("X-Shopify-Topic", "x-shopify-topic"),
        ("X-Shopify-Shop-Domain", "x-shopify-shop-domain"),
        ("X-Shopify-Webhook-Id", "x-shopify-webhook-id"),
    ] {
        let missing = Err(WebhookError::MissingHeader { name });
        assert_eq!(ShopifyWebhooks.claim(&without(sent)), missing);
        assert_eq!(ShopifyWebhooks.claim(&with(sent, "")), missing);
        let bad = Err(WebhookError::BadHeader { name });
        assert_eq!(ShopifyWebhooks.claim(&with(sent, "two words")), bad);
        assert_eq!(ShopifyWebhooks.claim(&with(sent, "ñ")), bad);
        let mut twice = SENT.into_iter().collect::<Headers<'_>>();
        twice.insert(sent, "other.myshopify.com");
        assert_eq!(ShopifyWebhooks.claim(&twice), missing);
    }
}

#[test]
fn what_is_not_needed_may_be_missing_or_wrong() {
    let claim = ShopifyWebhooks.claim(&with("X-Shopify-Triggered-At", "yesterday")).unwrap();
    assert_eq!(claim.triggered_at, None);
    assert_eq!(ShopifyWebhooks.claim(&without("X-Shopify-Event-Id")).unwrap().event_id, None);
    assert_eq!(ShopifyWebhooks.claim(&with("X-Shopify-Event-Id", "a b")).unwrap().event_id, None);
}
