//! Lists of shipments, most urgent first.
//!
//! The order is level, score, longest still, id, all stored so that each ascends; `places.rs` finds where a page's
//! shipments stand, and only those are read.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use database::{CursorError, Page, Scope, Statement, Tx, Value, bind, page_size, sql};
use domain::{Carrier, City, ShipmentId, ShipmentStatus, TenantId, TrackingNumber};

use crate::places::{self, Place};
use crate::risk::RiskLevel;
use crate::shipment::Shipment;
use crate::{Tracking, rows};

const PAGE_ROWS: Statement = sql!("parts/wanted_ids.sql" + "parts/shipment.sql" + "list_by_id.sql");
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
    /// Only this tracking number.
    pub tracking_number: Option<String>,
}

/// Where a page ended: the place of its last item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(pub(crate) Place);

impl Cursor {
    pub(crate) fn after(shipment: &Shipment) -> Self {
        Self(Place {
            terminal: shipment.risk.terminal,
            level_rank: rows::level_rank(shipment.risk.level),
            risk_rank: rows::risk_rank(&shipment.risk),
            still_since: domain::micros(shipment.still_since()),
            id: shipment.id,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { terminal, level_rank, risk_rank, still_since, id } = &self.0;
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
        Ok(Self(Place { terminal, level_rank, risk_rank, still_since, id }))
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
        let filter = filter.resolved();
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        if let Some(number) = &filter.tracking_number {
            let found = by_number(&mut tx, number, &filter).await?;
            tx.commit().await?;
            return Ok(Page { items: found.into_iter().collect(), next: None });
        }
        let places =
            places::find(&mut tx, &filter, after.map(|Cursor(place)| place), limit as usize + 1).await?;
        let Page { items: places, next } = Page::cut(places, limit, |last| Cursor(*last));
        let mut found = by_id(&mut tx, places.iter().map(|place| place.id)).await?;
        tx.commit().await?;
        let items = places.iter().filter_map(|place| found.remove(&place.id)).collect();
        Ok(Page { items, next })
    }

    /// One shipment.
    pub async fn shipment(&self, tenant: TenantId, id: ShipmentId) -> database::Result<Option<Shipment>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_optional(&BY_ID, bind![id]).await?;
        tx.commit().await?;
        found.as_ref().map(rows::read).transpose()
    }
}

/// Shipments by id.
pub(crate) async fn by_id(
    tx: &mut Tx,
    ids: impl Iterator<Item = ShipmentId>,
) -> database::Result<HashMap<ShipmentId, Shipment>> {
    let found = tx.fetch_many(&PAGE_ROWS, ids.map(|id| bind![id]).collect()).await?;
    found.iter().map(|row| rows::read(row).map(|shipment| (shipment.id, shipment))).collect()
}

/// The shipment of a tracking number, if it fits a filter with the names that are stored.
pub(crate) async fn by_number(
    tx: &mut Tx,
    number: &str,
    filter: &Filter,
) -> database::Result<Option<Shipment>> {
    let Ok(number) = TrackingNumber::parse(number) else { return Ok(None) };
    let found = tx.fetch_optional(&BY_NUMBER, bind![number.as_str()]).await?;
    Ok(found.as_ref().map(rows::read).transpose()?.filter(|shipment| filter.fits(shipment)))
}

impl Filter {
    /// Whether a shipment fits, by a filter with the names that are stored.
    pub(crate) fn fits(&self, shipment: &Shipment) -> bool {
        let risk = &shipment.risk;
        (!self.open_only || !risk.terminal)
            && self.level.is_none_or(|level| level == risk.level && !risk.terminal)
            && self.status.is_none_or(|status| status == shipment.reading.status)
            && self.carrier.as_ref().is_none_or(|carrier| *carrier == shipment.carrier_code)
            && self.city.as_ref().is_none_or(|city| *city == shipment.city.key)
    }

    /// Whether it leaves nothing out.
    pub(crate) fn lets_all_through(&self) -> bool {
        let Self { open_only, level, status, carrier, city, tracking_number } = self;
        !open_only
            && level.is_none()
            && status.is_none()
            && [carrier, city, tracking_number].iter().all(|text| text.is_none())
    }

    /// What a statement compares: finished or not, twice, then level, status, carrier and city.
    pub(crate) fn compared(&self) -> Vec<Value> {
        // A level is of open shipments alone.
        let open_only = self.open_only || self.level.is_some();
        bind![
            false,
            !open_only,
            self.level.map(|level| level.as_str().to_owned()),
            self.status.map(|status| status.as_str().to_owned()),
            self.carrier.clone(),
            self.city.clone(),
        ]
    }

    /// With the carrier and the city as they are stored.
    pub(crate) fn resolved(&self) -> Self {
        let (carrier, city) = (self.carrier.as_deref().map(carrier_code), self.city.as_deref().map(city_key));
        Self { carrier, city, ..self.clone() }
    }
}

/// A carrier's code from a code or from any name of it.
pub(crate) fn carrier_code(text: &str) -> String {
    let known = Carrier::from_code(text).or_else(|| Carrier::recognise(text));
    known.map_or_else(|| text.to_owned(), |carrier| carrier.code().to_owned())
}

/// The key a city is stored under, from its code or its name.
pub(crate) fn city_key(text: &str) -> String {
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
        let cursor = Cursor(Place {
            terminal: true,
            level_rank: 2,
            risk_rank: 90,
            still_since: -5,
            id: uuid::Uuid::max().into(),
        });
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in
            ["", "0", "0.1.2.3", "2.1.2.3.x", "0.1.2.3.4.5", "0.a.2.3.00000000-0000-0000-0000-000000000000"]
        {
            assert_eq!(bad.parse::<Cursor>(), Err(CursorError), "{bad}");
        }
    }

    #[test]
    fn names_become_what_is_stored() {
        let filter =
            Filter { carrier: Some("ENVÍA".into()), city: Some("bogota".into()), ..Filter::default() };
        let resolved = filter.resolved();
        assert_eq!((resolved.carrier.as_deref(), resolved.city.as_deref()), (Some("envia"), Some("11001")));
    }
}
