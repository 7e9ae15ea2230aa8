//! What the gateway lets in, and what it says to the others.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use api::{ClientAddress, Limits, Problem};
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Path, Request};
use axum::http::{Method, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{any, get, post};
use axum::{Extension, Router};
use domain::{ApiKeyId, Country, Role, TenantId};
use gateway::{Gateway, Patience, Rates, Settings, Table, packed, quota};
use identity::{Actor, Caller, Tenant};
use serde_json::Value;
use tokio::sync::{Semaphore, SemaphorePermit};
use tower::ServiceExt;
use uuid::Uuid;

fn settings(rates: Rates) -> Settings {
    Settings {
        proxies: "loopback".parse().unwrap(),
        client_from: "forwarded".parse().unwrap(),
        origins: "https://panel.prueba.co".parse().unwrap(),
        rates,
        max_requests: 16,
        bodies: Patience::default(),
        https: true,
    }
}

fn guarded(settings: Settings, routes: Router) -> Router {
    Gateway::new(settings, Arc::new(Table::default())).guard(routes)
}

/// A request of an address.
fn request(method: Method, path: &str, from: &str) -> Request {
    let peer: SocketAddr = format!("{from}:4711").parse().unwrap();
    let mut request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

async fn ask(routes: &Router, path: &str, from: &str) -> Response {
    routes.clone().oneshot(request(Method::GET, path, from)).await.unwrap()
}

async fn json(response: Response) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), 10_000).await.unwrap()).unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

fn ok() -> Router {
    Router::new().fallback(any(|| async { "ok" }))
}

#[tokio::test]
async fn an_address_that_comes_too_often_is_told_when_to_come_back() {
    let rates = Rates { address: quota("address", 60), log_in: quota("log-in", 2), ..Rates::default() };
    let routes = guarded(settings(rates), ok());
    for left in (0..60).rev() {
        let answer = ask(&routes, "/v1/orders", "192.0.2.1").await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(header(&answer, "ratelimit").starts_with(&format!("\"address\";r={left};t=")));
        assert_eq!(header(&answer, "ratelimit-policy"), "\"address\";q=60;w=60");
    }
    let answer = ask(&routes, "/v1/orders", "192.0.2.1").await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!((header(&answer, "retry-after"), header(&answer, "ratelimit")), ("1", "\"address\";r=0;t=1"));
    assert!(answer.headers().contains_key("x-request-id"), "a refusal too");
    let problem = json(answer).await;
    assert_eq!(problem["type"], "/problems/too-many-requests");
    assert_eq!((&problem["policy"], &problem["retry_after"]), (&"address".into(), &1.into()));
    assert_eq!(ask(&routes, "/v1/orders", "192.0.2.2").await.status(), StatusCode::OK, "another one");

    let log_in =
        async || routes.clone().oneshot(request(Method::POST, "/v1/session", "192.0.2.1")).await.unwrap();
    assert_eq!(log_in().await.status(), StatusCode::OK, "its own quota");
    assert_eq!(log_in().await.status(), StatusCode::OK);
    assert_eq!(header(&log_in().await, "retry-after"), "30");
    for _ in 0..100 {
        assert_eq!(ask(&routes, "/health/ready", "192.0.2.1").await.status(), StatusCode::OK, "probes");
        assert_eq!(ask(&routes, "/webhooks/shopify", "192.0.2.1").await.status(), StatusCode::OK, "webhooks");
    }
}

