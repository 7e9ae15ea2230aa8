//! Uploaded files that nobody will read.

use std::fs::File;
use std::time::{Duration, UNIX_EPOCH};

use domain::{Clock, SignedDuration, micros};
use integrations::Status;
use testkit::ENGINES;

use crate::world::World;

#[tokio::test]
async fn left_over_uploads_go_after_a_day() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let folder = world.test.folder.path().join("imports");
        let put = |name: &str, hours: u64| {
            let now = UNIX_EPOCH + Duration::from_micros(micros(world.clock.now()) as u64);
            let file = File::options().create(true).append(true).open(folder.join(name)).unwrap();
            file.set_modified(now - Duration::from_hours(hours)).unwrap();
        };
        let id = world.upload(tenant, 3).await;
        put(&format!("{id}.upload"), 50);
        put("01981234-0000-7000-8000-000000000000.upload", 25);
        put("01981234-0000-7000-8000-000000000003.upload.part", 25);
        put("01981234-0000-7000-8000-000000000001.upload", 23);
        put("notes.txt", 500);
        assert!(!world.imports.tick_sweep().await.unwrap());
        let left = || {
            let mut names: Vec<String> = std::fs::read_dir(&folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        let mut expected = vec![
            format!("{id}.upload"),
            "01981234-0000-7000-8000-000000000001.upload".into(),
            "notes.txt".into(),
        ];
        expected.sort();
        assert_eq!(left(), expected, "{engine:?}");

        world.clock.advance(SignedDuration::from_mins(59));
        put("01981234-0000-7000-8000-000000000002.upload", 30);
        world.imports.tick_sweep().await.unwrap();
        assert_eq!(left().len(), 4, "{engine:?}: once an hour");
        world.clock.advance(SignedDuration::from_mins(61));
        world.imports.tick_sweep().await.unwrap();
        expected.retain(|name| !name.ends_with("1.upload"));
        assert_eq!(left(), expected, "{engine:?}");
        while world.imports.tick().await.unwrap() {}
        assert!(world.has_ended(tenant, id).await, "{engine:?}: its file was kept");
    }
}

#[tokio::test]
async fn a_file_that_nobody_lets_in_ends_after_seven_days() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let mut upload = world.imports.begin_upload().await.unwrap();
        upload.write(b"3").await.unwrap();
        let id = world.imports.hold_upload(upload, tenant, "file.csv", None).await.unwrap();
        let file = world.test.folder.path().join("imports").join(format!("{id}.upload"));
        for (hours, status) in [(6 * 24, Status::Held), (48, Status::Failed)] {
            world.clock.advance(SignedDuration::from_hours(hours));
            assert!(!world.imports.tick().await.unwrap(), "{engine:?}: nobody works on it");
            world.imports.tick_sweep().await.unwrap();
            assert_eq!(world.import(tenant, id).await.status, status, "{engine:?}");
            assert!(file.exists() || status == Status::Failed);
        }
        assert_eq!(world.import(tenant, id).await.error.unwrap().code, "not_confirmed");
    }
}

#[tokio::test]
async fn a_file_without_its_columns_is_kept_for_seven_days() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let id = world.upload_as(tenant, "3 strange", None).await;
        let file = world.test.folder.path().join("imports").join(format!("{id}.upload"));
        while world.imports.tick().await.unwrap() {}
        for (hours, waits) in [(6 * 24, true), (48, false)] {
            world.clock.advance(SignedDuration::from_hours(hours));
            world.imports.tick_sweep().await.unwrap();
            let import = world.import(tenant, id).await;
            assert_eq!((import.status, import.waits()), (Status::Failed, waits), "{engine:?}");
            let error = import.error.unwrap();
            assert_eq!((error.code.as_str(), error.columns), ("missing_columns", vec!["guía".to_owned()]));
            assert!(file.exists() || !waits, "{engine:?}");
        }
    }
}
