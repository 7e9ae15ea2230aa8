//! Copies of a SQLite database that is in use, and sums over tables that tell one from another.

use std::fs::File;
use std::path::Path;

use futures_util::TryStreamExt as _;
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Decode, Row as _, Sqlite, SqliteConnection, TypeInfo, ValueRef,
};

use crate::db::Stores;
use crate::{Db, Error, Result, Scope, SystemReason};

/// Times a copy is made beside writers. A commit between the copy's moment and the sums' makes them differ.
const BESIDE_WRITERS: u32 = 3;

/// How many rows a table has, and a sum over their values in which their order does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSum {
    /// The table.
    pub table: String,
    /// Its rows.
    pub rows: u64,
    /// 16 hex digits.
    pub checksum: String,
}

impl Db {
    /// Writes a whole copy of the database into a file that must not exist, while others read and write, and compares
    /// it with the database table by table. If writers are too busy to be compared with, they wait for the last try.
    /// The copy is on the disk when this returns, and only its owner may read it.
    ///
    /// # Errors
    /// [`Error::Failed`] when the copy cannot be written or differs; [`Error::Unavailable`] on PostgreSQL,
    /// whose tables are copied one by one.
    pub async fn copy_into(&self, path: &Path) -> Result<Vec<TableSum>> {
        for _ in 0..BESIDE_WRITERS {
            if let Some(sums) = self.try_copy(path).await? {
                return Ok(sums);
            }
        }
        let turn = self.write(Scope::System(SystemReason::Administration)).await?;
        let sums = self.try_copy(path).await?;
        turn.rollback().await?;
        sums.ok_or_else(|| failed(&"the copy differs from the database"))
    }

    /// Answers nothing when the copy and the database are not of the same moment.
    async fn try_copy(&self, path: &Path) -> Result<Option<Vec<TableSum>>> {
        let Stores::Sqlite { readers, keeper, .. } = &self.stores else {
            return Err(Error::Unavailable("PostgreSQL is copied table by table".into()));
        };
        let mut source =
            readers.begin_with("begin").await.map_err(|error| Error::from_sqlx("copy", &error))?;
        // Only a statement fixes the moment that a transaction sees.
        sqlx::query("select count(*) from sqlite_master")
            .execute(&mut *source)
            .await
            .map_err(|error| Error::from_sqlx("copy", &error))?;
        drop(private_file(path).map_err(|error| failed(&error))?);
        let text = path.to_str().ok_or_else(|| failed(&"the path is no text"))?.to_owned();
        let copied = sqlx::query("vacuum into $1").bind(text).execute(keeper).await;
        copied.map_err(|error| Error::from_sqlx("copy", &error))?;
        File::open(path).and_then(|file| file.sync_all()).map_err(|error| failed(&error))?;
        let ours = sums(&mut source).await.map_err(|error| Error::from_sqlx("copy", &error))?;
        source.rollback().await.map_err(|error| Error::from_sqlx("copy", &error))?;
        let same = table_sums(path).await? == ours;
        if !same {
            std::fs::remove_file(path).map_err(|error| failed(&error))?;
        }
        Ok(same.then_some(ours))
    }
}

/// The sums of a SQLite file that nobody writes to, after SQLite's own check of it.
///
/// # Errors
/// [`Error::Failed`] when it is damaged or no database.
pub async fn table_sums(path: &Path) -> Result<Vec<TableSum>> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
    let read = async {
        let mut file = options.disable_statement_logging().connect().await?;
        let said: String = sqlx::query_scalar("pragma integrity_check(1)").fetch_one(&mut file).await?;
        let sums = if said == "ok" { Ok(sums(&mut file).await?) } else { Err(said) };
        file.close().await?;
        Ok::<_, sqlx::Error>(sums)
    };
    read.await.map_err(|error| Error::from_sqlx("sums", &error))?.map_err(|said| failed(&said))
}

async fn sums(connection: &mut SqliteConnection) -> std::result::Result<Vec<TableSum>, sqlx::Error> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut sums = Vec::with_capacity(tables.len());
    for table in tables {
        let (mut rows, mut sum) = (0_u64, 0_u64);
        {
            // The name is out of the catalogue.
            let all = AssertSqlSafe(format!("select * from \"{table}\""));
            let mut found = sqlx::query(all).fetch(&mut *connection);
            while let Some(row) = found.try_next().await? {
                rows += 1;
                sum = sum.wrapping_add(row_hash(&row)?);
            }
        }
        sums.push(TableSum { table, rows, checksum: format!("{sum:016x}") });
    }
    Ok(sums)
}

fn row_hash(row: &SqliteRow) -> std::result::Result<u64, sqlx::Error> {
    let mut hash = Sha256::new();
    for column in 0..row.len() {
        let value = row.try_get_raw(column)?;
        let kind = value.type_info().name().to_owned();
        hash.update(kind.as_bytes());
        if value.is_null() {
            continue;
        }
        let decoded = if kind == "INTEGER" {
            <i64 as Decode<'_, Sqlite>>::decode(value).map(|number| number.to_be_bytes().to_vec())
        } else {
            <&[u8] as Decode<'_, Sqlite>>::decode(value).map(<[u8]>::to_vec)
        };
        let bytes = decoded.map_err(sqlx::Error::Decode)?;
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(&bytes);
    }
    Ok(hash.finalize().iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
}

/// Makes a file, which must not exist, for its owner's eyes only, and opens it for writing.
///
/// # Errors
/// When it exists or cannot be made.
pub fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::Failed { statement: "copy", detail: error.to_string() }
}
