//! A transaction in a scope.

use std::panic::Location;
use std::time::Instant;

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, Postgres, SqlSafeStr, SqlStr, Sqlite, Transaction};
use tokio::sync::watch;
use uuid::Uuid;

use crate::fault::{Side, Site};
use crate::witness::Witness;
use crate::{Audience, Engine, Error, Kind, Result, Row, Scope, Statement, Value, bulk, db};

/// Whether a transaction may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Write,
    /// The commit need not wait for the disk.
    WriteStep,
    Read,
}

pub(crate) enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction. Dropped without [`Tx::commit`], it is rolled back.
///
/// In tenant scope `$1` of every statement is the tenant, bound by the layer; callers bind from `$2`.
pub struct Tx {
    inner: Inner,
    scope: Scope,
    access: Access,
    began: Instant,
    work: watch::Sender<u64>,
    leaves_work: bool,
    after_commit: Vec<Box<dyn FnOnce() + Send + Sync>>,
}

impl Tx {
    pub(crate) fn new(inner: Inner, scope: Scope, access: Access, work: watch::Sender<u64>) -> Self {
        Self {
            inner,
            scope,
            access,
            began: Instant::now(),
            work,
            leaves_work: false,
            after_commit: Vec::new(),
        }
    }

    /// The engine in use.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// Whose rows this transaction sees.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Goes on in another scope, in the same transaction: one commit for work of several tenants.
    pub async fn switch(&mut self, scope: Scope) -> Result<()> {
        if let Inner::Postgres(tx) = &mut self.inner {
            sqlx::raw_sql(AssertSqlSafe(db::identity(scope)))
                .execute(&mut **tx)
                .await
                .map_err(|error| Error::from_sqlx("switch", &error))?;
        }
        self.scope = scope;
        Ok(())
    }

    /// Says that the commit leaves work for a loop: see [`Db::work`](crate::Db::work).
    pub fn announce_work(&mut self) {
        self.leaves_work = true;
    }

    /// Says something once the transaction is committed, and nothing if it is not: for figures, which must not count
    /// what was undone. It must return at once.
    pub fn after_commit(&mut self, say: impl FnOnce() + Send + Sync + 'static) {
        self.after_commit.push(Box::new(say));
    }

    /// Runs a statement; answers how many rows it changed.
    pub async fn execute(&mut self, statement: &Statement, values: Vec<Value>) -> Result<u64> {
        let values = self.scoped(statement, values)?;
        let witness = Witness::of([&values]);
        let text = statement.text(self.engine()).into_sql_str();
        let changed = self.run(statement, text, values).await?;
        witness.saw(self.engine(), statement, changed);
        Ok(changed)
    }

    /// Runs a statement and answers all its rows.
    pub async fn fetch_all(&mut self, statement: &Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        let values = self.scoped(statement, values)?;
        let witness = Witness::of([&values]);
        let text = statement.text(self.engine()).into_sql_str();
        let rows = self.query(statement, text, values).await?;
        witness.saw(self.engine(), statement, rows.len() as u64);
        Ok(rows)
    }

