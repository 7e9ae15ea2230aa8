//! `GET /v1/orders/{id}`

use axum::Json;
use axum::extract::State;
use domain::OrderId;

use super::{Order, describe};
use crate::auth::{Authorized, OrdersRead};
use crate::params::PathId;
use crate::{Api, Problem};

/// One order.
#[utoipa::path(
    get, path = "/v1/orders/{id}", tag = "orders", operation_id = "get_order",
    params(("id" = String, Path)),
    responses((status = 200, body = Order), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<OrdersRead>,
    PathId(id): PathId<OrderId>,
) -> Result<Json<Order>, Problem> {
    let tenant = allowed.caller.tenant.id;
    let order = api.orders.order(tenant, id).await?.ok_or_else(Problem::not_found)?;
    let keys = api.db.keyring().tenant(&api.db, tenant).await?;
    let pauses = api.tracking.active_pauses(tenant).await?;
    Ok(Json(describe(order, &keys, allowed.caller.sees_masked(), &pauses)?))
}
