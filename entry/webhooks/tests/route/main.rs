//! The address of Shopify's webhooks, with everything behind it: whatever is sent, the answer is a status that
//! says whose fault it is, and nothing unproven is stored.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use database::{Audience, Scope, Statement, SystemReason, Tx, bind};
use domain::{Clock, TenantId};
use hmac::{Hmac, KeyInit, Mac};
use integrations::{ShopStatement, TakeShopOrders, Taker, Webhooks};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sha2::Sha256;
use shopify::ShopifyWebhooks;
use testkit::TestDb;
use tower::ServiceExt;

const SECRET: &str = "a-secret-of-32-characters-or-more";
const SHOP: &str = "prueba.myshopify.com";
const COUNT: Statement =
    Statement::new("count", Audience::Tenant, "select count(*) from webhook_inbox where tenant_id = $1");

/// Nobody processes anything here.
struct Nobody;

#[async_trait]
impl TakeShopOrders for Nobody {
    async fn take(&self, _: &mut Tx, _: TenantId, _: Vec<ShopStatement>) -> database::Result<()> {
        Ok(())
    }

    async fn unknown<'a>(&self, _: &mut Tx, _: &[&'a str]) -> database::Result<Vec<&'a str>> {
        Ok(Vec::new())
    }
}

struct Address {
    test: TestDb,
    tenant: TenantId,
    router: Router,
}

