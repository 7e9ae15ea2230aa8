//! Route lights: from a file to the carrier that leaves most, by rules an administrator changes.

use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::risk_policy::administrator;
use crate::server::Server;

/// Thirty shipments to Cali, with money: two carriers, one of which brings many back.
fn file() -> String {
    let mut csv =
        "ID Orden,Número de Guía,Fecha Generación Guía,Departamento,Ciudad,Estatus,Transportadora,Fecha \
                   Último Movimiento,Valor Facturado,Precio Flete,Costo Devolución\n"
            .to_owned();
    for (digit, carrier, returned) in [(7, "TCC", 9), (8, "COORDINADORA", 1)] {
        for number in 0..15 {
            let (status, cost) = if number < returned { ("DEVOLUCION", "9000") } else { ("ENTREGADO", "") };
            csv += &format!(
                "D-{digit}{number},{digit}{number:010},01/03/2026,Valle del Cauca,Cali,{status},{carrier},04/03/2026,\
                 80000,12500,{cost}\n"
            );
        }
    }
    csv
}

#[tokio::test]
async fn routes_say_where_cash_on_delivery_loses_money() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let answer = server.upload("rutas.csv", file().into_bytes()).await;
        let id = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(server.finished(&id).await["status"], "completed", "{engine:?}");
        let (browser, csrf) = administrator(&server).await;
        let get = async |path: &str| -> Value {
            browser.get(server.url(path)).send().await.unwrap().json().await.unwrap()
        };
        let send = |method: reqwest::Method, path: &str, body: &Value| {
            browser.request(method, server.url(path)).header("X-CSRF-Token", &csrf).json(body).send()
        };
        let months = "from=2026-01&to=2026-12";

        let first = get(&format!("/v1/routes?{months}&limit=1")).await;
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = get(&format!("/v1/routes?{months}&limit=1&cursor={cursor}")).await;
        assert_eq!(second["next_cursor"], Value::Null, "{engine:?}");
        let routes = [&first["items"][0], &second["items"][0]];
        let tcc = routes.iter().find(|route| route["carrier_code"] == "tcc").unwrap();
        assert_eq!(
            (&tcc["returned"], &tcc["light"], &tcc["to_block"]),
            (&json!(9), &json!("red"), &json!(true))
        );
        assert_eq!(tcc["loss"], json!({ "amount": 9 * 21_500, "currency": "COP" }), "{engine:?}");
        let rate = |name: &str| tcc[name].as_f64().unwrap();
        assert!(rate("low_rate") < rate("likely_rate") && rate("likely_rate") < rate("high_rate"));
        let block = get(&format!("/v1/routes?{months}&to_block=true&light=red&city=cali")).await;
        assert_eq!(block["items"].as_array().unwrap().len(), 1, "{engine:?}");

        let best = get(&format!("/v1/cities/Cali/best-carrier?{months}&product_cost=30000")).await;
        assert_eq!(
            (&best["best"], &best["city_key"]),
            (&json!("coordinadora"), &json!("76001")),
            "{engine:?}"
        );
        let margin = &best["offers"][0]["margin"];
        let term = |name: &str| margin[name]["amount"].as_i64().unwrap();
        assert_eq!(term("expected"), term("income") - term("freight") - term("returns"), "{engine:?}");

        let pause = json!({ "city": "Cali", "carrier": "coordinadora", "reason": "paro en la vía" });
        let paused = send(reqwest::Method::POST, "/v1/route-pauses", &pause).await.unwrap();
        assert_eq!(paused.status(), StatusCode::CREATED, "{engine:?}");
        let paused: Value = paused.json().await.unwrap();
        let twice = send(reqwest::Method::POST, "/v1/route-pauses", &pause).await.unwrap();
        assert_eq!(twice.status(), StatusCode::CONFLICT, "{engine:?}");
        let phone = json!({ "city": "Cali", "reason": "llamar al 300 111 2233" });
        let refused = send(reqwest::Method::POST, "/v1/route-pauses", &phone).await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{engine:?}");
        let best = get(&format!("/v1/cities/76001/best-carrier?{months}")).await;
        assert_eq!(
            (&best["best"], &best["missing"]),
            (&json!("tcc"), &json!(["product_cost"])),
            "{engine:?}"
        );
        let resume = format!("/v1/route-pauses/{}/resume", paused["id"].as_str().unwrap());
        let resumed = send(reqwest::Method::POST, &resume, &json!({})).await.unwrap();
        assert!(resumed.json::<Value>().await.unwrap()["resumed_by"]["user_id"].is_string(), "{engine:?}");
        let again = send(reqwest::Method::POST, &resume, &json!({})).await.unwrap();
        assert_eq!(again.status(), StatusCode::CONFLICT, "{engine:?}");
        assert_eq!(get("/v1/route-pauses?active=true").await["items"], json!([]), "{engine:?}");

        let mut policy = get("/v1/route-policy").await;
        policy["policy"]["grey_below"] = json!(16);
        let body = json!({ "version": 0, "policy": policy["policy"] });
        let changed = send(reqwest::Method::PUT, "/v1/route-policy", &body).await.unwrap();
        assert_eq!(changed.json::<Value>().await.unwrap()["version"], 1, "{engine:?}");
        let late = send(reqwest::Method::PUT, "/v1/route-policy", &body).await.unwrap();
        assert_eq!(late.status(), StatusCode::CONFLICT, "{engine:?}");
        assert_eq!(get("/v1/route-policy/changes").await["items"][0]["to"]["grey_below"], 16, "{engine:?}");
        let grid = get(&format!("/v1/routes/grid?{months}")).await;
        assert_eq!(grid["cities"][0]["cells"][0]["light"], "grey", "{engine:?}");
        assert_eq!(get(&format!("/v1/routes/losses?{months}")).await["returned"], 10, "{engine:?}");
        assert_eq!(get(&format!("/v1/routes/matrix?{months}")).await["too_few"], 2, "{engine:?}");
        let with = get(&format!("/v1/routes/simulation?{months}&to_carrier=coordinadora")).await;
        assert_eq!((&with["cannot_tell"], &with["simulated"]), (&json!(15), &Value::Null), "{engine:?}");

        for path in ["/v1/routes?cursor=x", "/v1/routes?light=blue", "/v1/routes/simulation?to_carrier=zzz"] {
            let answer = browser.get(server.url(path)).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{path}");
        }
        let by_key = server.client.get(server.url("/v1/route-policy")).bearer_auth(&server.key).send().await;
        let by_key = by_key.unwrap().status();
        assert!([StatusCode::OK, StatusCode::FORBIDDEN].contains(&by_key), "{engine:?} {by_key}");
        let write = server.client.put(server.url("/v1/route-policy")).bearer_auth(&server.key).json(&body);
        assert_eq!(write.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{engine:?}");
        let write = server.client.post(server.url("/v1/route-pauses")).bearer_auth(&server.key).json(&pause);
        assert_eq!(write.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{engine:?}");
    }
}
