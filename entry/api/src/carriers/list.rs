//! `GET /v1/carriers`

use axum::Json;
use axum::extract::State;

use super::CarrierView;
use crate::auth::{Authorized, GuidesRead};
use crate::view::Page;
use crate::{Api, Problem};

/// All known carriers of every country, with the rules that hold for the organisation.
#[utoipa::path(
    get, path = "/v1/carriers", tag = "carriers", operation_id = "list_carriers",
    responses((status = 200, body = Page<CarrierView>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
) -> Result<Json<Page<CarrierView>>, Problem> {
    let found = api.tracking.carriers(allowed.caller.tenant.id).await?;
    let items = found.into_iter().map(CarrierView::from).collect();
    Ok(Json(Page { items, next_cursor: None }))
}
