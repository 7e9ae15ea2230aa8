//! `litper backup` and `litper restore`: a folder with a copy of everything but the master key.
//!
//! ```text
//! FOLDER/manifest.json   what is in it: rows and sums of each table, size and hash of each file
//! FOLDER/litper.db       the database, where that is SQLite
//! FOLDER/tables/         a file for each table, where it is PostgreSQL
//! FOLDER/files/          uploads that wait to be read, as they came: whoever has the folder can read them
//! ```

mod postgres;

pub(super) use self::postgres::name_for;

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use database::{DatabaseUrl, Engine, TableSum, fault, private_file, schema_fingerprint};
use domain::{Clock, SystemClock};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{is_current, output};
use crate::lock::ServerLock;
use crate::{Config, Platform};

const MANIFEST: &str = "manifest.json";
const DATABASE: &str = "litper.db";
const TABLES: &str = "tables";
const FILES: &str = "files";
/// Where a new backup is restored on trial, inside its own folder.
const TRIAL: &str = "trial";
const KEEP_THE_KEY: &str = "The master key is not in it (secrets.toml, or LITPER_MASTER_KEY): keep it in another place. \
                            Without it, names, phones and addresses in the backup's database cannot be read by anybody. \
                            The uploads in its folder files are as they came: whoever has the folder can read them.";

/// What a backup holds.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Manifest {
    /// Version of this description: 1 for a SQLite file, 2 for PostgreSQL's tables.
    format: u32,
    /// Tells one schema from another, where the backup has tables without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schema: Option<String>,
    /// RFC 3339.
    made_at: String,
    /// The program that made it.
    litper: String,
    tables: BTreeMap<String, Table>,
    /// By the path under `files`.
    files: BTreeMap<String, Content>,
}

#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Table {
    rows: u64,
    checksum: String,
}

#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Content {
    bytes: u64,
    sha256: String,
}

/// Makes a backup into a folder that is new or empty, restores it on trial, and compares.
pub(crate) async fn back_up(config: &Config, folder: &Path, json: bool) -> anyhow::Result<()> {
    let began = Instant::now();
    let platform = Platform::connect(config).await?;
    is_current(&platform).await?;
    private_folder(folder)?;
    if !is_empty(folder)? {
        bail!("{} is not empty: name a new folder", folder.display());
    }
    let engine = platform.db.engine();
    // Before the database, so that a file is there for every import that waits in it; and once more for what came or
    // became another meanwhile.
    let mut files = BTreeMap::new();
    copy_files(&config.files, &folder.join(FILES), &mut files)?;
    let sums = match engine {
        Engine::Sqlite => platform.db.copy_into(&folder.join(DATABASE)).await?,
        Engine::Postgres => {
            private_folder(&folder.join(TABLES))?;
            platform.db.copy_tables_into(&folder.join(TABLES)).await?
        }
    };
    copy_files(&config.files, &folder.join(FILES), &mut files)?;
    let (format, schema) = match engine {
        Engine::Sqlite => (1, None),
        Engine::Postgres => (2, Some(schema_fingerprint())),
    };
    let manifest = Manifest {
        format,
        schema,
        made_at: SystemClock.now().to_string(),
        litper: env!("CARGO_PKG_VERSION").to_owned(),
        tables: tables(sums),
        files,
    };
    fault!("backup:copied");
    write_manifest(folder, &manifest)?;
    fault!("backup:written");
    let tried = match engine {
        Engine::Sqlite => try_out(folder, &manifest).await.map(|()| true)?,
        Engine::Postgres => postgres::try_out(config, &platform, folder, &manifest).await?,
    };
    let done = Done { what: "Backed up into", tried, began };
    report(&done, folder, &manifest, json)
}

/// Puts a backup where the settings say, if nothing is there or it may be replaced.
pub(crate) async fn restore(config: &Config, folder: &Path, replace: bool, json: bool) -> anyhow::Result<()> {
    let began = Instant::now();
    let manifest = read_manifest(folder)?;
    match (manifest.format, &config.database) {
        (1, DatabaseUrl::Sqlite(database)) => {
            restore_file(config, database, folder, &manifest, replace).await?;
        }
        (2, DatabaseUrl::Postgres(_)) => postgres::restore(config, folder, &manifest, replace).await?,
        (1, DatabaseUrl::Postgres(_)) => bail!("this backup is of SQLite, and the settings name PostgreSQL"),
        (2, DatabaseUrl::Sqlite(_)) => bail!("this backup is of PostgreSQL, and the settings name SQLite"),
        _ => bail!("this backup was made by a newer litper ({}): restore it with that one", manifest.litper),
    }
    report(&Done { what: "Restored from", tried: true, began }, folder, &manifest, json)
}

