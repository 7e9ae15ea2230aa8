//! Death at chosen places (`data/database/src/fault.rs`). `cargo xtask crash` does this at every place.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use database::Engine;
use reqwest::StatusCode;
use serde_json::Value;
use testkit::ENGINES;

use crate::files;
use crate::server::{Server, wait_until};
use crate::shops::{Delivery, SECRET, add_shop, order};

/// Between the first byte of a delivery or a file and the last of their effects.
const PLACES: [&str; 10] = [
    "before:services/integrations/src/intake.rs:1",
    "after:services/integrations/src/intake.rs:2",
    "before:services/integrations/src/process.rs:1",
    "after:services/integrations/src/process.rs:1",
    "upload:written",
    "upload:named",
    "after:services/integrations/src/receive.rs:1",
    "before:services/integrations/src/apply.rs:1",
    "after:services/integrations/src/apply.rs:1",
    "upload:ended",
];
const DELIVERIES: u64 = 5;
const ROWS: u32 = 30;

/// What was sent so far.
#[derive(Default)]
struct Sent<'a> {
    deliveries: BTreeMap<u64, Delivery<'a>>,
    files: Vec<(String, Vec<u8>)>,
    rows: u32,
}

impl Sent<'_> {
    /// Sends until the server is dead; answers the orders that it acknowledged.
    async fn until_death(&mut self, server: &mut Server) -> Vec<u64> {
        let (first, url) = (self.deliveries.len() as u64 + 1, server.url("/webhooks/shopify"));
        let mut acknowledged = Vec::new();
        for number in first..first + DELIVERIES {
            let delivery = Delivery::new("orders/create", order(number, "2026-03-10T08:00:00-05:00"));
            let answer = delivery.send(&server.client, &url).await;
            self.deliveries.insert(number, delivery);
            if answer.is_ok_and(|answer| answer.status() == StatusCode::OK) {
                acknowledged.push(number);
            }
        }
        let all: Vec<_> = files::many(self.rows + ROWS);
        let content = files::csv(&all[self.rows as usize..]);
        let name = format!("{first}.csv");
        let part = reqwest::multipart::Part::bytes(content.clone()).file_name(name.clone());
        let form = reqwest::multipart::Form::new().part("file", part);
        // A server that is dead already takes none; one that dies of it answers nothing.
        let upload = server.client.post(server.url("/v1/imports")).bearer_auth(&server.key);
        let _ = upload.multipart(form).send().await;
        self.files.push((name, content));
        self.rows += ROWS;
        server.wait_for_death().await;
        acknowledged
    }

    async fn again(&self, server: &Server) {
        for delivery in self.deliveries.values() {
            let answer = delivery.send(&server.client, &server.url("/webhooks/shopify")).await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
        }
        for (name, content) in &self.files {
            let status = server.upload(name, content.clone()).await.status();
            assert!([StatusCode::ACCEPTED, StatusCode::CONFLICT].contains(&status), "{name}: {status}");
        }
    }
}

async fn numbers(server: &Server) -> Vec<u64> {
    let page = server.get("/v1/orders?limit=200").await;
    let items = page["items"].as_array().unwrap().clone();
    let of = |order: &Value| order["number"].as_str().unwrap().trim_start_matches('#').parse().unwrap();
    let mut numbers: Vec<u64> = items.iter().map(of).collect();
    numbers.sort_unstable();
    numbers
}

async fn shipments(server: &Server) -> u64 {
    let summary = server.get("/v1/queue/summary").await;
    ["high", "medium", "low", "terminal"].iter().map(|level| summary[*level].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn whoever_dies_at_a_durable_write_has_lost_nothing_and_does_nothing_twice() {
    for engine in ENGINES {
        let mut server = Server::on(engine).await;
        add_shop(&server, "demo", SECRET);
        server.stop();
        let mut sent = Sent::default();
        for place in PLACES {
            server.start_to_die(place).await;
            let acknowledged = sent.until_death(&mut server).await;
            server.start().await;
            let there = || async {
                let there = numbers(&server).await;
                acknowledged.iter().all(|number| there.contains(number))
            };
            wait_until(&format!("{engine:?} {place}: what was acknowledged is there"), there).await;
            sent.again(&server).await;
            let all: Vec<u64> = sent.deliveries.keys().copied().collect();
            let whole = || async {
                numbers(&server).await.len() >= all.len() && shipments(&server).await >= u64::from(sent.rows)
            };
            wait_until(&format!("{engine:?} {place}: what was sent again is there"), whole).await;
            assert_eq!(numbers(&server).await, all, "{engine:?} {place}: each once");
            assert_eq!(shipments(&server).await, u64::from(sent.rows), "{engine:?} {place}: each once");
            let sound = || async { server.try_run(&["verify"], "").status.success() };
            wait_until(&format!("{engine:?} {place}: everything is sound"), sound).await;
            server.stop();
        }
    }
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
