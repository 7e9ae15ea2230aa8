//! `GET /v1/session`

use axum::Json;
use axum::http::HeaderMap;

use super::{Session, describe};
use crate::Problem;
use crate::auth::{Anyone, Authorized, session_token};

/// Who is logged in.
#[utoipa::path(
    get, path = "/v1/session", tag = "session", operation_id = "current_session",
    responses((status = 200, body = Session), (status = 401, body = Problem)),
)]
pub(crate) async fn handle(
    allowed: Authorized<Anyone>,
    headers: HeaderMap,
) -> Result<Json<Session>, Problem> {
    let token = session_token(&headers).ok_or_else(Problem::unauthenticated)?;
    describe(&allowed.caller, &token).map(Json)
}
