//! Who owns a shop's domain, and how that changes.

use domain::{SignedDuration, TenantId};
use integrations::{Refusal, RegisterShopError, Registered, SECRET_OVERLAP};
use ports::webhooks::WebhookError;
use testkit::ENGINES;

use crate::hooks::{OTHER_SECRET, SECRET, Sent, Shops, deliver, order};

async fn is_active(world: &Shops, tenant: TenantId) -> bool {
    world.hooks.shops(tenant).await.unwrap().iter().any(|shop| shop.active)
}

fn refused(outcome: &Result<(), Refusal>) -> bool {
    matches!(outcome, Err(Refusal::Invalid(WebhookError::BadSignature)))
}

#[tokio::test]
async fn a_domain_is_active_after_the_first_proof_only() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        world.start();
        assert!(refused(&world.deliver(Sent { secret: "guessed", ..order("a") }).await), "{engine:?}");
        assert!(!is_active(&world, tenant).await, "{engine:?}");
        world.deliver(order("a")).await.unwrap();
        assert!(is_active(&world, tenant).await, "{engine:?}");
    }
}

#[tokio::test]
async fn the_secret_decides_between_two_and_only_a_release_moves_a_domain() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let (one, two) = (world.tenant_with_shop(1).await, world.tenant(2).await);
        world.register(two, "1.toy", OTHER_SECRET).await;
        world.start();
        // The one who registered later knows the secret.
        world.deliver(Sent { secret: OTHER_SECRET, ..order("a") }).await.unwrap();
        assert_eq!((is_active(&world, one).await, is_active(&world, two).await), (false, true), "{engine:?}");
        assert!(refused(&world.deliver(order("b")).await), "{engine:?}: it is another tenant's now");
        assert_eq!((world.inbox(one).await.len(), world.inbox(two).await.len()), (0, 1), "{engine:?}");
        // Registering again does not help.
        world.register(one, "1.toy", SECRET).await;
        assert!(refused(&world.deliver(order("b")).await), "{engine:?}");
        // One's own registration is all one can give up.
        assert!(world.hooks.release_shop(two, "toy", "1.TOY").await.unwrap(), "{engine:?}");
        assert!(!world.hooks.release_shop(two, "toy", "1.toy").await.unwrap(), "{engine:?}");
        assert!(refused(&world.deliver(Sent { secret: OTHER_SECRET, ..order("c") }).await), "{engine:?}");
        world.deliver(order("b")).await.unwrap();
        assert!(is_active(&world, one).await, "{engine:?}");
        assert_eq!((world.inbox(one).await.len(), world.inbox(two).await.len()), (1, 1), "{engine:?}");
    }
}

#[tokio::test]
async fn a_replaced_secret_is_accepted_for_a_day_more() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        world.start();
        world.deliver(order("a")).await.unwrap();
        let secret = OTHER_SECRET.to_owned().into();
        let replaced = world.hooks.register_shop(tenant, "toy", "1.toy", &secret);
        let Ok(Registered::SecretReplaced(shop)) = replaced.await else { panic!("{engine:?}: not replaced") };
        assert!(shop.active && shop.previous_secret_until.is_some(), "{engine:?}");
        for (delivery, secret) in [("b", SECRET), ("c", OTHER_SECRET)] {
            world.deliver(Sent { secret, ..order(delivery) }).await.unwrap();
        }
        world.pass(SECRET_OVERLAP);
        assert!(refused(&world.deliver(order("d")).await), "{engine:?}");
        world.deliver(Sent { secret: OTHER_SECRET, ..order("d") }).await.unwrap();
    }
}

#[tokio::test]
async fn a_secret_that_was_never_proven_is_gone_when_replaced() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        world.start();
        world.register(tenant, "1.toy", OTHER_SECRET).await;
        assert!(refused(&world.deliver(order("a")).await), "{engine:?}");
        world.deliver(Sent { secret: OTHER_SECRET, ..order("a") }).await.unwrap();
    }
}

