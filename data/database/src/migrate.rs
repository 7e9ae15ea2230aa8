//! Bringing the schema up to date, per engine.

use std::collections::HashSet;

use sha2::{Digest, Sha256};
use sqlx::migrate::{Migrate, Migrator};
use sqlx::{PgPool, SqlitePool};

use crate::{Error, Result};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Roles are shared by all databases of a cluster. Two migrations may create them at once: the lock
/// key is arbitrary and only has to be the same everywhere.
const POSTGRES_ROLES: &str = "
do $$
begin
  perform pg_advisory_xact_lock(7305416291);
  if not exists (select from pg_roles where rolname = 'litper_owner') then
    create role litper_owner nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'litper_app') then
    create role litper_app nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'litper_system') then
    create role litper_system nologin;
  end if;
  if not pg_has_role(current_user, 'litper_owner', 'member')
    or not pg_has_role(current_user, 'litper_app', 'member')
    or not pg_has_role(current_user, 'litper_system', 'member') then
    execute format('grant litper_owner, litper_app, litper_system to %I', current_user);
  end if;
  grant usage, create on schema public to litper_owner;
  grant usage on schema public to litper_app, litper_system;
end
$$";

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
    digest.finalize().iter().take(4).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

pub(crate) async fn sqlite(writer: &SqlitePool) -> Result<()> {
    SQLITE.run(writer).await.map_err(|error| Error::Migration(error.to_string()))
}

/// Tables belong to `litper_owner`, which no running transaction acts as.
pub(crate) async fn postgres(pool: &PgPool) -> Result<()> {
    let failed = |error: sqlx::Error| Error::Migration(error.to_string());
    let mut connection = pool.acquire().await.map_err(|error| Error::from_sqlx("migrate", &error))?;
    sqlx::raw_sql(POSTGRES_ROLES).execute(&mut *connection).await.map_err(failed)?;
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

pub(crate) async fn pending_sqlite(readers: &SqlitePool) -> Result<Vec<String>> {
    let mut connection = readers.acquire().await.map_err(|error| Error::from_sqlx("migrate", &error))?;
    pending(&SQLITE, &mut *connection).await
}

pub(crate) async fn pending_postgres(pool: &PgPool) -> Result<Vec<String>> {
    let mut connection = pool.acquire().await.map_err(|error| Error::from_sqlx("migrate", &error))?;
    pending(&POSTGRES, &mut *connection).await
}

async fn pending<C: Migrate>(migrator: &Migrator, connection: &mut C) -> Result<Vec<String>> {
    let applied = match connection.list_applied_migrations("_sqlx_migrations").await {
        Ok(applied) => applied.into_iter().map(|migration| migration.version).collect(),
        // A new store has no table of migrations yet: everything is pending.
        Err(_) => HashSet::new(),
    };
    let names = migrator
        .iter()
        .filter(|migration| !applied.contains(&migration.version))
        .map(|migration| format!("{:04}_{}", migration.version, migration.description))
        .collect();
    Ok(names)
}
