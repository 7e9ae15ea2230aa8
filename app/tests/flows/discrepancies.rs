//! Dropi says delivered, the carrier's list says at an office: an operator sees both, and puts it aside.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::server::Server;

pub(crate) const NUMBER: &str = "240001234567";

pub(crate) fn dropi(status: &str, at: &str) -> Vec<u8> {
    let titles = "fecha,telefono,numero_de_guia,estatus,ciudad_de_destino,transportadora,novedad,\
                  fecha_de_ultimo_movimiento,ultimo_movimiento,fecha_de_generacion_de_guia";
    let row = format!("{at},3001112233,{NUMBER},{status},CALI,SERVIENTREGA,,{at},{status},01/03/2026");
    format!("{titles}\n{row}\n").into_bytes()
}

pub(crate) fn carrier(status: &str, at: &str) -> Vec<u8> {
    let titles = "HORA,FECHA,NUMERO GUIA,ESTATUS,CIUDAD DESTINO,TRANSPORTADORA,ULTIMO MOVIMIENTO,FECHA DE ULTIMO MOVIMIENTO,\
                  HORA DE ULTIMO MOVIMIENTO";
    format!("{titles}\n08:30,{at},{NUMBER},{status},CALI,SERVIENTREGA,{status},{at},08:00\n").into_bytes()
}

#[tokio::test]
async fn an_operator_sees_who_says_what_and_puts_it_aside() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        server.import("dropi1.csv", dropi("EN TRANSITO", "02/03/2026")).await;
        let list = server.import("lista.csv", carrier("DISPONIBLE EN PUNTO", "04/03/2026")).await;
        assert_eq!(list["format"], "carrier_tracking", "{engine:?} {list}");
        let none = server.get("/v1/discrepancies").await;
        assert_eq!(none["items"], json!([]), "{engine:?}: who is behind contradicts nothing");
        server.import("dropi2.csv", dropi("ENTREGADO", "05/03/2026")).await;

        let found =
            server.get("/v1/discrepancies?kind=delivery_disputed&carrier=servientrega&city=Cali").await;
        let one = &found["items"][0];
        assert_eq!(one["shipment"]["tracking_number"], NUMBER, "{engine:?} {found}");
        assert_eq!(
            (&one["shipment"]["status"], &one["told_by"]),
            (&json!("IN_OFFICE"), &json!("tracking_file"))
        );
        let says: Vec<_> = one["sources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|side| (&side["source"], &side["status"]))
            .collect();
        let expected =
            [(&json!("tracking_file"), &json!("IN_OFFICE")), (&json!("dropi_file"), &json!("DELIVERED"))];
        assert_eq!(says, expected, "{engine:?}");
        let count = async || server.get("/v1/discrepancies/counts").await["kinds"][0].clone();
        let counted = json!({ "kind": "delivery_disputed", "open": 1, "reviewed": 0 });
        assert_eq!(count().await, counted, "{engine:?}");

        let id = one["shipment"]["id"].as_str().unwrap();
        let path = format!("/v1/discrepancies/{id}/review");
        let (status, marked) = server.send("PUT", &path, &json!({ "reviewed": true })).await;
        assert_eq!(status, StatusCode::OK, "{engine:?} {marked}");
        assert!(marked["review"]["reviewed_by"]["api_key_id"].is_string(), "{engine:?} {marked}");
        assert_eq!(server.get("/v1/discrepancies").await["items"], json!([]), "{engine:?}");
        let aside = server.get("/v1/discrepancies?reviewed=true").await;
        assert_eq!(aside["items"][0]["shipment"]["id"].as_str(), Some(id), "{engine:?}");
        let (status, _) = server.send("PUT", &path, &json!({})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{engine:?}");
        let nobody = "/v1/discrepancies/00000000-0000-7000-8000-000000000000/review";
        assert_eq!(server.send("PUT", nobody, &json!({ "reviewed": true })).await.0, StatusCode::NOT_FOUND);
        let bad = server.client.get(server.url("/v1/discrepancies?kind=x")).bearer_auth(&server.key);
        assert_eq!(bad.send().await.unwrap().status(), StatusCode::BAD_REQUEST, "{engine:?}");
        others_may_not(&server, &path).await;
    }
}

/// Another organisation sees nothing; who may only look changes nothing.
async fn others_may_not(server: &Server, path: &str) {
    server.run(&["tenant", "create", "--slug", "otra", "--name", "Otra"]);
    let key = |tenant: &str, scope: &str| {
        let made = server.run(&["api-key", "create", "--tenant", tenant, "--scope", scope, "--json"]);
        made["key"].as_str().unwrap().to_owned()
    };
    let (other, reader, nobody) = (key("otra", "*"), key("demo", "guides:read"), key("demo", "orders:read"));
    let client = Client::new();
    let mark = async |key: &str| {
        let request = client.put(server.url(path)).bearer_auth(key).json(&json!({ "reviewed": false }));
        request.send().await.unwrap().status()
    };
    assert_eq!(mark(&other).await, StatusCode::NOT_FOUND);
    assert_eq!(mark(&reader).await, StatusCode::FORBIDDEN);
    let list = async |key: &str| {
        let request = client.get(server.url("/v1/discrepancies?reviewed=true")).bearer_auth(key);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    assert_eq!(list(&other).await.1["items"], json!([]));
    assert_eq!(list(&reader).await.0, StatusCode::OK);
    assert_eq!(list(&nobody).await.0, StatusCode::FORBIDDEN);
}
