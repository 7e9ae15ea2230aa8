//! `GET /v1/dead-tasks`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Authorized, SystemAdmin};
use crate::params::{Paging, Params};
use crate::view::{Page, moment};
use crate::{Api, Problem};

/// A task that was given up after its last attempt.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeadTask {
    id: String,
    /// What was to be done.
    kind: String,
    /// critical, high, normal or low.
    #[schema(value_type = String, example = "normal")]
    priority: &'static str,
    attempts: u32,
    /// What the last attempt failed of.
    error: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    died_at: String,
}

/// Tasks that were given up, the newest first. They are kept for 30 days.
#[utoipa::path(
    get, path = "/v1/dead-tasks", tag = "operations", operation_id = "list_dead_tasks", params(Paging),
    responses((status = 200, body = Page<DeadTask>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemAdmin>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<DeadTask>>, Problem> {
    let (after, limit) = paging.read()?;
    let page = api.tasks.list_dead(allowed.caller.tenant.id, after, limit).await?;
    Ok(Json(Page::of(page, |task| DeadTask {
        id: task.id.to_string(),
        kind: task.kind,
        priority: task.priority.as_str(),
        attempts: task.attempts,
        error: task.error,
        created_at: moment(task.created_at),
        died_at: moment(task.died_at),
    })))
}
