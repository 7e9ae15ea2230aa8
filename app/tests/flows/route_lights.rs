//! Route lights: from a file to the carrier that leaves most, by rules an administrator changes.

use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::risk_policy::administrator;
use crate::server::Server;

const MONTHS: &str = "from=2026-01&to=2026-12";

/// Thirty shipments to Cali, with money: two carriers, one of which brings many back.
fn file() -> String {
    let mut lines = vec![
        "ID Orden,Número de Guía,Fecha Generación Guía,Departamento,Ciudad,Estatus,Transportadora,Fecha Último \
         Movimiento,Valor Facturado,Precio Flete,Costo Devolución"
            .to_owned(),
    ];
    for (digit, carrier, returned) in [(7, "TCC", 9), (8, "COORDINADORA", 1)] {
        for number in 0..15 {
            let (status, cost) = if number < returned { ("DEVOLUCION", "9000") } else { ("ENTREGADO", "") };
            lines.push(format!(
                "D-{digit}{number},{digit}{number:010},01/03/2026,Valle del Cauca,Cali,{status},{carrier},04/03/2026,\
                 80000,12500,{cost}"
            ));
        }
    }
    lines.join("\n")
}

/// A server with the file in it, and its administrator.
struct Site {
    server: Server,
    browser: reqwest::Client,
    csrf: String,
}

impl Site {
    async fn on(engine: database::Engine) -> Self {
        let server = Server::on(engine).await;
        let import = server.import("rutas.csv", file().into_bytes()).await;
        assert_eq!(import["status"], "completed", "{engine:?} {import}");
        let (browser, csrf) = administrator(&server).await;
        Self { server, browser, csrf }
    }

    async fn get(&self, path: &str) -> Value {
        self.browser.get(self.server.url(path)).send().await.unwrap().json().await.unwrap()
    }

