//! Others work on while a large file is loaded.

use reqwest::StatusCode;
use serde_json::Value;
use testkit::ENGINES;

use crate::files;
use crate::server::Server;

const ROWS: u32 = 6_000;
/// A transaction of an import takes 400 ms when nobody waits. Builds without optimisation on a busy machine get
/// six times as long, which is a bucket's bound.
const LONGEST: &str = "2.5";
/// Rows of a transaction, at most.
const SHARED: u32 = 4_000;

#[tokio::test]
async fn a_large_import_does_not_stand_in_the_way() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        server.run(&["tenant", "create", "--slug", "otra", "--name", "Otra"]);
        let key = server.run(&["api-key", "create", "--tenant", "otra", "--scope", "*", "--json"]);
        let key = key["key"].as_str().unwrap();
        let answer = server.upload("muchas.csv", files::csv(&files::many(ROWS))).await;
        let large = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
        let small = upload(&server, key).await;

        let mut ready = true;
        let overtaken = loop {
            let health = server.client.get(server.url("/health/ready")).send().await.unwrap();
            ready &= health.status() == StatusCode::OK;
            let path = format!("/v1/imports/{small}");
            let answer = server.client.get(server.url(&path)).bearer_auth(key).send().await.unwrap();
            let status: Value = answer.json().await.unwrap();
            if status["status"] == "completed" {
                break server.get(&format!("/v1/imports/{large}")).await["status"] == "running";
            }
        };
        assert!(overtaken, "{engine:?}: the small file of another tenant is done first");
        let import = server.finished(&large).await;
        assert_eq!(import["status"], "completed", "{engine:?}: {import}");
        assert!(ready, "{engine:?}");

        let metrics = server.client.get(server.url("/metrics")).send().await.unwrap().text().await.unwrap();
        let figure = |name: &str| -> f64 {
            let line = metrics.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("{name} in {metrics}")).trim().parse().unwrap()
        };
        let all = figure("litper_import_transaction_seconds_count");
        let short = figure(&format!("litper_import_transaction_seconds_bucket{{le=\"{LONGEST}\"}}"));
        assert!(all >= f64::from(ROWS.div_ceil(SHARED)), "{engine:?}: {all} transactions");
        // One in twenty may meet a machine that does something else.
        assert!(short >= all * 0.95, "{engine:?}: {metrics}");
    }
}

async fn upload(server: &Server, key: &str) -> String {
    let part = reqwest::multipart::Part::bytes(files::csv(&files::lines())).file_name("pocas.csv");
    let form = reqwest::multipart::Form::new().part("file", part);
    let request = server.client.post(server.url("/v1/imports")).bearer_auth(key).multipart(form);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    answer["id"].as_str().unwrap().to_owned()
}
