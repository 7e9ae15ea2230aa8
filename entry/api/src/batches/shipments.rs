//! `GET /v1/batches/{id}/shipments`

use axum::Json;
use axum::extract::State;
use domain::{BatchId, ShipmentId};
use serde::{Deserialize, Serialize};
use tracking::BatchFilter;
use utoipa::{IntoParams, ToSchema};

use super::{Author, People};
use crate::auth::{Authorized, GuidesRead};
use crate::params::{self, Params, PathId};
use crate::shipments::{Shipment, describe};
use crate::view::{Page, moment};
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Code or name of the carrier under which they came in.
    carrier: Option<String>,
    /// The status under which they came in.
    loaded: Option<String>,
    /// true: only reviewed ones; false: only the others.
    reviewed: Option<bool>,
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// A shipment of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchShipment {
    /// As it is now.
    shipment: Shipment,
    /// The status under which it came in.
    #[schema(value_type = String, example = "IN_TRANSIT")]
    loaded_status: &'static str,
    #[schema(format = DateTime)]
    reviewed_at: Option<String>,
    reviewed_by: Option<Author>,
}

/// The shipments of a batch, in the order in which they became known.
#[utoipa::path(
    get, path = "/v1/batches/{id}/shipments", tag = "batches", operation_id = "list_batch_shipments",
    params(("id" = String, Path), Wanted),
    responses((status = 200, body = Page<BatchShipment>), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    PathId(id): PathId<BatchId>,
    Params(query): Params<Wanted>,
) -> Result<Json<Page<BatchShipment>>, Problem> {
    let after: Option<ShipmentId> = params::parse("cursor", query.cursor.as_deref())?;
    let limit = params::limit(query.limit)?;
    let filter = BatchFilter {
        carrier: query.carrier.filter(|carrier| !carrier.is_empty()),
        loaded: params::parse("loaded", query.loaded.as_deref())?,
        reviewed: query.reviewed,
    };
    let caller = &allowed.caller;
    let page = api.tracking.batch_shipments(caller.tenant.id, id, &filter, after, limit).await?;
    let page = page.ok_or_else(Problem::not_found)?;
    let people =
        People::of(&api, caller, page.items.iter().filter_map(|one| one.review).map(|review| review.by))
            .await?;
    let keys = api.db.keyring().tenant(&api.db, caller.tenant.id).await?;
    let show = |one: &tracking::BatchShipment| {
        Ok(BatchShipment {
            shipment: describe(&one.shipment, &keys, caller.sees_masked())?,
            loaded_status: one.loaded.as_str(),
            reviewed_at: one.review.map(|review| moment(review.at)),
            reviewed_by: one.review.map(|review| people.author(review.by)),
        })
    };
    let items = page.items.iter().map(show).collect::<database::Result<_>>()?;
    Ok(Json(Page { items, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}
