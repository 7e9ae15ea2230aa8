//! A service on a store of its own, whose files say only how many rows they have.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use async_trait::async_trait;
use database::{Engine, Scope, SystemReason, Tx};
use domain::{ImportId, ManualClock, TenantId, Timestamp, UserId};
use integrations::{Applied, ApplyRows, Import, Imports, RowOrigin, Status};
use ports::files::{
    FileError, FileFormat, FileHeader, FileReader, GivenRow, ImportedRow, Limits, RowFailure,
    RowFailureReason, RowOutcome, RowReader,
};
use ports::layouts::{Inspection, Known, Layout, Look};
use ports::pastes::{Paste, PasteReading};
use testkit::TestDb;

pub(crate) struct World {
    pub(crate) test: TestDb,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) imports: Imports,
    pub(crate) target: Arc<Target>,
    pub(crate) gate: Arc<Gate>,
}

impl World {
    pub(crate) async fn on(engine: Engine) -> Self {
        let test = TestDb::on(engine).await;
        let clock = testkit::clock();
        let target = Arc::new(Target::default());
        let gate = Arc::new(Gate::default());
        let imports = worker(&test, &clock, &target, &gate, 1);
        Self { test, clock, imports, target, gate }
    }

    /// Another process on the same store.
    pub(crate) fn another_worker(&self) -> Imports {
        worker(&self.test, &self.clock, &self.target, &self.gate, 2)
    }

    pub(crate) async fn tenant(&self, seed: u64) -> TenantId {
        let id = TenantId::from(testkit::ids(seed).next());
        let mut tx = self.test.db.write(Scope::System(SystemReason::Administration)).await.unwrap();
        self.test.db.keyring().create(&mut tx, id, Timestamp::UNIX_EPOCH).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Uploads a file of so many rows.
    pub(crate) async fn upload(&self, tenant: TenantId, rows: u32) -> ImportId {
        self.upload_as(tenant, &rows.to_string(), None).await
    }

    /// Uploads a file that says what it holds; see [`Reader`].
    pub(crate) async fn upload_as(&self, tenant: TenantId, content: &str, by: Option<UserId>) -> ImportId {
        let mut upload = self.imports.begin_upload().await.unwrap();
        upload.write(content.as_bytes()).await.unwrap();
        self.imports.finish_upload(upload, tenant, "file.csv", by).await.unwrap()
    }

    pub(crate) async fn import(&self, tenant: TenantId, id: ImportId) -> Import {
        self.imports.import(tenant, id).await.unwrap().unwrap()
    }

    pub(crate) async fn has_ended(&self, tenant: TenantId, id: ImportId) -> bool {
        let import = self.import(tenant, id).await;
        assert_ne!(import.status, Status::Failed, "{:?}", import.error);
        let has_ended = import.status == Status::Completed;
        let told = self.target.ended.lock().unwrap().iter().filter(|ended| **ended == id).count();
        assert_eq!(told, usize::from(has_ended), "who applied the rows hears of the end once");
        has_ended
    }
}

fn worker(
    test: &TestDb,
    clock: &Arc<ManualClock>,
    target: &Arc<Target>,
    gate: &Arc<Gate>,
    seed: u64,
) -> Imports {
    let folder = test.folder.path().join("imports");
    let ids = testkit::ids(1_000 + seed);
    let reader = Arc::new(Reader { gate: gate.clone() });
    Imports::new(test.db.clone(), clock.clone(), ids, reader, target.clone(), folder).unwrap()
}

/// Keeps a reader waiting until a test opens it.
#[derive(Default)]
pub(crate) struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    is_open: bool,
    waiting: u32,
}

impl Gate {
    pub(crate) fn open(&self) {
        self.state.lock().unwrap().is_open = true;
        self.changed.notify_all();
    }

    /// Waits until so many readers stand before it.
    pub(crate) async fn besieged_by(self: &Arc<Self>, readers: u32) {
        let gate = self.clone();
        let wait =
            move || drop(gate.changed.wait_while(gate.state.lock().unwrap(), |it| it.waiting < readers));
        tokio::task::spawn_blocking(wait).await.unwrap();
    }

    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.waiting += 1;
        self.changed.notify_all();
        let mut state = self.changed.wait_while(state, |it| !it.is_open).unwrap();
        state.waiting -= 1;
    }
}

/// Counts rows, and can be told to fail.
#[derive(Default)]
pub(crate) struct Target {
    pub(crate) rows: Mutex<BTreeMap<TenantId, Vec<u32>>>,
    pub(crate) fails: Mutex<bool>,
    /// Imports of which no more rows will come.
    pub(crate) ended: Mutex<Vec<ImportId>>,
}

