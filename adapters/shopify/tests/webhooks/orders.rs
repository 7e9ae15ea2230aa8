//! Orders as shops send them. Every person in them is made up.

use domain::money::{Currency, Money};
use ports::webhooks::{PhoneSource, ShopItem, ShopOrder, WebhookError, WebhookMessage, WebhookSource};
use shopify::{MAX_BODY_BYTES, ShopifyWebhooks};

use crate::{changed, parse, received_at};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../fixtures/", $name, ".json"))
    };
}

fn e164(order: &ShopOrder) -> Option<&str> {
    order.phone.as_ref().map(domain::phone::Phone::e164)
}

#[test]
fn a_form_leaves_the_phone_in_its_own_field() {
    let order = changed(fixture!("cod_releasit"));
    assert_eq!(order.external_id, "5678901234567");
    assert_eq!(order.number, "#1001");
    assert_eq!(order.created_at.to_string(), "2026-11-20T20:04:05Z");
    assert_eq!(order.updated_at.to_string(), "2026-11-20T20:04:06Z");
    assert_eq!(order.total, Some(Money::cop(89_900)));
    assert_eq!(order.outstanding, Some(Money::cop(89_900)));
    assert!(order.cash_on_delivery && !order.test);
    assert_eq!(order.gateways, ["Pago contra entrega"]);
    assert_eq!(order.financial_status.as_deref(), Some("pending"));
    assert_eq!(e164(&order), Some("+573001234567"));
    assert_eq!(order.phone_source, Some(PhoneSource::NoteAttribute));
    assert_eq!(order.name.as_deref(), Some("Ana María Prueba Ñáñez"));
    assert_eq!(order.address.as_deref(), Some("Calle 45 # 12-30, Apto 501, Barrio Laureles"));
    assert_eq!(order.city.as_deref(), Some("Medellín"));
    assert_eq!(order.department.as_deref(), Some("Antioquia"));
    assert_eq!(order.country.as_deref(), Some("CO"));
    assert_eq!(order.tags, ["releasit_cod_form", "Medellín"]);
    let item = ShopItem {
        name: "Faja colombiana".into(),
        variation: Some("Negro / M".into()),
        sku: Some("SKU-001".into()),
        quantity: 1,
        product_id: Some("8123456789013".into()),
    };
    assert_eq!(order.items, [item]);
    assert_eq!(order.issues, [""; 0]);
}

#[test]
fn a_form_may_hold_everything_while_addresses_are_null() {
    let order = changed(fixture!("form_only"));
    assert_eq!(e164(&order), Some("+573109876543"));
    assert_eq!(order.name.as_deref(), Some("José Íñigo Muñoz 😀"));
    assert_eq!(order.address.as_deref(), Some("Carrera 7 # 8-90, El Peñón"));
    assert_eq!(order.city.as_deref(), Some("Cali"));
    assert_eq!(order.department.as_deref(), Some("Valle del Cauca"));
    assert_eq!(order.email.as_deref(), Some("jose@example.invalid"));
    assert_eq!(order.note.as_deref(), Some("Entregar después de las 5 🙏\nTocar el timbre"));
    assert_eq!(order.items[0].name, "Corrector de postura 💪");
    assert_eq!((order.items[0].variation.as_deref(), order.items[0].quantity), (None, 2));
    assert!(order.cash_on_delivery);
    assert_eq!(order.issues, [""; 0]);
}

#[test]
fn the_test_delivery_of_the_admin_is_marked() {
    let order = changed(fixture!("test_order"));
    assert!(order.test && !order.cash_on_delivery);
    assert_eq!(order.external_id, "820982911946154508");
    assert_eq!(order.total, Some(Money::new(39_800, Currency::Usd)));
    assert_eq!(order.country.as_deref(), Some("US"));
    assert_eq!(order.phone, None);
    assert_eq!(order.items.len(), 2);
    assert_eq!(order.items[0].product_id, None);
    assert_eq!(order.issues, ["bad_phone:shipping_address", "missing:phone"]);
}

