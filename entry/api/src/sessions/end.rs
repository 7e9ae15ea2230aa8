//! `DELETE /v1/sessions/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use domain::SessionId;

use super::person;
use crate::auth::{Anyone, Authorized};
use crate::params::PathId;
use crate::{Api, Problem};

/// Ends one of the caller's sessions: its next request is refused.
#[utoipa::path(
    delete, path = "/v1/sessions/{id}", tag = "session", operation_id = "end_session",
    params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    Authorized { caller, .. }: Authorized<Anyone>,
    PathId(id): PathId<SessionId>,
) -> Result<StatusCode, Problem> {
    let (user, _) = person(&caller)?;
    let ended = api.identity.end_session(caller.tenant.id, user, id).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found()) }
}
