//! Where a list's shipments stand, found without reading them.
//!
//! A list is merged from one range for each status: a status is one of ten words, so ten short looks at an
//! index that begins with it answer any filter. Open shipments come before finished ones, so the finished
//! are looked at only when the open ones do not fill the page.

use database::{Result, Statement, Tx, Value, bind, sql};
use domain::{ShipmentId, ShipmentStatus};
use uuid::Uuid;

use crate::queue::Filter;
use crate::risk::RiskLevel;
use crate::rows;

const BY_STATUS: Statement = sql!("places_by_status.sql");
const BY_CARRIER: Statement = sql!("places_by_carrier.sql");
const BY_CITY: Statement = sql!("places_by_city.sql");
const BY_CITY_AND_CARRIER: Statement =
    sql!("places_by_city_and_carrier.sql", postgres: "places_by_city_and_carrier.postgres.sql");

/// A place in a list: all keys of its order, ascending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) terminal: bool,
    pub(crate) level_rank: i64,
    pub(crate) risk_rank: i64,
    pub(crate) still_since: i64,
    pub(crate) id: ShipmentId,
}

impl Place {
    /// Before the first shipment, open or finished, of a level.
    pub(crate) fn before(terminal: bool, level: Option<RiskLevel>) -> Self {
        let level_rank = level.map_or(-1, rows::level_rank);
        Self { terminal, level_rank, risk_rank: -1, still_since: i64::MIN, id: Uuid::nil().into() }
    }
}

/// The places after one that a filter lets through, in order, at most `limit`.
pub(crate) async fn find(
    tx: &mut Tx,
    filter: &Filter,
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for terminal in halves(filter, after) {
        let start = Place::before(terminal, filter.level);
        let from = after.map_or(start, |after| start.max(after));
        for status in statuses(filter, terminal) {
            let (statement, values) = query(filter, status, from, limit);
            for row in tx.fetch_all(statement, values).await? {
                let (level_rank, risk_rank, still_since) = (row.get(0)?, row.get(1)?, row.get(2)?);
                places.push(Place { terminal, level_rank, risk_rank, still_since, id: row.id(3)? });
            }
        }
        places.sort_unstable();
        places.truncate(limit);
        if places.len() == limit {
            break;
        }
    }
    Ok(places)
}

/// Open shipments, then finished ones, as far as the filter asks for them and they are not behind us.
fn halves(filter: &Filter, after: Option<Place>) -> impl Iterator<Item = bool> + use<> {
    let only_open = filter.open_only || filter.level.is_some();
    let passed = after.is_some_and(|after| after.terminal);
    [false, true].into_iter().filter(move |&terminal| !(terminal && only_open) && (terminal || !passed))
}

fn statuses(filter: &Filter, terminal: bool) -> impl Iterator<Item = ShipmentStatus> + use<> {
    let wanted = filter.status;
    let all = ShipmentStatus::all().iter().copied();
    all.filter(move |&status| wanted.is_none_or(|wanted| wanted == status) && can_be(status, terminal))
}

/// Whether a shipment of a status can be finished, or open.
pub(crate) fn can_be(status: ShipmentStatus, terminal: bool) -> bool {
    use ShipmentStatus as S;
    match status {
        S::Delivered | S::Cancelled => terminal,
        S::Created
        | S::Processing
        | S::Shipped
        | S::InTransit
        | S::OutForDelivery
        | S::InOffice
        | S::Issue => !terminal,
        // One that still travels needs somebody.
        S::Returned => true,
    }
}

/// Whether nothing may be left to do for a shipment of a status.
#[must_use]
pub fn can_be_finished(status: ShipmentStatus) -> bool {
    can_be(status, true)
}

/// The statement whose index fits the filter, with its values.
fn query(
    filter: &Filter,
    status: ShipmentStatus,
    from: Place,
    limit: usize,
) -> (&'static Statement, Vec<Value>) {
    let last_level = filter.level.map_or(i64::MAX, rows::level_rank);
    let mut values = bind![
        status.as_str(),
        from.terminal,
        from.level_rank,
        from.risk_rank,
        from.still_since,
        from.id,
        last_level,
        limit,
    ];
    let statement = match (&filter.city, &filter.carrier) {
        (Some(_), Some(_)) => &BY_CITY_AND_CARRIER,
        (Some(_), None) => &BY_CITY,
        (None, Some(_)) => &BY_CARRIER,
        (None, None) => &BY_STATUS,
    };
    values.extend([&filter.city, &filter.carrier].into_iter().flatten().map(Value::from));
    (statement, values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::{self, RiskFlags, RiskInput, RiskPolicy};

    fn halves_of(filter: &Filter, after: Option<Place>) -> Vec<bool> {
        halves(filter, after).collect()
    }

    #[test]
    fn open_shipments_come_first_and_finished_ones_only_where_asked_for() {
        let (all, queue) = (Filter::default(), Filter { open_only: true, ..Filter::default() });
        let high = Filter { level: Some(RiskLevel::High), ..Filter::default() };
        assert_eq!(halves_of(&all, None), [false, true]);
        assert_eq!(halves_of(&all, Some(Place::before(false, None))), [false, true]);
        assert_eq!(halves_of(&all, Some(Place::before(true, None))), [true]);
        assert_eq!(halves_of(&queue, None), [false]);
        assert_eq!(halves_of(&queue, Some(Place::before(true, None))), [false; 0]);
        assert_eq!(halves_of(&high, None), [false]);
    }

    #[test]
    fn a_status_is_looked_for_wherever_an_assessment_can_put_it() {
        for &status in ShipmentStatus::all() {
            for return_in_process in [false, true] {
                let input = RiskInput {
                    status,
                    return_in_process,
                    novelty: None,
                    last_movement_at: None,
                    city_folded: "",
                    carrier_code: "",
                };
                let flags = RiskFlags::new([], []);
                let now = domain::Timestamp::UNIX_EPOCH;
                let risk = risk::assess(RiskPolicy::builtin(), &flags, &input, now);
                assert!(can_be(status, risk.terminal), "{status:?}");
            }
        }
    }

    #[test]
    fn the_narrowest_index_is_taken() {
        let statement = |city: Option<&str>, carrier: Option<&str>| {
            let (city, carrier) = (city.map(str::to_owned), carrier.map(str::to_owned));
            let filters = [&city, &carrier].into_iter().flatten().count();
            let filter = Filter { carrier, city, ..Filter::default() };
            let (statement, values) = query(&filter, ShipmentStatus::Issue, Place::before(false, None), 51);
            assert_eq!(values.len(), 8 + filters);
            statement.name()
        };
        assert_eq!(statement(None, None), "places_by_status.sql");
        assert_eq!(statement(None, Some("tcc")), "places_by_carrier.sql");
        assert_eq!(statement(Some("76001"), None), "places_by_city.sql");
        assert_eq!(statement(Some("76001"), Some("tcc")), "places_by_city_and_carrier.sql");
    }
}
