//! An administrator says what an unknown phrase means.

use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::files;
use crate::operations::administrator;
use crate::server::{Server, wait_until};

#[tokio::test]
async fn an_unknown_phrase_is_mapped_once_and_its_shipments_follow() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let (browser, session) = administrator(&server).await;
        let csrf = session["csrf_token"].as_str().unwrap();
        let lines = files::lines();
        let number = lines.iter().find(|line| line.status == "ALGO NUNCA VISTO").unwrap().number.clone();
        server.import("a.csv", files::csv(&lines)).await;
        let unmapped = server.get("/v1/unmapped-statuses").await["items"].clone();
        let phrase = unmapped[0]["phrase"].as_str().unwrap();
        let shipment = async || -> Value {
            server.get(&format!("/v1/shipments?tracking_number={number}")).await["items"][0].clone()
        };
        assert_eq!(shipment().await["status"], "ISSUE", "{engine:?}");

        let put = async |item: Value| {
            let request = browser.put(server.url("/v1/status-mappings")).header("X-CSRF-Token", csrf);
            request.json(&json!({ "items": [item] })).send().await.unwrap()
        };
        let bad = put(json!({ "phrase": phrase, "status": "MARS" })).await;
        assert_eq!(bad.status(), StatusCode::UNPROCESSABLE_ENTITY, "{engine:?}");
        let bad: Value = bad.json().await.unwrap();
        assert_eq!(bad["errors"][0]["field"], "items[0].status", "{engine:?}");
        let carrier = &unmapped[0]["carrier_code"];
        let good = put(json!({ "carrier_code": carrier, "phrase": phrase, "status": "DELIVERED" })).await;
        assert_eq!(good.status(), StatusCode::NO_CONTENT, "{engine:?}");
        wait_until("the shipment follows", || async { shipment().await["status"] == "DELIVERED" }).await;
        assert_eq!(server.get("/v1/unmapped-statuses").await["items"], json!([]), "{engine:?}");

        let listed = server.get("/v1/status-mappings").await["items"].clone();
        assert_eq!(listed[0]["status"], "DELIVERED", "{engine:?}");
        let put_back = put(listed[0].clone()).await;
        assert_eq!(put_back.status(), StatusCode::NO_CONTENT, "{engine:?}: what is listed can be put");
        let path = format!(
            "/v1/status-mappings?carrier_code={}&phrase=algo%20nunca%20visto",
            carrier.as_str().unwrap()
        );
        let gone =
            async || browser.delete(server.url(&path)).header("X-CSRF-Token", csrf).send().await.unwrap();
        assert_eq!(gone().await.status(), StatusCode::NO_CONTENT, "{engine:?}");
        assert_eq!(gone().await.status(), StatusCode::NOT_FOUND, "{engine:?}");
        let by_key = server.client.put(server.url("/v1/status-mappings")).bearer_auth(&server.key);
        let by_key = by_key.json(&json!({ "items": [] })).send().await.unwrap();
        assert_eq!(by_key.status(), StatusCode::FORBIDDEN, "{engine:?}");
    }
}
