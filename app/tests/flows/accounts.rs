//! Access is given, limited and taken away, while the server runs.

use reqwest::{Client, StatusCode};
use serde_json::json;
use testkit::ENGINES;

use crate::server::Server;

const PASSWORD: &str = "mesa nube lápiz";

/// The rights of a file: the last three octal digits.
#[cfg(unix)]
fn rights(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn person(server: &Server, command: &[&str], input: &str) {
    let arguments = [&["user"], command, &["--tenant", "demo", "--email", "ana@prueba.co"]].concat();
    let done = server.try_run(&arguments, input);
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

async fn log_in(server: &Server, browser: &Client, password: &str) -> reqwest::Response {
    let body = json!({ "email": "ana@prueba.co", "password": password });
    browser.post(server.url("/v1/session")).json(&body).send().await.unwrap()
}

#[tokio::test]
async fn the_command_line_takes_access_away_from_a_running_server() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let browser = Client::builder().cookie_store(true).build().unwrap();
        let status = async || browser.get(server.url("/v1/session")).send().await.unwrap().status();
        let input = format!("{PASSWORD}\n");
        person(&server, &["create", "--name", "Ana", "--role", "operator", "--password-stdin"], &input);
        assert_eq!(log_in(&server, &browser, PASSWORD).await.status(), StatusCode::OK, "{engine:?}");
        assert_eq!(status().await, StatusCode::OK);

        person(&server, &["set-password", "--password-stdin"], "lápiz nube mesa\n");
        assert_eq!(
            status().await,
            StatusCode::UNAUTHORIZED,
            "{engine:?}: the old password's session is over"
        );
        assert_eq!(log_in(&server, &browser, PASSWORD).await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(log_in(&server, &browser, "lápiz nube mesa").await.status(), StatusCode::OK);
        person(&server, &["disable"], "");
        assert_eq!(status().await, StatusCode::UNAUTHORIZED, "{engine:?}");
        let users = server.run(&["user", "list", "--tenant", "demo", "--json"]);
        assert_eq!((&users[0]["email"], &users[0]["active"]), (&json!("ana@prueba.co"), &json!(false)));
        person(&server, &["enable"], "");
        assert_eq!(log_in(&server, &browser, "lápiz nube mesa").await.status(), StatusCode::OK);

        let keys = server.run(&["api-key", "list", "--tenant", "demo", "--json"]);
        let id = keys[0]["id"].as_str().unwrap();
        server.get("/v1/orders").await;
        server.run(&["api-key", "revoke", "--tenant", "demo", "--id", id, "--json"]);
        let answer =
            server.client.get(server.url("/v1/orders")).bearer_auth(&server.key).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{engine:?}");
        assert!(!server.log().contains("ana@prueba.co"), "{engine:?}: no address is logged");
    }
}

#[tokio::test]
async fn metrics_from_elsewhere_need_a_key_made_for_them() {
    let server = Server::on(database::Engine::Sqlite).await;
    let made = server.run(&["api-key", "create", "--tenant", "demo", "--scope", "metrics:read", "--json"]);
    let metrics = made["key"].as_str().unwrap();
    for (key, expected) in [(metrics, StatusCode::OK), (&server.key, StatusCode::FORBIDDEN)] {
        let request = server.client.get(server.url("/metrics")).header("X-Forwarded-For", "203.0.113.9");
        assert_eq!(request.bearer_auth(key).send().await.unwrap().status(), expected);
    }
    let orders = server.client.get(server.url("/v1/orders")).bearer_auth(metrics).send().await.unwrap();
    assert_eq!(orders.status(), StatusCode::FORBIDDEN, "and opens nothing else");
}

#[cfg(unix)]
#[tokio::test]
async fn the_data_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("deep/var");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_litper"));
    let done = command.arg("--data-dir").arg(&data).arg("init").current_dir(folder.path()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    // While somebody has it open, SQLite keeps two more files beside it.
    let path = data.join("litper.db");
    let db = testkit::open(&database::DatabaseUrl::Sqlite(path)).await;
    db.pending_migrations().await.unwrap();
    for (path, expected) in [
        ("", 0o700),
        ("litper.db", 0o600),
        ("litper.db-wal", 0o600),
        ("litper.db-shm", 0o600),
        ("secrets.toml", 0o600),
        ("files/imports", 0o700),
    ] {
        assert_eq!(rights(&data.join(path)), expected, "{path}");
    }
    db.close().await;
}
