//! Batches: from two files of one day to their comparison.

use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::risk_policy::administrator;
use crate::server::Server;

const MORNING: &str = "numero_de_guia,estatus,ciudad_de_destino,transportadora,fecha_de_ultimo_movimiento\n\
    50012345678,EN REPARTO,CALI,COORDINADORA,05/03/2026 08:10\n\
    50012345679,EN OFICINA,CALI,COORDINADORA,05/03/2026 08:10\n\
    240001234567,EN REPARTO,PASTO,SERVIENTREGA,05/03/2026 08:10\n";
const EVENING: &str = "numero_de_guia,estatus,ciudad_de_destino,transportadora,fecha_de_ultimo_movimiento\n\
    50012345678,ENTREGADO,CALI,COORDINADORA,05/03/2026 18:10\n\
    50012345679,EN OFICINA,CALI,COORDINADORA,05/03/2026 08:10\n\
    50012345680,EN REPARTO,CALI,COORDINADORA,05/03/2026 18:10\n";

#[tokio::test]
async fn two_files_of_a_day_are_two_batches_and_are_compared() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let morning = server.import("manana.csv", MORNING.into()).await;
        let evening = server.import("tarde.csv", EVENING.into()).await;
        assert_eq!((&morning["status"], &evening["status"]), (&json!("completed"), &json!("completed")));
        let listed = server.get("/v1/batches").await["items"].clone();
        let told: Vec<_> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (&one["number"], &one["label"], &one["shipments"], &one["status"], &one["filling"]))
            .collect();
        let (open, done, three) = (json!("open"), json!(false), json!(3));
        let (first, second) = (json!("manana.csv"), json!("tarde.csv"));
        let (one, two) = (json!(1), json!(2));
        assert_eq!(told, [(&two, &second, &three, &open, &done), (&one, &first, &three, &open, &done)]);
        let (earlier, later) = (text(&listed[1]["id"]), text(&listed[0]["id"]));
        let of_import =
            server.get(&format!("/v1/batches?import_id={}", text(&evening["id"]))).await["items"].clone();
        assert_eq!(of_import, json!([listed[0]]), "{engine:?}");
        assert_eq!(server.get("/v1/batches?limit=1").await["items"], json!([listed[0]]));

        let path = format!("/v1/batches/{later}/comparison?with={earlier}");
        let compared = server.get(&path).await;
        let counts = ["new", "vanished", "changed", "unchanged"].map(|name| compared[name].as_u64().unwrap());
        assert_eq!(counts, [1, 1, 1, 1], "{engine:?} {compared}");
        assert_eq!(
            compared["changes"],
            json!([{ "from": "OUT_FOR_DELIVERY", "to": "DELIVERED", "shipments": 1 }])
        );
        let list = |difference: &str| {
            format!("/v1/batches/{later}/comparison/shipments?with={earlier}&difference={difference}")
        };
        let changed = server.get(&list("changed")).await["items"][0].clone();
        assert_eq!(changed["shipment"]["tracking_number"], "50012345678");
        assert_eq!(
            (&changed["before"], &changed["after"]),
            (&json!("OUT_FOR_DELIVERY"), &json!("DELIVERED"))
        );
        let vanished = server.get(&list("vanished")).await["items"][0].clone();
        assert_eq!(vanished["shipment"]["tracking_number"], "240001234567");
        for bad in [list("other"), format!("/v1/batches/{later}/comparison?with=x")] {
            let answer = server.client.get(server.url(&bad)).bearer_auth(&server.key).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{bad}");
        }
    }
}

