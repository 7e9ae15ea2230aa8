//! `GET /v1/status-mappings`

use axum::Json;
use axum::extract::State;

use super::StatusMapping;
use crate::auth::{Authorized, GuidesRead};
use crate::view::Page;
use crate::{Api, Problem};

/// The organisation's own mappings, all of them, by carrier and phrase: as `PUT` takes them.
#[utoipa::path(
    get, path = "/v1/status-mappings", tag = "shipments", operation_id = "list_status_mappings",
    responses((status = 200, body = Page<StatusMapping>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
) -> Result<Json<Page<StatusMapping>>, Problem> {
    let found = api.tracking.status_mappings(allowed.caller.tenant.id).await?;
    let items = found.into_iter().map(|(mapping, _)| mapping.into()).collect();
    Ok(Json(Page { items, next_cursor: None }))
}
