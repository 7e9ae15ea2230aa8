//! `GET /v1/batches/{id}`

use axum::Json;
use axum::extract::State;
use domain::BatchId;

use super::{BatchView, People};
use crate::auth::{Authorized, GuidesRead};
use crate::params::PathId;
use crate::{Api, Problem};

/// One batch.
#[utoipa::path(
    get, path = "/v1/batches/{id}", tag = "batches", operation_id = "get_batch",
    params(("id" = String, Path)),
    responses((status = 200, body = BatchView), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    PathId(id): PathId<BatchId>,
) -> Result<Json<BatchView>, Problem> {
    let found = api.tracking.batch(allowed.caller.tenant.id, id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(People::of(&api, &allowed.caller, found.created_by).await?.batch(found)))
}
