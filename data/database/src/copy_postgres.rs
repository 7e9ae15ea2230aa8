//! Copies of a PostgreSQL database that is in use, and back: one file a table, in the binary format of `copy`.
//!
//! The columns are in the order of their names, in the file and for PostgreSQL, so that it does not matter in which
//! order they came to be. Which migrations have run is not copied: a copy goes into tables that this program made.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use futures_util::TryStreamExt as _;
use secrecy::ExposeSecret as _;
use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};

use crate::db::Stores;
use crate::{DatabaseUrl, Db, Error, Result, TableSum, private_file};

/// What a file of rows begins with.
const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";
/// Signature, flags, and how much follows of what nobody uses.
const HEAD: usize = 19;
const PIECE: usize = 1 << 18;

const TABLES: &str = "
select cast(relname as text) from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> '_sqlx_migrations'
order by cast(relname as text) collate \"C\"";
const COLUMNS: &str = "
select cast(attname as text) from pg_attribute
where attrelid = cast($1 as regclass) and attnum > 0 and not attisdropped and attgenerated = ''
order by cast(attname as text) collate \"C\"";
/// A table and one that must be filled before it.
const PARENTS: &str = "
select cast(child.relname as text), cast(parent.relname as text)
from pg_constraint
join pg_class child on child.oid = conrelid
join pg_class parent on parent.oid = confrelid
where contype = 'f' and connamespace = 'public'::regnamespace and conrelid <> confrelid";
const COUNTED: &str = "
select cast(relname as text), cast(attname as text)
from pg_attribute join pg_class on pg_class.oid = attrelid
where relnamespace = 'public'::regnamespace and attidentity <> ''";
/// Sessions of this program beside ours, in this database.
const OTHERS: &str = "
select count(*) from pg_stat_activity
where datname = current_database() and application_name = 'litper' and pid <> pg_backend_pid()";

impl Db {
    /// Writes every table into a file of its own in a folder, all as of one moment, while others read and write, and
    /// reads the files again. They are on the disk when this returns, and only their owner may read them.
    ///
    /// # Errors
    /// [`Error::Failed`] when a file cannot be written or holds something else than was read; [`Error::Unavailable`]
    /// on SQLite, which is one file.
    pub async fn copy_tables_into(&self, folder: &Path) -> Result<Vec<TableSum>> {
        let Stores::Postgres { pool, .. } = &self.stores else {
            return Err(Error::Unavailable("SQLite is copied as one file".into()));
        };
        let begin =
            "begin transaction isolation level repeatable read, read only; set local role litper_system";
        let mut tx = pool.begin_with(begin).await.map_err(|error| sql(&error))?;
        let mut sums = Vec::new();
        for table in tables(&mut tx).await? {
            let path = file_of(folder, &table);
            let mut file = private_file(&path).map_err(|error| failed(&path, &error))?;
            let sum = read_table(&mut tx, &table, |piece| file.write_all(piece)).await?;
            file.sync_all().map_err(|error| failed(&path, &error))?;
            if sum_of_file(folder, &table)? != sum {
                return Err(failed(&path, &"it does not hold what was written"));
            }
            sums.push(sum);
        }
        tx.rollback().await.map_err(|error| sql(&error))?;
        Ok(sums)
    }

    /// Whether a database of another name on the same server was made: a login that may not make one is told no.
    /// The new one is empty.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn make_beside(&self, name: &str) -> Result<bool> {
        let Stores::Postgres { pool, .. } = &self.stores else { return Ok(false) };
        let text = AssertSqlSafe(format!("create database {}", quoted(name)));
        match sqlx::raw_sql(text).execute(pool).await {
            Ok(_) => Ok(true),
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42501") => Ok(false),
            Err(error) => Err(sql(&error)),
        }
    }

    /// Drops a database that [`Self::make_beside`] made.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn drop_beside(&self, name: &str) -> Result<()> {
        let Stores::Postgres { pool, .. } = &self.stores else { return Ok(()) };
        let text = AssertSqlSafe(format!("drop database if exists {} with (force)", quoted(name)));
        sqlx::raw_sql(text).execute(pool).await.map(drop).map_err(|error| sql(&error))
    }
}

