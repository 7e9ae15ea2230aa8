//! Bringing the schema up to date, per engine.

use std::collections::HashSet;

use sha2::{Digest, Sha256};
use sqlx::migrate::{Migrate, Migrator};
use sqlx::{PgConnection, PgPool, SqlitePool};

use crate::{Error, Result};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

const POSTGRES_ROLES: &str = include_str!("roles.sql");
/// Roles are shared by all databases of a cluster, and two of them may be migrated at once.
const ROLE_ATTEMPTS: u32 = 3;

const POSTGRES_GRANTS: &str = "
alter default privileges for role litper_owner in schema public
  grant select, insert, update, delete on tables to litper_app, litper_system;
alter default privileges for role litper_owner in schema public
  grant usage on sequences to litper_app, litper_system";

/// Tells one schema from another: eight hex digits over all PostgreSQL migrations.
#[must_use]
pub fn schema_fingerprint() -> String {
    let digest =
        POSTGRES.iter().fold(Sha256::new(), |hash, migration| hash.chain_update(&migration.checksum));
    domain::text::hex(&digest.finalize()[..4])
}

pub(crate) async fn sqlite(writer: &SqlitePool) -> Result<()> {
    SQLITE.run(writer).await.map_err(|error| Error::Migration(error.to_string()))
}

/// Tables belong to `litper_owner`, which no running transaction acts as.
pub(crate) async fn postgres(pool: &PgPool) -> Result<()> {
    let failed = |error: sqlx::Error| Error::Migration(error.to_string());
    let mut connection = pool.acquire().await.map_err(|error| Error::from_sqlx("migrate", &error))?;
    make_roles(&mut connection).await.map_err(failed)?;
    sqlx::raw_sql("set role litper_owner").execute(&mut *connection).await.map_err(failed)?;
    let outcome = async {
        sqlx::raw_sql(POSTGRES_GRANTS).execute(&mut *connection).await.map_err(failed)?;
        POSTGRES.run(&mut *connection).await.map_err(|error| Error::Migration(error.to_string()))
    }
    .await;
    // The connection goes back to the pool as itself, whatever happened.
    sqlx::raw_sql("reset role").execute(&mut *connection).await.map_err(failed)?;
    outcome
}

async fn make_roles(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let mut outcome = Ok(());
    for _ in 0..ROLE_ATTEMPTS {
        outcome = sqlx::raw_sql(POSTGRES_ROLES).execute(&mut *connection).await.map(drop);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

pub(crate) async fn pending_sqlite(readers: &SqlitePool) -> Result<Vec<String>> {
    let mut connection = readers.acquire().await.map_err(|error| Error::from_sqlx("migrate", &error))?;
    let table = "select count(*) > 0 from sqlite_master where type = 'table' and name = '_sqlx_migrations'";
    let begun = sqlx::query_scalar::<_, bool>(table).fetch_one(&mut *connection).await;
    if !begun.map_err(|error| Error::from_sqlx("migrate", &error))? {
        return Ok(names(&SQLITE, &HashSet::new()));
    }
    pending(&SQLITE, &mut *connection).await
}

pub(crate) async fn pending_postgres(pool: &PgPool) -> Result<Vec<String>> {
    let failed = |error: sqlx::Error| Error::from_sqlx("migrate", &error);
    let table = "select to_regclass('public._sqlx_migrations') is not null";
    if !sqlx::query_scalar::<_, bool>(table).fetch_one(pool).await.map_err(failed)? {
        return Ok(names(&POSTGRES, &HashSet::new()));
    }
    // The log-in role by itself may read nothing.
    let begin = "begin transaction read only; set local role litper_system";
    let mut tx = pool.begin_with(begin).await.map_err(failed)?;
    let found = pending(&POSTGRES, &mut *tx).await;
    tx.rollback().await.map_err(failed)?;
    found
}

pub(crate) async fn has_tables_sqlite(readers: &SqlitePool) -> Result<bool> {
    let any = "select exists (select 1 from sqlite_master where type = 'table')";
    sqlx::query_scalar(any).fetch_one(readers).await.map_err(|error| Error::from_sqlx("migrate", &error))
}

/// Whether the schema that would be migrated has a table. The catalogue is everybody's to read.
pub(crate) async fn has_tables_postgres(pool: &PgPool) -> Result<bool> {
    let any = "select exists (select 1 from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p'))";
    sqlx::query_scalar(any).fetch_one(pool).await.map_err(|error| Error::from_sqlx("migrate", &error))
}

async fn pending<C: Migrate>(migrator: &Migrator, connection: &mut C) -> Result<Vec<String>> {
    let applied = connection
        .list_applied_migrations("_sqlx_migrations")
        .await
        .map_err(|error| Error::Migration(error.to_string()))?;
    Ok(names(migrator, &applied.into_iter().map(|migration| migration.version).collect()))
}

fn names(migrator: &Migrator, applied: &HashSet<i64>) -> Vec<String> {
    migrator
        .iter()
        .filter(|migration| !applied.contains(&migration.version))
        .map(|migration| format!("{:04}_{}", migration.version, migration.description))
        .collect()
}
