//! `POST /v1/dead-tasks/{id}/retry`

use axum::extract::State;
use axum::http::StatusCode;
use task_queue::TaskId;

use crate::auth::{Authorized, SystemAdmin};
use crate::params::PathId;
use crate::{Api, Problem};

/// Tries a dead task again, at once and with all its attempts.
#[utoipa::path(
    post, path = "/v1/dead-tasks/{id}/retry", tag = "operations", operation_id = "retry_dead_task",
    params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemAdmin>,
    PathId(id): PathId<TaskId>,
) -> Result<StatusCode, Problem> {
    match api.tasks.retry(allowed.caller.tenant.id, id).await {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(Problem::not_found()),
        Err(error) if error.is_duplicate() => Err(Problem::new(
            StatusCode::CONFLICT,
            "same-task-open",
            "A task that does the same is open already",
        )),
        Err(error) => Err(error.into()),
    }
}
