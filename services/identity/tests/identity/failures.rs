//! Failed log-ins count wherever they were made.

use database::{Audience, Engine, Scope, Statement, SystemReason, bind};
use domain::{Clock, SignedDuration};
use identity::{Identity, LogInError, Visitor};
use secrecy::{ExposeSecret, SecretString};
use testkit::ENGINES;

use crate::world::{PASSWORD, World, from};

const WRONG: &str = "otra cosa larga";

/// Another process on the same store, with connections of its own.
async fn another_process(world: &World) -> Identity {
    Identity::new(testkit::open(&world.test.url).await, world.clock.clone(), testkit::ids(2))
}

async fn try_in(process: &Identity, email: &str, password: &str, address: &str) -> Result<(), LogInError> {
    process.log_in(email, password.to_owned().into(), &from(address)).await.map(drop)
}

fn must_wait(outcome: &Result<(), LogInError>) -> bool {
    matches!(outcome, Err(LogInError::TooManyAttempts { .. }))
}

fn was_wrong(outcome: &Result<(), LogInError>) -> bool {
    matches!(outcome, Err(LogInError::BadCredentials))
}

#[tokio::test]
async fn failures_count_for_every_process() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.add("ana@prueba.co").await;
        let (one, two) = (&world.identity, &another_process(&world).await);
        for (process, address) in [
            (one, "192.0.2.1"),
            (two, "192.0.2.2"),
            (one, "192.0.2.3"),
            (two, "192.0.2.4"),
            (two, "192.0.2.5"),
        ] {
            assert!(was_wrong(&try_in(process, "ana@prueba.co", WRONG, address).await), "{engine:?}");
        }
        for process in [one, two] {
            assert!(must_wait(&try_in(process, "ana@prueba.co", PASSWORD, "192.0.2.6").await), "{engine:?}");
        }
        // A restart forgets nothing.
        let restarted = another_process(&world).await;
        assert!(must_wait(&try_in(&restarted, "ana@prueba.co", PASSWORD, "192.0.2.6").await), "{engine:?}");
        world.clock.advance(SignedDuration::from_mins(30));
        assert!(try_in(two, "ana@prueba.co", PASSWORD, "192.0.2.6").await.is_ok(), "{engine:?}");
        for _ in 0..5 {
            let outcome = try_in(one, "ana@prueba.co", WRONG, "192.0.2.7").await;
            assert!(was_wrong(&outcome), "{engine:?}: success forgave the account everywhere");
        }
    }
}

#[tokio::test]
async fn many_tries_at_once_gain_nothing() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let processes = [world.identity.clone(), another_process(&world).await];
        let mut tries = tokio::task::JoinSet::new();
        for number in 0..30 {
            let process = processes[number % 2].clone();
            tries.spawn(async move {
                try_in(&process, "nadie@prueba.co", WRONG, &format!("198.51.100.{number}")).await
            });
        }
        let outcomes = tries.join_all().await;
        let wrong = outcomes.iter().filter(|outcome| was_wrong(outcome)).count();
        let waiting = outcomes.iter().filter(|outcome| must_wait(outcome)).count();
        assert_eq!((wrong, waiting), (5, 25), "{engine:?}");
    }
}

#[tokio::test]
async fn success_forgives_the_account_and_not_the_address() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.add("ana@prueba.co").await;
        let (process, address) = (&world.identity, "192.0.2.1");
        let mut failed = 0;
        // Whoever has an account tries another password after each success.
        while failed < 40 {
            if must_wait(&try_in(process, "ana@prueba.co", WRONG, address).await) {
                break;
            }
            failed += 1;
            if must_wait(&try_in(process, "ana@prueba.co", PASSWORD, address).await) {
                break;
            }
        }
        assert_eq!(failed, 20, "{engine:?}: the address ran out of free failures, the account did not");
    }
}

#[tokio::test]
async fn an_address_waits_whoever_it_tries() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        for number in 0..20 {
            let outcome = try_in(&world.identity, &format!("a{number}@prueba.co"), WRONG, "192.0.2.1").await;
            assert!(was_wrong(&outcome), "{engine:?}: {number}");
        }
        let other = another_process(&world).await;
        assert!(must_wait(&try_in(&other, "b@prueba.co", WRONG, "192.0.2.1").await), "{engine:?}");
        assert!(was_wrong(&try_in(&other, "b@prueba.co", WRONG, "192.0.2.2").await), "{engine:?}");
    }
}

