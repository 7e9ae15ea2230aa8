//! How an organisation reaches carriers: what it gave, sealed, and how the last questions went.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use ::ports::carriers::{Connection, CredentialField, FollowsParcels, Pushes, TrackError};
use database::{Db, Row, Scope, Statement, TenantKeys, Tx, bind, sql};
use domain::text::hex;
use domain::{ApiKeyId, Clock, Ids, TenantId, Timestamp, UserId};
use event_log::NewEvent;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use task_queue::TaskQueue;
use uuid::Uuid;

use crate::FollowedParcels;

const LIST: Statement = sql!("parts/carrier_connection.sql" + "list_carrier_connections.sql");
const GET: Statement = sql!("parts/carrier_connection.sql" + "get_carrier_connection.sql");
const SAVE: Statement = sql!("save_carrier_connection.sql");
const DELETE: Statement = sql!("delete_carrier_connection.sql");
const RECORD_TEST: Statement = sql!("record_carrier_test.sql");

/// The field of sealed credentials: JSON of values by name.
pub(crate) const CREDENTIALS: &str = "carrier_connections.credentials";
/// The field by whose blind index the secret part of an address is made.
const HOOK: &str = "carrier_connections.hook";
/// Longest value, in bytes.
const MAX_VALUE: usize = 512;

/// Use cases about the ways to carriers. Cheap to clone.
#[derive(Clone)]
pub struct Carriers(Arc<Inner>);

/// What all clones share.
pub struct Inner {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) askers: Vec<Arc<dyn FollowsParcels>>,
    pub(crate) parcels: Arc<dyn FollowedParcels>,
    pub(crate) tasks: Arc<TaskQueue>,
    pub(crate) rounds: Rounds,
}

/// Whether carriers are asked about parcels without anybody's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounds {
    /// In rounds, as often as it is worth it.
    On,
    /// Not at all: no round begins, and tasks of rounds that began before ask nobody.
    Off,
}

impl Deref for Carriers {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// How the last question to a carrier went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    /// Nothing was given that would let the organisation in, or not all of it.
    NotConnected,
    /// Nobody has asked since it was given.
    Untested,
    /// There was an answer.
    Connected,
    /// The carrier does not let the organisation in.
    Refused,
    /// The carrier wants fewer questions.
    Throttled,
    /// The carrier does not answer.
    Unreachable,
    /// The carrier answers something that cannot be read.
    Unreadable,
    /// The carrier lets the organisation in and refuses the question.
    QuestionRefused,
}

impl ConnectionState {
    const ALL: [Self; 8] = [
        Self::NotConnected,
        Self::Untested,
        Self::Connected,
        Self::Refused,
        Self::Throttled,
        Self::Unreachable,
        Self::Unreadable,
        Self::QuestionRefused,
    ];

