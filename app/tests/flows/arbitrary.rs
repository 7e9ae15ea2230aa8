//! Whatever a caller sends, to whichever route: the answer is a clear refusal or a success, never a failure of ours.

use std::collections::BTreeSet;
use std::fmt::Write;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::files;
use crate::risk_policy::administrator;
use crate::server::Server;

/// Requests of each kind. The server is one process for all of them.
const CASES: u32 = 400;

/// A route as the served description names it.
#[derive(Debug, Clone)]
struct Route {
    method: Method,
    path: String,
    parameters: Vec<String>,
}

/// All routes but the log-out, which would end the test's own session, and the stream, which has no end.
fn routes(document: &Value) -> Vec<Route> {
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            if method == Method::DELETE && path == "/v1/session" || path == "/v1/live" {
                continue;
            }
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let parameters = parameters.iter().filter(|parameter| parameter["in"] == "query");
            let parameters = parameters.map(|parameter| parameter["name"].as_str().unwrap().to_owned());
            routes.push(Route { method, path: path.clone(), parameters: parameters.collect() });
        }
    }
    assert!(routes.len() > 15, "{routes:?}");
    routes
}

/// Every name of a member that a body or an answer has: most of what is sent hits a real one.
fn members(document: &Value) -> Vec<String> {
    let mut names = BTreeSet::new();
    for schema in document["components"]["schemas"].as_object().unwrap().values() {
        names.extend(schema["properties"].as_object().into_iter().flat_map(Map::keys).cloned());
    }
    names.into_iter().collect()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => any::<String>(),
        1 => "[0-9]{1,40}",
        1 => "-?[0-9]{1,3}",
        1 => "[A-Z_]{1,20}",
        1 => "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}",
        1 => "[01]\\.-?[0-9]{1,19}\\.[0-9]{1,20}\\.[0-9]{1,19}\\.[0-9a-f-]{0,36}",
        1 => Just("0001-01-01T00:00:00Z".to_owned()),
        1 => Just("ñ\u{0}\u{feff}\u{202e}' or 1=1 --".to_owned()),
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        (-2..120_i64).prop_map(Value::from),
        text().prop_map(Value::from),
    ]
}

fn body(members: Vec<String>) -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 24, 6, move |inner| {
        let name = prop_oneof![4 => prop::sample::select(members.clone()), 1 => text()];
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            4 => prop::collection::hash_map(name, inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        write!(out, "%{byte:02X}").unwrap();
        out
    })
}

/// Fills the places of a path, one text each.
fn filled(path: &str, text: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { encoded(text) } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

struct Caller {
    server: Server,
    browser: Client,
    csrf: String,
}

impl Caller {
    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> StatusCode {
        let mut request =
            self.browser.request(method, self.server.url(path)).header("X-CSRF-Token", &self.csrf);
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.unwrap().status()
    }
}

#[test]
fn no_request_makes_the_server_fail() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (caller, document) = runtime.block_on(async {
        let server = Server::on(database::Engine::Sqlite).await;
        server.import("a.csv", files::csv(&files::lines())).await;
        let (browser, csrf) = administrator(&server).await;
        let document = server.get("/openapi.json").await;
        (Caller { server, browser, csrf }, document)
    });
    let routes = routes(&document);
    let config = || Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let check = |route: &Route, path: &str, body: Option<&Value>| {
        let status = runtime.block_on(caller.send(route.method.clone(), path, body));
        prop_assert!(status.as_u16() < 500, "{} {path}: {status}", route.method);
        Ok(())
    };

    let reading: Vec<Route> = routes.iter().filter(|route| route.method == Method::GET).cloned().collect();
    let asked = (
        prop::sample::select(reading),
        text(),
        prop::collection::vec((any::<prop::sample::Index>(), text()), 0..4),
    );
    let outcome = TestRunner::new(config()).run(&asked, |(route, place, values)| {
        let mut path = filled(&route.path, &place) + "?";
        for (index, value) in values {
            let name = match route.parameters.as_slice() {
                [] => "q",
                names => names[index.index(names.len())].as_str(),
            };
            write!(path, "{name}={}&", encoded(&value)).unwrap();
        }
        check(&route, &path, None)
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));

    let writing: Vec<Route> = routes.into_iter().filter(|route| route.method != Method::GET).collect();
    let told = (prop::sample::select(writing), text(), body(members(&document)));
    let outcome = TestRunner::new(config())
        .run(&told, |(route, place, body)| check(&route, &filled(&route.path, &place), Some(&body)));
    outcome.unwrap_or_else(|failure| panic!("{failure}"));

    let alive = runtime.block_on(caller.send(Method::GET, "/health/ready", None));
    assert_eq!(alive, StatusCode::OK);
    assert!(!caller.server.log().contains("panicked"), "no handler panicked");
}