impl Target {
    pub(crate) fn rows_of(&self, tenant: TenantId) -> Vec<u32> {
        self.rows.lock().unwrap().get(&tenant).cloned().unwrap_or_default()
    }

    pub(crate) fn fail(&self, fails: bool) {
        *self.fails.lock().unwrap() = fails;
    }
}

#[async_trait]
impl ApplyRows for Target {
    async fn apply(
        &self,
        _: &mut Tx,
        tenant: TenantId,
        _: &RowOrigin<'_>,
        rows: Vec<ImportedRow>,
    ) -> database::Result<Applied> {
        if *self.fails.lock().unwrap() {
            return Err(database::Error::Unavailable("told to fail".into()));
        }
        self.rows.lock().unwrap().entry(tenant).or_default().extend(rows.iter().map(|row| row.row));
        Ok(Applied { events_new: rows.len() as u64, ..Applied::default() })
    }

    async fn end(&self, _: &mut Tx, import: ImportId) -> database::Result<()> {
        self.ended.lock().unwrap().push(import);
        Ok(())
    }
}

/// A file holds how many rows it has. `bad` after the number spoils every tenth of them, `huge` all of them with a
/// megabyte each, `slow` keeps the reader at the
/// gate, `damaged` cannot be read to its end, and `strange` needs a layout.
struct Reader {
    gate: Arc<Gate>,
}

impl FileReader for Reader {
    fn inspect(
        &self,
        path: &Path,
        _: &str,
        _: &Limits,
        _: &Known,
        _: &Look,
    ) -> Result<Inspection, FileError> {
        if std::fs::read_to_string(path).unwrap().ends_with("slow") {
            self.gate.pass();
        }
        Ok(Inspection {
            sheets: Vec::new(),
            format: None,
            missing: Vec::new(),
            saved: None,
            proposal: Layout { titles: vec!["guía".into()], ..Layout::default() },
            columns: Vec::new(),
            rows: Vec::new(),
            warnings: Vec::new(),
        })
    }

    fn read_paste(&self, _: &Paste, _: domain::Country) -> PasteReading {
        PasteReading::default()
    }

    fn open(
        &self,
        path: &Path,
        _: &str,
        _: Timestamp,
        _: &Limits,
        known: &Known,
    ) -> Result<Box<dyn RowReader>, FileError> {
        let content = std::fs::read_to_string(path).unwrap();
        let mut words = content.split(' ');
        let total = words.next().unwrap().parse().unwrap();
        let how = words.next().unwrap_or_default();
        if how == "slow" {
            self.gate.pass();
        }
        if how == "strange" && known.layout.is_none() {
            return Err(FileError::MissingColumns { columns: vec!["guía".into()] });
        }
        let header = FileHeader {
            format: FileFormat::DropiEventLog,
            titles: Vec::new(),
            unmatched_columns: Vec::new(),
            warnings: Vec::new(),
        };
        let (bad, huge, damaged) = (how == "bad", how == "huge", how == "damaged");
        let titles = if huge { vec!["nota".into()] } else { Vec::new() };
        let header = FileHeader { titles, ..header };
        Ok(Box::new(Rows { header, total, read: 0, bad, huge, damaged }))
    }
}

struct Rows {
    header: FileHeader,
    total: u32,
    read: u32,
    bad: bool,
    huge: bool,
    damaged: bool,
}

impl RowReader for Rows {
    fn header(&self) -> &FileHeader {
        &self.header
    }

    fn next_row(&mut self) -> Result<Option<RowOutcome>, FileError> {
        if self.read == self.total {
            return if self.damaged {
                Err(FileError::Unreadable { detail: "it breaks off".into() })
            } else {
                Ok(None)
            };
        }
        self.read += 1;
        if self.bad && self.read.is_multiple_of(10) {
            // Every second one has no phone at all.
            let phone = if self.read.is_multiple_of(20) { "" } else { "12" };
            let failure = RowFailure::new(self.read, "telefono", phone, RowFailureReason::BadPhone);
            let given = GivenRow { row: self.read, cells: vec![phone.into()] };
            return Ok(Some(RowOutcome::Failed { failures: vec![failure], given: vec![given] }));
        }
        if self.huge {
            let failure = RowFailure::new(self.read, "nota", "", RowFailureReason::TooLong);
            let given = GivenRow { row: self.read, cells: vec!["x".repeat(1 << 20)] };
            return Ok(Some(RowOutcome::Failed { failures: vec![failure], given: vec![given] }));
        }
        let row = ImportedRow { row: self.read, ..ImportedRow::default() };
        Ok(Some(RowOutcome::Row(Box::new(row))))
    }

    fn rows_total(&self) -> Option<u64> {
        Some(self.total.into())
    }

    fn rows_read(&self) -> u64 {
        self.read.into()
    }
}
