//! Signed orders as Shopify sends them, each a different one, made before the clock starts.

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// The app's client secret and the shop's domain, as the server is told them.
pub(crate) const SECRET: &str = "a-bench-secret-of-usual-length!!";
pub(crate) const SHOP: &str = "litper-bench.myshopify.com";

/// An order with an address, a form's fields and one product; the person in it is made up.
const ORDER: &str = include_str!("../../../adapters/shopify/tests/fixtures/cod_releasit.json");
const SIGNATURE: &str = "X-Shopify-Hmac-Sha256: ";
/// Shopify's orders of shops like these are about this large.
const BODY_BYTES: usize = 5_120;

/// Requests `first..first + count` of the endless sequence of orders.
pub(crate) fn requests(first: u64, count: usize) -> Result<Vec<Vec<u8>>> {
    let template = template()?;
    (first..).take(count).map(|at| Ok(request(&template, at))).collect()
}

/// The fixture without blanks, grown to the usual size by its note.
fn template() -> Result<String> {
    let mut order: Value = serde_json::from_str(ORDER).context("the fixture is no JSON")?;
    let missing = BODY_BYTES.saturating_sub(order.to_string().len());
    order["note"] = "Entregar en portería. ".chars().cycle().take(missing).collect::<String>().into();
    Ok(order.to_string())
}

fn request(template: &str, at: u64) -> Vec<u8> {
    let (id, phone) = (5_678_900_000_000 + at, format!("{:03} {:04}", at / 10_000 % 1_000, at % 10_000));
    let body = template
        .replace("5678901234567", &id.to_string())
        .replace("#1001", &format!("#{at}"))
        .replace("123 4567", &phone);
    let mut request = format!(
        "POST /webhooks/shopify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nX-Shopify-Topic: orders/create\r\nX-Shopify-Shop-Domain: {SHOP}\r\n\
         X-Shopify-API-Version: 2026-10\r\nX-Shopify-Webhook-Id: b54557e4-bdd9-4b37-8a5f-{at:012}\r\n\
         X-Shopify-Triggered-At: 2026-11-20T20:04:06.123456789Z\r\n{SIGNATURE}{}\r\n\r\n",
        body.len(),
        sign(body.as_bytes())
    );
    request.push_str(&body);
    request.into_bytes()
}

fn mac(body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).ok()?;
    mac.update(body);
    Some(mac)
}

fn sign(body: &[u8]) -> String {
    mac(body).map(|mac| STANDARD.encode(mac.finalize().into_bytes())).unwrap_or_default()
}

/// Whether a request's head holds the signature of its body.
pub(crate) fn is_signed(head: &[u8], body: &[u8]) -> bool {
    let Ok(head) = std::str::from_utf8(head) else { return false };
    let sent = head.lines().find_map(|line| line.strip_prefix(SIGNATURE));
    let sent = sent.and_then(|text| STANDARD.decode(text).ok());
    sent.zip(mac(body)).is_some_and(|(sent, mac)| mac.verify_slice(&sent).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::http::content_length;

    #[test]
    fn requests_are_whole_signed_and_distinct() {
        let requests = requests(7, 3).unwrap();
        for request in &requests {
            let cut = request.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
            let (head, body) = request.split_at(cut);
            assert_eq!(content_length(head), Some(body.len()));
            assert!((5_000..5_500).contains(&body.len()), "{}", body.len());
            assert!(is_signed(head, body) && !is_signed(head, &body[1..]));
            assert!(serde_json::from_slice::<Value>(body).is_ok());
        }
        assert!(requests[0] != requests[1] && requests[1] != requests[2]);
    }
}
