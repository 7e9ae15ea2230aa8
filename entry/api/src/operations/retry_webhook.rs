//! `POST /v1/webhook-failures/{id}/retry`

use axum::extract::State;
use axum::http::StatusCode;
use domain::WebhookId;

use crate::auth::{Authorized, SystemAdmin};
use crate::params::PathId;
use crate::{Api, Problem};

/// Tries a message again, at once and with all its attempts.
#[utoipa::path(
    post, path = "/v1/webhook-failures/{id}/retry", tag = "operations", operation_id = "retry_webhook",
    params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemAdmin>,
    PathId(id): PathId<WebhookId>,
) -> Result<StatusCode, Problem> {
    if api.webhooks.retry_webhook(allowed.caller.tenant.id, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}
