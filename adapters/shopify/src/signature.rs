//! Shopify's signature: standard, padded base64 of HMAC-SHA256 over the raw body, keyed with the text of the
//! app's client secret.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use ports::webhooks::{Headers, WebhookError};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

const HEADER: &str = "x-shopify-hmac-sha256";

/// Accepts if one of the secrets signed these bytes. An empty secret signs nothing: it means that somebody
/// left a setting blank.
pub(crate) fn check(
    headers: &Headers<'_>,
    body: &[u8],
    secrets: &[SecretString],
) -> Result<(), WebhookError> {
    let sent = headers.get(HEADER).and_then(decode).ok_or(WebhookError::BadSignature)?;
    let mut matched = Choice::from(0);
    for secret in secrets.iter().map(ExposeSecret::expose_secret).filter(|secret| !secret.is_empty()) {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { continue };
        mac.update(body);
        matched |= mac.finalize().into_bytes().ct_eq(&sent);
    }
    if bool::from(matched) { Ok(()) } else { Err(WebhookError::BadSignature) }
}

/// The 32 bytes behind a header that is exactly what Shopify would have written.
fn decode(header: &str) -> Option<[u8; 32]> {
    // 44 characters stand for 32 bytes; anything longer is not worth decoding.
    (header.len() == 44).then_some(())?;
    STANDARD.decode(header).ok()?.try_into().ok()
}
