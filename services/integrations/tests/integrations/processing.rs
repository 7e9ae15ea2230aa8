//! What the inbox holds takes effect once, whatever one message does.

use domain::SignedDuration;
use futures_util::future::join_all;
use integrations::{PrivacyKind, Webhooks};
use testkit::ENGINES;

use crate::hooks::{Sent, Shops, domain, order};

fn state<'a>(inbox: &'a [(String, String, i64)], delivery: &str) -> (&'a str, i64) {
    let (_, state, attempts) = inbox.iter().find(|(id, ..)| id == delivery).unwrap();
    (state, *attempts)
}

#[tokio::test]
async fn messages_take_effect_once_in_their_order() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        world.start();
        for delivery in ["c", "a", "b"] {
            world.deliver(order(delivery)).await.unwrap();
            world.pass(SignedDuration::from_millis(1));
        }
        world.deliver(Sent { topic: "something else", ..order("d") }).await.unwrap();
        assert!(world.hooks.tick().await.unwrap(), "{engine:?}");
        assert!(!world.hooks.tick().await.unwrap(), "{engine:?}");
        assert_eq!(world.taker.taken(), ["c", "a", "b"], "{engine:?}");
        let inbox = world.inbox(tenant).await;
        assert!(inbox.iter().all(|(_, state, _)| state == "processed"), "{engine:?}: {inbox:?}");
        world.deliver(order("a")).await.unwrap();
        assert!(!world.hooks.tick().await.unwrap(), "{engine:?}: a repeated delivery is not processed again");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_parked_and_can_be_tried_again() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        world.start();
        for (delivery, topic) in [("a", "broken"), ("b", "bug"), ("c", "order")] {
            world.deliver(Sent { topic, ..order(delivery) }).await.unwrap();
            world.pass(SignedDuration::from_millis(1));
        }
        world.tick_until_idle().await;
        assert_eq!(world.taker.taken(), ["c"], "{engine:?}: the others are not held up");
        let page = world.hooks.parked_webhooks(tenant, None, 10).await.unwrap();
        let shown: Vec<_> =
            page.items.iter().map(|p| (p.delivery_id.as_str(), p.error_code.as_str())).collect();
        assert_eq!(shown, [("b", "reader_failed"), ("a", "malformed_body")], "{engine:?}");
        assert_eq!(page.items[1].error_detail.as_deref(), Some("malformed body: json:1:1"), "{engine:?}");
        let id = page.items[1].id;
        let stranger = world.tenant(2).await;
        assert!(!world.hooks.retry_webhook(stranger, id).await.unwrap(), "{engine:?}");
        assert!(world.hooks.retry_webhook(tenant, id).await.unwrap(), "{engine:?}");
        assert!(!world.hooks.retry_webhook(tenant, id).await.unwrap(), "{engine:?}: it is not parked now");
        world.tick_until_idle().await;
        assert_eq!(world.hooks.parked_webhooks(tenant, None, 10).await.unwrap().items.len(), 2, "{engine:?}");
    }
}

#[tokio::test]
async fn a_poisoned_order_waits_longer_and_longer_and_is_parked_at_last() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        world.start();
        for delivery in ["a", "bad", "z"] {
            world.deliver(order(delivery)).await.unwrap();
            world.pass(SignedDuration::from_millis(1));
        }
        world.taker.fails_at.lock().unwrap().insert("bad".to_owned());
        world.tick_until_idle().await;
        assert_eq!(world.taker.taken(), ["a", "z"], "{engine:?}");
        assert_eq!(state(&world.inbox(tenant).await, "bad"), ("received", 1), "{engine:?}");
        world.pass(SignedDuration::from_secs(29));
        assert!(!world.hooks.tick().await.unwrap(), "{engine:?}: not yet");
        for attempts in 2..=6 {
            world.pass(SignedDuration::from_hours(3));
            world.tick_until_idle().await;
            let expected = if attempts == 6 { "parked" } else { "received" };
            assert_eq!(state(&world.inbox(tenant).await, "bad"), (expected, attempts), "{engine:?}");
        }
        let parked = world.hooks.parked_webhooks(tenant, None, 10).await.unwrap().items.remove(0);
        assert_eq!(parked.error_code, "not_applied", "{engine:?}");
        world.taker.fails_at.lock().unwrap().clear();
        assert!(world.hooks.retry_webhook(tenant, parked.id).await.unwrap());
        world.tick_until_idle().await;
        assert_eq!(world.taker.taken(), ["a", "z", "bad"], "{engine:?}");
        assert_eq!(state(&world.inbox(tenant).await, "bad"), ("processed", 0), "{engine:?}");
    }
}

