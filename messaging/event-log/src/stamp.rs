//! Positions for what has committed, on PostgreSQL.

use database::{Db, Engine, Result, Scope, Statement, SystemReason, Tx, bind, system_sql};

const LOCK: Statement = system_sql!("system/lock_sequencer.postgres.sql");
const STAMP: Statement = system_sql!("system/stamp.postgres.sql");

const HOLD: Statement = system_sql!("system/hold_sequencer.postgres.sql");

/// Any number, the same in every process: one of them stamps, the others pass on.
const SEQUENCER_LOCK: i64 = 4_815_162_342;
/// Events of one round; the transaction must stay short.
const BATCH: u32 = 1_000;

/// Keeps every sequencer from stamping until the transaction ends.
pub(crate) async fn hold(tx: &mut Tx) -> Result<()> {
    match tx.engine() {
        Engine::Sqlite => Ok(()),
        Engine::Postgres => tx.fetch_all(&HOLD, bind![SEQUENCER_LOCK]).await.map(drop),
    }
}

/// Gives positions to committed events, in the order of their appends, one process at a time.
///
/// An event that is not visible yet is stamped after its commit, however late: later than others, before
/// nobody who waited for it. The events of one entity keep their order, because each took its number of
/// append while it held the entity's row.
#[derive(Clone, Debug)]
pub struct Sequencer {
    db: Db,
}

impl Sequencer {
    /// A sequencer on a store.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Stamps a batch; answers whether there may be more. On SQLite there is nothing to do.
    ///
    /// # Errors
    /// When the store fails; the events stay unstamped for the next round.
    pub async fn tick(&self) -> Result<bool> {
        match self.db.engine() {
            Engine::Sqlite => Ok(false),
            Engine::Postgres => self.stamp().await,
        }
    }

    async fn stamp(&self) -> Result<bool> {
        let mut tx = self.db.write(Scope::System(SystemReason::WorkClaim)).await?;
        if !tx.fetch_one(&LOCK, bind![SEQUENCER_LOCK]).await?.get::<bool>(0)? {
            return Ok(false);
        }
        let stamped = tx.execute(&STAMP, bind![BATCH]).await?;
        if stamped > 0 {
            tx.announce_work();
        }
        tx.commit().await?;
        metrics::counter!("litper_events_stamped_total").increment(stamped);
        Ok(stamped >= u64::from(BATCH))
    }
}
