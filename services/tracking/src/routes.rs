//! Routes: how the shipments of one carrier to one city end. This traffic light says where cash on delivery
//! pays; the lights of a shipment, of an office's countdown and of a person are others.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use database::{Row, Scope, Statement, Tx, bind, sql};
use domain::{Date, ShipmentStatus, TenantId, bogota_date};
use serde::Deserialize;

use crate::Tracking;
use crate::shipment::Shipment;

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
    /// The rate drawn towards the carrier's own, percent; none before anything ended anywhere.
    pub likely_rate: Option<f64>,
    /// What the likely rate means.
    pub light: RouteLight,
    /// Mean days from guía to delivery.
    pub days: Option<f64>,
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
}

impl RouteCounts {
    /// Delivered and returned ones.
    #[must_use]
    pub const fn ended(&self) -> i64 {
        self.delivered + self.returned
    }

    fn of(shipment: &Shipment) -> Self {
        let minor = |money: Option<domain::Money>| money.map_or(0, |money| money.amount);
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
        let took =
            shipment.guide_created_at.map(|made| shipment.last_event_at.duration_since(made).as_hours());
        let took = took.filter(|hours| *hours >= 0 && delivered == 1);
        Self {
            shipments: 1,
            delivered,
            returned,
            timed: i64::from(took.is_some()),
            hours: took.unwrap_or(0),
            collected: minor(shipment.collect) * delivered,
            freight: minor(shipment.freight) * (delivered + returned),
            return_cost: minor(shipment.return_cost) * returned,
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
                ]
            })
            .collect();
        tx.execute_many(&ADD, rows).await.map(drop)
    }
}

impl Tracking {
    /// The routes of shipments whose guía is of these months, those with most ended shipments first.
    pub async fn routes(&self, tenant: TenantId, from: Month, to: Month) -> database::Result<Vec<Route>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![from.0, to.0]).await?;
        tx.commit().await?;
        let counted = rows.iter().map(read).collect::<database::Result<Vec<_>>>()?;
        let mut routes = judge(&Thresholds::builtin(), counted);
        routes.sort_by(|a, b| by_weight(a).cmp(&by_weight(b)));
        Ok(routes)
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

fn read(row: &Row) -> database::Result<(String, String, String, RouteCounts)> {
    let counts = RouteCounts {
        shipments: row.get(3)?,
        delivered: row.get(4)?,
        returned: row.get(5)?,
        timed: row.get(6)?,
        hours: row.get(7)?,
        collected: row.get(8)?,
        freight: row.get(9)?,
        return_cost: row.get(10)?,
    };
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, counts))
}

/// The numbers of `data/routes.toml`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Thresholds {
    green_from: f64,
    amber_from: f64,
    grey_below: i64,
    prior: f64,
}

impl Thresholds {
    fn builtin() -> Self {
        static BUILTIN: LazyLock<Thresholds> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "a unit test reads the built-in file")]
            toml::from_str(include_str!("../data/routes.toml")).expect("the built-in route file is valid")
        });
        *BUILTIN
    }

    fn light(&self, ended: i64, likely: Option<f64>) -> RouteLight {
        match likely {
            Some(_) if ended < self.grey_below => RouteLight::Grey,
            Some(rate) if rate >= self.green_from => RouteLight::Green,
            Some(rate) if rate >= self.amber_from => RouteLight::Amber,
            Some(_) => RouteLight::Red,
            None => RouteLight::Grey,
        }
    }
}

/// Rates by empirical Bayes: a route's rate is the mean of a beta distribution whose prior is worth
/// `prior` shipments at the carrier's rate over all cities, and the carrier's likewise at the rate over all.
fn judge(thresholds: &Thresholds, counted: Vec<(String, String, String, RouteCounts)>) -> Vec<Route> {
    let mut all = (0, 0);
    let mut carriers: HashMap<String, (i64, i64)> = HashMap::new();
    for (_, carrier, _, counts) in &counted {
        let of_carrier = carriers.entry(carrier.clone()).or_default();
        for sums in [&mut all, of_carrier] {
            sums.0 += counts.delivered;
            sums.1 += counts.ended();
        }
    }
    let overall = (all.1 > 0).then(|| all.0 as f64 / all.1 as f64);
    let drawn = |delivered: i64, ended: i64, towards: f64| {
        (delivered as f64 + thresholds.prior * towards) / (ended as f64 + thresholds.prior)
    };
    counted
        .into_iter()
        .map(|(city_key, carrier_code, city_name, counts)| {
            let (delivered, ended) = carriers.get(&carrier_code).copied().unwrap_or_default();
            let likely = overall.map(|overall| {
                drawn(counts.delivered, counts.ended(), drawn(delivered, ended, overall)) * 100.0
            });
            let rate = (counts.ended() > 0).then(|| counts.delivered as f64 * 100.0 / counts.ended() as f64);
            Route {
                light: thresholds.light(counts.ended(), likely),
                days: (counts.timed > 0).then(|| counts.hours as f64 / counts.timed as f64 / 24.0),
                rate,
                likely_rate: likely,
                city_key,
                city_name,
                carrier_code,
                counts,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(
        city: &str,
        carrier: &str,
        delivered: i64,
        returned: i64,
    ) -> (String, String, String, RouteCounts) {
        let counts =
            RouteCounts { shipments: delivered + returned, delivered, returned, ..RouteCounts::default() };
        (city.to_owned(), carrier.to_owned(), city.to_owned(), counts)
    }

    fn light(routes: &[Route], city: &str) -> RouteLight {
        routes.iter().find(|route| route.city_key == city).unwrap().light
    }

    #[test]
    fn the_built_in_thresholds_rise() {
        let built = Thresholds::builtin();
        assert!(0.0 < built.amber_from && built.amber_from < built.green_from && built.green_from < 100.0);
    }

    #[test]
    fn few_deliveries_are_no_proof_and_many_are() {
        let routes = judge(
            &Thresholds::builtin(),
            vec![
                route("large", "tcc", 760, 240),
                route("small", "tcc", 5, 0),
                route("lucky", "tcc", 12, 0),
                route("good", "tcc", 180, 20),
                route("bad", "tcc", 20, 80),
            ],
        );
        assert_eq!(light(&routes, "large"), RouteLight::Amber);
        assert_eq!(light(&routes, "small"), RouteLight::Grey);
        assert_eq!(light(&routes, "good"), RouteLight::Green);
        assert_eq!(light(&routes, "bad"), RouteLight::Red);
        let lucky = routes.iter().find(|route| route.city_key == "lucky").unwrap();
        assert_eq!(lucky.rate, Some(100.0));
        assert!(lucky.likely_rate.unwrap() < 90.0, "drawn towards the carrier's rate");
    }

    #[test]
    fn nothing_ended_is_grey_and_has_no_rate() {
        let mut waiting = route("a", "tcc", 0, 0);
        waiting.3.shipments = 3;
        let routes = judge(&Thresholds::builtin(), vec![waiting]);
        assert_eq!((routes[0].rate, routes[0].likely_rate, routes[0].light), (None, None, RouteLight::Grey));
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
