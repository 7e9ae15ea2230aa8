//! Who gets in, and what they see.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::files;
use crate::server::Server;

#[tokio::test]
async fn a_setup_link_makes_one_administrator() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let link = server.run(&["setup-link", "--tenant", "demo", "--json"]);
        let token = link["url"].as_str().unwrap().split_once("token=").unwrap().1.to_owned();
        assert!(!server.log().contains(&token), "the token is never logged");
        let browser = Client::builder().cookie_store(true).build().unwrap();
        let set_up = |password: &str| {
            let body =
                json!({ "token": token, "name": "Ana", "email": "ana@prueba.co", "password": password });
            browser.post(server.url("/v1/setup")).json(&body).send()
        };
        assert_eq!(set_up("corta").await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
        let answer = set_up("mesa nube lápiz").await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED, "{engine:?}");
        let session: Value = answer.json().await.unwrap();
        assert_eq!(session["user"]["role"], "admin");
        assert_eq!(set_up("mesa nube lápiz").await.unwrap().status(), StatusCode::GONE);

        let current = browser.get(server.url("/v1/session")).send().await.unwrap();
        assert_eq!(current.status(), StatusCode::OK);
        // A change with the cookie alone could come from any site.
        let bare = browser.delete(server.url("/v1/session")).send().await.unwrap();
        assert_eq!(bare.status(), StatusCode::FORBIDDEN);
        let csrf = session["csrf_token"].as_str().unwrap();
        let log_out = browser.delete(server.url("/v1/session")).header("X-CSRF-Token", csrf);
        assert_eq!(log_out.send().await.unwrap().status(), StatusCode::NO_CONTENT);
        let gone = browser.get(server.url("/v1/session")).send().await.unwrap();
        assert_eq!(gone.status(), StatusCode::UNAUTHORIZED);

        for (password, expected) in [("otra", StatusCode::UNAUTHORIZED), ("mesa nube lápiz", StatusCode::OK)]
        {
            let body = json!({ "email": "ANA@prueba.co", "password": password });
            let answer = browser.post(server.url("/v1/session")).json(&body).send().await.unwrap();
            assert_eq!(answer.status(), expected, "{engine:?}");
        }
    }
}

#[tokio::test]
async fn a_viewer_sees_masked_phones_and_may_not_load_files() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        server.import("a.csv", files::csv(&files::lines())).await;
        let user = ["user", "create", "--tenant", "demo", "--email", "v@prueba.co", "--name", "Vera"];
        let user = [&user[..], &["--role", "viewer", "--password-stdin"]].concat();
        assert!(server.try_run(&user, "mesa nube lápiz\n").status.success());
        let browser = Client::builder().cookie_store(true).build().unwrap();
        let body = json!({ "email": "v@prueba.co", "password": "mesa nube lápiz" });
        let session: Value =
            browser.post(server.url("/v1/session")).json(&body).send().await.unwrap().json().await.unwrap();
        let queue: Value = browser.get(server.url("/v1/queue")).send().await.unwrap().json().await.unwrap();
        assert_eq!(queue["items"][0]["recipient"]["phone"], "300***233", "{engine:?}");
        let words = ["LLAMAR AL 300 999 8877", "QUEDA EN ana@prueba.co", "REMISION 3009998877"];
        let file = format!(
            "numero_de_guia,estatus,ciudad_de_destino,transportadora,novedad,ultimo_movimiento,fecha_de_ultimo_movimiento\n\
             50099999999,{},CALI,COORDINADORA,{},{},05/03/2026 08:10\n",
            words[2], words[0], words[1]
        );
        server.import("b.csv", file.into_bytes()).await;
        let found = server.get("/v1/shipments?tracking_number=50099999999").await;
        let id = found["items"][0]["id"].as_str().unwrap();
        for path in ["", "/events", "/sources"].map(|end| format!("/v1/shipments/{id}{end}")) {
            let shown = browser.get(server.url(&path)).send().await.unwrap().text().await.unwrap();
            assert!(!shown.contains("8877") && !shown.contains("ana@"), "{engine:?} {path}: {shown}");
            assert!(shown.contains("***"), "{engine:?} {path}: {shown}");
            let whole = server.get(&path).await.to_string();
            assert!(whole.contains("8877"), "{engine:?} {path}: {whole}");
        }
        let form = reqwest::multipart::Form::new().text("file", "x");
        let csrf = session["csrf_token"].as_str().unwrap();
        let upload = browser.post(server.url("/v1/imports")).header("X-CSRF-Token", csrf).multipart(form);
        assert_eq!(upload.send().await.unwrap().status(), StatusCode::FORBIDDEN);
        assert_eq!(
            server.get("/v1/shipments?tracking_number=240001234567").await["items"][0]["recipient"]["phone"],
            "+573001112233",
            "a key that may change shipments sees them whole"
        );
        assert!(!server.log().contains("3001112233"), "no phone is logged");
    }
}

#[tokio::test]
async fn another_tenants_things_do_not_exist() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let import = server.import("a.csv", files::csv(&files::lines())).await;
        let shipment = server.get("/v1/queue").await["items"][0]["id"].as_str().unwrap().to_owned();
        server.run(&["tenant", "create", "--slug", "otra", "--name", "Otra"]);
        let key = server.run(&["api-key", "create", "--tenant", "otra", "--scope", "*", "--json"]);
        let key = key["key"].as_str().unwrap();
        for path in [
            format!("/v1/imports/{}", import["id"].as_str().unwrap()),
            format!("/v1/shipments/{shipment}"),
            format!("/v1/shipments/{shipment}/events"),
        ] {
            let answer = server.client.get(server.url(&path)).bearer_auth(key).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{engine:?} {path}");
        }
        for path in ["/v1/queue", "/v1/shipments?q=240001234567", "/v1/orders", "/v1/imports"] {
            let answer = server.client.get(server.url(path)).bearer_auth(key).send().await.unwrap();
            let page: Value = answer.json().await.unwrap();
            assert_eq!(page["items"], json!([]), "{engine:?} {path}");
        }
    }
}

