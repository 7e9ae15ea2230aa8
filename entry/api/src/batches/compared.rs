//! `GET /v1/batches/{id}/comparison/shipments`

use axum::Json;
use axum::extract::State;
use domain::{BatchId, ShipmentId, ShipmentStatus};
use serde::{Deserialize, Serialize};
use tracking::Difference;
use utoipa::{IntoParams, ToSchema};

use super::compare::earlier;
use crate::auth::{Authorized, GuidesRead};
use crate::params::{self, Params, PathId};
use crate::shipments::{Shipment, describe};
use crate::view::Page;
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// The earlier batch.
    with: String,
    /// new, vanished or changed.
    difference: String,
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// A shipment that differs between two batches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComparedShipment {
    /// As it is now.
    shipment: Shipment,
    /// Its status in the earlier batch; null if that does not have it.
    #[schema(value_type = Option<String>, example = "IN_TRANSIT")]
    before: Option<&'static str>,
    /// Its status in the later batch; null if that does not have it.
    #[schema(value_type = Option<String>, example = "DELIVERED")]
    after: Option<&'static str>,
}

/// The shipments in which a batch differs from an earlier one, in the order in which they became known.
#[utoipa::path(
    get, path = "/v1/batches/{id}/comparison/shipments", tag = "batches",
    operation_id = "list_compared_shipments", params(("id" = String, Path), Wanted),
    responses((status = 200, body = Page<ComparedShipment>), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    PathId(id): PathId<BatchId>,
    Params(query): Params<Wanted>,
) -> Result<Json<Page<ComparedShipment>>, Problem> {
    let earlier = earlier(&query.with)?;
    let difference = query.difference.parse::<Difference>();
    let difference = difference.map_err(|error| Problem::invalid_parameter("difference", error))?;
    let after: Option<ShipmentId> = params::parse("cursor", query.cursor.as_deref())?;
    let limit = params::limit(query.limit)?;
    let caller = &allowed.caller;
    let batches = (earlier, id);
    let page = api.tracking.compared_shipments(caller.tenant.id, batches, difference, after, limit).await?;
    let page = page.ok_or_else(Problem::not_found)?;
    let keys = api.db.keyring().tenant(&api.db, caller.tenant.id).await?;
    let show = |one: &tracking::ComparedShipment| {
        Ok(ComparedShipment {
            shipment: describe(&one.shipment, &keys, caller.sees_masked())?,
            before: one.before.map(ShipmentStatus::as_str),
            after: one.after.map(ShipmentStatus::as_str),
        })
    };
    let items = page.items.iter().map(show).collect::<database::Result<_>>()?;
    Ok(Json(Page { items, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}
