//! `GET /v1/route-pauses`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::PauseView;
use crate::auth::{AnalyticsRead, Authorized};
use crate::params::{self, Params};
use crate::view::Page;
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only those that hold.
    active: Option<bool>,
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// Pauses, the newest first, with who paused and resumed and why.
#[utoipa::path(
    get, path = "/v1/route-pauses", tag = "routes", operation_id = "list_route_pauses", params(Wanted),
    responses((status = 200, body = Page<PauseView>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<AnalyticsRead>,
    Params(query): Params<Wanted>,
) -> Result<Json<Page<PauseView>>, Problem> {
    let after = params::parse("cursor", query.cursor.as_deref())?;
    let (tenant, limit) = (allowed.caller.tenant.id, params::limit(query.limit)?);
    let page = api.tracking.route_pauses(tenant, query.active.unwrap_or(false), after, limit).await?;
    Ok(Json(Page::of(page, PauseView::from)))
}
