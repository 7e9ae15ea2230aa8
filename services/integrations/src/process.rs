//! Processing what the inbox holds: the messages' effects and their states in one transaction.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use database::{Scope, Statement, SystemReason, TenantKeys, Tx, bind, sql, system_sql};
use domain::{SignedDuration, TenantId, Timestamp, WebhookId, from_micros, micros};
use futures_util::FutureExt;
use ports::carriers::CarrierEvent;
use ports::webhooks::{ShopOrder, WebhookMessage, WebhookSource};
use uuid::Uuid;

use crate::privacy::{self, Kind, NewRequest};
use crate::sources::Taker;
use crate::webhooks::BODY;
use crate::{ParcelReport, ShopStatement, Webhooks};

const FIND_TENANT: Statement = system_sql!("system/find_waiting_tenant.sql");
const DELETE_OLD: Statement = system_sql!("system/delete_old_webhooks.sql");
const FIND_DUE: Statement = sql!("find_due_webhooks.sql");
const LOCK: Statement = sql!("lock_webhooks.sql", postgres: "lock_webhooks.postgres.sql");
const PROCESSED: Statement = sql!("record_processed.sql");
const FAILED: Statement = sql!("record_webhook_failure.sql");

/// Most messages of one transaction.
const BATCH: u32 = 200;
/// Times a batch is repeated when another writer was faster with the same order.
const MAX_RACES: u32 = 5;
/// Times a message is tried before it is parked.
const MAX_ATTEMPTS: i64 = 6;
/// Wait after the first failure; each further wait is four times as long.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
/// How long a processed message is kept. A source repeats for hours at most; after that the body is only
/// personal data that nobody needs.
const KEEP: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a parked message waits for somebody to try it again.
const KEEP_PARKED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A message as it lies in the inbox.
struct Waiting {
    id: WebhookId,
    source: String,
    account: String,
    topic: String,
    triggered_at: Option<Timestamp>,
    received_at: Timestamp,
    attempts: i64,
    body_sealed: Vec<u8>,
}

/// A message that was read.
#[derive(Clone)]
struct Read {
    id: WebhookId,
    source: String,
    account: String,
    received_at: Timestamp,
    attempts: i64,
    effect: Effect,
}

#[derive(Clone)]
enum Effect {
    Order(Box<ShopOrder>, Timestamp),
    Privacy(Kind, Vec<u8>),
    Parcels(Vec<CarrierEvent>),
    Nothing,
}

/// Why a message cannot be processed.
struct Unusable {
    id: WebhookId,
    attempts: i64,
    code: &'static str,
    detail: Option<String>,
    /// Whether another try may end differently.
    may_heal: bool,
}

impl Webhooks {
    /// Processes a batch of one tenant's waiting messages, the oldest first; tenants take turns. Answers
    /// whether there was any work.
    ///
    /// Several workers may call this: what one of them has locked, the others pass by.
    ///
    /// # Errors
    /// When the store fails. Nothing is lost; the messages wait.
    pub async fn tick(&self) -> database::Result<bool> {
        let Some(tenant) = self.next_tenant().await? else { return Ok(false) };
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let due = self.find_due(tenant).await?;
        let found = due.len();
        let (read, unusable) = self.read_all(due, keys).await;
        let taken = self.process(tenant, read).await?;
        for message in &unusable {
            self.record_failure(tenant, message).await?;
        }
        // Nothing taken means that another worker is at this tenant: it is left to that one for a while.
        Ok(found > 0 && (taken || !unusable.is_empty()))
    }

    /// The next tenant in turn that has waiting messages.
    async fn next_tenant(&self) -> database::Result<Option<TenantId>> {
        let last = self.last_tenant.lock().map_or(Uuid::nil(), |last| *last);
        let now = self.clock.now();
        let mut tx = self.db.read(Scope::System(SystemReason::WorkClaim)).await?;
        let mut found = tx.fetch_optional(&FIND_TENANT, bind![last, now]).await?;
        if found.is_none() && !last.is_nil() {
            found = tx.fetch_optional(&FIND_TENANT, bind![Uuid::nil(), now]).await?;
        }
        tx.commit().await?;
        let waited = found.as_ref().map(|row| row.time(1)).transpose()?.map(|due| now.duration_since(due));
        metrics::gauge!("litper_webhook_waiting_seconds")
            .set(waited.unwrap_or_default().as_secs_f64().max(0.0));
        let next: Uuid = found.map(|row| row.get(0)).transpose()?.unwrap_or_default();
        if let Ok(mut last) = self.last_tenant.lock() {
            *last = next;
        }
        Ok((!next.is_nil()).then(|| TenantId::from(next)))
    }

