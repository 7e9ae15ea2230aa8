//! `litper drill`: what is acknowledged survives, and the figures are told.

use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use database::{Audience, Engine, Scope, Statement, SystemReason, bind};
use domain::{Clock, Ids, SignedDuration, SystemClock, micros};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::files::{self, Line};
use crate::risk_policy::administrator;
use crate::server::{Server, wait_until};

#[tokio::test]
async fn a_drill_loses_nothing_and_tells_its_figures() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_litper"));
    command.current_dir(folder.path()).args(["drill", "--messages", "120", "--json"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(said["acknowledged"].as_u64().unwrap() >= 60, "{said}");
    assert_eq!((&said["lost"], &said["lost_in_restored"]), (&0.into(), &0.into()), "{said}");
    assert_eq!(said["sound_after_kill"], true, "{said}");
    for measured in ["restart_ms", "backup_ms", "restore_ms", "restored_start_ms"] {
        assert!(said[measured].as_u64().unwrap() > 0, "{measured}: {said}");
    }
}

#[tokio::test]
async fn a_drill_on_postgresql_leaves_the_database_alone() {
    let server = Server::on(Engine::Postgres).await;
    let before = server.run(&["verify", "--json"]);
    let mut command = server.command();
    command.args(["drill", "--messages", "60", "--json"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(said["acknowledged"].as_u64().unwrap() >= 30, "{said}");
    assert_eq!((&said["lost"], &said["lost_in_restored"]), (&0.into(), &0.into()), "{said}");
    assert_eq!(server.run(&["verify", "--json"]), before);
}

/// Backs a stopped server up and drills on the copy, with a setting around that a drill must not heed.
async fn drill(server: &Server, moment: Option<&str>) -> Output {
    let backup = server.folder().join("backup");
    server.run(&["backup", "--to", backup.to_str().unwrap()]);
    if let Some(moment) = moment {
        let manifest = backup.join("manifest.json");
        let mut said: Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
        said["made_at"] = moment.into();
        fs::write(&manifest, said.to_string()).unwrap();
    }
    let mut command = server.command();
    command
        .env("LITPER_ROLES", "gateway")
        .args(["drill", "--messages", "40", "--json", "--from"])
        .arg(backup);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// Stands in for a carrier: counts who calls, and hangs up.
async fn carrier() -> (Arc<AtomicUsize>, String) {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (calls, address)
}

#[tokio::test]
async fn a_drill_on_a_copy_calls_nobody_with_its_credentials() {
    let mut server = Server::on(Engine::Sqlite).await;
    let line = Line {
        number: "400000001".to_owned(),
        status: "EN TRANSITO",
        city: "CALI",
        carrier: "TCC",
        novelty: "",
        hours: 50,
    };
    server.import("a.csv", files::csv(&[line])).await;
    server.stop();
    // Nobody asks before the backup.
    server.start_as("gateway").await;
    let (browser, csrf) = administrator(&server).await;
    let (calls, address) = carrier().await;
    let body = json!({ "credentials": { "access_token": "a token" }, "address": address });
    let put =
        browser.put(server.url("/v1/carrier-connections/tcc")).header("X-CSRF-Token", &csrf).json(&body);
    assert_eq!(put.send().await.unwrap().status(), StatusCode::OK);
    server.stop();
    let output = drill(&server, None).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&said["lost"], &said["broken_after_kill"]), (&json!(0), &json!([])), "{said}");
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    server.start().await;
    wait_until("the server itself calls", || async { calls.load(Ordering::SeqCst) > 0 }).await;
}

#[tokio::test]
async fn a_copy_is_judged_as_of_its_backup_and_what_is_broken_is_told() {
    let mut server = Server::on(Engine::Sqlite).await;
    server.stop();
    // Due tomorrow: late by the day after, which the backup says it is.
    let text =
        "insert into tasks (tenant_id, id, kind, priority, state, due_at, payload, max_attempts, created_at)
         select tenant_id, $1, 'later', 1, 'waiting', $2, '{}', 3, 1 from tenants";
    let id = domain::RandomIds::new(Arc::new(SystemClock)).next();
    let (due, made) = (
        SystemClock.now() + SignedDuration::from_hours(24),
        SystemClock.now() + SignedDuration::from_hours(48),
    );
    let mut tx = server.db().write(Scope::System(SystemReason::Administration)).await.unwrap();
    tx.execute(&Statement::new("task", Audience::System, text), bind![id, micros(due)]).await.unwrap();
    tx.commit().await.unwrap();
    let output = drill(&server, Some(&made.to_string())).await;
    assert!(!output.status.success());
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&said["sound_after_kill"], &said["lost"]), (&json!(false), &json!(0)), "{said}");
    assert_eq!(said["broken_after_kill"][0]["check"], "tasks.end", "{said}");
}

#[cfg(target_os = "linux")]
/// Processes that run in a drill's folder under this one.
fn drilled(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let processes = entries.filter(|entry| {
        let at = fs::read_link(entry.path().join("cwd")).unwrap_or_default();
        at.starts_with(folder) && at != folder
    });
    processes.map(|entry| fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default()).collect()
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_drill_that_is_told_to_stop_leaves_no_process_and_no_copy() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_litper"));
    command.current_dir(folder.path()).env("TMPDIR", folder.path()).args(["drill", "--messages", "20000"]);
    let child = command.stderr(Stdio::piped()).spawn().unwrap();
    let serves = || async { drilled(folder.path()).iter().any(|process| process.contains("serve")) };
    wait_until("a server of the drill runs", serves).await;
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("broken off"));
    assert_eq!(drilled(folder.path()), [""; 0]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "the copy is gone");
}
