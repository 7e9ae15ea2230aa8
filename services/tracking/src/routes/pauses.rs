//! Cities and routes to which nothing is to be sent for a while: who said so, when, why, and who took it back.

use std::collections::HashSet;

use database::{Page, Row, Scope, Statement, TimeCursor, Tx, bind, page_size, sql};
use domain::{ApiKeyId, RoutePauseId, TenantId, Timestamp, UserId};
use event_log::NewEvent;
use serde::Serialize;

use crate::queue::{carrier_code, city_key};
use crate::words::{MAX_DIGITS, MAX_REASON, usable_reason};
use crate::{ChangedBy, Tracking};

const ACTIVE: Statement = sql!("list_active_pauses.sql");
const LIST: Statement = sql!("parts/pause.sql" + "list_pauses.sql");
const FIND: Statement = sql!("parts/pause.sql" + "find_pause.sql");
const INSERT: Statement = sql!("insert_pause.sql");
const RESUME: Statement = sql!("resume_pause.sql");
const CITY: Statement = sql!("find_city_name.sql");

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// A person.
    pub user: Option<UserId>,
    /// A program.
    pub api_key: Option<ApiKeyId>,
}

/// A pause of a city, or of one carrier to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutePause {
    /// Its id.
    pub id: RoutePauseId,
    /// The city's municipality code, or its folded name.
    pub city_key: String,
    /// The city's name.
    pub city_name: String,
    /// Code of the carrier; none for all carriers.
    pub carrier_code: Option<String>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub paused_at: Timestamp,
    /// By whom.
    pub paused_by: Who,
    /// Until when; none while it holds.
    pub resumed_at: Option<Timestamp>,
    /// Who ended it.
    pub resumed_by: Who,
    /// Why it was ended.
    pub resume_reason: Option<String>,
}

/// What is to be paused.
#[derive(Debug, Clone)]
pub struct NewPause {
    /// Municipality code, or name.
    pub city: String,
    /// Code or name of the carrier; none for all.
    pub carrier: Option<String>,
    /// Why.
    pub reason: String,
}

/// Why nothing was paused.
#[derive(Debug, thiserror::Error)]
pub enum PauseError {
    /// No municipality, and no city of a shipment.
    #[error("nothing was ever sent to a city of this name, and it is no municipality")]
    City,
    /// No known carrier.
    #[error("no carrier bears this name")]
    Carrier,
    /// Empty, long, or with a number that may be somebody's.
    #[error("a reason has 1 to {MAX_REASON} characters and no number of more than {MAX_DIGITS} digits")]
    Reason,
    /// It is paused already.
    #[error("it is paused already")]
    AlreadyPaused,
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

/// Why a pause was not ended.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// There is none.
    #[error("there is no such pause")]
    NotFound,
    /// It has ended.
    #[error("the pause has ended already")]
    AlreadyResumed,
    /// As for a pause.
    #[error("a reason has at most {MAX_REASON} characters and no number of more than {MAX_DIGITS} digits")]
    Reason,
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

#[derive(Serialize)]
struct PauseFact<'a> {
    city: &'a str,
    carrier: Option<&'a str>,
    by_user: Option<UserId>,
    by_api_key: Option<ApiKeyId>,
}

/// Pauses that hold.
#[derive(Debug, Clone, Default)]
pub struct ActivePauses(HashSet<(String, String)>);

impl ActivePauses {
    #[cfg(test)]
    pub(super) fn of(pauses: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pauses.into_iter().collect())
    }

    /// Whether the city, or the carrier to it, is paused. An empty carrier asks for the city alone.
    #[must_use]
    pub fn hold(&self, city: &str, carrier: &str) -> bool {
        !self.0.is_empty()
            && ["", carrier].iter().any(|one| self.0.contains(&(city.to_owned(), (*one).to_owned())))
    }
}

pub(super) async fn active(tx: &mut Tx) -> database::Result<ActivePauses> {
    let rows = tx.fetch_all(&ACTIVE, bind![]).await?;
    let read = |row: &Row| Ok((row.get(0)?, row.get(1)?));
    Ok(ActivePauses(rows.iter().map(read).collect::<database::Result<_>>()?))
}

