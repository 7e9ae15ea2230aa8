//! What lists tell of the past of routes: sums that other programs made, of months that they do not name.

use std::collections::{BTreeMap, HashMap};

use database::{Statement, Tx, bind, sql};
use domain::{CarrierName, City, ImportId, Timestamp};

use super::{CountedRoute, RouteCounts};
use crate::Tracking;
use crate::shipment::CityColumns;

const TAKE: Statement = sql!("take_route_history.sql");
const LIST: Statement = sql!("list_route_history.sql");

const MINUTES_A_DAY: f64 = 1_440.0;

/// A line of a list: how a carrier did in a city.
#[derive(Debug, Clone)]
pub struct ToldRoute {
    /// The city.
    pub city: City,
    /// The carrier.
    pub carrier: CarrierName,
    /// Parcels delivered.
    pub delivered: i64,
    /// Parcels that went back.
    pub returned: i64,
    /// Mean time to a delivery, in minutes.
    pub minutes: Option<i64>,
}

/// What a list told of a route.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PastResults {
    /// Parcels delivered.
    pub delivered: i64,
    /// Parcels that went back.
    pub returned: i64,
    /// Mean time to a delivery, in minutes; the mean of what its lines say.
    pub minutes: Option<f64>,
}

impl PastResults {
    /// Delivered and returned ones.
    #[must_use]
    pub const fn ended(&self) -> i64 {
        self.delivered + self.returned
    }

    /// Mean days to a delivery.
    #[must_use]
    pub fn days(&self) -> Option<f64> {
        self.minutes.map(|minutes| minutes / MINUTES_A_DAY)
    }

    pub(super) fn counts(&self) -> RouteCounts {
        RouteCounts { delivered: self.delivered, returned: self.returned, ..RouteCounts::default() }
    }
}

/// The past of all routes, with the names of their cities.
pub(super) struct Past(Vec<(CountedRoute, PastResults)>);

impl Past {
    /// Adds the routes of which nothing was counted; answers what is told of all.
    pub(super) fn add_to(self, counted: &mut Vec<CountedRoute>) -> HashMap<(String, String), PastResults> {
        let known: std::collections::HashSet<(String, String)> =
            counted.iter().map(|route| (route.city_key.clone(), route.carrier_code.clone())).collect();
        let mut past = HashMap::with_capacity(self.0.len());
        for (route, results) in self.0 {
            let key = (route.city_key.clone(), route.carrier_code.clone());
            if !known.contains(&key) {
                counted.push(route);
            }
            past.insert(key, results);
        }
        past
    }
}

/// What lists told of the transaction's tenant's routes.
pub(super) async fn all(tx: &mut Tx) -> database::Result<Past> {
    let rows = tx.fetch_all(&LIST, bind![]).await?;
    let read = |row: &database::Row| -> database::Result<_> {
        let route = CountedRoute {
            city_key: row.get(0)?,
            carrier_code: row.get(1)?,
            city_name: row.get(2)?,
            counts: RouteCounts::default(),
        };
        let (timed, minutes): (i64, i64) = (row.get(5)?, row.get(6)?);
        let minutes = (timed > 0).then(|| minutes as f64 / timed as f64);
        Ok((route, PastResults { delivered: row.get(3)?, returned: row.get(4)?, minutes }))
    };
    Ok(Past(rows.iter().map(read).collect::<database::Result<_>>()?))
}

/// The lines of one route added up.
#[derive(Default)]
struct Line {
    city_name: String,
    delivered: i64,
    returned: i64,
    timed: i64,
    minutes: i64,
}

impl Tracking {
    /// Takes lines of a list in. Lines of one import add up, for a city may stand there in several spellings; what a
    /// later import tells of a route replaces what an earlier one told.
    pub async fn take_route_history(
        &self,
        tx: &mut Tx,
        import: ImportId,
        told_at: Timestamp,
        lines: &[ToldRoute],
    ) -> database::Result<()> {
        let mut routes = BTreeMap::<(String, String), Line>::new();
        for line in lines {
            let city = CityColumns::from(&line.city);
            let route = routes.entry((city.key, line.carrier.code().to_owned())).or_default();
            route.city_name = city.name;
            route.delivered += line.delivered;
            route.returned += line.returned;
            route.timed += i64::from(line.minutes.is_some());
            route.minutes += line.minutes.unwrap_or(0);
        }
        let rows = routes
            .into_iter()
            .map(|((city, carrier), line)| {
                let Line { city_name, delivered, returned, timed, minutes } = line;
                bind![city, carrier, city_name, delivered, returned, timed, minutes, import, told_at]
            })
            .collect();
        tx.execute_many(&TAKE, rows).await.map(drop)
    }
}
