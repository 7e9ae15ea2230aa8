//! Routes: how the shipments of one carrier to one city end. This traffic light says where cash on delivery
//! pays; the lights of a shipment, of an office's countdown and of a person are others.

mod best;
mod history;
mod judge;
mod pauses;
mod policy;
mod reports;
mod simulate;
mod sums;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use database::{CursorError, Page, Row, Scope, Statement, Tx, bind, page_size, sql};
use domain::{Date, ShipmentStatus, TenantId, bogota_date};

use crate::Tracking;
use crate::shipment::Shipment;

pub use self::best::{
    BestCarrier, BestCarrierQuestion, DecidedBy, Margin, Mean, MeanOf, Missing, Obstacle, Offer,
};
pub use self::history::{PastResults, ToldRoute};
pub use self::judge::Estimate;
pub(crate) use self::judge::Judge;
pub use self::pauses::{ActivePauses, NewPause, PauseError, ResumeError, RoutePause, Who};
pub use self::policy::{
    ChangeRoutePolicyError, InvalidRoutePolicy, RoutePolicy, RoutePolicyChange, RoutePolicyInForce,
};
pub use self::reports::{Grid, GridCity, LossShare, Losses, Matrix, Quadrant};
pub use self::simulate::{Simulated, Simulation, SimulationQuestion};
pub(crate) use self::sums::RouteSums;

const ADD: Statement = sql!("add_route_counts.sql");
const LIST: Statement = sql!("list_routes.sql");

/// A year and a month, as 202603.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(i64);

impl Month {
    /// The month of a day.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self(i64::from(day.year()) * 100 + i64::from(day.month()))
    }

    /// The month so many months before.
    #[must_use]
    pub const fn before(self, months: i64) -> Self {
        let all = self.0 / 100 * 12 + self.0 % 100 - 1 - months;
        Self(all.div_euclid(12) * 100 + all.rem_euclid(12) + 1)
    }
}

/// A text that is no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month as in 2026-03")]
pub struct NoMonth;

impl std::str::FromStr for Month {
    type Err = NoMonth;

    fn from_str(text: &str) -> Result<Self, NoMonth> {
        let (year, month) = text.split_once('-').ok_or(NoMonth)?;
        let digits = year.len() == 4 && month.len() == 2 && !text.contains('+');
        match (year.parse::<i64>(), month.parse::<i64>()) {
            (Ok(year), Ok(month @ 1..=12)) if digits => Ok(Self(year * 100 + month)),
            _ => Err(NoMonth),
        }
    }
}

/// How good a route is for cash on delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteLight {
    /// It pays.
    Green,
    /// It pays, and needs watching.
    Amber,
    /// It loses money.
    Red,
    /// Too few shipments ended to tell.
    Grey,
}

impl RouteLight {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Green, Self::Amber, Self::Red, Self::Grey];

    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
            Self::Grey => "grey",
        }
    }
}

/// How the shipments of a carrier to a city end.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The city's municipality code, or its folded name.
    pub city_key: String,
    /// The city's name.
    pub city_name: String,
    /// Code of the carrier.
    pub carrier_code: String,
    /// What was counted.
    pub counts: RouteCounts,
    /// Delivered among delivered and returned, percent; none before anything ended.
    pub rate: Option<f64>,
    /// The rate drawn towards the carrier's own, with its bounds; none before anything ended anywhere.
    pub likely: Option<Estimate>,
    /// What the likely rate means.
    pub light: RouteLight,
    /// Whether the organisation's rule says to send nothing there.
    pub to_block: bool,
    /// Whether somebody paused the city or the route.
    pub paused: bool,
    /// Mean days from guía to delivery.
    pub days: Option<f64>,
    /// What a list told of its past.
    pub past: Option<PastResults>,
}

impl Route {
    /// What its returns cost: their freight and the way back, minor units.
    #[must_use]
    pub const fn loss(&self) -> i64 {
        self.counts.return_cost + self.counts.returned_freight
    }
}

