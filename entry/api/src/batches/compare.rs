//! `GET /v1/batches/{id}/comparison`

use axum::Json;
use axum::extract::State;
use domain::BatchId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Authorized, GuidesRead};
use crate::params::{Params, PathId};
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// The earlier batch.
    with: String,
}

/// How a batch differs from an earlier one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchComparison {
    /// Shipments that the earlier one does not have.
    new: u64,
    /// Shipments that only the earlier one has.
    vanished: u64,
    /// Shipments of both that came in under another status.
    changed: u64,
    /// Shipments of both that came in under the same status.
    unchanged: u64,
    changes: Vec<StatusChange>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchStatusChange)]
struct StatusChange {
    #[schema(value_type = String, example = "IN_TRANSIT")]
    from: &'static str,
    #[schema(value_type = String, example = "DELIVERED")]
    to: &'static str,
    shipments: u64,
}

/// Counts how a batch differs from an earlier one.
#[utoipa::path(
    get, path = "/v1/batches/{id}/comparison", tag = "batches", operation_id = "compare_batches",
    params(("id" = String, Path), Wanted),
    responses((status = 200, body = BatchComparison), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    PathId(id): PathId<BatchId>,
    Params(query): Params<Wanted>,
) -> Result<Json<BatchComparison>, Problem> {
    let earlier = earlier(&query.with)?;
    let found = api.tracking.compare_batches(allowed.caller.tenant.id, earlier, id).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    let changes = found.changes.iter().map(|(from, to, shipments)| StatusChange {
        from: from.as_str(),
        to: to.as_str(),
        shipments: *shipments,
    });
    Ok(Json(BatchComparison {
        new: found.new,
        vanished: found.vanished,
        changed: found.changed,
        unchanged: found.unchanged,
        changes: changes.collect(),
    }))
}

pub(super) fn earlier(text: &str) -> Result<BatchId, Problem> {
    text.parse().map_err(|_| Problem::invalid_parameter("with", "the id of a batch"))
}
