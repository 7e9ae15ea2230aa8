//! Lists of shipments, most urgent first.
//!
//! The order is level, score, longest still, id, all stored so that each ascends; a page is one range of
//! one index, found by comparing whole rows of keys. Which index depends on the filter; the rest of the
//! filter is checked on the rows of the range.

use std::fmt;
use std::str::FromStr;

use database::{CursorError, MAX_PAGE, Page, Scope, Statement, Value, bind, page_size, sql};
use domain::{Carrier, City, Country, Phone, ShipmentId, ShipmentStatus, TenantId, TrackingNumber};
use uuid::Uuid;

use crate::risk::RiskLevel;
use crate::shipment::{Recipient, Shipment};
use crate::{Tracking, names, rows};

const ALL: Statement = sql!("parts/shipment.sql" + "list_all.sql");
const BY_STATUS: Statement = sql!("parts/shipment.sql" + "list_by_status.sql");
const BY_CARRIER: Statement = sql!("parts/shipment.sql" + "list_by_carrier.sql");
const BY_CITY: Statement = sql!("parts/shipment.sql" + "list_by_city.sql");
const BY_PHONE: Statement = sql!("parts/shipment.sql" + "find_by_phone.sql");
const BY_NUMBER: Statement = sql!("parts/shipment.sql" + "get_by_number.sql");
const BY_ID: Statement = sql!("parts/shipment.sql" + "get_shipment.sql");

/// Which shipments.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those that still need somebody: the urgent queue.
    pub open_only: bool,
    /// Only this level; a level belongs to open shipments.
    pub level: Option<RiskLevel>,
    /// Only this status.
    pub status: Option<ShipmentStatus>,
    /// Only this carrier, by code.
    pub carrier: Option<String>,
    /// Only this city: a municipality's code or a name.
    pub city: Option<String>,
}

/// A place in the list: the keys of its last item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    terminal: bool,
    level_rank: i64,
    risk_rank: i64,
    still_since: i64,
    id: ShipmentId,
}

impl Cursor {
    fn before_all(level: Option<RiskLevel>) -> Self {
        let level_rank = level.map_or(-1, rows::level_rank);
        Self { terminal: false, level_rank, risk_rank: -1, still_since: i64::MIN, id: Uuid::nil().into() }
    }

    fn after(shipment: &Shipment) -> Self {
        Self {
            terminal: shipment.risk.terminal,
            level_rank: rows::level_rank(shipment.risk.level),
            risk_rank: rows::risk_rank(&shipment.risk),
            still_since: domain::micros(shipment.still_since()),
            id: shipment.id,
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { terminal, level_rank, risk_rank, still_since, id } = self;
        write!(f, "{}.{level_rank}.{risk_rank}.{still_since}.{id}", u8::from(*terminal))
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.');
        let mut next = || parts.next().ok_or(CursorError);
        let terminal = match next()? {
            "0" => false,
            "1" => true,
            _ => return Err(CursorError),
        };
        let mut number = || next()?.parse().map_err(|_| CursorError);
        let (level_rank, risk_rank, still_since) = (number()?, number()?, number()?);
        let id = next()?.parse().map_err(|_| CursorError)?;
        if parts.next().is_some() {
            return Err(CursorError);
        }
        Ok(Self { terminal, level_rank, risk_rank, still_since, id })
    }
}

impl Tracking {
    /// A page of shipments after a cursor, most urgent first.
    pub async fn list(
        &self,
        tenant: TenantId,
        filter: &Filter,
        after: Option<Cursor>,
        limit: u32,
    ) -> database::Result<Page<Shipment, Cursor>> {
        let limit = page_size(limit);
        let (statement, values) = query(filter, after, limit + 1);
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_all(statement, values).await?;
        tx.commit().await?;
        let items = found.iter().map(rows::read).collect::<Result<_, _>>()?;
        Ok(Page::cut(items, limit, Cursor::after))
    }

    /// One shipment.
    pub async fn shipment(&self, tenant: TenantId, id: ShipmentId) -> database::Result<Option<Shipment>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_optional(&BY_ID, bind![id]).await?;
        tx.commit().await?;
        found.as_ref().map(rows::read).transpose()
    }

