//! `DELETE /v1/shipments/{id}/office-extensions/{extension}`

use axum::extract::State;
use axum::http::StatusCode;
use domain::{OfficeExtensionId, ShipmentId};

use crate::auth::{Authorized, GuidesWrite};
use crate::params::PathPair;
use crate::{Api, Problem};

/// Takes an extension back: the last day is as before it. Who did it is kept.
#[utoipa::path(
    delete, path = "/v1/shipments/{id}/office-extensions/{extension}", tag = "shipments",
    operation_id = "withdraw_office_extension", params(("id" = String, Path), ("extension" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    PathPair(shipment, extension): PathPair<ShipmentId, OfficeExtensionId>,
) -> Result<StatusCode, Problem> {
    let (tenant, by) = (allowed.caller.tenant.id, allowed.changed_by());
    if api.tracking.withdraw_office_extension(tenant, shipment, extension, by).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}
