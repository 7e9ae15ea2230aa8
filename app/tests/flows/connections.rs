//! From a carrier's credentials to what it says about a shipment, asked for or told by itself.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{Clock, SignedDuration, SystemClock};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::ENGINES;

use crate::files::{self, Line};
use crate::risk_policy::administrator;
use crate::server::{Server, wait_until};

const TOKEN: &str = "the-token-of-tcc";
const NUMBER: &str = "400000001";

/// Stands in for TCC: lets in who has the token, and says what it is told to.
#[derive(Clone, Default)]
struct Twin(Arc<Mutex<(u16, String)>>);

impl Twin {
    async fn start() -> (Self, String) {
        let twin = Self(Arc::new(Mutex::new((200, states(&[])))));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(twin.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (twin, address)
    }

    fn says(&self, status: u16, body: String) {
        *self.0.lock().unwrap() = (status, body);
    }
}

async fn answer(State(twin): State<Twin>, headers: HeaderMap) -> Response {
    if headers.get("accesstoken").is_none_or(|token| token != TOKEN) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let (status, body) = twin.0.lock().unwrap().clone();
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

fn states(states: &[(&str, &str, i64)]) -> String {
    let state = |(code, words, hours): &(&str, &str, i64)| {
        let at = SystemClock.now() - SignedDuration::from_hours(*hours);
        json!({ "codigo": code, "descripcion": words, "fecha": at.to_string() })
    };
    let states: Vec<Value> = states.iter().map(state).collect();
    json!({
        "remesas": [{ "numeroremesa": NUMBER, "estados": states }],
        "respuesta": { "codigo": "0", "mensaje": "ok" },
    })
    .to_string()
}

fn line(number: &str, carrier: &'static str) -> Line {
    Line { number: number.to_owned(), status: "EN TRANSITO", city: "CALI", carrier, novelty: "", hours: 50 }
}

async fn shipment(server: &Server, number: &str) -> Value {
    server.get(&format!("/v1/shipments?tracking_number={number}")).await["items"][0].clone()
}

struct Admin<'a> {
    server: &'a Server,
    browser: reqwest::Client,
    csrf: String,
}

impl Admin<'_> {
    async fn ask(&self, method: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = self.browser.request(method.parse().unwrap(), self.server.url(path));
        let answer = request.header("X-CSRF-Token", &self.csrf).json(body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    async fn connection(&self, carrier: &str) -> Value {
        let (_, listed) = self.ask("GET", "/v1/carrier-connections", &Value::Null).await;
        listed["items"].as_array().unwrap().iter().find(|one| one["carrier"] == carrier).unwrap().clone()
    }
}

async fn admin(server: &Server) -> Admin<'_> {
    let (browser, csrf) = administrator(server).await;
    Admin { server, browser, csrf }
}

#[tokio::test]
async fn a_connected_carrier_is_asked_and_believed() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let admin = admin(&server).await;
        let (twin, address) = Twin::start().await;
        server.import("a.csv", files::csv(&[line(NUMBER, "TCC"), line("36312345678", "COORDINADORA")])).await;
        let by_key = server.send("PUT", "/v1/carrier-connections/tcc", &json!({})).await;
        assert_eq!(by_key.0, StatusCode::FORBIDDEN, "{engine:?}");
        let test = async || admin.ask("POST", "/v1/carrier-connections/tcc/test", &Value::Null).await.1;
        assert_eq!(test().await["state"], "not_connected", "{engine:?}");

        let body = json!({ "credentials": { "access_token": "wrong" }, "address": address });
        let (status, made) = admin.ask("PUT", "/v1/carrier-connections/tcc", &body).await;
        assert_eq!((status, &made["state"]), (StatusCode::OK, &json!("untested")), "{engine:?}");
        assert_eq!(test().await["state"], "refused", "{engine:?}");
        assert_eq!(shipment(&server, NUMBER).await["status"], "IN_TRANSIT", "{engine:?}: nothing is made up");

