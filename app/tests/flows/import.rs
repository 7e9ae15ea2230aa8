//! From a file to the queue.

use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::files;
use crate::server::Server;

#[tokio::test]
async fn what_is_urgent_comes_out_with_its_reasons() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let import = server.import("reporte.xlsx", files::xlsx(&files::lines())).await;
        assert_eq!(import["status"], "completed", "{engine:?}: {import}");
        assert_eq!(import["format"], "dropi_event_log");
        assert_eq!(import["result"]["rows_read"], 5);
        assert_eq!(import["result"]["shipments_created"], 5);
        assert_eq!(import["result"]["events_new"], 5);

        let queue = server.get("/v1/queue").await;
        let items = queue["items"].as_array().unwrap();
        assert_eq!(items.len(), 4, "the delivered one is left out");
        let first = &items[0];
        assert_eq!(first["tracking_number"], "240001234567");
        assert_eq!(first["status"], "IN_OFFICE");
        assert_eq!(first["city"]["name"], "Medellín");
        assert_eq!((&first["risk"]["score"], &first["risk"]["level"]), (&json!(85), &json!("HIGH")));
        let reasons: Vec<&str> = reasons(first);
        assert_eq!(reasons, ["120h_no_movement", "status_at_office", "novedad_present"]);
        let scores: Vec<i64> = items.iter().map(|item| item["risk"]["score"].as_i64().unwrap()).collect();
        assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
        // The leading zero stays, and the accent that the file lost comes back.
        let zero = items.iter().find(|item| item["tracking_number"] == "014152004123").unwrap();
        assert_eq!((&zero["city"]["name"], &zero["carrier"]["code"]), (&json!("Quibdó"), &json!("envia")));
        let armenia = items.iter().find(|item| item["tracking_number"] == "50012345680").unwrap();
        assert_eq!((&armenia["city"]["ambiguous"], &armenia["status_known"]), (&json!(true), &json!(false)));

        // Finished ones only for whoever asks for them.
        for (filter, expected) in [
            ("?include_terminal=true", 5),
            ("?include_terminal=false", 4),
            ("?status=DELIVERED", 1),
            ("?status=IN_OFFICE", 1),
            ("?level=HIGH&include_terminal=true", 1),
        ] {
            let queue = server.get(&format!("/v1/queue{filter}")).await;
            assert_eq!(queue["items"].as_array().unwrap().len(), expected, "{engine:?} {filter}");
        }
        let all = server.get("/v1/queue?include_terminal=true").await;
        assert_eq!(all["items"][4]["status"], "DELIVERED", "{engine:?}: after the open ones");

        let unmapped = server.get("/v1/unmapped-statuses").await;
        assert_eq!(unmapped["items"][0]["phrase"], "ALGO NUNCA VISTO");
        let summary = server.get("/v1/queue/summary").await;
        assert_eq!((&summary["high"], &summary["terminal"]), (&json!(1), &json!(1)));
    }
}

fn reasons(item: &Value) -> Vec<&str> {
    item["risk"]["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reason| reason["code"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn the_same_file_is_refused_and_another_one_updates() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let first = server.import("a.csv", files::csv(&files::lines())).await;
        let again = server.upload("b.csv", files::csv(&files::lines())).await;
        assert_eq!(again.status(), StatusCode::CONFLICT, "{engine:?}");
        let problem: Value = again.json().await.unwrap();
        assert_eq!(problem["type"], "/problems/already-imported");
        assert_eq!(problem["first_import_id"], first["id"]);
        assert_eq!(problem["first_loaded_at"], first["created_at"]);

        let mut lines = files::lines();
        lines[2].status = "ENTREGADO";
        lines[2].hours = 1;
        // This one is older than what is known: it is kept and changes nothing.
        lines[3].status = "EN TRANSITO";
        lines[3].hours = 400;
        let second = server.import("c.csv", files::csv(&lines)).await;
        assert_eq!(second["result"]["shipments_created"], 0, "{engine:?}");
        assert_eq!(second["result"]["events_new"], 1);
        assert_eq!(second["result"]["events_out_of_order"], 1);
        assert_eq!(second["result"]["events_duplicate"], 3);
        let found = server.get("/v1/shipments?q=50012345679").await;
        assert_eq!(found["items"][0]["status"], "DELIVERED");
        let id = found["items"][0]["id"].as_str().unwrap();
        let events = server.get(&format!("/v1/shipments/{id}/events")).await;
        let late: Vec<&Value> =
            events["items"].as_array().unwrap().iter().map(|e| &e["out_of_order"]).collect();
        assert_eq!(late, [&json!(false), &json!(true)]);
        let by_phone = server.get("/v1/shipments?q=300%20111%202233").await;
        assert_eq!(by_phone["items"].as_array().unwrap().len(), 5);
    }
}

