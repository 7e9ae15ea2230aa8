//! `POST /v1/route-pauses/{id}/resume`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::RoutePauseId;
use serde::Deserialize;
use tracking::ResumeError;
use utoipa::ToSchema;

use super::PauseView;
use crate::auth::{Authorized, SystemConfig};
use crate::body::Body;
use crate::params::PathId;
use crate::{Api, Problem};

/// Why a pause ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RouteResume {
    /// At most 200 characters, without phones and other long numbers.
    reason: Option<String>,
}

/// Ends a pause.
#[utoipa::path(
    post, path = "/v1/route-pauses/{id}/resume", tag = "routes", operation_id = "resume_route",
    params(("id" = String, Path)), request_body = RouteResume,
    responses(
        (status = 200, body = PauseView), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "ended already"), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
    PathId(id): PathId<RoutePauseId>,
    Body(resume): Body<RouteResume>,
) -> Result<Json<PauseView>, Problem> {
    let (tenant, by) = (allowed.caller.tenant.id, allowed.changed_by());
    let resumed = api.tracking.resume_route(tenant, id, resume.reason.as_deref(), by).await;
    resumed.map(|pause| Json(pause.into())).map_err(problem)
}

fn problem(error: ResumeError) -> Problem {
    match error {
        ResumeError::NotFound => Problem::not_found(),
        ResumeError::AlreadyResumed => {
            Problem::new(StatusCode::CONFLICT, "already-resumed", "The pause has ended already")
        }
        ResumeError::Reason => Problem::invalid_field("reason", "invalid", error),
        ResumeError::Database(error) => error.into(),
    }
}