impl Tracking {
    /// Pauses a city, or a carrier to it.
    pub async fn pause_route(
        &self,
        tenant: TenantId,
        new: &NewPause,
        by: ChangedBy,
    ) -> Result<RoutePause, PauseError> {
        let reason =
            usable_reason(&new.reason).filter(|reason| !reason.is_empty()).ok_or(PauseError::Reason)?;
        let carrier = new.carrier.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let carrier = carrier.map(|name| {
            domain::Carrier::from_code(&carrier_code(name))
                .map(domain::Carrier::code)
                .ok_or(PauseError::Carrier)
        });
        let carrier = carrier.transpose()?;
        let key = city_key(new.city.trim());
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let name = match domain::city::by_code(&key) {
            Some(known) => known.name.to_owned(),
            None => match tx.fetch_optional(&CITY, bind![&key]).await? {
                Some(row) => row.get(0)?,
                None => return Err(PauseError::City),
            },
        };
        let (now, id) = (self.clock.now(), RoutePauseId::from(self.ids.next()));
        let (user, api_key) = by.ids();
        let values = bind![id, &key, &name, carrier.unwrap_or_default(), &reason, now, user, api_key];
        if tx.execute(&INSERT, values).await? == 0 {
            return Err(PauseError::AlreadyPaused);
        }
        let fact = PauseFact { city: &key, carrier, by_user: user, by_api_key: api_key };
        self.append_pause(&mut tx, "route.paused", id, 1, now, &fact).await?;
        tx.commit().await?;
        Ok(RoutePause {
            id,
            city_key: key,
            city_name: name,
            carrier_code: carrier.map(str::to_owned),
            reason,
            paused_at: now,
            paused_by: Who { user, api_key },
            resumed_at: None,
            resumed_by: Who { user: None, api_key: None },
            resume_reason: None,
        })
    }

    /// Ends a pause: the route is as before.
    pub async fn resume_route(
        &self,
        tenant: TenantId,
        id: RoutePauseId,
        reason: Option<&str>,
        by: ChangedBy,
    ) -> Result<RoutePause, ResumeError> {
        let reason = reason.map(|reason| usable_reason(reason).ok_or(ResumeError::Reason)).transpose()?;
        let reason = reason.filter(|reason| !reason.is_empty());
        let now = self.clock.now();
        let (user, api_key) = by.ids();
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let ended = tx.execute(&RESUME, bind![id, now, user, api_key, reason]).await?;
        let found = tx.fetch_optional(&FIND, bind![id]).await?.ok_or(ResumeError::NotFound)?;
        let pause = read(&found)?;
        if ended == 0 {
            return Err(ResumeError::AlreadyResumed);
        }
        let carrier = pause.carrier_code.as_deref();
        let fact = PauseFact { city: &pause.city_key, carrier, by_user: user, by_api_key: api_key };
        self.append_pause(&mut tx, "route.resumed", id, 2, now, &fact).await?;
        tx.commit().await?;
        Ok(pause)
    }

    /// The pauses that hold now.
    pub async fn active_pauses(&self, tenant: TenantId) -> database::Result<ActivePauses> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = active(&mut tx).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// Pauses from new to old; only those that hold, or all.
    pub async fn route_pauses(
        &self,
        tenant: TenantId,
        active_only: bool,
        after: Option<TimeCursor>,
        limit: u32,
    ) -> database::Result<Page<RoutePause, TimeCursor>> {
        let limit = page_size(limit);
        let from = after.unwrap_or(TimeCursor::NEWEST);
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![from.at, from.id, active_only, limit + 1]).await?;
        tx.commit().await?;
        let items = rows.iter().map(read).collect::<database::Result<_>>()?;
        Ok(Page::cut(items, limit, |pause: &RoutePause| TimeCursor::after(pause.paused_at, pause.id)))
    }

    async fn append_pause(
        &self,
        tx: &mut Tx,
        kind: &'static str,
        id: RoutePauseId,
        version: i64,
        now: Timestamp,
        payload: &PauseFact<'_>,
    ) -> database::Result<()> {
        let fact = NewEvent::new(kind, id.as_uuid(), version, now, payload).map_err(|error| {
            database::Error::Failed { statement: "append.sql", detail: error.to_string() }
        })?;
        event_log::append(tx, &*self.ids, now, vec![fact]).await
    }
}

fn read(row: &Row) -> database::Result<RoutePause> {
    Ok(RoutePause {
        id: row.id(0)?,
        city_key: row.get(1)?,
        city_name: row.get(2)?,
        carrier_code: Some(row.get::<String>(3)?).filter(|code| !code.is_empty()),
        reason: row.get(4)?,
        paused_at: row.time(5)?,
        paused_by: Who { user: row.id_opt(6)?, api_key: row.id_opt(7)? },
        resumed_at: row.time_opt(8)?,
        resumed_by: Who { user: row.id_opt(9)?, api_key: row.id_opt(10)? },
        resume_reason: row.get(11)?,
    })
}
