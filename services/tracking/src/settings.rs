//! An organisation's own levels of the risk, and the cities and carriers it watches.

use std::sync::{Arc, LazyLock};

use database::{Engine, Row, Scope, Statement, Tx, bind, sql};
use domain::{SignedDuration, TenantId, Timestamp};
use uuid::Uuid;

use crate::Tracking;
use crate::risk::{RiskFlags, RiskPolicy};

const FIND: Statement = sql!("find_risk_settings.sql");
const SAVE: Statement = sql!("save_risk_settings.sql");

/// Most cities, and most carriers, that are watched.
const MAX_WATCHED: usize = 200;
/// Longest name of one, in characters.
const MAX_WATCHED_NAME: usize = 80;

/// A transaction that read the settings before they changed is over by then: none is open for long.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// What an organisation decides about the risk of its shipments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskSettings {
    /// The lowest score that is high, 1 to 100.
    pub high_from: i64,
    /// The lowest score that is medium, 1 to `high_from`.
    pub medium_from: i64,
    /// Names of cities that add to the score, as people write them.
    pub cities: Vec<String>,
    /// Names or codes of carriers that add to the score.
    pub carriers: Vec<String>,
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRiskSetting {
    /// No score from 1 to 100.
    #[error("a level begins at 1 to 100")]
    HighFrom,
    /// No score from 1 to where high begins.
    #[error("medium begins at 1, and not above high")]
    MediumFrom,
    /// Too many cities.
    #[error("at most {MAX_WATCHED} cities")]
    TooManyCities,
    /// Too many carriers.
    #[error("at most {MAX_WATCHED} carriers")]
    TooManyCarriers,
    /// A name without a letter or digit, or a long one, at this place of the list.
    #[error("a name has a letter or digit and at most {MAX_WATCHED_NAME} characters")]
    City(usize),
    /// As for a city.
    #[error("a name has a letter or digit and at most {MAX_WATCHED_NAME} characters")]
    Carrier(usize),
}

/// Why settings were not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRiskSettingsError {
    /// They cannot be used, for each of these reasons.
    #[error("{} settings cannot be used", .0.len())]
    Invalid(Vec<InvalidRiskSetting>),
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

/// Settings made ready for assessing.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) policy: RiskPolicy,
    pub(crate) flags: RiskFlags,
}

static BUILTIN: LazyLock<Arc<Rules>> =
    LazyLock::new(|| Arc::new(Rules { policy: RiskPolicy::default(), flags: RiskFlags::default() }));

impl RiskSettings {
    /// What holds for an organisation that decided nothing.
    #[must_use]
    pub fn builtin() -> Self {
        let policy = RiskPolicy::builtin();
        Self {
            high_from: policy.high_from.into(),
            medium_from: policy.medium_from.into(),
            cities: RiskFlags::builtin_cities().to_vec(),
            carriers: RiskFlags::builtin_carriers().to_vec(),
        }
    }

    /// The policy they make of the built-in one.
    #[must_use]
    pub fn policy(&self) -> RiskPolicy {
        let level = |from: i64| u8::try_from(from.clamp(1, 100)).unwrap_or(100);
        RiskPolicy {
            high_from: level(self.high_from),
            medium_from: level(self.medium_from),
            ..RiskPolicy::default()
        }
    }

    /// The flags: folded, so that every spelling of a name is one.
    #[must_use]
    pub fn flags(&self) -> RiskFlags {
        RiskFlags::new(self.cities.iter().map(String::as_str), self.carriers.iter().map(String::as_str))
    }

