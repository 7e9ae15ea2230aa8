//! The process dies while deliveries come in, again and again: none that was acknowledged is lost.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::{Client, StatusCode};
use serde_json::Value;
use testkit::ENGINES;
use tokio::sync::Mutex;

use crate::server::{Server, wait_until};
use crate::shops::{Delivery, SECRET, add_shop, order};

const DEATHS: u64 = 20;
const SENDERS: usize = 8;

#[tokio::test]
async fn no_acknowledged_delivery_is_lost_by_kill_9() {
    for engine in ENGINES {
        let mut server = Server::on(engine).await;
        add_shop(&server, "demo", SECRET);
        let (next, acknowledged) = (Arc::new(AtomicU64::new(1)), Arc::new(Mutex::new(Vec::new())));
        for death in 0..DEATHS {
            let before = acknowledged.lock().await.len();
            let url = server.url("/webhooks/shopify");
            let senders: Vec<_> = (0..SENDERS)
                .map(|_| tokio::spawn(send_until_it_dies(url.clone(), next.clone(), acknowledged.clone())))
                .collect();
            // Each time at another point: after the first answers, in the middle, after many.
            let enough = 1 + usize::try_from(death * 7 % 50).unwrap();
            let begun = || async { acknowledged.lock().await.len() >= before + enough };
            wait_until("some deliveries are acknowledged", begun).await;
            server.kill();
            for sender in senders {
                sender.await.unwrap();
            }
            server.start().await;
        }
        let acknowledged = acknowledged.lock().await;
        let found = || async { count_by_number(&server).await };
        let all_there = || async {
            let found = found().await;
            acknowledged.iter().all(|number| found.contains_key(number))
        };
        wait_until("every acknowledged delivery is an order", all_there).await;
        let found = found().await;
        assert!(acknowledged.len() >= usize::try_from(DEATHS).unwrap(), "{engine:?}");
        assert!(found.values().all(|count| *count == 1), "{engine:?}: none is there twice");
        let sent = usize::try_from(next.load(Ordering::SeqCst)).unwrap() - 1;
        assert!(found.len() <= sent, "{engine:?}: nothing came from nowhere");
    }
}

/// Sends new orders one after the other, each delivery twice, until nobody answers.
async fn send_until_it_dies(url: String, next: Arc<AtomicU64>, acknowledged: Arc<Mutex<Vec<String>>>) {
    let client = Client::new();
    loop {
        let number = next.fetch_add(1, Ordering::SeqCst);
        let delivery = Delivery::new("orders/create", order(number, "2026-03-10T08:00:00-05:00"));
        for _ in 0..2 {
            let Ok(answer) = delivery.send(&client, &url).await else { return };
            assert_eq!(answer.status(), StatusCode::OK);
            acknowledged.lock().await.push(format!("#{number}"));
        }
    }
}

/// How often each order's number is listed.
async fn count_by_number(server: &Server) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let page = server.get(&format!("/v1/orders?limit=200{cursor}")).await;
        for item in page["items"].as_array().unwrap() {
            *counts.entry(item["number"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        let Value::String(next) = &page["next_cursor"] else { return counts };
        cursor = format!("&cursor={next}");
    }
}
