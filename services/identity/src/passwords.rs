//! Passwords, hashed with argon2id.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// Shortest password accepted, in characters.
pub(crate) const MIN_PASSWORD: usize = 10;
/// Longest password accepted, in bytes; a longer one only costs time.
const MAX_PASSWORD: usize = 1024;
/// Hashes computed at once. One takes about 20 MiB and 20 ms of a core: a flood of log-ins must not
/// starve everything else.
const AT_ONCE: usize = 2;

/// Why a password cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than ten characters.
    #[error("a password has at least {MIN_PASSWORD} characters")]
    TooShort,
    /// More than a kilobyte.
    #[error("a password has at most {MAX_PASSWORD} bytes")]
    TooLong,
    /// The computation failed.
    #[error("the password could not be processed")]
    Failed,
}

/// Hashes and checks passwords, a few at a time, away from the threads that serve requests.
#[derive(Clone)]
pub struct PasswordHashing {
    slots: Arc<Semaphore>,
}

impl PasswordHashing {
    pub(crate) fn new() -> Self {
        Self { slots: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The PHC string of a new password.
    pub(crate) async fn hash(&self, password: SecretString) -> Result<String, PasswordError> {
        if password.expose_secret().chars().count() < MIN_PASSWORD {
            return Err(PasswordError::TooShort);
        }
        if password.expose_secret().len() > MAX_PASSWORD {
            return Err(PasswordError::TooLong);
        }
        self.compute(move || {
            let hash = Argon2::default().hash_password(password.expose_secret().as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|_| PasswordError::Failed)
        })
        .await
    }

    /// Whether a password fits a stored PHC string. Without one the same work is done and the answer is
    /// no, so that the time taken does not tell who has an account.
    pub(crate) async fn fits(
        &self,
        password: SecretString,
        stored: Option<String>,
    ) -> Result<bool, PasswordError> {
        if password.expose_secret().len() > MAX_PASSWORD {
            return Ok(false);
        }
        self.compute(move || {
            let Some(stored) = stored else {
                let _ = Argon2::default().hash_password(password.expose_secret().as_bytes());
                return Ok(false);
            };
            let parsed = PasswordHash::new(&stored).map_err(|_| PasswordError::Failed)?;
            let bytes = password.expose_secret().as_bytes();
            Ok(Argon2::default().verify_password(bytes, &parsed).is_ok())
        })
        .await
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _slot = self.slots.acquire().await.map_err(|_| PasswordError::Failed)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::Failed)?
    }
}
