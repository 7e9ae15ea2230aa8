//! `litper verify`: a sound database passes, and whatever is broken on purpose is found.

use database::{Audience, Scope, Statement, SystemReason, bind};
use domain::Ids;
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::files;
use crate::server::{Server, wait_until};
use crate::shops::{Delivery, SECRET, add_shop, order};

const HISTORY: &str = "\
ID Orden;Número de Guía;Fecha Generación Guía;Cliente;Ciudad;Departamento;Estatus;Transportadora;Último Movimiento;Fecha Último Movimiento;Valor Facturado
9001;990000000001;02/03/2026;Ana Prueba;Cali;Valle del Cauca;ENTREGADO;INTERRAPIDISIMO;Entregado;05/03/2026 10:00;85000
9002;990000000002;02/03/2026;Luz Prueba;Cali;Valle del Cauca;ENTREGADO;INTERRAPIDISIMO;Entregado;05/03/2026 11:00;95000
9003;990000000003;02/03/2026;Eva Prueba;Tunja;Boyacá;TRANSITO NACIONAL;INTERRAPIDISIMO;En viaje;05/03/2026 12:00;75000
;990000000004;02/03/2026;Sol Prueba;Tunja;Boyacá;ENTREGADO;INTERRAPIDISIMO;Entregado;05/03/2026 12:00;65000
";

/// What breaks, how, and how it is mended. `$1` is an id that names nothing.
const BREAKS: [(&str, &str, &str); 22] = [
    (
        "events.positions",
        "update events set position = position + 1000000 where position = (select max(e.position) from events e)",
        "update events set position = position - 1000000 where position > 1000000",
    ),
    (
        "events.order",
        "update events set entity_version = entity_version + 1000 where kind = 'shipment.registered'",
        "update events set entity_version = entity_version - 1000 where entity_version > 1000",
    ),
    (
        "events.versions",
        "update events set entity_version = 1 where kind = 'shipment.status_changed' and entity_version = 2",
        "update events set entity_version = 2 where kind = 'shipment.status_changed' and entity_version = 1",
    ),
    (
        "events.cursors",
        "update event_cursors set position = position + 1000000",
        "update event_cursors set position = position - 1000000",
    ),
    (
        "orders.status",
        "update orders set status = 'DELIVERED' where source = 'shopify'",
        "update orders set status = 'PENDING' where source = 'shopify'",
    ),
    (
        "orders.history",
        "update events set kind = 'order.seen' where kind = 'order.placed'",
        "update events set kind = 'order.placed' where kind = 'order.seen'",
    ),
    (
        "orders.placed",
        "update events set kind = 'x.' || kind where kind = 'order.placed'",
        "update events set kind = 'order.placed' where kind = 'x.order.placed'",
    ),
    (
        "orders.exist",
        "update events set kind = 'order.' || kind where kind = 'shipment.registered'",
        "update events set kind = 'shipment.registered' where kind = 'order.shipment.registered'",
    ),
    (
        "orders.version",
        "update orders set version = version - 1000",
        "update orders set version = version + 1000",
    ),
    (
        "orders.customer",
        "update orders set customer_id = $1 where source = 'shopify'",
        "update orders set customer_id = (select c.id from customers c limit 1) where source = 'shopify' and id <> $1",
    ),
    (
        "customers.orders",
        "update customers set orders_count = orders_count + 1",
        "update customers set orders_count = orders_count - 1",
    ),
    (
        "shipments.status",
        "update shipments set status = 'SHIPPED' where status = 'IN_TRANSIT'",
        "update shipments set status = 'IN_TRANSIT' where status = 'SHIPPED'",
    ),
    (
        "shipments.readable",
        "update shipments set status = 'FLOWN' where status = 'IN_TRANSIT'",
        "update shipments set status = 'IN_TRANSIT' where status = 'FLOWN'",
    ),
    (
        "shipments.timeline",
        "update shipments set event_count = event_count + 1",
        "update shipments set event_count = event_count - 1",
    ),
    (
        "shipments.counts",
        "update shipment_counts set shipments = shipments + 1",
        "update shipment_counts set shipments = shipments - 1",
    ),
    (
        "routes.counts",
        "update route_counts set delivered = delivered + 1",
        "update route_counts set delivered = delivered - 1",
    ),
    (
        "batches.counts",
        "update batch_counts set shipments = shipments + 1",
        "update batch_counts set shipments = shipments - 1",
    ),
    (
        "batches.counts",
        "update batches set reviewed = reviewed + 1",
        "update batches set reviewed = reviewed - 1",
    ),
    (
        "shipments.order",
        "update shipments set order_id = $1 where order_id is null",
        "update shipments set order_id = null where order_id not in (select o.id from orders o where o.id <> $1)",
    ),
    (
        "webhooks.effect",
        "update orders set external_ref = 'x' || external_ref where source = 'shopify'",
        "update orders set external_ref = substr(external_ref, 2) where source = 'shopify'",
    ),
    (
        "webhooks.state",
        "update webhook_inbox set processed_at = null",
        "update webhook_inbox set processed_at = received_at",
    ),
    ("imports.state", "update imports set finished_at = null", "update imports set finished_at = created_at"),
];

async fn change(server: &Server, text: &'static str, nobody: uuid::Uuid) {
    let mut tx = server.db().write(Scope::System(SystemReason::Administration)).await.unwrap();
    let values = if text.contains("$1") { bind![nobody] } else { bind![] };
    let changed = tx.execute(&Statement::new("change", Audience::System, text), values).await.unwrap();
    assert!(changed > 0, "{text}");
    tx.commit().await.unwrap();
}

