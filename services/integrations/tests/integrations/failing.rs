//! Files that are not as they should be, and readers that take their time.

use domain::{SignedDuration, UserId};
use integrations::{Phase, Status};
use ports::layouts::{Field, Layout};
use testkit::ENGINES;

use crate::world::World;

#[tokio::test]
async fn failures_are_listed_once_although_the_file_was_begun_twice() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let by = UserId::from(testkit::ids(5).next());
        // Long enough that one tick does not read it all.
        let id = world.upload_as(tenant, "12000 bad", Some(by)).await;
        while world.import(tenant, id).await.totals.rows_failed == 0 {
            world.imports.tick().await.unwrap();
        }
        assert_eq!(world.import(tenant, id).await.phase, Phase::Reading, "{engine:?}");
        assert!(!world.imports.failures(tenant, id, 10).await.unwrap().is_empty(), "{engine:?}");
        // The first worker is gone: another one begins anew.
        world.clock.advance(SignedDuration::from_secs(31));
        let other = world.another_worker();
        while other.tick().await.unwrap() {}
        let import = world.import(tenant, id).await;
        assert_eq!((import.status, import.created_by), (Status::Partial, Some(by)), "{engine:?}");
        assert_eq!(import.totals.rows_failed, 1_200, "{engine:?}");
        let failures = world.imports.failures(tenant, id, 5_000).await.unwrap();
        assert_eq!(failures.len(), 1_200, "{engine:?}");
        assert_eq!((failures[0].row, failures[0].value.as_str()), (10, "12"), "{engine:?}");
        assert_eq!(
            (failures[1].row, failures[1].value.as_str()),
            (20, ""),
            "{engine:?}: nothing stood there"
        );
        assert!(failures.iter().all(|failure| failure.row_left_out), "{engine:?}");
        assert_eq!(world.target.rows_of(tenant).len(), 10_800, "{engine:?}");
        let page = world.imports.list(tenant, None, 10).await.unwrap();
        assert_eq!(page.items.len(), 1, "{engine:?}");
    }
}

#[tokio::test]
async fn a_damaged_file_changes_nothing_and_says_why() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let id = world.upload_as(tenant, "1200 damaged", None).await;
        while world.imports.tick().await.unwrap() {}
        let import = world.import(tenant, id).await;
        let error = import.error.unwrap();
        assert_eq!((import.status, error.code.as_str()), (Status::Failed, "unreadable_file"), "{engine:?}");
        assert_eq!(error.detail, "unreadable file: it breaks off", "{engine:?}");
        assert!(world.target.rows_of(tenant).is_empty(), "{engine:?}");
        // It may come again, better perhaps.
        world.upload_as(tenant, "1200 damaged", None).await;
    }
}

#[tokio::test]
async fn a_layout_remembers_who_confirmed_it() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let by = UserId::from(testkit::ids(5).next());
        let id = world.upload_as(tenant, "3 strange", Some(by)).await;
        while world.imports.tick().await.unwrap() {}
        let held = world.import(tenant, id).await;
        assert!(held.waits(), "{engine:?}");
        assert_eq!((held.status, held.error.unwrap().columns), (Status::Failed, vec!["guía".to_owned()]));
        let layout =
            Layout { first_row: 1, columns: [(0, Field::TrackingNumber)].into(), ..Layout::default() };
        world.imports.confirm(tenant, id, Some((layout, "Mi hoja".into())), Some(by)).await.unwrap();
        while world.imports.tick().await.unwrap() {}
        let import = world.import(tenant, id).await;
        assert_eq!((import.status, import.error), (Status::Completed, None), "{engine:?}");
        assert_eq!(world.target.rows_of(tenant).len(), 3, "{engine:?}");
        let saved = world.imports.profiles(tenant).await.unwrap();
        assert_eq!((saved[0].name.as_str(), saved[0].created_by), ("Mi hoja", Some(by)), "{engine:?}");
        assert!(world.imports.profiles(world.tenant(2).await).await.unwrap().is_empty(), "{engine:?}");
    }
}

#[tokio::test]
async fn what_a_dead_predecessor_held_is_free_at_once() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let id = world.upload_as(tenant, "12000 bad", None).await;
        while world.import(tenant, id).await.totals.rows_failed == 0 {
            world.imports.tick().await.unwrap();
        }
        let other = world.another_worker();
        assert!(!other.tick().await.unwrap(), "{engine:?}: the first one holds it");
        other.free_leases().await.unwrap();
        while other.tick().await.unwrap() {}
        let import = world.import(tenant, id).await;
        assert_eq!((import.status, import.totals.rows_failed), (Status::Partial, 1_200), "{engine:?}");
        other.free_leases().await.unwrap();
        assert!(!other.tick().await.unwrap(), "{engine:?}: what has ended stays ended");
    }
}

#[tokio::test]
async fn a_reader_that_takes_its_time_keeps_its_import() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let id = world.upload_as(tenant, "5 slow", None).await;
        let other = world.another_worker();
        for _ in 0..4 {
            world.imports.tick().await.unwrap();
            world.clock.advance(SignedDuration::from_secs(11));
            world.imports.tick().await.unwrap();
            assert!(!other.tick().await.unwrap(), "{engine:?}: the lease was renewed meanwhile");
        }
        assert_eq!(world.import(tenant, id).await.phase, Phase::Reading, "{engine:?}");
        world.gate.open();
        while world.imports.tick().await.unwrap() {}
        assert!(world.has_ended(tenant, id).await, "{engine:?}");
    }
}
