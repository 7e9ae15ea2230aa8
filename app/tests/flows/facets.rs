//! What lists can be filtered by.

use serde_json::{Value, json};
use testkit::ENGINES;

use crate::files::{self, Line};
use crate::server::Server;

#[tokio::test]
async fn filters_offer_what_shipments_have() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let empty = server.get("/v1/shipments/facets").await;
        assert_eq!(empty, json!({ "carriers": [], "cities": [] }), "{engine:?}");

        let line = |number: &str, carrier, city| Line {
            number: number.to_owned(),
            status: "EN TRANSITO",
            city,
            carrier,
            novelty: "",
            hours: 2,
        };
        let mut lines = files::many(40);
        lines.push(line("99000000001", "TCC", "Vereda el Hato"));
        lines.push(line("99000000002", "Transportes Nadie", "BOGOTA"));
        server.import("a.csv", files::csv(&lines)).await;
        let facets = server.get("/v1/shipments/facets").await;
        let named = |kind: &str, member: &str| -> Vec<Value> {
            facets[kind].as_array().unwrap().iter().map(|each| each[member].clone()).collect()
        };
        assert_eq!(named("carriers", "code"), ["coordinadora", "otro", "tcc"], "{engine:?}");
        assert_eq!(named("cities", "name"), ["Bogotá D.C.", "Cali", "Vereda el Hato"], "{engine:?}");
        assert_eq!(named("cities", "dane_code"), [json!("11001"), json!("76001"), json!(null)]);
        // Each is a filter that finds something.
        for city in named("cities", "name") {
            let found = server.get(&format!("/v1/shipments?city={}", city.as_str().unwrap())).await;
            assert!(!found["items"].as_array().unwrap().is_empty(), "{engine:?} {city}");
        }
    }
}
