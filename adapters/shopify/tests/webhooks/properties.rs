//! What holds for every body.

use ports::webhooks::{Headers, WebhookMessage, WebhookSource};
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Map, Value};
use shopify::ShopifyWebhooks;

use crate::parse;

const TOPICS: [&str; 7] = [
    "orders/create",
    "orders/updated",
    "orders/cancelled",
    "customers/data_request",
    "customers/redact",
    "shop/redact",
    "orders/edited",
];

/// Members that are read somewhere, so that random objects touch them.
const MEMBERS: [&str; 35] = [
    "id",
    "name",
    "order_number",
    "created_at",
    "updated_at",
    "cancelled_at",
    "cancel_reason",
    "test",
    "currency",
    "total_price",
    "current_total_price",
    "total_outstanding",
    "payment_gateway_names",
    "financial_status",
    "email",
    "phone",
    "customer",
    "shipping_address",
    "billing_address",
    "note_attributes",
    "line_items",
    "note",
    "tags",
    "value",
    "address1",
    "address2",
    "city",
    "province",
    "country_code",
    "title",
    "quantity",
    "current_quantity",
    "properties",
    "product_id",
    "first_name",
];

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "(\\+57 )?3[0-9]{9}|COP|[0-9]{1,22}\\.[0-9]{0,3}|20[0-9]{2}-1[0-9]-[0-3][0-9]T1[0-9]:00:00-05:00"
            .prop_map(Value::from),
    ]
}

fn object_of(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let name = prop_oneof![
        4 => prop::sample::select(&MEMBERS[..]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec((name, value), 0..12).prop_map(|members| members.into_iter().collect())
}

fn json() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            object_of(inner).prop_map(Value::from),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(
        body in prop::collection::vec(any::<u8>(), 0..400), topic in prop::sample::select(&TOPICS[..]),
    ) {
        let _ = parse(topic, &body);
    }

    #[test]
    fn no_json_makes_the_parser_panic(value in json(), topic in prop::sample::select(&TOPICS[..])) {
        let _ = parse(topic, value.to_string().as_bytes());
    }

    #[test]
    fn every_object_with_an_id_is_an_order(id in any::<u64>(), mut order in object_of(json())) {
        order.insert("id".to_owned(), id.into());
        let body = Value::from(order).to_string();
        let Ok(WebhookMessage::OrderChanged(order)) = parse("orders/create", body.as_bytes()) else {
            return Err(TestCaseError::fail("no order"));
        };
        prop_assert_eq!(&order.external_id, &id.to_string());
        prop_assert_eq!(order.phone.is_some(), order.phone_source.is_some());
        prop_assert!(order.items.len() <= 250);
        let Ok(WebhookMessage::OrderCancelled(cancelled)) = parse("orders/cancelled", body.as_bytes()) else {
            return Err(TestCaseError::fail("no cancelled order"));
        };
        prop_assert!(cancelled.cancelled_at.is_some());
        let texts = [&order.name, &order.address, &order.city, &order.email, &order.cancel_reason];
        for text in texts.into_iter().flatten() {
            prop_assert!(!text.is_empty() && text.chars().count() <= 500 && !text.contains(char::is_control));
        }
    }

    #[test]
    fn a_cut_body_is_refused_and_repeats_nothing(cut in 1_usize..6_000) {
        let body = include_bytes!("../fixtures/cod_releasit.json");
        let cut = &body[..cut.min(body.len() - 2)];
        let error = parse("orders/create", cut).unwrap_err().to_string();
        prop_assert!(!error.contains("Ana") && !error.contains("300"), "{}", error);
    }

    #[test]
    fn members_that_stand_twice_do_no_harm(name in prop::sample::select(&MEMBERS[..]), value in json()) {
        let body = format!(r#"{{"id":7,"{name}":{value},"{name}":{value},"id":7}}"#);
        prop_assert!(parse("orders/create", body.as_bytes()).is_ok());
    }

    #[test]
    fn no_header_makes_a_claim_or_a_check_panic(
        names in prop::collection::vec(
            prop_oneof!["x-shopify-(topic|shop-domain|webhook-id|event-id|triggered-at|hmac-sha256)", ".*"],
            0..8,
        ),
        values in prop::collection::vec(".*", 8), body in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        let headers: Headers<'_> =
            names.iter().zip(&values).map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if let Ok(claim) = ShopifyWebhooks.claim(&headers) {
            prop_assert!(claim.account.ends_with(".myshopify.com"));
        }
        let secrets = [SecretString::from("secret")];
        prop_assert!(ShopifyWebhooks.authenticate(&headers, &body, &secrets).is_err());
    }
}
