//! `GET /v1/routes/simulation`

use axum::Json;
use axum::extract::State;
use domain::{Carrier, Currency};
use serde::{Deserialize, Serialize};
use tracking::{Simulated, SimulationQuestion};
use utoipa::{IntoParams, ToSchema};

use super::{amount_of, months, rounded};
use crate::auth::{AnalyticsRead, Authorized};
use crate::params::Params;
use crate::view::Money;
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Code or name of the carrier that takes the shipments.
    to_carrier: String,
    /// Code or name of the carrier whose shipments are given away; those of all others if absent.
    from_carrier: Option<String>,
    /// DIVIPOLA code or name; all cities if absent.
    city: Option<String>,
    /// First month of the guías, as 2026-03; five months ago if absent.
    from: Option<String>,
    /// Last month of the guías; this one if absent.
    to: Option<String>,
}

/// What came of shipments, and what would have come of them with another carrier.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssignmentSimulation {
    to_carrier: String,
    /// Ended shipments in cities where enough of the carrier's own ended to tell.
    ended: i64,
    /// Those of them that were delivered.
    delivered: i64,
    /// Collected less freight and returns. Null while an amount of any of them is unknown.
    left: Option<Money>,
    /// Ended shipments in cities where too few of the carrier's own ended: nothing is said about them.
    cannot_tell: i64,
    /// Cities that count.
    cities: usize,
    /// Null where the carrier has no history in any of the cities.
    simulated: Option<SimulatedOutcome>,
}

/// What would have come of the shipments that count. The bounds hold in nine of ten cases.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SimulatedOutcome {
    /// Expected deliveries, by the likely rate of each city.
    delivered: f64,
    delivered_low: f64,
    delivered_high: f64,
    /// Collected less freight and returns, in each city at the carrier's mean freight and cost of a return there.
    /// Null while one of these is known of no shipment of a city.
    left: Option<Money>,
    left_low: Option<Money>,
    left_high: Option<Money>,
}

/// Gives shipments of the past to another carrier, by what that carrier did in the same cities.
#[utoipa::path(
    get, path = "/v1/routes/simulation", tag = "routes", operation_id = "simulate_assignment", params(Wanted),
    responses((status = 200, body = AssignmentSimulation), (status = 400, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<AnalyticsRead>,
    Params(query): Params<Wanted>,
) -> Result<Json<AssignmentSimulation>, Problem> {
    let (from, to) = months(&api, query.from.as_deref(), query.to.as_deref())?;
    if Carrier::from_code(&query.to_carrier).or_else(|| Carrier::recognise(&query.to_carrier)).is_none() {
        return Err(Problem::invalid_parameter("to_carrier", "no carrier bears this name"));
    }
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let question = SimulationQuestion {
        city: filled(query.city),
        from_carrier: filled(query.from_carrier),
        to_carrier: query.to_carrier,
        from,
        to,
    };
    let tenant = &allowed.caller.tenant;
    let currency = tenant.country.currency();
    let found = api.tracking.simulate_assignment(tenant.id, &question).await?;
    Ok(Json(AssignmentSimulation {
        to_carrier: found.to_carrier,
        ended: found.ended,
        delivered: found.delivered,
        left: found.left.map(|amount| amount_of(amount, currency)),
        cannot_tell: found.cannot_tell,
        cities: found.cities,
        simulated: found.simulated.map(|one| outcome(&one, currency)),
    }))
}

fn outcome(one: &Simulated, currency: Currency) -> SimulatedOutcome {
    let money = |amount: Option<i64>| amount.map(|amount| amount_of(amount, currency));
    SimulatedOutcome {
        delivered: rounded(one.delivered),
        delivered_low: rounded(one.low),
        delivered_high: rounded(one.high),
        left: money(one.left),
        left_low: money(one.left_low),
        left_high: money(one.left_high),
    }
}
