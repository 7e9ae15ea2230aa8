//! `GET /v1/orders`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Order, describe};
use crate::auth::{Authorized, OrdersRead};
use crate::params::{self, Params};
use crate::view::Page;
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    status: Option<String>,
    /// true for the orders by which a shop's owner, or a test key, tried things out; they are in no other list.
    #[serde(default)]
    test: bool,
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// Orders, newest first.
#[utoipa::path(
    get, path = "/v1/orders", tag = "orders", operation_id = "list_orders", params(Wanted),
    responses((status = 200, body = Page<Order>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<OrdersRead>,
    Params(query): Params<Wanted>,
) -> Result<Json<Page<Order>>, Problem> {
    let tenant = allowed.caller.tenant.id;
    let status = params::parse("status", query.status.as_deref())?;
    let after = params::parse("cursor", query.cursor.as_deref())?;
    let page = api.orders.list(tenant, status, query.test, after, params::limit(query.limit)?).await?;
    let keys = api.db.keyring().tenant(&api.db, tenant).await?;
    let masked = allowed.caller.sees_masked();
    let pauses = api.tracking.active_pauses(tenant).await?;
    let items: database::Result<Vec<Order>> =
        page.items.into_iter().map(|order| describe(order, &keys, masked, &pauses)).collect();
    Ok(Json(Page { items: items?, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}
