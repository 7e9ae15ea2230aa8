//! A store, a clock that stands still, and a reaction that does what a test tells it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use database::{Audience, Db, Engine, Scope, Statement, SystemReason, Tx, bind};
use domain::{Clock, Ids, ManualClock, SignedDuration, TenantId};
use event_log::{Event, Follower, NewEvent, Reaction, ReactionError, Sequencer};
use serde::{Deserialize, Serialize};
use testkit::TestDb;
use uuid::Uuid;

pub(crate) const SYSTEM: Scope = Scope::System(SystemReason::Administration);

const BY_POSITION: Statement = Statement::new(
    "by_position",
    Audience::System,
    "select position, kind, entity_id, entity_version from events where position is not null order by position",
);

#[derive(Serialize, Deserialize)]
pub(crate) struct Number {
    pub(crate) number: i64,
}

pub(crate) struct World {
    pub(crate) test: TestDb,
    pub(crate) clock: Arc<ManualClock>,
    ids: Arc<dyn Ids>,
}

impl World {
    pub(crate) async fn on(engine: Engine) -> Self {
        Self { test: TestDb::on(engine).await, clock: testkit::clock(), ids: testkit::ids(1) }
    }

    pub(crate) async fn begin(&self, of: TenantId) -> Tx {
        self.test.db.write(Scope::Tenant(of)).await.unwrap()
    }

    pub(crate) async fn append(&self, tx: &mut Tx, entity: Uuid, version: i64) {
        let fact =
            NewEvent::new("thing.counted", entity, version, self.clock.now(), &Number { number: version })
                .unwrap();
        event_log::append(tx, &*self.ids, self.clock.now(), vec![fact]).await.unwrap();
    }

    /// Appends and commits.
    pub(crate) async fn state(&self, of: TenantId, entity: Uuid, version: i64) {
        let mut tx = self.begin(of).await;
        self.append(&mut tx, entity, version).await;
        tx.commit().await.unwrap();
    }

    pub(crate) async fn stamp(&self) {
        let sequencer = Sequencer::new(self.test.db.clone());
        while sequencer.tick().await.unwrap() {}
    }

    pub(crate) fn follower(&self, reaction: &Arc<Echo>) -> Follower {
        Follower::new(self.test.db.clone(), self.clock.clone(), reaction.clone())
    }

    pub(crate) fn echo(&self) -> Arc<Echo> {
        Arc::new(Echo {
            ids: testkit::ids(2),
            clock: self.clock.clone(),
            acts: Mutex::default(),
            calls: AtomicUsize::new(0),
        })
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// Versions of the facts, or of their echoes, of an entity in the order of their positions.
    pub(crate) async fn versions(&self, kind: &str, entity: Uuid) -> Vec<i64> {
        let log = log(&self.test.db).await;
        log.into_iter().filter(|seen| seen.1 == kind && seen.2 == entity).map(|seen| seen.3).collect()
    }

    pub(crate) async fn echoes(&self, entity: Uuid) -> Vec<i64> {
        self.stamp().await;
        self.versions("thing.echoed", entity).await
    }
}

/// The log as a reader sees it: position, kind, entity, version.
pub(crate) async fn log(db: &Db) -> Vec<(i64, String, Uuid, i64)> {
    let mut tx = db.read(SYSTEM).await.unwrap();
    let rows = tx.fetch_all(&BY_POSITION, bind![]).await.unwrap();
    tx.commit().await.unwrap();
    rows.iter()
        .map(|row| (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap(), row.get(3).unwrap()))
        .collect()
}

pub(crate) fn tenant(number: u128) -> TenantId {
    TenantId::from(Uuid::from_u128(number << 64))
}

pub(crate) fn entity(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Ticks until there is nothing to do now.
pub(crate) async fn run_until_idle(follower: &Follower) {
    while follower.tick().await.unwrap() {}
}

/// What a reaction does with a fact.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Act {
    Fail,
    Panic,
    /// The store is gone, as far as the reaction can tell.
    Unavailable,
}

/// Writes an echo of each fact, so that what it did can be counted.
pub(crate) struct Echo {
    ids: Arc<dyn Ids>,
    clock: Arc<ManualClock>,
    /// By entity and version; without an entry it succeeds.
    acts: Mutex<HashMap<(Uuid, i64), Act>>,
    calls: AtomicUsize,
}

impl Echo {
    pub(crate) fn on(&self, entity: Uuid, version: i64, act: Act) {
        self.acts.lock().unwrap().insert((entity, version), act);
    }

    pub(crate) fn mend(&self) {
        self.acts.lock().unwrap().clear();
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Reaction for Echo {
    fn name(&self) -> &'static str {
        "echo"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &["thing.counted"]
    }

    async fn react(&self, tx: &mut Tx, events: &[Event]) -> Result<(), ReactionError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let mut echoes = Vec::new();
        for event in events {
            assert_eq!(tx.scope(), Scope::Tenant(event.tenant));
            let number = event.payload::<Number>()?.number;
            let act = self.acts.lock().unwrap().get(&(event.entity, number)).copied();
            echoes.push(
                NewEvent::new("thing.echoed", event.entity, number, event.occurred_at, &Number { number })
                    .unwrap(),
            );
            match act {
                None => {}
                Some(Act::Fail) => return Err(ReactionError::Poison("as the test says".into())),
                Some(Act::Panic) => panic!("as the test says"),
                Some(Act::Unavailable) => {
                    return Err(database::Error::Unavailable("as the test says".into()).into());
                }
            }
        }
        event_log::append(tx, &*self.ids, self.clock.now(), echoes).await?;
        Ok(())
    }
}
