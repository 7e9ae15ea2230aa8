//! Asking carriers about open parcels, in rounds: the most urgent first, each as often as it is worth it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ::ports::carriers::{CarrierEvent, Connection, FollowsParcels, TrackError, Tracked};
use async_trait::async_trait;
use database::{Scope, Statement, SystemReason, Tx, bind, sql, system_sql};
use domain::{SignedDuration, TenantId, TrackingNumber};
use serde::{Deserialize, Serialize};
use task_queue::{Handler, NewTask, Priority, Task, TaskError};

use crate::carriers::{Carriers, ConnectionState, Rounds, Stored};
use crate::{ParcelReport, Whose};

const FIND_DUE: Statement = system_sql!("system/find_due_carriers.sql");
const CLAIM: Statement = sql!("claim_carrier_round.sql");
const ANSWERED: Statement = sql!("record_carrier_answer.sql");
const FAILED: Statement = sql!("record_carrier_failure.sql");
const MOVE: Statement = sql!("move_carrier_round.sql");

/// The kind of task that asks one carrier for one organisation.
const KIND: &str = "carrier.look";
/// Between the beginnings of two rounds.
const ROUND: SignedDuration = SignedDuration::from_mins(5);
/// Until a round is begun whose carrier's last task is still open.
const AGAIN: SignedDuration = SignedDuration::from_secs(10);
/// Rounds found due at once.
const DUE: u32 = 100;
/// After this long a round goes on in another task: an attempt may take five minutes, and one question two.
const PATIENCE: Duration = Duration::from_secs(150);
/// The longest wait after failures.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(2);
/// Until a carrier that does not let the organisation in is asked again, unless somebody changes what lets it in.
const AFTER_REFUSAL: SignedDuration = SignedDuration::from_hours(6);
/// Parcels of one transaction; each has some ten events.
const PARCELS: usize = 20;
/// Until a round that ran out of time goes on: its task has ended by then.
const GO_ON: SignedDuration = SignedDuration::from_secs(10);
/// Questions in a row without a usable answer after which a round ends.
const MAX_ODD: u32 = 3;
/// Times a transaction is repeated when another writer was faster with the same parcel.
const MAX_RACES: u32 = 5;

#[derive(Serialize, Deserialize)]
struct Look {
    carrier: String,
}

/// The wait after so many failures in a row, at least one.
pub(crate) fn wait_after(error: &TrackError, failures: u32) -> SignedDuration {
    let growing = (ROUND * 2_i32.pow(failures.saturating_sub(1).min(6))).min(LONGEST_WAIT);
    match error {
        TrackError::NotConnected(_) | TrackError::Unauthorised => AFTER_REFUSAL,
        TrackError::Throttled(Some(seconds)) => {
            let asked = SignedDuration::from_secs(i64::try_from((*seconds).min(86_400)).unwrap_or(86_400));
            asked.max(SignedDuration::from_mins(1))
        }
        TrackError::Throttled(None)
        | TrackError::Unavailable(_)
        | TrackError::Malformed(_)
        | TrackError::Refused(_) => growing,
    }
}

