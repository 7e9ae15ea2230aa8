//! Parcels that wait at an office for their owner: since when, until when, and how near that is.

use std::str::FromStr;

use database::{Scope, Statement, Tx, bind, sql};
use domain::carrier::Offices;
use domain::{
    ApiKeyId, Carrier, CarrierRules, Country, Date, OfficeExtensionId, ShipmentId, ShipmentStatus, TenantId,
    Timestamp, UserId, bogota_date, calendar,
};
use event_log::NewEvent;
use serde::Serialize;

use crate::routes::Who;
use crate::shipment::Shipment;
use crate::words::usable_reason;
use crate::{ChangedBy, Tracking, rows};

const ARRIVALS: Statement = sql!("parts/wanted_ids.sql" + "list_arrivals.sql");
const EXTENSIONS: Statement = sql!("list_extensions.sql");
const INSERT: Statement = sql!("insert_extension.sql");
const WITHDRAW: Statement = sql!("withdraw_extension.sql");

/// Most business days that one stay is extended by, all extensions together.
pub const MAX_EXTENSION: i64 = 10;

/// How near the end of a stay is. This light is of one parcel at an office; those of a route, of a parcel's state and
/// of a person are others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfficeLight {
    /// More than half of its days are left.
    Green,
    /// Half of its days or fewer.
    Amber,
    /// It ends today or on the next business day, or is over.
    Red,
    /// Nobody knows how long parcels wait there.
    Grey,
}

impl OfficeLight {
    /// Every light, the nearest to its end first.
    pub const ALL: [Self; 4] = [Self::Red, Self::Amber, Self::Green, Self::Grey];

    /// Red from one day left on, amber from half of `of_days` on, at least from one.
    #[must_use]
    pub fn of(days_left: Option<i64>, of_days: i64) -> Self {
        match days_left {
            None => Self::Grey,
            Some(left) if left <= 1 => Self::Red,
            Some(left) if left <= (of_days / 2).max(1) => Self::Amber,
            Some(_) => Self::Green,
        }
    }

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

/// A parcel's stay at an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeStay {
    /// The first event that found it there since it last moved.
    pub arrived_at: Timestamp,
    /// At which offices of the carrier parcels may wait.
    pub offices: Offices,
    /// Business days it may wait by the carrier's rules; none where nobody knows.
    pub office_days: Option<i64>,
    /// Business days it was extended by.
    pub extra_days: i64,
    /// The last day; none where nobody knows how long it may wait.
    pub due_on: Option<Date>,
    /// Business days from today to the last one; below zero once it is over.
    pub days_left: Option<i64>,
    /// Whether the last day has passed, also when no business day has gone by since.
    pub overdue: bool,
    /// How near the end is.
    pub light: OfficeLight,
    /// What was extended, the first one first.
    pub extensions: Vec<OfficeExtension>,
}

/// More days at an office that the carrier granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeExtension {
    /// Its id.
    pub id: OfficeExtensionId,
    /// Business days.
    pub days: i64,
    /// Why.
    pub reason: Option<String>,
    /// When it was noted.
    pub extended_at: Timestamp,
    /// By whom.
    pub extended_by: Who,
}

/// Why a stay was not extended.
#[derive(Debug, thiserror::Error)]
pub enum ExtendError {
    /// There is no such shipment.
    #[error("there is no such shipment")]
    NotFound,
    /// It is not at an office.
    #[error("the parcel is not at an office")]
    NotAtOffice,
    /// No number of days from 1 to 10.
    #[error("1 to {MAX_EXTENSION} days")]
    Days,
    /// Together with what was granted before it is too much; so many are left.
    #[error("a stay is extended by at most {MAX_EXTENSION} days; {0} are left")]
    TooMany(i64),
    /// Long, or with a number that may be somebody's.
    #[error("a reason is short and has no long number")]
    Reason,
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

/// Business days that a carrier keeps a parcel; those of other countries are not known here.
pub(crate) fn office_days(carrier: Carrier, rules: &CarrierRules) -> Option<i64> {
    rules.office_days.filter(|_| carrier.country() == Country::Co)
}

#[derive(Serialize)]
struct ExtensionFact {
    shipment: ShipmentId,
    days: i64,
    by_user: Option<UserId>,
    by_api_key: Option<ApiKeyId>,
}

impl Tracking {
    /// A shipment's stay at an office; none where it is not at one.
    pub async fn office_stay(
        &self,
        tenant: TenantId,
        shipment: &Shipment,
    ) -> database::Result<Option<OfficeStay>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let stay = self.stay_of(&mut tx, shipment).await?;
        tx.commit().await?;
        Ok(stay)
    }