#[tokio::test]
async fn what_is_a_day_old_is_forgotten_and_swept() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        for _ in 0..4 {
            let outcome = try_in(&world.identity, "a@prueba.co", WRONG, "192.0.2.1").await;
            assert!(was_wrong(&outcome), "{engine:?}");
        }
        assert!(!world.identity.sweep().await.unwrap(), "{engine:?}: they still count");
        world.clock.advance(SignedDuration::from_hours(25));
        for _ in 0..4 {
            let outcome = try_in(&world.identity, "a@prueba.co", WRONG, "192.0.2.2").await;
            assert!(was_wrong(&outcome), "{engine:?}: a day later the count begins anew");
        }
        // The first address was not seen again; the account was.
        assert!(world.identity.sweep().await.unwrap(), "{engine:?}");
        assert!(!world.identity.sweep().await.unwrap(), "{engine:?}");
    }
}

/// Neither an e-mail address nor an address of the network can be read in the store.
#[tokio::test]
async fn the_store_does_not_tell_who_failed() {
    let world = World::on(Engine::Sqlite).await;
    let _ = try_in(&world.identity, "a@prueba.co", WRONG, "192.0.2.1").await;
    for file in ["litper.db", "litper.db-wal"] {
        let bytes = std::fs::read(world.test.folder.path().join(file)).unwrap();
        for clear in ["a@prueba.co", "192.0.2.1"] {
            assert!(!bytes.windows(clear.len()).any(|window| window == clear.as_bytes()), "{file}: {clear}");
        }
    }
}

/// Five wrong tries, from another network each: it is the account that is locked.
async fn fail(world: &World, email: &str, round: u8) {
    for number in 0..5 {
        let outcome = try_in(&world.identity, email, WRONG, &format!("198.51.{round}.{number}")).await;
        assert!(was_wrong(&outcome), "{email} {round} {number}");
    }
}

/// Five tries, half an hour of nothing, five tries again: whether or not the account exists.
#[tokio::test]
async fn five_failures_lock_an_account_for_half_an_hour() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.add("ana@prueba.co").await;
        for (round, email) in ["ana@prueba.co", "nadie@prueba.co"].repeat(3).into_iter().enumerate() {
            fail(&world, email, u8::try_from(round).unwrap()).await;
            let outcome = try_in(&world.identity, email, PASSWORD, "192.0.2.1").await;
            let Err(LogInError::TooManyAttempts { wait }) = outcome else { panic!("{engine:?} {email}") };
            assert_eq!(wait, SignedDuration::from_mins(30), "{engine:?} {email}");
            world.clock.advance(SignedDuration::from_mins(30));
        }
        assert!(try_in(&world.identity, "ana@prueba.co", PASSWORD, "192.0.2.1").await.is_ok(), "{engine:?}");
    }
}

/// Anybody can fail in somebody's name, from as many addresses as they can get.
#[tokio::test]
async fn strangers_do_not_lock_out_a_browser_that_is_known() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.add("ana@prueba.co").await;
        world.add("luis@prueba.co").await;
        let device = world.log_in("ana@prueba.co", PASSWORD).await.unwrap().device;
        let try_with = async |email: &str, password: &str, device: &SecretString| {
            let visitor = Visitor { device: Some(device.clone()), ..from("192.0.2.9") };
            world.identity.log_in(email, password.to_owned().into(), &visitor).await
        };
        for number in 0..5 {
            let address = format!("198.51.100.{number}");
            for email in ["ana@prueba.co", "luis@prueba.co"] {
                assert!(was_wrong(&try_in(&world.identity, email, WRONG, &address).await), "{engine:?}");
            }
        }
        let again = try_with("ana@prueba.co", PASSWORD, &device).await.unwrap();
        assert_eq!(again.device.expose_secret(), device.expose_secret(), "{engine:?}: known already");
        let outcome = try_in(&world.identity, "ana@prueba.co", PASSWORD, "192.0.2.9").await;
        assert!(must_wait(&outcome), "{engine:?}: any other browser waits");
        let others = try_with("luis@prueba.co", PASSWORD, &device).await.map(drop);
        assert!(must_wait(&others), "{engine:?}: it is known for its own account alone");
        let made_up = SecretString::from(format!("{}x", device.expose_secret()));
        assert!(must_wait(&try_with("ana@prueba.co", PASSWORD, &made_up).await.map(drop)), "{engine:?}");

        // A stolen browser has five tries too.
        for _ in 0..5 {
            let outcome = try_with("ana@prueba.co", WRONG, &device).await.map(drop);
            assert!(was_wrong(&outcome), "{engine:?}");
        }
        assert!(must_wait(&try_with("ana@prueba.co", PASSWORD, &device).await.map(drop)), "{engine:?}");
        let password = "lápiz nube mesa";
        world
            .identity
            .set_password(world.tenant.id, "ana@prueba.co", password.to_owned().into())
            .await
            .unwrap();
        let outcome = try_with("ana@prueba.co", password, &device).await;
        assert!(outcome.is_ok(), "{engine:?}: a new password begins anew");
    }
}

