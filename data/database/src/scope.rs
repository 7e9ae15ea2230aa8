//! Whose rows a transaction may see.

use domain::TenantId;

/// Whose rows a transaction may see and change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One tenant's rows: the rule.
    Tenant(TenantId),
    /// All rows: the exception, with its reason. The source files that may use it are listed in
    /// `xtask/data/system-scope.txt`.
    System(SystemReason),
}

/// Why a transaction needs to look across tenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemReason {
    /// Finding the tenant of somebody who logs in or presents a token or key.
    Authentication,
    /// Creating, listing and checking tenants from the command line or a health probe.
    Administration,
    /// Finding the next piece of work, whichever tenant it belongs to.
    WorkClaim,
    /// Reading a tenant's wrapped keys.
    Keys,
}

impl Scope {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tenant(_) => "tenant",
            Self::System(_) => "system",
        }
    }
}
