//! When carriers were last asked about open shipments, and about which they are to be asked now.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use database::{CursorError, Result, Row, Scope, Statement, SystemReason, Tx, bind, sql, system_sql};
use domain::{Carrier, ShipmentId, ShipmentStatus, SignedDuration, TenantId, Timestamp, TrackingNumber};

use crate::{Source, Tracking};

const OF_CARRIER: Statement = sql!("list_open_of_carrier.sql");
const OF_ALL: Statement = sql!("list_open.sql");
const SAVE: Statement = sql!("save_looks.sql");
const GET: Statement = sql!("get_look.sql");
const AGES: Statement = sql!("list_look_ages.sql");
const ALL_AGES: Statement = system_sql!("system/list_look_ages.sql");

/// Open shipments that one page goes through.
const PAGE: u32 = 500;

/// Minutes between two looks at a shipment: when it stands still for less than so many days, for one that is urgent,
/// for another one. What moves is asked for often; what has long been still hardly ever moves.
const STEPS: [(i64, i64, i64); 5] =
    [(1, 20, 60), (3, 45, 180), (10, 120, 480), (30, 480, 1_440), (i64::MAX, 1_440, 4_320)];
const MINUTES_OF_DAY: i64 = 1_440;

/// Whose shipments are gone through.
#[derive(Debug, Clone, Copy)]
pub enum Watched<'a> {
    /// One carrier's, by its code.
    Of(&'a str),
    /// Those of all carriers but these.
    AllBut(&'a [String]),
}

/// How far a round through open shipments went, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    level_rank: i64,
    risk_rank: i64,
    still_since: i64,
    id: ShipmentId,
}

impl Reached {
    /// Nowhere yet.
    pub const START: Self = Self {
        level_rank: -1,
        risk_rank: -1,
        still_since: i64::MIN,
        id: ShipmentId::from_uuid(uuid::Uuid::nil()),
    };
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { level_rank, risk_rank, still_since, id } = self;
        write!(f, "{level_rank}.{risk_rank}.{still_since}.{id}")
    }
}

impl FromStr for Reached {
    type Err = CursorError;

    fn from_str(text: &str) -> std::result::Result<Self, CursorError> {
        let parts: Vec<&str> = text.split('.').collect();
        let [level_rank, risk_rank, still_since, id] = parts[..] else { return Err(CursorError) };
        let number = |text: &str| text.parse::<i64>().map_err(|_| CursorError);
        Ok(Self {
            level_rank: number(level_rank)?,
            risk_rank: number(risk_rank)?,
            still_since: number(still_since)?,
            id: id.parse().map_err(|_| CursorError)?,
        })
    }
}

/// A shipment that a carrier is to be asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Its number.
    pub tracking_number: TrackingNumber,
    /// Code of its carrier.
    pub carrier_code: String,
}

/// Shipments to ask about, and where to go on; none at the end of the round.
#[derive(Debug, Clone)]
pub struct DueParcels {
    /// The most urgent first.
    pub parcels: Vec<Parcel>,
    /// Where the next page begins.
    pub next: Option<Reached>,
}

/// How old the last looks at a carrier's open shipments are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAges {
    /// Code of the carrier.
    pub carrier_code: String,
    /// Its open shipments.
    pub open: u64,
    /// Those of them that somebody was asked about.
    pub looked_at: u64,
    /// The newest look.
    pub last: Option<Timestamp>,
    /// Half of the looks are at least as new.
    pub median: Option<Timestamp>,
    /// 95 of 100 looks are at least as new.
    pub p95: Option<Timestamp>,
}

/// After how long a carrier is asked about a shipment again; never about one that is finished.
fn interval(status: ShipmentStatus, is_risky: bool, still_for: SignedDuration) -> Option<SignedDuration> {
    let moves_soon = match status {
        ShipmentStatus::Delivered | ShipmentStatus::Cancelled => return None,
        ShipmentStatus::OutForDelivery | ShipmentStatus::Issue => true,
        // Of those that are open, the ones on their way back.
        ShipmentStatus::Returned
        | ShipmentStatus::Created
        | ShipmentStatus::Processing
        | ShipmentStatus::Shipped
        | ShipmentStatus::InTransit
        | ShipmentStatus::InOffice => false,
    };
    let days = still_for.as_mins() / MINUTES_OF_DAY;
    let (_, urgent, other) = STEPS.into_iter().find(|(below, _, _)| days < *below).unwrap_or(STEPS[4]);
    Some(SignedDuration::from_mins(if moves_soon || is_risky { urgent } else { other }))
}

impl Tracking {
    /// Goes through a page of open shipments, the most urgent first; answers those that are due for a look.
    pub async fn due_parcels(
        &self,
        tenant: TenantId,
        watched: Watched<'_>,
        after: Reached,
    ) -> Result<DueParcels> {
        let Reached { level_rank, risk_rank, still_since, id } = after;
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = match watched {
            Watched::Of(code) => {
                let values = bind![code, false, level_rank, risk_rank, still_since, id, PAGE];
                tx.fetch_all(&OF_CARRIER, values).await?
            }
            Watched::AllBut(_) => {
                let values = bind![false, level_rank, risk_rank, still_since, id, PAGE];
                tx.fetch_all(&OF_ALL, values).await?
            }
        };
        tx.commit().await?;
        let now = self.clock.now();
        let mut parcels = Vec::new();
        for row in &rows {
            let parcel = Parcel { tracking_number: row.parse(4)?, carrier_code: row.get(6)? };
            let is_watched = match watched {
                Watched::Of(_) => true,
                Watched::AllBut(others) => !others.contains(&parcel.carrier_code),
            };
            if is_watched && is_due(row, now)? {
                parcels.push(parcel);
            }
        }
        let is_full = rows.len() == PAGE as usize;
        let next = rows.last().filter(|_| is_full).map(reached).transpose()?;
        Ok(DueParcels { parcels, next })
    }

