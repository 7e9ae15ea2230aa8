//! A tick is short, and everybody has a turn.

use std::time::{Duration, Instant};

use domain::SignedDuration;
use integrations::{Phase, Status};
use testkit::ENGINES;

use crate::world::World;

/// A tick works for 200 or 400 ms and then ends the transaction it is in; builds without optimisation on a busy
/// machine get ten times as long.
const LONGEST_TICK: Duration = Duration::from_secs(2);
const MANY: u32 = 15_000;

#[tokio::test]
async fn a_large_import_is_worked_on_in_short_ticks() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let id = world.upload(tenant, MANY).await;
        let mut ticks = 0;
        loop {
            let began = Instant::now();
            let worked = world.imports.tick().await.unwrap();
            assert!(began.elapsed() < LONGEST_TICK, "{engine:?}: {:?}", began.elapsed());
            if !worked {
                break;
            }
            ticks += 1;
        }
        assert!(ticks > 2, "{engine:?}: {ticks} ticks");
        assert!(world.has_ended(tenant, id).await, "{engine:?}");
        let rows = world.target.rows_of(tenant);
        assert!(rows.iter().copied().eq(1..=MANY), "{engine:?}: every row once, in the file's order");
    }
}

#[tokio::test]
async fn a_small_file_of_another_tenant_overtakes_a_large_one() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let (large, small) = (world.tenant(1).await, world.tenant(2).await);
        let first = world.upload(large, MANY).await;
        world.imports.tick().await.unwrap();
        let second = world.upload(small, 3).await;
        let third = world.upload(large, 5).await;
        let mut ticks = 0;
        while !world.has_ended(small, second).await {
            assert!(world.imports.tick().await.unwrap());
            ticks += 1;
        }
        assert!(ticks <= 4, "{engine:?}: {ticks} ticks");
        assert_eq!(world.import(large, first).await.status, Status::Running, "{engine:?}");
        // A tenant's own files stay in their order.
        while world.imports.tick().await.unwrap() {
            let waits = world.import(large, third).await.status == Status::Queued;
            assert!(waits || world.has_ended(large, first).await, "{engine:?}");
        }
        assert!(world.has_ended(large, third).await, "{engine:?}");
        assert_eq!(world.target.rows_of(small), [1, 2, 3], "{engine:?}");
    }
}

#[tokio::test]
async fn many_small_files_of_one_tenant_do_not_keep_another_waiting() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let (many, one) = (world.tenant(1).await, world.tenant(2).await);
        for rows in 1..20 {
            world.upload(many, rows).await;
        }
        let wanted = world.upload(one, 7).await;
        for _ in 0..8 {
            world.imports.tick().await.unwrap();
        }
        assert!(world.has_ended(one, wanted).await, "{engine:?}");
    }
}

#[tokio::test]
async fn a_worker_keeps_its_import_until_it_falls_silent() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let id = world.upload(tenant, MANY).await;
        while world.import(tenant, id).await.phase != Phase::Applying {
            world.imports.tick().await.unwrap();
        }
        let other = world.another_worker();
        for _ in 0..3 {
            world.clock.advance(SignedDuration::from_secs(20));
            world.imports.tick().await.unwrap();
            assert!(!other.tick().await.unwrap(), "{engine:?}: the lease was renewed");
        }
        assert_eq!(world.import(tenant, id).await.status, Status::Running, "{engine:?}");
        world.clock.advance(SignedDuration::from_secs(31));
        while other.tick().await.unwrap() {}
        assert!(world.has_ended(tenant, id).await, "{engine:?}");
        assert_eq!(world.target.rows_of(tenant).len() as u32, MANY, "{engine:?}");
        assert!(!world.imports.tick().await.unwrap(), "{engine:?}: nothing is left for the silent one");
    }
}

#[tokio::test]
async fn a_failed_step_waits_for_its_lease_and_goes_on_at_its_cursor() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let id = world.upload(tenant, 250).await;
        while world.import(tenant, id).await.phase != Phase::Applying {
            world.imports.tick().await.unwrap();
        }
        world.target.fail(true);
        assert!(world.imports.tick().await.is_err(), "{engine:?}");
        world.target.fail(false);
        assert!(!world.imports.tick().await.unwrap(), "{engine:?}: not at once");
        world.clock.advance(SignedDuration::from_secs(31));
        while world.imports.tick().await.unwrap() {}
        assert!(world.has_ended(tenant, id).await, "{engine:?}");
        assert_eq!(world.target.rows_of(tenant).len(), 250, "{engine:?}");
    }
}

#[tokio::test]
async fn an_import_that_never_gets_further_is_given_up() {
    let world = World::on(database::Engine::Sqlite).await;
    let tenant = world.tenant(1).await;
    let id = world.upload(tenant, 250).await;
    while world.import(tenant, id).await.phase != Phase::Applying {
        world.imports.tick().await.unwrap();
    }
    world.target.fail(true);
    for _ in 0..10 {
        let _ = world.imports.tick().await;
        world.clock.advance(SignedDuration::from_secs(31));
    }
    let import = world.import(tenant, id).await;
    assert_eq!(import.status, Status::Failed);
    assert_eq!(import.error.unwrap().code, "internal");
}