    /// Its spelling in the API and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotConnected => "not_connected",
            Self::Untested => "untested",
            Self::Connected => "connected",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::Unreachable => "unreachable",
            Self::Unreadable => "unreadable",
            Self::QuestionRefused => "question_refused",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl From<&TrackError> for ConnectionState {
    fn from(error: &TrackError) -> Self {
        match error {
            TrackError::NotConnected(_) => Self::NotConnected,
            TrackError::Unauthorised => Self::Refused,
            TrackError::Throttled(_) => Self::Throttled,
            TrackError::Unavailable(_) => Self::Unreachable,
            TrackError::Malformed(_) => Self::Unreadable,
            TrackError::Refused(_) => Self::QuestionRefused,
        }
    }
}

/// A carrier or aggregator that can be asked, and how an organisation reaches it.
#[derive(Debug, Clone)]
pub struct CarrierConnection {
    /// Its code.
    pub carrier: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Whether it follows parcels of many carriers.
    pub is_aggregator: bool,
    /// What it wants to know, each with whether it was given.
    pub fields: Vec<(CredentialField, bool)>,
    /// Whether it has to be given an address.
    pub needs_address: bool,
    /// The address that was given.
    pub address: Option<String>,
    /// How the last question went.
    pub state: ConnectionState,
    /// What exactly happened, as a token.
    pub detail: Option<String>,
    /// When somebody last tried it.
    pub tested_at: Option<Timestamp>,
    /// When it last answered about parcels.
    pub answered_at: Option<Timestamp>,
    /// How often the connection was changed; 0 without one.
    pub version: i64,
    /// When it was last changed.
    pub changed_at: Option<Timestamp>,
    /// The path that it may call when something happens, which is a secret; none where it tells nothing by itself, and
    /// until the secret is given that has to sign.
    pub hook_path: Option<String>,
    /// Whether what it sends there has to be signed.
    pub hook_signed: bool,
}

/// What an organisation gives.
#[derive(Debug, Default)]
pub struct NewConnection {
    /// Values by the names of the fields; one that is left out stays as it was.
    pub credentials: BTreeMap<String, SecretString>,
    /// The address to ask at.
    pub address: NewAddress,
}

/// Where a carrier is to be asked.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum NewAddress {
    /// Where it was asked before; at first the usual address.
    #[default]
    AsBefore,
    /// The carrier's usual address.
    Usual,
    /// An address that the carrier gave.
    At(String),
}

/// Who changes a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectedBy {
    /// A person.
    User(UserId),
    /// A program.
    ApiKey(ApiKeyId),
}