impl Carriers {
    /// Begins the rounds that are due; answers whether there were any.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tick(&self) -> database::Result<bool> {
        if self.rounds == Rounds::Off {
            return Ok(false);
        }
        let now = self.clock.now();
        let mut tx = self.db.read(Scope::System(SystemReason::WorkClaim)).await?;
        let rows = tx.fetch_all(&FIND_DUE, bind![now, DUE]).await?;
        tx.commit().await?;
        for row in &rows {
            let (tenant, carrier): (TenantId, String) = (row.id(0)?, row.get(1)?);
            self.begin_round(tenant, carrier).await?;
        }
        Ok(!rows.is_empty())
    }

    async fn begin_round(&self, tenant: TenantId, carrier: String) -> database::Result<()> {
        let now = self.clock.now();
        let task = NewTask::new(KIND, &Look { carrier: carrier.clone() }).map_err(|error| {
            database::Error::Failed { statement: "enqueue.sql", detail: error.to_string() }
        })?;
        // The schedule tries again by itself.
        let task = NewTask {
            priority: Priority::Normal,
            unique_key: Some(carrier.clone()),
            max_attempts: 1,
            ..task
        };
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let enqueued = self.tasks.enqueue(&mut tx, vec![task]).await?;
        // The task before may just be ending, with credentials that were changed meanwhile.
        let due = now + if enqueued.added == 0 { AGAIN } else { ROUND };
        if tx.execute(&CLAIM, bind![&carrier, now, due]).await? == 0 {
            // Another worker was faster.
            return tx.rollback().await;
        }
        tx.commit().await
    }

    /// What runs the tasks of rounds.
    #[must_use]
    pub fn looks(&self) -> Arc<dyn Handler> {
        Arc::new(LookAtParcels(self.clone()))
    }

    /// Asks about parcels until the round is over, there is no more time, or the carrier fails.
    async fn look(&self, tenant: TenantId, carrier: &str) -> database::Result<()> {
        if self.rounds == Rounds::Off {
            return Ok(());
        }
        let Some(asker) = self.asker(carrier) else { return Ok(()) };
        let all = self.stored(tenant).await?;
        let Some(stored) = all.iter().find(|stored| stored.carrier == carrier) else { return Ok(()) };
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let connection = stored.open(tenant, &keys)?;
        let directly = self.asked_directly(&all);
        let whose = if asker.is_aggregator() { Whose::AllBut(&directly) } else { Whose::Of(carrier) };
        let mut round = Round::new(&**asker, stored, &connection);
        let began = Instant::now();
        let mut reached = stored.reached.clone();
        loop {
            let page = self.parcels.due(tenant, whose, reached.as_deref()).await?;
            let is_over = page.next.is_none();
            for numbers in page.numbers.chunks(asker.at_once()) {
                if let Some(error) = self.ask(&mut round, numbers).await? {
                    return self.record_failure(tenant, &round, &error).await;
                }
                if began.elapsed() > PATIENCE {
                    // What was asked about is not due any more: the page is gone through once more.
                    return self.go_on_later(tenant, stored, reached).await;
                }
            }
            reached = page.next;
            if is_over {
                // Of a carrier without one usable answer more is wrong than single parcels.
                return match round.odd.take().filter(|_| !round.has_answered) {
                    Some(error) => self.record_failure(tenant, &round, &error).await,
                    None => self.end_round(tenant, stored).await,
                };
            }
        }
    }

    /// Carriers that are asked themselves: an aggregator is not asked about their parcels.
    fn asked_directly(&self, all: &[Stored]) -> Vec<String> {
        let is_direct = |stored: &&Stored| {
            let works = matches!(stored.state, ConnectionState::Connected | ConnectionState::Untested);
            works && self.asker(&stored.carrier).is_some_and(|asker| !asker.is_aggregator())
        };
        all.iter().filter(is_direct).map(|stored| stored.carrier.clone()).collect()
    }

    /// Asks about some parcels and takes in what is answered; answers what ends the round, if something does.
    async fn ask(
        &self,
        round: &mut Round<'_>,
        numbers: &[TrackingNumber],
    ) -> database::Result<Option<TrackError>> {
        let Round { asker, stored, connection, .. } = *round;
        let Tracked { mut events, mut answered, unclear, error } = asker.track(connection, numbers).await;
        // Nothing but what was asked about: asking makes no shipments.
        events.retain(|event| numbers.contains(&event.tracking_number));
        answered.retain(|number| numbers.contains(number));
        let outcome = error.as_ref().map_or("answered", TrackError::code);
        metrics::counter!("litper_carrier_looks_total", "carrier" => asker.code(), "outcome" => outcome)
            .increment(1);
        let received_at = self.clock.now();
        let tenant = connection.tenant;
        let of_parcels: Vec<_> = events.chunk_by(|a, b| a.tracking_number == b.tracking_number).collect();
        for some in of_parcels.chunks(PARCELS) {
            let report = |events: &&[CarrierEvent]| ParcelReport { events: events.to_vec(), received_at };
            let reports: Vec<_> = some.iter().map(report).collect();
            self.take_in(tenant, stored, Told { reports: &reports, ..Told::default() }).await?;
        }
        let has_answered = error.is_none() || !answered.is_empty();
        // Also of the others the carrier was asked: they make room for those after them.
        let looked_at = [answered, unclear].concat();
        if !looked_at.is_empty() {
            self.take_in(tenant, stored, Told { looked_at: &looked_at, has_answered, ..Told::default() })
                .await?;
        }
        Ok(round.note(has_answered, error))
    }

    async fn take_in(&self, tenant: TenantId, stored: &Stored, told: Told<'_>) -> database::Result<()> {
        let mut races = 0;
        loop {
            let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
            match self.take_once(&mut tx, tenant, stored, told).await {
                Ok(()) => return tx.commit().await,
                Err(error) if races < MAX_RACES && error.is_duplicate() => {
                    tx.rollback().await?;
                    races += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn take_once(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        stored: &Stored,
        Told { reports, looked_at, has_answered }: Told<'_>,
    ) -> database::Result<()> {
        self.parcels.take(tx, tenant, &stored.carrier, reports).await?;
        if !looked_at.is_empty() {
            self.parcels.answered(tx, &stored.carrier, looked_at).await?;
        }
        if !has_answered {
            return Ok(());
        }
        let state = ConnectionState::Connected.as_str();
        let values = bind![&stored.carrier, stored.entity, stored.version, state, self.clock.now()];
        tx.execute(&ANSWERED, values).await.map(drop)
    }

    async fn record_failure(
        &self,
        tenant: TenantId,
        round: &Round<'_>,
        error: &TrackError,
    ) -> database::Result<()> {
        let stored = round.stored;
        // An answer of this round ends what went before.
        let before = if round.has_answered { 0 } else { stored.failures };
        let failures = before.saturating_add(1);
        let due = self.clock.now() + wait_after(error, failures);
        let state = ConnectionState::from(error).as_str();
        let detail = error.detail().map(str::to_owned);
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let values = bind![&stored.carrier, stored.entity, stored.version, state, detail, failures, due];
        tx.execute(&FAILED, values).await?;
        tx.commit().await?;
        tracing::info!(%tenant, carrier = stored.carrier, code = error.code(), failures, "a carrier does not answer");
        Ok(())
    }

    async fn go_on_later(
        &self,
        tenant: TenantId,
        stored: &Stored,
        reached: Option<String>,
    ) -> database::Result<()> {
        self.move_round(tenant, stored, reached, self.clock.now() + GO_ON).await
    }

    async fn end_round(&self, tenant: TenantId, stored: &Stored) -> database::Result<()> {
        self.move_round(tenant, stored, None, self.clock.now() + ROUND).await
    }

    async fn move_round(
        &self,
        tenant: TenantId,
        stored: &Stored,
        reached: Option<String>,
        due: domain::Timestamp,
    ) -> database::Result<()> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        tx.execute(&MOVE, bind![&stored.carrier, stored.entity, stored.version, reached, due]).await?;
        tx.announce_work();
        tx.commit().await
    }
}

/// One organisation's round through a carrier's parcels.
struct Round<'a> {
    asker: &'a dyn FollowsParcels,
    stored: &'a Stored,
    connection: &'a Connection,
    has_answered: bool,
    /// Questions in a row without a usable answer, and what was wrong with the last of them.
    odd_in_a_row: u32,
    odd: Option<TrackError>,
}

impl<'a> Round<'a> {
    const fn new(asker: &'a dyn FollowsParcels, stored: &'a Stored, connection: &'a Connection) -> Self {
        Self { asker, stored, connection, has_answered: false, odd_in_a_row: 0, odd: None }
    }

    /// Notes how a question went; answers what ends the round, if it does.
    fn note(&mut self, has_answered: bool, error: Option<TrackError>) -> Option<TrackError> {
        self.has_answered |= has_answered;
        let Some(error) = error else {
            self.odd_in_a_row = 0;
            return None;
        };
        if !matches!(error, TrackError::Malformed(_) | TrackError::Refused(_)) {
            return Some(error);
        }
        // It may be of these parcels alone: the next ones decide.
        self.odd_in_a_row += 1;
        if self.odd_in_a_row >= MAX_ODD {
            return Some(error);
        }
        self.odd = Some(error);
        None
    }
}

/// What came of a question, to be taken in.
#[derive(Default, Clone, Copy)]
struct Told<'a> {
    reports: &'a [ParcelReport],
    looked_at: &'a [TrackingNumber],
    has_answered: bool,
}

/// Runs a round, or a part of it.
struct LookAtParcels(Carriers);

#[async_trait]
impl Handler for LookAtParcels {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, task: &Task) -> Result<(), TaskError> {
        let Look { carrier } = task.payload()?;
        self.0.look(task.tenant, &carrier).await.map_err(TaskError::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_and_the_carrier_is_heard() {
        let down = TrackError::Unavailable("http_503".to_owned());
        let waits: Vec<_> = (0..8).map(|failures| wait_after(&down, failures).as_mins()).collect();
        assert_eq!(waits, [5, 5, 10, 20, 40, 80, 120, 120]);
        assert_eq!(wait_after(&TrackError::Throttled(Some(900)), 1).as_mins(), 15);
        assert_eq!(wait_after(&TrackError::Throttled(Some(0)), 1).as_mins(), 1);
        assert_eq!(wait_after(&TrackError::Throttled(Some(u64::MAX)), 1).as_hours(), 24);
        assert_eq!(wait_after(&TrackError::Unauthorised, 1), AFTER_REFUSAL);
        assert_eq!(wait_after(&down, u32::MAX), LONGEST_WAIT);
    }
}