    /// Notes that somebody answered about parcels now, or spoke of them by itself. Numbers that are no shipment's are
    /// left out.
    pub async fn note_looks(&self, tx: &mut Tx, asked: Source, numbers: &[TrackingNumber]) -> Result<()> {
        let now = self.clock.now();
        let numbers: BTreeSet<&TrackingNumber> = numbers.iter().collect();
        let rows = numbers.into_iter().map(|number| bind![number.as_str(), asked.as_str(), now]).collect();
        tx.execute_many(&SAVE, rows).await.map(drop)
    }

    /// Who was last asked about a shipment and answered, and when.
    pub async fn last_look(
        &self,
        tenant: TenantId,
        shipment: ShipmentId,
    ) -> Result<Option<(String, Timestamp)>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let row = tx.fetch_optional(&GET, bind![shipment]).await?;
        tx.commit().await?;
        row.map(|row| Ok((row.get(0)?, row.time(1)?))).transpose()
    }

    /// How old the last looks are, by carrier, of carriers with open shipments.
    pub async fn look_ages(&self, tenant: TenantId) -> Result<Vec<LookAges>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&AGES, bind![false]).await?;
        tx.commit().await?;
        let ages = |row: &Row| {
            Ok(LookAges {
                carrier_code: row.get(0)?,
                open: row.count(1)?,
                looked_at: row.count(2)?,
                last: row.time_opt(3)?,
                median: row.time_opt(4)?,
                p95: row.time_opt(5)?,
            })
        };
        rows.iter().map(ages).collect()
    }

    /// Says how old the last looks at open shipments are, by carrier, of all organisations. Of a carrier without such
    /// looks that is not a number: what was said before must not stand for ever.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn show_look_ages(&self) -> Result<()> {
        let mut tx = self.db.read(Scope::System(SystemReason::Administration)).await?;
        let rows = tx.fetch_all(&ALL_AGES, bind![false]).await?;
        tx.commit().await?;
        let now = self.clock.now();
        let mut ages = BTreeMap::new();
        for row in &rows {
            ages.insert(row.get::<String>(0)?, (row.time_opt(2)?, row.time_opt(3)?));
        }
        // What a file calls a carrier may be anything: only known ones have a label of their own.
        for carrier in Carrier::all() {
            let (median, p95) = ages.get(carrier.code()).copied().unwrap_or_default();
            for (quantile, at) in [("0.5", median), ("0.95", p95)] {
                let age = at.map_or(f64::NAN, |at| now.duration_since(at).as_secs_f64().max(0.0));
                let labels = [("carrier", carrier.code()), ("quantile", quantile)];
                metrics::gauge!("litper_carrier_look_age_seconds", &labels).set(age);
            }
        }
        Ok(())
    }
}

fn reached(row: &Row) -> Result<Reached> {
    Ok(Reached { level_rank: row.get(0)?, risk_rank: row.get(1)?, still_since: row.get(2)?, id: row.id(3)? })
}

fn is_due(row: &Row, now: Timestamp) -> Result<bool> {
    let is_risky = row.get::<i64>(0)? == 0;
    let Some(interval) = interval(row.parse(5)?, is_risky, now.duration_since(row.time(2)?)) else {
        return Ok(false);
    };
    Ok(row.time_opt(7)?.is_none_or(|looked| now.duration_since(looked) >= interval))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [ShipmentStatus; 10] = [
        ShipmentStatus::Created,
        ShipmentStatus::Processing,
        ShipmentStatus::Shipped,
        ShipmentStatus::InTransit,
        ShipmentStatus::OutForDelivery,
        ShipmentStatus::InOffice,
        ShipmentStatus::Issue,
        ShipmentStatus::Returned,
        ShipmentStatus::Delivered,
        ShipmentStatus::Cancelled,
    ];

    #[test]
    fn the_longer_it_is_still_the_rarer_it_is_asked_for() {
        for status in ALL {
            for is_risky in [false, true] {
                let waits: Vec<_> = (0..200)
                    .map(|day| interval(status, is_risky, SignedDuration::from_hours(24 * day)))
                    .collect();
                assert!(waits.is_sorted(), "{status:?} {is_risky}");
                let finished = [ShipmentStatus::Delivered, ShipmentStatus::Cancelled].contains(&status);
                assert_eq!(waits[0].is_none(), finished, "{status:?}");
            }
        }
    }

    #[test]
    fn urgent_ones_are_asked_for_more_often_and_none_too_often_or_too_rarely() {
        for hours in [-5, 0, 23, 24, 71, 72, 239, 240, 719, 720, 100_000] {
            let still = SignedDuration::from_hours(hours);
            let wait = |status, is_risky| interval(status, is_risky, still).unwrap();
            let quiet = wait(ShipmentStatus::InTransit, false);
            for urgent in [wait(ShipmentStatus::InTransit, true), wait(ShipmentStatus::OutForDelivery, false)]
            {
                assert!(urgent < quiet, "{hours}");
                assert!(urgent >= SignedDuration::from_mins(20), "{hours}");
            }
            assert!(quiet <= SignedDuration::from_hours(72), "{hours}");
        }
    }
}
