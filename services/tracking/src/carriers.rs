//! What an organisation says about carriers, where the built-in rules do not fit it.

use std::collections::HashMap;

use database::{Row, Scope, Statement, Tx, bind, sql};
use domain::carrier::{Candidate, InvalidCarrierRules, detect};
use domain::text::fold;
use domain::{
    ApiKeyId, Carrier, CarrierName, CarrierRules, Country, TenantId, Timestamp, TrackingNumber, UserId,
};
use event_log::NewEvent;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Tracking;

const LIST: Statement = sql!("list_carrier_settings.sql");
const SAVE: Statement = sql!("save_carrier_settings.sql");

/// A carrier with the rules that hold for an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierInForce {
    /// Which.
    pub carrier: Carrier,
    /// Its rules.
    pub rules: CarrierRules,
    /// How often the organisation changed them; 0 while the built-in ones hold.
    pub version: i64,
    /// When it changed them last.
    pub changed_at: Option<Timestamp>,
}

/// Who changes rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedBy {
    /// A person.
    User(UserId),
    /// A program.
    ApiKey(ApiKeyId),
}

impl ChangedBy {
    /// The person's id, or the program's.
    pub(crate) const fn ids(self) -> (Option<UserId>, Option<ApiKeyId>) {
        match self {
            Self::User(id) => (Some(id), None),
            Self::ApiKey(id) => (None, Some(id)),
        }
    }
}

/// Why rules were not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeCarrierError {
    /// They cannot be used, for each of these reasons.
    #[error("{} rules cannot be used", .0.len())]
    Invalid(Vec<InvalidCarrierRules>),
    /// Somebody changed them meanwhile; this is the version in force.
    #[error("the rules were changed meanwhile, to version {0}")]
    Changed(i64),
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

/// The fact of a change, with both sides of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarrierChange {
    /// Code of the carrier.
    pub carrier: String,
    /// The person who changed it.
    pub by_user: Option<UserId>,
    /// The program that changed it.
    pub by_api_key: Option<ApiKeyId>,
    /// The rules before.
    pub from: CarrierRules,
    /// The rules since.
    pub to: CarrierRules,
}

struct Settings {
    entity: Uuid,
    version: i64,
    rules: CarrierRules,
    changed_at: Timestamp,
}

impl Settings {
    fn from_row(row: &Row) -> database::Result<(String, Self)> {
        let rules: String = row.get(3)?;
        let rules = serde_json::from_str(&rules).map_err(|error| unreadable(LIST.name(), &error))?;
        let settings = Self { entity: row.get(1)?, version: row.get(2)?, rules, changed_at: row.time(4)? };
        Ok((row.get(0)?, settings))
    }
}

/// How an organisation's files call carriers.
#[derive(Debug, Clone, Default)]
pub struct CarrierNames {
    /// By the folded name.
    own: HashMap<String, Carrier>,
}

impl CarrierNames {
    fn of<'a>(rules: impl Iterator<Item = (Carrier, &'a CarrierRules)>) -> Self {
        let named = rules.flat_map(|(carrier, rules)| rules.aliases.iter().map(move |name| (name, carrier)));
        Self { own: named.map(|(name, carrier)| (fold(name), carrier)).collect() }
    }

    /// Recognises the name in a file: one that everybody uses, else exactly one of the organisation's own.
    #[must_use]
    pub fn resolve(&self, raw: &str) -> CarrierName {
        let mut name = CarrierName::resolve(raw);
        if name.carrier.is_none() && !self.own.is_empty() {
            name.carrier = self.own.get(&fold(&name.raw)).copied();
        }
        name
    }
}

/// What is known of a parcel whose carrier is asked for.
#[derive(Clone, Copy, Debug)]
pub struct ParcelQuestion<'a> {
    /// Its number.
    pub number: &'a TrackingNumber,
    /// The carrier's name in a file, in any spelling.
    pub named: Option<&'a str>,
    /// Only carriers of this country are answered; without it a named one may be of any, and the number is compared
    /// with those of the organisation's own.
    pub country: Option<Country>,
}

