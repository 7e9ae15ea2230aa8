//! `GET /v1/routes/losses`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Period, RouteView, amount_of, rounded, view};
use crate::auth::{AnalyticsRead, Authorized};
use crate::params::Params;
use crate::view::Money;
use crate::{Api, Problem};

/// Most routes that are told.
const MOST: usize = 200;

/// Where returns cost money.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteLosses {
    /// Of all routes: what returns cost, and the freight that was paid for them.
    total: Money,
    /// Returns on all routes.
    returned: i64,
    /// Returns whose cost nobody told; their freight alone is counted.
    cost_unknown: i64,
    /// Routes with losses.
    routes: usize,
    /// The first so many make 80 % of the losses.
    routes_of_most: usize,
    /// The largest loss first, at most 200.
    items: Vec<RouteLoss>,
}

/// A route and its part of the losses.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteLoss {
    route: RouteView,
    /// Percent of all losses that this route and those before it make.
    up_to_here: f64,
    /// Whether it is one of those that make 80 %.
    of_most: bool,
}

/// The routes that lose most, with their part of all losses.
#[utoipa::path(
    get, path = "/v1/routes/losses", tag = "routes", operation_id = "list_route_losses", params(Period),
    responses((status = 200, body = RouteLosses)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<AnalyticsRead>,
    Params(period): Params<Period>,
) -> Result<Json<RouteLosses>, Problem> {
    let (from, to) = period.read(&api)?;
    let tenant = &allowed.caller.tenant;
    let currency = tenant.country.currency();
    let found = api.tracking.route_losses(tenant.id, from, to, MOST).await?;
    let item = |one: tracking::LossShare| RouteLoss {
        up_to_here: rounded(one.up_to_here),
        of_most: one.of_most,
        route: view(one.route, currency),
    };
    Ok(Json(RouteLosses {
        total: amount_of(found.total, currency),
        returned: found.returned,
        cost_unknown: found.cost_unknown,
        routes: found.routes,
        routes_of_most: found.routes_of_most,
        items: found.items.into_iter().map(item).collect(),
    }))
}
