//! Where the database is.

use std::path::PathBuf;
use std::str::FromStr;

use secrecy::SecretString;

/// Where the database is: `sqlite:var/litper.db` or `postgres://user@host/name`.
#[derive(Debug, Clone)]
pub enum DatabaseUrl {
    /// One file on this machine.
    Sqlite(PathBuf),
    /// A PostgreSQL server, 15 or newer. The URL may hold a password and never prints.
    Postgres(SecretString),
}

/// A database URL that names no engine we have.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseUrlError {
    /// Neither `sqlite:` nor `postgres://`.
    #[error("a database URL starts with sqlite: (a file path follows) or postgres://")]
    UnknownEngine,
    /// `sqlite:` without a path.
    #[error("sqlite: needs a file path, for example sqlite:var/litper.db")]
    EmptyPath,
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned().into()));
        }
        let path = text.strip_prefix("sqlite:").ok_or(DatabaseUrlError::UnknownEngine)?;
        if path.is_empty() {
            return Err(DatabaseUrlError::EmptyPath);
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}