    async fn find_due(&self, tenant: TenantId) -> database::Result<Vec<Waiting>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&FIND_DUE, bind![self.clock.now(), BATCH]).await?;
        tx.commit().await?;
        rows.iter()
            .map(|row| {
                Ok(Waiting {
                    id: row.id(0)?,
                    source: row.get(1)?,
                    account: row.get(2)?,
                    topic: row.get(3)?,
                    triggered_at: row.time_opt(4)?,
                    received_at: row.time(5)?,
                    attempts: row.get(6)?,
                    body_sealed: row.get(7)?,
                })
            })
            .collect()
    }

    /// Opens and reads messages on a thread of their own: a batch takes some milliseconds.
    async fn read_all(&self, due: Vec<Waiting>, keys: Arc<TenantKeys>) -> (Vec<Read>, Vec<Unusable>) {
        let hooks = self.clone();
        let all = tokio::task::spawn_blocking(move || {
            let (mut read, mut unusable) = (Vec::with_capacity(due.len()), Vec::new());
            for message in &due {
                match hooks.read_one(message, &keys) {
                    Ok(message) => read.push(message),
                    Err(message) => unusable.push(message),
                }
            }
            (read, unusable)
        });
        // It cannot panic, and is only given up when the process ends.
        all.await.unwrap_or_default()
    }

    fn read_one(&self, message: &Waiting, keys: &TenantKeys) -> Result<Read, Unusable> {
        let unusable = |code, detail, may_heal| Unusable {
            id: message.id,
            attempts: message.attempts,
            code,
            detail,
            may_heal,
        };
        let source = self.source(&message.source).ok_or_else(|| unusable("unknown_source", None, false))?;
        let body =
            keys.open(BODY, &message.body_sealed).map_err(|_| unusable("does_not_open", None, false))?;
        let adapter = &*source.adapter;
        // A bug in a reader costs the message that shows it, not the ones behind it.
        let read = std::panic::catch_unwind(AssertUnwindSafe(|| effect(adapter, message, &body, keys)));
        let effect =
            read.map_err(|_| unusable("reader_failed", None, false))?.map_err(|error| match error {
                ReadError::Webhook(error) => unusable(error.code(), Some(error.to_string()), false),
                ReadError::Seal => unusable("does_not_seal", None, true),
            })?;
        Ok(Read {
            id: message.id,
            source: message.source.clone(),
            account: message.account.clone(),
            received_at: message.received_at,
            attempts: message.attempts,
            effect,
        })
    }

    /// Processes messages in one transaction; if that fails, each alone, so that one does not hold up the
    /// others. Answers whether any was still waiting.
    async fn process(&self, tenant: TenantId, read: Vec<Read>) -> database::Result<bool> {
        if read.is_empty() {
            return Ok(false);
        }
        match self.apply(tenant, &read).await {
            Ok(taken) => return Ok(taken),
            Err(error) if is_outage(&error) => return Err(error),
            Err(error) => tracing::warn!(%tenant, %error, "a batch of webhooks failed; each is tried alone"),
        }
        for message in read {
            match self.apply(tenant, std::slice::from_ref(&message)).await {
                Ok(_) => {}
                Err(error) if is_outage(&error) => return Err(error),
                Err(error) => {
                    let failure = Unusable {
                        id: message.id,
                        attempts: message.attempts,
                        code: "not_applied",
                        detail: Some(error.to_string()),
                        may_heal: true,
                    };
                    self.record_failure(tenant, &failure).await?;
                }
            }
        }
        Ok(true)
    }

    /// Applies messages in one transaction; answers whether any was still waiting.
    async fn apply(&self, tenant: TenantId, read: &[Read]) -> database::Result<bool> {
        let mut races = 0;
        loop {
            let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
            let applied = AssertUnwindSafe(self.apply_in(&mut tx, tenant, read)).catch_unwind().await;
            // A panic is a failure like any other.
            let applied = applied.unwrap_or_else(|_| {
                let detail = "applying it panicked".to_owned();
                Err(database::Error::Failed { statement: "webhooks", detail })
            });
            let error = match applied {
                Ok(count) => {
                    tx.commit().await?;
                    metrics::counter!("litper_webhook_processed_total").increment(count);
                    return Ok(count > 0);
                }
                Err(error) => error,
            };
            // Here and now: the messages stay locked until then, and the next try would pass them by.
            tx.rollback().await?;
            if !error.is_duplicate() || races == MAX_RACES {
                return Err(error);
            }
            races += 1;
        }
    }

    async fn apply_in(&self, tx: &mut Tx, tenant: TenantId, read: &[Read]) -> database::Result<u64> {
        let now = self.clock.now();
        let wanted = read.iter().map(|message| bind![message.id]).collect();
        let locked: HashSet<WebhookId> =
            tx.fetch_many(&LOCK, wanted).await?.iter().map(|row| row.id(0)).collect::<Result<_, _>>()?;
        let ours: Vec<&Read> = read.iter().filter(|message| locked.contains(&message.id)).collect();
        for source in &self.sources {
            let name = source.adapter.name();
            let of_source: Vec<&Read> =
                ours.iter().copied().filter(|message| message.source == name).collect();
            hand_on(&source.taker, tx, tenant, name, &of_source).await?;
        }
        privacy::insert(tx, ours.iter().filter_map(|message| request(message)).collect()).await?;
        let rows = ours.iter().map(|message| bind![message.id, now]).collect();
        tx.execute_many(&PROCESSED, rows).await?;
        Ok(ours.len() as u64)
    }

    async fn record_failure(&self, tenant: TenantId, failure: &Unusable) -> database::Result<()> {
        let parked = !failure.may_heal || failure.attempts + 1 >= MAX_ATTEMPTS;
        let (state, outcome) = if parked { ("parked", "parked") } else { ("received", "put_off") };
        let due = self.clock.now() + wait_after(failure.attempts);
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let values = bind![failure.id, state, due, failure.code, failure.detail.clone()];
        tx.execute(&FAILED, values).await?;
        tx.commit().await?;
        metrics::counter!("litper_webhook_failed_total", "outcome" => outcome).increment(1);
        if parked {
            tracing::warn!(%tenant, webhook = %failure.id, code = failure.code, "a webhook was parked");
        }
        Ok(())
    }

    /// Removes a batch of messages that were processed 30 days ago or came 90 days ago and were parked; answers
    /// whether there were any.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sweep(&self) -> database::Result<bool> {
        let now = self.clock.now();
        let mut tx = self.db.write(Scope::System(SystemReason::WorkClaim)).await?;
        let deleted = tx.execute(&DELETE_OLD, bind![now - KEEP, now - KEEP_PARKED]).await?;
        tx.commit().await?;
        Ok(deleted > 0)
    }
}

