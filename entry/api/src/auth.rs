//! Who is asking, and whether they may.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum_extra::extract::CookieJar;
use domain::Permission;
use identity::{Actor, Caller, Identity};
use secrecy::SecretString;
use subtle::ConstantTimeEq;
use tracking::ChangedBy;

use crate::{Api, Limits, Problem};

/// The cookie of a session.
pub(crate) const SESSION_COOKIE: &str = "litper_session";
const CSRF_HEADER: &str = "x-csrf-token";

/// What a route asks of its caller.
pub(crate) trait Permit: Send + Sync {
    /// The permission; none where any authenticated caller may.
    const PERMISSION: Option<Permission>;
}

macro_rules! permits {
    ($($(#[$doc:meta])* $name:ident => $permission:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name;
        impl Permit for $name {
            const PERMISSION: Option<Permission> = $permission;
        }
    )*};
}

permits! {
    /// Any authenticated caller.
    Anyone => None;
    /// May look at shipments.
    GuidesRead => Some(Permission::GuidesRead);
    /// May change shipments.
    GuidesWrite => Some(Permission::GuidesWrite);
    /// May look at orders.
    OrdersRead => Some(Permission::OrdersRead);
    /// May place and change orders.
    OrdersWrite => Some(Permission::OrdersWrite);
    /// May change how the organisation works.
    SystemConfig => Some(Permission::SystemConfig);
    /// May look at reports.
    AnalyticsRead => Some(Permission::AnalyticsRead);
    /// May see who works in the organisation, and what they get done.
    UsersRead => Some(Permission::UsersRead);
    /// May repair what failed.
    SystemAdmin => Some(Permission::SystemAdmin);
}

/// A caller who may do what the route does. A handler that takes it cannot be reached without.
#[derive(Debug)]
pub(crate) struct Authorized<P> {
    /// Who.
    pub(crate) caller: Caller,
    permit: PhantomData<P>,
}

impl<P> Authorized<P> {
    /// Whom a change of the organisation's settings is told of.
    pub(crate) fn changed_by(&self) -> ChangedBy {
        match &self.caller.actor {
            Actor::User { id, .. } => ChangedBy::User(*id),
            Actor::ApiKey { id, .. } => ChangedBy::ApiKey(*id),
        }
    }
}

impl<P: Permit> FromRequestParts<Api> for Authorized<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let caller = match bearer(&parts.headers) {
            Some(key) => api.identity.authenticate_api_key(&key).await?,
            None => by_cookie(parts, api).await?,
        };
        let caller = caller.ok_or_else(Problem::unauthenticated)?;
        if let Some(Limits(limits)) = parts.extensions.get() {
            limits.admit(&caller).await?;
        }
        match P::PERMISSION {
            Some(permission) if !caller.may(permission) => Err(forbidden(&caller, permission.as_str())),
            Some(_) | None => Ok(Self { caller, permit: PhantomData }),
        }
    }
}

/// The caller may not do this.
pub(crate) fn forbidden(caller: &Caller, permission: &str) -> Problem {
    match &caller.actor {
        Actor::User { .. } => Problem::forbidden(permission),
        Actor::ApiKey { .. } => Problem::forbidden_to_key(permission),
    }
}

/// What a caller showed, kept to ask later whether it still holds.
pub(crate) enum Credential {
    /// A program's key.
    Key(SecretString),
    /// A browser's session.
    Session(SecretString),
}

impl Credential {
    /// What came with a request.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        bearer(headers).map(Self::Key).or_else(|| session_token(headers).map(Self::Session))
    }

    /// Whether it still lets somebody in. Asking does not keep a session awake.
    pub(crate) async fn holds(&self, identity: &Identity) -> database::Result<bool> {
        match self {
            Self::Key(key) => Ok(identity.authenticate_api_key(key).await?.is_some()),
            Self::Session(token) => identity.session_holds(token).await,
        }
    }
}

/// The session token a browser sent.
pub(crate) fn session_token(headers: &HeaderMap) -> Option<SecretString> {
    let jar = CookieJar::from_headers(headers);
    jar.get(SESSION_COOKIE).map(|cookie| cookie.value().to_owned().into())
}

fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim().to_owned().into())
}

async fn by_cookie(parts: &Parts, api: &Api) -> Result<Option<Caller>, Problem> {
    let Some(token) = session_token(&parts.headers) else { return Ok(None) };
    let caller = api.identity.authenticate_session(&token).await?;
    if caller.is_some() && !parts.method.is_safe() {
        check_csrf(&parts.headers, &token)?;
    }
    Ok(caller)
}

/// A browser sends the cookie for any site that asks it to; only our own pages know the token.
fn check_csrf(headers: &HeaderMap, token: &SecretString) -> Result<(), Problem> {
    let expected = Identity::csrf_token(token);
    let given = headers.get(CSRF_HEADER).map(header::HeaderValue::as_bytes).unwrap_or_default();
    if bool::from(expected.as_bytes().ct_eq(given)) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "csrf-token-missing",
        "Changes made with a session need its X-CSRF-Token",
    ))
}