#[tokio::test]
async fn a_file_without_its_columns_changes_nothing_and_names_them() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let file =
            b"fecha,telefono,numero_de_guia,ciudad_de_destino\n01/03/2026,3001112233,50012345678,CALI\n";
        let import = server.import("corto.csv", file.to_vec()).await;
        assert_eq!(
            (&import["status"], &import["phase"]),
            (&json!("failed"), &json!("waiting")),
            "{engine:?}"
        );
        assert_eq!(import["error"]["code"], "missing_columns");
        assert_eq!(import["error"]["columns"], json!(["estatus", "transportadora"]));
        assert!(server.get("/v1/shipments").await["items"].as_array().unwrap().is_empty());
        // It does not stand in the way of the next try, thrown away or not.
        assert_eq!(server.import("corto.csv", file.to_vec()).await["status"], "failed");
        let path = format!("/v1/imports/{}", import["id"].as_str().unwrap());
        assert_eq!(server.send("DELETE", &path, &Value::Null).await.0, StatusCode::NO_CONTENT);
        let import = server.get(&path).await;
        assert_eq!((&import["phase"], &import["error"]["code"]), (&json!("done"), &json!("discarded")));
        assert_eq!(server.import("corto.csv", file.to_vec()).await["status"], "failed");
    }
}

#[tokio::test]
async fn one_order_of_several_rows_is_collected_once() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let file = "ID,NUMERO GUIA,NOMBRE CLIENTE,TELEFONO,CIUDAD DESTINO,TRANSPORTADORA,ESTATUS,TOTAL DE LA ORDEN,PRODUCTO,CANTIDAD\n\
            1,50012345678,Ana Prueba,3001112233,CALI,COORDINADORA,EN OFICINA,150.000,Olla,1\n\
            1,50012345678,Ana Prueba,3001112233,CALI,COORDINADORA,EN OFICINA,150.000,Tapa,2\n\
            1,50012345678,Ana Prueba,3001112233,CALI,COORDINADORA,EN OFICINA,150.000,Libro,1\n\
            2,50012345679,Luz Prueba,3001112234,CALI,COORDINADORA,EN OFICINA,85.000,Olla,1\n";
        let import = server.import("reclamos.csv", file.as_bytes().to_vec()).await;
        assert_eq!(import["status"], "completed", "{engine:?}: {import}");
        assert_eq!(import["result"]["orders_created"], 2);
        let orders = server.get("/v1/orders").await;
        let totals: i64 =
            orders["items"].as_array().unwrap().iter().map(|o| o["total"]["amount"].as_i64().unwrap()).sum();
        assert_eq!(totals, 235_000);
        let queue = server.get("/v1/queue").await;
        let collects: i64 =
            queue["items"].as_array().unwrap().iter().map(|s| s["collect"]["amount"].as_i64().unwrap()).sum();
        assert_eq!(collects, 235_000);
    }
}

#[tokio::test]
async fn orders_of_claims_without_an_id_are_known_by_their_guia() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let rows = |ids: [&str; 4]| {
            let row = |(id, rest): (&str, &str)| format!("{id}{rest}\n");
            let rests = [
                "50012345678,Ana Prueba,CALI,TCC,EN OFICINA,150.000,Olla",
                "50012345678,Ana Prueba,CALI,TCC,EN OFICINA,150.000,Tapa",
                "50012345678,Ana Prueba,CALI,TCC,EN OFICINA,150.000,Libro",
                "50012345679,Luz Prueba,CALI,Mula Veloz,EN OFICINA,85.000,Olla",
            ];
            ids.into_iter().zip(rests).map(row).collect::<String>()
        };
        let titles =
            "NUMERO GUIA,NOMBRE CLIENTE,CIUDAD DESTINO,TRANSPORTADORA,ESTATUS,TOTAL DE LA ORDEN,PRODUCTO\n";
        let without = format!("{titles}{}", rows(["", "", "", ""]));
        let import = server.import("reclamos.csv", without.into_bytes()).await;
        assert_eq!(import["result"]["orders_created"], 2, "{engine:?}: {import}");
        assert_eq!(import["warnings"], json!([{ "code": "unknown_carriers", "detail": "1" }]));
        let orders = server.get("/v1/orders").await;
        let orders = orders["items"].as_array().unwrap();
        let totals: i64 = orders.iter().map(|order| order["total"]["amount"].as_i64().unwrap()).sum();
        assert_eq!((orders.len(), totals), (2, 235_000));
        // The same parcels with their ids are the same orders, and so they are without them again.
        let with = format!("ID,{titles}{}", rows(["1,", "1,", "1,", "2,"]));
        let import = server.import("reclamos-2.csv", with.into_bytes()).await;
        assert_eq!(import["result"]["orders_created"], 0, "{engine:?}: {import}");
        let other = format!("ID,{titles}7,50012345670,Sol Prueba,CALI,TCC,EN OFICINA,10.000,Olla\n");
        assert_eq!(server.import("otro.csv", other.into_bytes()).await["result"]["orders_created"], 1);
        let again = format!("{titles}50012345670,Sol Prueba,CALI,TCC,EN OFICINA,10.000,Olla\n");
        assert_eq!(server.import("otro-2.csv", again.into_bytes()).await["result"]["orders_created"], 0);
        assert_eq!(server.get("/v1/orders").await["items"].as_array().unwrap().len(), 3, "{engine:?}");
    }
}

