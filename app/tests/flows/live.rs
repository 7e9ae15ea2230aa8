//! Open screens hear what changes, as long as their session holds.

use reqwest::{Response, StatusCode, header};
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::files;
use crate::server::Server;

/// Reads an open connection piece by piece.
struct Line {
    response: Response,
    heard: String,
}

impl Line {
    async fn open(server: &Server) -> Self {
        let response =
            server.client.get(server.url("/v1/live")).bearer_auth(&server.key).send().await.unwrap();
        Self::of(response).await
    }

    async fn of(response: Response) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        let mut line = Self { response, heard: String::new() };
        line.hear("retry: 3000").await;
        line
    }

    /// Waits until the connection has said this; the test's own limit ends the patience.
    async fn hear(&mut self, wanted: &str) {
        while !self.heard.contains(wanted) {
            let piece = self.response.chunk().await.unwrap().expect("an open connection");
            self.heard.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }

    async fn ends(mut self) {
        while self.response.chunk().await.unwrap().is_some() {}
    }
}

#[tokio::test]
async fn what_changes_is_told_to_the_open_screens_of_its_organisation() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let mut line = Line::open(&server).await;
        server.run(&["tenant", "create", "--slug", "otra", "--name", "Otra"]);
        let other = server.run(&["api-key", "create", "--tenant", "otra", "--scope", "*", "--json"]);
        let request = server.client.get(server.url("/v1/live")).bearer_auth(other["key"].as_str().unwrap());
        let mut elsewhere = Line::of(request.send().await.unwrap()).await;
        server.import("reporte.csv", files::csv(&files::lines())).await;
        line.hear("\"shipments\"").await;
        line.hear("\"imports\"").await;
        assert!(line.heard.contains("event: changed"), "{engine:?}: {}", line.heard);
        // What the others hear is what happens there, and nothing was said before it.
        let order = json!({
            "customer": { "name": "Ana", "phone": "3990000001" }, "address": "Cra 7", "city": "Cali",
            "total": 85_000, "items": [{ "name": "Lámpara", "quantity": 1 }],
        });
        let request =
            server.client.post(server.url("/v1/orders")).bearer_auth(other["key"].as_str().unwrap());
        assert_eq!(request.json(&order).send().await.unwrap().status(), StatusCode::CREATED, "{engine:?}");
        elsewhere.hear("\"orders\"").await;
        assert!(!elsewhere.heard.contains("shipments"), "{engine:?}: {}", elsewhere.heard);
        assert!(!elsewhere.heard.contains("imports"), "{engine:?}: {}", elsewhere.heard);
    }
}

#[tokio::test]
async fn a_connection_ends_with_its_session() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let refused = server.client.get(server.url("/v1/live")).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{engine:?}");
        let password = "mesa nube lápiz río";
        let made = server.try_run(
            &[
                "user",
                "create",
                "--tenant",
                "demo",
                "--email",
                "ana@prueba.co",
                "--name",
                "Ana",
                "--password-stdin",
            ],
            &format!("{password}\n"),
        );
        assert!(made.status.success());
        let browser = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let body = serde_json::json!({ "email": "ana@prueba.co", "password": password });
        let session: Value =
            browser.post(server.url("/v1/session")).json(&body).send().await.unwrap().json().await.unwrap();
        let line = Line::of(browser.get(server.url("/v1/live")).send().await.unwrap()).await;
        let token = session["csrf_token"].as_str().unwrap();
        let ended =
            browser.delete(server.url("/v1/session")).header("X-CSRF-Token", token).send().await.unwrap();
        assert!(ended.status().is_success(), "{engine:?}");
        line.ends().await;
    }
}

#[tokio::test]
async fn a_stopping_server_does_not_wait_for_open_screens() {
    for engine in ENGINES {
        let mut server = Server::on(engine).await;
        let line = Line::open(&server).await;
        server.stop();
        line.ends().await;
    }
}
