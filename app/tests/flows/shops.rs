//! From a shop's signed message to an order.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Ids;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;
use testkit::ENGINES;

use crate::operations::administrator;
use crate::server::{Server, wait_until};

pub(crate) const SHOP: &str = "prueba.myshopify.com";
pub(crate) const SECRET: &str = "shpss_0123456789abcdef0123456789abcdef";

/// A cash-on-delivery order as Shopify words it.
pub(crate) fn order(id: u64, updated_at: &str) -> Value {
    json!({
        "id": id,
        "name": format!("#{id}"),
        "created_at": "2026-03-10T08:00:00-05:00",
        "updated_at": updated_at,
        "currency": "COP",
        "total_price": "89900.00",
        "financial_status": "pending",
        "payment_gateway_names": ["Cash on Delivery (COD)"],
        "test": false,
        "shipping_address": {
            "name": "Ana Prueba", "address1": "Calle 1 # 2-3", "city": "Cali", "province": "Valle del Cauca",
            "country_code": "CO", "phone": "300 111 2233",
        },
        "line_items": [{ "title": "Olla", "quantity": 2, "sku": "OLLA-1" }],
    })
}

/// One delivery of a message.
pub(crate) struct Delivery<'a> {
    pub(crate) id: String,
    pub(crate) topic: &'a str,
    pub(crate) shop: &'a str,
    pub(crate) secret: &'a str,
    pub(crate) body: Value,
}

impl<'a> Delivery<'a> {
    pub(crate) fn new(topic: &'a str, body: Value) -> Self {
        let ids = domain::RandomIds::new(std::sync::Arc::new(domain::SystemClock));
        Self { id: ids.next().to_string(), topic, shop: SHOP, secret: SECRET, body }
    }

    pub(crate) async fn send(&self, client: &Client, url: &str) -> reqwest::Result<Response> {
        let body = self.body.to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        client
            .post(url)
            .header("X-Shopify-Topic", self.topic)
            .header("X-Shopify-Shop-Domain", self.shop)
            .header("X-Shopify-Webhook-Id", &self.id)
            .header("X-Shopify-Triggered-At", "2026-03-10T13:00:00.123456789Z")
            .header("X-Shopify-Hmac-SHA256", STANDARD.encode(mac.finalize().into_bytes()))
            .header("Content-Type", "application/json")
            .body(body)
            .send()
            .await
    }
}

