//! An organisation decides what is urgent.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::files;
use crate::server::{Server, wait_until};

#[tokio::test]
async fn an_administrator_changes_what_is_urgent() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        server.import("a.csv", files::csv(&files::lines())).await;
        let policy = server.get("/v1/risk-policy").await;
        assert_eq!((&policy["high_from"], &policy["changed_at"]), (&json!(70), &Value::Null), "{engine:?}");
        let body = json!({
            "high_from": 20, "medium_from": 10, "risky_cities": ["bogota"], "risky_carriers": ["COORDINADORA"],
        });
        let by_key = server.client.put(server.url("/v1/risk-policy")).bearer_auth(&server.key).json(&body);
        assert_eq!(by_key.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{engine:?}");

        let (browser, csrf) = administrator(&server).await;
        let put = |body: &Value| {
            browser.put(server.url("/v1/risk-policy")).header("X-CSRF-Token", &csrf).json(body).send()
        };
        let wrong = json!({
            "high_from": 0, "medium_from": 10, "risky_cities": ["Cali", "…"], "risky_carriers": [],
        });
        let refused = put(&wrong).await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{engine:?}");
        let problem: Value = refused.json().await.unwrap();
        let fields: Vec<&Value> =
            problem["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
        assert_eq!(fields, ["high_from", "medium_from", "risky_cities[1]"], "{engine:?}");

        let answer = put(&body).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{engine:?}");
        assert!(answer.json::<Value>().await.unwrap()["changed_at"].is_string());
        let followed = async || server.get("/v1/queue/summary").await["high"] == 4;
        wait_until("the queue follows", followed).await;
        let found = server.get("/v1/shipments?q=50012345678").await;
        assert_eq!(found["items"][0]["risk"]["score"], 20, "{engine:?}: in transit, city and carrier");
    }
}

pub(crate) async fn administrator(server: &Server) -> (Client, String) {
    let user = ["user", "create", "--tenant", "demo", "--email", "a@prueba.co", "--name", "Ana"];
    let user = [&user[..], &["--role", "admin", "--password-stdin"]].concat();
    assert!(server.try_run(&user, "mesa nube lápiz\n").status.success());
    let browser = Client::builder().cookie_store(true).build().unwrap();
    let body = json!({ "email": "a@prueba.co", "password": "mesa nube lápiz" });
    let session: Value =
        browser.post(server.url("/v1/session")).json(&body).send().await.unwrap().json().await.unwrap();
    (browser, session["csrf_token"].as_str().unwrap().to_owned())
}
