//! `GET /v1/dead-tasks`

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Authorized, SystemAdmin};
use crate::params::{self, Params};
use crate::view::{Page, moment};
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

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
    get, path = "/v1/dead-tasks", tag = "operations", operation_id = "list_dead_tasks", params(Wanted),
    responses((status = 200, body = Page<DeadTask>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemAdmin>,
    Params(query): Params<Wanted>,
) -> Result<Json<Page<DeadTask>>, Problem> {
    let after = params::parse("cursor", query.cursor.as_deref())?;
    let limit = params::limit(query.limit)?;
    let page = api.tasks.list_dead(allowed.caller.tenant.id, after, limit).await?;
    let items = page
        .items
        .into_iter()
        .map(|task| DeadTask {
            id: task.id.to_string(),
            kind: task.kind,
            priority: task.priority.as_str(),
            attempts: task.attempts,
            error: task.error,
            created_at: moment(task.created_at),
            died_at: moment(task.died_at),
        })
        .collect();
    Ok(Json(Page { items, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}
