//! Dropi's finance report without guías: what it says reaches the shipment of its order.

use serde_json::{Value, json};
use testkit::ENGINES;

use crate::risk_policy::administrator;
use crate::server::Server;

const ORDERS: &str = "ID Orden,Número de Guía,Cliente,Teléfono,Ciudad,Estatus,Transportadora,Fecha Último Movimiento,Valor Facturado\n\
    D-1,50012345671,Ana Prueba,3005550101,Cali,EN REPARTO,COORDINADORA,03/04/2026,89.900\n\
    D-2,,Luz Prueba,3005550102,Cali,PENDIENTE,COORDINADORA,03/04/2026,50.000\n";
const FINANCE: &str = "ID ORDEN;ESTADO;VALOR FACTURADO;GANANCIA;PRECIO FLETE;COSTO DEVOLUCION\n\
    D-1;DEVOLUCION;89.900;0;12.500;9.000\n\
    D-2;ENTREGADO;50.000;10.000;11.000;0\n";

#[tokio::test]
async fn amounts_of_a_report_by_order_reach_the_orders_shipment() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        server.import("ordenes.csv", ORDERS.replace(",,Luz", ",50012345672,Luz").into_bytes()).await;
        let import = server.import("finanzas.csv", FINANCE.into()).await;
        assert_eq!(
            (&import["status"], &import["format"], &import["result"]["rows_failed"]),
            (&json!("completed"), &json!("dropi_finance"), &json!(0)),
            "{engine:?} {import}"
        );
        let codes: Vec<&Value> =
            import["warnings"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
        assert_eq!(codes, ["finance_not_kept", "finance_by_order"], "{engine:?}");
        assert_eq!(
            (&import["result"]["orders_created"], &import["result"]["shipments_created"]),
            (&json!(0), &json!(0)),
            "{engine:?}: nothing is made up"
        );
        let found = server.get("/v1/shipments?tracking_number=50012345671").await;
        assert_eq!(found["items"][0]["status"], "RETURNED", "{engine:?}");
        let (browser, _) = administrator(&server).await;
        let routes = browser.get(server.url("/v1/routes?city=76001")).send().await.unwrap();
        let routes: Value = routes.json().await.unwrap();
        let route = &routes["items"][0];
        assert_eq!(
            (&route["freight"]["amount"], &route["return_cost"]["amount"], &route["known"]["freight"]),
            (&json!(23_500), &json!(9_000), &json!(2)),
            "{engine:?} {route}"
        );
    }
}