#[tokio::test]
async fn bad_requests_are_problems() {
    let server = Server::on(database::Engine::Sqlite).await;
    let ask = |method: Method, path: &str| {
        server.client.request(method, server.url(path)).bearer_auth(&server.key).send()
    };
    for (method, path, status) in [
        (Method::GET, "/v1/queue?level=URGENTE", 400),
        (Method::GET, "/v1/queue?limit=0", 400),
        (Method::GET, "/v1/queue?limit=-1", 400),
        (Method::GET, "/v1/queue?cursor=x", 400),
        (Method::GET, "/v1/shipments/not-an-id", 404),
        (Method::GET, "/v1/nothing", 404),
        (Method::DELETE, "/v1/queue", 405),
        (Method::POST, "/v1/imports", 422),
        (Method::POST, "/v1/session", 415),
    ] {
        let answer = ask(method, path).await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
        assert!(answer.headers().contains_key("x-request-id"), "{path}");
    }
    let (long, large) = ("x".repeat(20_000), "x".repeat(70_000));
    let long = server.client.get(server.url(&format!("/v1/queue?city={long}"))).send().await.unwrap();
    let large = server.client.get(server.url("/v1/queue")).header("X-Large", large).send().await.unwrap();
    for (answer, status) in [(long, 414), (large, 431)] {
        assert_eq!(answer.status(), status);
        assert!(answer.headers().contains_key("x-request-id"), "{status}");
        assert_eq!(answer.json::<Value>().await.unwrap()["status"], status);
    }
    let anonymous = server.client.get(server.url("/v1/queue")).send().await.unwrap();
    assert_eq!(anonymous.status(), StatusCode::UNAUTHORIZED);
    let metrics = server.client.get(server.url("/metrics")).send().await.unwrap();
    assert_eq!(metrics.status(), StatusCode::OK);
    assert!(metrics.text().await.unwrap().contains("litper_db_transaction_seconds"));
    let proxied = server.client.get(server.url("/metrics")).header("X-Forwarded-For", "1.2.3.4").send();
    assert_eq!(proxied.await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_key_does_what_its_role_may() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let made = |more: &[&str]| {
            let create = ["api-key", "create", "--tenant", "demo", "--json"];
            server.try_run(&[&create[..], more].concat(), "")
        };
        let refused = made(&["--scope", "analytics:read"]);
        assert!(!refused.status.success(), "{engine:?}");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains("--role") && said.contains("operator"), "{engine:?}: {said}");
        assert!(!made(&["--scope", "*", "--role", "boss"]).status.success(), "{engine:?}");
        let key = |more: &[&str]| {
            let made: Value = serde_json::from_slice(&made(more).stdout).unwrap();
            made["key"].as_str().unwrap().to_owned()
        };
        let (admin, analyst) = (
            key(&["--scope", "*", "--role", "admin"]),
            key(&["--scope", "analytics:read", "--role", "operator"]),
        );
        for (key, path, status) in [
            (&admin, "/v1/webhook-failures", 200),
            (&admin, "/v1/routes", 200),
            (&analyst, "/v1/routes", 200),
            (&analyst, "/v1/queue", 403),
            (&server.key, "/v1/routes", 403),
        ] {
            let answer = server.client.get(server.url(path)).bearer_auth(key).send().await.unwrap();
            assert_eq!(answer.status(), status, "{engine:?} {path}");
            if status == 403 {
                let problem: Value = answer.json().await.unwrap();
                assert_eq!(problem["title"], "This key may not do this", "{engine:?}");
            }
        }
        let listed = server.run(&["api-key", "list", "--tenant", "demo", "--json"]).to_string();
        assert!(listed.contains("\"role\":\"operator\""), "{engine:?}: {listed}");
    }
}

#[tokio::test]
async fn serving_before_the_beginning_says_what_to_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_litper"));
    let data = folder.path().join("var");
    let done = command.arg("--data-dir").arg(&data).arg("serve").current_dir(folder.path()).output().unwrap();
    assert!(!done.status.success());
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(said.contains("litper init"), "{said}");
}

#[tokio::test]
async fn one_server_per_sqlite_file() {
    let server = Server::on(database::Engine::Sqlite).await;
    let second = server.try_run(&["serve"], "");
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("another litper serves"));
}

#[tokio::test]
async fn the_console_is_served_with_hashed_assets_and_a_strict_policy() {
    let server = Server::on(database::Engine::Sqlite).await;
    let page = server.client.get(server.url("/cola")).send().await.unwrap();
    assert!(page.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'self'"));
    let html = page.text().await.unwrap();
    let start = html.find("/assets/").expect("a hashed asset: build the console first");
    let path = html[start..].split('"').next().unwrap();
    let asset = server.client.get(server.url(path)).send().await.unwrap();
    assert_eq!(asset.status(), StatusCode::OK);
    assert!(asset.headers()["cache-control"].to_str().unwrap().contains("immutable"));
}
