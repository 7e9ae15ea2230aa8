//! `GET /v1/shipments/{id}`

use axum::Json;
use axum::extract::State;
use domain::ShipmentId;
use serde::Serialize;
use utoipa::ToSchema;

use super::office::OfficeStayView;
use super::{Shipment, days_in_transit, describe};
use crate::auth::{Authorized, GuidesRead};
use crate::masking;
use crate::params::PathId;
use crate::view::moment;
use crate::{Api, Problem};

/// A shipment with everything known about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShipmentDetail {
    #[serde(flatten)]
    shipment: Shipment,
    #[schema(format = DateTime)]
    guide_created_at: Option<String>,
    #[schema(format = DateTime)]
    first_seen_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// Whole days since the tracking number was made; until the end, for a finished shipment.
    days_in_transit: Option<i64>,
    /// Its stay at an office. Null where it is not at one.
    office: Option<OfficeStayView>,
    event_count: i64,
    duplicate_count: i64,
    out_of_order_count: i64,
    /// Null for callers who see masked data.
    address: Option<String>,
    /// The carrier's page for this number, when we know its address.
    tracking_url: Option<String>,
    /// When a carrier or an aggregator last answered about it.
    #[schema(format = DateTime)]
    last_checked_at: Option<String>,
    /// Who that was: carrier, 17track or aftership.
    last_checked_with: Option<String>,
}

/// One shipment.
#[utoipa::path(
    get, path = "/v1/shipments/{id}", tag = "shipments", operation_id = "get_shipment",
    params(("id" = String, Path)),
    responses((status = 200, body = ShipmentDetail), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    PathId(id): PathId<ShipmentId>,
) -> Result<Json<ShipmentDetail>, Problem> {
    let tenant = allowed.caller.tenant.id;
    let stored = api.tracking.shipment(tenant, id).await?.ok_or_else(Problem::not_found)?;
    let keys = api.db.keyring().tenant(&api.db, tenant).await?;
    let masked = allowed.caller.sees_masked();
    let office = api.tracking.office_stay(tenant, &stored).await?;
    let carriers = api.tracking.carriers(tenant).await?;
    let rules = carriers.iter().find(|one| Some(one.carrier) == stored.carrier().carrier);
    let tracking_url = rules.and_then(|one| one.rules.tracking_url(&stored.tracking_number));
    let (with, checked_at) = api.tracking.last_look(tenant, id).await?.unzip();
    Ok(Json(ShipmentDetail {
        shipment: describe(&stored, &keys, masked)?,
        guide_created_at: stored.guide_created_at.map(moment),
        first_seen_at: moment(stored.first_seen_at),
        updated_at: moment(stored.updated_at),
        days_in_transit: days_in_transit(&stored, api.clock.now()),
        office: office.map(OfficeStayView::from),
        event_count: stored.event_count,
        duplicate_count: stored.duplicate_count,
        out_of_order_count: stored.out_of_order_count,
        address: masking::address(stored.recipient.address(&keys)?, masked),
        tracking_url,
        last_checked_at: checked_at.map(moment),
        last_checked_with: with,
    }))
}
