//! Rounds through carriers' parcels.

use std::sync::Arc;

use database::Scope;
use domain::{SignedDuration, TrackingNumber, UserId};
use integrations::{ConnectedBy, ConnectionState, Rounds};
use ports::carriers::TrackError;
use testkit::ENGINES;
use tokio::sync::Notify;

use crate::toy_carriers::World;

#[tokio::test]
async fn a_round_asks_about_every_parcel_once() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.shelf.put("toy", 0..7);
        world.shelf.put("other", 50..52);
        world.rest().await;
        assert!(world.toy.asked().is_empty(), "{engine:?}: nobody is asked without a connection");
        world.connected().await;
        *world.shelf.races.lock().unwrap() = 2;
        world.rest().await;
        let mut asked = world.toy.asked();
        asked.sort();
        asked.dedup();
        assert_eq!(asked.len(), 7, "{engine:?}");
        let taken: usize = world.shelf.taken.lock().unwrap().iter().map(|(_, events)| events).sum();
        assert_eq!(taken, 7, "{engine:?}");
        let state = world.state("toy").await;
        assert_eq!(
            (state.state, state.answered_at.is_some()),
            (ConnectionState::Connected, true),
            "{engine:?}"
        );

        // What is due later is asked about in a later round.
        world.shelf.put("toy", 7..9);
        world.rest().await;
        assert!(world.toy.asked().is_empty(), "{engine:?}: the round is over");
        world.clock.advance(SignedDuration::from_mins(5));
        world.rest().await;
        assert_eq!(world.toy.asked().len(), 2, "{engine:?}");
    }
}

#[tokio::test]
async fn without_rounds_nobody_is_asked_for_what_was_begun_before_either() {
    for engine in ENGINES {
        let world = World::with(engine, Rounds::Off).await;
        world.connected().await;
        world.shelf.put("toy", 0..2);
        world.rest().await;
        let look = task_queue::NewTask {
            max_attempts: 1,
            ..task_queue::NewTask::new("carrier.look", &serde_json::json!({ "carrier": "toy" })).unwrap()
        };
        let mut tx = world.test.db.write(Scope::Tenant(world.tenant)).await.unwrap();
        world.tasks.enqueue(&mut tx, vec![look]).await.unwrap();
        tx.commit().await.unwrap();
        world.rest().await;
        assert!(world.toy.asked().is_empty(), "{engine:?}");
        assert_eq!(world.state("toy").await.state, ConnectionState::Untested, "{engine:?}");
        world.carriers.try_out(world.tenant, "toy").await.unwrap();
        assert_eq!(world.toy.asked(), ["check"], "{engine:?}: a person may try it out");
    }
}

#[tokio::test]
async fn a_carrier_that_fails_has_its_peace_and_loses_nothing() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.connected().await;
        world.shelf.put("toy", 0..2);
        world.toy.fail(Some(TrackError::Unavailable("http_503".into())));
        world.rest().await;
        assert_eq!(world.toy.asked().len(), 2, "{engine:?}");
        let state = world.state("toy").await;
        let expected = (ConnectionState::Unreachable, Some("http_503"));
        assert_eq!((state.state, state.detail.as_deref()), expected, "{engine:?}");
        assert_eq!(world.shelf.taken.lock().unwrap().len(), 1, "{engine:?}: what was answered first counts");
        world.clock.advance(SignedDuration::from_mins(5));
        world.rest().await;
        assert_eq!(world.toy.asked().len(), 1, "{engine:?}");
        world.clock.advance(SignedDuration::from_mins(9));
        world.rest().await;
        assert!(world.toy.asked().is_empty(), "{engine:?}: after two failures it waits ten minutes");
        world.toy.fail(None);
        world.clock.advance(SignedDuration::from_mins(1));
        world.rest().await;
        assert_eq!(world.toy.asked().len(), 1, "{engine:?}");
        assert_eq!(world.state("toy").await.state, ConnectionState::Connected, "{engine:?}");

        // Refused, it waits for new words, or six hours.
        world.shelf.put("toy", 3..5);
        world.toy.fail(Some(TrackError::Unauthorised));
        world.clock.advance(SignedDuration::from_mins(5));
        world.rest().await;
        world.toy.asked();
        world.clock.advance(SignedDuration::from_hours(5));
        world.rest().await;
        assert!(world.toy.asked().is_empty(), "{engine:?}");
        world.toy.fail(None);
        world.connect("toy", &[("word", "better")]).await.unwrap();
        world.rest().await;
        assert_eq!(world.toy.asked().len(), 1, "{engine:?}");
    }
}

#[tokio::test]
async fn an_aggregator_is_asked_about_the_parcels_of_those_without_a_way() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.connect("many", &[("user", "u"), ("word", "w")]).await.unwrap();
        world.connected().await;
        world.shelf.put("toy", 0..2);
        world.shelf.put("other", 50..52);
        world.rest().await;
        assert_eq!(world.many.asked(), ["10000000050", "10000000051"], "{engine:?}");
        assert_eq!(world.toy.asked().len(), 2, "{engine:?}");
        let by = ConnectedBy::User(UserId::from(testkit::ids(9).next()));
        world.carriers.disconnect(world.tenant, "toy", by).await.unwrap();
        world.shelf.put("toy", 5..6);
        world.clock.advance(SignedDuration::from_mins(5));
        world.rest().await;
        assert_eq!(world.many.asked(), ["10000000005"], "{engine:?}");
    }
}