enum ReadError {
    Webhook(ports::webhooks::WebhookError),
    Seal,
}

fn effect(
    adapter: &dyn WebhookSource,
    message: &Waiting,
    body: &[u8],
    keys: &TenantKeys,
) -> Result<Effect, ReadError> {
    let said = adapter.parse(&message.topic, body, message.received_at).map_err(ReadError::Webhook)?;
    let private = |kind, request: &privacy::Subject| {
        let sealed = privacy::seal(keys, request).map_err(|_| ReadError::Seal)?;
        Ok(Effect::Privacy(kind, sealed))
    };
    match said {
        WebhookMessage::OrderChanged(order) | WebhookMessage::OrderCancelled(order) => {
            let as_of = as_of(order.updated_at, message.triggered_at);
            Ok(Effect::Order(order, as_of))
        }
        WebhookMessage::CustomerDataRequested(request) => {
            private(Kind::CustomerData, &privacy::Subject::of(&request))
        }
        WebhookMessage::CustomerErasureRequested(request) => {
            private(Kind::CustomerErasure, &privacy::Subject::of(&request))
        }
        WebhookMessage::AccountErasureRequested { account: _, account_id } => {
            private(Kind::AccountErasure, &privacy::Subject::of_account(account_id))
        }
        WebhookMessage::ParcelsMoved(events) => Ok(Effect::Parcels(events)),
        WebhookMessage::Ignored { topic: _ } => Ok(Effect::Nothing),
    }
}