    /// Runs a statement and answers its first row, if any.
    pub async fn fetch_optional(&mut self, statement: &Statement, values: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.fetch_all(statement, values).await?.into_iter().next())
    }

    /// Runs a statement and answers its first row.
    ///
    /// # Errors
    /// [`Error::NoRow`] when there is none.
    pub async fn fetch_one(&mut self, statement: &Statement, values: Vec<Value>) -> Result<Row> {
        self.fetch_optional(statement, values).await?.ok_or(Error::NoRow)
    }

    /// Runs a statement once for many rows. The text is written for one row, with one `values ($1, …)`
    /// tuple that names each parameter once and in order; the layer widens or repeats it. In tenant scope `$1` is
    /// the tenant of every row. Answers how many rows changed.
    ///
    /// PostgreSQL refuses an upsert that meets the same key twice: give distinct keys.
    pub async fn execute_many(&mut self, statement: &Statement, rows: Vec<Vec<Value>>) -> Result<u64> {
        let rows = self.scoped_rows(statement, rows)?;
        let witness = Witness::of(&rows);
        let mut changed = 0;
        for batch in bulk::batches(self.engine(), statement, bulk::Does::Change, rows) {
            changed += match batch {
                bulk::Batch::Flat { text, values } => {
                    self.run(statement, AssertSqlSafe(text).into_sql_str(), values).await?
                }
                bulk::Batch::Columns { text, columns } => self.run_columns(statement, text, columns).await?,
            };
        }
        witness.saw(self.engine(), statement, changed);
        Ok(changed)
    }

    /// [`Tx::execute_many`] for a statement that answers rows. Their order is not that of the input.
    pub async fn fetch_many(&mut self, statement: &Statement, rows: Vec<Vec<Value>>) -> Result<Vec<Row>> {
        let rows = self.scoped_rows(statement, rows)?;
        let witness = Witness::of(&rows);
        let mut found = Vec::with_capacity(rows.len());
        for batch in bulk::batches(self.engine(), statement, bulk::Does::Query, rows) {
            found.append(&mut match batch {
                bulk::Batch::Flat { text, values } => {
                    self.query(statement, AssertSqlSafe(text).into_sql_str(), values).await?
                }
                bulk::Batch::Columns { text, columns } => {
                    self.query_columns(statement, text, columns).await?
                }
            });
        }
        witness.saw(self.engine(), statement, found.len() as u64);
        Ok(found)
    }

    /// Makes the changes durable and visible.
    #[track_caller]
    pub fn commit(self) -> impl Future<Output = Result<()>> + Send {
        let site = Site::of(Location::caller());
        self.commit_at(site)
    }

    async fn commit_at(self, site: Site) -> Result<()> {
        let access = self.access;
        let began = self.began;
        if access != Access::Read {
            site.pass(Side::Before);
        }
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await,
            Inner::Postgres(tx) => tx.commit().await,
        }
        .map_err(|error| Error::from_sqlx("commit", &error))?;
        if access != Access::Read {
            site.pass(Side::After);
        }
        let kind = match access {
            Access::Write | Access::WriteStep => "write",
            Access::Read => "read",
        };
        metrics::histogram!("litper_db_transaction_seconds", "kind" => kind)
            .record(began.elapsed().as_secs_f64());
        for say in self.after_commit {
            say();
        }
        if self.leaves_work {
            self.work.send_modify(|commits| *commits += 1);
        }
        Ok(())
    }

    /// Undoes the changes now instead of when dropped.
    pub async fn rollback(self) -> Result<()> {
        match self.inner {
            Inner::Sqlite(tx) => tx.rollback().await,
            Inner::Postgres(tx) => tx.rollback().await,
        }
        .map_err(|error| Error::from_sqlx("rollback", &error))
    }

    /// Puts the tenant before the caller's values, after checking that statement and scope agree.
    fn scoped(&self, statement: &Statement, values: Vec<Value>) -> Result<Vec<Value>> {
        let Some(tenant) = self.tenant_for(statement)? else { return Ok(values) };
        let mut all = Vec::with_capacity(values.len() + 1);
        all.push(Value::Uuid(tenant));
        all.extend(values);
        Ok(all)
    }

    fn scoped_rows(&self, statement: &Statement, mut rows: Vec<Vec<Value>>) -> Result<Vec<Vec<Value>>> {
        if let Some(tenant) = self.tenant_for(statement)? {
            for row in &mut rows {
                row.insert(0, Value::Uuid(tenant));
            }
        }
        Ok(rows)
    }

    fn tenant_for(&self, statement: &Statement) -> Result<Option<Uuid>> {
        match (self.scope, statement.audience()) {
            (Scope::Tenant(tenant), Audience::Tenant) => Ok(Some(tenant.as_uuid())),
            (Scope::System(_), Audience::System) => Ok(None),
            (scope, _) => Err(Error::WrongScope { statement: statement.name(), scope: scope.name() }),
        }
    }

    pub(crate) async fn run(
        &mut self,
        statement: &Statement,
        text: SqlStr,
        values: Vec<Value>,
    ) -> Result<u64> {
        match &mut self.inner {
            Inner::Sqlite(tx) => {
                let query = sqlx::query_with::<Sqlite, _>(text, sqlite_arguments(statement, values)?);
                query.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            Inner::Postgres(tx) => {
                let query = sqlx::query_with::<Postgres, _>(text, postgres_arguments(statement, values)?);
                query.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        }
        .map_err(|error| Error::from_sqlx(statement.name(), &error))
    }

    async fn query(&mut self, statement: &Statement, text: SqlStr, values: Vec<Value>) -> Result<Vec<Row>> {
        let name = statement.name();
        match &mut self.inner {
            Inner::Sqlite(tx) => {
                let query = sqlx::query_with::<Sqlite, _>(text, sqlite_arguments(statement, values)?);
                query.fetch_all(&mut **tx).await.map(|rows| Row::sqlite_all(name, rows))
            }
            Inner::Postgres(tx) => {
                let query = sqlx::query_with::<Postgres, _>(text, postgres_arguments(statement, values)?);
                query.fetch_all(&mut **tx).await.map(|rows| Row::postgres_all(name, rows))
            }
        }
        .map_err(|error| Error::from_sqlx(name, &error))
    }

    async fn run_columns(
        &mut self,
        statement: &Statement,
        text: String,
        columns: Vec<bulk::Column>,
    ) -> Result<u64> {
        let Inner::Postgres(tx) = &mut self.inner else { return Ok(0) };
        let arguments = column_arguments(statement, columns)?;
        sqlx::query_with::<Postgres, _>(AssertSqlSafe(text), arguments)
            .execute(&mut **tx)
            .await
            .map(|done| done.rows_affected())
            .map_err(|error| Error::from_sqlx(statement.name(), &error))
    }

    async fn query_columns(
        &mut self,
        statement: &Statement,
        text: String,
        columns: Vec<bulk::Column>,
    ) -> Result<Vec<Row>> {
        let Inner::Postgres(tx) = &mut self.inner else { return Ok(Vec::new()) };
        let arguments = column_arguments(statement, columns)?;
        sqlx::query_with::<Postgres, _>(AssertSqlSafe(text), arguments)
            .fetch_all(&mut **tx)
            .await
            .map(|rows| Row::postgres_all(statement.name(), rows))
            .map_err(|error| Error::from_sqlx(statement.name(), &error))
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("scope", &self.scope).finish_non_exhaustive()
    }
}

fn sqlite_arguments(statement: &Statement, values: Vec<Value>) -> Result<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Value::Null(_) => arguments.add(Option::<i64>::None),
            Value::Bool(value) => arguments.add(value),
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Uuid(value) => arguments.add(value),
        }
        .map_err(|error| encode_error(statement, &error))?;
    }
    Ok(arguments)
}

