//! Applying staged chunks: the rows' changes and the cursor move together, step by step, and as many steps in one
//! transaction as nobody waits for.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use database::{Statement, TenantKeys, Tx, bind, sql};
use domain::ImportId;
use ports::files::ImportedRow;

use crate::claim::{Claimed, WorkError, internal, keep_lease};
use crate::read::{CHUNK_FIELD, CHUNK_ROWS, PIECE_ROWS};
use crate::{Applied, Imports, RowOrigin};

const GET_CHUNKS: Statement = sql!("get_chunks.sql");
const DELETE_APPLIED: Statement = sql!("delete_applied_chunks.sql");
const RECORD: Statement = sql!("record_applied.sql");

/// Times chunks are repeated when another writer was faster with the same tracking number.
const MAX_RACES: u32 = 5;

/// Steps of a turn, which may share a transaction: 400 ms, and 4,000 rows whose changes are in memory until the
/// commit.
const STEPS: u32 = 8;

/// How many chunks a step takes. SQLite has one writer, and whoever waits for it waits until the step ends: it
/// takes as many rows as this machine applies in [`Pace::LONGEST`], at most 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    chunks: u32,
}

impl Pace {
    /// What a step may take.
    const LONGEST: Duration = Duration::from_millis(50);
    const MAX_CHUNKS: u32 = (PIECE_ROWS / CHUNK_ROWS) as u32;

    /// Halves after a step that took too long; takes one more when that would still fit.
    fn learn(&mut self, chunks: u32, took: Duration) {
        if took > Self::LONGEST {
            self.chunks = (self.chunks / 2).max(1);
        } else if chunks == self.chunks && took * (chunks + 1) / chunks < Self::LONGEST * 4 / 5 {
            self.chunks = (self.chunks + 1).min(Self::MAX_CHUNKS);
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self { chunks: 2 }
    }
}

impl Imports {
    /// Applies a turn of chunks from the cursor on; answers whether all are applied.
    pub(crate) async fn apply_some(
        &self,
        claimed: &mut Claimed,
        order: &[i64],
        pace: &mut Pace,
    ) -> Result<bool, WorkError> {
        let keys = self.db.keyring().tenant(&self.db, claimed.tenant).await?;
        let mut left = STEPS;
        while left > 0 && claimed.import.next_chunk < claimed.import.chunks {
            let done = self.apply_in_one(claimed, &keys, order, pace, left).await?;
            claimed.import.next_chunk = done.cursor;
            left -= done.steps;
        }
        Ok(claimed.import.next_chunk >= claimed.import.chunks)
    }

