//! What an organisation says a carrier's phrase means: read before the built-in tables.

use std::collections::HashMap;

use database::{Engine, Row, Scope, Statement, Tx, bind, sql};
use domain::{CarrierName, ExceptionReason, ShipmentStatus, TenantId, Timestamp};
use uuid::Uuid;

use crate::Tracking;
use crate::status::{StatusReading, StatusTable};

const LIST: Statement = sql!("list_mappings.sql");
const SAVE: Statement = sql!("save_mappings.sql");
const DELETE: Statement = sql!("delete_mapping.sql");
const FORGET_UNMAPPED: Statement = sql!("forget_unmapped.sql");
const START_REREAD: Statement = sql!("start_reread.sql");

/// Longest phrase that is told apart, in characters.
const MAX_PHRASE: usize = 100;
/// Longest code of a carrier, in characters.
const MAX_CARRIER: usize = 60;
/// Most mappings of an organisation: each batch of observations reads them.
pub const MAX_MAPPINGS: usize = 2_000;

/// A phrase and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusMapping {
    /// Code of the carrier whose phrase it is; none for any carrier's.
    pub carrier_code: Option<String>,
    /// The phrase; stored folded, its first 100 characters.
    pub phrase: String,
    /// What it means.
    pub status: ShipmentStatus,
    /// Why there is a problem: none unless the status is `Issue`, and something with it.
    pub reason: ExceptionReason,
    /// With `Returned` only: the parcel is still on its way back.
    pub return_in_process: bool,
}

/// A mapping that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMapping {
    /// Nothing is left of the phrase when it is folded.
    #[error("a phrase has a letter or a digit")]
    Phrase,
    /// The code is empty or too long.
    #[error("a carrier's code has 1 to {MAX_CARRIER} characters")]
    Carrier,
    /// A problem without a reason, or a reason without a problem.
    #[error("ISSUE has a reason other than NONE, and no other status has one")]
    Reason,
    /// A return under way that is none.
    #[error("only RETURNED may be in process")]
    ReturnInProcess,
}

/// Why mappings were not changed.
#[derive(Debug, thiserror::Error)]
pub enum MapStatusError {
    /// The mapping at this place of the list cannot be used.
    #[error("mapping {0}: {1}")]
    Invalid(usize, InvalidMapping),
    /// The organisation would have more than [`MAX_MAPPINGS`].
    #[error("at most {MAX_MAPPINGS} mappings")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

/// Reads phrases as one organisation does.
#[derive(Debug)]
pub struct StatusReader {
    /// By carrier's code (empty for any) and phrase.
    mapped: HashMap<(String, String), StatusReading>,
    table: &'static StatusTable,
}

impl StatusReader {
    /// What a phrase means.
    #[must_use]
    pub fn read(&self, carrier: &CarrierName, phrase: &str) -> StatusReading {
        self.mapped(carrier.code(), phrase).unwrap_or_else(|| self.table.read(carrier.carrier, phrase))
    }

    /// The same for words that came with what the source's own list of codes says they mean.
    #[must_use]
    pub fn read_stated(
        &self,
        carrier: &CarrierName,
        phrase: &str,
        stated: Option<(ShipmentStatus, ExceptionReason)>,
    ) -> StatusReading {
        let Some((status, reason)) = stated else { return self.read(carrier, phrase) };
        if let Some(own) = self.mapped(carrier.code(), phrase) {
            return own;
        }
        // Codes do not tell a return on its way from one that has arrived. Only clear words end it.
        let words = self.table.read(carrier.carrier, phrase);
        let has_arrived = words.status == ShipmentStatus::Returned && !words.return_in_process;
        let return_in_process = status == ShipmentStatus::Returned && !has_arrived;
        StatusReading { status, reason, known: true, return_in_process }
    }

    fn mapped(&self, carrier: &str, phrase: &str) -> Option<StatusReading> {
        if self.mapped.is_empty() {
            return None;
        }
        let mut key = (carrier.to_owned(), phrase_key(phrase));
        if let Some(own) = self.mapped.get(&key) {
            return Some(*own);
        }
        key.0.clear();
        self.mapped.get(&key).copied()
    }
}

impl StatusMapping {
    fn check(&self) -> Result<(), InvalidMapping> {
        if phrase_key(&self.phrase).is_empty() {
            return Err(InvalidMapping::Phrase);
        }
        let carrier = self.carrier_code.as_deref();
        if carrier.is_some_and(|code| code.is_empty() || code.chars().count() > MAX_CARRIER) {
            return Err(InvalidMapping::Carrier);
        }
        if (self.status == ShipmentStatus::Issue) == (self.reason == ExceptionReason::None) {
            return Err(InvalidMapping::Reason);
        }
        if self.return_in_process && self.status != ShipmentStatus::Returned {
            return Err(InvalidMapping::ReturnInProcess);
        }
        Ok(())
    }

