//! A PostgreSQL database per test, copied from a migrated template.

use database::DatabaseUrl;
use domain::Ids;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

/// Any number, the same in every test process: one of them makes the template, the others wait.
const TEMPLATE_LOCK: i64 = 7_305_416_292;

/// A copy of the migrated template.
pub(crate) async fn fresh_database() -> DatabaseUrl {
    let (mut admin, server) = server().await;
    let template = template(&mut admin, &server).await;
    create(admin, &server, &format!(" template {template}")).await
}

/// A database without a table.
pub(crate) async fn blank_database() -> DatabaseUrl {
    let (admin, server) = server().await;
    create(admin, &server, "").await
}

async fn server() -> (PgConnection, String) {
    #[expect(clippy::disallowed_methods, reason = "the test command names the server this way")]
    let server = std::env::var("LITPER_TEST_POSTGRES").expect(
        "LITPER_TEST_POSTGRES names a PostgreSQL server for tests; \
         run `cargo xtask test`, or `cargo xtask postgres` in another window",
    );
    (PgConnection::connect(&server).await.expect("the test server answers"), server)
}

async fn create(mut admin: PgConnection, server: &str, from: &str) -> DatabaseUrl {
    let name = format!(
        "litper_test_{}",
        domain::RandomIds::new(std::sync::Arc::new(domain::SystemClock)).next().simple()
    );
    run(&mut admin, &format!("create database {name}{from}")).await;
    admin.close().await.expect("closed");
    named(server, &name)
}

/// The template's name carries a fingerprint of the schema: a changed migration makes a new one.
async fn template(admin: &mut PgConnection, server: &str) -> String {
    let name = format!("litper_template_{}", database::schema_fingerprint());
    sqlx::query("select pg_advisory_lock($1)").bind(TEMPLATE_LOCK).execute(&mut *admin).await.expect("lock");
    let found = sqlx::query("select count(*) from pg_database where datname = $1 and datistemplate")
        .bind(&name)
        .fetch_one(&mut *admin)
        .await
        .expect("a count");
    if found.get::<i64, _>(0) == 0 {
        run(admin, &format!("drop database if exists {name}")).await;
        run(admin, &format!("create database {name}")).await;
        let db = crate::open(&named(server, &name)).await;
        db.migrate().await.expect("a migrated template");
        db.close().await;
        run(admin, &format!("alter database {name} is_template true")).await;
    }
    sqlx::query("select pg_advisory_unlock($1)").bind(TEMPLATE_LOCK).execute(admin).await.expect("unlock");
    name
}

async fn run(admin: &mut PgConnection, text: &str) {
    sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(admin).await.expect(text);
}

fn named(server: &str, database: &str) -> DatabaseUrl {
    let (base, _) = server.rsplit_once('/').expect("a URL with a database name");
    format!("{base}/{database}").parse().expect("a PostgreSQL URL")
}

pub(crate) async fn dump_and_restore(source: &DatabaseUrl) -> DatabaseUrl {
    use secrecy::ExposeSecret;

    let DatabaseUrl::Postgres(source) = source else { panic!("only PostgreSQL is dumped") };
    let (server, name) = source.expose_secret().rsplit_once('/').expect("a URL with a database name");
    let copy = format!("{name}_restored");
    let mut admin = PgConnection::connect(source.expose_secret()).await.expect("the test server answers");
    run(&mut admin, &format!("create database {copy}")).await;
    admin.close().await.expect("closed");
    let target = format!("{server}/{copy}");
    // A superuser would need neither the grant nor the role; the tests' user owns the database and no more.
    let mut restored = PgConnection::connect(&target).await.expect("the new database answers");
    run(&mut restored, "grant all on schema public to litper_owner with grant option").await;
    restored.close().await.expect("closed");
    let dump = tool(
        "pg_dump",
        &["--role", "litper_system", "--enable-row-security", "--dbname", source.expose_secret()],
    )
    .output()
    .expect("pg_dump");
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let restore = ["--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", &target];
    let mut psql = tool("psql", &restore)
        .env("PGOPTIONS", "-c role=litper_owner")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("psql");
    std::io::Write::write_all(&mut psql.stdin.take().expect("a pipe"), &dump.stdout).expect("written");
    assert!(psql.wait().expect("psql").success());
    target.parse().expect("a PostgreSQL URL")
}

/// A tool of the newest installed server; Debian keeps them out of the path.
fn tool(name: &str, arguments: &[&str]) -> std::process::Command {
    let mut versions: Vec<std::path::PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin").join(name)).collect())
        .unwrap_or_default();
    versions.retain(|path| path.exists());
    versions.sort();
    let mut command = std::process::Command::new(versions.pop().unwrap_or_else(|| name.into()));
    command.args(arguments);
    command
}
