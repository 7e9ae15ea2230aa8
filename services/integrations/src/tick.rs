//! The loop's step: a little of one import, then of the next tenant's.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use domain::{ImportId, TenantId};

use crate::Imports;
use crate::apply::Pace;
use crate::claim::{Claimed, MAX_ATTEMPTS, OpenImport, WorkError, internal};
use crate::import::{Phase, Status};
use crate::read::Reading;

/// How long a tick reads before the next tenant has its turn.
const READ_FOR: Duration = Duration::from_millis(200);
/// Files read at once: each has a thread and a few chunks in memory.
const MAX_READERS: usize = 4;

/// What this worker has in hand between two ticks.
#[derive(Default)]
pub(crate) struct Bench {
    held: HashMap<ImportId, Held>,
    /// Tenants that had a turn, the latest last.
    served: Vec<TenantId>,
    pace: Pace,
}

struct Held {
    claimed: Claimed,
    stage: Stage,
}

enum Stage {
    Reading(Box<Reading>),
    /// With the numbers of the chunks in their order.
    Applying(Vec<i64>),
}

impl Bench {
    fn readers(&self) -> usize {
        self.held.values().filter(|held| matches!(held.stage, Stage::Reading(_))).count()
    }

    /// Those who never had a turn come first, then those whose last turn is longest ago.
    fn turn(&self, tenant: TenantId) -> usize {
        self.served.iter().position(|served| *served == tenant).map_or(0, |place| place + 1)
    }

    fn serve(&mut self, tenant: TenantId) {
        self.served.retain(|served| *served != tenant);
        self.served.push(tenant);
    }

    fn forget_all_but(&mut self, open: &[OpenImport]) {
        self.held.retain(|id, _| open.iter().any(|import| import.id == *id));
        self.served.retain(|tenant| open.iter().any(|import| import.tenant == *tenant));
    }
}

impl Imports {
    /// Works on one import for about 200 ms: tenants take turns, a tenant's imports go one after the other.
    /// Answers whether there was one.
    ///
    /// # Errors
    /// When the store fails. The import stays, and is taken up again when its lease has run out.
    pub async fn tick(&self) -> database::Result<bool> {
        // A second caller waits for its turn: what is in hand is in one pair of hands.
        let mut bench = self.bench.lock().await;
        let Some(held) = self.take_up(&mut bench).await? else { return Ok(false) };
        let (tenant, id) = (held.claimed.tenant, held.claimed.import.id);
        bench.serve(tenant);
        let trace = Some(format!("import-{id}"));
        match telemetry::trace::under(trace, self.step(held, &mut bench.pace)).await {
            Ok(Some(held)) => {
                bench.held.insert(id, held);
            }
            Ok(None) | Err(WorkError::LeaseLost) => {}
            Err(WorkError::Columns(error)) => self.fail_for_layout(tenant, id, error).await?,
            Err(WorkError::Final(error)) => self.fail(tenant, id, error).await?,
            Err(WorkError::Database(error)) => return Err(error),
        }
        self.moved(tenant);
        Ok(true)
    }

    /// The import whose turn it is.
    async fn take_up(&self, bench: &mut Bench) -> database::Result<Option<Held>> {
        let mut open = self.open_imports().await?;
        bench.forget_all_but(&open);
        open.sort_by_key(|import| bench.turn(import.tenant));
        for import in open {
            if let Some(held) = bench.held.remove(&import.id) {
                return Ok(Some(held));
            }
            // One that this worker dropped in the middle waits for its lease, like a dead worker's.
            if !import.free || (import.unread && bench.readers() >= MAX_READERS) {
                continue;
            }
            if let Some(claimed) = self.claim(&import).await? {
                return self.begin_work(claimed).await;
            }
        }
        Ok(None)
    }

    async fn begin_work(&self, claimed: Claimed) -> database::Result<Option<Held>> {
        let (tenant, id) = (claimed.tenant, claimed.import.id);
        let begun = if claimed.import.attempts > MAX_ATTEMPTS {
            Err(WorkError::Final(internal("the import was begun too often without getting further")))
        } else if matches!(claimed.import.phase, Phase::Waiting | Phase::Reading) {
            self.begin_reading(&claimed).await.map(Stage::Reading)
        } else {
            self.chunk_order(&claimed).await.map(Stage::Applying)
        };
        match begun {
            Ok(stage) => Ok(Some(Held { claimed, stage })),
            Err(WorkError::LeaseLost) => Ok(None),
            Err(WorkError::Columns(error)) => self.fail_for_layout(tenant, id, error).await.map(|()| None),
            Err(WorkError::Final(error)) => self.fail(tenant, id, error).await.map(|()| None),
            Err(WorkError::Database(error)) => Err(error),
        }
    }

    /// Works on; answers what is left to do, or nothing when the import has ended.
    async fn step(&self, mut held: Held, pace: &mut Pace) -> Result<Option<Held>, WorkError> {
        match held.stage {
            Stage::Reading(reading) => {
                held.stage =
                    match self.read_some(&mut held.claimed, reading, Instant::now() + READ_FOR).await? {
                        Some(reading) => Stage::Reading(reading),
                        None => Stage::Applying(self.chunk_order(&held.claimed).await?),
                    };
                return Ok(Some(held));
            }
            Stage::Applying(ref order) => {
                if !self.apply_some(&mut held.claimed, order, pace).await? {
                    return Ok(Some(held));
                }
            }
        }
        let status = match held.claimed.import.totals.rows_failed {
            0 => Status::Completed,
            _ => Status::Partial,
        };
        self.finish(held.claimed.tenant, held.claimed.import.id, status, None).await?;
        Ok(None)
    }
}