#[tokio::test]
async fn a_password_that_was_set_may_be_used_at_once() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let fail = async |email: &str| {
            for _ in 0..5 {
                assert!(was_wrong(&try_in(&world.identity, email, WRONG, "192.0.2.1").await), "{engine:?}");
            }
            let outcome = try_in(&world.identity, email, PASSWORD, "192.0.2.2").await;
            assert!(must_wait(&outcome), "{engine:?} {email}");
        };
        world.add("ana@prueba.co").await;
        fail("ana@prueba.co").await;
        let password = || PASSWORD.to_owned().into();
        world.identity.set_password(world.tenant.id, "Ana@prueba.co", password()).await.unwrap();
        let outcome = try_in(&world.identity, "ana@prueba.co", PASSWORD, "192.0.2.2").await;
        assert!(outcome.is_ok(), "{engine:?}: an administrator set the password");

        fail("luis@prueba.co").await;
        let link = world.identity.create_setup_link(world.tenant.id).await.unwrap();
        let email = "Luis@prueba.co".to_owned();
        let redeemed = world
            .identity
            .redeem_setup_link(&link, "Luis".into(), email, password(), &from("192.0.2.2"))
            .await;
        assert!(redeemed.is_ok(), "{engine:?}");
        let outcome = try_in(&world.identity, "luis@prueba.co", PASSWORD, "192.0.2.2").await;
        assert!(outcome.is_ok(), "{engine:?}: a link was used");
    }
}

const ROWS: Statement = Statement::new("rows", Audience::System, "select count(*) from login_failures");

async fn rows(world: &World) -> i64 {
    let mut tx = world.test.db.read(Scope::System(SystemReason::Administration)).await.unwrap();
    let rows = tx.fetch_one(&ROWS, bind![]).await.unwrap().get(0).unwrap();
    tx.commit().await.unwrap();
    rows
}

#[tokio::test]
async fn an_address_that_waits_counts_no_account() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        for number in 0..30 {
            // All of one customer's network.
            let from = format!("2001:db8:7:{number}::1");
            let _ = try_in(&world.identity, &format!("a{number}@prueba.co"), WRONG, &from).await;
        }
        assert_eq!(rows(&world).await, 21, "{engine:?}: the network and its twenty free tries");
    }
}

/// As if so many accounts had been invented.
const INVENT: Statement = Statement::new(
    "invent",
    Audience::System,
    "with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000)
     insert into login_failures (tenant_id, subject, failures, last_at, wait_until)
     select $1, cast(cast(i as text) as blob), 1, $2, 0 from n",
)
.on_postgres(
    "insert into login_failures (tenant_id, subject, failures, last_at, wait_until)
     select $1, convert_to(cast(i as text), 'UTF8'), 1, $2, 0 from generate_series(1, 20000) as n (i)",
);

#[tokio::test]
async fn invented_accounts_do_not_fill_the_store() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.add("ana@prueba.co").await;
        assert!(was_wrong(&try_in(&world.identity, "ana@prueba.co", WRONG, "192.0.2.1").await), "{engine:?}");
        let mut tx = world.test.db.write(Scope::System(SystemReason::Administration)).await.unwrap();
        tx.execute(&INVENT, bind![uuid::Uuid::nil(), world.clock.now()]).await.unwrap();
        tx.commit().await.unwrap();
        let before = rows(&world).await;
        for number in 0..4 {
            let outcome = try_in(&world.identity, &format!("a{number}@prueba.co"), WRONG, "192.0.2.1").await;
            assert!(was_wrong(&outcome), "{engine:?} {number}");
            assert!(
                was_wrong(&try_in(&world.identity, "ana@prueba.co", WRONG, "192.0.2.1").await),
                "{engine:?}"
            );
        }
        assert_eq!(rows(&world).await, before, "{engine:?}: no row for an account that had none");
        let outcome = try_in(&world.identity, "ana@prueba.co", PASSWORD, "192.0.2.2").await;
        assert!(must_wait(&outcome), "{engine:?}: an account that had one is still counted");
        for number in 0..11 {
            let outcome = try_in(&world.identity, &format!("b{number}@prueba.co"), WRONG, "192.0.2.1").await;
            assert!(was_wrong(&outcome), "{engine:?} {number}");
        }
        let outcome = try_in(&world.identity, "c@prueba.co", WRONG, "192.0.2.1").await;
        assert!(must_wait(&outcome), "{engine:?}: the address is counted all the same");
    }
}
