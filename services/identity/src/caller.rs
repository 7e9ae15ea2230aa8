//! Who is asking, after authentication.

use domain::{ApiKeyId, Permission, Role, SessionId, UserId};

use crate::{METRICS_SCOPE, Tenant};

/// Who is asking and for which tenant.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The tenant all of the caller's requests are about.
    pub tenant: Tenant,
    /// The person or the program.
    pub actor: Actor,
    /// The role.
    pub role: Role,
}

/// A person or a program.
#[derive(Clone)]
pub enum Actor {
    /// A person, in a session.
    User {
        /// Who.
        id: UserId,
        /// The session the request came with.
        session: SessionId,
        /// Name for people.
        name: String,
        /// E-mail address.
        email: String,
    },
    /// A program, with a key.
    ApiKey {
        /// Which key.
        id: ApiKeyId,
        /// Its scopes: permissions, or `*` for all that the role has.
        scopes: Vec<String>,
        /// Whether the key acts on real data.
        live: bool,
    },
}

impl Caller {
    /// Whether the caller may do something: the role allows it and, for a key, a scope does too.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        let in_scope = match &self.actor {
            Actor::User { .. } => true,
            Actor::ApiKey { scopes, .. } => {
                scopes.iter().any(|scope| scope == "*" || scope == permission.as_str())
            }
        };
        in_scope && self.role.may(permission)
    }

    /// Whether the caller may read the installation's metrics: a key that was made for it.
    #[must_use]
    pub fn reads_metrics(&self) -> bool {
        match &self.actor {
            Actor::User { .. } => false,
            Actor::ApiKey { scopes, .. } => scopes.iter().any(|scope| scope == METRICS_SCOPE),
        }
    }

    /// Whether personal data is masked for this caller: whoever only looks needs no phone numbers.
    #[must_use]
    pub fn sees_masked(&self) -> bool {
        !self.may(Permission::GuidesWrite)
    }

    /// The user, when a person is asking.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        match &self.actor {
            Actor::User { id, .. } => Some(*id),
            Actor::ApiKey { .. } => None,
        }
    }
}

/// Shows ids alone: names and addresses are personal.
impl std::fmt::Debug for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User { id, .. } => write!(f, "User({id})"),
            Self::ApiKey { id, .. } => write!(f, "ApiKey({id})"),
        }
    }
}
