//! `POST /v1/batches/{id}/shipments`

use axum::Json;
use axum::extract::State;
use domain::BatchId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{FilledBatch, People, problem, tracking_numbers};
use crate::auth::{Authorized, GuidesWrite};
use crate::body::Body;
use crate::params::PathId;
use crate::{Api, Problem};

/// Shipments to put into a batch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoreOfBatch {
    /// Of known shipments; 1 to 500. Those it has already stay as they are.
    tracking_numbers: Vec<String>,
}

/// Puts known shipments into an open batch.
#[utoipa::path(
    post, path = "/v1/batches/{id}/shipments", tag = "batches", operation_id = "add_batch_shipments",
    params(("id" = String, Path)), request_body = MoreOfBatch,
    responses(
        (status = 200, body = FilledBatch), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "not open"), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    PathId(id): PathId<BatchId>,
    Body(more): Body<MoreOfBatch>,
) -> Result<Json<FilledBatch>, Problem> {
    let numbers = tracking_numbers(&more.tracking_numbers)?;
    let tenant = allowed.caller.tenant.id;
    let filled = api.tracking.add_to_batch(tenant, id, &numbers).await.map_err(problem)?;
    let people = People::of(&api, &allowed.caller, filled.batch.created_by).await?;
    Ok(Json(people.filled(filled)))
}
