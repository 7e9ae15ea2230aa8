//! One process answers, another works; together they are a whole one.

use database::{Audience, Scope, Statement, SystemReason, bind};
use reqwest::StatusCode;
use serde_json::Value;
use testkit::ENGINES;

use crate::files;
use crate::server::{Server, wait_until};

const COMPLETED: Statement =
    Statement::new("completed", Audience::System, "select count(*) from imports where status = 'completed'");

#[tokio::test]
async fn what_a_gateway_takes_in_a_worker_does() {
    for engine in ENGINES {
        let mut server = Server::on(engine).await;
        server.kill();
        server.start_as("gateway").await;
        let answer = server.upload("a.csv", files::csv(&files::lines())).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED, "{engine:?}");
        let id = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/imports/{id}");
        assert_eq!(server.get(&path).await["status"], "queued", "{engine:?}");
        server.kill();

        server.start_as("worker").await;
        let hidden = server.client.get(server.url(&path)).bearer_auth(&server.key).send().await.unwrap();
        assert_eq!(hidden.status(), StatusCode::NOT_FOUND, "{engine:?}: a worker answers no requests");
        let metrics = server.client.get(server.url("/metrics")).send().await.unwrap();
        assert_eq!(metrics.status(), StatusCode::OK, "{engine:?}");
        let done = || async {
            let mut tx = server.db().read(Scope::System(SystemReason::Administration)).await.unwrap();
            tx.fetch_one(&COMPLETED, bind![]).await.unwrap().count(0).unwrap() == 1
        };
        wait_until("the worker has loaded the file", done).await;
        server.kill();

        server.start_as("gateway,worker").await;
        assert_eq!(server.finished(&id).await["status"], "completed", "{engine:?}");
        let nonsense = server.try_run(&["serve", "--role", "king"], "");
        let said = String::from_utf8_lossy(&nonsense.stderr).into_owned();
        assert!(!nonsense.status.success() && said.contains("gateway"), "{said}");
    }
}
