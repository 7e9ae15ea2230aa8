//! The limits of a server as it is set up for the internet.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::server::Server;

#[tokio::test]
async fn a_program_that_asks_too_often_waits_and_others_do_not() {
    let server = Server::with(&[("LITPER_RATE_LIMITS", "true"), ("LITPER_LIMIT_API_CLIENT", "5")]).await;
    let other = server.run(&["api-key", "create", "--tenant", "demo", "--scope", "*", "--json"]);
    let ask =
        async |key: &str| server.client.get(server.url("/v1/orders")).bearer_auth(key).send().await.unwrap();
    for left in (0..5).rev() {
        let answer = ask(&server.key).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let told = answer.headers()["ratelimit"].to_str().unwrap().to_owned();
        assert!(told.starts_with(&format!("\"api-client\";r={left};")), "{told}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers()["cache-control"], "no-store");
    }
    let refused = ask(&server.key).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=12).contains(&wait), "{wait}");
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(
        (&problem["type"], &problem["policy"]),
        (&json!("/problems/too-many-requests"), &json!("api-client"))
    );
    assert_eq!(ask(other["key"].as_str().unwrap()).await.status(), StatusCode::OK, "a key has its own");
    assert!(
        server
            .text("/metrics")
            .await
            .contains("litper_gateway_refused_total{class=\"api\",why=\"api-client\"} 1")
    );
}

#[tokio::test]
async fn log_ins_of_an_address_are_counted_behind_its_proxy() {
    let server = Server::with(&[("LITPER_RATE_LIMITS", "true")]).await;
    let try_as = async |address: &str, number: u32| {
        let body = json!({ "email": format!("a{number}@prueba.co"), "password": "adivinanza" });
        let request = server.client.post(server.url("/v1/session")).header("X-Forwarded-For", address);
        request.json(&body).send().await.unwrap().status()
    };
    for number in 0..5 {
        assert_eq!(try_as("203.0.113.1", number).await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(try_as("203.0.113.1", 5).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(try_as("203.0.113.2", 6).await, StatusCode::UNAUTHORIZED, "another one behind the same proxy");
}

#[tokio::test]
async fn settings_that_cannot_be_used_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value, words) in [
        ("LITPER_TRUSTED_PROXIES", "everybody", "trusted_proxies: \"everybody\" is neither"),
        ("LITPER_CLIENT_ADDRESS", "x-real-ip", "client_address: peer, forwarded or cloudflare"),
        ("LITPER_CORS_ORIGINS", "*", "cors_origins: \"*\" is no origin"),
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_litper"));
        let command = command.arg("--data-dir").arg(folder.path()).arg("serve").env(name, value);
        let done = command.current_dir(folder.path()).output().unwrap();
        assert!(!done.status.success(), "{name}");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(said.contains(words), "{said}");
    }
}
