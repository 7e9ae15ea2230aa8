//! `GET /v1/cities/{city}/best-carrier`

use axum::Json;
use axum::extract::State;
use domain::Currency;
use domain::carrier::Offices;
use serde::{Deserialize, Serialize};
use tracking::{BestCarrierQuestion, DecidedBy, Mean, MeanOf, Missing, Obstacle, Offer};
use utoipa::{IntoParams, ToSchema};

use super::{RoutePast, amount_of, months, percent, rounded};
use crate::auth::{AnalyticsRead, Authorized};
use crate::params::{Params, PathId};
use crate::view::Money;
use crate::{Api, Problem};

/// The largest amount that is compared, minor units.
const MAX_AMOUNT: i64 = 1_000_000_000_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// First month of the guías, as 2026-03; five months ago if absent.
    from: Option<String>,
    /// Last month of the guías; this one if absent.
    to: Option<String>,
    /// What is collected at the door, minor units; the mean of what was collected in the city if absent.
    order_value: Option<i64>,
    /// What the goods cost, minor units.
    product_cost: Option<i64>,
}

/// The carriers of a city side by side: chance × (value − cost of the goods) − freight − (1 − chance) × return.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BestCarrier)]
pub(crate) struct BestCarrierView {
    city_key: String,
    city_name: Option<String>,
    /// What the carriers are compared by. Null where nothing was collected in the city and none was asked.
    order_value: Option<Money>,
    /// Of how many deliveries the value is the mean. Null where it was asked.
    order_value_samples: Option<i64>,
    product_cost: Option<Money>,
    /// Code of the carrier that leaves most. Null where nobody can tell.
    best: Option<String>,
    /// margin, office_days (margins are even; its parcels wait longer) or coverage (it delivers to more places).
    decided_by: Option<&'static str>,
    /// What is unknown for all of them: order_value, product_cost.
    missing: Vec<&'static str>,
    /// The best first, then those that may be chosen, by what they leave.
    offers: Vec<CarrierOffer>,
}

/// What is known of one carrier for the city.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CarrierOffer {
    carrier_code: String,
    /// green, amber, red or grey.
    #[schema(value_type = String, example = "green")]
    light: &'static str,
    shipments: i64,
    delivered: i64,
    returned: i64,
    /// The chance of a delivery, percent, drawn towards the carrier's rate where few shipments ended.
    likely_rate: Option<f64>,
    low_rate: Option<f64>,
    high_rate: Option<f64>,
    /// What the rate is drawn towards, percent: the route's past, where an imported list told it, else the carrier's
    /// rate in its other cities.
    carrier_rate: Option<f64>,
    /// What an imported list told of the route's past; it is in no count.
    past: Option<RoutePast>,
    /// Mean days from guía to delivery.
    days: Option<f64>,
    freight: Option<MeanAmount>,
    return_cost: Option<MeanAmount>,
    /// The most it collects at a door.
    max_collect: Option<Money>,
    /// unknown, none, all, main or authorised: the offices at which a parcel may wait.
    #[schema(value_type = String, example = "all")]
    offices: Offices,
    /// Days it waits there.
    office_days: Option<i64>,
    /// Places it delivers to.
    coverage_points: Option<i64>,
    /// Null while a term is unknown.
    margin: Option<ExpectedMargin>,
    /// over_max_collect, paused, too_few: why it is not chosen whatever it leaves.
    obstacles: Vec<&'static str>,
    /// ended_shipments, freight, return_cost, max_collect, office_days, coverage.
    missing: Vec<&'static str>,
}

/// A mean of what shipments cost.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeanAmount {
    mean: Money,
    /// Of so many shipments.
    samples: i64,
    /// route (the carrier's to this city) or carrier (to all cities, because none to this one has the amount).
    #[schema(value_type = String, example = "route")]
    of: &'static str,
}

/// What an order leaves: income − freight − returns.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExpectedMargin {
    /// Chance of delivery × (value − cost of the goods).
    income: Money,
    /// Paid either way.
    freight: Money,
    /// Chance of a return × its cost.
    returns: Money,
    expected: Money,
    /// With the lower bound of the chance.
    low: Money,
    /// With its upper bound.
    high: Money,
}

