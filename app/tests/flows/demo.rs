//! The demonstration organisation: it is alive, it can be tried out, and it goes without a trace.

use std::process::{Command, Stdio};

use database::{Audience, Engine, Scope, Statement, SystemReason, bind};
use domain::TenantId;
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::server::{Server, wait_until};

#[tokio::test]
async fn a_demonstration_is_alive_and_its_samples_import() {
    for engine in ENGINES {
        let mut server = Server::on(engine).await;
        let made = server.run(&["demo", "--tenant", "prueba", "--json"]);
        assert_eq!(made["created"], true, "{engine:?}");
        assert_eq!((&made["orders_created"], &made["shipments_created"]), (&json!(50), &json!(2_000)));
        let [high, medium, low] =
            ["high", "medium", "low"].map(|level| made["queue"][level].as_u64().unwrap());
        assert!(high >= 30 && medium >= 50 && low >= 50, "{engine:?}: {}", made["queue"]);
        assert!((380..=440).contains(&(high + medium + low)), "{}", made["queue"]);

        // Not by the levels of its queue: those change as time goes by.
        let tenant = server.tenant("prueba").await;
        let held = rows_by_table(&server, Some(tenant)).await;
        let again = server.run(&["demo", "--tenant", "prueba", "--json"]);
        assert_eq!(again["created"], false, "{engine:?}");
        assert_eq!(rows_by_table(&server, Some(tenant)).await, held, "{engine:?}: nothing is made twice");

        let key = server.run(&["api-key", "create", "--tenant", "prueba", "--scope", "*", "--json"]);
        server.key = key["key"].as_str().unwrap().to_owned();
        let disputed = server.get("/v1/discrepancies?kind=delivery_disputed").await;
        assert_eq!(disputed["items"].as_array().unwrap().len(), 6, "{engine:?}: two sources say two things");
        for path in made["samples"].as_array().unwrap() {
            let path = std::path::Path::new(path.as_str().unwrap());
            let name = path.file_name().unwrap().to_str().unwrap();
            let import = server.import(name, std::fs::read(path).unwrap()).await;
            assert_eq!(import["status"], "completed", "{engine:?}: {import}");
            assert_eq!(import["result"]["rows_failed"], 0, "{engine:?} {name}");
            assert!(import["result"]["rows_read"].as_u64().unwrap() >= 20, "{import}");
            if name.starts_with('2') {
                assert!(import["result"]["shipments_updated"].as_u64().unwrap() > 0, "{import}");
            }
        }
        let unmapped = server.get("/v1/unmapped-statuses").await;
        assert_eq!(unmapped["items"], json!([]), "{engine:?}: every word is known");
    }
}

