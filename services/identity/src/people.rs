//! Looking after people's accounts.

use std::collections::{BTreeSet, HashMap};

use database::{Row, Scope, Statement, Tx, bind, sql};
use domain::{Role, TenantId, Timestamp, UserId};
use secrecy::SecretString;

use crate::users::{EMAIL, NAME, normalise_email};
use crate::{Identity, PasswordError};

const NAMES: Statement = sql!("find_names.sql");
const LIST: Statement = sql!("list_users.sql");
const FIND: Statement = sql!("find_user.sql");
const SET_ACTIVE: Statement = sql!("set_user_active.sql");
const SET_PASSWORD: Statement = sql!("set_user_password.sql");
const REVOKE_SESSIONS: Statement = sql!("revoke_user_sessions.sql");

/// A person with an account.
#[derive(Clone)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// E-mail address.
    pub email: String,
    /// Name for people.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Whether they may log in.
    pub active: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When they logged in last.
    pub last_login_at: Option<Timestamp>,
}

/// Shows the id alone: name and address are personal.
impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "User({})", self.id)
    }
}

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeUserError {
    /// Nobody of the organisation has this address.
    #[error("nobody has this e-mail address here")]
    Unknown,
    /// The password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl Identity {
    /// An organisation's people, oldest account first.
    pub async fn users(&self, tenant: TenantId) -> database::Result<Vec<User>> {
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![]).await?;
        tx.commit().await?;
        let user = |row: &Row| {
            Ok(User {
                id: row.id(0)?,
                email: keys.open_text(EMAIL, &row.get::<Vec<u8>>(1)?)?,
                name: keys.open_text(NAME, &row.get::<Vec<u8>>(2)?)?,
                role: row.parse(3)?,
                active: row.get(4)?,
                created_at: row.time(5)?,
                last_login_at: row.time_opt(6)?,
            })
        };
        rows.iter().map(user).collect()
    }

    /// The names of some of an organisation's people; who is not there has none.
    pub async fn names(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<UserId>,
    ) -> database::Result<HashMap<UserId, String>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_many(&NAMES, ids.iter().map(|id| bind![*id]).collect()).await?;
        tx.commit().await?;
        rows.iter().map(|row| Ok((row.id(0)?, keys.open_text(NAME, &row.get::<Vec<u8>>(1)?)?))).collect()
    }

    /// Lets a person log in again, or no more; then their sessions end with their next request.
    pub async fn set_active(
        &self,
        tenant: TenantId,
        email: &str,
        active: bool,
    ) -> Result<UserId, ChangeUserError> {
        let (mut tx, user) = self.account(tenant, email).await?;
        let now = self.clock.now();
        tx.execute(&SET_ACTIVE, bind![user, active, now]).await?;
        if !active {
            tx.execute(&REVOKE_SESSIONS, bind![user, now]).await?;
        }
        tx.commit().await?;
        Ok(user)
    }

    /// Replaces a person's password, ends their sessions and forgets failed log-ins: they come in at once.
    pub async fn set_password(
        &self,
        tenant: TenantId,
        email: &str,
        password: SecretString,
    ) -> Result<UserId, ChangeUserError> {
        // Before the transaction: it takes long.
        let hash = self.passwords.hash(password).await?;
        let (mut tx, user) = self.account(tenant, email).await?;
        let now = self.clock.now();
        tx.execute(&SET_PASSWORD, bind![user, hash, now]).await?;
        tx.execute(&REVOKE_SESSIONS, bind![user, now]).await?;
        tx.commit().await?;
        if let Some(email) = normalise_email(email) {
            self.forget_failures(self.login_blind(&email).await?).await?;
        }
        Ok(user)
    }

    async fn account(&self, tenant: TenantId, email: &str) -> Result<(Tx, UserId), ChangeUserError> {
        let email = normalise_email(email).ok_or(ChangeUserError::Unknown)?;
        let blind = self.login_blind(&email).await?;
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_optional(&FIND, bind![blind]).await?;
        let user = found.ok_or(ChangeUserError::Unknown)?.id(0)?;
        Ok((tx, user))
    }
}
