//! `GET /v1/routes`

use axum::Json;
use axum::extract::State;
use domain::bogota_date;
use serde::{Deserialize, Serialize};
use tracking::{Month, Route};
use utoipa::{IntoParams, ToSchema};

use crate::auth::{AnalyticsRead, Authorized};
use crate::params::{self, Params};
use crate::view::Page;
use crate::{Api, Problem};

/// Months before this one that are counted unless the caller says.
const MONTHS: i64 = 5;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// First month of the guías, as 2026-03; five months ago if absent.
    from: Option<String>,
    /// Last month of the guías; this one if absent.
    to: Option<String>,
    /// DIVIPOLA code, or the folded name of an unknown city.
    city: Option<String>,
    /// Code of the carrier.
    carrier: Option<String>,
    /// green, amber, red or grey.
    light: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// How the shipments of one carrier to one city end.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Route)]
pub(crate) struct RouteView {
    city_key: String,
    city_name: String,
    carrier_code: String,
    shipments: i64,
    delivered: i64,
    /// Gone back or on the way back.
    returned: i64,
    /// Delivered among delivered and returned, percent. Null before anything ended.
    rate: Option<f64>,
    /// The rate drawn towards the carrier's own where few shipments ended, percent.
    likely_rate: Option<f64>,
    /// green (cash on delivery pays), amber (watch it), red (it loses money) or grey (too few to tell).
    #[schema(value_type = String, example = "green")]
    light: &'static str,
    /// Mean days from guía to delivery.
    days: Option<f64>,
    /// Collected at delivery, minor units of the organisation's currency.
    collected: i64,
    /// Freight of all that ended, minor units.
    freight: i64,
    /// What returns cost, minor units.
    return_cost: i64,
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
    let this_month = Month::of(bogota_date(api.clock.now()));
    let from = params::parse("from", query.from.as_deref())?.unwrap_or(this_month.before(MONTHS));
    let to = params::parse("to", query.to.as_deref())?.unwrap_or(this_month);
    let limit = params::limit(query.limit)? as usize;
    let light = match query.light.as_deref().filter(|light| !light.is_empty()) {
        Some(light @ ("green" | "amber" | "red" | "grey")) => Some(light),
        Some(_) => return Err(Problem::invalid_parameter("light", "green, amber, red or grey")),
        None => None,
    };
    let fits =
        |wanted: Option<&str>, value: &str| wanted.is_none_or(|wanted| wanted.is_empty() || wanted == value);
    let routes = api.tracking.routes(allowed.caller.tenant.id, from, to).await?;
    let items = routes
        .into_iter()
        .filter(|route| fits(query.city.as_deref(), &route.city_key))
        .filter(|route| fits(query.carrier.as_deref(), &route.carrier_code))
        .filter(|route| fits(light, route.light.as_str()))
        .take(limit)
        .map(view)
        .collect();
    Ok(Json(Page { items, next_cursor: None }))
}

fn view(route: Route) -> RouteView {
    RouteView {
        shipments: route.counts.shipments,
        delivered: route.counts.delivered,
        returned: route.counts.returned,
        rate: route.rate.map(rounded),
        likely_rate: route.likely_rate.map(rounded),
        light: route.light.as_str(),
        days: route.days.map(rounded),
        collected: route.counts.collected,
        freight: route.counts.freight,
        return_cost: route.counts.return_cost,
        city_key: route.city_key,
        city_name: route.city_name,
        carrier_code: route.carrier_code,
    }
}

/// To one decimal, as it is shown.
fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
