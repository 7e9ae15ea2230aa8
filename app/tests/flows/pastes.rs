//! Text pasted out of tracking pages.

use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::server::Server;

#[tokio::test]
async fn a_paste_is_looked_at_and_then_imported_with_every_event() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let mut paste = json!({
            "phones": "50012345678\t3001112233\n24000123\t3109998877\n",
            "report": "Número: 50012345678\nEstatus del paquete: Entregado (3 Días)\nCoordinadora:\n\
                2026-03-05 08:10 BOGOTA CUND COL EN REPARTO\n2026-03-04 22:05 GIRARDOTA ANT COL SALIDA DE CENTRO\n",
            "summary": "240001234567\tCO\tServientrega\t2026-03-06 14:25 DISPONIBLE EN PUNTO\tDisponible\t(5 Días)\n",
        });
        let (status, read) = server.send("POST", "/v1/pastes/preview", &paste).await;
        assert_eq!(status, StatusCode::OK, "{engine:?}: {read}");
        assert_eq!(read["shipments"][0]["phone_by"], "exact");
        assert_eq!(read["shipments"][1]["phone"], Value::Null);
        let proposed = &read["shipments"][1]["suggestions"][0];
        assert_eq!(proposed, &json!({ "tracking_number": "24000123", "phone": "+573109998877" }));
        assert_eq!(read["problems"][0]["code"], "phone_not_found");
        assert!(server.get("/v1/shipments").await["items"].as_array().unwrap().is_empty());

        paste["links"] = json!({ "240001234567": "3109998877" });
        let (status, queued) = server.send("POST", "/v1/pastes", &paste).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{queued}");
        let import = server.finished(queued["id"].as_str().unwrap()).await;
        assert_eq!(
            (&import["status"], &import["format"]),
            (&json!("completed"), &json!("pasted_report")),
            "{import}"
        );
        assert_eq!(
            (&import["result"]["shipments_created"], &import["result"]["events_new"]),
            (&json!(2), &json!(3))
        );
        let found = server.get("/v1/shipments?q=3109998877").await;
        assert_eq!(found["items"][0]["status"], "IN_OFFICE");
        let found = server.get("/v1/shipments?q=50012345678").await;
        assert_eq!(found["items"][0]["status"], "OUT_FOR_DELIVERY", "the newest event decides, not the head");

        let (status, again) = server.send("POST", "/v1/pastes", &paste).await;
        assert_eq!((status, &again["first_import_id"]), (StatusCode::CONFLICT, &queued["id"]));
        let (status, _) =
            server.send("POST", "/v1/pastes", &json!({ "phones": "50012345678\t3001112233" })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        let named = json!({ "report": "Número: 50012345678", "carrier": "x".repeat(81) });
        let (status, problem) = server.send("POST", "/v1/pastes/preview", &named).await;
        assert_eq!(
            (status, &problem["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("carrier")),
            "{problem}"
        );
        let broken = json!({ "summary": "roto\n".repeat(250) });
        let (_, read) = server.send("POST", "/v1/pastes/preview", &broken).await;
        assert_eq!(
            (read["problems"].as_array().unwrap().len(), &read["more_problems"]),
            (200, &json!(50)),
            "{read}"
        );
        let long = json!({ "report": "x".repeat(3_000_000) });
        let (status, _) = server.send("POST", "/v1/pastes/preview", &long).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

#[tokio::test]
async fn the_amounts_of_a_paste_are_the_organisations() {
    for engine in ENGINES {
        let mut server = Server::on(engine).await;
        server.run(&["tenant", "create", "--slug", "quito", "--name", "Quito", "--country", "EC"]);
        let made = server.run(&["api-key", "create", "--tenant", "quito", "--scope", "*", "--json"]);
        server.key = made["key"].as_str().unwrap().to_owned();
        let paste = json!({
            "phones": "7001234567\t0991234567\n",
            "report": "Número: 7001234567\nServientrega\n$ 1.234,50\n2026-03-05 08:10 AMBATO ECU EN REPARTO\n",
        });
        let (_, read) = server.send("POST", "/v1/pastes/preview", &paste).await;
        let one = &read["shipments"][0];
        assert_eq!((&one["collect"], &one["phone"]), (&json!(123_450), &json!("+593991234567")), "{read}");
        let (_, queued) = server.send("POST", "/v1/pastes", &paste).await;
        assert_eq!(
            server.finished(queued["id"].as_str().unwrap()).await["status"],
            "completed",
            "{engine:?}"
        );
        let found = server.get("/v1/shipments?tracking_number=7001234567").await;
        let collect = &found["items"][0]["collect"];
        assert_eq!(collect, &json!({ "amount": 123_450, "currency": "USD" }), "{engine:?} {found}");
    }
}
