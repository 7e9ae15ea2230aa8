//! Whether every task has an end.

use database::{Result, Row, Statement, Tx, bind, sql};
use domain::{Flaws, SignedDuration, Timestamp};
use uuid::Uuid;

use crate::TaskQueue;

const AUDIT: Statement = sql!("audit_tasks.sql");

/// Rows read at once.
const PAGE: u32 = 500;
/// Work that was due this long ago, or whose lease ran out then, is done by nobody.
const LATE: SignedDuration = SignedDuration::from_hours(1);

impl TaskQueue {
    /// Checks one tenant's tasks as of a moment, in the caller's reading transaction: each waits for its moment, runs
    /// under a lease, is done, or was given up.
    pub async fn audit(&self, tx: &mut Tx, as_of: Timestamp, flaws: &mut Flaws) -> Result<()> {
        let mut after = Uuid::nil();
        loop {
            let rows = tx.fetch_all(&AUDIT, bind![after, as_of - LATE, PAGE]).await?;
            for row in &rows {
                after = row.get(0)?;
                flaws.add("tasks.end", after, flaw(row)?);
            }
            if rows.len() < PAGE as usize {
                return Ok(());
            }
        }
    }
}

fn flaw(row: &Row) -> Result<String> {
    let (kind, state): (String, String) = (row.get(1)?, row.get(2)?);
    let (due_at, ended) = (row.time(3)?, row.get::<Option<i64>>(4)?.is_some());
    Ok(match (state.as_str(), ended) {
        ("waiting" | "running", true) => format!("{kind} has ended and is {state}"),
        ("waiting" | "running", false) if row.get::<i64>(5)? <= row.get::<i64>(6)? => {
            format!("{kind} is {state} since {due_at} and nobody runs it")
        }
        ("done" | "dead", false) => format!("{kind} is {state} and nobody knows since when"),
        ("waiting" | "running" | "done" | "dead", _) => format!("{kind} was tried more often than it may"),
        _ => format!("{kind} is in a state that is none of ours"),
    })
}
