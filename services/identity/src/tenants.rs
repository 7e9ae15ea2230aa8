//! Tenants: the organisations that share an installation.

use database::{Scope, Statement, SystemReason, bind, sql, system_sql};
use domain::{Country, TenantId};

use crate::Identity;

const COUNTRY: Statement = sql!("get_country.sql");
const INSERT: Statement = system_sql!("system/insert_tenant.sql");
const FIND: Statement = system_sql!("system/find_tenant.sql");
const LIST: Statement = system_sql!("system/list_tenants.sql");

const ADMINISTRATION: Scope = Scope::System(SystemReason::Administration);

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its short name in commands and addresses: lower-case letters, digits and dashes.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// Whether it holds demonstration data.
    pub demo: bool,
    /// Where it does business: how its phones are read.
    pub country: Country,
}

/// Why a tenant was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateTenantError {
    /// The slug has other characters or the wrong length.
    #[error("a slug has 2 to 40 lower-case letters, digits and dashes, and begins with a letter")]
    BadSlug,
    /// The name is empty or long.
    #[error("a name has 1 to 120 characters")]
    BadName,
    /// The slug is taken.
    #[error("a tenant with this slug exists already")]
    Exists,
    /// The store failed.
    #[error(transparent)]
    Database(database::Error),
}

impl From<database::Error> for CreateTenantError {
    fn from(error: database::Error) -> Self {
        if error.is_duplicate() { Self::Exists } else { Self::Database(error) }
    }
}

impl Identity {
    /// Creates a tenant with its keys.
    pub async fn create_tenant(
        &self,
        slug: &str,
        name: &str,
        country: Country,
        demo: bool,
    ) -> Result<Tenant, CreateTenantError> {
        if !is_slug(slug) {
            return Err(CreateTenantError::BadSlug);
        }
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 120 {
            return Err(CreateTenantError::BadName);
        }
        let id = TenantId::from(self.ids.next());
        let now = self.clock.now();
        let mut tx = self.db.write(ADMINISTRATION).await?;
        tx.execute(&INSERT, bind![id, slug, name, country.as_str(), demo, now]).await?;
        self.db.keyring().create(&mut tx, id, now).await?;
        tx.commit().await?;
        Ok(Tenant { id, slug: slug.to_owned(), name: name.to_owned(), demo, country })
    }

    /// The tenant with a slug, if there is one.
    pub async fn find_tenant(&self, slug: &str) -> database::Result<Option<Tenant>> {
        let mut tx = self.db.read(ADMINISTRATION).await?;
        tx.fetch_optional(&FIND, bind![slug]).await?.as_ref().map(from_row).transpose()
    }

    /// Where an organisation does business.
    pub async fn country(&self, tenant: TenantId) -> database::Result<Country> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let row = tx.fetch_one(&COUNTRY, bind![]).await?;
        tx.commit().await?;
        row.parse(0)
    }

    /// All tenants, oldest first.
    pub async fn list_tenants(&self) -> database::Result<Vec<Tenant>> {
        let mut tx = self.db.read(ADMINISTRATION).await?;
        tx.fetch_all(&LIST, bind![]).await?.iter().map(from_row).collect()
    }
}

fn from_row(row: &database::Row) -> database::Result<Tenant> {
    Ok(Tenant {
        id: row.id(0)?,
        slug: row.get(1)?,
        name: row.get(2)?,
        demo: row.get(3)?,
        country: row.parse(4)?,
    })
}

fn is_slug(text: &str) -> bool {
    (2..=40).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