impl Address {
    /// With a committer, or with nobody who stores anything.
    async fn new(stores: bool) -> Self {
        let test = TestDb::on(database::Engine::Sqlite).await;
        let (clock, ids) = (testkit::clock(), testkit::ids(1));
        let tenant = TenantId::from(ids.next());
        let mut tx = test.db.write(Scope::System(SystemReason::Administration)).await.unwrap();
        test.db.keyring().create(&mut tx, tenant, clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let hooks = Webhooks::new(
            test.db.clone(),
            clock,
            ids,
            vec![(Arc::new(ShopifyWebhooks), Taker::Orders(Arc::new(Nobody)))],
        );
        hooks.register_shop(tenant, "shopify", SHOP, &SECRET.to_owned().into()).await.unwrap();
        let mut committer = hooks.committer().unwrap();
        if stores {
            tokio::spawn(async move {
                while let Some(batch) = committer.gather().await {
                    batch.commit().await;
                }
            });
        }
        let rest = Router::new().fallback(|| async { StatusCode::NOT_FOUND });
        // As the server does: what this router does not know goes on to the next.
        let router = webhooks::router(&hooks).fallback_service(rest);
        Self { test, tenant, router }
    }

    async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn stored(&self) -> i64 {
        let mut tx = self.test.db.read(Scope::Tenant(self.tenant)).await.unwrap();
        tx.fetch_one(&COUNT, bind![]).await.unwrap().get(0).unwrap()
    }
}

fn sign(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

fn signed(delivery: &str, body: &'static str) -> Request<Body> {
    Request::post("/webhooks/shopify")
        .header("X-Shopify-Topic", "orders/create")
        .header("X-Shopify-Shop-Domain", SHOP)
        .header("X-Shopify-Webhook-Id", delivery)
        .header("X-Shopify-Hmac-SHA256", sign(body.as_bytes()))
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test]
async fn a_proven_delivery_is_stored_and_answered_with_200() {
    let address = Address::new(true).await;
    for (delivery, stored) in [("a", 1), ("a", 1), ("b", 2)] {
        let answer = address.send(signed(delivery, r#"{"id":1}"#)).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(address.stored().await, stored, "{delivery}");
    }
    // Only its form is asked here, not what it says.
    assert_eq!(address.send(signed("c", r#"{"of":"nothing"}"#)).await.status(), StatusCode::OK);
    assert_eq!(address.send(signed("d", "no json")).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(address.stored().await, 3);
}

#[tokio::test]
async fn refusals_are_problems_and_do_not_tell_who_is_a_customer() {
    let address = Address::new(true).await;
    let change = |name: &'static str, value: Option<&'static str>| {
        let mut request = signed("a", "{}");
        match value {
            Some(value) => drop(request.headers_mut().insert(name, value.parse().unwrap())),
            None => drop(request.headers_mut().remove(name)),
        }
        address.send(request)
    };
    let mut unauthorised = Vec::new();
    for (name, value, status) in [
        ("x-shopify-hmac-sha256", Some("x"), 401),
        ("x-shopify-hmac-sha256", None, 401),
        ("x-shopify-shop-domain", Some("otra.myshopify.com"), 401),
        ("x-shopify-shop-domain", Some("example.com"), 400),
        ("x-shopify-shop-domain", None, 400),
        ("x-shopify-topic", None, 400),
        ("x-shopify-webhook-id", None, 400),
        ("content-length", Some("3000000"), 413),
    ] {
        let answer = change(name, value).await;
        assert_eq!(answer.status(), status, "{name}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{name}");
        if status == 401 {
            unauthorised.push(to_bytes(answer.into_body(), 1_000).await.unwrap());
        }
    }
    assert!(unauthorised.iter().all(|body| *body == unauthorised[0]), "{unauthorised:?}");
    let get = Request::get("/webhooks/shopify").body(Body::empty()).unwrap();
    let answer = address.send(get).await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["allow"]), (405, &"POST".parse().unwrap()));
    let elsewhere = Request::post("/webhooks/other").body(Body::empty()).unwrap();
    assert_eq!(address.send(elsewhere).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(address.stored().await, 0);
}

/// Somebody who proves nothing makes us read nothing.
#[tokio::test]
async fn the_body_of_a_shop_that_nobody_registered_is_not_read() {
    let address = Address::new(true).await;
    let body = Body::from_stream(futures_util::stream::once(async {
        panic!("somebody read it");
        #[expect(unreachable_code, reason = "the type of what is never read")]
        Ok::<_, std::io::Error>("{}")
    }));
    let request = Request::post("/webhooks/shopify")
        .header("X-Shopify-Topic", "orders/create")
        .header("X-Shopify-Shop-Domain", "otra.myshopify.com")
        .header("X-Shopify-Webhook-Id", "a")
        .header("X-Shopify-Hmac-SHA256", sign(b"{}"))
        .body(body)
        .unwrap();
    assert_eq!(address.send(request).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn without_a_commit_there_is_no_200() {
    let address = Address::new(false).await;
    let answer = address.send(signed("a", "{}")).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers()["retry-after"], "1");
    assert_eq!(address.stored().await, 0);
}

/// Headers that are ours or nobody's, right, nearly right and wild.
fn headers() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let name = prop_oneof![
        "x-shopify-(topic|shop-domain|webhook-id|hmac-sha256|event-id|triggered-at|api-version)",
        "content-(type|encoding)",
        "[a-z][a-z-]{0,20}",
    ];
    let value = prop_oneof![
        Just(SHOP.as_bytes().to_vec()),
        Just(b"orders/create".to_vec()),
        Just(sign(b"{}").into_bytes()),
        Just(b"2026-03-10T13:00:00Z".to_vec()),
        "[ -~]{0,200}".prop_map(String::into_bytes),
        prop::collection::vec(prop_oneof![0x20_u8..0x7f, 0x80_u8..], 0..200),
    ];
    prop::collection::vec((name, value), 0..10)
}

#[test]
fn whatever_is_sent_unproven_is_refused_and_nothing_is_stored() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let address = runtime.block_on(Address::new(true));
    let method = prop_oneof![8 => Just(Method::POST), 1 => Just(Method::PUT), 1 => Just(Method::GET)];
    let body = prop_oneof![
        Just(b"{}".to_vec()),
        prop::collection::vec(any::<u8>(), 0..2_000),
        Just(vec![b' '; 300_000]),
    ];
    let cases = (method, headers(), body);
    let mut runner =
        TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() });
    let outcome = runner.run(&cases, |(method, headers, body)| {
        // A right signature may come together by chance, but not with the body that it belongs to.
        let body = if body == b"{}" { b"{ }".to_vec() } else { body };
        let mut request = Request::builder().method(method).uri("/webhooks/shopify");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let Ok(request) = request.body(Body::from(body)) else { return Ok(()) };
        let (status, stored) = runtime.block_on(async {
            let status = address.send(request).await.status();
            (status, address.stored().await)
        });
        prop_assert!(status.is_client_error(), "{}", status);
        prop_assert_eq!(stored, 0);
        Ok(())
    });
    outcome.unwrap();
}