/// Which carrier a parcel is of, and how that was decided. Nothing is guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It was named.
    Named(Carrier),
    /// The look of the number is clear.
    Number(Carrier),
    /// Several carriers have numbers of that look.
    Ambiguous,
    /// No carrier has numbers of that look.
    Unknown,
}

impl Decision {
    /// The carrier, if it is clear which.
    #[must_use]
    pub const fn carrier(self) -> Option<Carrier> {
        match self {
            Self::Named(carrier) | Self::Number(carrier) => Some(carrier),
            Self::Ambiguous | Self::Unknown => None,
        }
    }

    /// The fixed word: `named`, `number`, `ambiguous` or `unknown`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Named(_) => "named",
            Self::Number(_) => "number",
            Self::Ambiguous => "ambiguous",
            Self::Unknown => "unknown",
        }
    }
}

/// What is answered about a parcel's carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// The answer.
    pub decision: Decision,
    /// All carriers of the country with numbers of that look, the likeliest first.
    pub candidates: Vec<Candidate>,
}

impl Tracking {
    /// All known carriers, in the order of the built-in list, with the rules that hold for an organisation.
    pub async fn carriers(&self, tenant: TenantId) -> database::Result<Vec<CarrierInForce>> {
        let mut own = self.carrier_settings(tenant).await?;
        let in_force = |&carrier: &Carrier| match own.remove(carrier.code()) {
            Some(settings) => CarrierInForce {
                carrier,
                rules: settings.rules,
                version: settings.version,
                changed_at: Some(settings.changed_at),
            },
            None => CarrierInForce { carrier, rules: carrier.rules().clone(), version: 0, changed_at: None },
        };
        Ok(Carrier::all().iter().map(in_force).collect())
    }

    /// Which carrier a parcel is of. A known carrier that is named wins over what the number says; the number is
    /// compared with the organisation's rules. `home` is the organisation's country.
    pub async fn detect_carrier(
        &self,
        tenant: TenantId,
        home: Country,
        parcel: &ParcelQuestion<'_>,
    ) -> database::Result<Detection> {
        let country = parcel.country.unwrap_or(home);
        let carriers = self.carriers(tenant).await?;
        let of_country = carriers.iter().filter(|one| one.carrier.country() == country);
        let found = detect(parcel.number, of_country.map(|one| (one.carrier, &one.rules)));
        let fits = |carrier: &Carrier| parcel.country.is_none_or(|country| carrier.country() == country);
        let names = CarrierNames::of(carriers.iter().map(|one| (one.carrier, &one.rules)));
        let named = parcel.named.and_then(|name| names.resolve(name).carrier).filter(fits);
        let decision = match (named, found.decided) {
            (Some(carrier), _) => Decision::Named(carrier),
            (None, Some(carrier)) => Decision::Number(carrier),
            (None, None) if found.is_ambiguous() => Decision::Ambiguous,
            (None, None) => Decision::Unknown,
        };
        Ok(Detection { decision, candidates: found.candidates })
    }