/// How many other sessions of this program work in a PostgreSQL database.
///
/// # Errors
/// When it cannot be reached.
pub async fn other_sessions(url: &DatabaseUrl) -> Result<u64> {
    let mut connection = connect(url).await?;
    let others: i64 =
        sqlx::query_scalar(OTHERS).fetch_one(&mut connection).await.map_err(|error| sql(&error))?;
    connection.close().await.map_err(|error| sql(&error))?;
    Ok(u64::try_from(others).unwrap_or(0))
}

/// Puts the tables of a copy in the place of those of a migrated database, all in one transaction, and compares what
/// is then there with the sums. If anything differs or breaks off, nothing has changed.
///
/// # Errors
/// [`Error::Failed`] when the copy is not what the sums say, or has other tables than the database.
pub async fn replace_tables(url: &DatabaseUrl, folder: &Path, sums: &[TableSum]) -> Result<()> {
    let mut connection = connect(url).await?;
    let begin = AssertSqlSafe("begin; set local role litper_owner");
    let mut tx = connection.begin_with(begin).await.map_err(|error| sql(&error))?;
    let there = tables(&mut tx).await?;
    if there != sums.iter().map(|sum| sum.table.clone()).collect::<Vec<_>>() {
        return Err(failed(folder, &"it has other tables than the database"));
    }
    let parents: Vec<(String, String)> =
        sqlx::query_as(PARENTS).fetch_all(&mut *tx).await.map_err(|error| sql(&error))?;
    let every = |verb: &str| {
        let each: Vec<String> =
            there.iter().map(|table| format!("alter table {} {verb}", quoted(table))).collect();
        each.join(";")
    };
    // Only while row-level security does not hold for their owner can tables be filled with copy.
    run(&mut tx, every("no force row level security")).await?;
    let all: Vec<String> = there.iter().map(|table| quoted(table)).collect();
    run(&mut tx, format!("truncate {}", all.join(", "))).await?;
    for table in in_order(&there, &parents) {
        fill_table(&mut tx, folder, &table).await?;
    }
    for sum in sums {
        let found = read_table(&mut tx, &sum.table, |_| Ok(())).await?;
        if found != *sum {
            return Err(failed(&file_of(folder, &sum.table), &"it is not what its manifest says"));
        }
    }
    count_on(&mut tx).await?;
    run(&mut tx, every("force row level security")).await?;
    tx.commit().await.map_err(|error| sql(&error))?;
    connection.close().await.map_err(|error| sql(&error))
}

/// The sums of the files of a copy.
///
/// # Errors
/// [`Error::Failed`] when a file is missing or damaged.
pub fn table_file_sums<'a>(
    folder: &Path,
    names: impl IntoIterator<Item = &'a String>,
) -> Result<Vec<TableSum>> {
    names.into_iter().map(|table| sum_of_file(folder, table)).collect()
}

async fn connect(url: &DatabaseUrl) -> Result<PgConnection> {
    let DatabaseUrl::Postgres(url) = url else {
        return Err(Error::Unavailable("SQLite is one file".into()));
    };
    let options = PgConnectOptions::from_str(url.expose_secret())
        .map_err(|_| Error::Unavailable("the postgres:// URL cannot be read".into()))?
        .application_name("litper restore")
        .disable_statement_logging();
    options.connect().await.map_err(|error| sql(&error))
}

async fn tables(connection: &mut PgConnection) -> Result<Vec<String>> {
    sqlx::query_scalar(TABLES).fetch_all(connection).await.map_err(|error| sql(&error))
}

async fn run(connection: &mut PgConnection, text: String) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await.map(drop).map_err(|error| sql(&error))
}

/// The table and its columns as `copy` wants them.
async fn columns(connection: &mut PgConnection, table: &str) -> Result<String> {
    let columns: Vec<String> = sqlx::query_scalar(COLUMNS)
        .bind(quoted(table))
        .fetch_all(connection)
        .await
        .map_err(|error| sql(&error))?;
    let columns: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    Ok(format!("{} ({})", quoted(table), columns.join(", ")))
}

