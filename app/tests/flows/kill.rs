//! The process dies in the middle of its work, without warning.

use database::{Audience, Scope, Statement, SystemReason, bind};
use reqwest::StatusCode;
use serde_json::Value;
use testkit::ENGINES;

use crate::files;
use crate::server::{Server, wait_until};

const ROWS: u32 = 20_000;
const DEATHS: u32 = 20;

const FREE_LEASES: Statement = Statement::new(
    "free_leases",
    Audience::System,
    include_str!("../../../services/integrations/sql/system/free_leases.sql"),
);

#[tokio::test]
async fn an_import_ends_by_itself_however_often_its_process_is_killed() {
    for engine in ENGINES {
        let mut server = Server::on(engine).await;
        let answer = server.upload("muchas.csv", files::csv(&files::many(ROWS))).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let id = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/imports/{id}");
        let mut applied = 0;
        for death in 0..DEATHS {
            let progress = || async { server.get(&path).await["progress"]["rows_applied"].as_u64().unwrap() };
            wait_until("some more rows are applied", || async { progress().await > applied }).await;
            applied = progress().await;
            assert!(applied < u64::from(ROWS), "{engine:?}: death {death} comes too late to matter");
            server.kill();
            // On PostgreSQL a lease runs out by itself, half a minute later: here that time passes at once.
            let mut tx = server.db().write(Scope::System(SystemReason::WorkClaim)).await.unwrap();
            tx.execute(&FREE_LEASES, bind![]).await.unwrap();
            tx.commit().await.unwrap();
            server.start().await;
        }
        let import = server.finished(&id).await;
        assert_eq!(import["status"], "completed", "{engine:?}: {import}");
        assert_eq!(import["progress"]["rows_applied"], ROWS);
        let result = &import["result"];
        assert_eq!(result["shipments_created"], ROWS, "{engine:?}: none lost, none twice: {result}");
        assert_eq!(result["events_new"], ROWS, "{engine:?}");
        let summary = server.get("/v1/queue/summary").await;
        let open =
            ["high", "medium", "low"].iter().map(|level| summary[*level].as_u64().unwrap()).sum::<u64>();
        assert_eq!(open, u64::from(ROWS), "{engine:?}");
        let left = std::fs::read_dir(server.folder().join("files/imports")).unwrap().count();
        assert_eq!(left, 0, "{engine:?}: the uploaded file is gone once it is read");
    }
}
