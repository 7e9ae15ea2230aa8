//! What is asked of a million tasks is answered by an index, on both engines.

use database::{Audience, Engine, Scope, Statement, Value, bind};
use domain::TenantId;
use testkit::{ENGINES, TestDb};
use uuid::Uuid;

use crate::claim::{CLAIM, FIND_LANES};
use crate::dead::{FIND_OF_KIND, LIST, REVIVE};
use crate::maintain::{DELETE_FINISHED, FIND_EXPIRED, FIND_OLD_DEAD, FIND_OLD_DONE, MEASURE, TAKE_BACK};
use crate::settle::{FINISH, PUT_BACK};
use crate::{Settings, TaskQueue};

/// A statement for many rows, and one of its rows.
fn bulk() -> Vec<(Statement, Vec<Value>)> {
    let (id, none) = (Uuid::nil(), None::<i64>);
    vec![
        (FIND_LANES, bind![0_i64, 0_i64, id, id, 0_i64]),
        (CLAIM, bind![id, 0_i64, 0_i64, 0_i64, 0_i64, 0_i64, id]),
        (FINISH, bind![id, id, id, 0_i64, 0_i64]),
        (TAKE_BACK, bind![id, id, 0_i64, 0_i64, ""]),
        (DELETE_FINISHED, bind![id, id]),
        (PUT_BACK, bind![id, id, id, 0_i64, "", 0_i64, none, None::<String>, 0_i64]),
    ]
}

fn single() -> Vec<(Statement, Vec<Value>)> {
    vec![
        (FIND_EXPIRED, bind![0_i64, 0_i64]),
        (FIND_OLD_DONE, bind![0_i64, 0_i64]),
        (FIND_OLD_DEAD, bind![0_i64, 0_i64]),
        (MEASURE, bind![0_i64]),
    ]
}

fn of_tenant() -> Vec<(Statement, Vec<Value>)> {
    let id = Uuid::nil();
    vec![
        (LIST, bind![0_i64, id, 0_i64]),
        (FIND_OF_KIND, bind!["", 0_i64, id, 0_i64]),
        (REVIVE, bind![id, 0_i64]),
    ]
}

/// The statement that explains another one.
fn explain(engine: Engine, audience: Audience, statement: &Statement) -> Statement {
    let explain = match engine {
        Engine::Sqlite => "explain query plan",
        Engine::Postgres => "explain",
    };
    let text = format!("{explain} {}", statement.text(engine).trim_start());
    // A comment would swallow what follows it on its line; here the statement begins on the next one.
    Statement::new(
        statement.name(),
        audience,
        Box::leak(text.replacen("explain --", "explain\n--", 1).into()),
    )
}

fn plan(engine: Engine, rows: &[database::Row]) -> Vec<String> {
    let column = match engine {
        Engine::Sqlite => 3,
        Engine::Postgres => 0,
    };
    rows.iter().map(|row| row.get(column).unwrap()).collect()
}

/// SQLite names the table as the statement does, PostgreSQL by its own name.
fn reads_the_whole_table(engine: Engine, plan: &[String]) -> bool {
    let of_tasks = ["tasks", "t", "o", "e"];
    plan.iter().any(|line| match engine {
        Engine::Sqlite => line.strip_prefix("SCAN ").is_some_and(|rest| {
            let table = rest.split(' ').next().unwrap_or_default();
            of_tasks.contains(&table)
        }),
        Engine::Postgres => line.contains("Seq Scan on tasks"),
    })
}

#[tokio::test]
async fn no_statement_reads_the_whole_table() {
    for engine in ENGINES {
        let test = TestDb::on(engine).await;
        let queue = TaskQueue::new(test.db.clone(), testkit::clock(), testkit::ids(1), Settings::default());
        let mut plans = Vec::new();
        let mut tx = queue.begin().await.unwrap();
        for (statement, row) in bulk() {
            let rows = tx.fetch_many(&explain(engine, Audience::System, &statement), vec![row]).await;
            plans.push((statement.name(), plan(engine, &rows.unwrap())));
        }
        for (statement, values) in single() {
            let rows = tx.fetch_all(&explain(engine, Audience::System, &statement), values).await;
            plans.push((statement.name(), plan(engine, &rows.unwrap())));
        }
        drop(tx);
        if engine == Engine::Sqlite {
            // PostgreSQL plans these by its statistics, which an empty table does not have.
            let mut tx = test.db.read(Scope::Tenant(TenantId::from(Uuid::nil()))).await.unwrap();
            for (statement, values) in of_tenant() {
                let explain = explain(engine, Audience::Tenant, &statement);
                let rows = match statement.name() {
                    "revive.sql" => tx.fetch_many(&explain, vec![values]).await,
                    _ => tx.fetch_all(&explain, values).await,
                };
                plans.push((statement.name(), plan(engine, &rows.unwrap())));
            }
        }
        for (name, plan) in plans {
            assert!(!reads_the_whole_table(engine, &plan), "{engine:?} {name}: {plan:#?}");
        }
    }
}
