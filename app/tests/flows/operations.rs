//! Work and facts that failed: shown to administrators, and done again on request.

use std::sync::Arc;

use async_trait::async_trait;
use database::Scope;
use domain::{Clock, RandomIds, SystemClock, TenantId};
use event_log::NewEvent;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use task_queue::{Handler, NewTask, Settings, Task, TaskError, TaskQueue};
use testkit::ENGINES;
use uuid::Uuid;

use crate::server::{Server, wait_until};

struct Hopeless;

#[async_trait]
impl Handler for Hopeless {
    fn kind(&self) -> &'static str {
        "test.hopeless"
    }

    async fn run(&self, _: &Task) -> Result<(), TaskError> {
        Err(TaskError::fatal("as the test says"))
    }
}

/// An administrator's browser and its session.
pub(crate) async fn administrator(server: &Server) -> (Client, Value) {
    let link = server.run(&["setup-link", "--tenant", "demo", "--json"]);
    let token = link["url"].as_str().unwrap().split_once("token=").unwrap().1;
    let browser = Client::builder().cookie_store(true).build().unwrap();
    let body =
        json!({ "token": token, "name": "Ana", "email": "ana@prueba.co", "password": "mesa nube lápiz" });
    let session = browser.post(server.url("/v1/setup")).json(&body).send().await.unwrap();
    (browser, session.json().await.unwrap())
}

#[tokio::test]
async fn a_task_that_was_given_up_is_shown_and_tried_again() {
    for engine in ENGINES {
        let mut server = Server::on(engine).await;
        let (browser, session) = administrator(&server).await;
        let csrf = session["csrf_token"].as_str().unwrap();
        let tenant: TenantId = session["tenant"]["id"].as_str().unwrap().parse().unwrap();
        // The server's worker knows no such task: it must not take it.
        server.kill();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids = Arc::new(RandomIds::new(Arc::clone(&clock)));
        let queue = TaskQueue::new(server.db().clone(), clock, ids, Settings::default());
        queue.register(Arc::new(Hopeless)).unwrap();
        let mut tx = server.db().write(Scope::Tenant(tenant)).await.unwrap();
        let hopeless = || NewTask::new("test.hopeless", &json!({})).unwrap();
        queue.enqueue(&mut tx, vec![hopeless(), hopeless()]).await.unwrap();
        tx.commit().await.unwrap();
        while queue.tick().await.unwrap() {}
        server.start().await;
        let dead = async || -> Value {
            browser.get(server.url("/v1/dead-tasks")).send().await.unwrap().json().await.unwrap()
        };
        let shown = dead().await["items"][0].clone();
        assert_eq!(shown["kind"], "test.hopeless", "{engine:?}");
        assert_eq!(shown["error"], "as the test says", "{engine:?}");
        let listed = server.run(&["tasks", "dead", "--json"]);
        assert_eq!(listed[0]["id"], shown["id"], "{engine:?}");

        let path = format!("/v1/dead-tasks/{}/retry", shown["id"].as_str().unwrap());
        let again = async || {
            browser.post(server.url(&path)).header("X-CSRF-Token", csrf).send().await.unwrap().status()
        };
        assert_eq!(again().await, StatusCode::NO_CONTENT, "{engine:?}");
        assert_eq!(again().await, StatusCode::NOT_FOUND, "{engine:?}: it is no dead letter now");
        let retried = server.run(&["tasks", "retry", "--kind", "test.hopeless", "--json"]);
        assert_eq!(retried["retried"], 1, "{engine:?}: the other one");
        assert_eq!(dead().await["items"], json!([]), "{engine:?}");
        let key = server.client.get(server.url("/v1/dead-tasks")).bearer_auth(&server.key);
        assert_eq!(key.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{engine:?}: not for keys");
    }
}

#[tokio::test]
async fn an_event_that_a_reaction_fails_on_is_shown_and_replayed() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let (browser, session) = administrator(&server).await;
        let csrf = session["csrf_token"].as_str().unwrap();
        let tenant: TenantId = session["tenant"]["id"].as_str().unwrap().parse().unwrap();
        let ids = RandomIds::new(Arc::new(SystemClock));
        let now = SystemClock.now();
        let broken =
            NewEvent::new("shipment.status_changed", Uuid::from_u128(7), 1, now, &json!({ "to": "MARS" }));
        let mut tx = server.db().write(Scope::Tenant(tenant)).await.unwrap();
        event_log::append(&mut tx, &ids, now, vec![broken.unwrap()]).await.unwrap();
        tx.commit().await.unwrap();

        let parked = || async {
            let answer: Value =
                browser.get(server.url("/v1/parked-events")).send().await.unwrap().json().await.unwrap();
            answer["items"][0].clone()
        };
        wait_until("the event is set aside", || async { parked().await.is_object() }).await;
        let shown = parked().await;
        assert_eq!(shown["kind"], "shipment.status_changed", "{engine:?}");
        assert_eq!(shown["reaction"], "orders.follow_shipments", "{engine:?}");
        assert_eq!(shown["error"], "the payload does not fit the kind", "{engine:?}");
        // It is still tried by itself, so there is nothing to ask for yet.
        let path = format!("/v1/parked-events/orders.follow_shipments/{}/retry", shown["position"]);
        let retry = browser.post(server.url(&path)).header("X-CSRF-Token", csrf).send().await.unwrap();
        assert_eq!(retry.status(), StatusCode::NOT_FOUND, "{engine:?}");

        let replay = ["events", "replay", "--reaction", "orders.follow_shipments", "--json"];
        let again = server.run(&[&replay[..], &["--parked"]].concat());
        assert_eq!(again["retried"], 0, "{engine:?}");
        let back = server.run(&[&replay[..], &["--from", "0"]].concat());
        assert!(back["stood_at"].as_i64().unwrap() >= 1, "{engine:?}");
        let unknown = server.try_run(&["events", "replay", "--reaction", "nobody", "--parked"], "");
        assert!(!unknown.status.success());
        assert!(
            String::from_utf8_lossy(&unknown.stderr).contains("orders.follow_shipments"),
            "it names them"
        );
    }
}
