//! `DELETE /v1/sessions`

use axum::extract::State;
use axum::http::StatusCode;

use super::person;
use crate::auth::{Anyone, Authorized};
use crate::{Api, Problem};

/// Ends all of the caller's sessions but the one that asks.
#[utoipa::path(
    delete, path = "/v1/sessions", tag = "session", operation_id = "end_other_sessions",
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    Authorized { caller, .. }: Authorized<Anyone>,
) -> Result<StatusCode, Problem> {
    let (user, current) = person(&caller)?;
    api.identity.end_other_sessions(caller.tenant.id, user, current).await?;
    Ok(StatusCode::NO_CONTENT)
}