pub(crate) fn add_shop(server: &Server, tenant: &str, secret: &str) -> Value {
    let output = server.try_run(&["shop", "add", "--tenant", tenant, SHOP, "--json"], &format!("{secret}\n"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!String::from_utf8_lossy(&output.stdout).contains(secret), "the secret is never shown");
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn send(server: &Server, delivery: &Delivery<'_>) -> StatusCode {
    delivery.send(&server.client, &server.url("/webhooks/shopify")).await.unwrap().status()
}

/// Waits until the order is as wanted, and answers it.
async fn order_where(server: &Server, what: &str, wanted: impl Fn(&Value) -> bool + Sync) -> Value {
    let newest = || async { server.get("/v1/orders").await["items"][0].clone() };
    wait_until(what, || async { wanted(&newest().await) }).await;
    newest().await
}

#[tokio::test]
async fn a_signed_message_becomes_an_order() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        assert_eq!(add_shop(&server, "demo", SECRET)["status"], "pending", "{engine:?}");
        let created = Delivery::new("orders/create", order(1001, "2026-03-10T08:00:00-05:00"));
        assert_eq!(send(&server, &created).await, StatusCode::OK, "{engine:?}");
        let order_ = order_where(&server, "the order is there", |order| order["number"] == "#1001").await;
        assert_eq!((&order_["source"], &order_["status"]), (&json!("shopify"), &json!("PENDING")));
        assert_eq!((&order_["payment_method"], &order_["total"]["amount"]), (&json!("cod"), &json!(89_900)));
        assert_eq!(order_["customer"]["phone"], "+573001112233", "{engine:?}");
        assert_eq!((&order_["city"]["dane_code"], &order_["store"]), (&json!("76001"), &json!(SHOP)));
        assert_eq!(order_["items"][0]["quantity"], 2, "{engine:?}");
        let shops = server.run(&["shop", "list", "--tenant", "demo", "--json"]);
        assert_eq!((&shops[0]["domain"], &shops[0]["status"]), (&json!(SHOP), &json!("active")));

        // The same delivery, and the same order in another one, change nothing.
        let again = Delivery::new("orders/create", created.body.clone());
        for delivery in [&created, &again] {
            assert_eq!(send(&server, delivery).await, StatusCode::OK, "{engine:?}");
        }
        // A later state overtakes an earlier one; the second arrives last and is older.
        let mut newer = order(1001, "2026-03-10T09:00:00-05:00");
        newer["note"] = json!("x");
        newer["shipping_address"]["address1"] = json!("Carrera 9 # 9-9");
        let mut older = order(1001, "2026-03-10T08:30:00-05:00");
        older["shipping_address"]["address1"] = json!("Calle vieja");
        for body in [newer, older] {
            assert_eq!(send(&server, &Delivery::new("orders/updated", body)).await, StatusCode::OK);
        }
        let mut cancelled = order(1001, "2026-03-10T10:00:00-05:00");
        cancelled["cancelled_at"] = json!("2026-03-10T10:00:00-05:00");
        cancelled["shipping_address"]["address1"] = json!("Carrera 9 # 9-9");
        assert_eq!(send(&server, &Delivery::new("orders/cancelled", cancelled)).await, StatusCode::OK);
        let order =
            order_where(&server, "the order is cancelled", |order| order["status"] == "CANCELLED").await;
        assert_eq!(order["address"], "Carrera 9 # 9-9", "{engine:?}");
        // Each fact names the message that led to it.
        let facts = || async { event_log::after(server.db(), 0, 10).await.unwrap() };
        wait_until("both facts have their places", || async { facts().await.len() == 2 }).await;
        let traces: Vec<String> = facts().await.into_iter().filter_map(|fact| fact.trace_id).collect();
        assert!(traces.iter().all(|trace| trace.starts_with("webhook-")), "{engine:?}: {traces:?}");
        assert!(traces.len() == 2 && traces[0] != traces[1], "{engine:?}: {traces:?}");
        assert_eq!(server.get("/v1/orders").await["items"].as_array().unwrap().len(), 1, "{engine:?}");
        assert!(!server.log().contains("3001112233") && !server.log().contains(SECRET), "{engine:?}");
    }
}

#[tokio::test]
async fn a_shop_belongs_to_who_proves_it_until_it_is_given_up() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        server.run(&["tenant", "create", "--slug", "otra", "--name", "Otra"]);
        let key = server.run(&["api-key", "create", "--tenant", "otra", "--scope", "*", "--json"]);
        let theirs = key["key"].as_str().unwrap().to_owned();
        let body = || order(1, "2026-03-10T08:00:00-05:00");
        let create = |secret| Delivery { secret, ..Delivery::new("orders/create", body()) };
        assert_eq!(
            send(&server, &create(SECRET)).await,
            StatusCode::UNAUTHORIZED,
            "{engine:?}: unknown shop"
        );
        add_shop(&server, "demo", SECRET);
        add_shop(&server, "otra", "the-secret-of-another-organisation");
        assert_eq!(send(&server, &create("guessed-secret")).await, StatusCode::UNAUTHORIZED, "{engine:?}");
        assert_eq!(send(&server, &create(SECRET)).await, StatusCode::OK, "{engine:?}");
        let other = create("the-secret-of-another-organisation");
        assert_eq!(send(&server, &other).await, StatusCode::UNAUTHORIZED, "{engine:?}: it has an owner");
        order_where(&server, "the order is there", |order| order["number"] == "#1").await;

        server.run(&["shop", "remove", "--tenant", "demo", SHOP, "--json"]);
        let refused = || async { send(&server, &create(SECRET)).await == StatusCode::UNAUTHORIZED };
        wait_until("the server hears that the shop was given up", refused).await;
        assert_eq!(send(&server, &other).await, StatusCode::OK, "{engine:?}");
        let arrived = || async {
            let list = server.client.get(server.url("/v1/orders")).bearer_auth(&theirs).send().await.unwrap();
            !list.json::<Value>().await.unwrap()["items"].as_array().unwrap().is_empty()
        };
        wait_until("the order is there for its new owner", arrived).await;
        let again = server.try_run(&["shop", "remove", "--tenant", "demo", SHOP], "");
        assert!(!again.status.success(), "{engine:?}: it is not theirs any more");
    }
}

