//! What the event log says, told to listeners.

use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, Ordering};

use database::{Db, Result};
use domain::TenantId;

use crate::{LiveUpdates, Topic};

/// Events of one look.
const BATCH: u32 = 500;
/// Not looked yet.
const NOWHERE: i64 = -1;

/// Follows the event log from where it ends at the start. It has no cursor in the store: what happens while
/// nobody follows is told to nobody.
#[derive(Debug)]
pub struct LiveFeed {
    db: Db,
    live: LiveUpdates,
    position: AtomicI64,
}

impl LiveFeed {
    /// A feed that has not looked yet.
    #[must_use]
    pub fn new(db: Db, live: LiveUpdates) -> Self {
        Self { db, live, position: AtomicI64::new(NOWHERE) }
    }

    /// Reads what is new and tells it; answers whether there may be more.
    ///
    /// # Errors
    /// When the store does not answer; the next look goes on where this one began.
    pub async fn tick(&self) -> Result<bool> {
        let from = self.position.load(Ordering::Relaxed);
        if from == NOWHERE {
            self.position.store(event_log::head(&self.db).await?, Ordering::Relaxed);
            return Ok(false);
        }
        let events = event_log::after(&self.db, from, BATCH).await?;
        let Some(last) = events.last() else { return Ok(false) };
        let news: HashSet<(TenantId, Topic)> =
            events.iter().filter_map(|event| Some((event.tenant, topic(&event.kind)?))).collect();
        for (tenant, topic) in news {
            self.live.publish(tenant, topic);
        }
        self.position.store(last.position, Ordering::Relaxed);
        Ok(events.len() as u64 >= u64::from(BATCH))
    }
}

/// What a kind of event is about, if screens show it.
fn topic(kind: &str) -> Option<Topic> {
    match kind.split_once('.')?.0 {
        "shipment" => Some(Topic::Shipments),
        "order" => Some(Topic::Orders),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use database::Scope;
    use domain::Clock;
    use event_log::{NewEvent, Sequencer};
    use testkit::{ENGINES, TestDb};
    use uuid::Uuid;

    use super::*;

    async fn happened(test: &TestDb, ids: &Arc<dyn domain::Ids>, tenant: TenantId, kind: &'static str) {
        let now = testkit::clock().now();
        let event = NewEvent::new(kind, Uuid::max(), 1, now, &serde_json::json!({})).unwrap();
        let mut tx = test.db.write(Scope::Tenant(tenant)).await.unwrap();
        event_log::append(&mut tx, &**ids, now, vec![event]).await.unwrap();
        tx.commit().await.unwrap();
        Sequencer::new(test.db.clone()).tick().await.unwrap();
    }

    #[tokio::test]
    async fn what_is_new_in_the_log_is_told_to_its_tenant() {
        for engine in ENGINES {
            let test = TestDb::on(engine).await;
            let ids = testkit::ids(1);
            let (ours, theirs) = (TenantId::from(ids.next()), TenantId::from(ids.next()));
            let live = LiveUpdates::default();
            let mut listener = live.listen(ours).unwrap();
            happened(&test, &ids, ours, "order.placed").await;
            let feed = LiveFeed::new(test.db.clone(), live);
            assert!(!feed.tick().await.unwrap(), "{engine:?}: what was before is old");
            happened(&test, &ids, theirs, "order.placed").await;
            happened(&test, &ids, ours, "shipment.status_changed").await;
            happened(&test, &ids, ours, "log.erased").await;
            assert!(!feed.tick().await.unwrap());
            assert_eq!(listener.changed().await, Some(vec![Topic::Shipments]), "{engine:?}");
            assert!(!feed.tick().await.unwrap(), "{engine:?}: nothing is told twice");
        }
    }
}
