//! `GET /v1/routes/grid`

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{months, percent};
use crate::auth::{AnalyticsRead, Authorized};
use crate::params::{self, Params};
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// First month of the guías, as 2026-03; five months ago if absent.
    from: Option<String>,
    /// Last month of the guías; this one if absent.
    to: Option<String>,
    /// Cities, 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// Cities by carriers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteGrid {
    /// Codes, the one with most ended shipments first.
    carriers: Vec<String>,
    /// Those with most ended shipments first.
    cities: Vec<RouteGridCity>,
    /// How many cities there are.
    cities_of_all: usize,
}

/// A row of the grid.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteGridCity {
    city_key: String,
    city_name: String,
    ended: i64,
    /// In the order of the carriers; null where nothing was sent.
    cells: Vec<Option<RouteGridCell>>,
}

/// A carrier in a city.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteGridCell {
    /// green, amber, red or grey.
    #[schema(value_type = String, example = "green")]
    light: &'static str,
    /// Percent.
    likely_rate: Option<f64>,
    ended: i64,
    paused: bool,
}

/// The cities with most ended shipments, and each carrier's light in them.
#[utoipa::path(
    get, path = "/v1/routes/grid", tag = "routes", operation_id = "get_route_grid", params(Wanted),
    responses((status = 200, body = RouteGrid)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<AnalyticsRead>,
    Params(query): Params<Wanted>,
) -> Result<Json<RouteGrid>, Problem> {
    let (from, to) = months(&api, query.from.as_deref(), query.to.as_deref())?;
    let limit = params::limit(query.limit)? as usize;
    let found = api.tracking.route_grid(allowed.caller.tenant.id, from, to, limit).await?;
    let cell = |route: tracking::Route| RouteGridCell {
        light: route.light.as_str(),
        likely_rate: route.likely.map(|estimate| percent(estimate.likely)),
        ended: route.counts.ended(),
        paused: route.paused,
    };
    let city = |city: tracking::GridCity| RouteGridCity {
        city_key: city.key,
        city_name: city.name,
        ended: city.ended,
        cells: city.cells.into_iter().map(|route| route.map(cell)).collect(),
    };
    Ok(Json(RouteGrid {
        carriers: found.carriers,
        cities: found.cities.into_iter().map(city).collect(),
        cities_of_all: found.cities_of_all,
    }))
}