/// Reads a table's rows, gives them on as they come, and sums them up.
async fn read_table(
    connection: &mut PgConnection,
    table: &str,
    mut each: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> Result<TableSum> {
    let what = columns(connection, table).await?;
    let text = format!("copy {what} to stdout (format binary)");
    let mut pieces = connection.copy_out_raw(&text).await.map_err(|error| sql(&error))?;
    let mut rows = Rows::default();
    while let Some(piece) = pieces.try_next().await.map_err(|error| sql(&error))? {
        rows.take(&piece).map_err(|why| failed(Path::new(table), &why))?;
        each(&piece).map_err(|error| failed(Path::new(table), &error))?;
    }
    rows.sum(table).map_err(|why| failed(Path::new(table), &why))
}

async fn fill_table(connection: &mut PgConnection, folder: &Path, table: &str) -> Result<()> {
    let path = file_of(folder, table);
    let what = columns(connection, table).await?;
    let mut file = File::open(&path).map_err(|error| failed(&path, &error))?;
    let text = format!("copy {what} from stdin (format binary)");
    let mut into = connection.copy_in_raw(&text).await.map_err(|error| sql(&error))?;
    let mut piece = vec![0; PIECE];
    loop {
        let size = match file.read(&mut piece) {
            Ok(0) => break,
            Ok(size) => size,
            Err(error) => {
                into.abort("the copy cannot be read").await.map_err(|error| sql(&error))?;
                return Err(failed(&path, &error));
            }
        };
        into.send(&piece[..size]).await.map_err(|error| sql(&error))?;
    }
    into.finish().await.map(drop).map_err(|error| sql(&error))
}

/// New rows are counted on from where the old ones end.
async fn count_on(connection: &mut PgConnection) -> Result<()> {
    let counted: Vec<(String, String)> =
        sqlx::query_as(COUNTED).fetch_all(&mut *connection).await.map_err(|error| sql(&error))?;
    for (table, column) in counted {
        let (name, of) = (quoted(&table), quoted(&column));
        let text = format!(
            "select setval(pg_get_serial_sequence('{name}', '{column}'), coalesce(max({of}), 0) + 1, false) from {name}"
        );
        run(connection, text).await?;
    }
    Ok(())
}

/// Each table after those it refers to.
fn in_order(tables: &[String], parents: &[(String, String)]) -> Vec<String> {
    let mut left: BTreeSet<&String> = tables.iter().collect();
    let mut order = Vec::with_capacity(tables.len());
    while !left.is_empty() {
        let waits = |table: &&&String| {
            parents.iter().any(|(child, parent)| child == **table && left.contains(parent))
        };
        // Tables that refer to each other in a circle would wait for ever: PostgreSQL says so then.
        let free: Vec<&String> = left.iter().filter(|table| !waits(table)).copied().collect();
        let next = if free.is_empty() { left.iter().copied().collect() } else { free };
        for table in next {
            left.remove(table);
            order.push(table.clone());
        }
    }
    order
}

/// A name as SQL takes it whatever it holds.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn file_of(folder: &Path, table: &str) -> PathBuf {
    folder.join(format!("{table}.rows"))
}

fn sum_of_file(folder: &Path, table: &str) -> Result<TableSum> {
    let path = file_of(folder, table);
    let mut file = File::open(&path).map_err(|error| failed(&path, &error))?;
    let (mut rows, mut piece) = (Rows::default(), vec![0; PIECE]);
    loop {
        let size = file.read(&mut piece).map_err(|error| failed(&path, &error))?;
        if size == 0 {
            break;
        }
        rows.take(&piece[..size]).map_err(|why| failed(&path, &why))?;
    }
    rows.sum(table).map_err(|why| failed(&path, &why))
}

/// Counts and sums rows in the binary format of `copy`, piece by piece.
#[derive(Default)]
struct Rows {
    held: Vec<u8>,
    begun: bool,
    ended: bool,
    count: u64,
    sum: u64,
}