/// Restores a new SQLite backup inside its own folder.
async fn try_out(folder: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let trial = folder.join(TRIAL);
    private_folder(&trial)?;
    put_back(folder, manifest, &trial.join(DATABASE), &trial.join(FILES)).await?;
    fs::remove_dir_all(&trial)?;
    Ok(())
}

async fn restore_file(
    config: &Config,
    database: &Path,
    folder: &Path,
    manifest: &Manifest,
    replace: bool,
) -> anyhow::Result<()> {
    if let Some(parent) = database.parent() {
        private_folder(parent)?;
    }
    let Some(_lock) = ServerLock::try_take(database)? else {
        bail!("a server runs on {}: stop it first", database.display());
    };
    let has_files = config.files.exists() && !is_empty(&config.files)?;
    if (database.exists() || has_files) && !replace {
        bail!(
            "{} holds data already: restore elsewhere with --data-dir, or say --replace to lose it",
            config.data_dir.display()
        );
    }
    // Everything is there and right before anything is replaced.
    let (new_database, new_files) = (beside(database), beside(&config.files));
    for left in [&new_database, &new_files] {
        remove(left)?;
    }
    put_back(folder, manifest, &new_database, &new_files).await?;
    fault!("restore:ready");
    put_in_place(database, &new_database)?;
    remove(&config.files)?;
    fs::rename(&new_files, &config.files)?;
    fault!("restore:files");
    for parent in [database.parent(), config.files.parent()].into_iter().flatten() {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

/// Puts a new database in the place of one that is lost. Broken off in the middle there is the old one, none or the new
/// one: never the old one without its log, which would be an older one that looks whole, nor the new one with a log
/// that is not its own.
fn put_in_place(database: &Path, new: &Path) -> anyhow::Result<()> {
    remove(database)?;
    fault!("restore:removed");
    for tail in ["-wal", "-shm"] {
        let mut name = database.as_os_str().to_owned();
        name.push(tail);
        remove(Path::new(&name))?;
    }
    fault!("restore:empty");
    fs::rename(new, database)?;
    fault!("restore:database");
    Ok(())
}

/// When a backup was made, RFC 3339.
pub(super) fn made_at(folder: &Path) -> anyhow::Result<String> {
    Ok(read_manifest(folder)?.made_at)
}

fn read_manifest(folder: &Path) -> anyhow::Result<Manifest> {
    let text = fs::read_to_string(folder.join(MANIFEST))
        .with_context(|| format!("{} is no backup: it has no {MANIFEST}", folder.display()))?;
    serde_json::from_str(&text).context("the backup's manifest cannot be read")
}

/// Copies a backup to other places and compares what arrived with the manifest.
async fn put_back(folder: &Path, manifest: &Manifest, database: &Path, files: &Path) -> anyhow::Result<()> {
    copy_private(&folder.join(DATABASE), database)?;
    let found = tables(database::table_sums(database).await.context("the backup's database is damaged")?);
    if let Some(table) = differing(&manifest.tables, &found) {
        bail!("the backup is damaged: the table {table} is not what its manifest says");
    }
    put_files_back(folder, manifest, files)
}

fn put_files_back(folder: &Path, manifest: &Manifest, files: &Path) -> anyhow::Result<()> {
    let mut copied = BTreeMap::new();
    copy_files(&folder.join(FILES), files, &mut copied)?;
    if let Some(file) = differing(&manifest.files, &copied) {
        bail!("the backup is damaged: the file {file} is not what its manifest says");
    }
    Ok(())
}

/// A key whose values are not the same, or that one of them lacks.
fn differing<'a, V: PartialEq>(
    one: &'a BTreeMap<String, V>,
    two: &'a BTreeMap<String, V>,
) -> Option<&'a String> {
    one.keys().chain(two.keys()).find(|key| one.get(*key) != two.get(*key))
}

fn tables(sums: Vec<TableSum>) -> BTreeMap<String, Table> {
    sums.into_iter().map(|sum| (sum.table, Table { rows: sum.rows, checksum: sum.checksum })).collect()
}

/// Copies files, with the folders they are in, and notes them in the list. Those that the list has are copied again
/// if they are not what it says. One that goes meanwhile was read to its end and is no longer needed.
fn copy_files(from: &Path, to: &Path, list: &mut BTreeMap<String, Content>) -> anyhow::Result<()> {
    private_folder(to)?;
    let mut open = vec![PathBuf::new()];
    while let Some(inside) = open.pop() {
        let Ok(entries) = fs::read_dir(from.join(&inside)) else { continue };
        for entry in entries {
            let entry = entry?;
            let path = inside.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                private_folder(&to.join(&path))?;
                open.push(path);
                continue;
            }
            let name = path.to_str().with_context(|| format!("{} is no text", path.display()))?.to_owned();
            // It is still coming in, and no import names it yet.
            if path.extension().is_some_and(|extension| extension == "part") {
                continue;
            }
            match copy_changed(&from.join(&path), &to.join(&path), list.get(&name)) {
                Ok(Some(content)) => drop(list.insert(name, content)),
                Ok(None) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).with_context(|| path.display().to_string()),
            }
        }
    }
    Ok(())
}

