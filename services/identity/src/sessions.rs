//! Sessions of people in a browser.

use std::net::IpAddr;

use database::{Scope, Statement, SystemReason, bind, sql, system_sql};
use domain::{SessionId, SignedDuration, TenantId, UserId};
use secrecy::{ExposeSecret, SecretString};

use crate::users::{EMAIL, NAME, normalise_email};
use crate::{Actor, Caller, Identity, PasswordError, Tenant, tokens};

const FIND_USER: Statement = system_sql!("system/find_user_for_login.sql");
const RECORD_LOGIN: Statement = sql!("record_login.sql");
const INSERT: Statement = sql!("insert_session.sql");
const FIND: Statement = system_sql!("system/find_session.sql");
const TOUCH: Statement = sql!("touch_session.sql");
const REVOKE: Statement = sql!("revoke_session.sql");

const AUTHENTICATION: Scope = Scope::System(SystemReason::Authentication);

/// A session ends this long after the log-in.
const LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A session ends after this long without a request.
const IDLE: SignedDuration = SignedDuration::from_hours(8);
/// How stale "last seen" may be: a write on every request would serve nobody.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// A new session.
pub struct LoggedIn {
    /// The cookie's value. Only its hash is stored.
    pub token: SecretString,
    /// Who logged in.
    pub caller: Caller,
}

/// Why a log-in was refused.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// Unknown address, wrong password or inactive user: the answer does not tell which.
    #[error("the e-mail address or the password is wrong")]
    BadCredentials,
    /// Too many failures of this account or from this address.
    #[error("too many failed log-ins: wait {} seconds", .wait.as_secs() + 1)]
    TooManyAttempts {
        /// How long until the next try.
        wait: SignedDuration,
    },
    /// The password could not be checked.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl Identity {
    /// Checks a password and opens a session. After five failures of an account, or twenty from an address, the
    /// next try has to wait, whether or not the account exists: for half an hour at most an address, for a minute an
    /// account.
    pub async fn log_in(
        &self,
        email: &str,
        password: SecretString,
        from: Option<IpAddr>,
    ) -> Result<LoggedIn, LogInError> {
        let blind = match normalise_email(email) {
            Some(email) => Some(self.login_blind(&email).await?),
            None => None,
        };
        let attempt = self.begin_attempt(blind.clone(), from).await?;
        let found = match blind {
            Some(blind) => self.user_for_login(blind).await?,
            None => None,
        };
        let stored = found.as_ref().map(|user| user.password_hash.clone());
        let fits = self.passwords.fits(password, stored).await?;
        let user = found.filter(|user| fits && user.active).ok_or(LogInError::BadCredentials)?;
        self.succeeded(&attempt).await?;
        let token = self.open_session(user.tenant, user.id).await?;
        let caller = self.authenticate_session(&token).await?.ok_or(LogInError::BadCredentials)?;
        Ok(LoggedIn { token, caller })
    }

    /// The caller behind a session token; none when the session ended, is idle or was revoked.
    pub async fn authenticate_session(&self, token: &SecretString) -> database::Result<Option<Caller>> {
        let now = self.clock.now();
        let mut tx = self.db.read(AUTHENTICATION).await?;
        let found = tx.fetch_optional(&FIND, bind![tokens::hash(token), now, now - IDLE]).await?;
        tx.commit().await?;
        let Some(row) = found else { return Ok(None) };
        let tenant = Tenant {
            id: row.id(0)?,
            slug: row.get(3)?,
            name: row.get(4)?,
            demo: row.get(5)?,
            country: row.parse(10)?,
        };
        let session: SessionId = row.id(1)?;
        if now.duration_since(row.time(2)?) > TOUCH_EVERY {
            let mut tx = self.db.write(Scope::Tenant(tenant.id)).await?;
            tx.execute(&TOUCH, bind![session, now]).await?;
            tx.commit().await?;
        }
        let keys = self.db.keyring().tenant(&self.db, tenant.id).await?;
        let actor = Actor::User {
            id: row.id(6)?,
            session,
            name: keys.open_text(NAME, &row.get::<Vec<u8>>(9)?)?,
            email: keys.open_text(EMAIL, &row.get::<Vec<u8>>(8)?)?,
        };
        Ok(Some(Caller { tenant, actor, role: row.parse(7)? }))
    }

    /// Whether a session token still lets somebody in. Unlike a request, asking does not keep it awake.
    pub async fn session_holds(&self, token: &SecretString) -> database::Result<bool> {
        let now = self.clock.now();
        let mut tx = self.db.read(AUTHENTICATION).await?;
        let found = tx.fetch_optional(&FIND, bind![tokens::hash(token), now, now - IDLE]).await?;
        tx.commit().await?;
        Ok(found.is_some())
    }

    /// Ends a session; ending it twice changes nothing.
    pub async fn log_out(&self, tenant: TenantId, session: SessionId) -> database::Result<()> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        tx.execute(&REVOKE, bind![session, self.clock.now()]).await?;
        tx.commit().await
    }

    /// The token a page must send back with every change, derived from the session's own token: another
    /// site can make a browser send the cookie, but cannot know this.
    #[must_use]
    pub fn csrf_token(session_token: &SecretString) -> String {
        use base64::Engine as _;
        use sha2::{Digest, Sha256};
        let digest = Sha256::new()
            .chain_update(b"litper csrf\0")
            .chain_update(session_token.expose_secret().as_bytes())
            .finalize();
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest)
    }

    pub(crate) async fn open_session(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> database::Result<SecretString> {
        let token = tokens::random_token();
        let now = self.clock.now();
        let id = SessionId::from(self.ids.next());
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        tx.execute(&INSERT, bind![id, user, tokens::hash(&token), now, now + LIFETIME]).await?;
        tx.execute(&RECORD_LOGIN, bind![user, now]).await?;
        tx.commit().await?;
        Ok(token)
    }

    async fn user_for_login(&self, blind: Vec<u8>) -> database::Result<Option<StoredUser>> {
        let mut tx = self.db.read(AUTHENTICATION).await?;
        let found = tx.fetch_optional(&FIND_USER, bind![blind]).await?;
        tx.commit().await?;
        found
            .map(|row| {
                Ok(StoredUser {
                    tenant: row.id(0)?,
                    id: row.id(1)?,
                    password_hash: row.get(2)?,
                    active: row.get(3)?,
                })
            })
            .transpose()
    }
}

struct StoredUser {
    tenant: TenantId,
    id: UserId,
    password_hash: String,
    active: bool,
}