    /// Applies steps in one transaction.
    async fn apply_in_one(
        &self,
        claimed: &Claimed,
        keys: &TenantKeys,
        order: &[i64],
        pace: &mut Pace,
        most: u32,
    ) -> Result<Done, WorkError> {
        let mut races = 0;
        loop {
            match self.try_steps(claimed, keys, order, pace, most).await {
                Err(WorkError::Database(error)) if error.is_duplicate() && races < MAX_RACES => races += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_steps(
        &self,
        claimed: &Claimed,
        keys: &TenantKeys,
        order: &[i64],
        pace: &mut Pace,
        most: u32,
    ) -> Result<Done, WorkError> {
        let end = claimed.import.chunks;
        let mut done = Done { cursor: claimed.import.next_chunk, steps: 0 };
        let mut tx = self.begin_step(claimed.tenant).await?;
        let began = Instant::now();
        while done.steps < most && done.cursor < end {
            let step = Step::next(done.cursor, *pace, order, end)?;
            let step_began = Instant::now();
            self.apply_step(&mut tx, claimed, keys, &step).await?;
            pace.learn((step.next - done.cursor) as u32, step_began.elapsed());
            done = Done { cursor: step.next, steps: done.steps + 1 };
            if self.db.should_make_way() {
                break;
            }
        }
        tx.commit().await?;
        metrics::histogram!("litper_import_transaction_seconds").record(began.elapsed().as_secs_f64());
        Ok(done)
    }

    async fn apply_step(
        &self,
        tx: &mut Tx,
        claimed: &Claimed,
        keys: &TenantKeys,
        step: &Step<'_>,
    ) -> Result<(), WorkError> {
        let (tenant, id) = (claimed.tenant, claimed.import.id);
        let origin = RowOrigin {
            import: id,
            file_name: &claimed.import.file_name,
            by: claimed.import.created_by,
            received_at: claimed.import.created_at,
            format: claimed.import.format,
        };
        let rows = staged_rows(tx, id, keys, step.chunks).await?;
        let count = rows.len();
        let done: Applied = self.target.apply(tx, tenant, &origin, rows).await?;
        let values = bind![
            id,
            self.worker,
            count,
            done.orders_created,
            done.orders_updated,
            done.shipments_created,
            done.shipments_updated,
            done.events_new,
            done.events_duplicate,
            done.events_out_of_order,
            self.lease_until(),
            step.from,
            step.next,
        ];
        keep_lease(tx.execute(&RECORD, values).await?)?;
        tx.execute_many(&DELETE_APPLIED, step.chunks.iter().map(|seq| bind![id, *seq]).collect()).await?;
        Ok(())
    }
}

async fn staged_rows(
    tx: &mut Tx,
    import: ImportId,
    keys: &TenantKeys,
    chunks: &[i64],
) -> Result<Vec<ImportedRow>, WorkError> {
    let wanted = chunks.iter().map(|seq| bind![import, *seq]).collect();
    let mut bodies = HashMap::new();
    for row in tx.fetch_many(&GET_CHUNKS, wanted).await? {
        bodies.insert(row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?);
    }
    let mut rows = Vec::new();
    for seq in chunks {
        let sealed = bodies.remove(seq).ok_or_else(missing)?;
        let body = keys.open(CHUNK_FIELD, &sealed).map_err(database::Error::from)?;
        let chunk: Vec<ImportedRow> = serde_json::from_slice(&body)
            .map_err(|_| WorkError::Final(internal("a staged chunk cannot be read")))?;
        rows.extend(chunk);
    }
    Ok(rows)
}

/// What a transaction applied.
struct Done {
    /// The cursor afterwards.
    cursor: i64,
    steps: u32,
}

/// What is applied at once.
struct Step<'a> {
    /// The cursor before.
    from: i64,
    /// The cursor afterwards.
    next: i64,
    /// The numbers of its chunks.
    chunks: &'a [i64],
}

impl<'a> Step<'a> {
    fn next(from: i64, pace: Pace, order: &'a [i64], end: i64) -> Result<Self, WorkError> {
        let next = (from + i64::from(pace.chunks)).min(end);
        Ok(Self { from, next, chunks: part(order, from, next)? })
    }
}

fn part(order: &[i64], from: i64, to: i64) -> Result<&[i64], WorkError> {
    let index = |at| usize::try_from(at).ok();
    index(from).zip(index(to)).and_then(|(from, to)| order.get(from..to)).ok_or_else(missing)
}

fn missing() -> WorkError {
    WorkError::Final(internal("a staged chunk is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(pace: Pace, took: u64) -> u32 {
        let mut pace = pace;
        pace.learn(pace.chunks, Duration::from_millis(took));
        pace.chunks
    }

    #[test]
    fn a_step_takes_what_fits() {
        assert_eq!(after(Pace { chunks: 4 }, 51), 2);
        assert_eq!(after(Pace { chunks: 1 }, 9_000), 1, "never less than a chunk");
        assert_eq!(after(Pace { chunks: 4 }, 31), 5);
        assert_eq!(after(Pace { chunks: 4 }, 33), 4, "one more would come close to the limit");
        assert_eq!(after(Pace { chunks: 5 }, 1), 5, "never more than 500 rows");
    }

    #[test]
    fn the_rest_of_a_file_teaches_nothing() {
        let mut pace = Pace { chunks: 3 };
        pace.learn(1, Duration::from_millis(5));
        assert_eq!(pace, Pace { chunks: 3 });
    }
}