    /// Replaces the rules of a carrier for an organisation. `version` is the one the caller saw.
    pub async fn change_carrier(
        &self,
        tenant: TenantId,
        carrier: Carrier,
        version: i64,
        rules: &CarrierRules,
        by: ChangedBy,
    ) -> Result<CarrierInForce, ChangeCarrierError> {
        let invalid = rules.check();
        if !invalid.is_empty() {
            return Err(ChangeCarrierError::Invalid(invalid));
        }
        let text = serde_json::to_string(rules).map_err(|error| unreadable(SAVE.name(), &error))?;
        let now = self.clock.now();
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![]).await?;
        let mut own = rows.iter().map(Settings::from_row).collect::<database::Result<HashMap<_, _>>>()?;
        let before = own.remove(carrier.code());
        let current = before.as_ref().map_or(0, |settings| settings.version);
        if current != version {
            return Err(ChangeCarrierError::Changed(current));
        }
        let taken = taken_aliases(carrier, rules, &own);
        if !taken.is_empty() {
            return Err(ChangeCarrierError::Invalid(taken));
        }
        let entity = before.as_ref().map_or_else(|| self.ids.next(), |settings| settings.entity);
        let saved = tx.execute(&SAVE, bind![carrier.code(), entity, version + 1, text, now]).await?;
        if saved == 0 {
            return Err(ChangeCarrierError::Changed(version + 1));
        }
        let (by_user, by_api_key) = by.ids();
        let from = before.map_or_else(|| carrier.rules().clone(), |settings| settings.rules);
        let payload = CarrierChange {
            carrier: carrier.code().to_owned(),
            by_user,
            by_api_key,
            from,
            to: rules.clone(),
        };
        let fact = NewEvent::new("carrier.rules_changed", entity, version + 1, now, &payload)
            .map_err(|error| unreadable("append.sql", &error))?;
        event_log::append(&mut tx, &*self.ids, now, vec![fact]).await?;
        tx.commit().await?;
        Ok(CarrierInForce { carrier, rules: rules.clone(), version: version + 1, changed_at: Some(now) })
    }

    /// What an organisation changed about a carrier, the first change first, each with its version and moment.
    pub async fn carrier_changes(
        &self,
        tenant: TenantId,
        carrier: Carrier,
    ) -> database::Result<Vec<(i64, Timestamp, CarrierChange)>> {
        let own = self.carrier_settings(tenant).await?;
        let Some(settings) = own.get(carrier.code()) else { return Ok(Vec::new()) };
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let events = event_log::of_entity(&mut tx, settings.entity).await?;
        tx.commit().await?;
        let read = |event: &event_log::Event| {
            let change = serde_json::from_str(event.payload_json());
            let change = change.map_err(|error| unreadable("of_entity.sql", &error))?;
            Ok((event.entity_version, event.occurred_at, change))
        };
        events.iter().map(read).collect()
    }

    /// How files of the transaction's tenant call carriers.
    pub async fn carrier_names(&self, tx: &mut Tx) -> database::Result<CarrierNames> {
        let rows = tx.fetch_all(&LIST, bind![]).await?;
        let own = rows.iter().map(Settings::from_row).collect::<database::Result<Vec<_>>>()?;
        let known =
            own.iter().filter_map(|(code, settings)| Some((Carrier::from_code(code)?, &settings.rules)));
        Ok(CarrierNames::of(known))
    }

    /// What an organisation calls carriers beside the names that everybody uses, folded.
    pub async fn own_carrier_names(&self, tenant: TenantId) -> database::Result<Vec<String>> {
        let own = self.carrier_settings(tenant).await?;
        Ok(own.values().flat_map(|settings| &settings.rules.aliases).map(|alias| fold(alias)).collect())
    }

    /// The rules of one carrier that hold for the transaction's tenant.
    pub(crate) async fn carrier_rules(
        &self,
        tx: &mut Tx,
        carrier: Carrier,
    ) -> database::Result<CarrierRules> {
        let rows = tx.fetch_all(&LIST, bind![]).await?;
        let mut own = rows.iter().map(Settings::from_row).collect::<database::Result<HashMap<_, _>>>()?;
        Ok(own.remove(carrier.code()).map_or_else(|| carrier.rules().clone(), |settings| settings.rules))
    }

    async fn carrier_settings(&self, tenant: TenantId) -> database::Result<HashMap<String, Settings>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![]).await?;
        tx.commit().await?;
        rows.iter().map(Settings::from_row).collect()
    }
}

/// The names that are another carrier's: everybody's, or by the organisation's rules of the `others`.
fn taken_aliases(
    carrier: Carrier,
    rules: &CarrierRules,
    others: &HashMap<String, Settings>,
) -> Vec<InvalidCarrierRules> {
    let theirs: Vec<String> =
        others.values().flat_map(|settings| &settings.rules.aliases).map(|alias| fold(alias)).collect();
    let is_taken = |alias: &String| {
        Carrier::recognise(alias).is_some_and(|known| known != carrier) || theirs.contains(&fold(alias))
    };
    let named = rules.aliases.iter().enumerate().filter(|(_, alias)| is_taken(alias));
    named.map(|(place, _)| InvalidCarrierRules::TakenAlias(place)).collect()
}

fn unreadable(statement: &'static str, error: &serde_json::Error) -> database::Error {
    database::Error::Failed { statement, detail: error.to_string() }
}
