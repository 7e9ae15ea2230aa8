//! Where the database is.

use std::path::PathBuf;
use std::str::FromStr;

use secrecy::{ExposeSecret as _, SecretString};

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

impl DatabaseUrl {
    /// The same PostgreSQL server, another database. A SQLite file is itself.
    #[must_use]
    pub fn beside(&self, name: &str) -> Self {
        let Self::Postgres(url) = self else { return self.clone() };
        let url = url.expose_secret();
        let (address, options) = url.split_once('?').map_or((url, None), |(address, o)| (address, Some(o)));
        let server = address.find("://").map_or(0, |at| at + 3);
        let end = address[server..].find('/').map_or(address.len(), |at| server + at);
        let options = options.map(|options| format!("?{options}")).unwrap_or_default();
        Self::Postgres(format!("{}/{name}{options}", &address[..end]).into())
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_of_the_same_server() {
        for (url, other) in [
            ("postgres://ana@db:5432/litper?sslmode=require", "postgres://ana@db:5432/two?sslmode=require"),
            ("postgresql://db/litper", "postgresql://db/two"),
            ("postgres://db", "postgres://db/two"),
        ] {
            let DatabaseUrl::Postgres(found) = url.parse::<DatabaseUrl>().unwrap().beside("two") else {
                panic!("{url}")
            };
            assert_eq!(found.expose_secret(), other);
        }
    }
}