/// Compares the carriers for orders to a city, from what was counted.
#[utoipa::path(
    get, path = "/v1/cities/{city}/best-carrier", tag = "routes", operation_id = "get_best_carrier",
    params(("city" = String, Path, description = "DIVIPOLA code or name"), Wanted),
    responses((status = 200, body = BestCarrierView), (status = 400, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<AnalyticsRead>,
    PathId(city): PathId<String>,
    Params(query): Params<Wanted>,
) -> Result<Json<BestCarrierView>, Problem> {
    let (from, to) = months(&api, query.from.as_deref(), query.to.as_deref())?;
    let amount = |name, value: Option<i64>| match value {
        Some(value) if !(0..=MAX_AMOUNT).contains(&value) => {
            Err(Problem::invalid_parameter(name, format!("0 to {MAX_AMOUNT}")))
        }
        Some(_) | None => Ok(value),
    };
    let tenant = &allowed.caller.tenant;
    let question = BestCarrierQuestion {
        city,
        from,
        to,
        country: tenant.country,
        order_value: amount("order_value", query.order_value)?,
        product_cost: amount("product_cost", query.product_cost)?,
    };
    let found = api.tracking.best_carrier(tenant.id, &question).await?;
    let currency = tenant.country.currency();
    Ok(Json(BestCarrierView {
        city_key: found.city_key,
        city_name: found.city_name,
        order_value: found.order_value.map(|(value, _)| amount_of(value, currency)),
        order_value_samples: found.order_value.and_then(|(_, samples)| samples),
        product_cost: found.product_cost.map(|cost| amount_of(cost, currency)),
        best: found.best,
        decided_by: found.decided_by.map(decided_by),
        missing: found.missing.into_iter().map(missing).collect(),
        offers: found.offers.into_iter().map(|offer| show(offer, currency)).collect(),
    }))
}

fn show(offer: Offer, currency: Currency) -> CarrierOffer {
    let money = |amount| amount_of(amount, currency);
    let mean = |mean: Mean| MeanAmount {
        mean: money(mean.amount),
        samples: mean.samples,
        of: match mean.of {
            MeanOf::Route => "route",
            MeanOf::Carrier => "carrier",
        },
    };
    let likely = offer.likely;
    CarrierOffer {
        carrier_code: offer.carrier_code,
        light: offer.light.as_str(),
        shipments: offer.counts.shipments,
        delivered: offer.counts.delivered,
        returned: offer.counts.returned,
        likely_rate: likely.map(|estimate| percent(estimate.likely)),
        low_rate: likely.map(|estimate| percent(estimate.low)),
        high_rate: likely.map(|estimate| percent(estimate.high)),
        carrier_rate: likely.map(|estimate| percent(estimate.towards)),
        past: offer.past.map(RoutePast::from),
        days: offer.days.map(rounded),
        freight: offer.freight.map(mean),
        return_cost: offer.return_cost.map(mean),
        max_collect: offer.max_collect.map(money),
        offices: offer.offices,
        office_days: offer.office_days,
        coverage_points: offer.coverage_points,
        margin: offer.margin.map(|margin| ExpectedMargin {
            income: money(margin.income),
            freight: money(margin.freight),
            returns: money(margin.returns),
            expected: money(margin.expected),
            low: money(margin.low),
            high: money(margin.high),
        }),
        obstacles: offer.obstacles.into_iter().map(obstacle).collect(),
        missing: offer.missing.into_iter().map(missing).collect(),
    }
}

const fn decided_by(by: DecidedBy) -> &'static str {
    match by {
        DecidedBy::Margin => "margin",
        DecidedBy::OfficeDays => "office_days",
        DecidedBy::Coverage => "coverage",
    }
}

const fn obstacle(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::OverMaxCollect => "over_max_collect",
        Obstacle::Paused => "paused",
        Obstacle::TooFew => "too_few",
    }
}

const fn missing(missing: Missing) -> &'static str {
    match missing {
        Missing::OrderValue => "order_value",
        Missing::ProductCost => "product_cost",
        Missing::EndedShipments => "ended_shipments",
        Missing::Freight => "freight",
        Missing::ReturnCost => "return_cost",
        Missing::MaxCollect => "max_collect",
        Missing::OfficeDays => "office_days",
        Missing::Coverage => "coverage",
    }
}
