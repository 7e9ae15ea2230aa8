//! The one-time link by which the first administrator comes in.

use database::{Scope, Statement, SystemReason, bind, sql, system_sql};
use domain::{Role, SignedDuration, TenantId};
use secrecy::SecretString;
use uuid::Uuid;

use crate::{CreateUserError, Identity, LoggedIn, NewUser, Visitor, tokens};

const INSERT: Statement = sql!("insert_setup_link.sql");
const FIND: Statement = system_sql!("system/find_setup_link.sql");
const USE: Statement = sql!("use_setup_link.sql");

/// How long a link works.
pub const SETUP_LINK_LIFETIME: SignedDuration = SignedDuration::from_mins(30);

/// Why a link did not make an administrator.
#[derive(Debug, thiserror::Error)]
pub enum RedeemError {
    /// Unknown, used or expired.
    #[error("the set-up link is not valid any more")]
    Invalid,
    /// The person's data cannot be used.
    #[error(transparent)]
    User(#[from] CreateUserError),
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl Identity {
    /// Makes a link's token. The answer is the only time it exists in clear.
    pub async fn create_setup_link(&self, tenant: TenantId) -> database::Result<SecretString> {
        let token = tokens::random_token();
        let now = self.clock.now();
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let id = self.ids.next();
        tx.execute(&INSERT, bind![id, tokens::hash(&token), now, now + SETUP_LINK_LIFETIME]).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Makes an administrator of whoever holds a valid link, and logs them in. The link is spent in the
    /// same transaction that creates the user. Failed log-ins with their e-mail address are forgotten.
    pub async fn redeem_setup_link(
        &self,
        token: &SecretString,
        name: String,
        email: String,
        password: SecretString,
        visitor: &Visitor,
    ) -> Result<LoggedIn, RedeemError> {
        let (tenant, link) = self.valid_link(token).await?.ok_or(RedeemError::Invalid)?;
        let user = self.prepare_user(NewUser { name, email, role: Role::Admin, password }).await?;
        let account = self.login_blind(&user.email).await?;
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        if tx.execute(&USE, bind![link, self.clock.now()]).await? == 0 {
            return Err(RedeemError::Invalid);
        }
        let id = self.insert_user(&mut tx, tenant, user).await?;
        tx.commit().await?;
        self.forget_failures(account.clone()).await?;
        self.enter(tenant, id, &account, visitor).await?.ok_or(RedeemError::Invalid)
    }

    async fn valid_link(&self, token: &SecretString) -> database::Result<Option<(TenantId, Uuid)>> {
        let mut tx = self.db.read(Scope::System(SystemReason::Authentication)).await?;
        let found = tx.fetch_optional(&FIND, bind![tokens::hash(token), self.clock.now()]).await?;
        tx.commit().await?;
        found.map(|row| Ok((row.id(0)?, row.get(1)?))).transpose()
    }
}
