//! What a list tells of the past of routes: it draws their likely rates, and no shipment is made of it.

use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::risk_policy::administrator;
use crate::server::Server;

fn book(rates: &[[&str; 5]], times: &[[&str; 3]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let rows = |rows: Vec<Vec<&str>>, name: &str, book: &mut Workbook| {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (at, row) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(row) {
                sheet.write_string(at, column, cell).unwrap();
            }
        }
    };
    let head = [["CIUDAD", "TRANSPORTADORA", "DEVOLUCIONES", "ENTREGAS", "TOTAL"]];
    let all = head.iter().chain(rates).map(|row| row.to_vec()).collect();
    rows(all, "Tasa_Entregas", &mut book);
    let head = [["CIUDAD", "TRANSPORTADORA", "DIAS"]];
    rows(head.iter().chain(times).map(|row| row.to_vec()).collect(), "Tiempo_Promedio", &mut book);
    book.save_to_buffer().unwrap()
}

async fn route(server: &Server, browser: &reqwest::Client, city: &str) -> Value {
    let path = server.url(&format!("/v1/routes?city={city}"));
    let found: Value = browser.get(path).send().await.unwrap().json().await.unwrap();
    let items = found["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{found}");
    items[0].clone()
}

#[tokio::test]
async fn a_workbook_of_the_past_lights_routes() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let (browser, _) = administrator(&server).await;
        let file = book(
            &[
                ["BOGOTA", "COORDINADORA", "100", "400", "500"],
                ["BOGOTÁ D.C.", "Coordinadora", "20", "80", "100"],
                ["PASTO", "ENVIA", "9", "11", "21"],
                ["Vereda Nueva", "ENVIA", "1", "3", "4"],
            ],
            &[["BOGOTA", "COORDINADORA", "2"], ["Bogotá", "COORDINADORA", "3"]],
        );
        let import = server.import("historico.xlsx", file).await;
        assert_eq!(
            (&import["status"], &import["format"], &import["result"]["rows_failed"]),
            (&json!("partial"), &json!("route_history"), &json!(1)),
            "{engine:?} {import}"
        );
        assert_eq!(import["result"]["shipments_created"], 0);
        assert_eq!(server.get("/v1/batches").await["items"], json!([]), "{engine:?}");

        let bogota = route(&server, &browser, "11001").await;
        let past = json!({ "delivered": 480, "returned": 120, "days": 2.5 });
        assert_eq!((&bogota["past"], &bogota["light"]), (&past, &json!("amber")), "{engine:?} {bogota}");
        assert_eq!((&bogota["likely_rate"], &bogota["rate"]), (&json!(80.0), &Value::Null), "{engine:?}");
        let few = route(&server, &browser, "Vereda%20Nueva").await;
        let past = json!({ "delivered": 3, "returned": 1, "days": null });
        assert_eq!((&few["past"], &few["light"]), (&past, &json!("grey")), "{engine:?} {few}");

        // The row that failed is corrected and loaded again; a later list replaces what an earlier one told.
        let path = format!("/v1/imports/{}/failed-rows", import["id"].as_str().unwrap());
        let csv = server.text(&path).await;
        assert!(csv.contains("PASTO;ENVIA;9;11;21;;TOTAL: el total no es la suma"), "{csv}");
        let import = server.import("corregido.csv", csv.replace("11;21", "11;20").into_bytes()).await;
        assert_eq!(import["status"], "completed", "{engine:?} {import}");
        assert_eq!(route(&server, &browser, "Pasto").await["past"]["delivered"], 11, "{engine:?}");
        let file = book(&[["BOGOTA", "COORDINADORA", "90", "10", "100"]], &[]);
        server.import("nuevo.xlsx", file).await;
        let bogota = route(&server, &browser, "11001").await;
        let past = json!({ "delivered": 10, "returned": 90, "days": null });
        assert_eq!((&bogota["past"], &bogota["light"]), (&past, &json!("red")), "{engine:?} {bogota}");
    }
}
