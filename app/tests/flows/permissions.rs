//! Every route as every role, and with another organisation's ids.

use std::collections::{BTreeMap, BTreeSet};

use database::Engine;
use domain::{Permission, Role};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::discrepancies;
use crate::files;
use crate::server::{Server, wait_until};

const NOBODYS: &str = "0190a5b4-7f3e-7000-8000-0123456789ab";

/// One operation as the served description has it.
#[derive(Debug, Clone)]
struct Operation {
    id: String,
    method: Method,
    path: String,
    permission: String,
    takes_json: bool,
}

async fn operations(server: &Server) -> Vec<Operation> {
    let document: Value =
        server.client.get(server.url("/openapi.json")).send().await.unwrap().json().await.unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            found.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                permission: operation["x-permission"].as_str().unwrap().to_owned(),
                takes_json: operation["requestBody"]["content"]["application/json"].is_object(),
            });
        }
    }
    assert!(found.len() > 70, "{}", found.len());
    found
}

/// A path with something of the right form in each of its places; none of it exists.
fn filled(path: &str) -> String {
    let places = [
        ("{id}", NOBODYS),
        ("{extension}", NOBODYS),
        ("{carrier}", "tcc"),
        ("{code}", "tcc"),
        ("{city}", "76001"),
        ("{domain}", "nadie.myshopify.com"),
        ("{reaction}", "orders.follow_shipments"),
        ("{position}", "1"),
    ];
    let path = places.iter().fold(path.to_owned(), |path, (place, value)| path.replace(place, value));
    assert!(!path.contains('{'), "{path}: say what stands there");
    path
}

/// Whoever asks, and how.
enum Who<'a> {
    Nobody,
    Key(&'a str),
    Browser { client: &'a Client, csrf: Option<&'a str> },
}