fn postgres_arguments(statement: &Statement, values: Vec<Value>) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Value::Null(Kind::Bool) => arguments.add(Option::<bool>::None),
            Value::Null(Kind::Int) => arguments.add(Option::<i64>::None),
            Value::Null(Kind::Text) => arguments.add(Option::<String>::None),
            Value::Null(Kind::Bytes) => arguments.add(Option::<Vec<u8>>::None),
            Value::Null(Kind::Uuid) => arguments.add(Option::<Uuid>::None),
            Value::Bool(value) => arguments.add(value),
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Uuid(value) => arguments.add(value),
        }
        .map_err(|error| encode_error(statement, &error))?;
    }
    Ok(arguments)
}

fn column_arguments(statement: &Statement, columns: Vec<bulk::Column>) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    for column in columns {
        match column {
            bulk::Column::Bool(values) => arguments.add(values),
            bulk::Column::Int(values) => arguments.add(values),
            bulk::Column::Text(values) => arguments.add(values),
            bulk::Column::Bytes(values) => arguments.add(values),
            bulk::Column::Uuid(values) => arguments.add(values),
        }
        .map_err(|error| encode_error(statement, &error))?;
    }
    Ok(arguments)
}

fn encode_error(statement: &Statement, error: &sqlx::error::BoxDynError) -> Error {
    Error::Failed { statement: statement.name(), detail: error.to_string() }
}