#[tokio::test]
async fn refused_numbers_hold_up_nobody() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.connected().await;
        world.shelf.put("toy", 0..9);
        // A question about two of them, and one about one of them.
        *world.toy.odd.lock().unwrap() =
            ["10000000000", "10000000001", "10000000005"].map(str::to_owned).into();
        world.rest().await;
        let mut asked = world.toy.asked();
        asked.dedup();
        assert_eq!(asked.len(), 9, "{engine:?}: each is asked about once: {asked:?}");
        assert!(world.shelf.due.lock().unwrap().is_empty(), "{engine:?}: none is asked about at once again");
        let taken: usize = world.shelf.taken.lock().unwrap().iter().map(|(_, events)| events).sum();
        assert_eq!(taken, 6, "{engine:?}");
        assert_eq!(world.state("toy").await.state, ConnectionState::Connected, "{engine:?}");
    }
}

#[tokio::test]
async fn a_carrier_that_refuses_everything_is_left_alone_for_a_while() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.connected().await;
        world.shelf.put("toy", 0..20);
        *world.toy.odd.lock().unwrap() = (0..20).map(|n| format!("1{n:010}")).collect();
        world.rest().await;
        let first = world.toy.asked();
        assert_eq!(world.state("toy").await.state, ConnectionState::QuestionRefused, "{engine:?}");
        assert!(first.len() < 10, "{engine:?}: {first:?}");
        world.clock.advance(SignedDuration::from_mins(5));
        world.rest().await;
        let second = world.toy.asked();
        assert!(!second.is_empty() && second.iter().all(|number| !first.contains(number)), "{engine:?}");
        world.clock.advance(SignedDuration::from_mins(9));
        world.rest().await;
        assert!(world.toy.asked().is_empty(), "{engine:?}: after two such rounds it waits ten minutes");

        // A single one that nobody answers about is told too.
        world.shelf.due.lock().unwrap().clear();
        world.shelf.put("toy", 0..1);
        world.connect("toy", &[("word", "better")]).await.unwrap();
        world.rest().await;
        assert_eq!(world.state("toy").await.state, ConnectionState::QuestionRefused, "{engine:?}");
    }
}

#[tokio::test]
async fn an_answer_ends_what_failed_before() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.connected().await;
        world.toy.fail(Some(TrackError::Unavailable("http_503".into())));
        // Each round brings an answer before it fails, so the wait stays the shortest.
        for round in 0..4 {
            world.shelf.put("toy", round * 10..round * 10 + 2);
            world.rest().await;
            assert!(!world.toy.asked().is_empty(), "{engine:?} {round}");
            world.clock.advance(SignedDuration::from_mins(5));
        }
    }
}

#[tokio::test]
async fn asking_makes_no_shipments() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.connected().await;
        world.shelf.put("toy", 0..2);
        world.toy.strangers.lock().unwrap().push(TrackingNumber::parse("99999999999").unwrap());
        world.rest().await;
        let taken: usize = world.shelf.taken.lock().unwrap().iter().map(|(_, events)| events).sum();
        assert_eq!(taken, 2, "{engine:?}: none of a number that nobody asked about");
    }
}

#[tokio::test]
async fn what_was_begun_with_another_connection_says_nothing_of_this_one() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.connected().await;
        world.shelf.put("toy", 0..2);
        world.toy.fail(Some(TrackError::Unauthorised));
        let (asked, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        *world.toy.gate.lock().unwrap() = Some((asked.clone(), answer.clone()));
        let by = ConnectedBy::User(UserId::from(testkit::ids(9).next()));
        // While the carrier thinks, the organisation connects anew: versions begin at 1 again.
        let anew = async {
            asked.notified().await;
            world.carriers.disconnect(world.tenant, "toy", by).await.unwrap();
            world.connected().await;
            answer.notify_one();
        };
        let test = world.carriers.try_out(world.tenant, "toy");
        let (tried, ()) = tokio::join!(test, anew);
        assert_eq!(tried.unwrap().unwrap().state, ConnectionState::Untested, "{engine:?}");

        let round = async {
            world.carriers.tick().await.unwrap();
            world.tasks.tick().await.unwrap();
        };
        let anew = async {
            asked.notified().await;
            world.carriers.disconnect(world.tenant, "toy", by).await.unwrap();
            world.connected().await;
            world.toy.gate.lock().unwrap().take();
            answer.notify_one();
        };
        tokio::join!(round, anew);
        let state = world.state("toy").await;
        assert_eq!((state.state, state.answered_at), (ConnectionState::Untested, None), "{engine:?}");
    }
}

#[tokio::test]
async fn a_round_whose_task_is_still_open_wakes_nobody() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.connected().await;
        assert!(world.carriers.tick().await.unwrap(), "{engine:?}");
        // Nobody works on its task before the next round.
        world.clock.advance(SignedDuration::from_mins(5));
        let mut work = world.test.db.work();
        work.mark_unchanged();
        assert!(world.carriers.tick().await.unwrap(), "{engine:?}");
        assert!(!work.has_changed().unwrap(), "{engine:?}: there is nothing new to do");
        world.clock.advance(SignedDuration::from_secs(9));
        assert!(!world.carriers.tick().await.unwrap(), "{engine:?}: not at once again");
        world.clock.advance(SignedDuration::from_secs(1));
        assert!(world.carriers.tick().await.unwrap(), "{engine:?}");
    }
}