    fn check(&self) -> Vec<InvalidRiskSetting> {
        let mut invalid = Vec::new();
        if !(1..=100).contains(&self.high_from) {
            invalid.push(InvalidRiskSetting::HighFrom);
        }
        if self.medium_from < 1 || self.medium_from > self.high_from.min(100) {
            invalid.push(InvalidRiskSetting::MediumFrom);
        }
        if self.cities.len() > MAX_WATCHED {
            invalid.push(InvalidRiskSetting::TooManyCities);
        }
        if self.carriers.len() > MAX_WATCHED {
            invalid.push(InvalidRiskSetting::TooManyCarriers);
        }
        let places = |names: &[String]| -> Vec<usize> {
            let unusable = |name: &String| {
                !name.contains(char::is_alphanumeric) || name.chars().count() > MAX_WATCHED_NAME
            };
            (0..names.len()).filter(|place| unusable(&names[*place])).collect()
        };
        invalid.extend(places(&self.cities).into_iter().map(InvalidRiskSetting::City));
        invalid.extend(places(&self.carriers).into_iter().map(InvalidRiskSetting::Carrier));
        invalid
    }

    fn from_row(row: &Row) -> database::Result<Self> {
        Ok(Self {
            high_from: row.get(0)?,
            medium_from: row.get(1)?,
            cities: names(&row.get::<String>(2)?),
            carriers: names(&row.get::<String>(3)?),
        })
    }
}

impl Tracking {
    /// An organisation's settings, and when it changed them last; the built-in ones when it never did.
    pub async fn risk_settings(
        &self,
        tenant: TenantId,
    ) -> database::Result<(RiskSettings, Option<Timestamp>)> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_optional(&FIND, bind![]).await?;
        tx.commit().await?;
        match found {
            Some(row) => Ok((RiskSettings::from_row(&row)?, Some(row.time(4)?))),
            None => Ok((RiskSettings::builtin(), None)),
        }
    }

    /// Replaces an organisation's settings. What is observed from now on is assessed by them; the open
    /// shipments follow in the steps of [`Tracking::tick_risk`].
    pub async fn change_risk_settings(
        &self,
        tenant: TenantId,
        settings: &RiskSettings,
    ) -> Result<(), ChangeRiskSettingsError> {
        let invalid = settings.check();
        if !invalid.is_empty() {
            return Err(ChangeRiskSettingsError::Invalid(invalid));
        }
        let now = self.clock.now();
        // Where several writers work at once, one may have read the old settings and write after the walk
        // went by.
        let again = match self.db.engine() {
            Engine::Sqlite => None,
            Engine::Postgres => Some(now + AGAIN_AFTER),
        };
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let values = bind![
            settings.high_from,
            settings.medium_from,
            list(&settings.cities),
            list(&settings.carriers),
            now,
            Some(Uuid::nil()),
            again,
        ];
        tx.execute(&SAVE, values).await?;
        Ok(tx.commit().await?)
    }

    /// The rules of the transaction's tenant.
    pub(crate) async fn rules(&self, tx: &mut Tx) -> database::Result<Arc<Rules>> {
        let Some(row) = tx.fetch_optional(&FIND, bind![]).await? else { return Ok(Arc::clone(&BUILTIN)) };
        let settings = RiskSettings::from_row(&row)?;
        Ok(Arc::new(Rules { policy: settings.policy(), flags: settings.flags() }))
    }
}

fn names(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_default()
}

fn list(names: &[String]) -> String {
    let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
    serde_json::to_string(&names).unwrap_or_else(|_| "[]".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_named() {
        assert!(RiskSettings::builtin().check().is_empty());
        let bad = RiskSettings {
            high_from: 101,
            medium_from: 102,
            cities: vec!["Cali".into(), " - ".into(), "x".repeat(81)],
            carriers: vec!["TCC".into(); MAX_WATCHED + 1],
        };
        let expected = [
            InvalidRiskSetting::HighFrom,
            InvalidRiskSetting::MediumFrom,
            InvalidRiskSetting::TooManyCarriers,
            InvalidRiskSetting::City(1),
            InvalidRiskSetting::City(2),
        ];
        assert_eq!(bad.check(), expected);
        for (high, medium, fits) in
            [(1, 1, true), (100, 100, true), (50, 51, false), (50, 0, false), (0, 0, false)]
        {
            let settings = RiskSettings { high_from: high, medium_from: medium, ..RiskSettings::builtin() };
            assert_eq!(settings.check().is_empty(), fits, "{high} {medium}");
            assert!(!fits || settings.policy().check().is_ok(), "{high} {medium}");
        }
    }
}
