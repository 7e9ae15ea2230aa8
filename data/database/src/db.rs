//! Connections to the configured engine.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use secrecy::ExposeSecret;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Postgres, SqlSafeStr, Sqlite, Transaction};
use tokio::sync::watch;

use crate::turns::Turns;
use crate::tx::{Access, Inner};
use crate::{DatabaseUrl, Error, Keyring, MasterKey, Result, Scope, SystemReason, Tx, fault, migrate};

/// A PostgreSQL statement that runs longer is ended by the server.
const STATEMENT_TIMEOUT_MS: u32 = 10_000;
/// A caller waits this long for a connection or for the SQLite write lock.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

const KEYS_IDLE_TIMEOUT: Duration = Duration::from_mins(1);

/// Pages in SQLite's log after which the writer itself moves them into the file, if [`Db::checkpoint`] is not
/// called or does not keep up: 64 MiB. A page that changes often is then moved once and not with each commit.
const WRITER_CHECKPOINT_PAGES: &str = "16384";

/// Which engine answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, one writer.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// Sizes of the pools.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// SQLite connections that only read.
    pub readers: u32,
    /// PostgreSQL connections.
    pub connections: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 4, connections: 16 }
    }
}

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    pub(crate) stores: Stores,
    keyring: Arc<Keyring>,
    /// Counts the commits of this process that left work for a loop.
    work: watch::Sender<u64>,
}

#[derive(Clone)]
pub(crate) enum Stores {
    Sqlite {
        writer: Writer,
        readers: SqlitePool,
        keeper: SqlitePool,
    },
    /// Keys are read, once each, on a connection of their own: whoever asks may hold one of the pool's, as may
    /// everybody else, and then nobody would ever get another.
    Postgres {
        pool: PgPool,
        keys: PgPool,
    },
}

/// The one connection that writes.
#[derive(Clone)]
pub(crate) struct Writer {
    pool: SqlitePool,
    /// Whether its commits wait for the disk. Only who holds the connection changes it.
    waits: Arc<AtomicBool>,
    turns: Turns,
}

impl Writer {
    /// A commit that fails, as on a full disk, leaves the driver counting a transaction that SQLite has ended: it then
    /// begins no other on that connection, ever. So the connection goes and another one comes.
    async fn begin(&self, waits: bool) -> sqlx::Result<Transaction<'static, Sqlite>> {
        match self.try_begin(waits).await {
            Err(sqlx::Error::InvalidSavePointStatement) => {
                let stuck = self.pool.acquire().await?;
                // Whoever is next sets anew what it needs.
                self.waits.store(false, Ordering::SeqCst);
                stuck.close().await?;
                self.try_begin(waits).await
            }
            begun => begun,
        }
    }

    async fn try_begin(&self, waits: bool) -> sqlx::Result<Transaction<'static, Sqlite>> {
        let waiting = self.turns.wait();
        let mut connection = self.pool.acquire().await?;
        drop(waiting);
        if self.waits.load(Ordering::SeqCst) != waits {
            // Broken off in between, it must never be taken for waiting when it does not.
            self.waits.store(false, Ordering::SeqCst);
            let pragma = if waits { "pragma synchronous = full" } else { "pragma synchronous = normal" };
            sqlx::raw_sql(pragma).execute(&mut *connection).await?;
            self.waits.store(waits, Ordering::SeqCst);
        }
        Transaction::begin(connection, Some("begin immediate".into_sql_str())).await
    }
}

impl Db {
    /// Opens the database. The schema is not touched: see [`Db::migrate`].
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the file or the server cannot be reached.
    pub async fn connect(url: &DatabaseUrl, options: Options, master: MasterKey) -> Result<Self> {
        let stores = match url {
            DatabaseUrl::Sqlite(path) => open_sqlite(path, options).await?,
            DatabaseUrl::Postgres(url) => open_postgres(url.expose_secret(), options).await?,
        };
        Ok(Self { stores, keyring: Arc::new(Keyring::new(master)), work: watch::Sender::new(0) })
    }

