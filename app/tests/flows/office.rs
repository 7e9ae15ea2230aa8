//! A parcel at an office: how long it is kept, and an extension that an operator notes and takes back.

use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::files;
use crate::server::Server;

#[tokio::test]
async fn an_operator_notes_an_extension_and_takes_it_back() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        server.import("a.csv", files::csv(&files::lines())).await;
        let found = server.get("/v1/queue?status=IN_OFFICE").await;
        let id = found["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(found["items"][0]["colour"], "orange", "{engine:?}");
        let path = format!("/v1/shipments/{id}");
        let office = async || server.get(&path).await["office"].clone();
        let before = office().await;
        // Servientrega keeps parcels for eight business days.
        assert_eq!(before["office_days"], 8, "{engine:?} {before}");
        assert!(before["days_left"].is_i64() && before["arrived_at"].is_string(), "{engine:?} {before}");

        let extensions = format!("{path}/office-extensions");
        let post = async |body: Value| server.send("POST", &extensions, &body).await;
        let (status, stay) = post(json!({ "days": 4, "reason": "pidió el cliente" })).await;
        assert_eq!(status, StatusCode::CREATED, "{engine:?} {stay}");
        let moved = stay["days_left"].as_i64().unwrap() - before["days_left"].as_i64().unwrap();
        assert_eq!((moved, &stay["extra_days_left"]), (4, &json!(6)), "{engine:?}");
        let (status, problem) = post(json!({ "days": 7 })).await;
        assert_eq!((status, &problem["days_left_to_extend"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(6)));
        for bad in [json!({ "days": 0 }), json!({ "days": 1, "reason": "300 111 2233" }), json!({})] {
            assert_eq!(post(bad).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{engine:?}");
        }
        let one = format!("{extensions}/{}", stay["extensions"][0]["id"].as_str().unwrap());
        assert_eq!(server.send("DELETE", &one, &Value::Null).await.0, StatusCode::NO_CONTENT, "{engine:?}");
        assert_eq!(server.send("DELETE", &one, &Value::Null).await.0, StatusCode::NOT_FOUND, "{engine:?}");
        assert_eq!(office().await, before, "{engine:?}");

        let other = server.get("/v1/shipments?status=DELIVERED").await["items"][0].clone();
        assert_eq!(other["colour"], "green", "{engine:?}");
        let elsewhere = format!("/v1/shipments/{}/office-extensions", other["id"].as_str().unwrap());
        assert_eq!(server.send("POST", &elsewhere, &json!({ "days": 1 })).await.0, StatusCode::CONFLICT);
        let nobody = "/v1/shipments/00000000-0000-7000-8000-000000000000/office-extensions";
        assert_eq!(server.send("POST", nobody, &json!({ "days": 1 })).await.0, StatusCode::NOT_FOUND);
    }
}