impl Rows {
    fn take(&mut self, piece: &[u8]) -> std::result::Result<(), &'static str> {
        self.held.extend_from_slice(piece);
        let mut at = 0;
        while let Some(size) = self.next(at)? {
            at += size;
        }
        self.held.drain(..at);
        Ok(())
    }

    /// Takes what begins at a place, if all of it is there; answers how long it was.
    fn next(&mut self, at: usize) -> std::result::Result<Option<usize>, &'static str> {
        let rest = &self.held[at..];
        if !self.begun {
            if rest.len() < HEAD {
                return Ok(None);
            }
            if !rest.starts_with(SIGNATURE) {
                return Err("it holds no rows");
            }
            self.begun = true;
            let more = number(rest, HEAD - 4).unwrap_or(0);
            return Ok(Some(HEAD + more as usize));
        }
        if self.ended {
            return if rest.is_empty() { Ok(None) } else { Err("it goes on after its end") };
        }
        let Some(fields) = rest.get(..2).map(|two| i16::from_be_bytes([two[0], two[1]])) else {
            return Ok(None);
        };
        if fields < 0 {
            self.ended = true;
            return Ok(Some(2));
        }
        let mut size = 2;
        for _ in 0..fields {
            let Some(length) = number(rest, size) else { return Ok(None) };
            size += 4 + usize::try_from(length).unwrap_or(0);
        }
        if rest.len() < size {
            return Ok(None);
        }
        let hash = Sha256::digest(&rest[..size]);
        let part = hash.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        self.sum = self.sum.wrapping_add(part);
        self.count += 1;
        Ok(Some(size))
    }

    fn sum(self, table: &str) -> std::result::Result<TableSum, &'static str> {
        if !self.ended || !self.held.is_empty() {
            return Err("it ends in the middle");
        }
        Ok(TableSum { table: table.to_owned(), rows: self.count, checksum: format!("{:016x}", self.sum) })
    }
}

/// Four bytes as PostgreSQL sends a number.
fn number(bytes: &[u8], at: usize) -> Option<i32> {
    let four = bytes.get(at..at + 4)?;
    Some(i32::from_be_bytes([four[0], four[1], four[2], four[3]]))
}

fn sql(error: &sqlx::Error) -> Error {
    Error::from_sqlx("copy", error)
}

fn failed(what: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::Failed { statement: "copy", detail: format!("{}: {why}", what.display()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fields: &[Option<&[u8]>]) -> Vec<u8> {
        let mut bytes = (fields.len() as i16).to_be_bytes().to_vec();
        for field in fields {
            bytes.extend(field.map_or(-1, |field| field.len() as i32).to_be_bytes());
            bytes.extend(field.unwrap_or_default());
        }
        bytes
    }

    fn stream(rows: &[Vec<u8>]) -> Vec<u8> {
        [SIGNATURE.to_vec(), vec![0; 8], rows.concat(), vec![0xff, 0xff]].concat()
    }

    fn sum(bytes: &[u8], piece: usize) -> std::result::Result<TableSum, &'static str> {
        let mut rows = Rows::default();
        for piece in bytes.chunks(piece) {
            rows.take(piece)?;
        }
        rows.sum("t")
    }

    #[test]
    fn sums_do_not_depend_on_pieces_or_order_and_on_everything_else() {
        let (one, two) = (row(&[Some(b"a"), None]), row(&[Some(b""), Some(b"bc")]));
        let whole = stream(&[one.clone(), two.clone()]);
        let found = sum(&whole, 4096).unwrap();
        assert_eq!(found.rows, 2);
        for piece in 1..whole.len() {
            assert_eq!(sum(&whole, piece).unwrap(), found, "{piece}");
        }
        assert_eq!(sum(&stream(&[two.clone(), one.clone()]), 7).unwrap(), found);
        for other in [vec![one.clone()], vec![one.clone(), one], vec![row(&[Some(b"a"), Some(b"")]), two]] {
            assert_ne!(sum(&stream(&other), 7).unwrap().checksum, found.checksum);
        }
        for cut in 0..whole.len() {
            assert!(sum(&whole[..cut], 4096).is_err(), "{cut}");
        }
        assert!(sum(&[whole, vec![0]].concat(), 4096).is_err());
        assert!(sum(&[7; 40], 4096).is_err());
    }

    #[test]
    fn tables_come_after_those_they_refer_to() {
        let names = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let parents = [("a", "c"), ("c", "b"), ("d", "a")];
        let parents = parents.map(|(child, parent)| (child.to_owned(), parent.to_owned()));
        assert_eq!(in_order(&names("a b c d e"), &parents), names("b e c a d"));
        assert_eq!(in_order(&names("a c"), &[("a".into(), "c".into()), ("c".into(), "a".into())]).len(), 2);
    }
}
