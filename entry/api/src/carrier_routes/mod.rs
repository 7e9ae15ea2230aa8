//! Routes: how the shipments of one carrier to one city end, and what follows from it.

pub(crate) mod best_carrier;
pub(crate) mod grid;
pub(crate) mod list;
pub(crate) mod losses;
pub(crate) mod matrix;
pub(crate) mod simulation;

use domain::{Currency, bogota_date};
use serde::{Deserialize, Serialize};
use tracking::{Estimate, Month, PastResults, Route};
use utoipa::{IntoParams, ToSchema};

use crate::view::Money;
use crate::{Api, Problem, params};

/// Months before this one that are counted unless the caller says.
const MONTHS: i64 = 5;

/// Which guías are counted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Period {
    /// First month of the guías, as 2026-03; five months ago if absent.
    from: Option<String>,
    /// Last month of the guías; this one if absent.
    to: Option<String>,
}

impl Period {
    fn read(&self, api: &Api) -> Result<(Month, Month), Problem> {
        months(api, self.from.as_deref(), self.to.as_deref())
    }
}

fn months(api: &Api, from: Option<&str>, to: Option<&str>) -> Result<(Month, Month), Problem> {
    let this_month = Month::of(bogota_date(api.clock.now()));
    let from = params::parse("from", from)?.unwrap_or(this_month.before(MONTHS));
    Ok((from, params::parse("to", to)?.unwrap_or(this_month)))
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
    /// Lower bound of the likely rate, percent: it lies above in 19 of 20 cases.
    low_rate: Option<f64>,
    /// Upper bound of the likely rate, percent.
    high_rate: Option<f64>,
    /// What the rate is drawn towards, percent: the route's past, where an imported list told it, else the carrier's
    /// rate in its other cities.
    carrier_rate: Option<f64>,
    /// green (cash on delivery pays), amber (watch it), red (it loses money) or grey (too few to tell).
    #[schema(value_type = String, example = "green")]
    light: &'static str,
    /// Whether the organisation's rule says to send nothing there.
    to_block: bool,
    /// Whether the city or the route is paused.
    paused: bool,
    /// Mean days from guía to delivery.
    days: Option<f64>,
    /// Collected at delivery.
    collected: Money,
    /// Freight of all that ended.
    freight: Money,
    /// What returns cost.
    return_cost: Money,
    /// What was lost with returns: their cost and the freight that was paid for them.
    loss: Money,
    /// Delivered ones whose amount is known, ended ones whose freight is, returned ones whose cost is.
    known: RouteKnown,
    /// What an imported list told of its past; it draws the likely rate and is in no count.
    past: Option<RoutePast>,
}

/// How a carrier did in a city before, as a list told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoutePast {
    delivered: i64,
    returned: i64,
    /// Mean days to a delivery.
    days: Option<f64>,
}

/// Of how many shipments the amounts are known.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteKnown {
    collected: i64,
    freight: i64,
    return_cost: i64,
}

impl From<PastResults> for RoutePast {
    fn from(past: PastResults) -> Self {
        Self { delivered: past.delivered, returned: past.returned, days: past.days().map(rounded) }
    }
}

/// Shows a route in the organisation's currency.
fn view(route: Route, currency: Currency) -> RouteView {
    let money = |amount| amount_of(amount, currency);
    let loss = money(route.loss());
    let counts = &route.counts;
    let rate = |part: fn(&Estimate) -> f64| route.likely.as_ref().map(|estimate| percent(part(estimate)));
    RouteView {
        shipments: counts.shipments,
        delivered: counts.delivered,
        returned: counts.returned,
        rate: route.rate.map(rounded),
        likely_rate: rate(|estimate| estimate.likely),
        low_rate: rate(|estimate| estimate.low),
        high_rate: rate(|estimate| estimate.high),
        carrier_rate: rate(|estimate| estimate.towards),
        light: route.light.as_str(),
        to_block: route.to_block,
        paused: route.paused,
        days: route.days.map(rounded),
        collected: money(counts.collected),
        freight: money(counts.freight),
        return_cost: money(counts.return_cost),
        loss,
        known: RouteKnown {
            collected: counts.collect_known,
            freight: counts.freight_known,
            return_cost: counts.return_cost_known,
        },
        past: route.past.map(RoutePast::from),
        city_key: route.city_key,
        city_name: route.city_name,
        carrier_code: route.carrier_code,
    }
}

fn amount_of(amount: i64, currency: Currency) -> Money {
    Money { amount, currency: currency.as_str() }
}

/// To one decimal, as it is shown.
fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A share as percent, to one decimal.
fn percent(share: f64) -> f64 {
    rounded(share * 100.0)
}