    async fn send(&self, method: reqwest::Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = self.browser.request(method, self.server.url(path));
        let answer = request.header("X-CSRF-Token", &self.csrf).json(body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }
}

#[tokio::test]
async fn routes_say_where_cash_on_delivery_loses_money() {
    for engine in ENGINES {
        let site = Site::on(engine).await;
        let first = site.get(&format!("/v1/routes?{MONTHS}&limit=1")).await;
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = site.get(&format!("/v1/routes?{MONTHS}&limit=1&cursor={cursor}")).await;
        assert_eq!(second["next_cursor"], Value::Null, "{engine:?}");
        let routes = [&first["items"][0], &second["items"][0]];
        let tcc = routes.iter().find(|route| route["carrier_code"] == "tcc").unwrap();
        assert_eq!((&tcc["returned"], &tcc["light"]), (&json!(9), &json!("red")), "{engine:?}");
        assert_eq!(tcc["loss"], json!({ "amount": 9 * 21_500, "currency": "COP" }), "{engine:?}");
        let rate = |name: &str| tcc[name].as_f64().unwrap();
        assert!(rate("low_rate") < rate("likely_rate") && rate("likely_rate") < rate("high_rate"));
        let block = site.get(&format!("/v1/routes?{MONTHS}&to_block=true&light=red&city=cali")).await;
        assert_eq!(block["items"].as_array().unwrap().len(), 1, "{engine:?}");

        let best = site.get(&format!("/v1/cities/Cali/best-carrier?{MONTHS}&product_cost=30000")).await;
        assert_eq!(
            (&best["best"], &best["city_key"]),
            (&json!("coordinadora"), &json!("76001")),
            "{engine:?}"
        );
        let margin = &best["offers"][0]["margin"];
        let term = |name: &str| margin[name]["amount"].as_i64().unwrap();
        assert_eq!(term("expected"), term("income") - term("freight") - term("returns"), "{engine:?}");
        assert_eq!(site.get(&format!("/v1/routes/losses?{MONTHS}")).await["returned"], 10, "{engine:?}");
        let path = format!("/v1/routes/simulation?{MONTHS}&to_carrier=coordinadora");
        let with = site.get(&path).await;
        assert_eq!((&with["ended"], &with["delivered"]), (&json!(15), &json!(6)), "{engine:?}");
        assert!(with["simulated"]["delivered"].as_f64().unwrap() > 10.0, "{engine:?} {with}");
        for path in ["/v1/routes?cursor=x", "/v1/routes?light=blue", "/v1/routes/simulation?to_carrier=zzz"] {
            let answer = site.browser.get(site.server.url(path)).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{path}");
        }
    }
}

#[tokio::test]
async fn a_paused_route_is_not_recommended_and_orders_say_so() {
    for engine in ENGINES {
        let site = Site::on(engine).await;
        let post = async |path: &str, body: Value| site.send(reqwest::Method::POST, path, &body).await;
        let pause = json!({ "city": "Cali", "carrier": "coordinadora", "reason": "paro en la vía" });
        let by_key = site.server.send("POST", "/v1/route-pauses", &pause).await;
        assert_eq!(by_key.0, StatusCode::FORBIDDEN, "{engine:?}");
        let (status, paused) = post("/v1/route-pauses", pause.clone()).await;
        assert_eq!(status, StatusCode::CREATED, "{engine:?}");
        assert_eq!(post("/v1/route-pauses", pause).await.0, StatusCode::CONFLICT, "{engine:?}");
        let phone = json!({ "city": "Cali", "reason": "llamar al 300 111 2233" });
        assert_eq!(post("/v1/route-pauses", phone).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{engine:?}");
        let best = site.get(&format!("/v1/cities/76001/best-carrier?{MONTHS}")).await;
        assert_eq!(
            (&best["best"], &best["missing"]),
            (&json!("tcc"), &json!(["product_cost"])),
            "{engine:?}"
        );
        let resume = format!("/v1/route-pauses/{}/resume", paused["id"].as_str().unwrap());
        let (_, resumed) = post(&resume, json!({})).await;
        assert!(resumed["resumed_by"]["user_id"].is_string(), "{engine:?} {resumed}");
        assert_eq!(post(&resume, json!({})).await.0, StatusCode::CONFLICT, "{engine:?}");
        assert_eq!(site.get("/v1/route-pauses?active=true").await["items"], json!([]), "{engine:?}");

        let order = json!({
            "customer": { "name": "Ana Prueba", "phone": "3005550101" }, "address": "Calle 1 # 2-3", "city": "Cali",
            "total": 80_000, "items": [{ "name": "Reloj", "quantity": 1 }],
        });
        let (_, before) = post("/v1/orders", order.clone()).await;
        assert_eq!(before["route_paused"], false, "{engine:?} {before}");
        post("/v1/route-pauses", json!({ "city": "76001", "reason": "muchas devoluciones" })).await;
        assert_eq!(post("/v1/orders", order).await.1["route_paused"], true, "{engine:?}");
    }
}

#[tokio::test]
async fn an_administrator_changes_how_routes_are_judged() {
    for engine in ENGINES {
        let site = Site::on(engine).await;
        let put = async |body: &Value| site.send(reqwest::Method::PUT, "/v1/route-policy", body).await;
        let mut policy = site.get("/v1/route-policy").await["policy"].clone();
        policy["grey_below"] = json!(16);
        let body = json!({ "version": 0, "policy": policy });
        assert_eq!(site.server.send("PUT", "/v1/route-policy", &body).await.0, StatusCode::FORBIDDEN);
        assert_eq!(put(&body).await.1["version"], 1, "{engine:?}");
        assert_eq!(put(&body).await.0, StatusCode::CONFLICT, "{engine:?}");
        policy["amber_from"] = json!(99);
        let (status, problem) = put(&json!({ "version": 1, "policy": policy })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{engine:?}");
        assert_eq!(problem["errors"][0]["field"], "policy.amber_from", "{engine:?}");
        let told = site.get("/v1/route-policy/changes").await;
        assert_eq!(told["items"][0]["to"]["grey_below"], 16, "{engine:?}");
        let grid = site.get(&format!("/v1/routes/grid?{MONTHS}")).await;
        assert_eq!(grid["cities"][0]["cells"][0]["light"], "grey", "{engine:?}");
        assert_eq!(site.get(&format!("/v1/routes/matrix?{MONTHS}")).await["too_few"], 2, "{engine:?}");
        let path = format!("/v1/routes/simulation?{MONTHS}&to_carrier=coordinadora");
        let with = site.get(&path).await;
        assert_eq!((&with["cannot_tell"], &with["simulated"]), (&json!(15), &Value::Null), "{engine:?}");
    }
}