/// When the shop gives whole seconds, the moment of the message orders what happened within one.
fn as_of(updated_at: Timestamp, triggered_at: Option<Timestamp>) -> Timestamp {
    const SECOND: i64 = 1_000_000;
    let updated = micros(updated_at);
    let Some(triggered) = triggered_at.map(micros).filter(|_| updated % SECOND == 0) else {
        return updated_at;
    };
    from_micros(updated + triggered.saturating_sub(updated).clamp(0, SECOND - 1))
}

/// Hands one system's messages to whoever takes them.
async fn hand_on(
    taker: &Taker,
    tx: &mut Tx,
    tenant: TenantId,
    source: &str,
    messages: &[&Read],
) -> database::Result<()> {
    match taker {
        Taker::Orders(orders) => {
            let statements: Vec<ShopStatement> =
                messages.iter().filter_map(|message| statement(message)).collect();
            if statements.is_empty() { Ok(()) } else { orders.take(tx, tenant, statements).await }
        }
        Taker::Parcels(parcels) => {
            let reports: Vec<ParcelReport> = messages.iter().filter_map(|message| report(message)).collect();
            let spoken_of: Vec<_> = reports
                .iter()
                .flat_map(|report| report.events.iter().map(|event| event.tracking_number.clone()))
                .collect();
            if spoken_of.is_empty() {
                return Ok(());
            }
            parcels.take(tx, tenant, source, &reports).await?;
            parcels.answered(tx, source, &spoken_of).await
        }
    }
}

fn report(message: &Read) -> Option<ParcelReport> {
    match &message.effect {
        Effect::Parcels(events) => {
            Some(ParcelReport { events: events.clone(), received_at: message.received_at })
        }
        Effect::Order(..) | Effect::Privacy(..) | Effect::Nothing => None,
    }
}

fn statement(message: &Read) -> Option<ShopStatement> {
    match &message.effect {
        Effect::Order(order, as_of) => Some(ShopStatement {
            account: message.account.clone(),
            order: (**order).clone(),
            as_of: *as_of,
            // Each message's own, although many share a transaction.
            trace: format!("webhook-{}", message.id),
        }),
        Effect::Privacy(..) | Effect::Parcels(_) | Effect::Nothing => None,
    }
}

fn request(message: &Read) -> Option<NewRequest> {
    match &message.effect {
        Effect::Privacy(kind, sealed) => Some(NewRequest {
            id: message.id,
            source: message.source.clone(),
            account: message.account.clone(),
            kind: *kind,
            subject_sealed: sealed.clone(),
            received_at: message.received_at,
        }),
        Effect::Order(..) | Effect::Parcels(_) | Effect::Nothing => None,
    }
}

/// Nothing can be processed now; no message is to blame.
fn is_outage(error: &database::Error) -> bool {
    matches!(error, database::Error::Unavailable(_))
}

/// The wait before the next try of a message that failed so often before.
fn wait_after(attempts: i64) -> SignedDuration {
    FIRST_WAIT * 4_i32.pow(u32::try_from(attempts.clamp(0, 6)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn within_a_second_the_message_decides() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let second = at("2026-03-10T13:00:05Z");
        for (updated, triggered, expected) in [
            (second, None, second),
            (second, Some(at("2026-03-10T13:00:05.25Z")), at("2026-03-10T13:00:05.25Z")),
            (second, Some(at("2026-03-10T13:00:04Z")), second),
            (second, Some(at("2026-03-10T14:00:00Z")), at("2026-03-10T13:00:05.999999Z")),
            (at("2026-03-10T13:00:05.5Z"), Some(at("2026-03-10T13:00:05.9Z")), at("2026-03-10T13:00:05.5Z")),
            (Timestamp::MAX, Some(Timestamp::MIN), Timestamp::MAX),
        ] {
            assert_eq!(as_of(updated, triggered), expected, "{updated} {triggered:?}");
        }
    }

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<i64> = (0..MAX_ATTEMPTS).map(|attempts| wait_after(attempts).as_secs()).collect();
        assert_eq!(waits, [30, 120, 480, 1_920, 7_680, 30_720]);
        assert_eq!(wait_after(i64::MAX).as_secs(), 122_880);
    }
}
