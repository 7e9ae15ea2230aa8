//! Files whose columns nobody knows yet, and files that somebody looks at before they go in.

use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::files;
use crate::server::{Server, wait_until};

const UNKNOWN: &str = "Remesa interna;Contacto;Destino final;Situación;Empresa;Cobro\n\
    50012345678;3001112233;CALI;EN REPARTO;COORDINADORA;85.000\n\
    50012345679;3109998877;PASTO;ENTREGADO;COORDINADORA;120.000\n";

async fn refused(server: &Server, name: &str, content: &str) -> String {
    let answer = server.upload(name, content.as_bytes().to_vec()).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let id = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/imports/{id}");
    wait_until("the import fails", || async { server.get(&path).await["status"] == "failed" }).await;
    assert_eq!(server.get(&path).await["phase"], "waiting", "its file is kept");
    id
}

#[tokio::test]
async fn unknown_columns_are_said_once() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let id = refused(&server, "raro.csv", UNKNOWN).await;
        let import = server.get(&format!("/v1/imports/{id}")).await;
        assert_eq!(import["error"]["code"], "missing_columns", "{engine:?}");
        assert!(server.get("/v1/shipments").await["items"].as_array().unwrap().is_empty());

        let found = server.get(&format!("/v1/imports/{id}/layout")).await;
        let guessed: Vec<&Value> =
            found["columns"].as_array().unwrap().iter().map(|column| &column["guess"]["field"]).collect();
        assert_eq!(guessed, ["tracking_number", "phone", "city", "status", "carrier", "collect"]);
        let layout = found["proposal"].clone();

        let path = format!("/v1/imports/{id}/preview");
        let (status, preview) = server.send("POST", &path, &json!({ "layout": layout })).await;
        assert_eq!(status, StatusCode::OK, "{preview}");
        assert_eq!(preview["counts"]["shipments"], 2);
        assert_eq!(preview["counts"]["collect"], 205_000);
        assert_eq!(preview["rows"][0]["status"], "EN REPARTO");

        let path = format!("/v1/imports/{id}/mapping");
        let (status, problem) = server.send("POST", &path, &json!({})).await;
        assert_eq!(
            (status, &problem["type"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/missing-columns"))
        );
        let (status, _) =
            server.send("POST", &path, &json!({ "layout": layout, "save_as": "Mi hoja" })).await;
        assert_eq!(status, StatusCode::ACCEPTED);
        let import = server.finished(&id).await;
        assert_eq!(
            (&import["status"], &import["format"]),
            (&json!("completed"), &json!("mapped")),
            "{import}"
        );
        assert_eq!(import["result"]["shipments_created"], 2);

        // The next file of its kind needs nobody.
        let next = UNKNOWN.replace("EN REPARTO", "ENTREGADO");
        let import = server.import("otro.csv", next.into_bytes()).await;
        assert_eq!((&import["status"], &import["format"]), (&json!("completed"), &json!("mapped")));
        assert_eq!(import["result"]["shipments_updated"], 1);
        assert_eq!(import["warnings"][0], json!({ "code": "saved_layout", "detail": "Mi hoja" }));

        let profiles = server.get("/v1/import-profiles").await;
        assert_eq!(profiles["items"][0]["name"], "Mi hoja");
        let path = format!("/v1/import-profiles/{}", profiles["items"][0]["id"].as_str().unwrap());
        assert_eq!(server.send("DELETE", &path, &Value::Null).await.0, StatusCode::NO_CONTENT);
        assert_eq!(server.send("DELETE", &path, &Value::Null).await.0, StatusCode::NOT_FOUND);
        refused(&server, "tercero.csv", &UNKNOWN.replace("CALI", "BOGOTA")).await;
    }
}

#[tokio::test]
async fn a_file_is_looked_at_before_it_goes_in() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let file = "ID,NUMERO GUIA,NOMBRE CLIENTE,CIUDAD DESTINO,TRANSPORTADORA,ESTATUS,TOTAL DE LA ORDEN,PRODUCTO\n\
            1,50012345678,Ana Prueba,CALI,COORDINADORA,EN OFICINA,150.000,Olla\n\
            1,50012345678,Ana Prueba,CALI,COORDINADORA,EN OFICINA,150.000,Tapa\n\
            1,50012345678,Ana Prueba,CALI,COORDINADORA,EN OFICINA,150.000,Libro\n\
            2,50012345679,Luz Prueba,CALI,COORDINADORA,EN OFICINA,85.000,Olla\n";
        let answer = server.upload_to("/v1/imports?review=true", "reclamos.csv", file.into()).await;
        let id = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(server.get(&format!("/v1/imports/{id}")).await["status"], "held", "{engine:?}");
        let (_, preview) = server.send("POST", &format!("/v1/imports/{id}/preview"), &json!({})).await;
        assert_eq!(preview["format"], "dropi_office_claims");
        let counts = &preview["counts"];
        assert_eq!((&counts["rows_read"], &counts["orders"]), (&json!(4), &json!(2)));
        assert_eq!((&counts["collect"], &counts["naive_collect"]), (&json!(235_000), &json!(535_000)));
        let codes: Vec<&Value> =
            preview["warnings"].as_array().unwrap().iter().map(|warning| &warning["code"]).collect();
        assert_eq!(codes, ["rows_are_not_orders", "sum_counts_orders_twice"]);
        assert!(server.get("/v1/orders").await["items"].as_array().unwrap().is_empty());

        let (status, _) = server.send("POST", &format!("/v1/imports/{id}/mapping"), &json!({})).await;
        assert_eq!(status, StatusCode::ACCEPTED);
        assert_eq!(server.finished(&id).await["result"]["orders_created"], 2);
        let (status, problem) = server.send("POST", &format!("/v1/imports/{id}/mapping"), &json!({})).await;
        assert_eq!((status, &problem["import_status"]), (StatusCode::CONFLICT, &json!("completed")));
    }
}

