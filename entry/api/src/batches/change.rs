//! `PUT /v1/batches/{id}/status`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::{BatchId, BatchStatus};
use serde::Deserialize;
use tracking::ChangeBatchError;
use utoipa::ToSchema;

use super::{BatchView, People};
use crate::auth::{Authorized, GuidesWrite};
use crate::body::Body;
use crate::params::PathId;
use crate::{Api, Problem};

/// The state a batch shall have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBatchStatus {
    /// open, closed or archived.
    status: String,
}

/// Closes a batch, opens it again, archives it or takes it out again. An open one is closed before it is archived.
#[utoipa::path(
    put, path = "/v1/batches/{id}/status", tag = "batches", operation_id = "put_batch_status",
    params(("id" = String, Path)), request_body = NewBatchStatus,
    responses(
        (status = 200, body = BatchView), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "not from its present state, or its file still loads"),
        (status = 422, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    PathId(id): PathId<BatchId>,
    Body(new): Body<NewBatchStatus>,
) -> Result<Json<BatchView>, Problem> {
    let parsed = new.status.parse::<BatchStatus>();
    let to = parsed.map_err(|error| Problem::invalid_field("status", "unknown", error))?;
    let (tenant, by) = (allowed.caller.tenant.id, allowed.changed_by());
    let changed = api.tracking.change_batch(tenant, id, to, by).await.map_err(problem)?;
    Ok(Json(People::of(&api, &allowed.caller, changed.created_by).await?.batch(changed)))
}

fn problem(error: ChangeBatchError) -> Problem {
    match error {
        ChangeBatchError::NotFound => Problem::not_found(),
        ChangeBatchError::Filling => Problem::new(
            StatusCode::CONFLICT,
            "batch-filling",
            "The file of this batch is still being loaded",
        ),
        ChangeBatchError::Illegal(from, to) => Problem::new(
            StatusCode::CONFLICT,
            "batch-status",
            "A batch does not get from its present state to this one",
        )
        .with("from", from.as_str())
        .with("to", to.as_str()),
        ChangeBatchError::Database(error) => error.into(),
    }
}
