//! Messages that could not be processed, as people look at them and try them again.

use database::{Page, Scope, Statement, TimeCursor, bind, page_size, sql};
use domain::{TenantId, Timestamp, WebhookId};

use crate::Webhooks;

const LIST: Statement = sql!("list_parked_webhooks.sql");
const REVIVE: Statement = sql!("revive_webhook.sql");

/// A message that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedWebhook {
    /// Its id.
    pub id: WebhookId,
    /// The system that sent it.
    pub source: String,
    /// Whose account there: a shop's domain.
    pub account: String,
    /// What kind of message it is.
    pub topic: String,
    /// The source's name of the delivery.
    pub delivery_id: String,
    /// When it came.
    pub received_at: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// Stable code: `malformed_body`, `not_applied`, `reader_failed`, `does_not_open`, `does_not_seal`,
    /// `unknown_source`.
    pub error_code: String,
    /// More, in English; never what the message said.
    pub error_detail: Option<String>,
}

impl Webhooks {
    /// A page of parked messages after a cursor, newest first.
    pub async fn parked_webhooks(
        &self,
        tenant: TenantId,
        after: Option<TimeCursor>,
        limit: u32,
    ) -> database::Result<Page<ParkedWebhook, TimeCursor>> {
        let limit = page_size(limit);
        let from = after.unwrap_or(TimeCursor::NEWEST);
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![from.at, from.id, limit + 1]).await?;
        tx.commit().await?;
        let items = rows
            .iter()
            .map(|row| {
                Ok(ParkedWebhook {
                    id: row.id(0)?,
                    source: row.get(1)?,
                    account: row.get(2)?,
                    topic: row.get(3)?,
                    delivery_id: row.get(4)?,
                    received_at: row.time(5)?,
                    attempts: row.get(6)?,
                    error_code: row.get::<Option<String>>(7)?.unwrap_or_default(),
                    error_detail: row.get(8)?,
                })
            })
            .collect::<database::Result<_>>()?;
        Ok(Page::cut(items, limit, |parked: &ParkedWebhook| TimeCursor::after(parked.received_at, parked.id)))
    }

    /// Puts a parked message back in line. Answers whether there was one.
    pub async fn retry_webhook(&self, tenant: TenantId, id: WebhookId) -> database::Result<bool> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let revived = tx.execute(&REVIVE, bind![id, self.clock.now()]).await?;
        tx.announce_work();
        tx.commit().await?;
        Ok(revived == 1)
    }
}
