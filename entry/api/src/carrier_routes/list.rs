//! `GET /v1/routes`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tracking::{RouteFilter, RouteLight};
use utoipa::IntoParams;

use super::{RouteView, months, view};
use crate::auth::{AnalyticsRead, Authorized};
use crate::params::{self, Params};
use crate::view::Page;
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// First month of the guías, as 2026-03; five months ago if absent.
    from: Option<String>,
    /// Last month of the guías; this one if absent.
    to: Option<String>,
    /// DIVIPOLA code or name; `name, department` where several bear it.
    city: Option<String>,
    /// Code or name of the carrier.
    carrier: Option<String>,
    /// green, amber, red or grey.
    light: Option<String>,
    /// Only routes to block by the organisation's rule, or only the others.
    to_block: Option<bool>,
    /// Only paused routes, or only the others.
    paused: Option<bool>,
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// Routes, those with most ended shipments first.
#[utoipa::path(
    get, path = "/v1/routes", tag = "routes", operation_id = "list_routes", params(Wanted),
    responses((status = 200, body = Page<RouteView>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<AnalyticsRead>,
    Params(query): Params<Wanted>,
) -> Result<Json<Page<RouteView>>, Problem> {
    let (from, to) = months(&api, query.from.as_deref(), query.to.as_deref())?;
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let filter = RouteFilter {
        from,
        to,
        city: filled(query.city),
        carrier: filled(query.carrier),
        light: filled(query.light).as_deref().map(light).transpose()?,
        to_block: query.to_block,
        paused: query.paused,
    };
    let after = params::parse("cursor", query.cursor.as_deref())?;
    let tenant = &allowed.caller.tenant;
    let page = api.tracking.route_page(tenant.id, &filter, after, params::limit(query.limit)?).await?;
    let currency = tenant.country.currency();
    Ok(Json(Page::of(page, |route| view(route, currency))))
}

fn light(name: &str) -> Result<RouteLight, Problem> {
    let found = RouteLight::ALL.into_iter().find(|light| light.as_str() == name);
    found.ok_or_else(|| Problem::invalid_parameter("light", "green, amber, red or grey"))
}
