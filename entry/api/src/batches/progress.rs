//! `GET /v1/batches/{id}/progress`

use axum::Json;
use axum::extract::State;
use domain::{BatchId, Carrier, ShipmentStatus};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Authorized, GuidesRead};
use crate::params::PathId;
use crate::view::Page;
use crate::{Api, Problem};

/// How far a carrier's shipments of a batch are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchCarrierProgress)]
pub(crate) struct CarrierView {
    carrier_code: String,
    carrier_name: String,
    shipments: u64,
    /// Those that somebody marked as reviewed.
    reviewed: u64,
    /// By the status under which they came in.
    loaded: Vec<StatusCount>,
    /// By the status they have now.
    now: Vec<StatusCount>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchStatusCount)]
pub(crate) struct StatusCount {
    /// CREATED, PROCESSING, SHIPPED, IN_TRANSIT, OUT_FOR_DELIVERY, IN_OFFICE, DELIVERED, ISSUE, RETURNED or CANCELLED.
    #[schema(value_type = String, example = "IN_TRANSIT")]
    status: &'static str,
    shipments: u64,
}

/// How far a batch is, by the carrier under which its shipments came in.
#[utoipa::path(
    get, path = "/v1/batches/{id}/progress", tag = "batches", operation_id = "get_batch_progress",
    params(("id" = String, Path)),
    responses((status = 200, body = Page<CarrierView>), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    PathId(id): PathId<BatchId>,
) -> Result<Json<Page<CarrierView>>, Problem> {
    let found = api.tracking.batch_progress(allowed.caller.tenant.id, id).await?;
    let items = found.ok_or_else(Problem::not_found)?.into_iter().map(view).collect();
    Ok(Json(Page { items, next_cursor: None }))
}

fn view(progress: tracking::CarrierProgress) -> CarrierView {
    let known = Carrier::from_code(&progress.carrier_code);
    CarrierView {
        carrier_name: known
            .map_or_else(|| progress.carrier_code.clone(), |carrier| carrier.name().to_owned()),
        carrier_code: progress.carrier_code,
        shipments: progress.shipments,
        reviewed: progress.reviewed,
        loaded: counts(&progress.loaded),
        now: counts(&progress.now),
    }
}

fn counts(counted: &[(ShipmentStatus, u64)]) -> Vec<StatusCount> {
    counted
        .iter()
        .map(|(status, shipments)| StatusCount { status: status.as_str(), shipments: *shipments })
        .collect()
}
