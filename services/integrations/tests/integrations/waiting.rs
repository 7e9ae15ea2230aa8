//! Files that wait for a person, and the work that is done while a person waits.

use std::time::Duration;

use domain::{ImportId, TenantId};
use integrations::{LayoutError, Status};
use ports::files::RowFailureReason;
use ports::layouts::{Field, Layout};
use testkit::ENGINES;

use crate::world::World;

async fn held(world: &World, tenant: TenantId, content: &str) -> ImportId {
    let mut upload = world.imports.begin_upload().await.unwrap();
    upload.write(content.as_bytes()).await.unwrap();
    world.imports.hold_upload(upload, tenant, "file.csv", None).await.unwrap()
}

#[tokio::test]
async fn a_request_that_is_cut_off_keeps_its_turn_until_its_thread_ends() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let slow = [held(&world, tenant, "3 slow").await, held(&world, tenant, "4 slow").await];
        let quick = held(&world, tenant, "5").await;
        let requests = slow.map(|id| {
            let imports = world.imports.clone();
            tokio::spawn(async move { imports.preview(tenant, id, None).await.map(|_| ()) })
        });
        world.gate.besieged_by(2).await;
        for request in requests {
            request.abort();
            assert!(request.await.unwrap_err().is_cancelled(), "{engine:?}");
        }
        let third = world.imports.preview(tenant, quick, None);
        let third = tokio::time::timeout(Duration::from_millis(300), third).await;
        assert!(third.is_err(), "{engine:?}: both threads read on");
        world.gate.open();
        let preview = world.imports.preview(tenant, quick, None).await.unwrap();
        assert_eq!(preview.counts.rows_usable, 5, "{engine:?}");
    }
}

#[tokio::test]
async fn who_comes_second_is_told_how_the_import_stands() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let id = held(&world, tenant, "3 slow").await;
        let layout = Layout {
            header_row: Some(1),
            first_row: 2,
            columns: [(0, Field::TrackingNumber)].into(),
            ..Layout::default()
        };
        let confirm = world.imports.confirm(tenant, id, Some((layout, "Mi hoja".into())), None);
        let discard = async {
            world.gate.besieged_by(1).await;
            let discarded = world.imports.discard(tenant, id).await;
            world.gate.open();
            discarded
        };
        let (confirmed, discarded) = tokio::join!(confirm, discard);
        assert!(discarded.is_ok(), "{engine:?}: {discarded:?}");
        let failed = matches!(confirmed, Err(LayoutError::NotWaiting(Status::Failed)));
        assert!(failed, "{engine:?}: {confirmed:?}");

        let id = held(&world, tenant, "4").await;
        let both = tokio::join!(world.imports.discard(tenant, id), world.imports.discard(tenant, id));
        let outcomes = [both.0, both.1];
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{engine:?}: {outcomes:?}");

        let id = held(&world, tenant, "5").await;
        world.imports.confirm(tenant, id, None, None).await.unwrap();
        let discarded = world.imports.discard(tenant, id).await;
        assert!(
            matches!(discarded, Err(LayoutError::NotWaiting(Status::Queued))),
            "{engine:?}: {discarded:?}"
        );
        let unknown = ImportId::from(testkit::ids(99).next());
        let discarded = world.imports.discard(tenant, unknown).await;
        assert!(matches!(discarded, Err(LayoutError::Unknown)), "{engine:?}: {discarded:?}");
    }
}

#[tokio::test]
async fn failed_rows_are_kept_as_far_as_there_is_room_and_the_rest_is_told() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let id = world.upload_as(tenant, "20 huge", None).await;
        while world.imports.tick().await.unwrap() {}
        let import = world.import(tenant, id).await;
        assert_eq!(import.totals.rows_failed, 20, "{engine:?}");
        let warnings: Vec<_> =
            import.warnings.iter().map(|each| (each.code.as_str(), each.detail.as_str())).collect();
        assert_eq!(warnings, [("failed_rows_left_out", "5")], "{engine:?}");
        let say = |_: RowFailureReason| "largo";
        let found = world.imports.failed_rows(tenant, id, "Motivo", say).await.unwrap();
        assert_eq!(found.csv.lines().count(), 16, "{engine:?}: titles and fifteen rows");
        assert_eq!(found.csv.lines().nth(15).map(|line| line.ends_with("x;nota: largo")), Some(true));
        let other = world.imports.failed_rows(world.tenant(2).await, id, "Motivo", say).await;
        assert!(matches!(other, Err(LayoutError::Unknown)), "{engine:?}");
    }
}

#[tokio::test]
async fn a_file_bears_its_name_only_once_it_is_whole() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant(1).await;
        let folder = world.test.folder.path().join("imports");
        let names = || -> Vec<String> {
            let entries = std::fs::read_dir(&folder).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        };
        let mut upload = world.imports.begin_upload().await.unwrap();
        upload.write(b"3").await.unwrap();
        assert_eq!(names().len(), 1, "{engine:?}");
        assert!(names()[0].ends_with(".upload.part"), "{engine:?}: {:?}", names());
        let id = world.imports.finish_upload(upload, tenant, "file.csv", None).await.unwrap();
        assert_eq!(names(), [format!("{id}.upload")], "{engine:?}");
        // The same again, and one that breaks off, leave nothing behind.
        let mut again = world.imports.begin_upload().await.unwrap();
        again.write(b"3").await.unwrap();
        assert!(world.imports.finish_upload(again, tenant, "file.csv", None).await.is_err());
        drop(world.imports.begin_upload().await.unwrap());
        assert_eq!(names(), [format!("{id}.upload")], "{engine:?}");
    }
}