#[tokio::test]
async fn a_batch_is_worked_through_and_closed() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        server.import("manana.csv", MORNING.into()).await;
        let batch = server.get("/v1/batches").await["items"][0].clone();
        let path = format!("/v1/batches/{}", text(&batch["id"]));
        let shipments = server.get(&format!("{path}/shipments?carrier=coordinadora")).await["items"].clone();
        assert_eq!(shipments.as_array().unwrap().len(), 2, "{engine:?}");
        let ids: Vec<&Value> =
            shipments.as_array().unwrap().iter().map(|one| &one["shipment"]["id"]).collect();

        let (browser, csrf) = administrator(&server).await;
        let body = json!({ "shipment_ids": ids, "reviewed": true });
        let url = server.url(&format!("{path}/reviews"));
        let marked = browser.put(url).header("X-CSRF-Token", &csrf).json(&body).send().await.unwrap();
        assert_eq!(
            marked.json::<Value>().await.unwrap(),
            json!({ "changed": ids, "missing": 0, "reviewed": 2 })
        );
        let progress = server.get(&format!("{path}/progress")).await["items"].clone();
        let told: Vec<_> = progress
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (&one["carrier_code"], &one["shipments"], &one["reviewed"]))
            .collect();
        let (two, one, none) = (json!(2), json!(1), json!(0));
        let (coordinadora, servientrega) = (json!("coordinadora"), json!("servientrega"));
        assert_eq!(told, [(&coordinadora, &two, &two), (&servientrega, &one, &none)], "{engine:?}");
        let looked = server.get(&format!("{path}/shipments?reviewed=true&limit=1")).await;
        assert!(looked["items"][0]["reviewed_by"]["name"].is_string(), "{looked}");
        assert!(looked["items"][0]["reviewed_at"].is_string() && looked["next_cursor"].is_string());
        let body = json!({ "shipment_ids": [ids[0]], "reviewed": false });
        let (status, undone) = server.send("PUT", &format!("{path}/reviews"), &body).await;
        assert_eq!((status, &undone["reviewed"]), (StatusCode::OK, &one), "{engine:?}");

        let put = async |status: &str| {
            server.send("PUT", &format!("{path}/status"), &json!({ "status": status })).await
        };
        let (status, problem) = put("archived").await;
        assert_eq!((status, &problem["type"]), (StatusCode::CONFLICT, &json!("/problems/batch-status")));
        assert_eq!(put("closed").await.1["status"], "closed");
        let (status, problem) = server.send("PUT", &format!("{path}/reviews"), &body).await;
        assert_eq!((status, &problem["type"]), (StatusCode::CONFLICT, &json!("/problems/batch-not-open")));
        assert_eq!(put("shut").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(server.get("/v1/batches?status=open").await["items"], json!([]));
        assert_eq!(put("open").await.1["closed_at"], Value::Null);

        let body = json!({ "label": " Revisar ", "tracking_numbers": ["500-123-45678", "999999999"] });
        let (status, made) = server.send("POST", "/v1/batches", &body).await;
        assert_eq!((status, &made["unknown"]), (StatusCode::CREATED, &json!(["999999999"])), "{made}");
        assert_eq!((&made["batch"]["number"], &made["batch"]["label"]), (&two, &json!("Revisar")));
        let more = format!("/v1/batches/{}/shipments", text(&made["batch"]["id"]));
        let (_, filled) = server.send("POST", &more, &json!({ "tracking_numbers": ["50012345679"] })).await;
        assert_eq!((&filled["added"], &filled["batch"]["shipments"]), (&one, &two));
        for bad in [
            json!({ "tracking_numbers": ["999999999"] }),
            json!({ "tracking_numbers": ["50012345679"], "label": "x".repeat(121) }),
            json!({ "tracking_numbers": ["50012345679"], "label": "con\u{0}cero" }),
        ] {
            let (status, problem) = server.send("POST", "/v1/batches", &bad).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{bad} {problem}");
        }
    }
}

#[tokio::test]
async fn batches_are_for_those_who_may_and_for_their_organisation() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        server.import("manana.csv", MORNING.into()).await;
        let batch = server.get("/v1/batches").await["items"][0].clone();
        let id = text(&batch["id"]).to_owned();
        server.run(&["tenant", "create", "--slug", "otra", "--name", "Otra"]);
        let others = server.run(&["api-key", "create", "--tenant", "otra", "--scope", "*", "--json"]);
        let reads =
            server.run(&["api-key", "create", "--tenant", "demo", "--scope", "guides:read", "--json"]);
        let shipment = server.get(&format!("/v1/batches/{id}/shipments")).await["items"][0].clone();
        let marks = json!({ "shipment_ids": [shipment["shipment"]["id"]], "reviewed": true });
        let numbers = json!({ "tracking_numbers": ["50012345678"] });
        let closed = json!({ "status": "closed" });
        let with = |key: &Value, method: &str, path: &str, body: &Value| {
            let method = method.parse().unwrap();
            let request = server.client.request(method, server.url(path)).bearer_auth(key.as_str().unwrap());
            request.json(body).send()
        };
        for (method, path, body) in [
            ("GET", format!("/v1/batches/{id}"), &Value::Null),
            ("GET", format!("/v1/batches/{id}/progress"), &Value::Null),
            ("GET", format!("/v1/batches/{id}/shipments"), &Value::Null),
            ("GET", format!("/v1/batches/{id}/comparison?with={id}"), &Value::Null),
            ("GET", format!("/v1/batches/{id}/comparison/shipments?with={id}&difference=new"), &Value::Null),
            ("PUT", format!("/v1/batches/{id}/status"), &closed),
            ("PUT", format!("/v1/batches/{id}/reviews"), &marks),
            ("POST", format!("/v1/batches/{id}/shipments"), &numbers),
        ] {
            let answer = with(&others["key"], method, &path, body).await.unwrap();
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{engine:?} {method} {path}");
            let answer = with(&reads["key"], method, &path, body).await.unwrap();
            let expected = if method == "GET" { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(answer.status(), expected, "{engine:?} {method} {path}");
        }
        let answer = with(&others["key"], "GET", "/v1/batches", &Value::Null).await.unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap()["items"], json!([]));
        let answer = with(&reads["key"], "POST", "/v1/batches", &numbers).await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