#[test]
fn a_cancelled_order_keeps_its_worth_and_its_lines() {
    let body = fixture!("cancelled");
    let WebhookMessage::OrderCancelled(order) = parse("orders/cancelled", body).unwrap() else {
        panic!("not cancelled")
    };
    assert_eq!(order.cancelled_at.unwrap().to_string(), "2026-11-21T14:00:00Z");
    assert_eq!(order.cancel_reason.as_deref(), Some("customer"));
    assert_eq!(order.total, Some(Money::cop(89_900)));
    assert_eq!((order.items.len(), order.items[0].quantity), (1, 1));
    // The same order reaches us as a change too, and says the same.
    assert_eq!(changed(body), *order);
}

#[test]
fn a_cancellation_without_its_moment_happened_at_the_last_change() {
    let body = br#"{"id":1,"updated_at":"2026-11-20T15:04:05-05:00"}"#;
    let WebhookMessage::OrderCancelled(order) = parse("orders/cancelled", body).unwrap() else {
        panic!("not cancelled")
    };
    assert_eq!(order.cancelled_at.unwrap().to_string(), "2026-11-20T20:04:05Z");
    assert!(order.issues.contains(&"missing:cancelled_at".to_owned()));
}

#[test]
fn a_changed_order_counts_what_is_left_of_it() {
    let order = changed(fixture!("updated"));
    assert_eq!(order.total, Some(Money::cop(89_901)), "half a peso rounds up");
    assert_eq!((order.items.len(), order.items[0].quantity), (1, 1));
    assert!(order.cash_on_delivery, "one of two gateways");
    // The landline of the order and the bad number of the address give way to the mobile of the bill.
    assert_eq!(e164(&order), Some("+573155550001"));
    assert_eq!(order.phone_source, Some(PhoneSource::BillingAddress));
    assert_eq!(order.issues, ["bad_phone:shipping_address"]);
}

#[test]
fn create_and_update_say_the_same_whichever_comes_first() {
    let body = fixture!("updated");
    let (created, updated) = (parse("orders/create", body), parse("orders/updated", body));
    assert_eq!(created, updated);
    assert!(matches!(created, Ok(WebhookMessage::OrderChanged(_))));
}

#[test]
fn a_prepaid_order_is_not_collected() {
    let order = changed(fixture!("prepaid"));
    assert!(!order.cash_on_delivery);
    assert_eq!(order.gateways, ["Mercado Pago"]);
    assert_eq!(order.outstanding, Some(Money::cop(0)));
    assert_eq!((e164(&order), order.phone_source), (Some("+573001234567"), Some(PhoneSource::Order)));
    assert_eq!(order.issues, [""; 0]);
}

#[test]
fn without_a_phone_and_a_gateway_the_order_stays_and_says_so() {
    let order = changed(fixture!("no_phone"));
    assert_eq!((&order.phone, order.phone_source, order.cash_on_delivery), (&None, None, false));
    assert_eq!(
        order.issues,
        ["unknown:payment_method", "bad_phone:shipping_address", "bad_phone:note_attribute", "missing:phone"]
    );
}

#[test]
fn a_phone_and_an_amount_may_be_numbers() {
    let order = changed(fixture!("numeric_phone"));
    assert_eq!(e164(&order), Some("+573001234567"));
    assert_eq!(order.total, Some(Money::cop(89_901)));
    assert_eq!(order.city.as_deref(), Some("Bogotá D.C."));
    assert_eq!(order.issues, [""; 0]);
}

#[test]
fn a_shop_without_access_to_people_sends_orders_nevertheless() {
    let order = changed(fixture!("redacted"));
    assert_eq!((order.phone.is_none(), order.name.is_none(), order.address.is_none()), (true, true, true));
    assert_eq!((order.department.as_deref(), order.country.as_deref()), (Some("Antioquia"), Some("CO")));
    assert_eq!(order.issues, ["missing:address", "missing:city", "missing:name", "missing:phone"]);
}

