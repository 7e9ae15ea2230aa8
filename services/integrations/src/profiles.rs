//! Layouts that an organisation confirmed once and that are known again.

use database::{Scope, Statement, TenantKeys, Tx, bind, sql};
use domain::{ImportProfileId, TenantId, Timestamp, UserId};
use ports::layouts::{Layout, SavedLayout};

use crate::Imports;
use crate::layouts::{open, seal};

const LIST: Statement = sql!("list_profiles.sql");
const SAVE: Statement = sql!("save_profile.sql");
const COUNT: Statement = sql!("count_profiles.sql");
const DELETE: Statement = sql!("delete_profile.sql");

const LAYOUT_FIELD: &str = "import_profiles.layout";
const FINGERPRINT_FIELD: &str = "import_profiles.fingerprint";

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
        let sealed = seal(&keys, LAYOUT_FIELD, layout)?;
        let print = fingerprint(&keys, name, layout);
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let others = tx.fetch_optional(&COUNT, bind![print.clone()]).await?;
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
        Ok(ImportProfile {
            id: row.id(0)?,
            name: row.get(1)?,
            layout: open(keys, LAYOUT_FIELD, &row.get::<Vec<u8>>(2)?)?,
            created_by: row.id_opt(3)?,
            created_at: row.time(4)?,
            updated_at: row.time(5)?,
        })
    };
    rows.iter().map(read).collect()
}

/// By the organisation's key: titles may be personal data, and without it nobody can try what they were.
fn fingerprint(keys: &TenantKeys, name: &str, layout: &Layout) -> Vec<u8> {
    keys.blind(FINGERPRINT_FIELD, &likeness(name, layout))
}

/// Layouts with equal titles are one; those without titles are told apart by their names.
fn likeness(name: &str, layout: &Layout) -> String {
    if layout.titles.iter().all(|title| title.trim().is_empty()) {
        return format!("name\0{name}");
    }
    let titles = layout.titles.iter().map(|title| domain::text::fold(title));
    titles.fold("titles\0".to_owned(), |all, title| all + &title + "\0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_make_the_likeness_and_names_where_there_are_none() {
        let with = |titles: &[&str]| Layout {
            titles: titles.iter().map(|&title| title.to_owned()).collect(),
            ..Layout::default()
        };
        let (a, b) = (with(&["Guía", "Estado"]), with(&["GUIA", "estado"]));
        assert_eq!(likeness("uno", &a), likeness("dos", &b));
        assert_ne!(likeness("uno", &a), likeness("uno", &with(&["GuíaEstado"])));
        assert_ne!(likeness("uno", &with(&[])), likeness("dos", &with(&[])));
    }

    #[tokio::test]
    async fn equal_titles_have_another_fingerprint_in_another_organisation() {
        let test = testkit::TestDb::on(testkit::ENGINES[0]).await;
        let mut keys = Vec::new();
        for seed in [1, 2] {
            let id = TenantId::from(testkit::ids(seed).next());
            let mut tx = test.db.write(Scope::System(database::SystemReason::Administration)).await.unwrap();
            test.db.keyring().create(&mut tx, id, Timestamp::UNIX_EPOCH).await.unwrap();
            tx.commit().await.unwrap();
            keys.push(test.db.keyring().tenant(&test.db, id).await.unwrap());
        }
        let layout = Layout { titles: vec!["Ana Prueba".into()], ..Layout::default() };
        assert_eq!(fingerprint(&keys[0], "uno", &layout), fingerprint(&keys[0], "dos", &layout));
        assert_ne!(fingerprint(&keys[0], "uno", &layout), fingerprint(&keys[1], "uno", &layout));
    }
}
