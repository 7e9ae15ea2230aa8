//! Orders that people enter and programs send.

use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::server::Server;

fn order(reference: &str) -> Value {
    json!({
        "reference": reference,
        "customer": { "name": "María del Carmen Peña", "phone": "312 345 6789", "email": "maria@prueba.co" },
        "address": "Cra 7 # 12-34", "city": "Cali", "total": 85_000,
        "items": [{ "name": "Lámpara", "quantity": 2 }],
    })
}

async fn place(server: &Server, body: &Value) -> (StatusCode, Value) {
    let request = server.client.post(server.url("/v1/orders")).bearer_auth(&server.key).json(body);
    let answer = request.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn an_order_is_placed_once_and_has_a_history() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let (status, placed) = place(&server, &order("A-1")).await;
        assert_eq!(status, StatusCode::CREATED, "{engine:?}: {placed}");
        assert_eq!(placed["number"], "A-1");
        assert_eq!((&placed["source"], &placed["status"]), (&json!("api"), &json!("PENDING")));
        assert_eq!(placed["customer"]["phone"], "+573123456789");
        assert_eq!(placed["city"]["dane_code"], "76001");
        assert_eq!(placed["total"], json!({ "amount": 85_000, "currency": "COP" }));

        let (status, refused) = place(&server, &order("A-1")).await;
        assert_eq!(status, StatusCode::CONFLICT, "{engine:?}");
        assert_eq!(refused["order_id"], placed["id"]);
        assert_eq!(server.get("/v1/orders").await["items"].as_array().unwrap().len(), 1, "{engine:?}");

        let id = placed["id"].as_str().unwrap();
        let history = server.get(&format!("/v1/orders/{id}/events")).await;
        assert_eq!(history["items"].as_array().unwrap().len(), 1, "{engine:?}");
        assert_eq!(history["items"][0]["kind"], "order.placed");
        assert_eq!(history["items"][0]["to"], "PENDING");
        let unknown = "/v1/orders/01890000-0000-7000-8000-000000000000/events";
        let unknown = server.client.get(server.url(unknown)).bearer_auth(&server.key).send().await.unwrap();
        assert_eq!(unknown.status(), StatusCode::NOT_FOUND, "{engine:?}");
        assert!(!server.log().contains("3123456789"), "no phone is logged");
    }
}

#[tokio::test]
async fn all_that_is_wrong_with_an_order_is_said_at_once_and_nothing_is_written() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let bad = json!({
            "customer": { "name": " ", "phone": "12", "email": "nobody" },
            "address": "x".repeat(301), "city": "Cali", "payment_method": "barter", "placed_at": "2999-01-01T00:00:00Z",
            "items": [{ "name": "Lámpara", "quantity": 0 }],
        });
        let (status, problem) = place(&server, &bad).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{engine:?}");
        let mut fields: Vec<&str> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["field"].as_str().unwrap())
            .collect();
        fields.sort_unstable();
        let expected = [
            "address",
            "customer.email",
            "customer.name",
            "customer.phone",
            "items[0].quantity",
            "payment_method",
            "placed_at",
        ];
        assert_eq!(fields, expected, "{engine:?}");
        let mut unpaid = order("A-2");
        unpaid["total"] = Value::Null;
        assert_eq!(place(&server, &unpaid).await.1["errors"][0]["field"], "total", "{engine:?}");
        assert_eq!(server.get("/v1/orders").await["items"], json!([]), "{engine:?}");
    }
}
