//! `GET /v1/shipments/{id}/events`

use axum::Json;
use axum::extract::State;
use domain::ShipmentId;
use serde::{Deserialize, Serialize};
use tracking::TimelineEvent;
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Authorized, GuidesRead};
use crate::params::{self, Params, PathId};
use crate::view::{Page, moment};
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// One event of a shipment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShipmentEvent {
    id: String,
    #[schema(format = DateTime)]
    occurred_at: String,
    #[schema(format = DateTime)]
    received_at: String,
    #[schema(value_type = String, example = "IN_TRANSIT")]
    status: &'static str,
    status_known: bool,
    #[schema(value_type = String, example = "NONE")]
    exception_reason: &'static str,
    raw_status: String,
    text: Option<String>,
    novelty: Option<String>,
    city: Option<String>,
    source: String,
    /// Whether it came after a newer one and changed nothing.
    out_of_order: bool,
    import_id: Option<String>,
}

/// A shipment's events, newest first.
#[utoipa::path(
    get, path = "/v1/shipments/{id}/events", tag = "shipments", operation_id = "list_shipment_events",
    params(("id" = String, Path), Wanted),
    responses((status = 200, body = Page<ShipmentEvent>), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    PathId(id): PathId<ShipmentId>,
    Params(query): Params<Wanted>,
) -> Result<Json<Page<ShipmentEvent>>, Problem> {
    let tenant = allowed.caller.tenant.id;
    let after = params::parse("cursor", query.cursor.as_deref())?;
    let limit = params::limit(query.limit)?;
    api.tracking.shipment(tenant, id).await?.ok_or_else(Problem::not_found)?;
    let page = api.tracking.timeline(tenant, id, after, limit).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(describe).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}

fn describe(event: TimelineEvent) -> ShipmentEvent {
    ShipmentEvent {
        id: event.id.to_string(),
        occurred_at: moment(event.occurred_at),
        received_at: moment(event.received_at),
        status: event.status.as_str(),
        status_known: event.status_known,
        exception_reason: event.reason.as_str(),
        raw_status: event.raw_status,
        text: event.movement_text,
        novelty: event.novelty,
        city: event.city,
        source: event.source,
        out_of_order: event.out_of_order,
        import_id: event.import_id.map(|id| id.to_string()),
    }
}
