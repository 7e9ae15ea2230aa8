//! Messy files through the whole program: the counts and sums that are stored are those of a hand count.

use reqwest::StatusCode;
use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::server::Server;

/// UTF-8 that a program took for Latin-1.
fn mojibake(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

/// Three orders of 1,409,467 pesos; one row without a usable number.
const HISTORY: &str = "ID Orden,Número de Guía,Cliente,Teléfono,Ciudad,Estatus,Transportadora,Fecha Último Movimiento,Valor Facturado\n\
    D-1,50012345671,José Núñez,3005550101,Bogotá,EN REPARTO,COORDINADORA,03/04/2026,\"$ 89,900\"\n\
    D-2,50012345672,Ana Peña,3005550102,Medellín,ENTREGADO,ENVÍA,2026-04-03 08:10,85.000\n\
    D-3,014152004123,Íngrid Müller,3005550103,Ibagué,EN OFICINA,INTERRAPIDÍSIMO,3-4-2026 8:10,\"$ 1.234.567,00\"\n\
    D-4,2.40041E+11,Eva Prueba,3005550104,Cali,EN OFICINA,ENVÍA,03/04/2026,50.000\n";

/// Two orders of 235,000 pesos in five rows, what they share merged.
fn claims() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let header =
        ["ID", "NÚMERO GUIA", "NOMBRE CLIENTE", "ESTATUS", "TRANSPORTADORA", "TOTAL DE LA ORDEN", "PRODUCTO"];
    sheet.merge_range(0, 0, 0, 6, "Reclamos", &Format::new()).unwrap();
    for (column, title) in (0..).zip(header) {
        sheet.write_string(1, column, title).unwrap();
    }
    let orders = [
        (2, 4, ["9001", "60012345671", "Ana Prueba", "EN OFICINA", "COORDINADORA", "150.000"]),
        (5, 6, ["9002", "60012345672", "Luz Prueba", "EN OFICINA", "COORDINADORA", "85.000"]),
    ];
    for (first, last, shared) in orders {
        for (column, value) in (0..).zip(shared) {
            sheet.merge_range(first, column, last, column, value, &Format::new()).unwrap();
        }
        for row in first..=last {
            sheet.write_string(row, 6, format!("Producto {row}")).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

async fn totals(server: &Server) -> (usize, i64) {
    let orders = server.get("/v1/orders?limit=200").await["items"].clone();
    let orders = orders.as_array().unwrap();
    (orders.len(), orders.iter().map(|order| order["total"]["amount"].as_i64().unwrap_or(0)).sum())
}

fn counts(import: &Value) -> [u64; 5] {
    ["rows_read", "rows_failed", "orders_created", "shipments_created", "events_new"]
        .map(|name| import["result"][name].as_u64().unwrap())
}

#[tokio::test]
async fn messy_files_give_the_exact_counts_and_sums() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let broken = server.import("roto.csv", mojibake(HISTORY).into_bytes()).await;
        assert_eq!((&broken["status"], counts(&broken)), (&json!("partial"), [4, 1, 3, 3, 3]), "{broken}");
        assert_eq!(broken["failed_rows"][0]["reason"], "scientific_number");
        assert_eq!(totals(&server).await, (3, 1_409_467), "{engine:?}");
        let found = server.get("/v1/shipments?tracking_number=014152004123").await["items"][0].clone();
        assert_eq!(
            (&found["city"]["name"], &found["recipient"]["name"]),
            (&json!("Ibagué"), &json!("Íngrid Müller"))
        );
        assert_eq!(found["last_movement_at"], "2026-04-03T13:10:00Z");

        // The same in another encoding is other bytes, and changes nothing.
        let again = server.import("latin1.csv", latin1(HISTORY)).await;
        assert_eq!(counts(&again), [4, 1, 0, 0, 0], "{again}");
        assert_eq!(totals(&server).await, (3, 1_409_467), "{engine:?}");

        let claims = server.import("reclamos.xlsx", claims()).await;
        assert_eq!((&claims["status"], counts(&claims)), (&json!("completed"), [5, 0, 2, 2, 2]), "{claims}");
        assert_eq!(totals(&server).await, (5, 1_644_467), "{engine:?}");
        let batches = server.get("/v1/batches").await["items"].clone();
        let sizes: Vec<&Value> = batches.as_array().unwrap().iter().map(|one| &one["shipments"]).collect();
        assert_eq!(sizes, [&json!(2), &json!(3), &json!(3)], "{engine:?}");
    }
}

#[tokio::test]
async fn a_file_without_shipments_is_named_and_leaves_nothing() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        for (name, text, code) in
            [("plata.csv", "VALOR FACTURADO,GANANCIA,PRECIO FLETE\n1,1,1\n", "finance_report")]
        {
            let import = server.import(name, text.into()).await;
            assert_eq!((&import["status"], &import["error"]["code"]), (&json!("failed"), &json!(code)));
            let answer = server.upload_to("/v1/imports?review=true", name, text.into()).await;
            assert_eq!(answer.status(), StatusCode::ACCEPTED, "a file that failed may come again");
            let id = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
            let found = server.get(&format!("/v1/imports/{id}/layout")).await;
            let known = json!({ "code": "holds_no_shipments", "detail": code });
            assert!(found["warnings"].as_array().unwrap().contains(&known), "{engine:?} {found}");
            let path = format!("/v1/imports/{id}/preview");
            let (status, problem) = server.send("POST", &path, &json!({})).await;
            assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(code)));
        }
        assert_eq!(server.get("/v1/shipments").await["items"], json!([]), "{engine:?}");
        assert_eq!(server.get("/v1/batches").await["items"], json!([]), "{engine:?}");
    }
}