/// Sums over shipments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RouteCounts {
    /// All shipments.
    pub shipments: i64,
    /// Delivered ones.
    pub delivered: i64,
    /// Those that went back, or are on their way back.
    pub returned: i64,
    timed: i64,
    hours: i64,
    /// Collected at delivery, minor units.
    pub collected: i64,
    /// Freight of all that ended, minor units.
    pub freight: i64,
    /// What returns cost, minor units.
    pub return_cost: i64,
    /// Delivered ones whose amount to collect is known.
    pub collect_known: i64,
    /// Ended ones whose freight is known.
    pub freight_known: i64,
    /// Returned ones whose cost is known.
    pub return_cost_known: i64,
    /// Freight of those that went back, minor units; part of `freight`.
    pub returned_freight: i64,
}

impl RouteCounts {
    /// Delivered and returned ones.
    #[must_use]
    pub const fn ended(&self) -> i64 {
        self.delivered + self.returned
    }

    fn of(shipment: &Shipment) -> Self {
        let minor = |money: Option<domain::Money>| money.map_or(0, |money| money.amount);
        let known = |money: Option<domain::Money>| i64::from(money.is_some());
        let (delivered, returned) = match shipment.reading.status {
            ShipmentStatus::Delivered => (1, 0),
            ShipmentStatus::Returned => (0, 1),
            ShipmentStatus::Created
            | ShipmentStatus::Processing
            | ShipmentStatus::Shipped
            | ShipmentStatus::InTransit
            | ShipmentStatus::OutForDelivery
            | ShipmentStatus::InOffice
            | ShipmentStatus::Issue
            | ShipmentStatus::Cancelled => (0, 0),
        };
        let took = shipment.guide_created_at.map(|made| shipment.last_event_at.duration_since(made));
        // Minutes before the guía are none, although they are less than an hour.
        let took = took.filter(|took| !took.is_negative() && delivered == 1).map(|took| took.as_hours());
        Self {
            shipments: 1,
            delivered,
            returned,
            timed: i64::from(took.is_some()),
            hours: took.unwrap_or(0),
            collected: minor(shipment.collect) * delivered,
            freight: minor(shipment.freight) * (delivered + returned),
            return_cost: minor(shipment.return_cost) * returned,
            collect_known: known(shipment.collect) * delivered,
            freight_known: known(shipment.freight) * (delivered + returned),
            return_cost_known: known(shipment.return_cost) * returned,
            returned_freight: minor(shipment.freight) * returned,
        }
    }

    fn add(&mut self, other: Self, sign: i64) {
        self.shipments += sign * other.shipments;
        self.delivered += sign * other.delivered;
        self.returned += sign * other.returned;
        self.timed += sign * other.timed;
        self.hours += sign * other.hours;
        self.collected += sign * other.collected;
        self.freight += sign * other.freight;
        self.return_cost += sign * other.return_cost;
        self.collect_known += sign * other.collect_known;
        self.freight_known += sign * other.freight_known;
        self.return_cost_known += sign * other.return_cost_known;
        self.returned_freight += sign * other.returned_freight;
    }
}

/// A shipment's part in the counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RouteShare {
    key: (Month, String, String),
    city_name: String,
    counts: RouteCounts,
}

impl RouteShare {
    pub(crate) fn of(shipment: &Shipment) -> Self {
        let day = bogota_date(shipment.guide_created_at.unwrap_or(shipment.first_seen_at));
        Self {
            key: (Month::of(day), shipment.city.key.clone(), shipment.carrier_code.clone()),
            city_name: shipment.city.name.clone(),
            counts: RouteCounts::of(shipment),
        }
    }
}

/// What a batch changes in the counts.
#[derive(Default)]
pub(crate) struct RouteChanges(BTreeMap<(Month, String, String), (String, RouteCounts)>);

impl RouteChanges {
    /// Takes a shipment's part out, and puts another one in.
    pub(crate) fn note(&mut self, before: Option<RouteShare>, after: RouteShare) {
        if before.as_ref() == Some(&after) {
            return;
        }
        let parts = before.map(|share| (share, -1)).into_iter().chain([(after, 1)]);
        for (share, sign) in parts {
            let (_, counts) =
                self.0.entry(share.key).or_insert_with(|| (share.city_name, RouteCounts::default()));
            counts.add(share.counts, sign);
        }
    }