#[tokio::test]
async fn an_order_that_makes_us_panic_does_not_stop_the_others() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        world.start();
        for delivery in ["a", "bad", "z"] {
            world.deliver(order(delivery)).await.unwrap();
            world.pass(SignedDuration::from_millis(1));
        }
        world.taker.panics_at.lock().unwrap().insert("bad".to_owned());
        world.tick_until_idle().await;
        assert_eq!(world.taker.taken(), ["a", "z"], "{engine:?}");
        assert_eq!(state(&world.inbox(tenant).await, "bad"), ("received", 1), "{engine:?}");
    }
}

#[tokio::test]
async fn two_workers_share_the_work_without_doing_any_twice() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        for seed in 1..=2 {
            world.tenant_with_shop(seed).await;
        }
        world.start();
        for n in 0..300 {
            let (delivery, account) = (format!("{n:03}"), domain(n % 2 + 1));
            world.deliver(Sent { account: &account, ..order(&delivery) }).await.unwrap();
        }
        let other = world.another_process();
        tokio::join!(work_off(&world.hooks), work_off(&other));
        let mut taken = world.taker.taken();
        assert_eq!(taken.len(), 300, "{engine:?}");
        taken.sort_unstable();
        taken.dedup();
        assert_eq!(taken.len(), 300, "{engine:?}: none twice");
    }
}

/// Ticks until nothing was found for a while: what another worker has at hand does not count as found.
async fn work_off(hooks: &Webhooks) {
    let mut idle = 0;
    while idle < 20 {
        idle = if hooks.tick().await.unwrap() { 0 } else { idle + 1 };
    }
}

#[tokio::test]
async fn tenants_take_turns() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        for seed in 1..=3 {
            world.tenant_with_shop(seed).await;
        }
        world.start();
        let all: Vec<String> = (0..450).map(|n| format!("1-{n:03}")).collect();
        assert!(
            join_all(all.iter().map(|delivery| world.deliver(order(delivery))))
                .await
                .iter()
                .all(Result::is_ok)
        );
        for seed in [2, 3] {
            let (account, delivery) = (domain(seed), format!("{seed}-000"));
            world.deliver(Sent { account: &account, ..order(&delivery) }).await.unwrap();
        }
        for _ in 0..3 {
            assert!(world.hooks.tick().await.unwrap(), "{engine:?}");
        }
        // Three turns, and everybody had one although the first has much more.
        let taken = world.taker.taken();
        for small in ["2-000", "3-000"] {
            assert!(taken.iter().any(|delivery| delivery == small), "{engine:?}: {small}");
        }
        world.tick_until_idle().await;
        assert_eq!(world.taker.taken().len(), 452, "{engine:?}");
    }
}

#[tokio::test]
async fn requests_about_data_are_kept_for_an_administrator() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        world.start();
        world.deliver(Sent { topic: "erasure", body: "4711", ..order("a") }).await.unwrap();
        world.tick_until_idle().await;
        let page = world.hooks.privacy_requests(tenant, None, 10).await.unwrap();
        assert_eq!(page.items.len(), 1, "{engine:?}");
        let request = &page.items[0];
        assert_eq!((request.kind, request.account.as_str()), (PrivacyKind::CustomerErasure, "1.toy"));
        assert_eq!(request.subject.customer_id.as_deref(), Some("4711"), "{engine:?}");
        let stranger = world.tenant(2).await;
        assert!(world.hooks.privacy_requests(stranger, None, 10).await.unwrap().items.is_empty());
    }
}

#[tokio::test]
async fn what_was_processed_long_ago_is_removed() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        world.start();
        world.deliver(order("old")).await.unwrap();
        world.deliver(Sent { topic: "broken", ..order("parked") }).await.unwrap();
        world.tick_until_idle().await;
        world.pass(SignedDuration::from_hours(24 * 20));
        world.deliver(order("new")).await.unwrap();
        world.tick_until_idle().await;
        assert!(!world.hooks.sweep().await.unwrap(), "{engine:?}");
        assert_eq!(world.inbox(tenant).await.len(), 3, "{engine:?}");
        world.pass(SignedDuration::from_hours(24 * 20));
        assert!(world.hooks.sweep().await.unwrap(), "{engine:?}");
        let left: Vec<String> = world.inbox(tenant).await.into_iter().map(|(id, ..)| id).collect();
        assert_eq!(left, ["new", "parked"], "{engine:?}: what nobody has looked at stays");
    }
}