/// Why a connection was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody by that code can be asked.
    #[error("there is no way to ask {0}")]
    UnknownCarrier(String),
    /// Not a field of this carrier.
    #[error("this carrier has no field {0}")]
    UnknownField(String),
    /// Too long, or with characters that no such value has.
    #[error("a value has 1 to 512 printable ASCII characters, and no blanks around it")]
    BadValue(String),
    /// Not an address that may be asked, or none where one is needed.
    #[error("an address begins with https:// and names a public host, without user, query or fragment")]
    BadAddress,
    /// Another address is given, and a secret that was stored for the one before is not given again.
    #[error("with another address every secret is given again")]
    SecretWanted(&'static str),
    /// Somebody changed it meanwhile.
    #[error("the connection was changed meanwhile")]
    Changed,
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

/// The fact of a change. Names alone: what was given is nobody's to read.
#[derive(Debug, Serialize, Deserialize)]
struct ConnectionChanged {
    carrier: String,
    /// connected, changed or removed.
    action: String,
    fields: Vec<String>,
    address: Option<String>,
    by_user: Option<UserId>,
    by_api_key: Option<ApiKeyId>,
}

/// A row.
pub(crate) struct Stored {
    pub(crate) carrier: String,
    pub(crate) entity: Uuid,
    pub(crate) version: i64,
    sealed: Vec<u8>,
    address: Option<String>,
    pub(crate) state: ConnectionState,
    detail: Option<String>,
    tested_at: Option<Timestamp>,
    answered_at: Option<Timestamp>,
    pub(crate) failures: u32,
    pub(crate) reached: Option<String>,
    changed_at: Timestamp,
}

impl Stored {
    fn read(row: &Row) -> database::Result<Self> {
        let state: String = row.get(5)?;
        Ok(Self {
            carrier: row.get(0)?,
            entity: row.get(1)?,
            version: row.get(2)?,
            sealed: row.get(3)?,
            address: row.get(4)?,
            // A word of a newer program is one that this one cannot vouch for.
            state: ConnectionState::from_text(&state).unwrap_or(ConnectionState::Untested),
            detail: row.get(6)?,
            tested_at: row.time_opt(7)?,
            answered_at: row.time_opt(8)?,
            failures: row.count(9).map(|count| u32::try_from(count).unwrap_or(u32::MAX))?,
            reached: row.get(11)?,
            changed_at: row.time(12)?,
        })
    }

    pub(crate) fn open(&self, tenant: TenantId, keys: &TenantKeys) -> database::Result<Connection> {
        let credentials = open_credentials(keys, &self.sealed)?;
        let revision = format!("{}.{}", self.entity, self.version);
        Ok(Connection { tenant, revision, address: self.address.clone(), credentials })
    }
}

impl Carriers {
    /// Builds the service with those who can be asked.
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        askers: Vec<Arc<dyn FollowsParcels>>,
        parcels: Arc<dyn FollowedParcels>,
        tasks: Arc<TaskQueue>,
        rounds: Rounds,
    ) -> Self {
        Self(Arc::new(Inner { db, clock, ids, askers, parcels, tasks, rounds }))
    }

    /// All who can be asked, and how the organisation reaches them.
    pub async fn connections(&self, tenant: TenantId) -> database::Result<Vec<CarrierConnection>> {
        let stored = self.stored(tenant).await?;
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        self.askers
            .iter()
            .map(|asker| {
                let own = stored.iter().find(|stored| stored.carrier == asker.code());
                describe(&**asker, own, tenant, &keys)
            })
            .collect()
    }

    /// Gives what lets the organisation in, or changes it.
    pub async fn connect(
        &self,
        tenant: TenantId,
        carrier: &str,
        new: NewConnection,
        by: ConnectedBy,
    ) -> Result<CarrierConnection, ConnectError> {
        let asker = self.asker(carrier).ok_or_else(|| ConnectError::UnknownCarrier(carrier.to_owned()))?;
        check(&**asker, &new)?;
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let now = self.clock.now();
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let before = get(&mut tx, carrier).await?;
        let mut credentials = match &before {
            Some(before) => open_credentials(&keys, &before.sealed)?,
            None => BTreeMap::new(),
        };
        let address = address(&**asker, new.address, before.as_ref())?;
        if before.as_ref().is_some_and(|before| before.address != address) {
            let is_kept = |name: &str| credentials.contains_key(name) && !new.credentials.contains_key(name);
            let kept = asker.fields().iter().find(|field| field.is_secret && is_kept(field.name));
            if let Some(field) = kept {
                // Else who may change an address could have the secrets sent there.
                return Err(ConnectError::SecretWanted(field.name));
            }
        }
        let fields: Vec<String> = new.credentials.keys().cloned().collect();
        credentials.extend(new.credentials);
        let entity = before.as_ref().map_or_else(|| self.ids.next(), |before| before.entity);
        let version = before.as_ref().map_or(1, |before| before.version + 1);
        let state = if is_complete(&**asker, &credentials) {
            ConnectionState::Untested
        } else {
            ConnectionState::NotConnected
        };
        let sealed = seal_credentials(&keys, &credentials)?;
        let values = bind![
            carrier,
            entity,
            version,
            sealed,
            address.clone(),
            hook_hash(&keys, entity),
            state.as_str(),
            now
        ];
        if tx.execute(&SAVE, values).await? == 0 {
            return Err(ConnectError::Changed);
        }
        let action = if before.is_some() { "changed" } else { "connected" };
        let fact = Fact { carrier, action, fields, address, by };
        self.tell(&mut tx, entity, version, fact).await?;
        let stored = get(&mut tx, carrier).await?;
        tx.announce_work();
        tx.commit().await?;
        Ok(describe(&**asker, stored.as_ref(), tenant, &keys)?)
    }

    /// Forgets what lets the organisation in. Answers whether there was anything.
    pub async fn disconnect(
        &self,
        tenant: TenantId,
        carrier: &str,
        by: ConnectedBy,
    ) -> database::Result<bool> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let Some(before) = get(&mut tx, carrier).await? else { return Ok(false) };
        if tx.execute(&DELETE, bind![carrier, before.entity, before.version]).await? == 0 {
            return Ok(false);
        }
        let fact = Fact { carrier, action: "removed", fields: Vec::new(), address: None, by };
        self.tell(&mut tx, before.entity, before.version + 1, fact).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Asks the carrier a real question and says how it went; none if nobody by that code can be asked. Without a
    /// connection nobody is asked.
    pub async fn try_out(
        &self,
        tenant: TenantId,
        carrier: &str,
    ) -> database::Result<Option<CarrierConnection>> {
        let Some(asker) = self.asker(carrier) else { return Ok(None) };
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let stored = self.stored_one(tenant, carrier).await?;
        if let Some(stored) = &stored {
            let connection = stored.open(tenant, &keys)?;
            let known = self.parcels.any_of(tenant, carrier).await?;
            let outcome = asker.check(&connection, known.as_ref()).await;
            self.record_test(tenant, stored, outcome.as_ref().err()).await?;
        }
        let stored = self.stored_one(tenant, carrier).await?;
        describe(&**asker, stored.as_ref(), tenant, &keys).map(Some)
    }

    async fn record_test(
        &self,
        tenant: TenantId,
        tried: &Stored,
        error: Option<&TrackError>,
    ) -> database::Result<()> {
        let now = self.clock.now();
        let state = error.map_or(ConnectionState::Connected, ConnectionState::from);
        let failures = if error.is_none() { 0 } else { tried.failures.max(1) };
        let due = error.map_or(now, |error| now + crate::carrier_rounds::wait_after(error, failures));
        let detail = error.and_then(TrackError::detail).map(str::to_owned);
        let (carrier, state) = (&tried.carrier, state.as_str());
        let values = bind![carrier, tried.entity, tried.version, state, detail, now, failures, due];
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        tx.execute(&RECORD_TEST, values).await?;
        tx.announce_work();
        tx.commit().await
    }

    pub(crate) fn asker(&self, carrier: &str) -> Option<&Arc<dyn FollowsParcels>> {
        self.askers.iter().find(|asker| asker.code() == carrier)
    }

    pub(crate) async fn stored(&self, tenant: TenantId) -> database::Result<Vec<Stored>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![]).await?;
        tx.commit().await?;
        rows.iter().map(Stored::read).collect()
    }

    async fn stored_one(&self, tenant: TenantId, carrier: &str) -> database::Result<Option<Stored>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let stored = get(&mut tx, carrier).await?;
        tx.commit().await?;
        Ok(stored)
    }

    async fn tell(&self, tx: &mut Tx, entity: Uuid, version: i64, fact: Fact<'_>) -> database::Result<()> {
        let (by_user, by_api_key) = match fact.by {
            ConnectedBy::User(id) => (Some(id), None),
            ConnectedBy::ApiKey(id) => (None, Some(id)),
        };
        let payload = ConnectionChanged {
            carrier: fact.carrier.to_owned(),
            action: fact.action.to_owned(),
            fields: fact.fields,
            address: fact.address,
            by_user,
            by_api_key,
        };
        let now = self.clock.now();
        let event = NewEvent::new("carrier.connection_changed", entity, version, now, &payload)
            .map_err(|error| unreadable("append.sql", &error))?;
        event_log::append(tx, &*self.ids, now, vec![event]).await
    }
}

