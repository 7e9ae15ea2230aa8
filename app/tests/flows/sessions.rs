//! People see where they are logged in, end it, and are not locked out by strangers.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::server::Server;

const PASSWORD: &str = "mesa nube lápiz";

fn add(server: &Server, email: &str) {
    let create = ["user", "create", "--tenant", "demo", "--name", "Ana", "--email", email];
    let create = [&create[..], &["--role", "operator", "--password-stdin"]].concat();
    assert!(server.try_run(&create, &format!("{PASSWORD}\n")).status.success());
}

/// A browser of a person, and the token of its changes.
struct Browser {
    client: Client,
    csrf: String,
}

async fn try_in(server: &Server, client: &Client, email: &str, password: &str) -> reqwest::Response {
    let body = json!({ "email": email, "password": password });
    client.post(server.url("/v1/session")).json(&body).send().await.unwrap()
}

async fn enter(server: &Server, email: &str, agent: &str) -> Browser {
    let client = Client::builder().cookie_store(true).user_agent(agent).build().unwrap();
    let answer = try_in(server, &client, email, PASSWORD).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let session: Value = answer.json().await.unwrap();
    Browser { client, csrf: session["csrf_token"].as_str().unwrap().to_owned() }
}

impl Browser {
    async fn sessions(&self, server: &Server) -> Value {
        let answer = self.client.get(server.url("/v1/sessions")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    }

    async fn delete(&self, server: &Server, path: &str) -> StatusCode {
        let request = self.client.delete(server.url(path)).header("X-CSRF-Token", &self.csrf);
        request.send().await.unwrap().status()
    }

    async fn is_in(&self, server: &Server) -> bool {
        self.client.get(server.url("/v1/session")).send().await.unwrap().status() == StatusCode::OK
    }
}

#[tokio::test]
async fn a_person_ends_their_sessions_and_nobody_elses() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        add(&server, "ana@prueba.co");
        add(&server, "luis@prueba.co");
        let first = enter(&server, "ana@prueba.co", "Firefox/140.0").await;
        let second = enter(&server, "ana@prueba.co", "Chrome/140.0").await;
        let third = enter(&server, "ana@prueba.co", "Edg/140.0").await;
        let luis = enter(&server, "luis@prueba.co", "Safari/18").await;
        let listed = second.sessions(&server).await;
        let items = listed["items"].as_array().unwrap();
        assert_eq!(items.len(), 3, "{engine:?} {listed}");
        let of = |agent: &str| items.iter().find(|session| session["user_agent"] == agent).unwrap();
        assert_eq!(
            (&of("Chrome/140.0")["current"], &of("Firefox/140.0")["current"]),
            (&json!(true), &json!(false))
        );
        assert_eq!(of("Firefox/140.0")["address"], "127.0.0.1", "{engine:?}");

        let path = format!("/v1/sessions/{}", of("Firefox/140.0")["id"].as_str().unwrap());
        assert_eq!(luis.delete(&server, &path).await, StatusCode::NOT_FOUND, "{engine:?}: not theirs");
        assert!(first.is_in(&server).await, "{engine:?}");
        assert_eq!(second.delete(&server, &path).await, StatusCode::NO_CONTENT, "{engine:?}");
        assert_eq!(second.delete(&server, &path).await, StatusCode::NOT_FOUND, "{engine:?}: it has ended");
        assert!(!first.is_in(&server).await, "{engine:?}");

        assert_eq!(second.delete(&server, "/v1/sessions").await, StatusCode::NO_CONTENT, "{engine:?}");
        assert!(second.is_in(&server).await && luis.is_in(&server).await, "{engine:?}");
        assert!(!third.is_in(&server).await, "{engine:?}");
        let (status, problem) = server.send("DELETE", "/v1/sessions", &Value::Null).await;
        assert_eq!((status, &problem["type"]), (StatusCode::FORBIDDEN, &json!("/problems/not-a-person")));
    }
}

#[tokio::test]
async fn strangers_lock_out_strangers() {
    let server = Server::on(database::Engine::Sqlite).await;
    add(&server, "ana@prueba.co");
    let known = enter(&server, "ana@prueba.co", "Firefox/140.0").await;
    assert_eq!(known.delete(&server, "/v1/session").await, StatusCode::NO_CONTENT);
    let mut said = Vec::new();
    for email in ["ana@prueba.co", "nadie@prueba.co"] {
        for _ in 0..5 {
            let answer = try_in(&server, &server.client, email, "adivinanza").await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{email}");
        }
        let answer = try_in(&server, &server.client, email, PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS, "{email}");
        let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1_700..=1_801).contains(&wait), "{email}: {wait}");
        let mut problem: Value = answer.json().await.unwrap();
        problem["retry_after"] = Value::Null;
        said.push(problem);
    }
    assert_eq!(said[0], said[1], "the answer does not tell who has an account");
    let back = try_in(&server, &known.client, "ana@prueba.co", PASSWORD).await;
    assert_eq!(back.status(), StatusCode::OK, "her own browser");
}
