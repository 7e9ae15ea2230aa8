//! Measures one core: authenticating and parsing a signed order of 5 KB, in microseconds.
#![expect(clippy::print_stdout, reason = "a measurement is for people")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::time::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use ports::webhooks::{Headers, WebhookSource};
use secrecy::SecretString;
use sha2::Sha256;
use shopify::ShopifyWebhooks;

const SECRET: &str = "a secret of usual length, 32 hex";
const ROUNDS: u32 = 20_000;
const BATCHES: usize = 15;

fn main() {
    let fixtures = [
        ("form_only", &include_bytes!("../tests/fixtures/form_only.json")[..]),
        ("cod_releasit", &include_bytes!("../tests/fixtures/cod_releasit.json")[..]),
    ];
    for (name, pretty) in fixtures {
        // Shopify sends no blanks between members.
        let value: serde_json::Value = serde_json::from_slice(pretty).unwrap_or_default();
        let body = value.to_string();
        let signature = sign(body.as_bytes());
        let headers: Headers<'_> = [("x-shopify-hmac-sha256", signature.as_str())].into_iter().collect();
        let secrets = [SecretString::from(SECRET)];
        let authenticate =
            median(|| ShopifyWebhooks.authenticate(black_box(&headers), body.as_bytes(), &secrets).is_ok());
        let parse = median(|| {
            let body = black_box(body.as_bytes());
            ShopifyWebhooks.parse("orders/create", body, Timestamp::UNIX_EPOCH).is_ok()
        });
        println!(
            "{name}: {} bytes, authenticate {:.2} µs, parse {:.2} µs",
            body.len(),
            micros(authenticate),
            micros(parse)
        );
    }
}

fn sign(body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()) else { return String::new() };
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The median over batches of the time one call takes.
fn median(call: impl Fn() -> bool) -> Duration {
    let mut times: Vec<Duration> = (0..BATCHES)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..ROUNDS {
                assert!(black_box(call()), "the measured call fails");
            }
            start.elapsed() / ROUNDS
        })
        .collect();
    times.sort_unstable();
    times[BATCHES / 2]
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
