//! What can go wrong between a statement and a store.

/// Result of a database operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failed database operation, sorted by what a caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A unique key is taken: the caller lost a race or repeats itself.
    #[error("a row with the same key exists already ({constraint})")]
    Duplicate {
        /// Name of the violated constraint or key, as the engine reports it.
        constraint: String,
    },
    /// The store cannot be reached or did not answer in time: retry later.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// A statement was run in a scope it is not made for: a programming error.
    #[error("statement {statement} may not run in {scope} scope")]
    WrongScope {
        /// File name of the statement.
        statement: &'static str,
        /// The scope of the transaction.
        scope: &'static str,
    },
    /// A row was expected and there is none.
    #[error("no row")]
    NoRow,
    /// A stored value cannot be read as the type the code expects.
    #[error("column {index} of {statement} cannot be read: {detail}")]
    Decode {
        /// File name of the statement.
        statement: &'static str,
        /// Column position, from 0.
        index: usize,
        /// What the driver or the domain type said. Never the value itself.
        detail: String,
    },
    /// A stored sealed value does not open with the tenant's key.
    #[error(transparent)]
    Seal(#[from] crate::sealing::SealError),
    /// The schema could not be brought up to date.
    #[error("migration failed: {0}")]
    Migration(String),
    /// Anything else the engine refused.
    #[error("statement {statement} failed: {detail}")]
    Failed {
        /// File name of the statement.
        statement: &'static str,
        /// The engine's message without bound values.
        detail: String,
    },
}

/// Codes of PostgreSQL: serialization failure, deadlock, lock not available, and the server stopping; and
/// SQLite's BUSY.
const TRANSIENT: [&str; 7] = ["40001", "40P01", "55P03", "57P01", "57P02", "57P03", "5"];

impl Error {
    /// Whether this is a violated unique key.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Duplicate { .. })
    }

    /// Whether the same work may succeed when it is done again later, as it is.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Sorts a driver error. Bound values never appear in the result: PostgreSQL's `DETAIL` line, which
    /// quotes them, is left out on purpose.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the driver's enum grows; what is new is a failure")]
    pub(crate) fn from_sqlx(statement: &'static str, error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NoRow,
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Tls(_) => Self::Unavailable(error.to_string()),
            sqlx::Error::Database(db) if db.is_unique_violation() => Self::Duplicate {
                constraint: db.constraint().map_or_else(|| db.message().to_owned(), str::to_owned),
            },
            // Two writers met, or the server stops: the loser may try again.
            sqlx::Error::Database(db) if db.code().is_some_and(|code| TRANSIENT.contains(&&*code)) => {
                Self::Unavailable(db.message().to_owned())
            }
            sqlx::Error::Database(db) => Self::Failed { statement, detail: db.message().to_owned() },
            other => Self::Failed { statement, detail: other.to_string() },
        }
    }
}
