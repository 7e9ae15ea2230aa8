//! Tells open screens that something of their tenant changed, so that they ask again.
//!
//! A word names what changed, never which or how: whoever hears it reads what it may see by the usual way.
//! Words are not kept. Many words about the same thing become one, so a slow listener costs nothing and a
//! fast writer cannot overrun it; a word that is lost costs a refresh and nothing else.
//!
//! Each process tells its own listeners. What other processes change comes in by the event log
//! ([`LiveFeed`]), which every process reads for itself.

mod feed;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::TenantId;
use tokio::sync::watch;

pub use crate::feed::LiveFeed;

/// Listeners of one tenant at once; further ones fall back on asking now and then.
pub const MAX_LISTENERS: usize = 100;

/// What may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Shipments, their events and the queue.
    Shipments,
    /// Orders.
    Orders,
    /// Imports and their progress.
    Imports,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 3] = [Self::Shipments, Self::Orders, Self::Imports];

    /// The name that goes out.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shipments => "shipments",
            Self::Orders => "orders",
            Self::Imports => "imports",
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::Shipments => 0,
            Self::Orders => 1,
            Self::Imports => 2,
        }
    }
}

/// Counts the words about each topic.
type Counts = [u64; Topic::ALL.len()];

/// The tenant has as many listeners as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an organisation has at most {MAX_LISTENERS} listeners at once")]
pub struct TooManyListeners;

/// Carries words from writers to listeners, within this process. Clones are the same.
#[derive(Clone, Default)]
pub struct LiveUpdates {
    tenants: Arc<Mutex<HashMap<TenantId, watch::Sender<Counts>>>>,
    closed: watch::Sender<bool>,
}

impl LiveUpdates {
    /// Says that something changed. Costs next to nothing when nobody listens.
    pub fn publish(&self, tenant: TenantId, topic: Topic) {
        let mut tenants = self.lock();
        let Some(words) = tenants.get(&tenant) else { return };
        if words.is_closed() {
            tenants.remove(&tenant);
            return;
        }
        words.send_modify(|counts| counts[topic.index()] += 1);
    }

    /// Begins to listen to a tenant.
    pub fn listen(&self, tenant: TenantId) -> Result<Listener, TooManyListeners> {
        let mut tenants = self.lock();
        tenants.retain(|_, words| !words.is_closed());
        let words = tenants.entry(tenant).or_insert_with(|| watch::Sender::new(Counts::default()));
        if words.receiver_count() >= MAX_LISTENERS {
            return Err(TooManyListeners);
        }
        let words = words.subscribe();
        let heard = *words.borrow();
        metrics::gauge!("litper_live_listeners").increment(1.0);
        Ok(Listener { words, closed: self.closed.subscribe(), heard })
    }

    /// Ends all listening: the process stops.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    /// A writer that panicked in the middle of a count has harmed nobody.
    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, watch::Sender<Counts>>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for LiveUpdates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveUpdates").field("tenants", &self.lock().len()).finish_non_exhaustive()
    }
}

/// One listener; dropped, it no longer counts.
#[derive(Debug)]
pub struct Listener {
    words: watch::Receiver<Counts>,
    closed: watch::Receiver<bool>,
    heard: Counts,
}

impl Listener {
    /// Waits until something changes; answers what did, each once. `None` when the process stops. Whoever
    /// stops waiting in the middle misses nothing.
    pub async fn changed(&mut self) -> Option<Vec<Topic>> {
        tokio::select! {
            _ = self.closed.wait_for(|closed| *closed) => None,
            Ok(()) = self.words.changed() => {
                let counts = *self.words.borrow_and_update();
                let differs = |topic: &Topic| counts[topic.index()] != self.heard[topic.index()];
                let topics = Topic::ALL.into_iter().filter(differs).collect();
                self.heard = counts;
                Some(topics)
            }
            else => None,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        metrics::gauge!("litper_live_listeners").decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn two_tenants() -> [TenantId; 2] {
        let ids = testkit::ids(1);
        [ids.next().into(), ids.next().into()]
    }

    async fn silent(listener: &mut Listener) -> bool {
        tokio::time::timeout(Duration::from_millis(5), listener.changed()).await.is_err()
    }

    #[tokio::test]
    async fn many_words_become_one_and_stay_with_their_tenant() {
        let [ours, theirs] = two_tenants();
        let live = LiveUpdates::default();
        let (mut here, mut there) = (live.listen(ours).unwrap(), live.listen(theirs).unwrap());
        for _ in 0..10_000 {
            live.publish(ours, Topic::Shipments);
        }
        live.publish(ours, Topic::Imports);
        assert_eq!(here.changed().await, Some(vec![Topic::Shipments, Topic::Imports]));
        assert!(silent(&mut here).await);
        assert!(silent(&mut there).await);
        live.publish(ours, Topic::Orders);
        assert_eq!(here.changed().await, Some(vec![Topic::Orders]));
    }

    #[tokio::test]
    async fn what_was_said_before_is_not_heard() {
        let [ours, _] = two_tenants();
        let live = LiveUpdates::default();
        let _first = live.listen(ours).unwrap();
        live.publish(ours, Topic::Orders);
        assert!(silent(&mut live.listen(ours).unwrap()).await);
    }

    #[tokio::test]
    async fn listeners_are_counted_and_leave_nothing_behind() {
        let [ours, theirs] = two_tenants();
        let live = LiveUpdates::default();
        let mut all: Vec<Listener> = (0..MAX_LISTENERS).map(|_| live.listen(ours).unwrap()).collect();
        assert_eq!(live.listen(ours).err(), Some(TooManyListeners));
        assert!(live.listen(theirs).is_ok(), "others have places of their own");
        all.pop();
        assert!(live.listen(ours).is_ok());
        all.clear();
        live.publish(ours, Topic::Orders);
        live.publish(theirs, Topic::Orders);
        assert!(live.lock().is_empty());
    }

    #[tokio::test]
    async fn a_stopping_process_ends_all_listening() {
        let [ours, _] = two_tenants();
        let live = LiveUpdates::default();
        let mut early = live.listen(ours).unwrap();
        live.close();
        assert_eq!(early.changed().await, None);
        assert_eq!(live.listen(ours).unwrap().changed().await, None);
    }
}
