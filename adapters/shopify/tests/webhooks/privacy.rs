//! Requests to show or forget data.

use ports::webhooks::WebhookMessage;

use crate::parse;

#[test]
fn a_customer_asks_what_is_stored() {
    let body = include_bytes!("../fixtures/privacy_data_request.json");
    let WebhookMessage::CustomerDataRequested(request) = parse("customers/data_request", body).unwrap()
    else {
        panic!("not a data request")
    };
    assert_eq!(request.account.as_deref(), Some("example.myshopify.com"));
    assert_eq!(request.account_id.as_deref(), Some("100200300"));
    assert_eq!(request.customer_id.as_deref(), Some("7000111222333"));
    assert_eq!(request.email.as_deref(), Some("ana@example.invalid"));
    assert_eq!(request.phone.as_ref().unwrap().e164(), "+573001234567");
    assert_eq!(request.order_ids, ["5678901234567", "5678901234600"]);
    assert_eq!(request.request_id.as_deref(), Some("4001"));
    assert_eq!(request.issues, [""; 0]);
    assert!(!format!("{request:?}").contains("ana@"));
}

#[test]
fn a_customer_has_to_be_forgotten() {
    let body = include_bytes!("../fixtures/privacy_redact.json");
    let WebhookMessage::CustomerErasureRequested(request) = parse("customers/redact", body).unwrap() else {
        panic!("not an erasure")
    };
    assert_eq!(request.account.as_deref(), Some("example.myshopify.com"));
    assert_eq!(request.order_ids, ["5678901234567"]);
    assert_eq!((request.phone.as_ref(), request.request_id.as_ref()), (None, None));
    assert_eq!(request.issues, ["bad_phone:customer"]);
}

#[test]
fn a_shop_has_to_be_forgotten() {
    let body = include_bytes!("../fixtures/privacy_shop_redact.json");
    let expected = WebhookMessage::AccountErasureRequested {
        account: Some("example.myshopify.com".into()),
        account_id: Some("100200300".into()),
    };
    assert_eq!(parse("shop/redact", body), Ok(expected));
    let nothing = WebhookMessage::AccountErasureRequested { account: None, account_id: None };
    assert_eq!(parse("shop/redact", br#"{"shop_domain":"evil.example"}"#), Ok(nothing));
}

#[test]
fn no_order_is_left_out_however_many_there_are() {
    let ids = (1..=5_000).map(|id| id.to_string()).collect::<Vec<_>>();
    let body = format!(r#"{{"orders_to_redact":[{}]}}"#, ids.join(","));
    let WebhookMessage::CustomerErasureRequested(request) =
        parse("customers/redact", body.as_bytes()).unwrap()
    else {
        panic!("not an erasure")
    };
    assert_eq!(request.order_ids, ids);
    assert_eq!(request.issues, ["missing:shop_domain"]);
}
