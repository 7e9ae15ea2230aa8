//! Sessions of people in a browser.

use std::net::IpAddr;

use database::{Scope, Statement, SystemReason, bind, sql, system_sql};
use domain::{SessionId, SignedDuration, TenantId, Timestamp, UserId};
use secrecy::{ExposeSecret, SecretString};

use crate::users::{EMAIL, NAME, normalise_email};
use crate::{Actor, Caller, Identity, PasswordError, Tenant, device, tokens};

const FIND_USER: Statement = system_sql!("system/find_user_for_login.sql");
const RECORD_LOGIN: Statement = sql!("record_login.sql");
const INSERT: Statement = sql!("insert_session.sql");
const FIND: Statement = system_sql!("system/find_session.sql");
const TOUCH: Statement = sql!("touch_session.sql");
const LIST: Statement = sql!("list_sessions.sql");
const END: Statement = sql!("end_session.sql");
const END_OTHERS: Statement = sql!("end_other_sessions.sql");
const END_OLDEST: Statement = sql!("end_oldest_sessions.sql");

const AUTHENTICATION: Scope = Scope::System(SystemReason::Authentication);

/// A session ends this long after the log-in.
const LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A session ends after this long without a request.
const IDLE: SignedDuration = SignedDuration::from_hours(8);
/// Sessions a person has at once; with one more the oldest ends.
const MOST: u32 = 5;
/// Characters that are kept of what a browser says it is.
const MAX_AGENT: usize = 300;
/// How stale "last seen" may be: a write on every request would serve nobody.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_secs(60);

const AGENT: &str = "sessions.agent";
const ADDRESS: &str = "sessions.address";

/// Who is at the door, before it is known who they are.
#[derive(Clone, Default)]
pub struct Visitor {
    /// The address they come from.
    pub address: Option<IpAddr>,
    /// What their browser says it is.
    pub agent: Option<String>,
    /// The device token of an earlier log-in in this browser.
    pub device: Option<SecretString>,
}

/// A new session.
pub struct LoggedIn {
    /// The cookie's value. Only its hash is stored.
    pub token: SecretString,
    /// A token by which this browser is known at the next log-in. It lets nobody in.
    pub device: SecretString,
    /// Who logged in.
    pub caller: Caller,
}

/// A session that is open.
#[derive(Clone)]
pub struct OpenSession {
    /// Its id.
    pub id: SessionId,
    /// When its person logged in.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_seen_at: Timestamp,
    /// What the browser said it is.
    pub agent: Option<String>,
    /// The address of the log-in.
    pub address: Option<String>,
}

/// Shows the id alone: where somebody logged in is personal.
impl std::fmt::Debug for OpenSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OpenSession({})", self.id)
    }
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
    /// Checks a password and opens a session. Five failures lock an account for half an hour, whether or not it exists,
    /// but for browsers in which its owner logged in before, which have five of their own. After twenty from an address
    /// its next try has to wait, for half an hour at most.
    pub async fn log_in(
        &self,
        email: &str,
        password: SecretString,
        visitor: &Visitor,
    ) -> Result<LoggedIn, LogInError> {
        let blind = match normalise_email(email) {
            Some(email) => Some(self.login_blind(&email).await?),
            None => None,
        };
        let found = match &blind {
            Some(blind) => self.user_for_login(blind.clone()).await?,
            None => None,
        };
        let stored = found.as_ref().map(|user| user.password_hash.clone());
        let attempt = self.begin_attempt(blind.clone(), stored.as_deref(), visitor).await?;
        let fits = self.passwords.fits(password, stored).await?;
        let user = found.filter(|user| fits && user.active).ok_or(LogInError::BadCredentials)?;
        self.succeeded(&attempt).await?;
        let account = blind.ok_or(LogInError::BadCredentials)?;
        let logged_in = self.enter(user.tenant, user.id, &account, visitor).await?;
        logged_in.ok_or(LogInError::BadCredentials)
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

    /// A person's open sessions, the one used last first.
    pub async fn sessions(&self, tenant: TenantId, user: UserId) -> database::Result<Vec<OpenSession>> {
        let now = self.clock.now();
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![user, now, now - IDLE]).await?;
        tx.commit().await?;
        let open = |field, sealed: Option<Vec<u8>>| {
            sealed.map(|sealed| keys.open_text(field, &sealed)).transpose().map_err(database::Error::from)
        };
        rows.iter()
            .map(|row| {
                Ok(OpenSession {
                    id: row.id(0)?,
                    created_at: row.time(1)?,
                    last_seen_at: row.time(2)?,
                    agent: open(AGENT, row.get(3)?)?,
                    address: open(ADDRESS, row.get(4)?)?,
                })
            })
            .collect()
    }

    /// Ends a person's session. Answers whether there was one; its next request is refused.
    pub async fn end_session(
        &self,
        tenant: TenantId,
        user: UserId,
        session: SessionId,
    ) -> database::Result<bool> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let ended = tx.execute(&END, bind![user, session, self.clock.now()]).await?;
        tx.commit().await?;
        Ok(ended > 0)
    }

    /// Ends a person's sessions but one.
    pub async fn end_other_sessions(
        &self,
        tenant: TenantId,
        user: UserId,
        kept: SessionId,
    ) -> database::Result<()> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        tx.execute(&END_OTHERS, bind![user, kept, self.clock.now()]).await?;
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

    /// Opens a session for somebody who has proven who they are; none if they were shut out meanwhile. The account is
    /// the blind index of their e-mail address.
    pub(crate) async fn enter(
        &self,
        tenant: TenantId,
        user: UserId,
        account: &[u8],
        visitor: &Visitor,
    ) -> database::Result<Option<LoggedIn>> {
        let token = self.open_session(tenant, user, visitor).await?;
        let system = self.db.keyring().system(&self.db).await?;
        let known = visitor.device.clone().filter(|token| device::is_of(&system, account, token));
        let device = known.unwrap_or_else(|| device::token(&system, account));
        let caller = self.authenticate_session(&token).await?;
        Ok(caller.map(|caller| LoggedIn { token, device, caller }))
    }

    async fn open_session(
        &self,
        tenant: TenantId,
        user: UserId,
        visitor: &Visitor,
    ) -> database::Result<SecretString> {
        let token = tokens::random_token();
        let now = self.clock.now();
        let id = SessionId::from(self.ids.next());
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let agent = visitor.agent.as_ref().map(|agent| agent.chars().take(MAX_AGENT).collect::<String>());
        let agent = keys.seal_text(AGENT, agent.as_deref())?;
        let address = visitor.address.map(|address| address.to_string());
        let address = keys.seal_text(ADDRESS, address.as_deref())?;
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        // First, so that two log-ins of one person take turns and count each other.
        tx.execute(&RECORD_LOGIN, bind![user, now]).await?;
        tx.execute(&INSERT, bind![id, user, tokens::hash(&token), now, now + LIFETIME, agent, address])
            .await?;
        tx.execute(&END_OLDEST, bind![user, now, now - IDLE, MOST]).await?;
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