/// Copies a file unless it is what was copied before; answers what it holds if it was copied.
fn copy_changed(from: &Path, to: &Path, before: Option<&Content>) -> std::io::Result<Option<Content>> {
    if let Some(before) = before
        && content(&mut File::open(from)?, |_| Ok(()))? == *before
    {
        return Ok(None);
    }
    // Beside it first: if it goes at this moment, what was copied before stays.
    let new = beside(to);
    let content = copy_private(from, &new)?;
    fs::rename(&new, to)?;
    Ok(Some(content))
}

/// Copies a file for its owner's eyes only, and onto the disk.
fn copy_private(from: &Path, to: &Path) -> std::io::Result<Content> {
    let mut source = File::open(from)?;
    let mut target = private_file(to)?;
    let content = content(&mut source, |piece| target.write_all(piece))?;
    target.sync_all()?;
    Ok(content)
}

/// Reads a file to its end, piece by piece.
fn content(
    source: &mut File,
    mut each: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> std::io::Result<Content> {
    let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0, vec![0_u8; 1 << 18]);
    loop {
        let read = source.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        each(&piece[..read])?;
        bytes += read as u64;
    }
    let sha256 = domain::text::hex(&hash.finalize());
    Ok(Content { bytes, sha256 })
}

fn write_manifest(folder: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let mut file = private_file(&folder.join(MANIFEST))?;
    file.write_all(serde_json::to_string_pretty(manifest)?.as_bytes())?;
    file.sync_all()?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn private_folder(folder: &Path) -> anyhow::Result<()> {
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))
}

fn is_empty(folder: &Path) -> anyhow::Result<bool> {
    let mut entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    Ok(entries.next().is_none())
}

/// The place where a new thing waits until it takes the old one's.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".restored");
    name.into()
}

fn remove(path: &Path) -> std::io::Result<()> {
    let gone = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match gone {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// How a command went.
struct Done {
    what: &'static str,
    /// Whether the backup was restored somewhere, and not only read again.
    tried: bool,
    began: Instant,
}

fn report(done: &Done, folder: &Path, manifest: &Manifest, json: bool) -> anyhow::Result<()> {
    let rows: u64 = manifest.tables.values().map(|table| table.rows).sum();
    let seconds = done.began.elapsed().as_secs_f64();
    let compared = if done.tried { "compared one by one" } else { "read again one by one" };
    let untried = if done.tried {
        ""
    } else {
        "\nIt was not restored on trial, because this login may not create a database: restore it into one yourself."
    };
    let sentence = format!(
        "{} {}: {} tables with {rows} rows and {} files, {compared}, in {seconds:.1} s.{untried}\n{KEEP_THE_KEY}",
        done.what,
        folder.display(),
        manifest.tables.len(),
        manifest.files.len(),
    );
    let object = json!({
        "folder": folder.display().to_string(),
        "made_at": manifest.made_at,
        "tables": manifest.tables.len(),
        "rows": rows,
        "files": manifest.files.len(),
        "seconds": seconds,
        "tried": done.tried,
        "master_key_included": false,
    });
    output::done(json, &sentence, &object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_between_two_passes_is_copied_again() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("imports")).unwrap();
        let (longer, other, same, gone) =
            (from.join("imports/longer"), from.join("other"), from.join("same"), from.join("gone"));
        for file in [&longer, &other, &same, &gone] {
            fs::write(file, "a,b\n").unwrap();
        }
        let mut list = BTreeMap::new();
        copy_files(&from, &to, &mut list).unwrap();
        fs::write(&longer, "a,b\n1,2\n").unwrap();
        fs::write(&other, "a,c\n").unwrap();
        fs::write(from.join("new"), "x").unwrap();
        fs::remove_file(&gone).unwrap();
        copy_files(&from, &to, &mut list).unwrap();
        for (file, text) in [
            ("imports/longer", "a,b\n1,2\n"),
            ("other", "a,c\n"),
            ("same", "a,b\n"),
            ("gone", "a,b\n"),
            ("new", "x"),
        ] {
            assert_eq!(fs::read_to_string(to.join(file)).unwrap(), text, "{file}");
        }
        // What the manifest says is what is in the folder.
        let mut found = BTreeMap::new();
        copy_files(&to, &folder.path().join("trial"), &mut found).unwrap();
        assert_eq!(differing(&list, &found), None);
    }
}