/// The checks that `verify` lists as broken, or as notices.
fn listed(server: &Server, list: &str) -> Vec<String> {
    let output = server.try_run(&["verify", "--json"], "");
    let said: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(said["sound"].as_bool().unwrap(), output.status.success());
    assert_eq!(said["broken"].as_array().unwrap().is_empty(), output.status.success());
    said[list].as_array().unwrap().iter().map(|one| one["check"].as_str().unwrap().to_owned()).collect()
}

fn broken(server: &Server) -> Vec<String> {
    listed(server, "broken")
}

/// A parcel at an office with two extensions, of which one is taken back.
async fn extend(server: &Server) {
    let line = files::lines().into_iter().find(|line| line.status == "DISPONIBLE EN PUNTO").unwrap();
    server.import("oficina.csv", files::csv(&[line])).await;
    let found = server.get("/v1/shipments?status=IN_OFFICE").await;
    let path = format!("/v1/shipments/{}/office-extensions", found["items"][0]["id"].as_str().unwrap());
    for days in [2, 3] {
        let (status, stay) = server.send("POST", &path, &json!({ "days": days })).await;
        assert_eq!(status, StatusCode::CREATED, "{stay}");
        if days == 3 {
            let one = format!("{path}/{}", stay["extensions"][0]["id"].as_str().unwrap());
            assert_eq!(server.send("DELETE", &one, &Value::Null).await.0, StatusCode::NO_CONTENT);
        }
    }
}

#[tokio::test]
async fn what_is_sound_passes_and_what_is_broken_is_found() {
    for engine in ENGINES {
        let mut server = Server::on(engine).await;
        add_shop(&server, "demo", SECRET);
        // More messages than are read at once.
        for id in 1..=23 {
            let delivery = Delivery::new("orders/create", order(id, "2026-03-10T08:00:00-05:00"));
            assert!(
                delivery
                    .send(&server.client, &server.url("/webhooks/shopify"))
                    .await
                    .unwrap()
                    .status()
                    .is_success()
            );
        }
        let import = server.import("historico.csv", HISTORY.as_bytes().to_vec()).await;
        assert_eq!(import["status"], "completed", "{import}");
        assert_eq!(import["result"]["shipments_created"], 4, "{import}");
        let later = HISTORY
            .replace("TRANSITO NACIONAL", "REPARTO")
            .replace("05/03/2026 12:00;75", "06/03/2026 12:00;75");
        server.import("segundo.csv", later.into_bytes()).await;
        let back = HISTORY.replace("05/03/2026 12:00;75", "07/03/2026 12:00;75");
        server.import("tercero.csv", back.into_bytes()).await;
        extend(&server).await;
        wait_until("all orders are there", || async {
            server.get("/v1/orders").await["items"].as_array().unwrap().len() == 26
        })
        .await;
        wait_until("everything is sound", || async { broken(&server).is_empty() }).await;
        server.stop();
        assert!(broken(&server).is_empty(), "{engine:?}");
        assert_eq!(server.run(&["verify", "--json"])["webhooks"], 23, "{engine:?}");
        let nobody = domain::RandomIds::new(std::sync::Arc::new(domain::SystemClock)).next();
        for (check, breaking, mending) in BREAKS {
            change(&server, breaking, nobody).await;
            let found = broken(&server);
            assert!(found.iter().any(|found| found == check), "{engine:?}: {check} in {found:?}");
            change(&server, mending, nobody).await;
            assert!(broken(&server).is_empty(), "{engine:?}: {check} is mended");
        }
        let task = "insert into tasks (tenant_id, id, kind, priority, state, due_at, payload, max_attempts, created_at)
             select tenant_id, $1, 'forgotten', 1, 'waiting', 1, '{}', 3, 1 from tenants";
        change(&server, task, nobody).await;
        assert_eq!(broken(&server), ["tasks.end"], "{engine:?}");
        let output = server.try_run(&["verify", "--as-of", "1970-01-01T00:30:00Z"], "");
        assert!(output.status.success(), "{engine:?}: it was not late then");
    }
}

/// An order that is sent again under another guía.
const ODD: &str = "\
9001;990000000009;06/03/2026;Ana Prueba;Cali;Valle del Cauca;ENTREGADO;INTERRAPIDISIMO;Entregado;09/03/2026 10:00;85000
";

#[tokio::test]
async fn what_came_in_odd_is_listed_and_is_no_damage() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        server.import("historico.csv", HISTORY.as_bytes().to_vec()).await;
        assert!(listed(&server, "notices").is_empty(), "{engine:?}");
        let titles = HISTORY.lines().next().unwrap();
        let import = server.import("otro.csv", format!("{titles}\n{ODD}").into_bytes()).await;
        assert_eq!(import["status"], "completed", "{engine:?} {import}");
        // Amounts below nothing, as they were once taken in.
        let nobody = uuid::Uuid::nil();
        change(&server, "update orders set total_minor = -5000 where external_ref = '9003'", nobody).await;
        let odd = "update shipments set collect_minor = -5000 where tracking_number = '990000000003'";
        change(&server, odd, nobody).await;
        let mut found = listed(&server, "notices");
        found.sort();
        assert_eq!(found, ["money.collected", "orders.money", "shipments.money"], "{engine:?}");
        assert!(broken(&server).is_empty(), "{engine:?}");
        let output = server.try_run(&["verify"], "");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("Everything is sound"), "{engine:?} {text}");
        assert!(text.contains("2 shipments collected 170000 for an order of 85000"), "{engine:?} {text}");
    }
}