#[tokio::test]
async fn bad_secrets_and_domains_are_refused() {
    let server = Server::on(database::Engine::Sqlite).await;
    for (domain, input) in [(SHOP, ""), (SHOP, "short\n"), ("example.com", "shpss_0123456789abcdef\n")] {
        let output = server.try_run(&["shop", "add", "--tenant", "demo", domain], input);
        assert!(!output.status.success(), "{domain} {input}");
        assert!(!output.stderr.is_empty());
    }
    assert_eq!(server.run(&["shop", "list", "--tenant", "demo", "--json"]), json!([]));
}

#[tokio::test]
async fn a_gateway_stores_and_a_worker_works() {
    for engine in ENGINES {
        let mut server = Server::on(engine).await;
        add_shop(&server, "demo", SECRET);
        server.kill();
        server.start_as("gateway").await;
        let created = Delivery::new("orders/create", order(1, "2026-03-10T08:00:00-05:00"));
        assert_eq!(send(&server, &created).await, StatusCode::OK, "{engine:?}");
        assert_eq!(server.get("/v1/orders").await["items"], json!([]), "{engine:?}");
        server.kill();
        server.start_as("worker").await;
        assert_eq!(send(&server, &created).await, StatusCode::NOT_FOUND, "{engine:?}");
        let processed = || async {
            let metrics =
                server.client.get(server.url("/metrics")).send().await.unwrap().text().await.unwrap();
            metrics.lines().any(|line| line == "litper_webhook_processed_total 1")
        };
        wait_until("the worker processes what the gateway stored", processed).await;
        server.kill();
        server.start_as("gateway,worker").await;
        assert_eq!(server.get("/v1/orders").await["items"][0]["number"], "#1", "{engine:?}");
    }
}

/// An administrator at work.
struct Admin<'a> {
    server: &'a Server,
    browser: Client,
    csrf: String,
}

impl<'a> Admin<'a> {
    async fn of(server: &'a Server) -> Self {
        let (browser, session) = administrator(server).await;
        Self { server, browser, csrf: session["csrf_token"].as_str().unwrap().to_owned() }
    }

    async fn get(&self, path: &str) -> Value {
        self.browser.get(self.server.url(path)).send().await.unwrap().json().await.unwrap()
    }

    async fn change(&self, method: Method, path: &str, body: &Value) -> StatusCode {
        let request = self.browser.request(method, self.server.url(path));
        request.header("X-CSRF-Token", &self.csrf).json(body).send().await.unwrap().status()
    }
}

#[tokio::test]
async fn an_administrator_connects_a_shop_and_gives_it_up() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let admin = Admin::of(&server).await;
        let new = |domain: &str, secret: &str| json!({ "domain": domain, "secret": secret });
        for (body, status) in [
            (new("example.com", SECRET), StatusCode::UNPROCESSABLE_ENTITY),
            (new(SHOP, "short"), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({ "domain": SHOP }), StatusCode::UNPROCESSABLE_ENTITY),
            (new(SHOP, SECRET), StatusCode::CREATED),
            (new(SHOP, SECRET), StatusCode::OK),
        ] {
            assert_eq!(admin.change(Method::POST, "/v1/shops", &body).await, status, "{engine:?} {body}");
        }
        let create = |id| Delivery::new("orders/create", order(id, "2026-03-10T08:00:00-05:00"));
        assert_eq!(send(&server, &create(1)).await, StatusCode::OK, "{engine:?}");
        let shops = admin.get("/v1/shops").await;
        assert_eq!(
            (&shops["items"][0]["domain"], &shops["items"][0]["status"]),
            (&json!(SHOP), &json!("active"))
        );
        // A key of the organisation is no administrator.
        for path in ["/v1/shops", "/v1/webhook-failures", "/v1/privacy-requests"] {
            let answer = server.client.get(server.url(path)).bearer_auth(&server.key).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{engine:?} {path}");
        }
        let shop = format!("/v1/shops/{SHOP}");
        assert_eq!(
            admin.change(Method::DELETE, &shop, &json!({})).await,
            StatusCode::NO_CONTENT,
            "{engine:?}"
        );
        assert_eq!(
            admin.change(Method::DELETE, &shop, &json!({})).await,
            StatusCode::NOT_FOUND,
            "{engine:?}"
        );
        assert_eq!(send(&server, &create(2)).await, StatusCode::UNAUTHORIZED, "{engine:?}: at once");
        assert!(!server.log().contains(SECRET), "{engine:?}");
    }
}

