//! Deliveries are stored once, and acknowledged afterwards.

use std::pin::pin;

use database::{Audience, Scope, Statement, bind};
use futures_util::{FutureExt, future::join_all};
use integrations::{Refusal, SHARE};
use ports::webhooks::WebhookError;
use testkit::ENGINES;

use crate::hooks::{SECRET, Sent, Shops, domain, order};

const EVENTS: Statement = Statement::new(
    "events",
    Audience::Tenant,
    "select delivery_id, event_id from webhook_inbox where tenant_id = $1 order by delivery_id",
);
const BODY: Statement =
    Statement::new("body", Audience::Tenant, "select body_sealed from webhook_inbox where tenant_id = $1");

fn received(deliveries: &[&str]) -> Vec<(String, String, i64)> {
    deliveries.iter().map(|delivery| ((*delivery).to_owned(), "received".to_owned(), 0)).collect()
}

#[tokio::test]
async fn an_answer_comes_after_the_commit() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        let mut committer = world.hooks.committer().unwrap();
        // The first one makes the domain active, which is a commit of its own.
        let mut first = pin!(world.deliver(order("a")));
        let batch = tokio::select! {
            _ = &mut first => panic!("{engine:?}: answered before anything was stored"),
            batch = committer.gather() => batch.unwrap(),
        };
        assert!(world.inbox(tenant).await.is_empty(), "{engine:?}");
        assert!(first.as_mut().now_or_never().is_none(), "{engine:?}");
        batch.commit().await;
        assert_eq!(world.inbox(tenant).await, received(&["a"]), "{engine:?}");
        assert!(first.now_or_never().unwrap().is_ok(), "{engine:?}: answered at once after the commit");
    }
}

/// However many come at once, and whatever length they state: memory has an end.
#[tokio::test]
async fn bodies_on_their_way_have_room_and_give_it_back() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        world.tenant_with_shop(1).await;
        world.tenant_with_shop(2).await;
        world.start();
        let headers = [("account", "1.toy"), ("delivery", "a"), ("topic", "order")].into_iter().collect();
        let of_another = [("account", "2.toy"), ("delivery", "a"), ("topic", "order")].into_iter().collect();
        let admit = || world.hooks.admit("toy", &headers, None);
        let mut rooms = Vec::new();
        let refused = loop {
            match admit().await {
                Ok(room) => rooms.push(room),
                Err(refusal) => break refusal,
            }
        };
        assert!(matches!(refused, Refusal::Overloaded), "{engine:?}: {refused}");
        assert_eq!(rooms.len(), SHARE / 1_000_000, "{engine:?}");
        assert!(world.hooks.admit("toy", &of_another, None).await.is_ok(), "{engine:?}: others have room");
        rooms.pop();
        assert!(admit().await.is_ok(), "{engine:?}");
        rooms.clear();
        for _ in 0..200 {
            world.deliver(order("a")).await.unwrap();
        }
        let all = SHARE / 1_000_000;
        let again: Vec<_> = join_all((0..all).map(|_| admit())).await;
        assert!(again.iter().all(Result::is_ok), "{engine:?}: all is given back");
    }
}

#[tokio::test]
async fn a_repeated_delivery_is_acknowledged_and_stored_once() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        world.start();
        world.deliver(order("a")).await.unwrap();
        world.deliver(order("a")).await.unwrap();
        // Also within one commit, and with another body: the id names the delivery.
        let changed = Sent { body: "other", ..order("b") };
        let all = join_all([order("b"), order("b"), changed].map(|sent| world.deliver(sent))).await;
        assert!(all.iter().all(Result::is_ok), "{engine:?}");
        assert_eq!(world.inbox(tenant).await, received(&["a", "b"]), "{engine:?}");
    }
}

#[tokio::test]
async fn what_a_source_calls_the_event_is_kept_if_it_says_so() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        world.start();
        world.deliver(order("a")).await.unwrap();
        let named = [
            ("account", "1.toy"),
            ("delivery", "b"),
            ("topic", "order"),
            ("signature", SECRET),
            ("event", "e-7"),
        ];
        let named = named.into_iter().collect();
        let room = world.hooks.admit("toy", &named, Some(1)).await.unwrap();
        world.hooks.receive("toy", &named, "b".into(), room).await.unwrap();
        let mut tx = world.test.db.read(Scope::Tenant(tenant)).await.unwrap();
        let rows = tx.fetch_all(&EVENTS, bind![]).await.unwrap();
        tx.commit().await.unwrap();
        let events: Vec<(String, Option<String>)> =
            rows.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap())).collect();
        let expected = [("a".to_owned(), None), ("b".to_owned(), Some("e-7".to_owned()))];
        assert_eq!(events, expected, "{engine:?}");
    }
}

#[tokio::test]
async fn deliveries_of_several_tenants_go_to_their_own() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let mut tenants = Vec::new();
        for seed in 1..=3 {
            tenants.push(world.tenant_with_shop(seed).await);
        }
        world.start();
        let domains: Vec<String> = (1..=3).map(domain).collect();
        let sent = (0..60).map(|n| (format!("{n:02}"), domains[n % 3].as_str())).collect::<Vec<_>>();
        let all = join_all(
            sent.iter().map(|(delivery, account)| world.deliver(Sent { account, ..order(delivery) })),
        );
        assert!(all.await.iter().all(Result::is_ok), "{engine:?}");
        for (n, tenant) in tenants.into_iter().enumerate() {
            let own: Vec<&str> =
                sent.iter().filter(|(_, account)| *account == domains[n]).map(|(d, _)| d.as_str()).collect();
            assert_eq!(world.inbox(tenant).await, received(&own), "{engine:?}");
        }
    }
}

