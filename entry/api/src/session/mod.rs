//! Sessions of the console.

pub(crate) mod current;
pub(crate) mod log_in;
pub(crate) mod log_out;

use axum_extra::extract::cookie::{Cookie, SameSite};
use domain::Role;
use identity::{Actor, Caller, Identity};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Problem;
use crate::auth::SESSION_COOKIE;

/// Who is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    user: User,
    tenant: Tenant,
    /// Send it as `X-CSRF-Token` with every change.
    csrf_token: String,
    /// What the role may do: `orders:read`.
    #[schema(value_type = Vec<String>)]
    permissions: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionUser)]
struct User {
    id: String,
    name: String,
    email: String,
    #[schema(value_type = String, example = "operator")]
    role: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionTenant)]
struct Tenant {
    id: String,
    slug: String,
    name: String,
    /// Whether it holds demonstration data.
    demo: bool,
}

/// The session's answer body. A key has no session.
pub(crate) fn describe(caller: &Caller, token: &SecretString) -> Result<Session, Problem> {
    let Actor::User { id, name, email, .. } = &caller.actor else { return Err(Problem::unauthenticated()) };
    Ok(Session {
        user: User {
            id: id.to_string(),
            name: name.clone(),
            email: email.clone(),
            role: caller.role.as_str(),
        },
        tenant: Tenant {
            id: caller.tenant.id.to_string(),
            slug: caller.tenant.slug.clone(),
            name: caller.tenant.name.clone(),
            demo: caller.tenant.demo,
        },
        csrf_token: Identity::csrf_token(token),
        permissions: permissions(caller.role),
    })
}

fn permissions(role: Role) -> Vec<&'static str> {
    role.permissions().iter().map(|permission| permission.as_str()).collect()
}

/// The session cookie: out of reach of scripts, and not sent when another site posts to us.
pub(crate) fn cookie(token: &SecretString, secure: bool) -> Cookie<'static> {
    Cookie::build((SESSION_COOKIE, token.expose_secret().to_owned()))
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(secure)
        .path("/")
        .build()
}