#[tokio::test]
async fn a_signed_body_without_form_is_refused_and_not_stored() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let admin = Admin::of(&server).await;
        add_shop(&server, "demo", SECRET);
        for body in [&b"{bad"[..], b"[]", b"", b"{\"id\": \"\xff\"}"] {
            let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
            mac.update(body);
            let request = server
                .client
                .post(server.url("/webhooks/shopify"))
                .header("X-Shopify-Topic", "orders/create")
                .header("X-Shopify-Shop-Domain", SHOP)
                .header("X-Shopify-Webhook-Id", "one")
                .header("X-Shopify-Hmac-SHA256", STANDARD.encode(mac.finalize().into_bytes()))
                .header("X-Request-Id", "mine-1")
                .body(body.to_vec());
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{engine:?} {body:?}");
            assert_eq!(answer.headers()["x-request-id"], "mine-1", "{engine:?}");
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["type"], "/problems/malformed-body", "{engine:?}");
        }
        let created = Delivery::new("orders/create", order(9, "2026-03-10T08:00:00-05:00"));
        let answer = created.send(&server.client, &server.url("/webhooks/shopify")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{engine:?}");
        assert!(answer.headers().contains_key("x-request-id"), "{engine:?}");
        order_where(&server, "the order is there", |order| order["number"] == "#9").await;
        assert_eq!(admin.get("/v1/webhook-failures").await["items"], json!([]), "{engine:?}");
        let unsigned = server.client.post(server.url("/webhooks/shopify")).body("{}").send().await.unwrap();
        assert!(unsigned.headers().contains_key("x-request-id"), "{engine:?}: {}", unsigned.status());
    }
}

#[tokio::test]
async fn what_needs_a_person_is_shown_to_an_administrator() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let admin = Admin::of(&server).await;
        add_shop(&server, "demo", SECRET);
        let mut test = order(7, "2026-03-10T08:00:00-05:00");
        test["test"] = json!(true);
        let erasure =
            json!({ "shop_id": 1, "shop_domain": SHOP, "customer": { "id": 4711, "phone": "300 111 2233" } });
        for (topic, body) in [
            ("orders/create", json!({ "no": "order" })),
            ("orders/create", test),
            ("customers/redact", erasure),
            ("app/uninstalled", json!({ "id": 1 })),
            ("orders/create", order(8, "2026-03-10T08:00:00-05:00")),
        ] {
            assert_eq!(
                send(&server, &Delivery::new(topic, body)).await,
                StatusCode::OK,
                "{engine:?} {topic}"
            );
        }
        order_where(&server, "the order is there", |order| order["number"] == "#8").await;
        assert_eq!(server.get("/v1/orders").await["items"].as_array().unwrap().len(), 1, "{engine:?}");
        let tests = server.get("/v1/orders?test=true").await;
        assert_eq!((&tests["items"][0]["number"], &tests["items"][0]["test"]), (&json!("#7"), &json!(true)));
        let requests = admin.get("/v1/privacy-requests").await;
        let request = &requests["items"][0];
        assert_eq!((&request["kind"], &request["customer_id"]), (&json!("customer_erasure"), &json!("4711")));
        let failures = admin.get("/v1/webhook-failures").await;
        assert_eq!(failures["items"][0]["error_code"], "malformed_body", "{engine:?}");

        // A failure that stays one is shown again.
        let retry = format!("/v1/webhook-failures/{}/retry", failures["items"][0]["id"].as_str().unwrap());
        assert_eq!(
            admin.change(Method::POST, &retry, &json!({})).await,
            StatusCode::NO_CONTENT,
            "{engine:?}"
        );
        let again = || async {
            admin.get("/v1/webhook-failures").await["items"][0]["error_code"] == "malformed_body"
        };
        wait_until("it failed again", again).await;
        assert!(!server.log().contains("3001112233"), "{engine:?}");
    }
}
