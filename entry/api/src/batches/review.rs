//! `PUT /v1/batches/{id}/reviews`

use axum::Json;
use axum::extract::State;
use domain::{BatchId, ShipmentId};
use serde::{Deserialize, Serialize};
use tracking::MAX_REVIEWS;
use utoipa::ToSchema;

use super::problem;
use crate::auth::{Authorized, GuidesWrite};
use crate::body::Body;
use crate::params::PathId;
use crate::problem::FieldError;
use crate::{Api, Problem};

/// Shipments to mark, or to take the mark from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Marks {
    /// 1 to 500.
    shipment_ids: Vec<String>,
    /// Whether they are reviewed. One that is marked keeps who marked it first, and when.
    reviewed: bool,
}

/// What marking did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Marked {
    /// Shipments whose mark changed: what there is to take back.
    changed: Vec<String>,
    /// Shipments that the batch does not have.
    missing: u64,
    /// Reviewed ones of the batch, afterwards.
    reviewed: u64,
}

/// Marks shipments of an open batch as reviewed, or takes the marks back.
#[utoipa::path(
    put, path = "/v1/batches/{id}/reviews", tag = "batches", operation_id = "put_batch_reviews",
    params(("id" = String, Path)), request_body = Marks,
    responses(
        (status = 200, body = Marked), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "not open"), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    PathId(id): PathId<BatchId>,
    Body(marks): Body<Marks>,
) -> Result<Json<Marked>, Problem> {
    if marks.shipment_ids.is_empty() || marks.shipment_ids.len() > MAX_REVIEWS {
        let detail = format!("1 to {MAX_REVIEWS} shipments");
        return Err(Problem::invalid_field("shipment_ids", "count", detail));
    }
    let (mut shipments, mut errors) = (Vec::new(), Vec::new());
    for (place, text) in marks.shipment_ids.iter().enumerate() {
        match text.parse::<ShipmentId>() {
            Ok(id) => shipments.push(id),
            Err(_) => errors.push(FieldError::new(
                &format!("shipment_ids[{place}]"),
                "invalid",
                "this is no id of a shipment",
            )),
        }
    }
    if !errors.is_empty() {
        return Err(Problem::invalid_fields(errors));
    }
    let (tenant, by) = (allowed.caller.tenant.id, allowed.changed_by());
    let done = api.tracking.review(tenant, id, &shipments, marks.reviewed, by).await.map_err(problem)?;
    let changed = done.changed.iter().map(ToString::to_string).collect();
    Ok(Json(Marked { changed, missing: done.missing, reviewed: done.reviewed }))
}