    /// The engine in use.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.stores {
            Stores::Sqlite { .. } => Engine::Sqlite,
            Stores::Postgres { .. } => Engine::Postgres,
        }
    }

    /// The keys that seal personal data.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Brings the schema up to date; a current schema is left alone.
    pub async fn migrate(&self) -> Result<()> {
        match &self.stores {
            Stores::Sqlite { writer, .. } => migrate::sqlite(&writer.pool).await,
            Stores::Postgres { pool, .. } => migrate::postgres(pool).await,
        }?;
        self.keyring.ensure_system_keys(self).await
    }

    /// Names of migrations that this program knows and the store does not have yet.
    pub async fn pending_migrations(&self) -> Result<Vec<String>> {
        match &self.stores {
            Stores::Sqlite { readers, .. } => migrate::pending_sqlite(readers).await,
            Stores::Postgres { pool, .. } => migrate::pending_postgres(pool).await,
        }
    }

    /// Whether the store has any table, of this program or of another.
    pub async fn has_tables(&self) -> Result<bool> {
        match &self.stores {
            Stores::Sqlite { readers, .. } => migrate::has_tables_sqlite(readers).await,
            Stores::Postgres { pool, .. } => migrate::has_tables_postgres(pool).await,
        }
    }

    /// Begins a transaction that may write. On SQLite there is one at a time, in order of arrival.
    pub async fn write(&self, scope: Scope) -> Result<Tx> {
        self.begin(scope, Access::Write).await
    }

    /// Begins a transaction that may write and whose commit need not wait for the disk. Like any other it survives
    /// the end of the process; a loss of power may take it back, with everything committed after it, until an
    /// ordinary commit follows, which takes all before it to the disk. For the steps of long work whose end is an
    /// ordinary commit.
    pub async fn write_step(&self, scope: Scope) -> Result<Tx> {
        self.begin(scope, Access::WriteStep).await
    }

    /// Begins a transaction that only reads, on one consistent snapshot.
    pub async fn read(&self, scope: Scope) -> Result<Tx> {
        self.begin(scope, Access::Read).await
    }

    /// Begins a transaction that reads a tenant's keys; whoever asks may hold another transaction.
    pub(crate) async fn read_keys(&self) -> Result<Tx> {
        let scope = Scope::System(SystemReason::Keys);
        let Stores::Postgres { keys, .. } = &self.stores else { return self.read(scope).await };
        let inner = Inner::Postgres(begin_postgres(keys, scope, Access::Read).await?);
        Ok(Tx::new(inner, scope, Access::Read, self.work.clone()))
    }

    async fn begin(&self, scope: Scope, access: Access) -> Result<Tx> {
        let inner = match &self.stores {
            Stores::Sqlite { writer, readers, .. } => {
                Inner::Sqlite(begin_sqlite(writer, readers, access).await?)
            }
            Stores::Postgres { pool, .. } => Inner::Postgres(begin_postgres(pool, scope, access).await?),
        };
        Ok(Tx::new(inner, scope, access, self.work.clone()))
    }

    /// Whether a transaction of many steps should end after this one: on SQLite when [`asked`](crate::asked) work
    /// waits for the one writer. The more steps share a commit, the fewer pages are written: a page of an index
    /// changes in many of them. On PostgreSQL always: it writes no page for a commit, and rows stay locked until
    /// then.
    #[must_use]
    pub fn should_make_way(&self) -> bool {
        match &self.stores {
            Stores::Sqlite { writer, .. } => writer.turns.is_awaited(),
            Stores::Postgres { .. } => true,
        }
    }

    /// Changes whenever a transaction of this process commits that called [`Tx::announce_work`]. Only a hint
    /// for loops that wait: other processes write too, so whoever waits also looks now and then.
    #[must_use]
    pub fn work(&self) -> watch::Receiver<u64> {
        self.work.subscribe()
    }

    /// Moves what is committed from SQLite's log into its file, beside readers and the writer, so that the
    /// writer need not stop for it. PostgreSQL does that by itself.
    pub async fn checkpoint(&self) -> Result<()> {
        let Stores::Sqlite { keeper, .. } = &self.stores else { return Ok(()) };
        fault!("before:checkpoint");
        let moved = sqlx::query("pragma wal_checkpoint(passive)").execute(keeper).await;
        fault!("after:checkpoint");
        moved.map(drop).map_err(|error| Error::from_sqlx("checkpoint", &error))
    }

    /// Closes all connections after their transactions ended.
    pub async fn close(&self) {
        match &self.stores {
            Stores::Sqlite { writer, readers, keeper } => {
                keeper.close().await;
                readers.close().await;
                writer.pool.close().await;
            }
            Stores::Postgres { pool, keys } => {
                keys.close().await;
                pool.close().await;
            }
        }
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("engine", &self.engine()).finish_non_exhaustive()
    }
}

