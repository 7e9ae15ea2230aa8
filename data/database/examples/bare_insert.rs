//! The least that storing a file costs: its rows as 20 texts in one table with one key, 500 rows a commit, without
//! the layer, without types, sealing or indexes.
//!
//! `cargo run --release -p database --example bare_insert -- FILE.csv KEY sqlite:PATH|postgres://…` prints seconds;
//! `KEY` is the number of a column with distinct values, from 0.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made fails")]
#![expect(clippy::print_stdout, reason = "its figure is its output")]

use std::time::Instant;

use sqlx::postgres::{PgArguments, PgPoolOptions};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Arguments, AssertSqlSafe};

const COLUMNS: usize = 20;
const ROWS_A_COMMIT: usize = 500;
const ROWS_A_STATEMENT: usize = 50;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let text = std::fs::read_to_string(&arguments[1]).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let table = table(arguments[2].parse().unwrap());
    let seconds = match arguments[3].strip_prefix("sqlite:") {
        Some(path) => sqlite(path, table, &rows).await,
        None => postgres(&arguments[3], table, &rows).await,
    };
    println!("{seconds:.3}");
}

fn columns() -> String {
    (0..COLUMNS).map(|at| format!("c{at}")).collect::<Vec<_>>().join(", ")
}

fn table(key: usize) -> String {
    let columns: Vec<String> = (0..COLUMNS).map(|at| format!("c{at} text not null")).collect();
    format!("create table bare ({}, primary key (c{key}))", columns.join(", "))
}

async fn sqlite(path: &str, table: String, rows: &[Vec<&str>]) -> f64 {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    sqlx::query(AssertSqlSafe(table)).execute(&pool).await.unwrap();
    let tuple = format!("({})", vec!["?"; COLUMNS].join(","));
    let insert =
        format!("insert into bare ({}) values {}", columns(), vec![tuple; ROWS_A_STATEMENT].join(","));
    let began = Instant::now();
    for commit in rows.chunks_exact(ROWS_A_COMMIT) {
        let mut tx = pool.begin().await.unwrap();
        for statement in commit.chunks_exact(ROWS_A_STATEMENT) {
            let mut values = SqliteArguments::default();
            for cell in statement.iter().flatten() {
                values.add((*cell).to_owned()).unwrap();
            }
            sqlx::query_with(AssertSqlSafe(insert.clone()), values).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    began.elapsed().as_secs_f64()
}

async fn postgres(url: &str, table: String, rows: &[Vec<&str>]) -> f64 {
    let pool = PgPoolOptions::new().max_connections(1).connect(url).await.unwrap();
    sqlx::query(AssertSqlSafe(table)).execute(&pool).await.unwrap();
    let arrays: Vec<String> = (1..=COLUMNS).map(|at| format!("${at}::text[]")).collect();
    let insert = format!("insert into bare ({}) select * from unnest({})", columns(), arrays.join(", "));
    let began = Instant::now();
    for commit in rows.chunks_exact(ROWS_A_COMMIT) {
        let mut values = PgArguments::default();
        for column in 0..COLUMNS {
            values.add(commit.iter().map(|row| row[column].to_owned()).collect::<Vec<_>>()).unwrap();
        }
        sqlx::query_with(AssertSqlSafe(insert.clone()), values).execute(&pool).await.unwrap();
    }
    began.elapsed().as_secs_f64()
}
