//! `GET /v1/routes/matrix`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tracking::Quadrant;
use utoipa::ToSchema;

use super::{Period, RouteView, rounded, view};
use crate::auth::{AnalyticsRead, Authorized};
use crate::params::Params;
use crate::{Api, Problem};

/// Most routes of one place.
const MOST: usize = 50;

/// Routes by how much is sent and how much of it arrives.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteMatrix {
    /// Much is this many ended shipments or more: the mean of the routes.
    volume_from: f64,
    /// Much arrives from this percent on: where green begins.
    rate_from: f64,
    /// Routes with too few shipments for a place.
    too_few: usize,
    /// By place, those with most ended shipments first, at most 50 of each.
    items: Vec<RouteInMatrix>,
}

/// A route and its place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteInMatrix {
    /// scale (much, arrives), fix (much, does not arrive), grow (little, arrives) or review (little, does not arrive).
    #[schema(value_type = String, example = "fix")]
    place: &'static str,
    route: RouteView,
}

/// What each route's volume and rate ask for.
#[utoipa::path(
    get, path = "/v1/routes/matrix", tag = "routes", operation_id = "get_route_matrix", params(Period),
    responses((status = 200, body = RouteMatrix)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<AnalyticsRead>,
    Params(period): Params<Period>,
) -> Result<Json<RouteMatrix>, Problem> {
    let (from, to) = period.read(&api)?;
    let tenant = &allowed.caller.tenant;
    let currency = tenant.country.currency();
    let found = api.tracking.route_matrix(tenant.id, from, to, MOST).await?;
    let item = |(at, route)| RouteInMatrix { place: place(at), route: view(route, currency) };
    Ok(Json(RouteMatrix {
        volume_from: rounded(found.volume_from),
        rate_from: found.rate_from,
        too_few: found.too_few,
        items: found.items.into_iter().map(item).collect(),
    }))
}

const fn place(quadrant: Quadrant) -> &'static str {
    match quadrant {
        Quadrant::Scale => "scale",
        Quadrant::Fix => "fix",
        Quadrant::Grow => "grow",
        Quadrant::Review => "review",
    }
}