    fn key(&self) -> (String, String) {
        (self.carrier_code.clone().unwrap_or_default(), phrase_key(&self.phrase))
    }

    fn from_row(row: &Row) -> database::Result<Self> {
        let carrier: String = row.get(0)?;
        Ok(Self {
            carrier_code: Some(carrier).filter(|code| !code.is_empty()),
            phrase: row.get(1)?,
            status: row.parse(2)?,
            reason: row.parse(3)?,
            return_in_process: row.get(4)?,
        })
    }
}

impl Tracking {
    /// The reader of the transaction's tenant.
    pub async fn status_reader(&self, tx: &mut Tx) -> database::Result<StatusReader> {
        let mut mapped = HashMap::new();
        for row in tx.fetch_all(&LIST, bind![]).await? {
            let mapping = StatusMapping::from_row(&row)?;
            let reading = StatusReading {
                status: mapping.status,
                reason: mapping.reason,
                known: true,
                return_in_process: mapping.return_in_process,
            };
            mapped.insert(mapping.key(), reading);
        }
        Ok(StatusReader { mapped, table: self.statuses })
    }

    /// The tenant's mappings with the moment of each one's last change, by carrier and phrase.
    pub async fn status_mappings(
        &self,
        tenant: TenantId,
    ) -> database::Result<Vec<(StatusMapping, Timestamp)>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![]).await?;
        tx.commit().await?;
        rows.iter().map(|row| Ok((StatusMapping::from_row(row)?, row.time(5)?))).collect()
    }

    /// Adds mappings or replaces those of the same carrier and phrase, all or none. The phrases leave the list
    /// of unmapped ones, and past events are read once more in the steps of [`Tracking::tick_reread`].
    pub async fn map_statuses(
        &self,
        tenant: TenantId,
        mappings: &[StatusMapping],
    ) -> Result<(), MapStatusError> {
        for (place, mapping) in mappings.iter().enumerate() {
            mapping.check().map_err(|invalid| MapStatusError::Invalid(place, invalid))?;
        }
        let now = self.clock.now();
        let by_key: HashMap<(String, String), &StatusMapping> =
            mappings.iter().map(|mapping| (mapping.key(), mapping)).collect();
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let known = tx.fetch_all(&LIST, bind![]).await?;
        let mut kept = 0;
        for row in &known {
            kept += usize::from(!by_key.contains_key(&StatusMapping::from_row(row)?.key()));
        }
        if kept + by_key.len() > MAX_MAPPINGS {
            return Err(MapStatusError::TooMany);
        }
        let mut keys: Vec<_> = by_key.into_iter().collect();
        keys.sort_by(|(a, _), (b, _)| a.cmp(b));
        let forgotten = keys.iter().map(|((carrier, phrase), _)| bind![carrier, phrase]).collect();
        let rows = keys
            .into_iter()
            .map(|((carrier, phrase), mapping)| {
                let StatusMapping { status, reason, return_in_process, .. } = mapping;
                bind![carrier, phrase, status.as_str(), reason.as_str(), *return_in_process, now]
            })
            .collect();
        tx.execute_many(&SAVE, rows).await?;
        tx.execute_many(&FORGET_UNMAPPED, forgotten).await?;
        self.start_reread(&mut tx, now).await?;
        Ok(tx.commit().await?)
    }

    /// Removes a mapping: the built-in tables read the phrase again, past events too. Answers whether there was
    /// one.
    pub async fn unmap_status(
        &self,
        tenant: TenantId,
        carrier_code: Option<&str>,
        phrase: &str,
    ) -> database::Result<bool> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let removed =
            tx.execute(&DELETE, bind![carrier_code.unwrap_or_default(), phrase_key(phrase)]).await?;
        if removed == 1 {
            self.start_reread(&mut tx, self.clock.now()).await?;
        }
        tx.commit().await?;
        Ok(removed == 1)
    }

    async fn start_reread(&self, tx: &mut Tx, now: Timestamp) -> database::Result<()> {
        // Where several writers work at once, one may have read the old mappings and write after the round
        // went by: a second one follows.
        let rounds = match self.db.engine() {
            Engine::Sqlite => 1,
            Engine::Postgres => 2,
        };
        tx.execute(&START_REREAD, bind![now, Uuid::nil(), rounds]).await?;
        tx.announce_work();
        Ok(())
    }
}

/// What phrases are compared by.
pub(crate) fn phrase_key(phrase: &str) -> String {
    domain::text::fold(phrase).chars().take(MAX_PHRASE).collect()
}