async fn ask(
    server: &Server,
    who: &Who<'_>,
    method: &Method,
    path: &str,
    body: Option<&Value>,
) -> (StatusCode, Value) {
    let client = match who {
        Who::Nobody | Who::Key(_) => &server.client,
        Who::Browser { client, .. } => client,
    };
    let mut request = client.request(method.clone(), server.url(path));
    request = match who {
        Who::Nobody => request,
        Who::Key(key) => request.bearer_auth(key),
        Who::Browser { csrf, .. } => {
            csrf.map_or(request.try_clone().unwrap(), |csrf| request.header("X-CSRF-Token", csrf))
        }
    };
    if let Some(body) = body {
        request = request.json(body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    // What listens has no end.
    let problem = if status.is_success() { Value::Null } else { answer.json().await.unwrap_or_default() };
    (status, problem)
}

async fn call(server: &Server, who: &Who<'_>, operation: &Operation) -> (StatusCode, Value) {
    let empty = json!({});
    let body = operation.takes_json.then_some(&empty);
    ask(server, who, &operation.method, &filled(&operation.path), body).await
}

fn key(server: &Server, tenant: &str, role: &str, scope: &str) -> String {
    let arguments = ["api-key", "create", "--tenant", tenant, "--role", role, "--scope", scope, "--json"];
    server.run(&arguments)["key"].as_str().unwrap().to_owned()
}

/// What a caller of a role must get: whether it is let in.
fn is_let_in(operation: &Operation, role: Role, person: bool) -> bool {
    match operation.permission.as_str() {
        "public" | "authenticated" => true,
        "person" => person,
        permission => role.may(permission.parse::<Permission>().unwrap()),
    }
}

fn check(operation: &Operation, who: &str, let_in: bool, answer: &(StatusCode, Value)) {
    let (status, problem) = answer;
    assert!(!status.is_server_error(), "{who} {operation:?}: {status} {problem}");
    if let_in {
        assert_ne!(*status, StatusCode::FORBIDDEN, "{who} {operation:?}: {problem}");
        let guesses = operation.permission == "public";
        assert!(guesses || *status != StatusCode::UNAUTHORIZED, "{who} {operation:?}: {problem}");
    } else if operation.permission == "person" {
        assert!([StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(status), "{who} {operation:?}");
    } else {
        assert_eq!(*status, StatusCode::FORBIDDEN, "{who} {operation:?}: {problem}");
        assert_eq!(problem["permission"], operation.permission.as_str(), "{who} {operation:?}");
    }
}

#[tokio::test]
async fn every_route_lets_in_whom_its_permission_says_and_nobody_else() {
    let server = Server::on(Engine::Sqlite).await;
    let operations = operations(&server).await;
    for role in Role::all() {
        let whole = key(&server, "demo", role.as_str(), "*");
        for operation in &operations {
            let answer = call(&server, &Who::Key(&whole), operation).await;
            check(operation, role.as_str(), is_let_in(operation, *role, false), &answer);
        }
    }
    let narrow = key(&server, "demo", "admin", "orders:read");
    for operation in &operations {
        let asks = operation.permission.as_str();
        let let_in = ["public", "authenticated", "orders:read"].contains(&asks);
        check(operation, "a key for orders", let_in, &call(&server, &Who::Key(&narrow), operation).await);
        let (status, _) = call(&server, &Who::Nobody, operation).await;
        let known = status != StatusCode::UNAUTHORIZED;
        assert_eq!(known, asks == "public", "nobody {operation:?}: {status}");
        let (status, _) = call(&server, &Who::Key("ltpr_live_made-up"), operation).await;
        assert_eq!(
            status != StatusCode::UNAUTHORIZED,
            asks == "public",
            "a key nobody made {operation:?}: {status}"
        );
    }
}

#[tokio::test]
async fn people_may_what_their_role_may_and_changes_need_their_token() {
    let server = Server::on(Engine::Sqlite).await;
    let ends_itself = ["log_out", "end_session", "end_other_sessions"];
    let operations = operations(&server).await;
    for role in [Role::Admin, Role::Operator, Role::Viewer] {
        let email = format!("{role}@prueba.co");
        let create = ["user", "create", "--tenant", "demo", "--name", "Ana", "--email", &email];
        let create = [&create[..], &["--role", role.as_str(), "--password-stdin"]].concat();
        assert!(server.try_run(&create, "mesa nube lápiz\n").status.success());
        let client = Client::builder().cookie_store(true).build().unwrap();
        let body = json!({ "email": email, "password": "mesa nube lápiz" });
        let session: Value =
            client.post(server.url("/v1/session")).json(&body).send().await.unwrap().json().await.unwrap();
        let csrf = session["csrf_token"].as_str().unwrap();
        let own = operations
            .iter()
            .filter(|one| one.permission != "public" && !ends_itself.contains(&one.id.as_str()));
        for operation in own {
            let with = Who::Browser { client: &client, csrf: Some(csrf) };
            let answer = call(&server, &with, operation).await;
            check(operation, role.as_str(), is_let_in(operation, role, true), &answer);
            if operation.method != Method::GET {
                let (status, problem) =
                    call(&server, &Who::Browser { client: &client, csrf: None }, operation).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{operation:?}");
                assert_eq!(problem["type"], "/problems/csrf-token-missing", "{operation:?}");
            }
        }
    }
}

/// A shipment whose sources contradict each other.
async fn disputed(server: &Server) -> String {
    let other = |file: Vec<u8>| {
        String::from_utf8(file).unwrap().replace(discrepancies::NUMBER, "240009999999").into_bytes()
    };
    let (dropi, carrier) = (discrepancies::dropi, discrepancies::carrier);
    server.import("dropi1.csv", other(dropi("EN TRANSITO", "02/03/2026"))).await;
    server.import("lista.csv", other(carrier("DISPONIBLE EN PUNTO", "04/03/2026"))).await;
    server.import("dropi2.csv", other(dropi("ENTREGADO", "05/03/2026"))).await;
    let found = server.get("/v1/discrepancies").await;
    found["items"][0]["shipment"]["id"].as_str().unwrap().to_owned()
}

/// A saved layout.
async fn profile(server: &Server) -> String {
    let file = "Remesa interna;Contacto;Destino final;Situación;Empresa;Cobro\n\
        50012345678;3001112233;CALI;EN REPARTO;COORDINADORA;85.000\n";
    let answer = server.upload("raro.csv", file.as_bytes().to_vec()).await;
    let import = format!("/v1/imports/{}", answer.json::<Value>().await.unwrap()["id"].as_str().unwrap());
    wait_until("its columns are asked for", || async { server.get(&import).await["status"] == "failed" })
        .await;
    let layout = server.get(&format!("{import}/layout")).await["proposal"].clone();
    let body = json!({ "layout": layout, "save_as": "Mi hoja" });
    let (status, _) = server.send("POST", &format!("{import}/mapping"), &body).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    server.get("/v1/import-profiles").await["items"][0]["id"].as_str().unwrap().to_owned()
}

/// What an organisation has, by the path under which one of it is asked for.
struct Things(BTreeMap<&'static str, String>);

impl Things {
    async fn of(server: &Server, admin: &str) -> Self {
        let import = server.import("a.csv", files::csv(&files::lines())).await;
        let office =
            server.get("/v1/queue?status=IN_OFFICE").await["items"][0]["id"].as_str().unwrap().to_owned();
        let extension = format!("/v1/shipments/{office}/office-extensions");
        let (_, stay) = server.send("POST", &extension, &json!({ "days": 1 })).await;
        let order = json!({
            "customer": { "name": "Ana Prueba", "phone": "3005550101" }, "address": "Calle 1 # 2-3", "city": "Cali",
            "total": 80_000, "items": [{ "name": "Reloj", "quantity": 1 }],
        });
        let (_, order) = server.send("POST", "/v1/orders", &order).await;
        let batch = server.get("/v1/batches").await["items"][0]["id"].as_str().unwrap().to_owned();
        let body = json!({ "city": "Cali", "reason": "paro en la vía" });
        let pause = server.client.post(server.url("/v1/route-pauses")).bearer_auth(admin).json(&body);
        let pause: Value = pause.send().await.unwrap().json().await.unwrap();
        let body = json!({ "domain": "prueba.myshopify.com", "secret": "un secreto de la tienda" });
        let shop = server.client.post(server.url("/v1/shops")).bearer_auth(admin).json(&body);
        assert_eq!(shop.send().await.unwrap().status(), StatusCode::CREATED);
        let profile = profile(server).await;
        let id = |value: &Value| value.as_str().unwrap().to_owned();
        Self(BTreeMap::from([
            ("/v1/imports/", id(&import["id"])),
            ("/v1/shipments/", office),
            ("/v1/discrepancies/", disputed(server).await),
            ("/v1/orders/", id(&order["id"])),
            ("/v1/batches/", batch),
            ("/v1/route-pauses/", id(&pause["id"])),
            ("/v1/shops/", "prueba.myshopify.com".to_owned()),
            ("/v1/import-profiles/", profile),
            ("{extension}", id(&stay["extensions"][0]["id"])),
        ]))
    }

    /// The path of an operation to one of these things; none where it leads to something else.
    fn path(&self, operation: &Operation) -> Option<String> {
        let (start, id) = self.0.iter().find(|(start, _)| operation.path.starts_with(**start))?;
        let (_, rest) =
            operation.path[start.len()..].split_once('}').filter(|(place, _)| place.starts_with('{'))?;
        let path = format!("{start}{id}{rest}").replace("{extension}", &self.0["{extension}"]);
        let asks = match operation.id.as_str() {
            "compare_batches" => format!("?with={id}"),
            "list_compared_shipments" => format!("?with={id}&difference=new"),
            _ => String::new(),
        };
        Some(path + &asks)
    }

    /// A body that its owner could send.
    fn body(&self, operation: &Operation) -> Option<Value> {
        let body = match operation.id.as_str() {
            "put_batch_reviews" => json!({ "shipment_ids": [self.0["/v1/shipments/"]], "reviewed": true }),
            "add_batch_shipments" => json!({ "tracking_numbers": ["240001234567"] }),
            "put_batch_status" => json!({ "status": "closed" }),
            "put_discrepancy_review" => json!({ "reviewed": true }),
            "extend_office_stay" => json!({ "days": 1 }),
            _ => json!({}),
        };
        operation.takes_json.then_some(body)
    }
}

/// Routes whose path names something that is not looked for here.
const NOT_HERE: [&str; 10] = [
    // Carriers and cities are everybody's; an organisation asks for its own words about them.
    "delete_carrier_connection",
    "put_carrier_connection",
    "test_carrier_connection",
    "put_carrier",
    "list_carrier_changes",
    "get_best_carrier",
    // A person's, also within one organisation: `sessions.rs`.
    "end_session",
    // What failed comes into being by failing.
    "retry_dead_task",
    "retry_parked_event",
    "retry_webhook",
];

#[tokio::test]
async fn nothing_of_another_organisation_is_there_on_any_route() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        server.run(&["tenant", "create", "--slug", "otra", "--name", "Otra"]);
        let (own, foreign) = (key(&server, "demo", "admin", "*"), key(&server, "otra", "admin", "*"));
        let things = Things::of(&server, &own).await;
        let operations = operations(&server).await;
        let leading = operations.iter().filter(|operation| operation.path.contains('{'));
        let mut missed = BTreeSet::new();
        let mut asked = Vec::new();
        for operation in leading {
            match things.path(operation) {
                Some(path) => asked.push((operation, path)),
                None => drop(missed.insert(operation.id.as_str())),
            }
        }
        missed.retain(|id| !NOT_HERE.contains(id));
        assert!(missed.is_empty(), "{engine:?}: give these something of another organisation: {missed:?}");
        let mut wrong = Vec::new();
        for (operation, path) in &asked {
            let body = things.body(operation);
            let (status, problem) =
                ask(&server, &Who::Key(&foreign), &operation.method, path, body.as_ref()).await;
            if status != StatusCode::NOT_FOUND {
                wrong.push(format!("another one: {} {path}: {status} {problem}", operation.method));
            }
        }
        // Its owner finds each of them: they were all still there. Reading comes first.
        asked.sort_by_key(|(operation, _)| {
            (operation.method == Method::DELETE, operation.method != Method::GET)
        });
        for (operation, path) in &asked {
            let body = things.body(operation);
            let (status, problem) =
                ask(&server, &Who::Key(&own), &operation.method, path, body.as_ref()).await;
            if status == StatusCode::NOT_FOUND {
                wrong.push(format!("its owner: {} {path}: {status} {problem}", operation.method));
            }
        }
        assert!(wrong.is_empty(), "{engine:?}: {wrong:#?}");
    }
}
