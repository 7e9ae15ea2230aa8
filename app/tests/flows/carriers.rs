//! Carriers as data: read by everybody, changed by administrators, known by their numbers.

use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::risk_policy::administrator;
use crate::server::Server;

#[tokio::test]
async fn an_administrator_changes_what_holds_for_a_carrier() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let listed = server.get("/v1/carriers").await["items"].clone();
        let mut envia = by_code(&listed, "envia");
        assert_eq!((&envia["version"], &envia["rules"]["office_days"]), (&json!(0), &json!(1)), "{engine:?}");
        assert_eq!(by_code(&listed, "tramaco")["country"], "EC");

        envia["rules"]["office_days"] = json!(5);
        let body = json!({ "version": 0, "rules": envia["rules"] });
        let by_key = server.client.put(server.url("/v1/carriers/envia")).bearer_auth(&server.key).json(&body);
        assert_eq!(by_key.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{engine:?}");

        let (browser, csrf) = administrator(&server).await;
        let put = |code: &str, body: &Value| {
            let url = server.url(&format!("/v1/carriers/{code}"));
            browser.put(url).header("X-CSRF-Token", &csrf).json(body).send()
        };
        let changed: Value = put("envia", &body).await.unwrap().json().await.unwrap();
        assert_eq!((&changed["version"], &changed["rules"]["office_days"]), (&json!(1), &json!(5)));
        let late = put("envia", &body).await.unwrap();
        assert_eq!(late.status(), StatusCode::CONFLICT, "{engine:?}");
        assert_eq!(late.json::<Value>().await.unwrap()["version"], 1);
        assert_eq!(put("nobody", &body).await.unwrap().status(), StatusCode::NOT_FOUND, "{engine:?}");
        let mut wrong = json!({ "version": 1, "rules": envia["rules"] });
        wrong["rules"]["max_collect"] = json!(-1);
        wrong["rules"]["numbers"][0]["confidence"] = json!(0);
        let refused: Value = put("envia", &wrong).await.unwrap().json().await.unwrap();
        let fields: Vec<&Value> =
            refused["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
        assert_eq!(fields, ["rules.max_collect", "rules.numbers[0]"], "{engine:?}");

        let url = server.url("/v1/carriers/envia/changes");
        let told: Value = browser.get(url).send().await.unwrap().json().await.unwrap();
        assert_eq!(told["items"].as_array().unwrap().len(), 1, "{engine:?}");
        let change = &told["items"][0];
        assert_eq!((&change["from"]["office_days"], &change["to"]["office_days"]), (&json!(1), &json!(5)));
        assert!(change["by_user"].is_string(), "{engine:?}");
        let listed = server.get("/v1/carriers").await["items"].clone();
        assert_eq!(by_code(&listed, "envia")["rules"]["office_days"], 5, "{engine:?}");
    }
}

#[tokio::test]
async fn a_number_names_its_carrier_or_shows_the_doubt() {
    let server = Server::on(ENGINES[0]).await;
    let detect = async |query: &str| server.get(&format!("/v1/carriers/detect?{query}")).await;
    let clear = detect("tracking_number=env-1234567890").await;
    assert_eq!((&clear["carrier_code"], &clear["decided_by"]), (&json!("envia"), &json!("number")));
    assert_eq!(clear["tracking_number"], "ENV1234567890");
    let doubt = detect("tracking_number=240123456789").await;
    assert_eq!((&doubt["carrier_code"], &doubt["decided_by"]), (&Value::Null, &json!("ambiguous")));
    assert!(doubt["candidates"].as_array().unwrap().len() > 1);
    let named = detect("tracking_number=240123456789&carrier=INTER%20RAPIDISIMO").await;
    assert_eq!((&named["carrier_code"], &named["decided_by"]), (&json!("interrapidisimo"), &json!("named")));
    let abroad = detect("tracking_number=TR1234567890&country=EC&carrier=INTER%20RAPIDISIMO").await;
    assert_eq!((&abroad["carrier_code"], &abroad["decided_by"]), (&json!("tramaco"), &json!("number")));
    let unknown = detect("tracking_number=ZZZZZZ1").await;
    assert_eq!((&unknown["carrier_code"], &unknown["decided_by"]), (&Value::Null, &json!("unknown")));
    let elsewhere = detect("tracking_number=TR1234567890&country=EC").await;
    assert_eq!(elsewhere["carrier_code"], "tramaco");
    for bad in ["tracking_number=PENDIENTE", "tracking_number=ENV1234567890&country=XX", ""] {
        let url = server.url(&format!("/v1/carriers/detect?{bad}"));
        let answer = server.client.get(url).bearer_auth(&server.key).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{bad}");
    }
}

fn by_code(listed: &Value, code: &str) -> Value {
    listed.as_array().unwrap().iter().find(|one| one["code"] == code).unwrap().clone()
}

#[tokio::test]
async fn files_are_understood_by_an_organisations_own_names() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let file = |status: &str| {
            let titles = "ID,NUMERO GUIA,NOMBRE CLIENTE,CIUDAD DESTINO,TRANSPORTADORA,ESTATUS,TOTAL DE LA ORDEN,PRODUCTO";
            format!("{titles}\n1,50012345678,Ana Prueba,CALI,La Vérde,{status},150.000,Olla\n").into_bytes()
        };
        let unknown = json!({ "code": "unknown_carriers", "detail": "1" });
        let before = server.import("antes.csv", file("EN REPARTO")).await;
        assert!(before["warnings"].as_array().unwrap().contains(&unknown), "{engine:?} {before}");

        let (browser, csrf) = administrator(&server).await;
        let put = async |code: &str, version: i64, aliases: Value| {
            let listed = server.get("/v1/carriers").await["items"].clone();
            let mut rules = by_code(&listed, code)["rules"].clone();
            rules["aliases"] = aliases;
            let request =
                browser.put(server.url(&format!("/v1/carriers/{code}"))).header("X-CSRF-Token", &csrf);
            let answer = request.json(&json!({ "version": version, "rules": rules })).send().await.unwrap();
            (answer.status(), answer.json::<Value>().await.unwrap())
        };
        let (status, changed) = put("envia", 0, json!([" la verde "])).await;
        assert_eq!(
            (status, &changed["rules"]["aliases"]),
            (StatusCode::OK, &json!(["la verde"])),
            "{changed}"
        );
        let (status, problem) = put("tcc", 0, json!(["LA VERDE"])).await;
        assert_eq!(
            (status, &problem["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("rules.aliases[0]")),
            "{engine:?} {problem}"
        );
        let after = server.import("despues.csv", file("EN OFICINA")).await;
        assert!(!after["warnings"].as_array().unwrap().contains(&unknown), "{engine:?} {after}");
        let found = server.get("/v1/shipments?carrier=envia").await;
        assert_eq!(
            found["items"][0]["tracking_number"], "50012345678",
            "{engine:?}: a known parcel learns it"
        );
    }
}
