//! `GET /v1/carrier-connections`

use axum::Json;
use axum::extract::State;

use super::ConnectionView;
use crate::auth::{Authorized, SystemConfig};
use crate::view::Page;
use crate::{Api, Problem};

/// All carriers and aggregators that can be asked, connected or not.
#[utoipa::path(
    get, path = "/v1/carrier-connections", tag = "carriers", operation_id = "list_carrier_connections",
    responses((status = 200, body = Page<ConnectionView>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
) -> Result<Json<Page<ConnectionView>>, Problem> {
    let found = api.carriers.connections(allowed.caller.tenant.id).await?;
    Ok(Json(Page { items: found.into_iter().map(ConnectionView::from).collect(), next_cursor: None }))
}
