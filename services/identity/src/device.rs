//! Browsers in which somebody has logged in before.
//!
//! A device token is random characters and a seal over them and an account, under the installation's own key. It lets
//! nobody in: it says that failures of this browser are the account owner's own and not a stranger's.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use database::TenantKeys;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::tokens;

const SEAL: &str = "devices.seal";
const SUBJECT: &str = "login_failures.device";

/// A token for a browser in which the account's owner has just logged in.
pub(crate) fn token(keys: &TenantKeys, account: &[u8]) -> SecretString {
    let random = tokens::random_token();
    let seal = URL_SAFE_NO_PAD.encode(seal(keys, account, random.expose_secret()));
    format!("{}.{seal}", random.expose_secret()).into()
}

/// Whether a token was made for an account.
pub(crate) fn is_of(keys: &TenantKeys, account: &[u8], token: &SecretString) -> bool {
    let Some((random, given)) = token.expose_secret().split_once('.') else { return false };
    let given = URL_SAFE_NO_PAD.decode(given).unwrap_or_default();
    seal(keys, account, random).ct_eq(&given).into()
}

/// Whose failures are counted for a token of an account with a password: with a new password they begin anew.
pub(crate) fn subject(keys: &TenantKeys, token: &SecretString, password_hash: &str) -> Vec<u8> {
    keys.blind(SUBJECT, &format!("{}.{password_hash}", token.expose_secret()))
}

/// Sixteen bytes that nobody else can make.
fn seal(keys: &TenantKeys, account: &[u8], random: &str) -> Vec<u8> {
    keys.blind(SEAL, &format!("{}.{random}", URL_SAFE_NO_PAD.encode(account)))
}