#[tokio::test]
async fn a_quote_left_open_loses_no_row() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let row = |at: u32, novelty: &str| {
            format!("{},EN REPARTO,CALI,TCC,{novelty},05/03/2026\n", 62_000_000_000_u64 + u64::from(at))
        };
        let rows: String = (1..=200).map(|at| row(at, "")).collect();
        let titles =
            "numero_de_guia,estatus,ciudad_de_destino,transportadora,novedad,fecha_de_ultimo_movimiento\n";
        let file = format!("{titles}{}{rows}", row(0, "\"Cliente dijo no"));
        let import = server.import("comillas.csv", file.into_bytes()).await;
        assert_eq!(import["result"]["shipments_created"], 201, "{engine:?}: {import}");
        assert_eq!(import["failed_rows"][0]["reason"], "open_quote", "{engine:?}: {import}");
    }
}

#[tokio::test]
async fn a_date_to_come_freezes_no_shipment() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let file = |status: &str, date: &str| {
            format!(
                "fecha,guia,estado,ciudad,transportadora,fecha ultimo movimiento\n05/03/2026,62000000022,{status},CALI,TCC,{date}\n"
            )
        };
        let import = server.import("a.csv", file("EN REPARTO", "05/03/2099 10:00").into_bytes()).await;
        let failed = &import["failed_rows"][0];
        assert_eq!(
            (&failed["reason"], &failed["row"]),
            (&json!("bad_date"), &json!(2)),
            "{engine:?}: {import}"
        );
        server.import("b.csv", file("ENTREGADO", "06/03/2026 10:00").into_bytes()).await;
        let found = server.get("/v1/shipments?tracking_number=62000000022").await;
        assert_eq!(found["items"][0]["status"], "DELIVERED", "{engine:?}");
    }
}

#[tokio::test]
async fn pages_and_filters_cover_the_list_once() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        server.import("muchas.csv", files::csv(&files::many(130))).await;
        server.import("otras.csv", files::csv(&files::lines())).await;
        for (filter, expected) in [
            ("", 135),
            ("&carrier=coordinadora", 133),
            ("&city=Cali", 131),
            ("&status=IN_TRANSIT", 131),
            ("&city=76001&status=DELIVERED", 1),
            ("&level=HIGH", 1),
        ] {
            let mut numbers = all_numbers(&server, filter).await;
            let total = numbers.len();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!((total, numbers.len()), (expected, expected), "{engine:?} {filter}");
        }
    }
}

/// Tracking numbers of all pages of a filter.
async fn all_numbers(server: &Server, filter: &str) -> Vec<String> {
    let mut numbers = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = server.get(&format!("/v1/shipments?limit=50{filter}{cursor}")).await;
        for item in page["items"].as_array().unwrap() {
            numbers.push(item["tracking_number"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next_cursor"].as_str() else { return numbers };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test]
async fn the_command_names_what_it_could_not_use() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let load = |name: &str, content: &str, more: &[&str]| {
            let path = server.folder().join(name);
            std::fs::write(&path, content).unwrap();
            let import = ["import", "--tenant", "demo", path.to_str().unwrap()];
            server.try_run(&[&import[..], more].concat(), "")
        };
        let title = "numero_de_guia;estatus;ciudad_de_destino;transportadora;fecha_de_ultimo_movimiento\n";
        let rows = "50012345678;EN REPARTO;CALI;ENVIA;05/03/2026 08:10\nx;EN REPARTO;CALI;ENVIA;05/03/2026\n";
        let done = load("a.csv", &format!("{title}{rows}"), &["--json"]);
        assert_eq!(done.status.code(), Some(2), "{engine:?}: {}", String::from_utf8_lossy(&done.stderr));
        let said: Value = serde_json::from_slice(&done.stdout).unwrap();
        assert_eq!((&said["status"], &said["rows_failed"]), (&json!("partial"), &json!(1)), "{engine:?}");
        let failed = &said["failed_rows"][0];
        assert_eq!((&failed["row"], &failed["value"]), (&json!(3), &json!("x")), "{engine:?}: {said}");
        assert_eq!((&failed["column"], &failed["row_left_out"]), (&json!("numero_de_guia"), &json!(true)));
        assert!(failed["reason"].is_string(), "{engine:?}");
        let done = load("b.csv", &format!("{title}{rows}y;EN REPARTO;CALI;ENVIA;05/03/2026\n"), &[]);
        assert_eq!(done.status.code(), Some(2), "{engine:?}");
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(said.contains("row 4, numero_de_guia: \"y\""), "{engine:?}: {said}");
        let done = load("c.csv", &format!("{title}{}", rows.split('\n').next().unwrap()), &[]);
        assert_eq!(done.status.code(), Some(0), "{engine:?}: {}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(load("d.csv", "a;b\n1;2\n", &[]).status.code(), Some(1), "{engine:?}");
    }
}