    /// Notes that the carrier keeps a parcel for more days.
    pub async fn extend_office_stay(
        &self,
        tenant: TenantId,
        id: ShipmentId,
        days: i64,
        reason: Option<&str>,
        by: ChangedBy,
    ) -> Result<OfficeStay, ExtendError> {
        if !(1..=MAX_EXTENSION).contains(&days) {
            return Err(ExtendError::Days);
        }
        let reason = reason.map(|reason| usable_reason(reason).ok_or(ExtendError::Reason)).transpose()?;
        let reason = reason.filter(|reason| !reason.is_empty());
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let found = rows::lock_by_id(&mut tx, &[id]).await?;
        let shipment = found.first().ok_or(ExtendError::NotFound)?;
        let stay = self.stay_of(&mut tx, shipment).await?.ok_or(ExtendError::NotAtOffice)?;
        let left = MAX_EXTENSION - stay.extra_days;
        if days > left {
            return Err(ExtendError::TooMany(left));
        }
        let (now, extension) = (self.clock.now(), OfficeExtensionId::from(self.ids.next()));
        let (user, api_key) = by.ids();
        tx.execute(&INSERT, bind![extension, id, days, reason, now, user, api_key]).await?;
        let fact = ExtensionFact { shipment: id, days, by_user: user, by_api_key: api_key };
        self.append_extension(&mut tx, "shipment.office_extended", extension, 1, &fact).await?;
        let stay = self.stay_of(&mut tx, shipment).await?.ok_or(ExtendError::NotAtOffice)?;
        tx.commit().await?;
        Ok(stay)
    }

    /// Takes an extension back; false when there is none that holds.
    pub async fn withdraw_office_extension(
        &self,
        tenant: TenantId,
        shipment: ShipmentId,
        extension: OfficeExtensionId,
        by: ChangedBy,
    ) -> database::Result<bool> {
        let now = self.clock.now();
        let (user, api_key) = by.ids();
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_optional(&WITHDRAW, bind![shipment, extension, now, user, api_key]).await?;
        let Some(row) = found else {
            tx.rollback().await?;
            return Ok(false);
        };
        let fact = ExtensionFact { shipment, days: row.get(0)?, by_user: user, by_api_key: api_key };
        self.append_extension(&mut tx, "shipment.office_extension_withdrawn", extension, 2, &fact).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn stay_of(&self, tx: &mut Tx, shipment: &Shipment) -> database::Result<Option<OfficeStay>> {
        if shipment.reading.status != ShipmentStatus::InOffice {
            return Ok(None);
        }
        let arrived = tx.fetch_many(&ARRIVALS, vec![bind![shipment.id]]).await?;
        // Who said that it is there told of it in an event.
        let arrived_at =
            arrived.first().map(|row| row.time(1)).transpose()?.unwrap_or(shipment.last_event_at);
        let mut extensions = Vec::new();
        for row in tx.fetch_all(&EXTENSIONS, bind![shipment.id, arrived_at]).await? {
            extensions.push(OfficeExtension {
                id: row.id(0)?,
                days: row.get(1)?,
                reason: row.get(2)?,
                extended_at: row.time(3)?,
                extended_by: Who { user: row.id_opt(4)?, api_key: row.id_opt(5)? },
            });
        }
        let carrier = shipment.carrier().carrier;
        let rules = match carrier {
            Some(carrier) => Some(self.carrier_rules(tx, carrier).await?),
            None => None,
        };
        let office_days =
            carrier.zip(rules.as_ref()).and_then(|(carrier, rules)| office_days(carrier, rules));
        let offices = rules.map_or(Offices::Unknown, |rules| rules.offices);
        Ok(Some(count(arrived_at, offices, office_days, extensions, bogota_date(self.clock.now()))))
    }

    async fn append_extension(
        &self,
        tx: &mut Tx,
        kind: &'static str,
        id: OfficeExtensionId,
        version: i64,
        payload: &ExtensionFact,
    ) -> database::Result<()> {
        let now = self.clock.now();
        let fact = NewEvent::new(kind, id.as_uuid(), version, now, payload).map_err(|error| {
            database::Error::Failed { statement: "append.sql", detail: error.to_string() }
        })?;
        event_log::append(tx, &*self.ids, now, vec![fact]).await
    }
}

/// Counts the days of a stay.
fn count(
    arrived_at: Timestamp,
    offices: Offices,
    office_days: Option<i64>,
    extensions: Vec<OfficeExtension>,
    today: Date,
) -> OfficeStay {
    let extra_days: i64 = extensions.iter().map(|extension| extension.days).sum();
    let Deadline { due_on, days_left, overdue, light } =
        Deadline::of(bogota_date(arrived_at), office_days, extra_days, today);
    OfficeStay { arrived_at, offices, office_days, extra_days, due_on, days_left, overdue, light, extensions }
}

/// The end of a stay, as seen on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// The last day; none where nobody knows how long a parcel may wait.
    pub due_on: Option<Date>,
    /// Business days to the last one; below zero once it is over.
    pub days_left: Option<i64>,
    /// Whether the last day has passed, also when no business day has gone by since.
    pub overdue: bool,
    /// How near the end is.
    pub light: OfficeLight,
}

