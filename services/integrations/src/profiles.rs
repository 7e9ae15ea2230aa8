//! Layouts that an organisation confirmed once and that are known again.

use database::{Scope, Statement, TenantKeys, Tx, bind, sql};
use domain::{ImportProfileId, TenantId, Timestamp, UserId};
use ports::layouts::{Layout, SavedLayout};
use sha2::{Digest, Sha256};

use crate::Imports;

const LIST: Statement = sql!("list_profiles.sql");
const SAVE: Statement = sql!("save_profile.sql");
const COUNT: Statement = sql!("count_profiles.sql");
const DELETE: Statement = sql!("delete_profile.sql");

const LAYOUT_FIELD: &str = "import_profiles.layout";

/// Longest name, in characters.
pub const MAX_PROFILE_NAME: usize = 80;
/// Most profiles of an organisation: each reading of a file looks at all of them.
pub const MAX_PROFILES: i64 = 200;

/// A layout under a name.
#[derive(Debug, Clone)]
pub struct ImportProfile {
    /// Its id.
    pub id: ImportProfileId,
    /// Its name.
    pub name: String,
    /// How to read.
    pub layout: Layout,
    /// Who confirmed it first, if a person did.
    pub created_by: Option<UserId>,
    /// When that was.
    pub created_at: Timestamp,
    /// When it was last confirmed.
    pub updated_at: Timestamp,
}

/// Why a layout was not saved.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// It has no name, or one that is too long.
    #[error("a name has 1 to {MAX_PROFILE_NAME} characters")]
    Name,
    /// There are [`MAX_PROFILES`] already.
    #[error("at most {MAX_PROFILES} saved layouts; delete one first")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl Imports {
    /// The saved layouts, the one confirmed last first.
    pub async fn profiles(&self, tenant: TenantId) -> database::Result<Vec<ImportProfile>> {
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = list(&mut tx, &keys).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// Deletes a saved layout; answers whether there was one. Imports that were read by it stay as they are.
    pub async fn delete_profile(&self, tenant: TenantId, id: ImportProfileId) -> database::Result<bool> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let deleted = tx.execute(&DELETE, bind![id]).await?;
        tx.commit().await?;
        Ok(deleted == 1)
    }

    /// Saves a layout. One with the same titles takes the place of the earlier one.
    pub(crate) async fn save_profile(
        &self,
        tenant: TenantId,
        name: &str,
        layout: &Layout,
        by: Option<UserId>,
    ) -> Result<(), ProfileError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > MAX_PROFILE_NAME || name.chars().any(char::is_control) {
            return Err(ProfileError::Name);
        }
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let body = serde_json::to_vec(layout).unwrap_or_default();
        let sealed = keys.seal(LAYOUT_FIELD, &body).map_err(database::Error::from)?;
        let print = fingerprint(name, layout);
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let others = tx.fetch_optional(&COUNT, bind![print]).await?;
        let others: i64 = others.map(|row| row.get(0)).transpose()?.unwrap_or(0);
        if others >= MAX_PROFILES {
            return Err(ProfileError::TooMany);
        }
        let id = ImportProfileId::from(self.ids.next());
        tx.execute(&SAVE, bind![id, name, print, sealed, by, self.clock.now()]).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Layouts as readers look for them.
pub(crate) async fn saved(tx: &mut Tx, keys: &TenantKeys) -> database::Result<Vec<SavedLayout>> {
    let found = list(tx, keys).await?;
    Ok(found.into_iter().map(|profile| SavedLayout { name: profile.name, layout: profile.layout }).collect())
}

async fn list(tx: &mut Tx, keys: &TenantKeys) -> database::Result<Vec<ImportProfile>> {
    let rows = tx.fetch_all(&LIST, bind![]).await?;
    let read = |row: &database::Row| {
        let body = keys.open(LAYOUT_FIELD, &row.get::<Vec<u8>>(2)?)?;
        Ok(ImportProfile {
            id: row.id(0)?,
            name: row.get(1)?,
            layout: serde_json::from_slice(&body).unwrap_or_default(),
            created_by: row.id_opt(3)?,
            created_at: row.time(4)?,
            updated_at: row.time(5)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Layouts with equal titles are one; those without titles are told apart by their names.
fn fingerprint(name: &str, layout: &Layout) -> [u8; 32] {
    let mut hash = Sha256::new();
    if layout.titles.iter().all(|title| title.trim().is_empty()) {
        hash.update(b"name\0");
        hash.update(name.as_bytes());
    } else {
        hash.update(b"titles\0");
        for title in &layout.titles {
            hash.update(domain::text::fold(title).as_bytes());
            hash.update([0]);
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_make_the_fingerprint_and_names_where_there_are_none() {
        let with = |titles: &[&str]| Layout {
            titles: titles.iter().map(|&title| title.to_owned()).collect(),
            ..Layout::default()
        };
        let (a, b) = (with(&["Guía", "Estado"]), with(&["GUIA", "estado"]));
        assert_eq!(fingerprint("uno", &a), fingerprint("dos", &b));
        assert_ne!(fingerprint("uno", &a), fingerprint("uno", &with(&["GuíaEstado"])));
        assert_ne!(fingerprint("uno", &with(&[])), fingerprint("dos", &with(&[])));
    }
}
