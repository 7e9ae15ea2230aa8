//! Shops: what they send about their orders, signed as Shopify signs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::dice::Dice;
use crate::life::{Order, SHOPS, minutes};
use crate::model::Model;

/// A shop of the world, to be registered before the first day.
#[derive(Debug, Clone)]
pub struct Shop {
    /// Its permanent domain.
    pub domain: String,
    /// What it signs with. Of an invented shop: no secret.
    pub secret: String,
}

/// The shops of every world.
#[must_use]
pub fn shops() -> Vec<Shop> {
    (0..SHOPS).map(shop).collect()
}

fn shop(number: u64) -> Shop {
    Shop { domain: format!("simulada-{number}.myshopify.com"), secret: format!("simulated-shop-{number}") }
}

/// One sending of a message.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its headers.
    pub headers: Vec<(&'static str, String)>,
    /// Its body, JSON.
    pub body: Vec<u8>,
    /// When it is sent.
    pub(crate) at: Timestamp,
    pub(crate) delivery: String,
    /// The order's number at its shop.
    pub(crate) order: u64,
    /// Whether its signature is wrong.
    pub(crate) forged: bool,
}

/// What a shop wants to say of an order at a moment.
struct Word {
    kind: u64,
    topic: &'static str,
    said_at: Timestamp,
    sent_at: Timestamp,
}

/// Everything that is sent about an order, faults included, in no order.
pub(crate) fn requests(seed: u64, order: &Order) -> Vec<Request> {
    let model = Model::get();
    let mut dice = Dice::of(seed, "messages", &[order.number]);
    let word = |kind, topic, at| Word { kind, topic, said_at: at, sent_at: at };
    let mut words = vec![word(1, "orders/create", order.placed_at)];
    // Who left the phone out is asked for it.
    let asked = order.no_phone.then(|| order.placed_at + minutes(5));
    if let Some(at) = order.edited_at.or(asked) {
        words.push(word(2, "orders/updated", at));
        if dice.percent(model.overtaken) {
            words[0].sent_at = at + minutes(dice.between(1, 60));
        }
    }
    if let Some(at) = order.cancelled_at {
        words.push(word(3, "orders/cancelled", at));
    }
    let mut requests = Vec::new();
    for mut word in words {
        if dice.percent(model.late) {
            word.sent_at += minutes(dice.between(60, 9 * 60));
        }
        let request = request(order, &word, false);
        if dice.percent(model.repeated) {
            let at = request.at + minutes(dice.between(0, 120));
            requests.push(Request { at, ..request.clone() });
        }
        if dice.percent(model.forged) {
            let forged = Word { kind: word.kind + 10, ..word };
            requests.push(self::request(order, &forged, true));
        }
        requests.push(request);
    }
    requests
}

fn request(order: &Order, word: &Word, forged: bool) -> Request {
    let shop = shop(order.shop);
    let body = body(order, word.said_at).to_string().into_bytes();
    let secret = if forged { "somebody else's" } else { &shop.secret };
    let delivery = format!("{:08x}-0000-4000-8000-{:012x}", word.kind, order.number);
    let headers = vec![
        ("X-Shopify-Topic", word.topic.to_owned()),
        ("X-Shopify-Shop-Domain", shop.domain),
        ("X-Shopify-Webhook-Id", delivery.clone()),
        ("X-Shopify-Triggered-At", word.said_at.to_string()),
        ("X-Shopify-Hmac-SHA256", sign(secret, &body)),
    ];
    Request { headers, body, at: word.sent_at, delivery, order: order.number, forged }
}

fn sign(secret: &str, body: &[u8]) -> String {
    #[expect(clippy::expect_used, reason = "this MAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The order as it is at a moment.
fn body(order: &Order, at: Timestamp) -> Value {
    let edited = order.edited_at.is_some_and(|edited| edited <= at);
    let has_phone = !order.no_phone || at > order.placed_at;
    let cancelled = order.cancelled_at.filter(|cancelled| *cancelled <= at);
    let buyer = &order.buyer;
    let address = if edited { format!("{} apto 501", buyer.address) } else { buyer.address.clone() };
    json!({
        "id": order.number,
        "name": format!("#{}", order.number),
        "created_at": order.placed_at.to_string(),
        "updated_at": at.to_string(),
        "cancelled_at": cancelled.map(|at| at.to_string()),
        "currency": "COP",
        "total_price": format!("{}.00", order.total),
        "financial_status": "pending",
        "payment_gateway_names": ["Cash on Delivery (COD)"],
        "test": false,
        "shipping_address": {
            "name": buyer.name, "address1": address, "city": buyer.city.name, "province": buyer.city.department,
            "country_code": "CO", "phone": has_phone.then_some(&buyer.phone),
        },
        "line_items": [{ "title": "Producto simulado", "quantity": 1, "sku": "SIM-1" }],
    })
}

impl Request {
    /// The order's reference at its shop.
    #[must_use]
    pub fn reference(&self) -> String {
        self.order.to_string()
    }
}

/// Messages about so many new orders, each sent once, for other loads than a simulation.
#[must_use]
pub fn first_messages(seed: u64, count: u64) -> Vec<Request> {
    let told = |order: &Order| {
        let at = order.placed_at;
        request(order, &Word { kind: 1, topic: "orders/create", said_at: at, sent_at: at }, false)
    };
    crate::life::orders(seed, 0, count).iter().map(told).collect()
}
