//! A row, whichever engine it came from.

use domain::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type, ValueRef};
use uuid::Uuid;

use crate::{Error, Result};

/// A row of a result; columns are read by position, in the order of the statement's select list.
pub struct Row {
    statement: &'static str,
    inner: Inner,
}

enum Inner {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What both drivers can read: `bool`, `i64`, `String`, `Vec<u8>`, `Uuid` and their options.
pub trait Column:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
    /// Whether a null can be read. The SQLite driver would read one as zero or as empty text.
    const NULLABLE: bool;
}

macro_rules! columns {
    ($($type:ty),*) => {$(
        impl Column for $type {
            const NULLABLE: bool = false;
        }
        impl Column for Option<$type> {
            const NULLABLE: bool = true;
        }
    )*};
}

columns!(bool, i64, String, Vec<u8>, Uuid);

impl Row {
    pub(crate) fn sqlite_all(statement: &'static str, rows: Vec<SqliteRow>) -> Vec<Self> {
        rows.into_iter().map(|row| Self { statement, inner: Inner::Sqlite(row) }).collect()
    }

    pub(crate) fn postgres_all(statement: &'static str, rows: Vec<PgRow>) -> Vec<Self> {
        rows.into_iter().map(|row| Self { statement, inner: Inner::Postgres(row) }).collect()
    }

    /// Reads a column.
    ///
    /// # Errors
    /// [`Error::Decode`] when the column has another type or is null and `T` is no option.
    pub fn get<T: Column>(&self, index: usize) -> Result<T> {
        let is_null = match &self.inner {
            Inner::Sqlite(row) => row.try_get_raw(index).map(|value| value.is_null()),
            Inner::Postgres(row) => row.try_get_raw(index).map(|value| value.is_null()),
        };
        if !T::NULLABLE && is_null.unwrap_or(false) {
            return Err(self.unreadable(index, "it is null"));
        }
        match &self.inner {
            Inner::Sqlite(row) => row.try_get(index),
            Inner::Postgres(row) => row.try_get(index),
        }
        .map_err(|error| self.unreadable(index, &error.to_string()))
    }

    /// Reads an identifier.
    pub fn id<T: From<Uuid>>(&self, index: usize) -> Result<T> {
        self.get::<Uuid>(index).map(T::from)
    }

    /// Reads an identifier that may be absent.
    pub fn id_opt<T: From<Uuid>>(&self, index: usize) -> Result<Option<T>> {
        Ok(self.get::<Option<Uuid>>(index)?.map(T::from))
    }

    /// Reads a moment stored as microseconds.
    pub fn time(&self, index: usize) -> Result<Timestamp> {
        self.get::<i64>(index).map(domain::from_micros)
    }

    /// Reads a moment that may be absent.
    pub fn time_opt(&self, index: usize) -> Result<Option<Timestamp>> {
        Ok(self.get::<Option<i64>>(index)?.map(domain::from_micros))
    }

    /// Reads a non-negative count.
    pub fn count(&self, index: usize) -> Result<u64> {
        let value: i64 = self.get(index)?;
        u64::try_from(value).map_err(|error| self.unreadable(index, &error.to_string()))
    }

    /// Reads text and parses it into a domain type.
    pub fn parse<T>(&self, index: usize) -> Result<T>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        let text: String = self.get(index)?;
        text.parse().map_err(|error: T::Err| self.unreadable(index, &error.to_string()))
    }

    fn unreadable(&self, index: usize, detail: &str) -> Error {
        Error::Decode { statement: self.statement, index, detail: detail.to_owned() }
    }
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Row").field("statement", &self.statement).finish_non_exhaustive()
    }
}