#[tokio::test]
async fn another_process_notices_a_release_within_a_second() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant_with_shop(1).await;
        world.start();
        world.deliver(order("a")).await.unwrap();
        assert!(world.another_process().release_shop(tenant, "toy", "1.toy").await.unwrap());
        world.pass(SignedDuration::from_secs(1));
        assert!(refused(&world.deliver(order("b")).await), "{engine:?}");
        // A clock that went back does not make what is known fresh for ever.
        world.register(tenant, "1.toy", SECRET).await;
        world.deliver(order("b")).await.unwrap();
        assert!(world.another_process().release_shop(tenant, "toy", "1.toy").await.unwrap());
        world.pass(SignedDuration::from_hours(-1));
        assert!(refused(&world.deliver(order("c")).await), "{engine:?}");
    }
}

#[tokio::test]
async fn two_processes_that_prove_at_once_agree_on_one_owner() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let (one, two) = (world.tenant_with_shop(1).await, world.tenant(2).await);
        world.register(two, "1.toy", OTHER_SECRET).await;
        world.start();
        let other = world.another_process();
        let mut committer = other.committer().unwrap();
        tokio::spawn(async move {
            while let Some(batch) = committer.gather().await {
                batch.commit().await;
            }
        });
        // Both know both registrations as pending.
        for hooks in [&world.hooks, &other] {
            assert!(refused(&deliver(hooks, Sent { secret: "guessed", ..order("x") }).await), "{engine:?}");
        }
        let (first, second) = tokio::join!(
            deliver(&world.hooks, order("a")),
            deliver(&other, Sent { secret: OTHER_SECRET, ..order("b") }),
        );
        let active = (is_active(&world, one).await, is_active(&world, two).await);
        assert_eq!(active, (first.is_ok(), second.is_ok()), "{engine:?}");
        assert!(active.0 != active.1, "{engine:?}: one owner");
    }
}

#[tokio::test]
async fn what_is_no_domain_or_no_secret_is_refused() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant(1).await;
        let register = async |source: &str, domain: &str, secret: &str| {
            world.hooks.register_shop(tenant, source, domain, &secret.to_owned().into()).await
        };
        assert!(matches!(register("toy", "example.com", SECRET).await, Err(RegisterShopError::BadDomain)));
        assert!(matches!(register("other", "1.toy", SECRET).await, Err(RegisterShopError::UnknownSource(_))));
        for secret in ["", "short", &"x".repeat(257), "with\nnewline", " with blanks ", "ñandúñandú"] {
            let outcome = register("toy", "1.toy", secret).await;
            assert!(matches!(outcome, Err(RegisterShopError::BadSecret)), "{engine:?} {secret}");
        }
        assert!(world.hooks.shops(tenant).await.unwrap().is_empty(), "{engine:?}");
    }
}

#[tokio::test]
async fn what_another_process_registers_is_accepted_soon() {
    for engine in ENGINES {
        let world = Shops::on(engine).await;
        let tenant = world.tenant(1).await;
        world.start();
        assert!(refused(&world.deliver(order("a")).await), "{engine:?}");
        let other = world.another_process();
        other.register_shop(tenant, "toy", "1.toy", &SECRET.to_owned().into()).await.unwrap();
        // A tenth of a second, in which a flood of refusals is no flood of queries.
        assert!(refused(&world.deliver(order("a")).await), "{engine:?}");
        world.pass(SignedDuration::from_millis(101));
        world.deliver(order("a")).await.unwrap();
        world.deliver(order("b")).await.unwrap();
        // Neither is a new secret refused because the old one is remembered.
        other.register_shop(tenant, "toy", "1.toy", &OTHER_SECRET.to_owned().into()).await.unwrap();
        world.pass(SignedDuration::from_millis(101));
        world.deliver(Sent { secret: OTHER_SECRET, ..order("c") }).await.unwrap();
    }
}
