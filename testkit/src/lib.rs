//! Databases, clocks and ids for tests.
//!
//! A test takes a [`TestDb`] for each engine. SQLite tests own a file in a temporary folder; PostgreSQL
//! tests own a database made from a template that is migrated once per schema. `cargo xtask test` starts
//! the server and names it in `LITPER_TEST_POSTGRES`.

#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::sync::Arc;

use database::{DatabaseUrl, Db, Engine, MasterKey, Options};
use domain::{Ids, ManualClock, SeededIds, Timestamp};

mod postgres;

/// Both engines, for tests that run on each.
pub const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

/// A database of its own for one test.
pub struct TestDb {
    /// The migrated database.
    pub db: Db,
    /// Where it is.
    pub url: DatabaseUrl,
    /// The folder of the test's files, removed with it.
    pub folder: tempfile::TempDir,
    /// The master key, in base64.
    pub master_key: String,
}

/// A fixed master key: tests need no secret.
pub const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

impl TestDb {
    /// A migrated database on the given engine.
    pub async fn on(engine: Engine) -> Self {
        let url = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(postgres::fresh_database().await),
        };
        let test = Self::at(url).await;
        test.db.migrate().await.expect("a migrated database");
        test
    }

    /// A database without a table.
    pub async fn blank(engine: Engine) -> Self {
        let url = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(postgres::blank_database().await),
        };
        Self::at(url).await
    }

    /// A database there, or in a file of its own.
    async fn at(url: Option<DatabaseUrl>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = url.unwrap_or_else(|| DatabaseUrl::Sqlite(folder.path().join("litper.db")));
        Self { db: open(&url).await, url, folder, master_key: MASTER_KEY.to_owned() }
    }
}

/// PostgreSQL connections of a test's database.
pub const CONNECTIONS: u32 = 4;

/// Opens a database with the test's master key.
pub async fn open(url: &DatabaseUrl) -> Db {
    let master = MasterKey::from_base64(&MASTER_KEY.to_owned().into()).expect("a master key");
    Db::connect(url, Options { readers: 2, connections: CONNECTIONS }, master).await.expect("a database")
}

/// A clock that stands at a Tuesday morning in Bogotá until the test moves it: 2026-03-10 08:00.
#[must_use]
pub fn clock() -> Arc<ManualClock> {
    let start: Timestamp = "2026-03-10T13:00:00Z".parse().expect("a moment");
    Arc::new(ManualClock::at(start))
}

/// Ids that are the same in every run.
#[must_use]
pub fn ids(seed: u64) -> Arc<dyn Ids> {
    Arc::new(SeededIds::new(seed))
}

/// What a PostgreSQL database becomes after `pg_dump` and a restore into a new one.
///
/// # Panics
/// On SQLite, and when the server's own tools are missing.
pub async fn dump_and_restore(test: &TestDb) -> TestDb {
    let url = postgres::dump_and_restore(&test.url).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    TestDb { db: open(&url).await, url, folder, master_key: MASTER_KEY.to_owned() }
}