/// What is told of a change.
struct Fact<'a> {
    carrier: &'a str,
    action: &'static str,
    fields: Vec<String>,
    address: Option<String>,
    by: ConnectedBy,
}

async fn get(tx: &mut Tx, carrier: &str) -> database::Result<Option<Stored>> {
    tx.fetch_optional(&GET, bind![carrier]).await?.as_ref().map(Stored::read).transpose()
}

fn describe(
    asker: &dyn FollowsParcels,
    stored: Option<&Stored>,
    tenant: TenantId,
    keys: &TenantKeys,
) -> database::Result<CarrierConnection> {
    let connection = stored.map(|stored| stored.open(tenant, keys)).transpose()?;
    let is_given =
        |field: &CredentialField| connection.as_ref().is_some_and(|own| own.get(field.name).is_some());
    let may_call = match asker.pushes() {
        Pushes::Never => false,
        Pushes::Unsigned => true,
        Pushes::Signed(field) => connection.as_ref().is_some_and(|own| own.get(field).is_some()),
    };
    let path = |stored: &Stored| format!("/webhooks/{}/{}", asker.code(), hook_secret(keys, stored.entity));
    Ok(CarrierConnection {
        carrier: asker.code(),
        name: asker.name(),
        is_aggregator: asker.is_aggregator(),
        fields: asker.fields().iter().map(|field| (*field, is_given(field))).collect(),
        needs_address: asker.needs_address(),
        address: stored.and_then(|stored| stored.address.clone()),
        state: stored.map_or(ConnectionState::NotConnected, |stored| stored.state),
        detail: stored.and_then(|stored| stored.detail.clone()),
        tested_at: stored.and_then(|stored| stored.tested_at),
        answered_at: stored.and_then(|stored| stored.answered_at),
        version: stored.map_or(0, |stored| stored.version),
        changed_at: stored.map(|stored| stored.changed_at),
        hook_path: stored.filter(|_| may_call).map(path),
        hook_signed: matches!(asker.pushes(), Pushes::Signed(_)),
    })
}

