//! All parcels that wait at offices, the nearest to its end first.
//!
//! When a stay ends depends on the carrier's days, the calendar and what was granted, all of which change without the
//! parcel. So the ends are counted when they are asked for, from narrow rows of an index: a few tens of thousands of
//! parcels wait at a time, however many there are.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use database::{CursorError, Page, Scope, Statement, Tx, bind, page_size, sql};
use domain::{Date, ShipmentId, TenantId, Timestamp, bogota_date, from_micros, micros};

use crate::Tracking;
use crate::office::{Deadline, OfficeLight, office_days};
use crate::queue::{by_id, carrier_code, city_key};
use crate::shipment::Shipment;

const AT_OFFICES: Statement = sql!("list_at_offices.sql");
const GRANTED: Statement = sql!("list_granted_days.sql");

/// Which stays.
#[derive(Debug, Clone, Default)]
pub struct OfficeFilter {
    /// Only this carrier, by code or name.
    pub carrier: Option<String>,
    /// Only this city: a municipality's code or a name.
    pub city: Option<String>,
    /// Only this light.
    pub light: Option<OfficeLight>,
    /// Only those whose last day has passed.
    pub overdue: bool,
}

/// A parcel that waits at an office.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The parcel.
    pub shipment: Shipment,
    /// Since when, as far as the events that counted say.
    pub arrived_at: Timestamp,
    /// Business days that its carrier keeps it.
    pub office_days: Option<i64>,
    /// Business days that were granted beyond.
    pub extra_days: i64,
    /// When that ends.
    pub deadline: Deadline,
}

/// A page of them, and how many there are.
#[derive(Debug)]
pub struct OfficeList {
    /// The page.
    pub page: Page<Waiting, OfficeCursor>,
    /// Of all that fit the carrier and the city: those whose last day has passed.
    pub overdue: u64,
    /// Of all that fit the carrier and the city, by light.
    pub lights: HashMap<OfficeLight, u64>,
}

/// Where a page ended: the last day as 20260325, those without one last; the arrival; the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OfficeCursor {
    due: i64,
    since: i64,
    id: ShipmentId,
}

impl fmt::Display for OfficeCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.due, self.since, self.id)
    }
}

impl FromStr for OfficeCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (due, rest) = text.split_once('.').ok_or(CursorError)?;
        let (since, id) = rest.split_once('.').ok_or(CursorError)?;
        let number = |text: &str| text.parse().map_err(|_| CursorError);
        Ok(Self { due: number(due)?, since: number(since)?, id: id.parse().map_err(|_| CursorError)? })
    }
}

/// What a stay's place in the list is made of.
#[derive(Debug, Clone, Copy)]
struct Place {
    cursor: OfficeCursor,
    office_days: Option<i64>,
    extra_days: i64,
    deadline: Deadline,
}

/// The last day as a number; what has none comes last.
fn due_key(due: Option<Date>) -> i64 {
    due.map_or(i64::MAX, |due| {
        i64::from(due.year()) * 10_000 + i64::from(due.month()) * 100 + i64::from(due.day())
    })
}

impl Tracking {
    /// Parcels at offices, the nearest to its end first.
    pub async fn office_list(
        &self,
        tenant: TenantId,
        filter: &OfficeFilter,
        after: Option<OfficeCursor>,
        limit: u32,
    ) -> database::Result<OfficeList> {
        let limit = page_size(limit);
        let days = self.office_days_by_carrier(tenant).await?;
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let mut places = self.places(&mut tx, filter, &days).await?;
        let overdue = places.iter().filter(|place| place.deadline.overdue).count() as u64;
        let mut lights = HashMap::new();
        for place in &places {
            *lights.entry(place.deadline.light).or_default() += 1;
        }
        places.retain(|place| {
            after.is_none_or(|after| place.cursor > after)
                && filter.light.is_none_or(|light| light == place.deadline.light)
                && (!filter.overdue || place.deadline.overdue)
        });
        places.sort_unstable_by_key(|place| place.cursor);
        places.truncate(limit as usize + 1);
        let Page { items: places, next } = Page::cut(places, limit, |last| last.cursor);
        let mut found = by_id(&mut tx, places.iter().map(|place| place.cursor.id)).await?;
        tx.commit().await?;
        let waiting = |place: &Place| {
            Some(Waiting {
                shipment: found.remove(&place.cursor.id)?,
                arrived_at: from_micros(place.cursor.since),
                office_days: place.office_days,
                extra_days: place.extra_days,
                deadline: place.deadline,
            })
        };
        let items = places.iter().filter_map(waiting).collect();
        Ok(OfficeList { page: Page { items, next }, overdue, lights })
    }

    async fn office_days_by_carrier(&self, tenant: TenantId) -> database::Result<HashMap<String, i64>> {
        let carriers = self.carriers(tenant).await?;
        let days = |one: &crate::CarrierInForce| {
            office_days(one.carrier, &one.rules).map(|days| (one.carrier.code().to_owned(), days))
        };
        Ok(carriers.iter().filter_map(days).collect())
    }

    async fn places(
        &self,
        tx: &mut Tx,
        filter: &OfficeFilter,
        days: &HashMap<String, i64>,
    ) -> database::Result<Vec<Place>> {
        let today = bogota_date(self.clock.now());
        let mut granted = HashMap::<ShipmentId, i64>::new();
        for row in tx.fetch_all(&GRANTED, bind![]).await? {
            granted.insert(row.id(0)?, row.get(1)?);
        }
        let carrier = filter.carrier.as_deref().map(carrier_code);
        let city = filter.city.as_deref().map(city_key);
        let mut ends = HashMap::<(Date, Option<i64>, i64), Deadline>::new();
        let mut places = Vec::new();
        for row in tx.fetch_all(&AT_OFFICES, bind![carrier, city]).await? {
            let (id, since): (ShipmentId, Timestamp) = (row.id(0)?, row.time(1)?);
            let office_days = days.get(&row.get::<String>(2)?).copied();
            let extra_days = granted.get(&id).copied().unwrap_or(0);
            let arrived = bogota_date(since);
            let deadline = *ends
                .entry((arrived, office_days, extra_days))
                .or_insert_with(|| Deadline::of(arrived, office_days, extra_days, today));
            let cursor = OfficeCursor { due: due_key(deadline.due_on), since: micros(since), id };
            places.push(Place { cursor, office_days, extra_days, deadline });
        }
        Ok(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_what_has_no_end_comes_last() {
        let cursor = OfficeCursor { due: 20_260_325, since: -5, id: uuid::Uuid::max().into() };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "1", "1.2", "a.2.x", "1.2.x"] {
            assert_eq!(bad.parse::<OfficeCursor>(), Err(CursorError), "{bad}");
        }
        assert_eq!(due_key("2026-03-25".parse().ok()), 20_260_325);
        assert!(due_key(None) > due_key("9999-12-31".parse().ok()));
    }
}
