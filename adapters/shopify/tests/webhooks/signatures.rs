//! Who sent these bytes.

use ports::webhooks::{Headers, WebhookError, WebhookSource};
use secrecy::SecretString;
use shopify::ShopifyWebhooks;

const SECRET: &str = "shpss_test_secret";
const BODY: &str = r##"{"id":820982911946154508,"name":"#9999","total_price":"398.00","note":"ñandú ✓"}"##;
const SIGNATURE: &str = "mxLlKQRnNtdEupKZcReI5S1TCy+nRDxxrBjnfEKYhCA=";

fn check(signature: Option<&str>, body: &str, secrets: &[&str]) -> bool {
    let headers: Headers<'_> = signature.map(|value| ("X-Shopify-Hmac-SHA256", value)).into_iter().collect();
    let secrets: Vec<SecretString> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
    match ShopifyWebhooks.authenticate(&headers, body.as_bytes(), &secrets) {
        Ok(()) => true,
        Err(error) => {
            assert_eq!(error, WebhookError::BadSignature);
            false
        }
    }
}

#[test]
fn the_right_signature_is_accepted() {
    assert!(check(Some(SIGNATURE), BODY, &[SECRET]));
}

#[test]
fn either_secret_may_have_signed_while_one_replaces_the_other() {
    assert!(check(Some(SIGNATURE), BODY, &["new", SECRET]));
    assert!(check(Some(SIGNATURE), BODY, &[SECRET, "new"]));
    assert!(!check(Some(SIGNATURE), BODY, &["new", "newer"]));
}

#[test]
fn other_bytes_are_refused() {
    let spaced =
        r##"{"id": 820982911946154508, "name": "#9999", "total_price": "398.00", "note": "ñandú ✓"}"##;
    let escaped = BODY.replace('ñ', "\\u00f1");
    let trailing = format!("{BODY}\n");
    for body in [spaced, &escaped, &trailing, "", &BODY.replace("9999", "9998")] {
        assert!(!check(Some(SIGNATURE), body, &[SECRET]), "{body}");
    }
}

#[test]
fn other_spellings_of_the_signature_are_refused() {
    for signature in [
        "",
        " ",
        "9b12e529046736d744ba9299711788e52d530b2fa7443c71ac18e77c42988420",
        "mxLlKQRnNtdEupKZcReI5S1TCy+nRDxxrBjnfEKYhCA",
        "mxLlKQRnNtdEupKZcReI5S1TCy-nRDxxrBjnfEKYhCA=",
        "mxLlKQRnNtdEupKZcReI5S1TCy+nRDxxrBjnfEKYhCB=",
        "mxLlKQRnNtdEupKZcReI5S1TCy+nRDxxrBjnfEKYhCA=\n",
        " mxLlKQRnNtdEupKZcReI5S1TCy+nRDxxrBjnfEKYhCA=",
        "MXLLKQRNNTDEUPKZCREI5S1TCY+NRDXXRBJNFEKYHCA=",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "ññññññññññññññññññññññ",
    ] {
        assert!(!check(Some(signature), BODY, &[SECRET]), "{signature}");
    }
    assert!(!check(None, BODY, &[SECRET]));
}

#[test]
fn without_a_secret_nobody_can_have_signed() {
    assert!(!check(Some(SIGNATURE), BODY, &[]));
    // HMAC-SHA256 of BODY under the empty key, which anyone can compute.
    assert!(!check(Some(EMPTY_KEY_SIGNATURE), BODY, &[""]));
    assert!(!check(Some(EMPTY_KEY_SIGNATURE), BODY, &["", SECRET]));
}

const EMPTY_KEY_SIGNATURE: &str = "vQPusRMG+viQehmYIPN7aoQz8+TskJFOB6VgfQj8VW8=";

#[test]
fn two_different_signatures_are_none() {
    let headers: Headers<'_> =
        [("X-Shopify-Hmac-SHA256", SIGNATURE), ("x-shopify-hmac-sha256", "AAAA")].into_iter().collect();
    let secrets = [SecretString::from(SECRET)];
    let checked = ShopifyWebhooks.authenticate(&headers, BODY.as_bytes(), &secrets);
    assert_eq!(checked, Err(WebhookError::BadSignature));
}
