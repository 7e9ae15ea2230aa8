//! What both engines promise, one function a promise, run on each.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

mod roles;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use database::{Audience, Engine, Error, Scope, Statement, SystemReason, bind};
use domain::{Ids, SeededIds, TenantId, Timestamp};
use testkit::{ENGINES, TestDb};
use uuid::Uuid;

const SYSTEM: Scope = Scope::System(SystemReason::Administration);

const INSERT: Statement = Statement::new(
    "insert",
    Audience::Tenant,
    "insert into unmapped_statuses
       (tenant_id, carrier_code, phrase, sample, seen_count, first_seen_at, last_seen_at)
     values ($1, $2, $3, $4, $5, $6, $7)",
);
const UPSERT: Statement = Statement::new(
    "upsert",
    Audience::Tenant,
    "insert into unmapped_statuses
       (tenant_id, carrier_code, phrase, sample, seen_count, first_seen_at, last_seen_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (tenant_id, carrier_code, phrase) do update
     set seen_count = unmapped_statuses.seen_count + excluded.seen_count",
);
const LIST: Statement = Statement::new(
    "list",
    Audience::Tenant,
    "select carrier_code, phrase, seen_count from unmapped_statuses where tenant_id = $1 order by phrase",
);
const FIND: Statement = Statement::new(
    "find",
    Audience::Tenant,
    "with wanted (tenant_id, phrase) as (values ($1, $2))
     select u.phrase, u.seen_count from wanted w
     join unmapped_statuses u on u.tenant_id = w.tenant_id and u.phrase = w.phrase",
);
const NULLS: Statement = Statement::new(
    "nulls",
    Audience::System,
    "select cast($1 as bigint), $2, $3, $4 where ($5 is null or $5 = $6)",
);

async fn tenant(test: &TestDb, seed: u64) -> TenantId {
    let id = TenantId::from(SeededIds::new(seed).next());
    let mut tx = test.db.write(SYSTEM).await.unwrap();
    test.db.keyring().create(&mut tx, id, Timestamp::UNIX_EPOCH).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn insert(test: &TestDb, tenant: TenantId, phrase: &str) -> database::Result<()> {
    let mut tx = test.db.write(Scope::Tenant(tenant)).await?;
    tx.execute(&INSERT, bind!["tcc", phrase, phrase, 1_i64, 0_i64, 0_i64]).await?;
    tx.commit().await
}

async fn phrases(test: &TestDb, tenant: TenantId) -> Vec<String> {
    let mut tx = test.db.read(Scope::Tenant(tenant)).await.unwrap();
    let rows = tx.fetch_all(&LIST, bind![]).await.unwrap();
    tx.commit().await.unwrap();
    rows.iter().map(|row| row.get(1).unwrap()).collect()
}

#[tokio::test]
async fn a_commit_is_visible_and_a_drop_is_not() {
    for engine in ENGINES {
        let test = TestDb::on(engine).await;
        let tenant = tenant(&test, 1).await;
        insert(&test, tenant, "A").await.unwrap();
        let mut tx = test.db.write(Scope::Tenant(tenant)).await.unwrap();
        tx.execute(&INSERT, bind!["tcc", "B", "B", 1_i64, 0_i64, 0_i64]).await.unwrap();
        drop(tx);
        // The next writer finds the dropped transaction rolled back, not waiting.
        insert(&test, tenant, "C").await.unwrap();
        assert_eq!(phrases(&test, tenant).await, ["A", "C"], "{engine:?}");
    }
}

#[tokio::test]
async fn what_is_said_after_a_commit_is_not_said_without_one() {
    for engine in ENGINES {
        let test = TestDb::on(engine).await;
        let tenant = tenant(&test, 1).await;
        let said = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
        let begin = async || {
            let mut tx = test.db.write(Scope::Tenant(tenant)).await.unwrap();
            let said = std::sync::Arc::clone(&said);
            tx.after_commit(move || {
                said.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            });
            tx
        };
        drop(begin().await);
        begin().await.rollback().await.unwrap();
        assert_eq!(said.load(std::sync::atomic::Ordering::SeqCst), 0, "{engine:?}");
        begin().await.commit().await.unwrap();
        assert_eq!(said.load(std::sync::atomic::Ordering::SeqCst), 1, "{engine:?}");
    }
}

#[tokio::test]
async fn a_taken_key_is_a_duplicate() {
    for engine in ENGINES {
        let test = TestDb::on(engine).await;
        let tenant = tenant(&test, 1).await;
        insert(&test, tenant, "A").await.unwrap();
        let error = insert(&test, tenant, "A").await.unwrap_err();
        assert!(error.is_duplicate(), "{engine:?}: {error}");
    }
}

/// As many writers as there are connections ask for keys that nobody has read yet: none waits for another to end.
#[tokio::test]
async fn keys_are_read_while_every_connection_is_held() {
    let test = TestDb::on(Engine::Postgres).await;
    let tenant = tenant(&test, 1).await;
    let mut held = Vec::new();
    for _ in 0..testkit::CONNECTIONS {
        held.push(test.db.write(Scope::Tenant(tenant)).await.unwrap());
    }
    let keys = test.db.keyring().tenant(&test.db, tenant);
    tokio::time::timeout(Duration::from_secs(5), keys).await.expect("no wait for the pool").unwrap();
}

#[tokio::test]
async fn a_tenant_sees_its_own_rows_only() {
    for engine in ENGINES {
        let test = TestDb::on(engine).await;
        let (ours, theirs) = (tenant(&test, 1).await, tenant(&test, 2).await);
        insert(&test, ours, "OURS").await.unwrap();
        insert(&test, theirs, "THEIRS").await.unwrap();
        assert_eq!(phrases(&test, ours).await, ["OURS"], "{engine:?}");
        assert_eq!(phrases(&test, theirs).await, ["THEIRS"], "{engine:?}");
    }
}

#[tokio::test]
async fn a_statement_runs_only_in_its_scope() {
    for engine in ENGINES {
        let test = TestDb::on(engine).await;
        let tenant = tenant(&test, 1).await;
        let mut tx = test.db.read(SYSTEM).await.unwrap();
        assert!(matches!(tx.fetch_all(&LIST, bind![]).await, Err(Error::WrongScope { .. })));
        let mut tx = test.db.read(Scope::Tenant(tenant)).await.unwrap();
        assert!(matches!(tx.fetch_all(&NULLS, bind![]).await, Err(Error::WrongScope { .. })));
    }
}

/// Row-level security is the second lock: a statement that forgets its tenant still meets its own rows.
#[tokio::test]
async fn postgres_hides_rows_from_a_statement_without_a_tenant() {
    let test = TestDb::on(Engine::Postgres).await;
    let (ours, theirs) = (tenant(&test, 1).await, tenant(&test, 2).await);
    insert(&test, ours, "OURS").await.unwrap();
    let careless =
        Statement::new("careless", Audience::Tenant, "select count(*) from unmapped_statuses where $1 = $1");
    let mut tx = test.db.read(Scope::Tenant(theirs)).await.unwrap();
    assert_eq!(tx.fetch_one(&careless, bind![]).await.unwrap().count(0).unwrap(), 0);
    tx.commit().await.unwrap();
    let foreign = Statement::new(
        "foreign",
        Audience::Tenant,
        "insert into unmapped_statuses
           (tenant_id, carrier_code, phrase, sample, seen_count, first_seen_at, last_seen_at)
         select $2, 'tcc', 'X', 'X', 1, 0, 0 where $1 = $1",
    );
    let mut tx = test.db.write(Scope::Tenant(theirs)).await.unwrap();
    assert!(tx.execute(&foreign, bind![ours]).await.is_err());
}

#[tokio::test]
async fn many_rows_go_in_and_come_out() {
    for engine in ENGINES {
        let test = TestDb::on(engine).await;
        let tenant = tenant(&test, 1).await;
        for count in [0_i64, 1, 3, 16, 85, 500] {
            let row = |n: i64| bind!["tcc", format!("P{n:04}"), "x", 1_i64, 0_i64, 0_i64];
            let mut tx = test.db.write(Scope::Tenant(tenant)).await.unwrap();
            let changed = tx.execute_many(&UPSERT, (0..count).map(row).collect()).await.unwrap();
            assert_eq!(changed, u64::try_from(count).unwrap(), "{engine:?}");
            tx.commit().await.unwrap();
        }
        let mut tx = test.db.read(Scope::Tenant(tenant)).await.unwrap();
        let wanted = (0..100).map(|n| bind![format!("P{:04}", n * 10)]).collect();
        let found = tx.fetch_many(&FIND, wanted).await.unwrap();
        assert_eq!(found.len(), 50, "{engine:?}");
        let all = tx.fetch_all(&LIST, bind![]).await.unwrap();
        assert_eq!(all.len(), 500, "{engine:?}");
        assert_eq!(all[0].get::<i64>(2).unwrap(), 5, "{engine:?}");
        assert_eq!(all[499].get::<i64>(2).unwrap(), 1, "{engine:?}");
    }
}

#[tokio::test]
async fn nulls_have_a_type() {
    for engine in ENGINES {
        let test = TestDb::on(engine).await;
        let mut tx = test.db.read(SYSTEM).await.unwrap();
        let none = bind![None::<i64>, None::<String>, None::<Uuid>, None::<Vec<u8>>, None::<&str>, "x"];
        let row = tx.fetch_one(&NULLS, none).await.unwrap();
        assert_eq!(row.get::<Option<i64>>(0).unwrap(), None, "{engine:?}");
        assert_eq!(row.get::<Option<String>>(1).unwrap(), None, "{engine:?}");
        assert!(row.get::<i64>(0).is_err(), "{engine:?}");
        let some = bind![7_i64, "text", Uuid::max(), vec![1_u8, 2], "y", "x"];
        assert!(tx.fetch_optional(&NULLS, some).await.unwrap().is_none(), "{engine:?}");
        let some = bind![i64::MIN, "ñ\u{0301}", Uuid::max(), vec![0_u8, 255], "x", "x"];
        let row = tx.fetch_one(&NULLS, some).await.unwrap();
        assert_eq!(row.get::<i64>(0).unwrap(), i64::MIN, "{engine:?}");
        assert_eq!(row.get::<String>(1).unwrap(), "ñ\u{0301}", "{engine:?}");
        assert_eq!(row.id::<TenantId>(2).unwrap().as_uuid(), Uuid::max(), "{engine:?}");
        assert_eq!(row.get::<Vec<u8>>(3).unwrap(), [0, 255], "{engine:?}");
    }
}

#[tokio::test]
async fn writers_on_one_store_all_get_their_turn() {
    for engine in ENGINES {
        let test = TestDb::on(engine).await;
        let tenant = tenant(&test, 1).await;
        let writers = (0..20).map(|_| {
            let db = test.db.clone();
            tokio::spawn(async move {
                let mut tx = db.write(Scope::Tenant(tenant)).await.unwrap();
                tx.execute(&UPSERT, bind!["tcc", "HOT", "x", 1_i64, 0_i64, 0_i64]).await.unwrap();
                tx.commit().await.unwrap();
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let mut tx = test.db.read(Scope::Tenant(tenant)).await.unwrap();
        let rows = tx.fetch_all(&LIST, bind![]).await.unwrap();
        assert_eq!(rows[0].get::<i64>(2).unwrap(), 20, "{engine:?}");
    }
}

/// Lets other tasks of this thread run until something is so; the time limit of the test is the end of it.
async fn until(so: impl Fn() -> bool) {
    while !so() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn long_work_makes_way_for_what_was_asked() {
    let test = TestDb::on(Engine::Sqlite).await;
    let scope = Scope::Tenant(tenant(&test, 1).await);
    let long = test.db.write_step(scope).await.unwrap();
    let begun = Arc::new(AtomicBool::new(false));
    let (db, flag) = (test.db.clone(), Arc::clone(&begun));
    let background = tokio::spawn(async move {
        flag.store(true, Ordering::SeqCst);
        db.write(scope).await.unwrap().commit().await.unwrap();
    });
    until(|| begun.load(Ordering::SeqCst)).await;
    tokio::task::yield_now().await;
    assert!(!test.db.should_make_way(), "the background has time");

    let db = test.db.clone();
    let asked = tokio::spawn(database::asked(async move { db.write(scope).await.unwrap().commit().await }));
    until(|| test.db.should_make_way()).await;
    let db = test.db.clone();
    let gone = tokio::spawn(database::asked(async move { db.write(scope).await.map(drop) }));
    tokio::task::yield_now().await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    assert!(test.db.should_make_way(), "one of the two still waits");
    long.commit().await.unwrap();
    asked.await.unwrap().unwrap();
    background.await.unwrap();
    assert!(!test.db.should_make_way(), "nobody waits any more");
}

#[tokio::test]
async fn a_reader_cannot_write() {
    for engine in ENGINES {
        let test = TestDb::on(engine).await;
        let tenant = tenant(&test, 1).await;
        let mut tx = test.db.read(Scope::Tenant(tenant)).await.unwrap();
        let values = bind!["tcc", "A", "A", 1_i64, 0_i64, 0_i64];
        assert!(tx.execute(&INSERT, values).await.is_err(), "{engine:?}");
    }
}

/// A full disk: SQLite ends the transaction by itself, and the driver is told of it only by the error.
#[tokio::test]
async fn a_full_disk_fails_a_write_and_not_all_that_follow() {
    let statement = |text| Statement::new("fill", Audience::System, text);
    let test = TestDb::on(Engine::Sqlite).await;
    let tenant = tenant(&test, 1).await;
    let text = "x".repeat(100_000);
    let row = |phrase: &str| bind!["tcc", phrase, text.as_str(), 1_i64, 0_i64, 0_i64];
    let mut tx = test.db.write(SYSTEM).await.unwrap();
    // As many pages as there are now.
    tx.fetch_all(&statement("pragma max_page_count = 1"), bind![]).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = test.db.write(Scope::Tenant(tenant)).await.unwrap();
    let mut failed = None;
    for at in 0..20 {
        if let Err(error) = tx.execute(&INSERT, row(&at.to_string())).await {
            failed = Some(error.to_string());
            break;
        }
    }
    assert!(failed.unwrap().contains("full"));
    drop(tx);
    for at in ["A", "B"] {
        let mut tx = test.db.write(Scope::Tenant(tenant)).await.unwrap();
        tx.execute(&INSERT, row(at)).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut tx = test.db.read(Scope::Tenant(tenant)).await.unwrap();
    assert_eq!(tx.fetch_all(&LIST, bind![]).await.unwrap().len(), 2, "and nothing of what failed");
}

#[tokio::test]
async fn a_store_without_a_table_is_told_from_one_with_tables() {
    for engine in ENGINES {
        let test = TestDb::blank(engine).await;
        assert!(!test.db.has_tables().await.unwrap(), "{engine:?}");
        assert!(!test.db.has_tables().await.unwrap(), "{engine:?}: asking makes none");
        test.db.migrate().await.unwrap();
        assert!(test.db.has_tables().await.unwrap(), "{engine:?}");
    }
}

#[tokio::test]
async fn another_master_key_is_noticed_at_once() {
    for engine in ENGINES {
        let test = TestDb::on(engine).await;
        let other = database::MasterKey::from_base64(&database::MasterKey::generate_base64()).unwrap();
        let db = database::Db::connect(&test.url, database::Options::default(), other).await.unwrap();
        assert!(matches!(db.migrate().await, Err(Error::Seal(_))), "{engine:?}");
        assert!(test.db.pending_migrations().await.unwrap().is_empty(), "{engine:?}");
    }
}

/// Tables, columns, nullability and keys are the same on both engines.
#[tokio::test]
async fn both_schemas_agree() {
    let sqlite = schema(&TestDb::on(Engine::Sqlite).await, SQLITE_COLUMNS).await;
    let postgres = schema(&TestDb::on(Engine::Postgres).await, POSTGRES_COLUMNS).await;
    assert!(sqlite.len() > 100, "the query sees the schema");
    let only = |a: &[String], b: &[String]| -> Vec<String> {
        a.iter().filter(|line| !b.contains(line)).cloned().collect()
    };
    // The event log's position is the row id of SQLite's only writer, and stamped later on PostgreSQL.
    let expected_sqlite = ["events.position integer null=true pk=1"];
    let expected_postgres = [
        "events.id blob null=false pk=2",
        "events.position integer null=true pk=0",
        "events.tenant_id blob null=false pk=1",
    ];
    let sqlite_only: Vec<String> = only(&sqlite, &postgres);
    let postgres_only: Vec<String> = only(&postgres, &sqlite);
    assert_eq!(
        sqlite_only.iter().filter(|line| !line.starts_with("events.")).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    assert_eq!(
        postgres_only.iter().filter(|line| !line.starts_with("events.")).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    for line in expected_sqlite {
        assert!(sqlite.iter().any(|found| found == line), "{line} in {sqlite_only:?}");
    }
    for line in expected_postgres {
        assert!(postgres.iter().any(|found| found == line), "{line} in {postgres_only:?}");
    }
}

const SQLITE_COLUMNS: Statement = Statement::new(
    "columns",
    Audience::System,
    "select m.name || '.' || c.name || ' ' || lower(c.type)
       || ' null=' || case when c.\"notnull\" = 0 then 'true' else 'false' end || ' pk=' || c.pk
     from sqlite_master m join pragma_table_info(m.name) c
     where m.type = 'table' and m.name not like 'sqlite_%' and m.name not like '_sqlx%'
     order by 1",
);
const POSTGRES_COLUMNS: Statement = Statement::new(
    "columns",
    Audience::System,
    "select c.table_name || '.' || c.column_name || ' '
       || case c.data_type when 'bigint' then 'integer' when 'boolean' then 'integer'
            when 'uuid' then 'blob' when 'bytea' then 'blob' else c.data_type end
       || ' null=' || case c.is_nullable when 'YES' then 'true' else 'false' end
       || ' pk=' || coalesce((
            select k.ordinal_position from information_schema.table_constraints t
            join information_schema.key_column_usage k on k.constraint_name = t.constraint_name
              and k.table_name = t.table_name
            where t.constraint_type = 'PRIMARY KEY' and t.table_name = c.table_name
              and k.column_name = c.column_name), 0)
     from information_schema.columns c
     where c.table_schema = 'public' and c.table_name <> '_sqlx_migrations'
     order by 1",
);

async fn schema(test: &TestDb, columns: Statement) -> Vec<String> {
    let mut tx = test.db.read(SYSTEM).await.unwrap();
    let rows = tx.fetch_all(&columns, bind![]).await.unwrap();
    rows.iter().map(|row| row.get(0).expect("text")).collect()
}
