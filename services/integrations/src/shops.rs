//! Which shops send to whom.
//!
//! A tenant registers a shop's domain with the secret that signs its messages. The domain is pending until a
//! message with a right signature proves both, and then active: for one tenant at a time. Another tenant's
//! registration of an active domain stays pending until the first one releases it.

use database::{Scope, Statement, bind, sql};
use domain::{SignedDuration, TenantId, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use crate::Webhooks;

const SAVE: Statement = sql!("save_shop.sql");
const GET: Statement = sql!("parts/shop.sql" + "get_shop.sql");
const SECRET_OF: Statement = sql!("get_shop_secret.sql");
const LIST: Statement = sql!("parts/shop.sql" + "list_shops.sql");
const ACTIVATE: Statement = sql!("activate_shop.sql");
const DELETE: Statement = sql!("delete_shop.sql");

/// The field of sealed secrets.
pub(crate) const SECRET: &str = "shop_domains.secret";

/// How long a replaced secret is still accepted: a shop may sign with it for a while.
pub const SECRET_OVERLAP: SignedDuration = SignedDuration::from_hours(24);
/// Shortest and longest secret, in bytes.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 8..=256;

/// A registered domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// Whose shop it is: `shopify`.
    pub source: String,
    /// The domain.
    pub domain: String,
    /// Whether a message has proven it; until then it is pending.
    pub active: bool,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was proven.
    pub activated_at: Option<Timestamp>,
    /// Until when the secret before the last change is accepted too.
    pub previous_secret_until: Option<Timestamp>,
}

/// What registering did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// The domain is new to the tenant.
    Added(Shop),
    /// The domain has a new secret.
    SecretReplaced(Shop),
}

/// Why a domain was not registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterShopError {
    /// No shop system by that name.
    #[error("there is no shop system {0}")]
    UnknownSource(String),
    /// Not a domain of that system.
    #[error("not a shop's permanent domain, such as example.myshopify.com")]
    BadDomain,
    /// Too short or too long, or with characters that no secret has.
    #[error("the secret has 8 to 256 printable ASCII characters, and no blanks around it")]
    BadSecret,
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl Webhooks {
    /// Registers a domain with the secret that signs its messages. Registered again, it gets the new secret;
    /// of an active one the old secret is accepted for [`SECRET_OVERLAP`] more.
    pub async fn register_shop(
        &self,
        tenant: TenantId,
        source: &str,
        domain: &str,
        secret: &SecretString,
    ) -> Result<Registered, RegisterShopError> {
        let known = self.source(source).ok_or_else(|| RegisterShopError::UnknownSource(source.to_owned()))?;
        let domain = known.adapter.account(domain).ok_or(RegisterShopError::BadDomain)?;
        let text = secret.expose_secret();
        let printable = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        if !printable || text.trim() != text || !SECRET_BYTES.contains(&text.len()) {
            return Err(RegisterShopError::BadSecret);
        }
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let sealed = keys.seal(SECRET, text.as_bytes()).map_err(database::Error::from)?;
        let now = self.clock.now();
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let known_before = tx.fetch_optional(&GET, bind![source, &domain]).await?.is_some();
        // Said twice, it is the same change: the old secret must stay the one before.
        let stored = tx.fetch_optional(&SECRET_OF, bind![source, &domain]).await?;
        let stored = stored.map(|row| row.get::<Vec<u8>>(0)).transpose()?;
        let same =
            stored.map(|stored| keys.open(SECRET, &stored)).transpose().map_err(database::Error::from)?;
        if same.as_deref() != Some(text.as_bytes()) {
            tx.execute(&SAVE, bind![source, &domain, sealed, now, now + SECRET_OVERLAP]).await?;
        }
        let shop = read(&tx.fetch_one(&GET, bind![source, &domain]).await?)?;
        tx.commit().await?;
        known.forget(&domain);
        Ok(if known_before { Registered::SecretReplaced(shop) } else { Registered::Added(shop) })
    }

    /// The tenant's domains, by name.
    pub async fn shops(&self, tenant: TenantId) -> database::Result<Vec<Shop>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![]).await?;
        tx.commit().await?;
        rows.iter().map(read).collect()
    }

    /// Gives a domain up: its messages are refused from now on, at most a second later by other processes,
    /// and another tenant may prove it. Answers whether the tenant had it.
    pub async fn release_shop(&self, tenant: TenantId, source: &str, domain: &str) -> database::Result<bool> {
        let Some(known) = self.source(source) else { return Ok(false) };
        let Some(domain) = known.adapter.account(domain) else { return Ok(false) };
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let deleted = tx.execute(&DELETE, bind![source, &domain]).await?;
        tx.commit().await?;
        known.forget(&domain);
        Ok(deleted == 1)
    }

    /// Makes a pending domain the tenant's own. Answers whether it is now: another tenant may have been first.
    pub(crate) async fn activate_shop(
        &self,
        tenant: TenantId,
        source: &str,
        domain: &str,
    ) -> database::Result<bool> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let activated = match tx.execute(&ACTIVATE, bind![source, domain, self.clock.now()]).await {
            Ok(_) => true,
            Err(error) if error.is_duplicate() => {
                tx.rollback().await?;
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        // None is changed when another request of the same shop was faster, or the shop is gone.
        let found = tx.fetch_optional(&GET, bind![source, domain]).await?.as_ref().map(read).transpose()?;
        tx.commit().await?;
        tracing::info!(%tenant, source, domain, "a shop's domain is active");
        Ok(activated && found.is_some_and(|shop| shop.active))
    }
}

fn read(row: &database::Row) -> database::Result<Shop> {
    let status: String = row.get(2)?;
    Ok(Shop {
        source: row.get(0)?,
        domain: row.get(1)?,
        active: status == "active",
        created_at: row.time(3)?,
        activated_at: row.time_opt(4)?,
        previous_secret_until: row.time_opt(5)?,
    })
}
