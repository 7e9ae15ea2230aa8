//! `GET /v1/discrepancies`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tracking::DiscrepancyFilter;
use utoipa::IntoParams;

use super::{DiscrepancyView, shown};
use crate::auth::{Authorized, GuidesRead};
use crate::params::{self, Params};
use crate::view::Page;
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// delivery_disputed, after_the_end, delivered_unseen, status_mismatch or moved_back.
    kind: Option<String>,
    /// Code or name.
    carrier: Option<String>,
    /// DIVIPOLA code or name; `name, department` where several bear it.
    city: Option<String>,
    /// Those that somebody looked at, instead of those that nobody did.
    reviewed: Option<bool>,
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// Shipments whose sources contradict themselves, the newest first.
#[utoipa::path(
    get, path = "/v1/discrepancies", tag = "shipments", operation_id = "list_discrepancies", params(Wanted),
    responses((status = 200, body = Page<DiscrepancyView>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    Params(query): Params<Wanted>,
) -> Result<Json<Page<DiscrepancyView>>, Problem> {
    let after = params::parse("cursor", query.cursor.as_deref())?;
    let limit = params::limit(query.limit)?;
    let filter = DiscrepancyFilter {
        kind: params::parse("kind", query.kind.as_deref())?,
        carrier: query.carrier.filter(|carrier| !carrier.is_empty()),
        city: query.city.filter(|city| !city.is_empty()),
        reviewed: query.reviewed.unwrap_or(false),
    };
    let page = api.tracking.discrepancies(allowed.caller.tenant.id, &filter, after, limit).await?;
    let next_cursor = page.next.map(|cursor| cursor.to_string());
    Ok(Json(Page { items: shown(&api, &allowed.caller, page.items).await?, next_cursor }))
}