#[tokio::test]
async fn a_file_that_waits_can_be_thrown_away_and_a_bad_layout_changes_nothing() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let id = refused(&server, "raro.csv", UNKNOWN).await;
        let mapping = format!("/v1/imports/{id}/mapping");
        let layout = |columns: Value| json!({ "layout": { "sheet": null, "header_row": 1, "first_row": 2, "columns": columns } });
        for columns in [
            json!([]),
            json!([{ "index": 0, "field": "status" }]),
            json!([{ "index": 0, "field": "tracking_number" }, { "index": 1, "field": "tracking_number" }]),
            json!([{ "index": 0, "field": "aside" }]),
            json!([{ "index": 0, "field": "nada" }]),
            json!([{ "index": 0, "field": "tracking_number", "transform": "nada" }]),
            json!([{ "index": 0, "field": "tracking_number", "transform": "month_first" }]),
            json!([{ "index": 4_000_000_000_u32, "field": "tracking_number" }]),
        ] {
            let (status, problem) = server.send("POST", &mapping, &layout(columns.clone())).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{engine:?} {columns}: {problem}");
        }
        let path = format!("/v1/imports/{id}");
        assert_eq!(server.get(&path).await["phase"], "waiting");
        assert_eq!(server.send("DELETE", &path, &Value::Null).await.0, StatusCode::NO_CONTENT);
        let import = server.get(&path).await;
        assert_eq!((&import["status"], &import["error"]["code"]), (&json!("failed"), &json!("discarded")));
        assert_eq!(server.send("DELETE", &path, &Value::Null).await.0, StatusCode::CONFLICT);
        // Its content may come again.
        refused(&server, "raro.csv", UNKNOWN).await;
    }
}

#[tokio::test]
async fn a_file_that_waits_stands_in_nobodys_way() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let file = files::csv(&files::lines());
        let answer = server.upload_to("/v1/imports?review=true", "a.csv", file.clone()).await;
        let id = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
        let loaded = server.import("b.csv", file).await;
        assert_eq!(loaded["status"], "completed", "{engine:?}: {loaded}");
        let (status, problem) = server.send("POST", &format!("/v1/imports/{id}/mapping"), &json!({})).await;
        assert_eq!(status, StatusCode::CONFLICT, "{engine:?}: {problem}");
        assert_eq!(problem["type"], "/problems/already-imported");
        assert_eq!(problem["first_import_id"], loaded["id"]);
        assert_eq!(server.get(&format!("/v1/imports/{id}")).await["status"], "held");
    }
}

#[tokio::test]
async fn rows_that_failed_come_back_and_load_once_corrected() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let file = "numero_de_guia;estatus;ciudad_de_destino;transportadora;fecha_de_ultimo_movimiento;nota mia\n\
            014152004123;EN REPARTO;CALI;ENVIA;05/03/2026 08:10;a\n\
            240001234567;EN REPARTO;=CALI;ENVIA;31/02/2026;b\n";
        let import = server.import("reporte.csv", file.into()).await;
        assert_eq!(import["status"], "partial", "{engine:?}: {import}");
        let path = format!("/v1/imports/{}/failed-rows", import["id"].as_str().unwrap());
        let csv = server.text(&path).await;
        let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(
            lines,
            [
                "numero_de_guia;estatus;ciudad_de_destino;transportadora;fecha_de_ultimo_movimiento;nota mia;Motivo del rechazo",
                "'240001234567;EN REPARTO;'=CALI;ENVIA;31/02/2026;;fecha_de_ultimo_movimiento: la fecha no se entiende",
            ]
        );
        let again = csv.replace("31/02/2026", "28/02/2026").replace("'=CALI", "CALI");
        let import = server.import("corregido.csv", again.into_bytes()).await;
        assert_eq!((&import["status"], &import["format"]), (&json!("completed"), &json!("dropi_event_log")));
        assert_eq!(import["warnings"], json!([{ "code": "unmatched_columns", "detail": "nota mia" }]));
        let found = server.get("/v1/shipments?q=240001234567").await;
        assert_eq!(found["items"][0]["city"]["name"], "Cali");
    }
}

#[tokio::test]
async fn a_carriers_list_needs_the_tracking_number_alone() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let file = "HORA,FECHA,NOMBRE CLIENTE,TELÉFONO,NÚMERO GUIA,ESTATUS,CIUDAD DESTINO,EMPRESA,PROBLEMA,ÚLTIMO MOVIMIENTO,FECHA DE ÚLTIMO MOVIMIENTO,HORA DE ÚLTIMO MOVIMIENTO,FECHA ENVIO\n\
            08:00,2026-03-06,Ana Prueba,3001112233,50012345678,NOVEDAD,CALI,COORDINADORA,Dirección errada,Novedad,2026/03/05,14:25,2026-03-01\n\
            08:00,2026-03-06,,,50012345679,,,,,,,,\n\
            08:00,2026-03-06,Luz Prueba,3001112234,,EN REPARTO,CALI,COORDINADORA,,,,,\n";
        let import = server.import("seguimiento.csv", file.into()).await;
        assert_eq!(
            (&import["status"], &import["format"]),
            (&json!("partial"), &json!("carrier_tracking")),
            "{engine:?}: {import}"
        );
        assert_eq!(import["result"]["shipments_created"], 2);
        assert_eq!(import["failed_rows"][0]["reason"], "missing_value");
        let found = server.get("/v1/shipments?q=50012345678").await;
        assert_eq!(found["items"][0]["last_movement_at"], "2026-03-05T19:25:00Z");
    }
}
