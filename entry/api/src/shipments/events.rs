//! `GET /v1/shipments/{id}/events`

use axum::Json;
use axum::extract::State;
use domain::ShipmentId;
use serde::Serialize;
use tracking::TimelineEvent;
use utoipa::ToSchema;

use crate::auth::{Authorized, GuidesRead};
use crate::masking;
use crate::params::{Paging, Params, PathId};
use crate::view::{Page, moment};
use crate::{Api, Problem};

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
    params(("id" = String, Path), Paging),
    responses((status = 200, body = Page<ShipmentEvent>), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    PathId(id): PathId<ShipmentId>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<ShipmentEvent>>, Problem> {
    let tenant = allowed.caller.tenant.id;
    let (after, limit) = paging.read()?;
    api.tracking.shipment(tenant, id).await?.ok_or_else(Problem::not_found)?;
    let page = api.tracking.timeline(tenant, id, after, limit).await?;
    let masked = allowed.caller.sees_masked();
    Ok(Json(Page::of(page, |event| describe(event, masked))))
}

fn describe(event: TimelineEvent, masked: bool) -> ShipmentEvent {
    let words = |text: String| masking::text(text, masked);
    ShipmentEvent {
        id: event.id.to_string(),
        occurred_at: moment(event.occurred_at),
        received_at: moment(event.received_at),
        status: event.status.as_str(),
        status_known: event.status_known,
        exception_reason: event.reason.as_str(),
        raw_status: words(event.raw_status),
        text: event.movement_text.map(words),
        novelty: event.novelty.map(words),
        city: event.city,
        source: event.source,
        out_of_order: event.out_of_order,
        import_id: event.import_id.map(|id| id.to_string()),
    }
}
