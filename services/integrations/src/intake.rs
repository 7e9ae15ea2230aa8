//! Storing deliveries: whatever came in while the last commit ran goes into the next one.

use std::time::{Duration, Instant};

use database::{Db, Engine, Scope, Statement, Value, bind, sql};
use domain::{TenantId, Timestamp, WebhookId};
use ports::webhooks::Claim;
use tokio::sync::{mpsc, oneshot};

use crate::room::Room;

const INSERT: Statement = sql!("insert_webhooks.sql");

/// Deliveries that may wait for a commit. Beyond it senders are told to come back.
pub(crate) const QUEUE: usize = 1_024;
/// Most deliveries of one commit.
const BATCH: usize = 256;
/// Times that requests which came in already get a turn before the commit begins, so that they share it. On an
/// idle server it is over at once.
const YIELDS: usize = 2;
/// Senders give up after five seconds: an answer after that helps nobody.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_millis(4_500);

/// A proven delivery on its way to the disk. The answer is given after the commit; dropped without one, it
/// tells that nothing was stored.
pub(crate) struct Delivery {
    pub(crate) tenant: TenantId,
    pub(crate) id: WebhookId,
    pub(crate) source: &'static str,
    pub(crate) claim: Claim,
    pub(crate) received_at: Timestamp,
    pub(crate) body_sealed: Vec<u8>,
    /// Given back when the delivery is dropped: its memory is free then.
    pub(crate) _room: Room,
    pub(crate) answer: oneshot::Sender<()>,
}

/// Stores deliveries, many with one commit.
pub struct Committer {
    db: Db,
    waiting: mpsc::Receiver<Delivery>,
    /// Taken over already, for the next commit.
    gathered: Vec<Delivery>,
}

/// Deliveries that go into one commit.
pub struct Batch {
    db: Db,
    deliveries: Vec<Delivery>,
}

impl Committer {
    pub(crate) fn new(db: Db, waiting: mpsc::Receiver<Delivery>) -> Self {
        Self { db, waiting, gathered: Vec::new() }
    }

    /// How many batches may be on their way to the disk at once. On PostgreSQL one inserts while the other waits
    /// for the disk; on SQLite they would wait for each other.
    pub fn at_once(&self) -> usize {
        match self.db.engine() {
            Engine::Sqlite => 1,
            Engine::Postgres => 2,
        }
    }

    /// Waits for deliveries and answers all that are there; none when no more can come. Given up while
    /// waiting, it loses none.
    pub async fn gather(&mut self) -> Option<Batch> {
        if self.gathered.is_empty() {
            self.waiting.recv_many(&mut self.gathered, BATCH).await;
        }
        for _ in 0..YIELDS {
            tokio::task::yield_now().await;
            self.take_waiting();
        }
        self.batch()
    }

    /// Takes no more deliveries and answers those that wait, none at the end.
    pub fn finish(&mut self) -> Option<Batch> {
        self.waiting.close();
        self.take_waiting();
        self.batch()
    }

    fn take_waiting(&mut self) {
        while self.gathered.len() < BATCH
            && let Ok(delivery) = self.waiting.try_recv()
        {
            self.gathered.push(delivery);
        }
    }

    fn batch(&mut self) -> Option<Batch> {
        let deliveries = std::mem::take(&mut self.gathered);
        (!deliveries.is_empty()).then(|| Batch { db: self.db.clone(), deliveries })
    }
}

impl Batch {
    /// Stores the deliveries and answers each. One tenant's go into one transaction; several tenants' into one
    /// each, so that the store itself keeps tenants apart.
    pub async fn commit(self) {
        database::asked(self.store_all()).await;
    }

    async fn store_all(mut self) {
        // One order for all writers: two of them may hold the same deliveries, and must not wait in a circle.
        self.deliveries
            .sort_by(|a, b| (a.tenant, &a.claim.delivery_id).cmp(&(b.tenant, &b.claim.delivery_id)));
        let mut left = self.deliveries;
        while let Some(first) = left.first() {
            let tenant = first.tenant;
            let rest = left.split_off(left.partition_point(|delivery| delivery.tenant == tenant));
            store(&self.db, tenant, std::mem::replace(&mut left, rest)).await;
        }
    }
}

async fn store(db: &Db, tenant: TenantId, deliveries: Vec<Delivery>) {
    let count = deliveries.len() as u64;
    let (rows, answers): (Vec<_>, Vec<_>) = deliveries.into_iter().map(row).unzip();
    let began = Instant::now();
    match insert(db, tenant, rows).await {
        Ok(new) => {
            metrics::histogram!("litper_webhook_commit_seconds").record(began.elapsed().as_secs_f64());
            metrics::counter!("litper_webhook_stored_total").increment(new);
            metrics::counter!("litper_webhook_repeated_total").increment(count - new.min(count));
            for answer in answers {
                // A sender that no longer listens will repeat the delivery, which changes nothing.
                let _ = answer.send(());
            }
        }
        Err(error) => tracing::error!(%tenant, %error, count, "deliveries could not be stored"),
    }
}

async fn insert(db: &Db, tenant: TenantId, rows: Vec<Vec<Value>>) -> database::Result<u64> {
    let mut tx = db.write(Scope::Tenant(tenant)).await?;
    let new = tx.execute_many(&INSERT, rows).await?;
    tx.announce_work();
    tx.commit().await?;
    Ok(new)
}

fn row(delivery: Delivery) -> (Vec<Value>, oneshot::Sender<()>) {
    let claim = delivery.claim;
    // The tenant goes in front: with room for it nothing is moved.
    let mut row = Vec::with_capacity(13);
    row.extend(bind![
        delivery.id,
        delivery.source,
        claim.delivery_id,
        claim.account,
        claim.topic,
        claim.event_id,
        claim.triggered_at,
        delivery.received_at,
        "received",
        delivery.received_at,
        0,
        delivery.body_sealed,
    ]);
    (row, delivery.answer)
}
