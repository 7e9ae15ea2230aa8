//! Who may act: tenants, users, sessions, API keys, set-up links.
//!
//! Owns `tenants`, `users`, `sessions`, `api_keys`, `setup_links`, `login_failures`. Invariants:
//!
//! * A password, a session token, an API key and a set-up token exist in clear only on their way to the
//!   person; stored are an argon2id hash of the first and SHA-256 hashes of the others, which are random.
//! * An e-mail address belongs to one user of the whole installation, so that a log-in needs no tenant.
//! * Five failures lock an account for half an hour, whichever process is asked and whether or not it exists; failures
//!   of strangers do not lock out browsers in which its owner logged in before.
//! * A person has five sessions at most, and ends any of them.
//! * There is no default user: the first administrator comes in by a one-time link.

mod api_keys;
mod attempts;
mod caller;
mod device;
mod passwords;
mod people;
mod sessions;
mod setup_links;
mod tenants;
mod tokens;
mod users;

use std::sync::Arc;

use database::Db;
use domain::{Clock, Ids};

pub use crate::api_keys::{ApiKey, CreateApiKeyError, METRICS_SCOPE, NewApiKey};
pub use crate::caller::{Actor, Caller};
pub use crate::passwords::{PasswordError, PasswordHashing};
pub use crate::people::{ChangeUserError, User};
pub use crate::sessions::{LogInError, LoggedIn, OpenSession, Visitor};
pub use crate::setup_links::{RedeemError, SETUP_LINK_LIFETIME};
pub use crate::tenants::{CreateTenantError, Tenant};
pub use crate::users::{CreateUserError, NewUser};

/// Use cases of this service.
#[derive(Clone)]
pub struct Identity {
    db: Db,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    passwords: PasswordHashing,
}

impl Identity {
    /// Builds the service.
    #[must_use]
    pub fn new(db: Db, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self { db, clock, ids, passwords: PasswordHashing::new() }
    }
}
