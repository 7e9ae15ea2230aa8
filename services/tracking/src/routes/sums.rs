//! Routes as they are counted, and as they are stored, to be compared.

use std::collections::BTreeMap;

use database::{Result, Statement, Tx, bind, sql};

use super::{RouteChanges, RouteCounts, read};

const STORED: Statement = sql!("audit_routes.sql");

/// What there is of each route and month, by a name for people; routes of nothing are left out.
#[derive(Debug, Default)]
pub(crate) struct RouteSums(pub(crate) BTreeMap<String, RouteCounts>);

impl RouteSums {
    /// One tenant's, as they are stored.
    pub(crate) async fn stored(tx: &mut Tx) -> Result<Self> {
        let mut sums = Self::default();
        for row in tx.fetch_all(&STORED, bind![]).await? {
            let route = read(&row)?;
            sums.put(row.get(15)?, &route.city_key, &route.carrier_code, route.counts);
        }
        Ok(sums)
    }

    fn put(&mut self, month: i64, city: &str, carrier: &str, counts: RouteCounts) {
        if counts != RouteCounts::default() {
            self.0.insert(format!("{month} {city} {carrier}"), counts);
        }
    }
}

impl RouteChanges {
    /// What was noted.
    pub(crate) fn sums(self) -> RouteSums {
        let mut sums = RouteSums::default();
        for ((month, city, carrier), (_, counts)) in self.0 {
            sums.put(month.0, &city, &carrier, counts);
        }
        sums
    }
}
