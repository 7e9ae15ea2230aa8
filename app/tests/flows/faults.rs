//! Death at chosen places (`data/database/src/fault.rs`). `cargo xtask crash` does this at every place.

use std::process::{Command, Stdio};

use database::Engine;
use reqwest::StatusCode;
use serde_json::Value;

use crate::server::{Server, wait_until};
use crate::shops::{Delivery, SECRET, add_shop, order};

async fn numbers(server: &Server) -> Vec<u64> {
    let page = server.get("/v1/orders?limit=200").await;
    let items = page["items"].as_array().unwrap().clone();
    let of = |order: &Value| order["number"].as_str().unwrap().trim_start_matches('#').parse().unwrap();
    let mut numbers: Vec<u64> = items.iter().map(of).collect();
    numbers.sort_unstable();
    numbers
}

/// Runs a command that dies at a place.
fn killed(command: &mut Command, place: &str) {
    let status = command.env("LITPER_FAULT", place).stdout(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), None, "{place}: the command was not killed");
}

#[test]
fn a_key_that_was_half_written_is_no_key() {
    for place in ["secrets:begun", "secrets:written", "secrets:kept"] {
        let folder = tempfile::tempdir().unwrap();
        let litper = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_litper"));
            command.current_dir(folder.path()).env("LITPER_DATA_DIR", folder.path()).args(arguments);
            command
        };
        killed(&mut litper(&["init"]), place);
        for step in [&["init"][..], &["tenant", "create", "--slug", "demo", "--name", "Demo"], &["verify"]] {
            assert!(litper(step).output().unwrap().status.success(), "{place}: {step:?}");
        }
        assert!(!folder.path().join("secrets.toml.new").exists(), "{place}");
    }
}

#[tokio::test]
async fn a_restore_that_was_broken_off_leaves_nothing_that_only_looks_whole() {
    let mut server = Server::on(Engine::Sqlite).await;
    add_shop(&server, "demo", SECRET);
    let deliver = async |server: &Server, number| {
        let delivery = Delivery::new("orders/create", order(number, "2026-03-10T08:00:00-05:00"));
        let answer = delivery.send(&server.client, &server.url("/webhooks/shopify")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    };
    deliver(&server, 1).await;
    wait_until("the order is there", || async { numbers(&server).await == [1] }).await;
    let outside = tempfile::tempdir().unwrap();
    let backup = outside.path().join("copia").display().to_string();
    server.run(&["backup", "--to", &backup]);
    deliver(&server, 2).await;
    wait_until("the later order is there", || async { numbers(&server).await == [1, 2] }).await;
    for (place, there) in [
        ("restore:ready", Some(2)),
        ("restore:removed", None),
        ("restore:empty", None),
        ("restore:database", Some(1)),
        ("restore:files", Some(1)),
    ] {
        // The log holds what the file does not yet.
        server.kill();
        let mut restore = server.command();
        restore.args(["restore", "--from", &backup, "--replace"]);
        killed(&mut restore, place);
        let tenants = server.try_run(&["verify", "--json"], "");
        assert_eq!(tenants.status.success(), there.is_some(), "{place}");
        server.run(&["restore", "--from", &backup, "--replace"]);
        server.start().await;
        assert_eq!(numbers(&server).await, [1], "{place}");
        deliver(&server, 2).await;
        wait_until("it goes on", || async { numbers(&server).await == [1, 2] }).await;
    }
}
