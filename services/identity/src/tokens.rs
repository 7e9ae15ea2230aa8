//! Random secrets and their hashes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// A secret of 256 random bits, in 43 URL-safe characters.
///
/// # Panics
/// When the operating system gives no random bytes: no secret may be made without them.
#[expect(clippy::expect_used, reason = "without randomness from the kernel no secret may be made")]
#[expect(clippy::disallowed_methods, reason = "a secret must not be predictable")]
pub(crate) fn random_token() -> SecretString {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    URL_SAFE_NO_PAD.encode(bytes).into()
}

/// What is stored of a random secret. A slow hash would add nothing: 256 random bits cannot be guessed.
pub(crate) fn hash(token: &SecretString) -> [u8; 32] {
    Sha256::digest(token.expose_secret().as_bytes()).into()
}