#[tokio::test]
async fn a_live_demonstration_goes_on_until_it_is_told_to_stop() {
    let mut server = Server::on(Engine::Sqlite).await;
    server.run(&["demo", "--tenant", "prueba", "--json"]);
    let key = server.run(&["api-key", "create", "--tenant", "prueba", "--scope", "*", "--json"]);
    server.key = key["key"].as_str().unwrap().to_owned();
    let mut command = server.command();
    command.args(["demo", "--tenant", "prueba", "--live", "--orders", "60"]).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    wait_until("Dropi's files are loaded", || async {
        let summary = server.get("/v1/queue/summary").await;
        let all = ["high", "medium", "low", "terminal"].map(|level| summary[level].as_u64().unwrap());
        all.iter().sum::<u64>() > 2_300
    })
    .await;
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    let shops = server.run(&["shop", "list", "--tenant", "prueba", "--json"]).to_string();
    assert_eq!(shops.matches("simulada-").count(), 3, "{shops}");

    server.stop();
    let output = server.command().args(["demo", "--tenant", "prueba", "--live"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("no server is ready"), "{said}");
}

#[tokio::test]
async fn a_removed_demonstration_leaves_no_row_in_any_table() {
    for engine in ENGINES {
        let mut server = Server::on(engine).await;
        let real_key = server.key.clone();
        let before = rows_by_table(&server, None).await;
        let made = server.run(&["demo", "--tenant", "prueba", "--json"]);
        let key = server.run(&["api-key", "create", "--tenant", "prueba", "--scope", "*", "--json"]);
        server.key = key["key"].as_str().unwrap().to_owned();
        let sample = std::fs::read(made["samples"][0].as_str().unwrap()).unwrap();
        server.import("muestra.csv", sample).await;
        let link = server.run(&["setup-link", "--tenant", "prueba", "--json"]);
        assert!(link["url"].is_string());
        let tenant = server.tenant("prueba").await;
        let held = rows_by_table(&server, Some(tenant)).await;
        for table in ["tenants", "tenant_keys", "api_keys", "setup_links", "orders", "customers", "imports"] {
            assert!(held[table].as_u64().unwrap() > 0, "{engine:?} {table}");
        }
        let head = head_of_log(&server).await;

        assert_eq!(server.run(&["demo", "--remove", "--tenant", "prueba", "--json"])["removed"], true);
        let left = rows_by_table(&server, Some(tenant)).await;
        for (table, rows) in left.as_object().unwrap() {
            assert_eq!(*rows, json!(0), "{engine:?} {table}");
        }
        assert!(left.as_object().unwrap().len() > 15, "the catalogue is seen");
        let mut after = rows_by_table(&server, None).await;
        assert!(head_of_log(&server).await >= head, "{engine:?}: no position is given twice");
        // The last event of the log may stay, without its tenant.
        after["events"] = before["events"].clone();
        assert_eq!(after, before, "{engine:?}: the others keep theirs");

        let refused = server.try_run(&["demo", "--remove"], "");
        assert!(!refused.status.success(), "{engine:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("real data"));
        let refused = server.try_run(&["demo"], "");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("real data"), "{engine:?}");
        assert_eq!(server.run(&["demo", "--remove", "--tenant", "prueba", "--json"])["removed"], false);
        server.key = real_key;
        server.get("/v1/queue").await;
    }
}

const SYSTEM: Scope = Scope::System(SystemReason::Administration);

/// Rows of each table that has tenants, of one tenant or of all.
async fn rows_by_table(server: &Server, tenant: Option<TenantId>) -> Value {
    let db = server.db();
    let tables = match db.engine() {
        Engine::Sqlite => {
            "select distinct m.name from sqlite_master m join pragma_table_info(m.name) c
             where m.type = 'table' and c.name = 'tenant_id' order by 1"
        }
        Engine::Postgres => {
            "select distinct table_name from information_schema.columns
             where table_schema = 'public' and column_name = 'tenant_id' order by 1"
        }
    };
    let mut tx = db.read(SYSTEM).await.unwrap();
    let tables = tx.fetch_all(&Statement::new("tables", Audience::System, tables), bind![]).await.unwrap();
    let mut counts = serde_json::Map::new();
    for table in tables {
        let name: String = table.get(0).unwrap();
        let (text, values) = match tenant {
            Some(tenant) => (format!("select count(*) from {name} where tenant_id = $1"), bind![tenant]),
            None => (format!("select count(*) from {name}"), bind![]),
        };
        let statement = Statement::new("count", Audience::System, Box::leak(text.into_boxed_str()));
        let count = tx.fetch_one(&statement, values).await.unwrap().count(0).unwrap();
        counts.insert(name, json!(count));
    }
    tx.commit().await.unwrap();
    Value::Object(counts)
}

async fn head_of_log(server: &Server) -> i64 {
    let db = server.db();
    let mut tx = db.read(SYSTEM).await.unwrap();
    let text = "select coalesce(max(position), 0) from events";
    let row = tx.fetch_one(&Statement::new("head", Audience::System, text), bind![]).await.unwrap();
    tx.commit().await.unwrap();
    row.get(0).unwrap()
}

impl Server {
    async fn tenant(&self, slug: &str) -> TenantId {
        let db = self.db();
        let mut tx = db.read(SYSTEM).await.unwrap();
        let text = "select tenant_id from tenants where slug = $1";
        let row = tx.fetch_one(&Statement::new("tenant", Audience::System, text), bind![slug]).await.unwrap();
        tx.commit().await.unwrap();
        row.id(0).unwrap()
    }
}
