//! Finding shipments by whatever a person has in hand: a guía or its beginning, a phone, an order, a name, a city.
//!
//! Each way to find is a range of an index with an order of its own. A search goes one way after the other and leaves
//! out what an earlier way found; its cursor says which way it is on, and how far.

use std::fmt;
use std::str::FromStr;

use database::{CursorError, Page, Result, Row, Scope, Statement, TenantKeys, Tx, bind, page_size, sql};
use domain::city::{self, CityMatch};
use domain::{Country, Phone, ShipmentId, TenantId, TrackingNumber};
use uuid::Uuid;

use crate::places::{self, Place};
use crate::queue::{self, Cursor, Filter};
use crate::shipment::{Recipient, Shipment};
use crate::{Tracking, names, rows};

const BY_NUMBER_RANGE: Statement = sql!("parts/shipment.sql" + "find_by_number_range.sql");
const NUMBER_FAR_ON: Statement = sql!("number_far_on.sql");
const BY_PHONE: Statement = sql!("parts/shipment.sql" + "find_by_phone.sql");

/// Fewest characters of a tracking number that count as its beginning.
const MIN_BEGINNING: usize = 3;
/// After every text that begins with another: tracking numbers are letters and digits.
const AFTER_ALL: char = '~';

/// What somebody looks for.
#[derive(Debug, Clone)]
pub struct Search {
    /// As it was written.
    pub text: String,
    /// Where phones without a country are.
    pub country: Country,
    /// Tracking numbers of orders that the text names.
    pub of_orders: Vec<String>,
}

/// Where a page of a search ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchCursor {
    way: usize,
    key: Key,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    Number(String),
    Place(Cursor),
    Id(ShipmentId),
}

impl fmt::Display for SearchCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Key::Number(number) => write!(f, "{}n{number}", self.way),
            Key::Place(place) => write!(f, "{}p{place}", self.way),
            Key::Id(id) => write!(f, "{}i{id}", self.way),
        }
    }
}

impl FromStr for SearchCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let at = text.find(|c: char| !c.is_ascii_digit()).ok_or(CursorError)?;
        let (way, key) = text.split_at(at);
        let way = way.parse().map_err(|_| CursorError)?;
        let key = if let Some(number) = key.strip_prefix('n') {
            Key::Number(TrackingNumber::parse(number).map_err(|_| CursorError)?.into())
        } else if let Some(place) = key.strip_prefix('p') {
            Key::Place(place.parse()?)
        } else {
            let id = key.strip_prefix('i').ok_or(CursorError)?;
            Key::Id(id.parse().map_err(|_| CursorError)?)
        };
        Ok(Self { way, key })
    }
}

/// One way to find shipments.
enum Way {
    /// Tracking numbers that begin so, ascending.
    Numbers(String),
    /// The recipient's phone, most urgent first.
    Phone(Vec<u8>),
    /// Tracking numbers of orders, most urgent first.
    Orders(Vec<String>),
    /// Words of the recipient's name, the newest first.
    Name(String),
    /// A city by its key, most urgent first.
    City(String),
}

impl Search {
    fn ways(&self, keys: &TenantKeys) -> Vec<Way> {
        let text = self.text.trim();
        let mut ways = Vec::new();
        ways.extend(beginning(text).map(Way::Numbers));
        ways.extend(
            Phone::parse(text, self.country)
                .ok()
                .map(|phone| Way::Phone(Recipient::phone_index(keys, &phone))),
        );
        if !self.of_orders.is_empty() {
            ways.push(Way::Orders(self.of_orders.clone()));
        }
        if text.chars().any(char::is_alphabetic) {
            ways.push(Way::Name(text.to_owned()));
        }
        ways.extend(city_keys(text).into_iter().map(Way::City));
        ways
    }
}

/// A tracking number, or the beginning of one, in its one form.
fn beginning(text: &str) -> Option<String> {
    if let Ok(number) = TrackingNumber::parse(text) {
        return Some(number.into());
    }
    let number: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let fits = (MIN_BEGINNING..TrackingNumber::MIN_LENGTH).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_alphanumeric())
        && number.bytes().any(|b| b.is_ascii_digit());
    fits.then_some(number)
}

/// The keys under which shipments to a city of this name, or with this code, are stored.
fn city_keys(text: &str) -> Vec<String> {
    if city::by_code(text).is_some() {
        return vec![text.to_owned()];
    }
    if text.chars().any(|c| c.is_ascii_digit()) || !text.chars().any(char::is_alphabetic) {
        return Vec::new();
    }
    let mut keys = vec![queue::city_key(text)];
    if let CityMatch::Ambiguous(several) = city::find(text, None) {
        keys.extend(several.iter().map(|one| one.dane_code.to_owned()));
    }
    keys
}

