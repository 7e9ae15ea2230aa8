//! `PUT /v1/discrepancies/{id}/review`

use axum::Json;
use axum::extract::State;
use domain::ShipmentId;
use serde::Deserialize;
use tracking::ReviewError;
use utoipa::ToSchema;

use super::{DiscrepancyView, shown};
use crate::auth::{Authorized, GuidesWrite};
use crate::body::Body;
use crate::params::PathId;
use crate::{Api, Problem};

/// Whether somebody looked at it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DiscrepancyMark {
    /// One that is marked keeps who marked it first, and when.
    reviewed: bool,
}

/// Marks a shipment's discrepancy as looked at, or takes that back. Once its sources say something else, it is open again.
#[utoipa::path(
    put, path = "/v1/discrepancies/{id}/review", tag = "shipments", operation_id = "put_discrepancy_review",
    params(("id" = String, Path, description = "The shipment's id.")), request_body = DiscrepancyMark,
    responses((status = 200, body = DiscrepancyView), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    PathId(id): PathId<ShipmentId>,
    Body(mark): Body<DiscrepancyMark>,
) -> Result<Json<DiscrepancyView>, Problem> {
    let (tenant, by) = (allowed.caller.tenant.id, allowed.changed_by());
    let found = api.tracking.review_discrepancy(tenant, id, mark.reviewed, by).await.map_err(problem)?;
    shown(&api, &allowed.caller, vec![found]).await?.pop().map(Json).ok_or_else(Problem::not_found)
}

fn problem(error: ReviewError) -> Problem {
    match error {
        ReviewError::NotFound => Problem::not_found(),
        ReviewError::Database(error) => error.into(),
    }
}