async fn open_sqlite(path: &Path, options: Options) -> Result<Stores> {
    prepare_file(path).map_err(|error| Error::Unavailable(format!("{}: {error}", path.display())))?;
    // FULL: a commit is on the disk before it is acknowledged. The cache is 32 MiB a connection, 96 MiB the
    // writer's.
    let base = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(ACQUIRE_TIMEOUT)
        .pragma("cache_size", "-32768")
        .pragma("temp_store", "memory")
        .pragma("wal_autocheckpoint", WRITER_CHECKPOINT_PAGES)
        .statement_cache_capacity(256)
        .disable_statement_logging();
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        // It changes pages all over the indexes: a page that is still there need not be read again.
        .connect_with(base.clone().pragma("cache_size", "-98304").create_if_missing(true))
        .await
        .map_err(|error| Error::from_sqlx("connect", &error))?;
    let writer = Writer { pool, waits: Arc::new(AtomicBool::new(true)), turns: Turns::default() };
    let readers = SqlitePoolOptions::new()
        .max_connections(options.readers.max(1))
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .connect_with(base.clone().pragma("query_only", "on").create_if_missing(false))
        .await
        .map_err(|error| Error::from_sqlx("connect", &error))?;
    let keeper = SqlitePoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_lazy_with(base.create_if_missing(false));
    Ok(Stores::Sqlite { writer, readers, keeper })
}

/// Makes the folder and the file, for the owner's eyes only. SQLite gives the files beside it the same rights.
fn prepare_file(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

async fn open_postgres(url: &str, options: Options) -> Result<Stores> {
    let connect = PgConnectOptions::from_str(url)
        // The URL may hold a password: the driver's message about it stays here.
        .map_err(|_| Error::Unavailable("the postgres:// URL cannot be read".into()))?
        .application_name("litper")
        .statement_cache_capacity(256)
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(options.connections.max(2))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(connect.clone())
        .await
        .map_err(|error| Error::from_sqlx("connect", &error))?;
    let keys = PgPoolOptions::new()
        .max_connections(1)
        .idle_timeout(KEYS_IDLE_TIMEOUT)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_lazy_with(connect);
    Ok(Stores::Postgres { pool, keys })
}

async fn begin_sqlite(
    writer: &Writer,
    readers: &SqlitePool,
    access: Access,
) -> Result<Transaction<'static, Sqlite>> {
    match access {
        Access::Write => writer.begin(true).await,
        Access::WriteStep => writer.begin(false).await,
        Access::Read => readers.begin_with("begin").await,
    }
    .map_err(|error| Error::from_sqlx("begin", &error))
}

/// Begins, takes the role of the scope and names the tenant, all in one round trip. The role and the
/// tenant end with the transaction, so a pooled connection carries nothing over, behind PgBouncer either.
async fn begin_postgres(
    pool: &PgPool,
    scope: Scope,
    access: Access,
) -> Result<Transaction<'static, Postgres>> {
    let mode = match access {
        Access::Write => "read write",
        // Tables grow during long work: a plan kept from when they were small would read them whole.
        Access::WriteStep => {
            "read write; set local synchronous_commit = off; set local plan_cache_mode = force_custom_plan"
        }
        // One snapshot for all its statements, as on SQLite.
        Access::Read => "isolation level repeatable read, read only",
    };
    // Nothing in this text comes from outside: a mode word and a uuid in its own rendering.
    let text = format!(
        "begin transaction {mode}; set local statement_timeout = {STATEMENT_TIMEOUT_MS}; {}",
        identity(scope)
    );
    pool.begin_with(sqlx::AssertSqlSafe(text)).await.map_err(|error| Error::from_sqlx("begin", &error))
}

/// Takes the role of a scope and names its tenant until the transaction ends.
pub(crate) fn identity(scope: Scope) -> String {
    match scope {
        Scope::Tenant(tenant) => format!(
            "set local role litper_app; select set_config('litper.tenant', '{}', true)",
            tenant.as_uuid()
        ),
        Scope::System(_) => "set local role litper_system".to_owned(),
    }
}