    /// Adds the changes up, keys in one order for every writer.
    pub(crate) async fn save(self, tx: &mut Tx) -> database::Result<()> {
        let changed = self.0.into_iter().filter(|(_, (_, counts))| *counts != RouteCounts::default());
        let rows = changed
            .map(|((month, city, carrier), (name, counts))| {
                bind![
                    month.0,
                    city,
                    carrier,
                    name,
                    counts.shipments,
                    counts.delivered,
                    counts.returned,
                    counts.timed,
                    counts.hours,
                    counts.collected,
                    counts.freight,
                    counts.return_cost,
                    counts.collect_known,
                    counts.freight_known,
                    counts.return_cost_known,
                    counts.returned_freight,
                ]
            })
            .collect();
        tx.execute_many(&ADD, rows).await.map(drop)
    }
}

/// Which routes are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteFilter {
    /// First month of the guías.
    pub from: Month,
    /// Last month of the guías.
    pub to: Month,
    /// Municipality code or name.
    pub city: Option<String>,
    /// Code or name of a carrier.
    pub carrier: Option<String>,
    /// Of this light.
    pub light: Option<RouteLight>,
    /// Only those to block, or only the others.
    pub to_block: Option<bool>,
    /// Only those that are paused, or only the others.
    pub paused: Option<bool>,
}

impl RouteFilter {
    /// All routes of these months.
    #[must_use]
    pub const fn of_months(from: Month, to: Month) -> Self {
        Self { from, to, city: None, carrier: None, light: None, to_block: None, paused: None }
    }

    fn fits(&self, route: &Route) -> bool {
        self.city.as_ref().is_none_or(|city| *city == route.city_key)
            && self.carrier.as_ref().is_none_or(|carrier| *carrier == route.carrier_code)
            && self.light.is_none_or(|light| light == route.light)
            && self.to_block.is_none_or(|wanted| wanted == route.to_block)
            && self.paused.is_none_or(|wanted| wanted == route.paused)
    }

    fn resolved(&self) -> Self {
        let city = self.city.as_deref().map(crate::queue::city_key);
        Self { city, carrier: self.carrier.as_deref().map(crate::queue::carrier_code), ..self.clone() }
    }
}

/// A place in the list of routes: its last item's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteCursor {
    ended: i64,
    shipments: i64,
    city: String,
    carrier: String,
}

impl RouteCursor {
    fn after(route: &Route) -> Self {
        Self {
            ended: route.counts.ended(),
            shipments: route.counts.shipments,
            city: route.city_key.clone(),
            carrier: route.carrier_code.clone(),
        }
    }
}

impl fmt::Display for RouteCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ended, shipments, city, carrier } = self;
        write!(f, "{ended}.{shipments}.{}.{city}{carrier}", city.len())
    }
}

impl FromStr for RouteCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let mut parts = text.splitn(4, '.');
        let mut number = || parts.next().and_then(|part| part.parse::<i64>().ok()).ok_or(CursorError);
        let (ended, shipments, length) = (number()?, number()?, number()?);
        let names = parts.next().ok_or(CursorError)?;
        let length = usize::try_from(length).map_err(|_| CursorError)?;
        let (city, carrier) = names.split_at_checked(length).ok_or(CursorError)?;
        Ok(Self { ended, shipments, city: city.to_owned(), carrier: carrier.to_owned() })
    }
}

/// What was counted on all routes, and what they are judged by.
pub(crate) struct Counted {
    pub(crate) routes: Vec<Route>,
    pub(crate) judge: Judge,
    pub(crate) paused: ActivePauses,
}

impl Tracking {
    /// The routes of shipments whose guía is of these months, those with most ended shipments first.
    pub async fn routes(&self, tenant: TenantId, from: Month, to: Month) -> database::Result<Vec<Route>> {
        Ok(self.count_routes(tenant, from, to).await?.routes)
    }

