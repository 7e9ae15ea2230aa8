//! `litper sim`: the same seed ends with the same facts, every time and on both engines.

use database::{Audience, DatabaseUrl, Engine, Scope, Statement, SystemReason, bind};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::process::Command;
use testkit::TestDb;

const BINARY: &str = env!("CARGO_BIN_EXE_litper");

/// Lives through a world on an engine; answers the report.
async fn simulate(engine: Engine, seed: u64, days: u64, orders: u64) -> Value {
    simulate_in(&TestDb::on(engine).await, seed, days, orders).await
}

async fn simulate_in(test: &TestDb, seed: u64, days: u64, orders: u64) -> Value {
    let mut command = Command::new(BINARY);
    command.current_dir(test.folder.path()).env("LITPER_DATABASE_CONNECTIONS", "4");
    command.env("LITPER_MASTER_KEY", &test.master_key).args(["sim", "--json"]);
    match &test.url {
        DatabaseUrl::Sqlite(_) => command.args(["--engine", "sqlite"]),
        DatabaseUrl::Postgres(url) => {
            command.env("LITPER_DATABASE", url.expose_secret()).args(["--engine", "postgres"])
        }
    };
    for (name, value) in [("--seed", seed), ("--days", days), ("--orders", orders)] {
        command.args([name, &value.to_string()]);
    }
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(
        output.status.success(),
        "{:?} {seed}: {}",
        test.db.engine(),
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice::<Value>(&output.stdout).unwrap()["report"].clone()
}

#[tokio::test]
async fn a_seed_ends_with_the_same_facts_every_time_and_on_both_engines() {
    for seed in [1, 7, 11] {
        let first = simulate(Engine::Sqlite, seed, 5, 20).await;
        assert_eq!(first["orders_placed"], 100, "{seed}");
        assert!(first["held"]["delivered"].as_i64().unwrap() > 0, "{seed}: {first}");
        assert_eq!(simulate(Engine::Sqlite, seed, 5, 20).await, first, "{seed}: again");
        assert_eq!(simulate(Engine::Postgres, seed, 5, 20).await, first, "{seed}: on the other engine");
    }
}

#[tokio::test]
async fn other_seeds_are_other_worlds_in_which_all_invariants_hold() {
    let mut hashes = Vec::new();
    for seed in 20..23 {
        let report = simulate(Engine::Sqlite, seed, 4, 15).await;
        assert!(report["messages"].as_u64().unwrap() > 60, "{report}");
        hashes.push(report["hash"].as_str().unwrap().to_owned());
    }
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 3);
}

#[tokio::test]
async fn a_database_that_is_somebodys_is_not_simulated_in() {
    let server = crate::server::Server::on(Engine::Postgres).await;
    let output = server.try_run(&["sim", "--engine", "postgres", "--days", "1"], "");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("holds an organisation already"));
    // One that was made by an earlier version is left as it is.
    let system = || Scope::System(SystemReason::Administration);
    let forget =
        "delete from _sqlx_migrations where version = (select max(m.version) from _sqlx_migrations m)";
    let mut tx = server.db().write(system()).await.unwrap();
    tx.execute(&Statement::new("forget", Audience::System, forget), bind![]).await.unwrap();
    tx.commit().await.unwrap();
    let pending = server.db().pending_migrations().await.unwrap();
    assert_eq!(pending.len(), 1);
    let output = server.try_run(&["sim", "--engine", "postgres", "--days", "1"], "");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("has tables already"));
    assert_eq!(server.db().pending_migrations().await.unwrap(), pending, "nothing was migrated");
}

#[tokio::test]
async fn a_database_without_tables_gets_them() {
    let report = simulate_in(&TestDb::blank(Engine::Postgres).await, 3, 1, 5).await;
    assert_eq!(report["orders_placed"], 5);
    assert!(report.get("messages_waited").is_none(), "waits would be the world's own schedule");
}