/// The address that is to be stored; none for the usual one.
fn address(
    asker: &dyn FollowsParcels,
    new: NewAddress,
    before: Option<&Stored>,
) -> Result<Option<String>, ConnectError> {
    let address = match new {
        NewAddress::AsBefore => before.and_then(|before| before.address.clone()),
        NewAddress::Usual => None,
        NewAddress::At(text) => Some(asker.address(&text).ok_or(ConnectError::BadAddress)?),
    };
    if address.is_none() && asker.needs_address() {
        return Err(ConnectError::BadAddress);
    }
    Ok(address)
}

fn check(asker: &dyn FollowsParcels, new: &NewConnection) -> Result<(), ConnectError> {
    for (name, value) in &new.credentials {
        if !asker.fields().iter().any(|field| field.name == name) {
            return Err(ConnectError::UnknownField(name.clone()));
        }
        let text = value.expose_secret();
        let printable = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        if !printable || text.trim() != text || text.is_empty() || text.len() > MAX_VALUE {
            return Err(ConnectError::BadValue(name.clone()));
        }
    }
    Ok(())
}

fn is_complete(asker: &dyn FollowsParcels, credentials: &BTreeMap<String, SecretString>) -> bool {
    asker.fields().iter().all(|field| !field.is_required || credentials.contains_key(field.name))
}

fn seal_credentials(
    keys: &TenantKeys,
    credentials: &BTreeMap<String, SecretString>,
) -> database::Result<Vec<u8>> {
    let values: BTreeMap<&str, &str> =
        credentials.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
    let text = serde_json::to_vec(&values).map_err(|error| unreadable(SAVE.name(), &error))?;
    Ok(keys.seal(CREDENTIALS, &text)?)
}

pub(crate) fn open_credentials(
    keys: &TenantKeys,
    sealed: &[u8],
) -> database::Result<BTreeMap<String, SecretString>> {
    let text = keys.open(CREDENTIALS, sealed)?;
    // serde's message may quote a value, so it stays here.
    serde_json::from_slice(&text).map_err(|_| database::Error::Failed {
        statement: "carrier_connections",
        detail: "the credentials cannot be read".to_owned(),
    })
}

/// The secret part of the address that a carrier calls: nobody without the organisation's key can make it.
fn hook_secret(keys: &TenantKeys, entity: Uuid) -> String {
    hex(&keys.blind(HOOK, &entity.to_string()))
}

fn hook_hash(keys: &TenantKeys, entity: Uuid) -> String {
    ::ports::webhooks::hook_hash(&hook_secret(keys, entity))
}

fn unreadable(statement: &'static str, error: &serde_json::Error) -> database::Error {
    database::Error::Failed { statement, detail: error.to_string() }
}
