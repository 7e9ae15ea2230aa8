//! Storing how attempts ended.

use database::{Result, Statement, Tx, bind, system_sql};
use domain::{SignedDuration, Timestamp};

use crate::hands::{Outcome, Ticket};
use crate::{TaskError, TaskId, TaskQueue};

pub(crate) const FINISH: Statement = system_sql!("system/finish.sql");
pub(crate) const PUT_BACK: Statement = system_sql!("system/put_back.sql");

/// Before the second attempt; doubled before each further one.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(20);
/// The longest pause between attempts.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// The longest pause that the other side can ask for.
const LONGEST_ASKED: SignedDuration = SignedDuration::from_hours(24);
/// Characters of an error that are kept.
const ERROR_LENGTH: usize = 200;
/// So many digits in a row may be a phone, a document or a tracking number.
const TELLING_DIGITS: usize = 7;

/// What was stored, for metrics and the log once the transaction is committed.
#[derive(Default)]
pub(crate) struct Settled {
    notes: Vec<Note>,
    lost: u64,
}

struct Note {
    id: TaskId,
    kind: String,
    attempt: u32,
    fate: Fate,
}

/// What becomes of a task after an attempt.
enum Fate {
    Done,
    Again(String),
    Dead(String),
    Stopped,
}

impl TaskQueue {
    /// Stores the ends of attempts. Those of tasks that another worker has taken over change nothing.
    pub(crate) async fn settle(&self, tx: &mut Tx, finished: &[(Ticket, Outcome)]) -> Result<Settled> {
        let now = self.clock.now();
        let (mut done, mut put_back) = (Vec::new(), Vec::new());
        let mut settled = Settled::default();
        for (ticket, outcome) in finished {
            let (fate, due_at) = decide(ticket, outcome, now);
            let key = |ticket: &Ticket| bind![ticket.tenant, ticket.id, self.worker, ticket.attempt];
            let mut row = key(ticket);
            let (state, finished_at, error) = match &fate {
                Fate::Done => {
                    row.append(&mut bind![now]);
                    done.push(row);
                    settled.notes.push(Note::new(ticket, fate));
                    continue;
                }
                Fate::Again(error) => ("waiting", None, Some(error)),
                Fate::Dead(error) => ("dead", Some(now), Some(error)),
                Fate::Stopped => ("waiting", None, None),
            };
            let forgiven = u32::from(matches!(fate, Fate::Stopped));
            row.append(&mut bind![state, due_at, finished_at, error.cloned(), forgiven]);
            put_back.push(row);
            settled.notes.push(Note::new(ticket, fate));
        }
        let stored = tx.execute_many(&FINISH, done).await? + tx.execute_many(&PUT_BACK, put_back).await?;
        settled.lost = (finished.len() as u64).saturating_sub(stored);
        Ok(settled)
    }
}

impl Settled {
    pub(crate) fn any(&self) -> bool {
        !self.notes.is_empty()
    }

    /// Counts and logs; called when the transaction is committed.
    pub(crate) fn report(&self) {
        metrics::counter!("litper_tasks_lost_total").increment(self.lost);
        for Note { id, kind, attempt, fate } in &self.notes {
            let kind = kind.clone();
            match fate {
                Fate::Done => {
                    metrics::counter!("litper_tasks_done_total", "kind" => kind).increment(1);
                }
                Fate::Again(error) => {
                    tracing::info!(task = %id, kind, attempt, error, "an attempt failed");
                    metrics::counter!("litper_tasks_failed_total", "kind" => kind).increment(1);
                }
                Fate::Dead(error) => {
                    tracing::warn!(task = %id, kind, attempt, error, "a task was given up");
                    metrics::counter!("litper_tasks_failed_total", "kind" => kind.clone()).increment(1);
                    metrics::counter!("litper_tasks_dead_total", "kind" => kind).increment(1);
                }
                Fate::Stopped => tracing::info!(task = %id, kind, attempt, "an attempt was stopped"),
            }
        }
    }
}

impl Note {
    fn new(ticket: &Ticket, fate: Fate) -> Self {
        Self { id: ticket.id, kind: ticket.kind.clone(), attempt: ticket.attempt, fate }
    }
}

/// What becomes of the task, and when it is due again if it is.
fn decide(ticket: &Ticket, outcome: &Outcome, now: Timestamp) -> (Fate, Timestamp) {
    let (error, after) = match outcome {
        Outcome::Done => return (Fate::Done, now),
        Outcome::Stopped => return (Fate::Stopped, now),
        Outcome::Failed(TaskError::Fatal { error }) => return (Fate::Dead(storable(error)), now),
        Outcome::Failed(TaskError::Retry { error, after }) => (storable(error), *after),
    };
    if ticket.attempt >= ticket.last_attempt {
        return (Fate::Dead(error), now);
    }
    let pause =
        after.map_or_else(|| pause(ticket), |asked| asked.clamp(SignedDuration::from_secs(1), LONGEST_ASKED));
    (Fate::Again(error), now.saturating_add(pause).unwrap_or(Timestamp::MAX))
}

