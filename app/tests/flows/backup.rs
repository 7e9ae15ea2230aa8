//! What was backed up comes back, whole, and only where it harms nothing.

use std::fs;
use std::path::Path;

use database::Engine;
use reqwest::StatusCode;

use crate::files;
use crate::server::{Server, wait_until};
use crate::shops::{Delivery, SECRET, add_shop, order};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Whether any file of a folder holds these bytes.
fn holds(folder: &Path, wanted: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, wanted);
        }
        fs::read(path).unwrap().windows(wanted.len()).any(|window| window == wanted)
    })
}

async fn deliver(server: &Server, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let delivery = Delivery::new("orders/create", order(number, "2026-03-10T08:00:00-05:00"));
        let answer = delivery.send(&server.client, &server.url("/webhooks/shopify")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

async fn orders(server: &Server) -> usize {
    server.get("/v1/orders?limit=200").await["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_backup_of_a_running_server_is_restored_after_it_lost_everything() {
    let mut server = Server::on(Engine::Sqlite).await;
    add_shop(&server, "demo", SECRET);
    server.import("guias.csv", files::csv(&files::many(40))).await;
    deliver(&server, 1..9).await;
    wait_until("the orders are there", || async { orders(&server).await == 8 }).await;
    fs::write(server.folder().join("files/imports/0-waiting.csv"), "a,b\n1,2\n").unwrap();
    // Half a file that is still coming in is none of the backup's.
    fs::write(server.folder().join("files/imports/1.upload.part"), "a,b\n1,").unwrap();

    let outside = tempfile::tempdir().unwrap();
    let backup = outside.path().join("copia");
    let made = server.run(&["backup", "--to", text(&backup), "--json"]);
    assert!(made["rows"].as_u64().unwrap() > 50, "{made}");
    assert_eq!((&made["files"], &made["master_key_included"]), (&1.into(), &false.into()), "{made}");
    assert!(!holds(&backup, testkit::MASTER_KEY.as_bytes()), "the key stays outside");
    assert!(!holds(&backup, b"3001112233"), "what is sealed stays sealed");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for (path, mode) in [("", 0o700), ("litper.db", 0o600), ("manifest.json", 0o600), ("files", 0o700)] {
            let found = fs::metadata(backup.join(path)).unwrap().permissions().mode() & 0o777;
            assert_eq!(found, mode, "{path}: for its owner alone");
        }
    }
    let again = server.try_run(&["backup", "--to", text(&backup)], "");
    assert!(!again.status.success(), "a backup is not written over");

    // What comes after the backup is what is lost.
    deliver(&server, 9..12).await;
    wait_until("the later orders are there", || async { orders(&server).await == 11 }).await;
    let running = server.try_run(&["restore", "--from", text(&backup), "--replace"], "");
    assert!(String::from_utf8_lossy(&running.stderr).contains("stop it first"), "not under a running server");
    server.kill();
    let there = server.try_run(&["restore", "--from", text(&backup)], "");
    assert!(String::from_utf8_lossy(&there.stderr).contains("--replace"), "nothing is lost by mistake");
    for gone in ["litper.db", "litper.db-wal", "litper.db-shm"] {
        let _ = fs::remove_file(server.folder().join(gone));
    }
    fs::remove_dir_all(server.folder().join("files")).unwrap();
    let restored = server.run(&["restore", "--from", text(&backup), "--json"]);
    assert_eq!(restored["rows"], made["rows"]);
    assert_eq!(fs::read(server.folder().join("files/imports/0-waiting.csv")).unwrap(), b"a,b\n1,2\n");
    server.start().await;
    assert_eq!(orders(&server).await, 8);
    let first = server.get("/v1/orders").await["items"][0].clone();
    assert_eq!(first["customer"]["phone"], "+573001112233", "the key opens what was restored");
    deliver(&server, 9..12).await;
    wait_until("it goes on", || async { orders(&server).await == 11 }).await;
}

#[tokio::test]
async fn a_damaged_backup_replaces_nothing() {
    let mut server = Server::on(Engine::Sqlite).await;
    add_shop(&server, "demo", SECRET);
    deliver(&server, 1..4).await;
    wait_until("the orders are there", || async { orders(&server).await == 3 }).await;
    server.stop();
    let outside = tempfile::tempdir().unwrap();
    let backup = outside.path().join("copia");
    server.run(&["backup", "--to", text(&backup), "--json"]);
    let manifest = fs::read_to_string(backup.join("manifest.json")).unwrap();
    let database = fs::read(backup.join("litper.db")).unwrap();
    let refused = |why: &str| {
        let output = server.try_run(&["restore", "--from", text(&backup), "--replace"], "");
        assert!(!output.status.success(), "{why}");
    };
    // A table that lost a row, bytes that rotted, a half-copied file, no manifest.
    let (before, after) = manifest.split_once("\"orders\"").unwrap();
    let fewer = after.replacen("\"rows\": 3", "\"rows\": 4", 1);
    fs::write(backup.join("manifest.json"), format!("{before}\"orders\"{fewer}")).unwrap();
    refused("a table that lost a row");
    fs::write(backup.join("manifest.json"), &manifest).unwrap();
    let mut rotten = database.clone();
    let middle = rotten.len() / 2;
    rotten[middle..middle + 4096].fill(7);
    fs::write(backup.join("litper.db"), rotten).unwrap();
    refused("bytes that rotted");
    fs::write(backup.join("litper.db"), &database[..database.len() / 3]).unwrap();
    refused("half a file");
    fs::write(backup.join("litper.db"), &database).unwrap();
    fs::remove_file(backup.join("manifest.json")).unwrap();
    refused("no manifest");
    server.start().await;
    assert_eq!(orders(&server).await, 3, "what was there is there");
}

#[tokio::test]
async fn a_backup_of_postgresql_is_restored_over_what_came_after_it() {
    let mut server = Server::on(Engine::Postgres).await;
    add_shop(&server, "demo", SECRET);
    server.import("guias.csv", files::csv(&files::many(40))).await;
    deliver(&server, 1..9).await;
    wait_until("the orders are there", || async { orders(&server).await == 8 }).await;
    let outside = tempfile::tempdir().unwrap();
    let backup = outside.path().join("copia");
    let made = server.run(&["backup", "--to", text(&backup), "--json"]);
    assert!(made["rows"].as_u64().unwrap() > 50, "{made}");
    assert_eq!((&made["tried"], &made["master_key_included"]), (&true.into(), &false.into()), "{made}");
    assert!(!holds(&backup, testkit::MASTER_KEY.as_bytes()), "the key stays outside");
    assert!(!holds(&backup, b"3001112233"), "what is sealed stays sealed");

    deliver(&server, 9..12).await;
    wait_until("the later orders are there", || async { orders(&server).await == 11 }).await;
    let restore = |server: &Server, more: &[&str]| {
        let arguments = [&["restore", "--from", text(&backup), "--json"], more].concat();
        let output = server.try_run(&arguments, "");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (done, said) = restore(&server, &["--replace"]);
    assert!(!done && said.contains("stop its servers first"), "not under a running server: {said}");
    server.db().close().await;
    server.kill();
    let (done, said) = restore(&server, &[]);
    assert!(!done && said.contains("--replace"), "nothing is lost by mistake: {said}");
    // Bytes that rotted replace nothing.
    let file = backup.join("tables/orders.rows");
    let whole = fs::read(&file).unwrap();
    let mut rotten = whole.clone();
    let middle = rotten.len() / 2;
    rotten[middle] ^= 1;
    fs::write(&file, rotten).unwrap();
    let (done, said) = restore(&server, &["--replace"]);
    assert!(!done && said.contains("orders"), "{said}");
    fs::write(&file, whole).unwrap();
    server.start().await;
    assert_eq!(orders(&server).await, 11, "what was there is there");
    server.kill();
    let (done, said) = restore(&server, &["--replace"]);
    assert!(done, "{said}");
    server.start().await;
    assert_eq!(orders(&server).await, 8);
    let first = server.get("/v1/orders").await["items"][0].clone();
    assert_eq!(first["customer"]["phone"], "+573001112233", "the key opens what was restored");
    deliver(&server, 9..12).await;
    wait_until("it goes on", || async { orders(&server).await == 11 }).await;
    let sound = || async { server.try_run(&["verify"], "").status.success() };
    wait_until("everything is sound", sound).await;
}
