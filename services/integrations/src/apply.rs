//! Applying staged chunks: the rows' changes and the cursor move together.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use database::{Statement, TenantKeys, bind, sql};
use ports::files::ImportedRow;

use crate::claim::{Claimed, WorkError, internal, keep_lease};
use crate::read::{CHUNK_FIELD, CHUNK_ROWS, PIECE_ROWS};
use crate::{Applied, Imports, RowOrigin};

const GET_CHUNKS: Statement = sql!("get_chunks.sql");
const DELETE_APPLIED: Statement = sql!("delete_applied_chunks.sql");
const RECORD: Statement = sql!("record_applied.sql");

/// Times chunks are repeated when another writer was faster with the same tracking number.
const MAX_RACES: u32 = 5;

/// How many chunks a transaction takes. SQLite has one writer, so everybody waits while a transaction is
/// open: it takes as many rows as this machine applies in [`Pace::LONGEST`], at most 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    chunks: u32,
}

impl Pace {
    /// What a transaction may take.
    const LONGEST: Duration = Duration::from_millis(50);
    const MAX_CHUNKS: u32 = (PIECE_ROWS / CHUNK_ROWS) as u32;

    /// Halves after a transaction that took too long; takes one more when that would still fit.
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
    /// Applies chunks from the cursor on until a moment; answers whether all are applied.
    pub(crate) async fn apply_some(
        &self,
        claimed: &mut Claimed,
        order: &[i64],
        pace: &mut Pace,
        until: Instant,
    ) -> Result<bool, WorkError> {
        let keys = self.db.keyring().tenant(&self.db, claimed.tenant).await?;
        while claimed.import.next_chunk < claimed.import.chunks {
            let next = (claimed.import.next_chunk + i64::from(pace.chunks)).min(claimed.import.chunks);
            let step = Step { next, chunks: part(order, claimed.import.next_chunk, next)? };
            let took = self.apply_chunks(claimed, &keys, &step).await?;
            metrics::histogram!("litper_import_transaction_seconds").record(took.as_secs_f64());
            pace.learn((next - claimed.import.next_chunk) as u32, took);
            claimed.import.next_chunk = next;
            if Instant::now() >= until {
                break;
            }
        }
        Ok(claimed.import.next_chunk >= claimed.import.chunks)
    }

    async fn apply_chunks(
        &self,
        claimed: &Claimed,
        keys: &TenantKeys,
        step: &Step<'_>,
    ) -> Result<Duration, WorkError> {
        let mut races = 0;
        loop {
            match self.try_chunks(claimed, keys, step).await {
                Err(WorkError::Database(error)) if error.is_duplicate() && races < MAX_RACES => races += 1,
                outcome => return outcome,
            }
        }
    }

    /// Applies the step's chunks in one transaction; answers how long it was open.
    async fn try_chunks(
        &self,
        claimed: &Claimed,
        keys: &TenantKeys,
        step: &Step<'_>,
    ) -> Result<Duration, WorkError> {
        let (tenant, id, cursor) = (claimed.tenant, claimed.import.id, claimed.import.next_chunk);
        let origin = RowOrigin {
            import: id,
            file_name: &claimed.import.file_name,
            by: claimed.import.created_by,
            received_at: claimed.import.created_at,
            format: claimed.import.format,
        };
        let rows = self.staged_rows(claimed, keys, step.chunks).await?;
        let count = rows.len();
        let mut tx = self.begin_step(tenant).await?;
        let began = Instant::now();
        let done: Applied = self.target.apply(&mut tx, tenant, &origin, rows).await?;
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
            cursor,
            step.next,
        ];
        keep_lease(tx.execute(&RECORD, values).await?)?;
        tx.execute_many(&DELETE_APPLIED, step.chunks.iter().map(|seq| bind![id, *seq]).collect()).await?;
        tx.commit().await?;
        Ok(began.elapsed())
    }

    /// The rows of chunks, opened before the transaction that applies them.
    async fn staged_rows(
        &self,
        claimed: &Claimed,
        keys: &TenantKeys,
        chunks: &[i64],
    ) -> Result<Vec<ImportedRow>, WorkError> {
        let wanted = chunks.iter().map(|seq| bind![claimed.import.id, *seq]).collect();
        let mut tx = self.db.read(database::Scope::Tenant(claimed.tenant)).await?;
        let found = tx.fetch_many(&GET_CHUNKS, wanted).await?;
        tx.commit().await?;
        let mut bodies = HashMap::new();
        for row in found {
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
}

/// What one transaction applies.
struct Step<'a> {
    /// The cursor afterwards.
    next: i64,
    /// The numbers of its chunks.
    chunks: &'a [i64],
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
    fn a_transaction_takes_what_fits() {
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