#[test]
fn the_phone_may_stand_at_the_product() {
    let order = changed(fixture!("phone_in_item"));
    assert_eq!(e164(&order), Some("+573205550002"));
    assert_eq!(order.phone_source, Some(PhoneSource::ItemProperty));
    assert_eq!(order.city, None, "a property of a product is no destination");
}

#[test]
fn a_landline_is_better_than_nothing() {
    let order = changed(br#"{"id":1,"phone":"6013456789","customer":{"phone":"nada"}}"#);
    assert_eq!((e164(&order), order.phone_source), (Some("+576013456789"), Some(PhoneSource::Order)));
}

#[test]
fn the_country_decides_how_a_phone_is_read() {
    let order = changed(br#"{"id":1,"shipping_address":{"country":"Ecuador","phone":"0991234567"}}"#);
    assert_eq!((e164(&order), order.country.as_deref()), (Some("+593991234567"), Some("EC")));
    let order = changed(br#"{"id":1,"billing_address":{"country_code":"cl","phone":"987654321"}}"#);
    assert_eq!(e164(&order), Some("+56987654321"));
}

#[test]
fn billing_serves_as_destination_only_as_a_whole() {
    let billing = r#""billing_address":{"name":"Ana","address1":"Calle 1","city":"Cali","province":"Valle"}"#;
    let order = changed(format!(r#"{{"id":1,{billing}}}"#).as_bytes());
    assert_eq!((order.address.as_deref(), order.city.as_deref()), (Some("Calle 1"), Some("Cali")));
    let shipping = r#""shipping_address":{"address1":"Carrera 2"}"#;
    let order = changed(format!(r#"{{"id":1,{billing},{shipping}}}"#).as_bytes());
    assert_eq!((order.address.as_deref(), order.city.as_deref()), (Some("Carrera 2"), None));
    assert_eq!(order.name.as_deref(), Some("Ana"));
}

#[test]
fn everything_but_the_id_may_be_null_or_missing() {
    let template: serde_json::Value = serde_json::from_slice(fixture!("cod_releasit")).unwrap();
    let mut nulls = template.as_object().unwrap().clone();
    for (name, value) in &mut nulls {
        if name != "id" {
            *value = serde_json::Value::Null;
        }
    }
    let order = changed(serde_json::to_string(&nulls).unwrap().as_bytes());
    assert_eq!(order, changed(br#"{"id":5678901234567}"#));
    assert_eq!((order.created_at, order.updated_at), (received_at(), received_at()));
    assert_eq!(order.number, "5678901234567");
    let missing = ["created_at", "updated_at", "currency", "total_price", "address", "city", "name", "phone"]
        .map(|member| format!("missing:{member}"));
    assert_eq!(order.issues[..8], missing);
    assert_eq!(order.issues[8..], ["missing:line_items"]);
}

#[test]
fn wrong_types_cost_the_value_and_not_the_order() {
    let body = br#"{"id":"7","name":1001,"created_at":5,"updated_at":{},"test":"perhaps","currency":["COP"],
        "total_price":true,"payment_gateway_names":"COD","gateway":{"a":1},"email":[],"phone":{},
        "customer":"Ana","shipping_address":[1],"billing_address":false,"note_attributes":7,
        "line_items":[3,null,{"title":"A","quantity":"2","product_id":1.5},{"quantity":-1}],"note":[[]],
        "tags":["a"],"unknown":{"deep":[{}]}}"#;
    let order = changed(body);
    assert_eq!((order.external_id.as_str(), order.number.as_str()), ("7", "1001"));
    assert_eq!(order.items.len(), 2);
    assert_eq!((order.items[0].quantity, order.items[1].quantity), (2, 1));
    for member in [
        "updated_at",
        "test",
        "currency",
        "total_price",
        "payment_gateway_names",
        "gateway",
        "email",
        "customer",
        "shipping_address",
        "billing_address",
        "note_attributes",
        "line_items",
        "line_items.product_id",
        "line_items.quantity",
        "note",
        "tags",
    ] {
        assert!(order.issues.contains(&format!("wrong_type:{member}")), "{member}: {:?}", order.issues);
    }
    assert!(order.issues.contains(&"bad_date:created_at".to_owned()));
    assert!(order.issues.contains(&"bad_phone:order".to_owned()));
}

#[test]
fn long_texts_and_long_lists_are_cut() {
    let line = r#"{"title":"A","quantity":1},"#.repeat(300);
    let body = format!(
        r#"{{"id":1,"note":"{}","line_items":[{}],"tags":"{}"}}"#,
        "ñ".repeat(900),
        line.trim_end_matches(','),
        "x,".repeat(300)
    );
    let order = changed(body.as_bytes());
    assert_eq!(order.note.unwrap().chars().count(), 500);
    assert_eq!((order.items.len(), order.tags.len()), (250, 250));
    for issue in ["too_long:note", "too_many:line_items", "too_many:tags"] {
        assert!(order.issues.contains(&issue.to_owned()), "{:?}", order.issues);
    }
}

#[test]
fn money_of_a_currency_we_do_not_know_is_left_out() {
    let order = changed(br#"{"id":1,"currency":"pyg","total_price":"329000.00"}"#);
    assert_eq!((order.currency.as_str(), order.total), ("PYG", None));
    assert!(order.issues.contains(&"unknown:currency".to_owned()));
    let order = changed(br#"{"id":1,"currency":"COP","total_price":"89.900,00"}"#);
    assert_eq!(order.total, None);
    assert!(order.issues.contains(&"bad_amount:total_price".to_owned()));
}

#[test]
fn bodies_that_are_no_order_are_refused_without_repeating_them() {
    let refused = |body: &[u8]| match parse("orders/create", body) {
        Err(WebhookError::Malformed { detail }) => detail,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(b""), "json:1:0");
    assert_eq!(refused(br#"{"id":1,"#), "json:1:8");
    assert_eq!(refused(br#"{"id":1} x"#), "json:1:10");
    assert_eq!(refused(b"{\"id\":1,\"note\":\"\xFF\"}"), "utf8:16");
    for body in ["[]", "null", "1", "\"Ana\""] {
        assert_eq!(refused(body.as_bytes()), "not_an_object");
    }
    assert_eq!(refused(b"{}"), "missing_id");
    assert_eq!(refused(br#"{"id":null}"#), "missing_id");
    for id in ["1.5", "1e3", "-1", "\"Ana\"", "[]", "18446744073709551616"] {
        assert_eq!(refused(format!(r#"{{"id":{id}}}"#).as_bytes()), "bad_id", "{id}");
    }
    let large = vec![b' '; MAX_BODY_BYTES + 1];
    assert_eq!(parse("orders/create", &large), Err(WebhookError::TooLarge { limit: MAX_BODY_BYTES }));
}

#[test]
fn other_topics_are_left_alone_whatever_they_carry() {
    for topic in ["orders/edited", "orders/paid", "app/uninstalled", "products/update", "", "ORDERS/CREATE"] {
        let ignored = Ok(WebhookMessage::Ignored { topic: topic.to_owned() });
        assert_eq!(ShopifyWebhooks.parse(topic, b"\xFF", received_at()), ignored);
    }
}

#[test]
fn an_order_comes_back_from_storage() {
    let order = changed(fixture!("form_only"));
    let stored = serde_json::to_string(&order).unwrap();
    assert_eq!(serde_json::from_str::<ShopOrder>(&stored).unwrap(), order);
    let debug = format!("{order:?}");
    for hidden in ["Íñigo", "9876543", "jose@", "Carrera", "timbre"] {
        assert!(!debug.contains(hidden), "{debug}");
    }
}