    /// Shipments that a search text names, most urgent first, at most 200: by tracking number, by the
    /// recipient's phone as it is written in `country`, or by whole words of the recipient's name.
    pub async fn search(
        &self,
        tenant: TenantId,
        country: Country,
        text: &str,
    ) -> database::Result<Vec<Shipment>> {
        let mut found = Vec::new();
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        if let Ok(number) = TrackingNumber::parse(text) {
            found.extend(tx.fetch_all(&BY_NUMBER, bind![number.as_str()]).await?);
        }
        if let Ok(phone) = Phone::parse(text, country) {
            let index = Recipient::phone_index(&keys, &phone);
            found.extend(tx.fetch_all(&BY_PHONE, bind![index, MAX_PAGE]).await?);
        }
        if found.is_empty() {
            found = names::find(&mut tx, &keys, text, MAX_PAGE).await?;
        }
        tx.commit().await?;
        let mut found = found.iter().map(rows::read).collect::<database::Result<Vec<_>>>()?;
        found.sort_by_cached_key(Cursor::after);
        Ok(found)
    }
}

/// The statement whose index fits the filter, with its values. The bounds of the range are the cursor
/// below and the last wanted (terminal, level) above.
fn query(filter: &Filter, after: Option<Cursor>, limit: u32) -> (&'static Statement, Vec<Value>) {
    let from = after.unwrap_or_else(|| Cursor::before_all(filter.level));
    let (last_terminal, last_level) = match (filter.level, filter.open_only) {
        (Some(level), _) => (false, rows::level_rank(level)),
        (None, true) => (false, i64::MAX),
        (None, false) => (true, i64::MAX),
    };
    let mut values = bind![
        from.terminal,
        from.level_rank,
        from.risk_rank,
        from.still_since,
        from.id,
        last_terminal,
        last_level,
        limit,
    ];
    let status = filter.status.map(|status| status.as_str().to_owned());
    let carrier = filter.carrier.as_deref().map(carrier_code);
    let statement = match (filter.city.as_deref(), carrier, status) {
        (Some(city), carrier, status) => {
            values.extend(bind![city_key(city), status, carrier]);
            &BY_CITY
        }
        (None, Some(carrier), status) => {
            values.extend(bind![carrier, status]);
            &BY_CARRIER
        }
        (None, None, Some(status)) => {
            values.extend(bind![status]);
            &BY_STATUS
        }
        (None, None, None) => &ALL,
    };
    (statement, values)
}

/// A carrier's code from a code or from any name of it.
fn carrier_code(text: &str) -> String {
    let known = Carrier::from_code(text).or_else(|| Carrier::recognise(text));
    known.map_or_else(|| text.to_owned(), |carrier| carrier.code().to_owned())
}

/// The key a city is stored under, from its code or its name.
fn city_key(text: &str) -> String {
    if domain::city::by_code(text).is_some() {
        return text.to_owned();
    }
    let (name, department) = match text.split_once(',') {
        Some((name, department)) => (name, Some(department)),
        None => (text, None),
    };
    crate::shipment::CityColumns::from(&City::resolve(name, department)).key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back() {
        let cursor =
            Cursor { terminal: true, level_rank: 2, risk_rank: 90, still_since: -5, id: Uuid::max().into() };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in
            ["", "0", "0.1.2.3", "2.1.2.3.x", "0.1.2.3.4.5", "0.a.2.3.00000000-0000-0000-0000-000000000000"]
        {
            assert_eq!(bad.parse::<Cursor>(), Err(CursorError), "{bad}");
        }
    }

    #[test]
    fn the_narrowest_index_is_taken() {
        let filter = |city: Option<&str>, carrier: Option<&str>| Filter {
            city: city.map(str::to_owned),
            carrier: carrier.map(str::to_owned),
            ..Filter::default()
        };
        assert_eq!(query(&filter(Some("Cali"), Some("tcc")), None, 10).0.name(), "list_by_city.sql");
        assert_eq!(query(&filter(None, Some("tcc")), None, 10).0.name(), "list_by_carrier.sql");
        assert_eq!(query(&filter(None, None), None, 10).0.name(), "list_all.sql");
        let by_status = Filter { status: Some(ShipmentStatus::Issue), ..Filter::default() };
        assert_eq!(query(&by_status, None, 10).0.name(), "list_by_status.sql");
    }
}
