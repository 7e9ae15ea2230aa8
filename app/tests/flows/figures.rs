//! What `/metrics` tells of the business and of the API.

use reqwest::StatusCode;
use testkit::ENGINES;

use crate::files;
use crate::server::{Server, wait_until};
use crate::shops::{Delivery, SECRET, add_shop, order};

async fn figures(server: &Server) -> String {
    server.client.get(server.url("/metrics")).send().await.unwrap().text().await.unwrap()
}

/// The value of a figure, all of whose labels are given.
async fn figure(server: &Server, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let text = figures(server).await;
    let line = text.lines().find(|line| {
        let its_own = line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']));
        its_own && labels.iter().all(|(label, value)| line.contains(&format!("{label}=\"{value}\"")))
    })?;
    line.rsplit_once(' ')?.1.parse().ok()
}

#[tokio::test]
async fn orders_guides_and_requests_are_counted() {
    for engine in ENGINES {
        let mut server = Server::on(engine).await;
        add_shop(&server, "demo", SECRET);
        let at = |hour: u8| format!("2026-03-10T{hour:02}:00:00-05:00");
        let mut test = order(2, &at(8));
        test["test"] = true.into();
        let mut cancelled = order(1, &at(9));
        cancelled["cancelled_at"] = at(9).into();
        let sent = [
            ("orders/create", order(1, &at(8))),
            ("orders/create", test),
            ("orders/create", order(1, &at(8))),
            ("orders/cancelled", cancelled),
        ];
        for (topic, body) in sent {
            let answer =
                Delivery::new(topic, body).send(&server.client, &server.url("/webhooks/shopify")).await;
            assert_eq!(answer.unwrap().status(), StatusCode::OK, "{engine:?}");
        }
        let orders = async |status| {
            figure(&server, "litper_orders_total", &[("source", "shopify"), ("status", status)]).await
        };
        wait_until("all messages are processed", || async { orders("CANCELLED").await == Some(1.0) }).await;
        assert_eq!(
            orders("PENDING").await,
            Some(1.0),
            "{engine:?}: the repetition and the test do not count"
        );
        assert_eq!(figure(&server, "litper_orders_value_cop_total", &[]).await, Some(89_900.0), "{engine:?}");

        let import = server.import("guias.csv", files::csv(&files::many(30))).await;
        assert_eq!(import["status"], "completed", "{engine:?}: {import}");
        let text = figures(&server).await;
        let guides: f64 = text
            .lines()
            .filter(|line| line.starts_with("litper_guides_total{"))
            .filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok())
            .sum();
        assert!((guides - 30.0).abs() < 0.5, "{engine:?}: {guides} guides");
        assert!(!text.contains("demo"), "{engine:?}: no figure names an organisation");

        let missing = server.client.get(server.url("/v1/orders/01890000-0000-7000-8000-000000000001"));
        let answer = missing.bearer_auth(&server.key).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{engine:?}");
        let labels = [("method", "GET"), ("route", "/v1/orders/{id}"), ("status", "404")];
        assert_eq!(figure(&server, "litper_api_requests_total", &labels).await, Some(1.0), "{engine:?}");
        let timed = figure(&server, "litper_api_latency_seconds_count", &labels[..2]).await;
        assert_eq!(timed, Some(1.0), "{engine:?}");

        // The figures of the store are there as soon as a process is.
        server.stop();
        server.start().await;
        let open = || async { figure(&server, "litper_guides_active", &[]).await == Some(30.0) };
        wait_until("the open guides are counted", open).await;
    }
}
