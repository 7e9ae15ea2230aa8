//! API keys of programs.

use database::{Scope, Statement, SystemReason, bind, sql, system_sql};
use domain::{ApiKeyId, Permission, Role, SignedDuration, TenantId, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use crate::{Actor, Caller, Identity, Tenant, tokens};

const INSERT: Statement = sql!("insert_api_key.sql");
const FIND: Statement = system_sql!("system/find_api_key.sql");
const LIST: Statement = sql!("list_api_keys.sql");
const REVOKE: Statement = sql!("revoke_api_key.sql");
const TOUCH: Statement = sql!("touch_api_key.sql");

/// Characters of a key that may be shown to tell it from others.
const VISIBLE: usize = 12;
const TOUCH_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// Lets a key read the installation's metrics. It stands beside the permissions and `*` does not hold it: metrics
/// count all organisations.
pub const METRICS_SCOPE: &str = "metrics:read";

/// A key as it is listed; the secret itself is not kept.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// Its first characters.
    pub prefix: String,
    /// Whether it acts on real data.
    pub live: bool,
    /// What it is in its organisation.
    pub role: Role,
    /// Its scopes.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// What it is for, in words.
    pub name: String,
    /// Whether it acts on real data.
    pub live: bool,
    /// What it is in its organisation: it may do what the role may, as far as a scope says so.
    pub role: Role,
    /// Permissions of the role such as `orders:read`, `*` for all of them, or [`METRICS_SCOPE`].
    pub scopes: Vec<String>,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

/// Why a key was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateApiKeyError {
    /// The name is empty or long.
    #[error("a name has 1 to 120 characters")]
    BadName,
    /// A scope is unknown or there is none.
    #[error("{0:?} is no scope: use * or a permission such as orders:read")]
    BadScope(String),
    /// No key of this role could ever use the scope.
    #[error("a key of the role {role} may never use {scope}: choose another one with --role ({})", may(*.scope))]
    NotOfRole {
        /// What was asked for.
        scope: Permission,
        /// For which role.
        role: Role,
    },
    /// The expiry has passed.
    #[error("the expiry lies in the past")]
    Expired,
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl Identity {
    /// Makes a key. The answer is the only time it exists in clear.
    pub async fn create_api_key(
        &self,
        tenant: TenantId,
        key: NewApiKey,
    ) -> Result<SecretString, CreateApiKeyError> {
        let name = key.name.trim();
        if name.is_empty() || name.chars().count() > 120 {
            return Err(CreateApiKeyError::BadName);
        }
        check_scopes(&key.scopes, key.role)?;
        let now = self.clock.now();
        if key.expires_at.is_some_and(|at| at <= now) {
            return Err(CreateApiKeyError::Expired);
        }
        let environment = if key.live { "live" } else { "test" };
        let secret: SecretString =
            format!("ltpr_{environment}_{}", tokens::random_token().expose_secret()).into();
        let prefix = &secret.expose_secret()[..VISIBLE];
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let id = ApiKeyId::from(self.ids.next());
        tx.execute(
            &INSERT,
            bind![
                id,
                name,
                prefix,
                tokens::hash(&secret),
                environment,
                key.scopes.join(" "),
                now,
                key.expires_at,
                key.role.as_str(),
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// An organisation's keys, oldest first, the revoked ones too.
    pub async fn api_keys(&self, tenant: TenantId) -> database::Result<Vec<ApiKey>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![]).await?;
        tx.commit().await?;
        rows.iter()
            .map(|row| {
                let scopes: String = row.get(4)?;
                Ok(ApiKey {
                    id: row.id(0)?,
                    name: row.get(1)?,
                    prefix: row.get(2)?,
                    live: row.get::<String>(3)? == "live",
                    scopes: scopes.split(' ').map(str::to_owned).collect(),
                    created_at: row.time(5)?,
                    expires_at: row.time_opt(6)?,
                    last_used_at: row.time_opt(7)?,
                    revoked_at: row.time_opt(8)?,
                    role: row.parse(9)?,
                })
            })
            .collect()
    }

    /// Ends a key: it fails from its next use on. Answers whether there is such a key; ending it twice changes
    /// nothing.
    pub async fn revoke_api_key(&self, tenant: TenantId, id: ApiKeyId) -> database::Result<bool> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let known = tx.execute(&REVOKE, bind![id, self.clock.now()]).await? == 1;
        tx.commit().await?;
        Ok(known)
    }

    /// The caller behind a key; none when it is unknown, expired or revoked.
    pub async fn authenticate_api_key(&self, key: &SecretString) -> database::Result<Option<Caller>> {
        let now = self.clock.now();
        let mut tx = self.db.read(Scope::System(SystemReason::Authentication)).await?;
        let found = tx.fetch_optional(&FIND, bind![tokens::hash(key), now]).await?;
        tx.commit().await?;
        let Some(row) = found else { return Ok(None) };
        let tenant = Tenant {
            id: row.id(0)?,
            slug: row.get(6)?,
            name: row.get(7)?,
            demo: row.get(8)?,
            country: row.parse(9)?,
        };
        let id: ApiKeyId = row.id(1)?;
        if row.time_opt(5)?.is_none_or(|last| now.duration_since(last) > TOUCH_EVERY) {
            let mut tx = self.db.write(Scope::Tenant(tenant.id)).await?;
            tx.execute(&TOUCH, bind![id, now]).await?;
            tx.commit().await?;
        }
        let scopes: String = row.get(4)?;
        let actor = Actor::ApiKey {
            id,
            scopes: scopes.split(' ').map(str::to_owned).collect(),
            live: row.get::<String>(3)? == "live",
        };
        Ok(Some(Caller { tenant, actor, role: row.parse(10)? }))
    }
}

fn check_scopes(scopes: &[String], role: Role) -> Result<(), CreateApiKeyError> {
    if scopes.is_empty() {
        return Err(CreateApiKeyError::BadScope(String::new()));
    }
    for scope in scopes.iter().filter(|scope| *scope != "*" && *scope != METRICS_SCOPE) {
        let permission = scope.parse().map_err(|_| CreateApiKeyError::BadScope(scope.clone()))?;
        if !role.may(permission) {
            return Err(CreateApiKeyError::NotOfRole { scope: permission, role });
        }
    }
    Ok(())
}

/// The roles that may use a permission, for people.
fn may(permission: Permission) -> String {
    let roles = Role::all().iter().filter(|role| role.may(permission));
    roles.map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
}