#[tokio::test]
async fn a_network_of_version_6_has_ten_times_what_a_line_has() {
    let routes = guarded(settings(Rates { address: quota("address", 4), ..Rates::default() }), ok());
    let mut let_in = 0;
    for line in 0..20 {
        for host in 0..10 {
            let from = format!("[2001:db8:1:{line:x}::{host:x}]");
            let_in += u32::from(ask(&routes, "/v1/orders", &from).await.status() == StatusCode::OK);
        }
    }
    assert_eq!(let_in, 40);
    assert_eq!(ask(&routes, "/v1/orders", "[2001:db8:2::1]").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn callers_behind_a_proxy_are_told_apart_and_routes_learn_who_asks() {
    let tell = |ClientAddress(address): ClientAddress| async move { address.unwrap().to_string() };
    let rates = Rates { address: quota("address", 1), ..Rates::default() };
    let routes = guarded(settings(rates), Router::new().route("/v1/me", get(tell)));
    let through = async |from: &str, forwarded: &str| {
        let mut request = request(Method::GET, "/v1/me", from);
        request.headers_mut().insert("x-forwarded-for", forwarded.parse().unwrap());
        let answer = routes.clone().oneshot(request).await.unwrap();
        (
            answer.status().as_u16(),
            String::from_utf8(to_bytes(answer.into_body(), 999).await.unwrap().into()).unwrap(),
        )
    };
    assert_eq!(through("127.0.0.1", "203.0.113.1").await, (200, "203.0.113.1".into()));
    assert_eq!(through("127.0.0.1", "203.0.113.2").await, (200, "203.0.113.2".into()));
    assert_eq!(through("127.0.0.1", "203.0.113.1").await.0, 429);
    assert_eq!(through("192.0.2.7", "203.0.113.3").await, (200, "192.0.2.7".into()), "no proxy of ours");
    assert_eq!(through("192.0.2.7", "203.0.113.4").await.0, 429, "whatever it says");
}

fn caller(role: Role, tenant: u128, key: u128) -> Caller {
    let tenant = Tenant {
        id: TenantId::from_uuid(Uuid::from_u128(tenant)),
        slug: "demo".into(),
        name: "Demo".into(),
        demo: false,
        country: Country::Co,
    };
    let id = ApiKeyId::from_uuid(Uuid::from_u128(key));
    Caller { tenant, actor: Actor::ApiKey { id, scopes: vec!["*".into()], live: true }, role }
}

/// Routes that know their caller from the path: role, organisation, key.
fn known() -> Router {
    async fn handle(Extension(limits): Extension<Limits>, uri: Uri) -> Result<&'static str, Problem> {
        let words: Vec<&str> = uri.path().split('/').skip(2).collect();
        let caller = match words[..] {
            [role, tenant, key] => {
                caller(role.parse().unwrap(), tenant.parse().unwrap(), key.parse().unwrap())
            }
            _ => caller(Role::ApiClient, 9, 9),
        };
        limits.0.admit(&caller).await.map(|()| "ok")
    }
    Router::new().fallback(any(handle))
}

async fn let_in(routes: &Router, path: &str, times: usize) -> usize {
    let mut count = 0;
    for _ in 0..times {
        count += usize::from(ask(routes, path, "192.0.2.1").await.status() == StatusCode::OK);
    }
    count
}

#[tokio::test]
async fn a_caller_has_what_its_role_has_and_an_organisation_what_it_has() {
    let rates = Rates {
        admin: quota("admin", 7),
        operator: quota("operator", 6),
        viewer: quota("viewer", 5),
        api_client: quota("api-client", 4),
        agent: quota("agent", 3),
        orders: quota("orders", 2),
        organisation: quota("organisation", 20),
        ..Rates::default()
    };
    let routes = guarded(settings(rates), known());
    for (role, expected) in [("admin", 7), ("operator", 6), ("viewer", 5), ("api_client", 4), ("agent", 3)] {
        // An organisation and a key of its own each.
        let path = format!("/v1/{role}/{expected}/{expected}");
        assert_eq!(let_in(&routes, &path, 9).await, expected, "{role}");
    }
    let answer = ask(&routes, "/v1/admin/7/7", "192.0.2.1").await;
    assert!(header(&answer, "ratelimit").starts_with("\"admin\";r=0;t="), "{answer:?}");
    assert_eq!(json(answer).await["policy"], "admin");
    let mut all = 0;
    for key in 100..110 {
        all += let_in(&routes, &format!("/v1/viewer/50/{key}"), 5).await;
    }
    assert_eq!(all, 20, "ten keys of one organisation");
    let place =
        async || routes.clone().oneshot(request(Method::POST, "/v1/orders", "192.0.2.1")).await.unwrap();
    let answer = place().await;
    assert!(header(&answer, "ratelimit").starts_with("\"orders\";r=1;t="), "{answer:?}");
    place().await;
    assert_eq!(json(place().await).await["policy"], "orders");
}

/// Routes whose answers wait until they are allowed to come.
fn waiting(gate: &Arc<Semaphore>) -> Router {
    let hold = |gate: Arc<Semaphore>| async move {
        gate.acquire().await.map(SemaphorePermit::forget).map_or("", |()| "ok")
    };
    let (first, second) = (Arc::clone(gate), Arc::clone(gate));
    Router::new()
        .route("/v1/wait", get(move || hold(Arc::clone(&first))))
        .route("/webhooks/x", post(move || hold(Arc::clone(&second))))
        .route("/v1/now", get(|| async { "ok" }))
        .route(
            "/v1/of/{tenant}",
            get({
                let gate = Arc::clone(gate);
                move |Extension(limits): Extension<Limits>, Path(tenant): Path<u128>| async move {
                    limits.0.admit(&caller(Role::Admin, tenant, 1)).await?;
                    Ok::<_, Problem>(hold(gate).await)
                }
            }),
        )
}

/// Starts so many requests and waits until all that were not refused are being worked on.
async fn start(routes: &Router, method: Method, path: &str, times: usize) -> Vec<Option<u16>> {
    let mut running = Vec::new();
    for _ in 0..times {
        let routes = routes.clone();
        let request = request(method.clone(), path, "192.0.2.1");
        let task = tokio::spawn(async move { routes.oneshot(request).await.unwrap().status().as_u16() });
        running.push(task);
    }
    // Each runs as far as it can on the test's one thread.
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    let mut ended = Vec::new();
    for task in running {
        ended.push(if task.is_finished() { Some(task.await.unwrap()) } else { None });
    }
    ended
}

fn count(outcomes: &[Option<u16>], wanted: Option<u16>) -> usize {
    outcomes.iter().filter(|outcome| **outcome == wanted).count()
}

#[tokio::test]
async fn beyond_its_places_a_class_is_refused_and_webhooks_go_on() {
    let gate = Arc::new(Semaphore::new(0));
    let routes = guarded(settings(Rates::default()), waiting(&gate));
    let api = start(&routes, Method::GET, "/v1/wait", 20).await;
    assert_eq!((count(&api, None), count(&api, Some(503))), (16, 4));
    let refused = ask(&routes, "/v1/now", "192.0.2.1").await;
    assert_eq!((refused.status(), header(&refused, "retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    assert_eq!(json(refused).await["type"], "/problems/overloaded");
    let hooks = start(&routes, Method::POST, "/webhooks/x", 130).await;
    assert_eq!((count(&hooks, None), count(&hooks, Some(503))), (128, 2));
    gate.add_permits(1_000);
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(ask(&routes, "/v1/now", "192.0.2.1").await.status(), StatusCode::OK, "places come back");
}

#[tokio::test]
async fn everything_else_makes_way_for_a_rush_of_webhooks() {
    let gate = Arc::new(Semaphore::new(0));
    let routes = guarded(settings(Rates::default()), waiting(&gate));
    start(&routes, Method::POST, "/webhooks/x", 8).await;
    let api = start(&routes, Method::GET, "/v1/wait", 10).await;
    assert_eq!((count(&api, None), count(&api, Some(503))), (2, 8));
    let hooks = start(&routes, Method::POST, "/webhooks/x", 100).await;
    assert_eq!(count(&hooks, None), 100);
}

#[tokio::test]
async fn an_organisation_leaves_places_to_the_others() {
    let gate = Arc::new(Semaphore::new(0));
    let routes = guarded(settings(Rates::default()), waiting(&gate));
    let first = start(&routes, Method::GET, "/v1/of/1", 12).await;
    assert_eq!((count(&first, None), count(&first, Some(429))), (8, 4));
    let second = start(&routes, Method::GET, "/v1/of/2", 8).await;
    assert_eq!(count(&second, None), 8);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let short = Duration::from_millis(20);
    let settings = Settings { bodies: Patience { pause: short, whole: short }, ..settings(Rates::default()) };
    let read = |body: Body| async move {
        to_bytes(body, 1_000).await.map(|_| "ok").map_err(|_| StatusCode::BAD_REQUEST)
    };
    let routes = guarded(settings, Router::new().route("/v1/orders", post(read)));
    let never = futures_util::stream::pending::<Result<&'static str, std::io::Error>>();
    let slow = request(Method::POST, "/v1/orders", "192.0.2.1").map(|_| Body::from_stream(never));
    let answer = routes.clone().oneshot(slow).await.unwrap();
    assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(json(answer).await["type"], "/problems/body-too-slow");
    let quick = request(Method::POST, "/v1/orders", "192.0.2.1").map(|_| Body::from("x"));
    assert_eq!(routes.oneshot(quick).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn pages_of_allowed_sites_read_answers_and_no_others() {
    let routes = guarded(settings(Rates::default()), ok());
    let from = async |origin: &str, method: Method| {
        let mut request = request(method.clone(), "/v1/orders", "192.0.2.1");
        request.headers_mut().insert("origin", origin.parse().unwrap());
        if method == Method::OPTIONS {
            request.headers_mut().insert("access-control-request-method", "POST".parse().unwrap());
        }
        routes.clone().oneshot(request).await.unwrap()
    };
    let asked = from("https://panel.prueba.co", Method::OPTIONS).await;
    assert_eq!(asked.status(), StatusCode::NO_CONTENT);
    assert!(header(&asked, "access-control-allow-headers").contains("authorization"));
    assert_eq!(header(&asked, "access-control-allow-origin"), "https://panel.prueba.co");
    let answer = from("https://panel.prueba.co", Method::GET).await;
    assert_eq!(header(&answer, "access-control-allow-origin"), "https://panel.prueba.co");
    assert!(!answer.headers().contains_key("access-control-allow-credentials"), "the cookie stays at home");
    for method in [Method::OPTIONS, Method::GET] {
        let answer = from("https://otra.prueba.co", method).await;
        assert!(!answer.headers().contains_key("access-control-allow-origin"));
        assert!(!answer.headers().contains_key("access-control-allow-methods"));
    }
}

#[tokio::test]
async fn answers_tell_browsers_what_they_may_do_with_them() {
    let page = || async {
        ([("content-security-policy", "default-src 'self'"), ("cache-control", "no-cache")], "x")
    };
    let routes = guarded(settings(Rates::default()), ok().route("/cola", get(page)));
    let data = ask(&routes, "/v1/orders", "192.0.2.1").await;
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("cache-control", "no-store"),
        ("strict-transport-security", "max-age=31536000"),
    ] {
        assert_eq!(header(&data, name), value, "{name}");
    }
    let page = ask(&routes, "/cola", "192.0.2.1").await;
    assert_eq!(header(&page, "content-security-policy"), "default-src 'self'", "its own is kept");
    assert_eq!(header(&page, "cache-control"), "no-cache");
    let plain = guarded(Settings { https: false, ..settings(Rates::default()) }, ok());
    assert_eq!(header(&ask(&plain, "/", "192.0.2.1").await, "strict-transport-security"), "");
}

#[tokio::test]
async fn answers_are_packed_for_those_who_ask_and_streams_are_not() {
    let text = || async { "lorem ipsum ".repeat(100) };
    let events = || async { ([("content-type", "text/event-stream")], "data: x\n\n".repeat(100)) };
    let routes = Router::new().route("/v1/text", get(text)).route("/v1/live", get(events));
    let routes = guarded(settings(Rates::default()), packed(routes));
    for (path, accepts, encoding) in
        [("/v1/text", "gzip", "gzip"), ("/v1/text", "identity", ""), ("/v1/live", "gzip", "")]
    {
        let mut request = request(Method::GET, path, "192.0.2.1");
        request.headers_mut().insert("accept-encoding", accepts.parse().unwrap());
        let answer = routes.clone().oneshot(request).await.unwrap();
        assert_eq!(header(&answer, "content-encoding"), encoding, "{path} {accepts}");
    }
}