impl Deadline {
    /// Of a stay that began on a day. The day of arrival itself is none of its days.
    pub(crate) fn of(arrived: Date, office_days: Option<i64>, extra_days: i64, today: Date) -> Self {
        let due_on = office_days.map(|days| {
            let days = u32::try_from(days + extra_days).unwrap_or(0);
            calendar::add_business_days(arrived, days)
        });
        let days_left = due_on.map(|due| i64::from(calendar::business_days_between(today, due)));
        Self {
            due_on,
            days_left,
            overdue: due_on.is_some_and(|due| due < today),
            light: OfficeLight::of(days_left, office_days.unwrap_or(0) + extra_days),
        }
    }
}

/// The text is none of the lights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("green, amber, red or grey")]
pub struct UnknownOfficeLight;

impl FromStr for OfficeLight {
    type Err = UnknownOfficeLight;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|light| light.as_str() == text).ok_or(UnknownOfficeLight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn stay(arrived: &str, office_days: Option<i64>, extra: &[i64], today: &str) -> OfficeStay {
        let extension = |&days: &i64| OfficeExtension {
            id: OfficeExtensionId::from(uuid::Uuid::nil()),
            days,
            reason: None,
            extended_at: arrived.parse().unwrap(),
            extended_by: Who { user: None, api_key: None },
        };
        let extensions = extra.iter().map(extension).collect();
        count(arrived.parse().unwrap(), Offices::All, office_days, extensions, day(today))
    }

    #[test]
    fn days_are_business_days_after_the_day_of_arrival_in_bogota() {
        // A Thursday evening in Bogotá, Friday in UTC; Monday 23 March 2026 is a holiday (San José).
        let three = |today: &str| stay("2026-03-20T02:00:00Z", Some(3), &[], today);
        assert_eq!(three("2026-03-19").due_on, Some(day("2026-03-25")));
        let left = |today: &str| three(today).days_left.unwrap();
        assert_eq!(left("2026-03-19"), 3);
        assert_eq!(left("2026-03-23"), 2, "weekend and holiday take nothing away");
        assert_eq!((left("2026-03-25"), three("2026-03-25").overdue), (0, false));
        assert_eq!((left("2026-03-27"), three("2026-03-27").overdue), (-2, true));
    }

    #[test]
    fn an_extension_moves_the_last_day() {
        let of = |extra: &[i64]| stay("2026-03-03T15:00:00Z", Some(4), extra, "2026-03-10");
        assert_eq!((of(&[]).due_on, of(&[]).days_left), (Some(day("2026-03-09")), Some(-1)));
        let extended = of(&[2, 3]);
        assert_eq!(
            (extended.due_on, extended.days_left, extended.extra_days),
            (Some(day("2026-03-16")), Some(4), 5)
        );
        assert_eq!((of(&[]).light, extended.light), (OfficeLight::Red, OfficeLight::Amber));
    }

    #[test]
    fn the_light_is_red_at_one_day_amber_at_half_and_grey_when_nobody_knows() {
        let lights: Vec<_> = (-1..=8).map(|left| OfficeLight::of(Some(left), 8)).collect();
        let expected = [
            [OfficeLight::Red; 3].as_slice(),
            [OfficeLight::Amber; 3].as_slice(),
            [OfficeLight::Green; 4].as_slice(),
        ];
        assert_eq!(lights, expected.concat());
        assert_eq!(OfficeLight::of(Some(2), 2), OfficeLight::Green);
        assert_eq!(OfficeLight::of(None, 0), OfficeLight::Grey);
        let unknown = stay("2026-03-03T15:00:00Z", None, &[], "2026-03-10");
        assert_eq!((unknown.due_on, unknown.days_left, unknown.light), (None, None, OfficeLight::Grey));
    }
}
