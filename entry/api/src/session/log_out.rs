//! `DELETE /v1/session`

use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use identity::Actor;

use crate::auth::{Anyone, Authorized, SESSION_COOKIE};
use crate::{Api, Problem};

/// Logs out: the session ends on the server too.
#[utoipa::path(
    delete, path = "/v1/session", tag = "session", operation_id = "log_out",
    responses((status = 204), (status = 401, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<Anyone>,
    jar: CookieJar,
) -> Result<(CookieJar, StatusCode), Problem> {
    if let Actor::User { id, session, .. } = allowed.caller.actor {
        api.identity.end_session(allowed.caller.tenant.id, id, session).await?;
    }
    Ok((jar.remove(Cookie::build(SESSION_COOKIE).path("/")), StatusCode::NO_CONTENT))
}
