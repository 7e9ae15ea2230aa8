//! A task, from the one who asks for it to the one who runs it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use database::{Row, Value};
use domain::{SignedDuration, TenantId, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Attempts of a task unless it says otherwise: the first and three more.
pub const DEFAULT_ATTEMPTS: u32 = 4;

/// Names a task; also the idempotency key of what it does outside.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(Uuid);

impl TaskId {
    /// The bare UUID, for storage.
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for TaskId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl From<TaskId> for Uuid {
    fn from(id: TaskId) -> Self {
        id.0
    }
}

impl From<TaskId> for Value {
    fn from(id: TaskId) -> Self {
        Self::Uuid(id.0)
    }
}

impl FromStr for TaskId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskId({})", self.0)
    }
}

/// How urgent a task is, most urgent first. The urgency also limits how long an attempt may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Somebody waits in front of a screen: 30 seconds.
    Critical,
    /// Within a minute: 60 seconds.
    High,
    /// Within minutes: 300 seconds.
    #[default]
    Normal,
    /// When there is nothing else to do: 600 seconds.
    Low,
}

impl Priority {
    /// All, most urgent first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Normal, Self::Low];

    /// Its spelling in the API and in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }

    /// The longest an attempt may take.
    #[must_use]
    pub const fn time_out(self) -> Duration {
        match self {
            Self::Critical => Duration::from_secs(30),
            Self::High => Duration::from_mins(1),
            Self::Normal => Duration::from_mins(5),
            Self::Low => Duration::from_mins(10),
        }
    }

    /// How it is stored: 0 is the most urgent.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Critical => 0,
            Self::High => 1,
            Self::Normal => 2,
            Self::Low => 3,
        }
    }

    /// From its stored form. The column is written by [`Priority::code`] alone.
    pub(crate) fn from_code(code: i64) -> Self {
        match code {
            ..=0 => Self::Critical,
            1 => Self::High,
            2 => Self::Normal,
            3.. => Self::Low,
        }
    }
}

impl From<Priority> for Value {
    fn from(priority: Priority) -> Self {
        Self::from(priority.code())
    }
}

/// A task about to be enqueued.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// What is to be done, in the imperative: `message.send`.
    pub kind: &'static str,
    /// How urgent it is.
    pub priority: Priority,
    /// Not before this moment; at once when absent.
    pub run_at: Option<Timestamp>,
    /// While a task of this kind and key is open in the tenant, another one is not added. A task that runs
    /// already counts as open, so the key suits work that may well be done once for several reasons.
    pub unique_key: Option<String>,
    /// How often it is tried before it is given up, at least once.
    pub max_attempts: u32,
    /// The trace that the task continues.
    pub trace_id: Option<String>,
    /// JSON, as [`NewTask::new`] makes it: ids and codes alone, never personal data.
    pub payload: String,
}

impl NewTask {
    /// A task of normal priority, due at once, tried [`DEFAULT_ATTEMPTS`] times.
    ///
    /// # Errors
    /// When the payload does not serialise, which only a map with keys other than strings does.
    pub fn new<P: Serialize>(kind: &'static str, payload: &P) -> serde_json::Result<Self> {
        Ok(Self {
            kind,
            priority: Priority::default(),
            run_at: None,
            unique_key: None,
            max_attempts: DEFAULT_ATTEMPTS,
            trace_id: None,
            payload: serde_json::to_string(payload)?,
        })
    }

    pub(crate) fn into_row(self, id: TaskId, now: Timestamp) -> Vec<Value> {
        database::bind![
            id,
            self.kind,
            self.priority,
            self.run_at.unwrap_or(now),
            self.unique_key,
            self.payload,
            self.trace_id,
            self.max_attempts.max(1),
            now,
        ]
    }
}

/// A task in the hands of its handler.
#[derive(Debug, Clone)]
pub struct Task {
    /// The task's id, the same in every attempt.
    pub id: TaskId,
    /// Whose it is.
    pub tenant: TenantId,
    /// What is to be done.
    pub kind: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Which attempt this is, from 1; a dead letter that is tried again goes on counting.
    pub attempt: u32,
    /// The last attempt before the task is given up.
    pub last_attempt: u32,
    /// The trace it continues.
    pub trace_id: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
    pub(crate) max_attempts: u32,
    payload: String,
}

impl Task {
    /// The payload as the type that was enqueued.
    ///
    /// # Errors
    /// [`TaskError::Fatal`] when it does not fit: another attempt would not change that.
    pub fn payload<P: DeserializeOwned>(&self) -> Result<P, TaskError> {
        // serde's message may quote the value, so it stays here.
        serde_json::from_str(&self.payload)
            .map_err(|_| TaskError::Fatal { error: "the payload does not fit the kind".into() })
    }

    pub(crate) fn read(row: &Row) -> database::Result<Self> {
        let count = |index| row.count(index).map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        let (earlier, max_attempts) = (count(7)?, count(8)?);
        Ok(Self {
            tenant: row.id(0)?,
            id: row.id(1)?,
            kind: row.get(2)?,
            priority: Priority::from_code(row.get(3)?),
            payload: row.get(4)?,
            trace_id: row.get(5)?,
            attempt: count(6)?,
            last_attempt: earlier.saturating_add(max_attempts),
            max_attempts,
            created_at: row.time(9)?,
        })
    }
}

/// Why an attempt failed. The text is stored and shown, shortened: a code or a few words, never personal
/// data and never what another system answered word for word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaskError {
    /// Another attempt may succeed.
    #[error("{error}")]
    Retry {
        /// What happened.
        error: String,
        /// When to try again, where the other side said so; at most a day, and at least a second.
        after: Option<SignedDuration>,
    },
    /// No attempt will succeed: the task becomes a dead letter at once.
    #[error("{error}")]
    Fatal {
        /// What happened.
        error: String,
    },
}

impl TaskError {
    /// A failure that another attempt may mend.
    pub fn retry(error: impl Into<String>) -> Self {
        Self::Retry { error: error.into(), after: None }
    }

    /// A failure that stays.
    pub fn fatal(error: impl Into<String>) -> Self {
        Self::Fatal { error: error.into() }
    }
}

/// A store that fails may answer again later.
impl From<database::Error> for TaskError {
    fn from(error: database::Error) -> Self {
        Self::retry(error.to_string())
    }
}

/// Runs tasks of one kind.
///
/// Must be idempotent: the same task may run again after its effect, and even beside itself when its worker
/// was taken for dead. A handler is dropped at its next `.await` when its time is over, and blocking work
/// belongs on `spawn_blocking`.
#[async_trait]
pub trait Handler: Send + Sync {
    /// The kind of task it runs.
    fn kind(&self) -> &'static str;

    /// One attempt.
    ///
    /// # Errors
    /// Say whether another attempt makes sense. A panic and the end of the time count as
    /// [`TaskError::Retry`].
    async fn run(&self, task: &Task) -> Result<(), TaskError>;
}
