//! Rounds of operators: from a file to what an administrator sees of each person.

use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::ENGINES;

use crate::risk_policy::administrator;
use crate::server::Server;

const FILE: &str = "usuario,fecha,ronda,hora_inicio,hora_fin,tiempo,iniciales,realizadas,canceladas,agendadas,dificiles,pendientes\n\
    Luz Demo,2026-03-05,1,08:00,09:00,60,12,6,1,1,0,4\n\
    Ana Demo,2026-03-05,1,08:00,08:30,30,12,10,1,1,0,0\n\
    Ana Demo,2026-03-05,2,09:00,09:30,media hora,12,9,1,1,0,1\n";

#[tokio::test]
async fn an_administrator_sees_what_each_person_got_done() {
    for engine in ENGINES {
        let server = Server::on(engine).await;
        let import = server.import("rondas.csv", FILE.into()).await;
        assert_eq!(
            (&import["status"], &import["format"], &import["failed_rows"][0]["reason"]),
            (&json!("partial"), &json!("rounds"), &json!("bad_number")),
            "{engine:?} {import}"
        );
        assert_eq!(server.get("/v1/batches").await["items"], json!([]), "{engine:?}");
        let path = format!("/v1/imports/{}/failed-rows", import["id"].as_str().unwrap());
        let again = server.text(&path).await.replace("media hora", "20");
        let import = server.import("corregido.csv", again.into_bytes()).await;
        assert_eq!(import["status"], "completed", "{engine:?} {import}");

        let path = "/v1/rounds/people?from=2026-03-01&to=2026-03-31";
        let answer = server.client.get(server.url(path)).bearer_auth(&server.key).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{engine:?}: nobody sees what others got done");
        let (browser, _) = administrator(&server).await;
        let get = async |path: &str| {
            let answer = browser.get(server.url(path)).send().await.unwrap();
            (answer.status(), answer.json::<Value>().await.unwrap())
        };
        let (_, found) = get(path).await;
        let seen: Vec<Value> = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|person| {
                json!([
                    person["name"],
                    person["rounds"],
                    person["done"],
                    person["success"],
                    person["efficiency"],
                    person["light"]
                ])
            })
            .collect();
        assert_eq!(
            seen,
            [json!(["Ana Demo", 2, 19, 79.2, 114.0, "amber"]), json!(["Luz Demo", 1, 6, 50.0, 30.0, "red"])],
            "{engine:?} {found}"
        );
        assert_eq!(
            get("/v1/rounds/people?from=2026-03-06&to=2026-03-31").await.1["items"],
            json!([]),
            "{engine:?}"
        );
        for bad in ["from=2026-04-01&to=2026-03-01", "from=ayer"] {
            let (status, _) = get(&format!("/v1/rounds/people?{bad}")).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{engine:?} {bad}");
        }
        assert!(!server.log().contains("Ana Demo"), "no name is logged");
    }
}