    /// A page of the routes that fit after a cursor, those with most ended shipments first.
    pub async fn route_page(
        &self,
        tenant: TenantId,
        filter: &RouteFilter,
        after: Option<RouteCursor>,
        limit: u32,
    ) -> database::Result<Page<Route, RouteCursor>> {
        let filter = filter.resolved();
        let limit = page_size(limit);
        let routes = self.routes(tenant, filter.from, filter.to).await?;
        let is_after = |route: &Route| {
            after.as_ref().is_none_or(|last| {
                let (ended, shipments) = (std::cmp::Reverse(last.ended), std::cmp::Reverse(last.shipments));
                by_weight(route) > (ended, shipments, last.city.as_str(), last.carrier.as_str())
            })
        };
        let wanted = routes.into_iter().filter(|route| filter.fits(route) && is_after(route));
        let items = wanted.take(limit as usize + 1).collect();
        Ok(Page::cut(items, limit, RouteCursor::after))
    }

    pub(crate) async fn count_routes(
        &self,
        tenant: TenantId,
        from: Month,
        to: Month,
    ) -> database::Result<Counted> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![from.0, to.0]).await?;
        let policy = policy::in_force(&mut tx).await?.policy;
        let paused = pauses::active(&mut tx).await?;
        let past = history::all(&mut tx).await?;
        tx.commit().await?;
        let mut counted = rows.iter().map(read).collect::<database::Result<Vec<_>>>()?;
        let past = past.add_to(&mut counted);
        let judge = Judge::of(policy, &counted, past);
        let routes = counted.into_iter().map(|one| {
            let is_paused = paused.hold(&one.city_key, &one.carrier_code);
            Route { paused: is_paused, ..judge.route(one) }
        });
        let mut routes: Vec<Route> = routes.collect();
        routes.sort_by(|a, b| by_weight(a).cmp(&by_weight(b)));
        Ok(Counted { routes, judge, paused })
    }
}

fn by_weight(route: &Route) -> (std::cmp::Reverse<i64>, std::cmp::Reverse<i64>, &str, &str) {
    let counts = &route.counts;
    (
        std::cmp::Reverse(counts.ended()),
        std::cmp::Reverse(counts.shipments),
        &route.city_key,
        &route.carrier_code,
    )
}

/// What was counted on one route.
#[derive(Debug, Clone)]
pub(crate) struct CountedRoute {
    pub(crate) city_key: String,
    pub(crate) carrier_code: String,
    pub(crate) city_name: String,
    pub(crate) counts: RouteCounts,
}

fn read(row: &Row) -> database::Result<CountedRoute> {
    let counts = RouteCounts {
        shipments: row.get(3)?,
        delivered: row.get(4)?,
        returned: row.get(5)?,
        timed: row.get(6)?,
        hours: row.get(7)?,
        collected: row.get(8)?,
        freight: row.get(9)?,
        return_cost: row.get(10)?,
        collect_known: row.get(11)?,
        freight_known: row.get(12)?,
        return_cost_known: row.get(13)?,
        returned_freight: row.get(14)?,
    };
    Ok(CountedRoute { city_key: row.get(0)?, carrier_code: row.get(1)?, city_name: row.get(2)?, counts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back() {
        let cursor = RouteCursor {
            ended: 12,
            shipments: 20,
            city: "vereda ñ. sin nombre".into(),
            carrier: "tcc.1".into(),
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "1.2.3", "1.2.x.ab", "1.2.9.ab", "1.2.-1.ab", "1.2.1.ñ"] {
            assert_eq!(bad.parse::<RouteCursor>(), Err(CursorError), "{bad}");
        }
    }

    #[test]
    fn months_read_back() {
        assert_eq!("2026-03".parse(), Ok(Month(202_603)));
        assert_eq!(Month(202_603).before(0), Month(202_603));
        assert_eq!(Month(202_603).before(3), Month(202_512));
        assert_eq!(Month(202_612).before(12), Month(202_512));
        for bad in ["2026", "2026-13", "2026-00", "26-03", "2026-3", "+026-03", "2026-+3", ""] {
            assert_eq!(bad.parse::<Month>(), Err(NoMonth), "{bad}");
        }
    }
}