        // The delivery, told before what led to it.
        twin.says(
            200,
            states(&[("3000", "Entregado", 2), ("1000", "Remesa creada", 90), ("77", "Sin fecha", 90)]),
        );
        let body = json!({ "credentials": { "access_token": TOKEN }, "address": address });
        admin.ask("PUT", "/v1/carrier-connections/tcc", &body).await;
        let delivered = async || shipment(&server, NUMBER).await["status"] == "DELIVERED";
        wait_until("the carrier's word counts", delivered).await;
        assert_eq!(test().await["state"], "connected", "{engine:?}");
        let id = shipment(&server, NUMBER).await["id"].as_str().unwrap().to_owned();
        let detail = server.get(&format!("/v1/shipments/{id}")).await;
        assert!(detail["last_checked_at"].is_string(), "{engine:?}");
        assert_eq!(
            (&detail["last_checked_with"], &detail["city"]["name"]),
            (&json!("carrier"), &json!("Cali"))
        );
        let events = server.get(&format!("/v1/shipments/{id}/events")).await["items"].clone();
        assert_eq!(events.as_array().unwrap().len(), 4, "{engine:?}: one of the file, three of the carrier");
        assert_eq!(events[0]["source"], "carrier", "{engine:?}");
        let health = server.get("/v1/carriers/health").await["items"].clone();
        let of =
            |code: &str| health.as_array().unwrap().iter().find(|one| one["carrier_code"] == code).cloned();
        assert!(of("tcc").is_none(), "{engine:?}: what is delivered is not open");
        let open = of("coordinadora").unwrap();
        assert_eq!(
            (&open["open"], &open["looked_at"]),
            (&json!(1), &json!(0)),
            "{engine:?}: nobody is asked"
        );

        for fault in [(503, String::new(), "unreachable"), (200, "<html>".to_owned(), "unreadable")] {
            twin.says(fault.0, fault.1);
            assert_eq!(test().await["state"], fault.2, "{engine:?}");
        }
        assert_eq!(shipment(&server, NUMBER).await["status"], "DELIVERED", "{engine:?}");
        let (gone, _) = admin.ask("DELETE", "/v1/carrier-connections/tcc", &Value::Null).await;
        assert_eq!(gone, StatusCode::NO_CONTENT, "{engine:?}");
        assert_eq!(admin.connection("tcc").await["state"], "not_connected", "{engine:?}");
        assert!(!server.log().contains(TOKEN), "{engine:?}: no credentials in the log");
    }
}

