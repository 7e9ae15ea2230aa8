//! `GET /v1/orders/{id}/events`

use axum::Json;
use axum::extract::State;
use domain::OrderId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Authorized, OrdersRead};
use crate::params::PathId;
use crate::view::{Page, moment};
use crate::{Api, Problem};

/// A step of an order's history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderEvent {
    /// order.placed or order.status_changed.
    kind: String,
    /// The status before, if it changed.
    from: Option<String>,
    /// The status after.
    to: Option<String>,
    #[schema(format = DateTime)]
    occurred_at: String,
    #[schema(format = DateTime)]
    recorded_at: String,
}

/// The history of an order, oldest first.
#[utoipa::path(
    get, path = "/v1/orders/{id}/events", tag = "orders", operation_id = "list_order_events",
    params(("id" = String, Path)),
    responses((status = 200, body = Page<OrderEvent>), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<OrdersRead>,
    PathId(id): PathId<OrderId>,
) -> Result<Json<Page<OrderEvent>>, Problem> {
    let steps = api.orders.timeline(allowed.caller.tenant.id, id).await?;
    if steps.is_empty() {
        return Err(Problem::not_found());
    }
    let items = steps
        .into_iter()
        .map(|step| OrderEvent {
            kind: step.kind,
            from: step.from,
            to: step.to,
            occurred_at: moment(step.occurred_at),
            recorded_at: moment(step.recorded_at),
        })
        .collect();
    Ok(Json(Page { items, next_cursor: None }))
}
