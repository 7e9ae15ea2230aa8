//! `GET /v1/shops`

use axum::Json;
use axum::extract::State;

use super::{Shop, describe};
use crate::auth::{Authorized, SystemConfig};
use crate::view::Page;
use crate::{Api, Problem};

/// Registered domains by name, at most 200.
#[utoipa::path(
    get, path = "/v1/shops", tag = "shops", operation_id = "list_shops",
    responses((status = 200, body = Page<Shop>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
) -> Result<Json<Page<Shop>>, Problem> {
    let shops = api.webhooks.shops(allowed.caller.tenant.id).await?;
    Ok(Json(Page { items: shops.into_iter().map(describe).collect(), next_cursor: None }))
}
