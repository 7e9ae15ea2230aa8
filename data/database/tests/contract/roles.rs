//! What PostgreSQL itself refuses, to whom.

use database::{DatabaseUrl, Engine};
use secrecy::ExposeSecret;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use testkit::TestDb;

/// Every table gets a row, whatever its columns are.
const ROW_EVERYWHERE: &str = "
do $$
declare
  waiting text[];
  refused text[];
  target text;
  columns text;
  row_values text;
begin
  select array_agg(table_name::text) into waiting from information_schema.tables
  where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> '_sqlx_migrations';
  -- A foreign key may want another table first: what is refused is tried again.
  for round in 1..5 loop
    refused := array[]::text[];
    foreach target in array waiting loop
      select string_agg(quote_ident(column_name), ', '),
        string_agg(case data_type when 'uuid' then quote_literal(repeat('0', 31) || '7')
          when 'bigint' then '7' when 'boolean' then 'true' else quote_literal('x') end, ', ')
      into columns, row_values
      from information_schema.columns
      where table_schema = 'public' and table_name = target and is_identity = 'NO';
      begin
        execute format('insert into %I (%s) values (%s)', target, columns, row_values);
      exception when foreign_key_violation then refused := refused || target;
      end;
    end loop;
    waiting := refused;
  end loop;
  if waiting <> array[]::text[] then
    raise exception 'no row in %', waiting;
  end if;
end
$$";

/// The schema's own history, which every role may see.
const HISTORY: &str = "_sqlx_migrations";
/// Tables that hold no tenant's rows: the history, and how far each reaction has read.
const WITHOUT_TENANT: [&str; 2] = [HISTORY, "event_cursors"];
/// Tables that are not for the role that serves tenants: wrapped keys, and what is no tenant's.
const NOT_FOR_TENANTS: [&str; 2] = ["tenant_keys", "event_cursors"];

async fn connect(test: &TestDb) -> PgConnection {
    let DatabaseUrl::Postgres(url) = &test.url else { panic!("a PostgreSQL URL") };
    PgConnection::connect(url.expose_secret()).await.unwrap()
}

async fn run(connection: &mut PgConnection, text: &str) {
    sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(connection).await.unwrap();
}

async fn names(connection: &mut PgConnection, text: &'static str) -> Vec<String> {
    sqlx::query_scalar(text).fetch_all(connection).await.unwrap()
}

async fn count(connection: &mut PgConnection, table: &str) -> Option<i64> {
    let text = AssertSqlSafe(format!("select count(*) from {table}"));
    sqlx::query_scalar(text).fetch_one(connection).await.ok()
}

/// Whoever names no tenant sees nothing in any table: the log-in role, which may not even ask, the role that
/// serves tenants, and the owner.
#[tokio::test]
async fn postgres_shows_nothing_without_a_scope() {
    let test = TestDb::on(Engine::Postgres).await;
    let mut connection = connect(&test).await;
    let tables = names(
        &mut connection,
        "select relname::text from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')",
    )
    .await;
    let tables: Vec<String> = tables.into_iter().filter(|table| table != HISTORY).collect();
    assert!(tables.len() > 10, "{tables:?}");
    run(&mut connection, "set role litper_system").await;
    run(&mut connection, ROW_EVERYWHERE).await;
    for table in &tables {
        assert!(count(&mut connection, table).await >= Some(1), "{table} holds a row");
    }
    run(&mut connection, "reset role").await;
    for table in &tables {
        assert_eq!(count(&mut connection, table).await, None, "the log-in role reads {table}");
    }
    for role in ["litper_app", "litper_owner"] {
        run(&mut connection, &format!("set role {role}")).await;
        for table in &tables {
            let may_ask = role == "litper_owner" || !NOT_FOR_TENANTS.contains(&table.as_str());
            let expected = may_ask.then_some(0);
            assert_eq!(count(&mut connection, table).await, expected, "{role} reads {table}");
        }
        run(&mut connection, "reset role").await;
    }
}

#[tokio::test]
async fn every_table_is_protected() {
    let test = TestDb::on(Engine::Postgres).await;
    let mut connection = connect(&test).await;
    let unprotected = names(
        &mut connection,
        "select relname::text from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
           and not (relrowsecurity and relforcerowsecurity)
         order by 1",
    )
    .await;
    assert_eq!(unprotected, [HISTORY], "every other table has forced row-level security");
    let without_tenant = names(
        &mut connection,
        "select c.relname::text from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
           and not exists (
             select from pg_attribute a
             where a.attrelid = c.oid and a.attname = 'tenant_id' and a.attnotnull and not a.attisdropped)
         order by 1",
    )
    .await;
    assert_eq!(without_tenant, WITHOUT_TENANT, "every other table names its tenant");
}

#[tokio::test]
async fn the_log_in_role_may_become_ours_and_has_the_rights_of_none() {
    let test = TestDb::on(Engine::Postgres).await;
    let mut connection = connect(&test).await;
    let roles = sqlx::query(
        "select rolname::text, rolsuper or rolbypassrls or rolcanlogin or rolcreaterole or rolcreatedb,
           pg_has_role(current_user, oid, 'member'), pg_has_role(current_user, oid, 'usage')
         from pg_roles where rolname in ('litper_app', 'litper_system', 'litper_owner')",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(roles.len(), 3);
    for role in roles {
        let name: String = role.get(0);
        let (powerful, may_become, inherits): (bool, bool, bool) = (role.get(1), role.get(2), role.get(3));
        assert_eq!((powerful, may_become, inherits), (false, true, false), "{name}");
    }
    assert!(test.db.pending_migrations().await.unwrap().is_empty());
    test.db.migrate().await.unwrap();
}

/// "Everything is pending" is said of an empty store alone; a store that cannot be read is an error.
#[tokio::test]
async fn a_store_that_cannot_be_read_is_not_an_empty_one() {
    let test = TestDb::on(Engine::Postgres).await;
    let mut connection = connect(&test).await;
    run(&mut connection, "set role litper_owner; revoke select on _sqlx_migrations from litper_system").await;
    assert!(test.db.pending_migrations().await.is_err());
    run(&mut connection, "drop table _sqlx_migrations").await;
    assert!(test.db.pending_migrations().await.unwrap().len() > 5);

    let folder = tempfile::tempdir().unwrap();
    let db = testkit::open(&DatabaseUrl::Sqlite(folder.path().join("empty.db"))).await;
    assert!(db.pending_migrations().await.unwrap().len() > 5);
    db.migrate().await.unwrap();
    assert!(db.pending_migrations().await.unwrap().is_empty());
    db.close().await;
    assert!(db.pending_migrations().await.is_err());
}
