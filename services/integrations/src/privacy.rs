//! What people and shops ask about their data: kept for an administrator, who carries it out.

use database::{Page, Scope, Statement, TenantKeys, TimeCursor, Tx, bind, page_size, sql};
use domain::{Phone, TenantId, Timestamp, WebhookId};
use ports::webhooks::PrivacyRequest as Sent;
use serde::{Deserialize, Serialize};

use crate::Webhooks;

const INSERT: Statement = sql!("insert_privacy_requests.sql");
const LIST: Statement = sql!("list_privacy_requests.sql");

/// The field of sealed subjects.
const SUBJECT: &str = "privacy_requests.subject";

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A customer wants to know what is stored.
    CustomerData,
    /// What is stored about a customer has to go.
    CustomerErasure,
    /// What is stored about a whole shop has to go.
    AccountErasure,
}

/// The text is none of the known kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of privacy request")]
pub struct UnknownKind;

impl Kind {
    /// The name in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CustomerData => "customer_data",
            Self::CustomerErasure => "customer_erasure",
            Self::AccountErasure => "account_erasure",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        [Self::CustomerData, Self::CustomerErasure, Self::AccountErasure]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(UnknownKind)
    }
}

/// Whom it is about. Personal: it is sealed as a whole.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subject {
    /// The shop system's id of the customer.
    pub customer_id: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone, E.164.
    pub phone: Option<String>,
    /// The shop's ids of the orders in question.
    pub order_ids: Vec<String>,
    /// The shop system's id of the shop.
    pub account_id: Option<String>,
    /// The shop system's id of the request.
    pub request_id: Option<String>,
}

impl Subject {
    pub(crate) fn of(sent: &Sent) -> Self {
        Self {
            customer_id: sent.customer_id.clone(),
            email: sent.email.clone(),
            phone: sent.phone.as_ref().map(Phone::e164).map(str::to_owned),
            order_ids: sent.order_ids.clone(),
            account_id: sent.account_id.clone(),
            request_id: sent.request_id.clone(),
        }
    }

    pub(crate) fn of_account(account_id: Option<String>) -> Self {
        Self { account_id, ..Self::default() }
    }
}

/// Leaves out what reaches the person.
impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject")
            .field("customer_id", &self.customer_id)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// A request about somebody's data.
#[derive(Debug, Clone)]
pub struct PrivacyRequest {
    /// Its id: the message's.
    pub id: WebhookId,
    /// The shop system.
    pub source: String,
    /// The shop's domain.
    pub account: String,
    /// What is asked.
    pub kind: Kind,
    /// Whom it is about.
    pub subject: Subject,
    /// When it came.
    pub received_at: Timestamp,
}

/// A request about to be kept.
pub(crate) struct NewRequest {
    pub(crate) id: WebhookId,
    pub(crate) source: String,
    pub(crate) account: String,
    pub(crate) kind: Kind,
    pub(crate) subject_sealed: Vec<u8>,
    pub(crate) received_at: Timestamp,
}

impl Webhooks {
    /// A page of requests after a cursor, newest first.
    pub async fn privacy_requests(
        &self,
        tenant: TenantId,
        after: Option<TimeCursor>,
        limit: u32,
    ) -> database::Result<Page<PrivacyRequest, TimeCursor>> {
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let limit = page_size(limit);
        let from = after.unwrap_or(TimeCursor::NEWEST);
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![from.at, from.id, limit + 1]).await?;
        tx.commit().await?;
        let items = rows.iter().map(|row| read(row, &keys)).collect::<Result<_, _>>()?;
        Ok(Page::cut(items, limit, |request: &PrivacyRequest| {
            TimeCursor::after(request.received_at, request.id)
        }))
    }
}

pub(crate) fn seal(keys: &TenantKeys, subject: &Subject) -> database::Result<Vec<u8>> {
    let body = serde_json::to_vec(subject)
        .map_err(|error| database::Error::Failed { statement: INSERT.name(), detail: error.to_string() })?;
    Ok(keys.seal(SUBJECT, &body)?)
}

pub(crate) async fn insert(tx: &mut Tx, requests: Vec<NewRequest>) -> database::Result<()> {
    let rows = requests
        .into_iter()
        .map(|request| {
            bind![
                request.id,
                request.source,
                request.account,
                request.kind.as_str(),
                request.subject_sealed,
                request.received_at,
            ]
        })
        .collect();
    tx.execute_many(&INSERT, rows).await.map(drop)
}

fn read(row: &database::Row, keys: &TenantKeys) -> database::Result<PrivacyRequest> {
    let body = keys.open(SUBJECT, &row.get::<Vec<u8>>(4)?)?;
    let subject = serde_json::from_slice(&body).map_err(|error| database::Error::Decode {
        statement: LIST.name(),
        index: 4,
        // The error's own text could quote the subject.
        detail: format!("line {}", error.line()),
    })?;
    Ok(PrivacyRequest {
        id: row.id(0)?,
        source: row.get(1)?,
        account: row.get(2)?,
        kind: row.parse(3)?,
        subject,
        received_at: row.time(5)?,
    })
}