impl Way {
    /// The shipments after a key that fit the filter, in this way's order, at most `limit`.
    async fn find(
        &self,
        tx: &mut Tx,
        keys: &TenantKeys,
        filter: &Filter,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Found> {
        let place = match after {
            Some(Key::Place(Cursor(place))) => Some(*place),
            Some(Key::Number(_) | Key::Id(_)) | None => None,
        };
        let shipments = match self {
            Self::Numbers(beginning) => {
                return numbers_from(tx, beginning, filter, after, limit).await;
            }
            Self::Phone(blind) => {
                let from = place.unwrap_or(Place::before(false, None));
                let mut values = bind![blind.clone()];
                values.extend(filter.compared());
                values.extend(bind![
                    from.terminal,
                    from.level_rank,
                    from.risk_rank,
                    from.still_since,
                    from.id
                ]);
                values.extend(bind![limit]);
                read(&tx.fetch_all(&BY_PHONE, values).await?)?
            }
            Self::Orders(numbers) => {
                let mut found = Vec::new();
                for number in numbers {
                    found.extend(queue::by_number(tx, number, filter).await?);
                }
                found.retain(|shipment| place.is_none_or(|place| Cursor::after(shipment).0 > place));
                found.sort_by_cached_key(Cursor::after);
                found.truncate(limit);
                found
            }
            Self::Name(text) => {
                let before = match after {
                    Some(Key::Id(id)) => *id,
                    Some(Key::Number(_) | Key::Place(_)) | None => Uuid::max().into(),
                };
                read(&names::find(tx, keys, text, filter, before, limit).await?)?
            }
            Self::City(key) => match &filter.city {
                Some(other) if other != key => Vec::new(),
                Some(_) | None => {
                    let filter = Filter { city: Some(key.clone()), ..filter.clone() };
                    let places = places::find(tx, &filter, place, limit).await?;
                    let mut found = queue::by_id(tx, places.iter().map(|place| place.id)).await?;
                    places.iter().filter_map(|place| found.remove(&place.id)).collect()
                }
            },
        };
        Ok(Found { shipments, stopped_at: None })
    }

    /// Whether this way leads to a shipment.
    fn leads_to(&self, keys: &TenantKeys, shipment: &Shipment) -> Result<bool> {
        let number = shipment.tracking_number.as_str();
        Ok(match self {
            Self::Numbers(beginning) => number.starts_with(beginning),
            Self::Phone(blind) => shipment.recipient.phone_blind.as_ref() == Some(blind),
            Self::Orders(numbers) => numbers.iter().any(|one| one == number),
            Self::Name(text) => names::has_words(keys, text, shipment.recipient.name.as_deref())?,
            Self::City(key) => shipment.city.key == *key,
        })
    }

    fn key(&self, shipment: &Shipment) -> Key {
        match self {
            Self::Numbers(_) => Key::Number(shipment.tracking_number.as_str().to_owned()),
            Self::Phone(_) | Self::Orders(_) | Self::City(_) => Key::Place(Cursor::after(shipment)),
            Self::Name(_) => Key::Id(shipment.id),
        }
    }
}

/// What one look along a way found.
struct Found {
    shipments: Vec<Shipment>,
    /// Where it stopped although there may be more.
    stopped_at: Option<Key>,
}

/// Shipments whose number begins so. Where a filter leaves most of them out, a look goes through 2,000 numbers and no
/// further, however many begin so.
async fn numbers_from(
    tx: &mut Tx,
    beginning: &str,
    filter: &Filter,
    after: Option<&Key>,
    limit: usize,
) -> Result<Found> {
    let from = match after {
        Some(Key::Number(number)) => just_after(number).max(beginning.to_owned()),
        Some(Key::Place(_) | Key::Id(_)) | None => beginning.to_owned(),
    };
    let end = format!("{beginning}{AFTER_ALL}");
    let last: Option<String> = if filter.lets_all_through() {
        None
    } else {
        let far_on = tx.fetch_optional(&NUMBER_FAR_ON, bind![from.clone(), end.clone()]).await?;
        far_on.map(|row| row.get(0)).transpose()?
    };
    let mut values = bind![from];
    values.extend(filter.compared());
    values.extend(bind![last.as_deref().map_or(end, just_after), limit]);
    let shipments = read(&tx.fetch_all(&BY_NUMBER_RANGE, values).await?)?;
    let stopped_at = last.filter(|_| shipments.len() < limit).map(Key::Number);
    Ok(Found { shipments, stopped_at })
}

/// The next text after a number: the number with the least character behind it.
fn just_after(number: &str) -> String {
    format!("{number}\u{1}")
}

fn read(found: &[Row]) -> Result<Vec<Shipment>> {
    found.iter().map(rows::read).collect()
}

impl Tracking {
    /// A page of the shipments that a search leads to and that fit the filter: by the beginning of the tracking number,
    /// then by the recipient's phone, the order, whole words of the recipient's name, and the city. A page may be short, or
    /// empty, and not the last: its cursor says so.
    pub async fn search(
        &self,
        tenant: TenantId,
        search: &Search,
        filter: &Filter,
        after: Option<SearchCursor>,
        limit: u32,
    ) -> Result<Page<Shipment, SearchCursor>> {
        let limit = page_size(limit);
        let filter = filter.resolved();
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let ways = search.ways(&keys);
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let (found, stopped_at) = match &filter.tracking_number {
            Some(number) => (one(&mut tx, &keys, &ways, &filter, number).await?, None),
            None => walk(&mut tx, &keys, &ways, &filter, after, limit as usize + 1).await?,
        };
        tx.commit().await?;
        let page = Page::cut(found, limit, |(way, shipment)| SearchCursor {
            way: *way,
            key: ways[*way].key(shipment),
        });
        let items = page.items.into_iter().map(|(_, shipment)| shipment).collect();
        Ok(Page { items, next: page.next.or(stopped_at) })
    }
}

/// The shipment of a number, with the way that leads to it.
async fn one(
    tx: &mut Tx,
    keys: &TenantKeys,
    ways: &[Way],
    filter: &Filter,
    number: &str,
) -> Result<Vec<(usize, Shipment)>> {
    let Some(shipment) = queue::by_number(tx, number, filter).await? else { return Ok(Vec::new()) };
    for (at, way) in ways.iter().enumerate() {
        if way.leads_to(keys, &shipment)? {
            return Ok(vec![(at, shipment)]);
        }
    }
    Ok(Vec::new())
}

/// Shipments after a cursor with the way that found each, at most `wanted`, and where it stopped before the end.
async fn walk(
    tx: &mut Tx,
    keys: &TenantKeys,
    ways: &[Way],
    filter: &Filter,
    after: Option<SearchCursor>,
    wanted: usize,
) -> Result<(Vec<(usize, Shipment)>, Option<SearchCursor>)> {
    let (first, mut key) = after.map_or((0, None), |after| (after.way, Some(after.key)));
    let mut found = Vec::new();
    for (at, way) in ways.iter().enumerate().skip(first) {
        while found.len() < wanted {
            let room = wanted - found.len();
            let next = way.find(tx, keys, filter, key.as_ref(), room).await?;
            let more = next.shipments.len() == room;
            key = next.shipments.last().map(|last| way.key(last));
            for shipment in next.shipments {
                if !found_before(&ways[..at], keys, &shipment)? {
                    found.push((at, shipment));
                }
            }
            if let Some(key) = next.stopped_at {
                return Ok((found, Some(SearchCursor { way: at, key })));
            }
            if !more {
                break;
            }
        }
        key = None;
    }
    Ok((found, None))
}

fn found_before(earlier: &[Way], keys: &TenantKeys, shipment: &Shipment) -> Result<bool> {
    for way in earlier {
        if way.leads_to(keys, shipment)? {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back() {
        let id = ShipmentId::from(Uuid::max());
        let place = Place { terminal: true, level_rank: 2, risk_rank: 90, still_since: -5, id };
        for key in [Key::Number("240001234567".into()), Key::Place(Cursor(place)), Key::Id(id)] {
            let cursor = SearchCursor { way: 3, key };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for bad in
            ["", "3", "n240001234567", "3x240001234567", "3n", "3p0.1", "3i7", "99999999999999999999999i"]
        {
            assert_eq!(bad.parse::<SearchCursor>(), Err(CursorError), "{bad}");
        }
    }

    #[test]
    fn the_beginning_of_a_number_is_known_by_its_digits() {
        assert_eq!(beginning("2400-01").as_deref(), Some("240001"));
        assert_eq!(beginning("24 0").as_deref(), Some("240"));
        assert_eq!(beginning("lp12").as_deref(), Some("LP12"));
        for other in ["", "24", "ana", "2+4", "ñ123"] {
            assert_eq!(beginning(other), None, "{other}");
        }
    }

    #[test]
    fn a_city_is_looked_for_under_all_its_keys() {
        assert_eq!(city_keys("bogota"), ["11001"]);
        assert_eq!(city_keys("76001"), ["76001"]);
        assert_eq!(city_keys("Armenia, Quindío"), ["63001"]);
        assert_eq!(city_keys("armenia"), ["ARMENIA", "05059", "63001"]);
        assert_eq!(city_keys("3001112233"), [""; 0]);
        assert_eq!(city_keys("##"), [""; 0]);
    }
}