#[tokio::test]
async fn what_nobody_proves_is_refused_and_not_stored() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        world.start();
        let unknown = Sent { account: "9.toy", ..order("a") };
        let unsigned = Sent { secret: "guessed", ..order("a") };
        for sent in [unknown, unsigned] {
            let refusal = world.deliver(sent).await.unwrap_err();
            assert!(matches!(refusal, Refusal::Invalid(WebhookError::BadSignature)), "{engine:?}");
        }
        let large = "x".repeat(1_000_001);
        let refusal = world.deliver(Sent { body: &large, ..order("a") }).await.unwrap_err();
        assert!(matches!(refusal, Refusal::Invalid(WebhookError::TooLarge { limit: 1_000_000 })));
        assert!(world.inbox(tenant).await.is_empty(), "{engine:?}");
        // One just within is proven on another thread.
        world.deliver(Sent { body: &large[1..], ..order("a") }).await.unwrap();
        let refusal = world.deliver(Sent { body: &large[1..], secret: "guessed", ..order("b") }).await;
        assert!(matches!(refusal, Err(Refusal::Invalid(WebhookError::BadSignature))), "{engine:?}");
        assert_eq!(world.inbox(tenant).await, received(&["a"]), "{engine:?}");
    }
}

#[tokio::test]
async fn more_than_can_wait_is_sent_away() {
    let world = Shops::on(database::Engine::Sqlite).await;
    let tenant = world.tenant_with_shop(1).await;
    let mut committer = world.hooks.committer().unwrap();
    // Twice, so that the shop is known and the next ones wait at once.
    for delivery in ["first", "second"] {
        let mut sent = pin!(world.deliver(order(delivery)));
        let batch = tokio::select! {
            _ = &mut sent => panic!("answered before anything was stored"),
            batch = committer.gather() => batch.unwrap(),
        };
        batch.commit().await;
    }
    let names: Vec<String> = (0..1_025).map(|n| format!("{n:04}")).collect();
    let mut waiting: Vec<_> = names.iter().map(|name| Box::pin(world.deliver(order(name)))).collect();
    let answers: Vec<_> = waiting.iter_mut().map(|delivery| delivery.as_mut().now_or_never()).collect();
    let refused =
        answers.iter().flatten().filter(|answer| matches!(answer, Err(Refusal::Overloaded))).count();
    assert_eq!((refused, answers.iter().filter(|answer| answer.is_none()).count()), (1, 1_024));
    tokio::spawn(async move {
        while let Some(batch) = committer.gather().await {
            batch.commit().await;
        }
    });
    waiting.truncate(1_024);
    assert!(join_all(waiting).await.iter().all(Result::is_ok));
    assert_eq!(world.inbox(tenant).await.len(), 1_026);
}

#[tokio::test]
async fn what_the_store_did_not_take_is_not_acknowledged() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        world.tenant_with_shop(1).await;
        world.start();
        // Twice, so that the shop is known when the store has gone.
        for delivery in ["a", "a"] {
            world.deliver(order(delivery)).await.unwrap();
        }
        world.test.db.close().await;
        let refusal = world.deliver(order("b")).await.unwrap_err();
        assert!(matches!(refusal, Refusal::NotStored), "{engine:?}: {refusal:?}");
    }
}

#[tokio::test]
async fn at_the_end_what_waits_is_still_stored() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        let mut committer = world.hooks.committer().unwrap();
        let mut first = pin!(world.deliver(order("a")));
        let batch = tokio::select! {
            _ = &mut first => panic!("{engine:?}: answered before anything was stored"),
            batch = committer.gather() => batch.unwrap(),
        };
        // The domain is known and active by now: the next one waits at once.
        batch.commit().await;
        first.await.unwrap();
        let mut waiting = pin!(world.deliver(order("b")));
        let batch = tokio::select! {
            _ = &mut waiting => panic!("{engine:?}: answered before anything was stored"),
            batch = committer.gather() => batch.unwrap(),
        };
        let mut last = pin!(world.deliver(order("c")));
        assert!(last.as_mut().now_or_never().is_none(), "{engine:?}");
        let end = committer.finish().unwrap();
        batch.commit().await;
        end.commit().await;
        assert!(waiting.await.is_ok() && last.await.is_ok(), "{engine:?}");
        assert!(committer.finish().is_none(), "{engine:?}");
        let refusal = world.deliver(order("d")).await;
        assert!(matches!(refusal, Err(Refusal::NotStored)), "{engine:?}");
        assert_eq!(world.inbox(tenant).await, received(&["a", "b", "c"]), "{engine:?}");
    }
}

#[tokio::test]
async fn a_body_is_stored_sealed() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        world.start();
        world.deliver(Sent { body: "Ana Prueba 3001112233", ..order("a") }).await.unwrap();
        let mut tx = world.test.db.read(Scope::Tenant(tenant)).await.unwrap();
        let body: Vec<u8> = tx.fetch_one(&BODY, bind![]).await.unwrap().get(0).unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("3001112233"), "{engine:?}");
    }
}