#[tokio::test]
async fn an_address_leads_to_the_open_network_alone() {
    let server = Server::on(ENGINES[0]).await;
    let admin = admin(&server).await;
    for address in
        ["http://10.0.0.1", "https://10.0.0.1", "https://169.254.169.254/latest", "ftp://a.co", "a.co"]
    {
        let body = json!({ "credentials": {}, "address": address });
        let (status, problem) = admin.ask("PUT", "/v1/carrier-connections/envia", &body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{address}");
        assert_eq!(problem["errors"][0]["field"], "address", "{address}");
    }
    let unknown = json!({ "credentials": { "pin": "1" } });
    let (status, problem) = admin.ask("PUT", "/v1/carrier-connections/tcc", &unknown).await;
    assert_eq!(
        (status, &problem["errors"][0]["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("credentials.pin"))
    );
    // What lets in belongs to its address.
    let token = json!({ "access_token": TOKEN });
    let put = async |body: Value| admin.ask("PUT", "/v1/carrier-connections/tcc", &body).await;
    let (_, made) = put(json!({ "credentials": token, "address": "https://a.co" })).await;
    assert_eq!(made["address"], "https://a.co");
    assert_eq!(put(json!({})).await.1["address"], "https://a.co", "left out, it stays");
    for other in [json!("https://b.co"), json!(null), json!("")] {
        let (status, problem) = put(json!({ "address": other })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{other}");
        assert_eq!(problem["errors"][0]["field"], "credentials.access_token", "{other}");
    }
    let (status, made) = put(json!({ "credentials": token, "address": null })).await;
    assert_eq!((status, &made["address"]), (StatusCode::OK, &Value::Null));
    let (status, _) = admin.ask("PUT", "/v1/carrier-connections/nobody", &json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

fn push(code: &str, id: &str, hours: i64) -> String {
    let at = (SystemClock.now() - SignedDuration::from_hours(hours + 5)).to_string();
    let event = json!({
        "tracking_number": "36312345678", "codigo": code, "fecha": &at[..10], "hora": &at[11..19],
    });
    let message = json!({ "data": STANDARD.encode(event.to_string()), "messageId": id });
    json!({ "message": message, "subscription": "s" }).to_string()
}

#[tokio::test]
async fn what_a_carrier_tells_by_itself_goes_the_same_way() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let admin = admin(&server).await;
        server.import("a.csv", files::csv(&[line("36312345678", "COORDINADORA")])).await;
        let connect = async |carrier: &str, body: Value| -> String {
            let (_, made) = admin.ask("PUT", &format!("/v1/carrier-connections/{carrier}"), &body).await;
            made["hook_path"].as_str().unwrap().to_owned()
        };
        let send = async |path: &str, sign: Option<String>, body: &str| -> StatusCode {
            let mut request = server.client.post(server.url(path)).body(body.to_owned());
            if let Some(sign) = sign {
                request = request.header("sign", sign);
            }
            request.send().await.unwrap().status()
        };
        let path = connect("coordinadora", json!({})).await;
        let stranger = format!("/webhooks/coordinadora/{}", "0".repeat(32));
        for wrong in [stranger.as_str(), "/webhooks/coordinadora/x"] {
            assert_eq!(send(wrong, None, &push("6", "1", 1)).await, StatusCode::UNAUTHORIZED, "{engine:?}");
        }
        assert_eq!(send(&path, None, &push("6", "2", 1)).await, StatusCode::OK, "{engine:?}");
        let is = async |status: &str| shipment(&server, "36312345678").await["status"] == status;
        wait_until("it is delivered", || is("DELIVERED")).await;
        // Again, and what came before it.
        for body in [push("6", "2", 1), push("5", "3", 3)] {
            assert_eq!(send(&path, None, &body).await, StatusCode::OK, "{engine:?}");
        }
        let id = shipment(&server, "36312345678").await["id"].as_str().unwrap().to_owned();
        let events = async || server.get(&format!("/v1/shipments/{id}/events")).await["items"].clone();
        let all_there = async || events().await.as_array().unwrap().len() == 3;
        wait_until("all is told", all_there).await;
        assert!(is("DELIVERED").await, "{engine:?}");

        let path = connect("17track", json!({ "credentials": { "key": "the-key" } })).await;
        let body = r#"{"event":"TRACKING_UPDATED","data":{"number":"RR123456789CN","track_info":{"latest_status":
            {"status":"InTransit","sub_status":null},"latest_event":null}}}"#;
        let sign = |key: &str| {
            let hash = Sha256::digest(format!("{body}/{key}"));
            Some(domain::text::hex(&hash))
        };
        for unproven in [None, sign("another")] {
            assert_eq!(send(&path, unproven, body).await, StatusCode::UNAUTHORIZED, "{engine:?}");
        }
        assert_eq!(send(&path, sign("the-key"), body).await, StatusCode::OK, "{engine:?}");
        let heard_of = async || shipment(&server, "RR123456789CN").await["status"] == "IN_TRANSIT";
        wait_until("an unknown parcel is heard of", heard_of).await;
        let secret = path.rsplit('/').next().unwrap();
        assert!(!server.log().contains(secret), "{engine:?}: the address is in no log");
    }
}
