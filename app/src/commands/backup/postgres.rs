//! The PostgreSQL side of a backup.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use database::{
    DatabaseUrl, Db, TableSum, other_sessions, replace_tables, schema_fingerprint, table_file_sums,
};
use domain::{Ids, RandomIds, SystemClock};

use super::{Manifest, TABLES, beside, differing, is_empty, put_files_back, remove, tables};
use crate::{Config, Platform};

/// Restores a new backup into a database of its own, which goes again; answers false when the login may not make one.
pub(super) async fn try_out(
    config: &Config,
    platform: &Platform,
    folder: &Path,
    manifest: &Manifest,
) -> anyhow::Result<bool> {
    let trial = name_for("trial");
    if !platform.db.make_beside(&trial).await? {
        return Ok(false);
    }
    let url = config.database.beside(&trial);
    let outcome = fill(config, &url, folder, manifest).await;
    platform.db.drop_beside(&trial).await?;
    outcome.context("the backup cannot be restored")?;
    Ok(true)
}

/// A name that no other database has.
pub(crate) fn name_for(what: &str) -> String {
    let ids = RandomIds::new(Arc::new(SystemClock));
    format!("litper_{what}_{}", ids.next().simple())
}

/// Puts a backup into the database that the settings name, if it is empty or may be replaced.
pub(super) async fn restore(
    config: &Config,
    folder: &Path,
    manifest: &Manifest,
    replace: bool,
) -> anyhow::Result<()> {
    let others = other_sessions(&config.database).await?;
    if others > 0 {
        bail!("{others} sessions of litper use the database: stop its servers first");
    }
    let db = connect(config, &config.database).await?;
    let (has_tables, has_files) =
        (db.has_tables().await?, config.files.exists() && !is_empty(&config.files)?);
    db.close().await;
    if (has_tables || has_files) && !replace {
        bail!("the database, or {}, holds data already: say --replace to lose it", config.files.display());
    }
    let new_files = beside(&config.files);
    remove(&new_files)?;
    put_files_back(folder, manifest, &new_files)?;
    fill(config, &config.database, folder, manifest).await?;
    remove(&config.files)?;
    fs::rename(&new_files, &config.files)?;
    if let Some(parent) = config.files.parent() {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

async fn connect(config: &Config, url: &DatabaseUrl) -> anyhow::Result<Db> {
    Ok(Db::connect(url, config.database_options, config.master_key()?).await?)
}

/// Makes the tables where there are none, and fills them.
async fn fill(config: &Config, url: &DatabaseUrl, folder: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    if manifest.schema.as_deref() != Some(&schema_fingerprint()) {
        bail!(
            "this backup was made by litper {} with other tables: restore it with that one, then run the newer one's \
             `litper migrate`",
            manifest.litper
        );
    }
    let folder = folder.join(TABLES);
    // Damage is found before anything is changed.
    let found = table_file_sums(&folder, manifest.tables.keys()).context("the backup is damaged")?;
    if let Some(table) = differing(&manifest.tables, &tables(found)) {
        bail!("the backup is damaged: the table {table} is not what its manifest says");
    }
    let db = connect(config, url).await?;
    let migrated = db.migrate().await;
    db.close().await;
    migrated?;
    let sums: Vec<TableSum> = manifest
        .tables
        .iter()
        .map(|(table, of)| TableSum { table: table.clone(), rows: of.rows, checksum: of.checksum.clone() })
        .collect();
    replace_tables(url, &folder, &sums).await?;
    Ok(())
}