/// 20, 40, 80 … seconds and up to a fifth more, so that tasks that failed together do not return together.
/// The fifth follows from the task's id: the same task waits the same time in every run.
fn pause(ticket: &Ticket) -> SignedDuration {
    let earlier = ticket.last_attempt.saturating_sub(ticket.max_attempts);
    let tries = ticket.attempt.saturating_sub(earlier).max(1);
    let seconds =
        FIRST_PAUSE.as_secs().saturating_mul(1_i64.checked_shl(tries - 1).unwrap_or(i64::MAX).max(1));
    let base = seconds.min(LONGEST_PAUSE.as_secs()).saturating_mul(1000);
    let extra = base / 5 * jitter(ticket) / 1000;
    SignedDuration::from_millis(base + extra)
}

/// Thousandths, 0 to 999, evenly spread over tasks and attempts (the finaliser of MurmurHash3).
fn jitter(ticket: &Ticket) -> i64 {
    let (_, low) = ticket.id.as_uuid().as_u64_pair();
    let mut hash = low ^ u64::from(ticket.attempt).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    ((hash ^ (hash >> 33)) % 1000) as i64
}

/// The error, shortened and with long numbers and addresses blotted out: a handler's slip must not put a
/// person into a table that is not sealed.
fn storable(error: &str) -> String {
    let words = error.split_whitespace().map(|word| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        if digits >= TELLING_DIGITS || word.contains('@') { "***" } else { word }
    });
    let mut kept = String::new();
    for word in words {
        let room = ERROR_LENGTH.saturating_sub(kept.chars().count() + 1);
        if room == 0 {
            break;
        }
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.extend(word.chars().take(room));
    }
    kept
}

#[cfg(test)]
mod tests {
    use domain::{Ids, SeededIds, TenantId};

    use super::*;

    fn ticket(seed: u64, attempt: u32) -> Ticket {
        let ids = SeededIds::new(seed);
        Ticket {
            tenant: TenantId::from(ids.next()),
            id: ids.next().into(),
            kind: "test".into(),
            attempt,
            last_attempt: 4,
            max_attempts: 4,
        }
    }

    #[test]
    fn pauses_double_and_spread() {
        for (attempt, base) in [(1, 20.0), (2, 40.0), (3, 80.0)] {
            let pauses: Vec<f64> = (0..200).map(|seed| pause(&ticket(seed, attempt)).as_secs_f64()).collect();
            let (least, most) = (
                pauses.iter().fold(f64::MAX, |a, b| a.min(*b)),
                pauses.iter().fold(0.0_f64, |a, b| a.max(*b)),
            );
            assert!(least >= base && least < base * 1.02, "{attempt}: {least}");
            assert!(most <= base * 1.2 && most > base * 1.18, "{attempt}: {most}");
            assert_eq!(pause(&ticket(7, attempt)), pause(&ticket(7, attempt)));
        }
    }

    #[test]
    fn pauses_have_an_end_and_begin_anew_for_a_revived_task() {
        let long = Ticket { attempt: 90, last_attempt: 100, max_attempts: 100, ..ticket(1, 1) };
        assert!(pause(&long) >= LONGEST_PAUSE && pause(&long) <= LONGEST_PAUSE * 6 / 5);
        let revived = Ticket { attempt: 5, last_attempt: 8, max_attempts: 4, ..ticket(1, 1) };
        assert!(pause(&revived) < SignedDuration::from_secs(25));
    }

    #[test]
    fn what_the_other_side_asks_for_counts_within_bounds() {
        let now = Timestamp::UNIX_EPOCH;
        for (asked, given) in [(5, 5), (-3, 1), (0, 1), (1_000_000, 86_400)] {
            let after = Some(SignedDuration::from_secs(asked));
            let outcome = Outcome::Failed(TaskError::Retry { error: "429".into(), after });
            let (fate, due_at) = decide(&ticket(1, 1), &outcome, now);
            assert!(matches!(fate, Fate::Again(_)));
            assert_eq!(due_at.duration_since(now).as_secs(), given);
        }
    }

    #[test]
    fn errors_are_short_and_name_nobody() {
        assert_eq!(storable("carrier answered 503"), "carrier answered 503");
        assert_eq!(
            storable("no route to +57-312-345-6789 or ana@example.com\nnow"),
            "no route to *** or *** now"
        );
        let long = storable(&"é".repeat(5000));
        assert!(long.chars().count() < ERROR_LENGTH && long.chars().count() > ERROR_LENGTH - 3);
        assert!(storable(&"ab ".repeat(500)).chars().count() <= ERROR_LENGTH);
    }
}
