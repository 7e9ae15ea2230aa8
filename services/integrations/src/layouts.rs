//! Files that wait for a person's word: what is in them, what would come out, and how they are to be read.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use database::{Scope, Statement, TenantKeys, Tx, bind, sql};
use domain::{Country, ImportId, Money, TenantId, UserId};
use ports::files::{
    FileError, FileFormat, FileHeader, FileWarning, ImportedRow, RowFailure, RowOutcome, RowReader,
};
use ports::layouts::{Inspection, InvalidLayout, Known, Layout, Look};

use crate::import::{Import, ImportError, Lacking, Status};
use crate::profiles::ProfileError;
use crate::receive::ReceiveError;
use crate::{Imports, list};

const GET_LAYOUT: Statement = sql!("get_layout.sql");
const FAIL: Statement = sql!("fail_for_layout.sql");
const LOADED_AS: Statement = sql!("parts/import.sql" + "find_loaded_as.sql");
const RELEASE: Statement = sql!("release_import.sql");
const DISCARD: Statement = sql!("discard_import.sql");

const LAYOUT_FIELD: &str = "imports.layout";

/// Rows and failures shown in a preview.
const SHOWN: usize = 20;

/// Why a file that waits could not be dealt with.
#[derive(Debug, thiserror::Error)]
pub enum LayoutError {
    /// There is no such import.
    #[error("there is no such import")]
    Unknown,
    /// It does not wait for anybody's word.
    #[error("this import waits for nothing; it is {0}")]
    NotWaiting(Status),
    /// Nobody said how to read it, and it does not say so itself.
    #[error("say which column holds what: {}", columns.join(", "))]
    NeedsLayout {
        /// Titles that are missing.
        columns: Vec<String>,
    },
    /// The layout cannot be used.
    #[error(transparent)]
    Invalid(#[from] InvalidLayout),
    /// The layout cannot be saved.
    #[error(transparent)]
    Profile(ProfileError),
    /// The same content was loaded meanwhile.
    #[error(transparent)]
    Receive(#[from] ReceiveError),
    /// The file cannot be used, whatever its columns are.
    #[error("{0}")]
    File(FileError),
    /// The reader of the file stopped.
    #[error("the reader stopped unexpectedly")]
    Reader,
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

/// What an import of a file would take in.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// How the file is read.
    pub format: Option<FileFormat>,
    /// The first rows as understood.
    pub rows: Vec<ImportedRow>,
    /// The first values that cannot be used, and whether their rows are left out for them.
    pub failures: Vec<(RowFailure, bool)>,
    /// Counts over the whole file.
    pub counts: PreviewCounts,
    /// Oddities of the file, and where adding up its rows would mislead.
    pub warnings: Vec<FileWarning>,
}

/// Counts over a whole file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PreviewCounts {
    /// Rows with content.
    pub rows_read: u64,
    /// Rows that would be taken in; rows of one order count as they are joined.
    pub rows_usable: u64,
    /// Rows without a shipment.
    pub rows_skipped: u64,
    /// Rows that cannot be used.
    pub rows_failed: u64,
    /// Different orders; where rows name none, different shipments.
    pub orders: u64,
    /// Different tracking numbers.
    pub shipments: u64,
    /// Orders that stand in more than one row.
    pub orders_of_several_rows: u64,
    /// What carriers are to collect, in pesos, once for each order.
    pub collect: i64,
    /// What adding up the column would give.
    pub naive_collect: i64,
}

impl Imports {
    /// What stands at the top of a file that waits, with a proposal of how to read it.
    pub async fn inspect(
        &self,
        tenant: TenantId,
        id: ImportId,
        look: Look,
    ) -> Result<Inspection, LayoutError> {
        let waiting = self.waiting(tenant, id).await?;
        let country = self.country(tenant).await?;
        let known = Known { layout: None, saved: self.saved_layouts(tenant).await?, country };
        let (reader, limits, path) = (self.reader.clone(), self.limits, self.path_of(id));
        self.read_aside(move || reader.inspect(&path, &waiting.file_name, &limits, &known, &look)).await
    }

    /// What would be taken in, by a layout or as the file says itself. Reads the whole file and changes nothing.
    pub async fn preview(
        &self,
        tenant: TenantId,
        id: ImportId,
        layout: Option<Layout>,
    ) -> Result<Preview, LayoutError> {
        if let Some(layout) = &layout {
            layout.check()?;
        }
        let waiting = self.waiting(tenant, id).await?;
        let saved = self.saved_layouts(tenant).await?;
        let known = Known { layout, saved, country: self.country(tenant).await? };
        let lacking = self.lacking(tenant).await?;
        let (reader, limits, path) = (self.reader.clone(), self.limits, self.path_of(id));
        self.read_aside(move || {
            let mut rows = reader.open(&path, &waiting.file_name, waiting.created_at, &limits, &known)?;
            read_preview(&mut *rows, lacking)
        })
        .await
    }

    /// Lets a file that waits be imported: by a layout, which is saved under a name, or as it says itself.
    pub async fn confirm(
        &self,
        tenant: TenantId,
        id: ImportId,
        layout: Option<(Layout, String)>,
        by: Option<UserId>,
    ) -> Result<(), LayoutError> {
        let waiting = self.waiting(tenant, id).await?;
        let Some((layout, name)) = layout else {
            if let Some(ImportError { columns, .. }) = waiting.error {
                return Err(LayoutError::NeedsLayout { columns });
            }
            return self.release(tenant, id, None).await;
        };
        layout.check()?;
        let layout = self.with_titles(tenant, id, layout).await?;
        self.save_profile(tenant, &name, &layout, by).await.map_err(LayoutError::Profile)?;
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let sealed = seal(&keys, LAYOUT_FIELD, &layout)?;
        self.release(tenant, id, Some(sealed)).await
    }

    /// Throws away a file that waits; nothing of it was taken in.
    pub async fn discard(&self, tenant: TenantId, id: ImportId) -> Result<(), LayoutError> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let values = bind![id, self.clock.now(), "somebody threw the file away"];
        if tx.execute(&DISCARD, values).await? == 0 {
            return Err(refused(tx, id).await?);
        }
        tx.commit().await?;
        self.remove_file(id).await;
        self.moved(tenant);
        Ok(())
    }

    /// The titles as they stand in the file: by them the layout is known again.
    async fn with_titles(
        &self,
        tenant: TenantId,
        id: ImportId,
        layout: Layout,
    ) -> Result<Layout, LayoutError> {
        if layout.header_row.is_none() {
            return Ok(Layout { titles: Vec::new(), ..layout });
        }
        let look = Look { sheet: layout.sheet.clone(), header_row: layout.header_row };
        let titles = self.inspect(tenant, id, look).await?.proposal.titles;
        Ok(Layout { titles, ..layout })
    }

    async fn release(
        &self,
        tenant: TenantId,
        id: ImportId,
        layout: Option<Vec<u8>>,
    ) -> Result<(), LayoutError> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        match tx.execute(&RELEASE, bind![id, layout]).await {
            Ok(0) => {
                // Another person was faster.
                return Err(refused(tx, id).await?);
            }
            Ok(_) => {}
            // The same content came again and was loaded while this one waited.
            Err(error) if error.is_duplicate() => {
                tx.rollback().await?;
                return Err(self.loaded_as(tenant, id).await?.unwrap_or(error.into()));
            }
            Err(error) => return Err(error.into()),
        }
        tx.announce_work();
        tx.commit().await?;
        self.moved(tenant);
        Ok(())
    }

    /// The import that loaded the same content.
    async fn loaded_as(&self, tenant: TenantId, id: ImportId) -> database::Result<Option<LayoutError>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_optional(&LOADED_AS, bind![id]).await?;
        tx.commit().await?;
        let first = found.as_ref().map(crate::import::read).transpose()?;
        Ok(first.map(|first| LayoutError::Receive(ReceiveError::loaded_as(&first))))
    }

    /// Ends an import whose file does not say what its columns are. The file stays, for a layout.
    pub(crate) async fn fail_for_layout(
        &self,
        tenant: TenantId,
        id: ImportId,
        error: ImportError,
    ) -> database::Result<()> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let columns = error.columns.join("\n");
        let values = bind![id, self.worker, error.code, error.detail, columns, self.clock.now()];
        tx.execute(&FAIL, values).await?;
        tx.commit().await
    }

    /// What is known about how to read the file of an import.
    pub(crate) async fn known(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: ImportId,
        country: Country,
    ) -> database::Result<Known> {
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let row = tx.fetch_optional(&GET_LAYOUT, bind![id]).await?;
        let sealed: Option<Vec<u8>> = row.map(|row| row.get(0)).transpose()?.flatten();
        let layout = sealed.map(|sealed| open(&keys, LAYOUT_FIELD, &sealed)).transpose()?;
        Ok(Known { layout, saved: crate::profiles::saved(tx, &keys).await?, country })
    }

    async fn saved_layouts(&self, tenant: TenantId) -> database::Result<Vec<ports::layouts::SavedLayout>> {
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let saved = crate::profiles::saved(&mut tx, &keys).await?;
        tx.commit().await?;
        Ok(saved)
    }

    async fn waiting(&self, tenant: TenantId, id: ImportId) -> Result<Import, LayoutError> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = find(&mut tx, id).await?;
        tx.commit().await?;
        let import = found.ok_or(LayoutError::Unknown)?;
        if import.waits() { Ok(import) } else { Err(LayoutError::NotWaiting(import.status)) }
    }

    /// Reads on a thread of its own: it is CPU work, and a person waits for it.
    async fn read_aside<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> Result<T, FileError> + Send + 'static,
    ) -> Result<T, LayoutError> {
        let turn = self.turn().await.ok_or(LayoutError::Reader)?;
        match turn.work(read).await.ok_or(LayoutError::Reader)? {
            Ok(read) => Ok(read),
            Err(FileError::MissingColumns { columns }) => Err(LayoutError::NeedsLayout { columns }),
            Err(error) => Err(LayoutError::File(error)),
        }
    }
}

async fn find(tx: &mut Tx, id: ImportId) -> database::Result<Option<Import>> {
    tx.fetch_optional(&list::GET, bind![id]).await?.as_ref().map(crate::import::read).transpose()
}

/// Why nothing was changed: how the import stands now.
async fn refused(mut tx: Tx, id: ImportId) -> database::Result<LayoutError> {
    let found = find(&mut tx, id).await?;
    tx.rollback().await?;
    Ok(found.map_or(LayoutError::Unknown, |import| LayoutError::NotWaiting(import.status)))
}

/// Seals what a column of this name holds.
pub(crate) fn seal(keys: &TenantKeys, field: &'static str, layout: &Layout) -> database::Result<Vec<u8>> {
    let body = serde_json::to_vec(layout).map_err(|_| unusable(field))?;
    Ok(keys.seal(field, &body)?)
}

/// Opens what [`seal`] sealed. One that cannot be read is an error: a made-up layout would misread files.
pub(crate) fn open(keys: &TenantKeys, field: &'static str, sealed: &[u8]) -> database::Result<Layout> {
    let body = keys.open(field, sealed)?;
    serde_json::from_slice(&body).map_err(|_| unusable(field))
}

fn unusable(field: &'static str) -> database::Error {
    database::Error::Failed { statement: field, detail: "the layout cannot be written or read".into() }
}

/// One order's part of the sums.
struct Sum {
    rows: u64,
    collect: Option<Money>,
}

fn read_preview(rows: &mut dyn RowReader, mut lacking: Lacking) -> Result<Preview, FileError> {
    let mut preview = Preview::default();
    let mut orders: HashMap<String, Sum> = HashMap::new();
    let mut shipments = HashSet::new();
    while let Some(outcome) = rows.next_row()? {
        match outcome {
            RowOutcome::Row(row) => {
                add(&mut preview, &mut orders, &row);
                lacking.note(&row);
                if let Some(number) = &row.tracking_number {
                    shipments.insert(number.clone());
                }
                let issues = row.issues.iter().map(|issue| (issue.clone(), false));
                preview.failures.extend(issues.take(SHOWN.saturating_sub(preview.failures.len())));
                if preview.rows.len() < SHOWN {
                    preview.rows.push(*row);
                }
            }
            RowOutcome::Skipped { .. } => preview.counts.rows_skipped += 1,
            RowOutcome::Failed { failures, .. } => {
                preview.counts.rows_failed += 1;
                let room = SHOWN.saturating_sub(preview.failures.len());
                preview.failures.extend(failures.into_iter().take(room).map(|failure| (failure, true)));
            }
        }
    }
    let FileHeader { format, warnings, .. } = rows.header();
    preview.format = Some(*format);
    preview.warnings.clone_from(warnings);
    preview.warnings.extend(lacking.warnings());
    preview.counts.rows_read = rows.rows_read();
    preview.counts.orders = orders.len() as u64;
    preview.counts.shipments = shipments.len() as u64;
    preview.counts.orders_of_several_rows = orders.values().filter(|sum| sum.rows > 1).count() as u64;
    preview.counts.collect = orders
        .values()
        .filter_map(|sum| sum.collect)
        .fold(0, |total: i64, collect| total.saturating_add(collect.amount));
    warn(&mut preview);
    Ok(preview)
}

fn add(preview: &mut Preview, orders: &mut HashMap<String, Sum>, row: &ImportedRow) {
    preview.counts.rows_usable += 1;
    let number = row.tracking_number.as_ref().map(|number| number.as_str().to_owned());
    let Some(key) = row.order_ref.clone().map(|order| format!("order {order}")).or(number) else { return };
    let sum = orders.entry(key).or_insert(Sum { rows: 0, collect: None });
    sum.rows += u64::from(row.source_rows);
    if let Some(collect) = row.collect {
        let repeated = collect.amount.saturating_mul(i64::from(row.source_rows));
        preview.counts.naive_collect = preview.counts.naive_collect.saturating_add(repeated);
        sum.collect.get_or_insert(collect);
    }
}

/// Where adding up rows would mislead.
fn warn(preview: &mut Preview) {
    let counts = preview.counts;
    let mut warn = |code: &str, detail: String| {
        preview.warnings.push(FileWarning { code: code.to_owned(), detail });
    };
    if counts.orders_of_several_rows > 0 {
        let rows = counts.rows_read.saturating_sub(counts.rows_skipped + counts.rows_failed);
        warn("rows_are_not_orders", format!("{rows} / {}", counts.orders));
    }
    if counts.naive_collect != counts.collect {
        warn("sum_counts_orders_twice", format!("{} / {}", counts.naive_collect, counts.collect));
    }
}

/// The layouts that files are often in, by name, ready to be chosen: columns by their place, as their owners
/// export them. They stand in `data/presets.json`.
#[must_use]
pub fn presets() -> &'static BTreeMap<String, Layout> {
    &PRESETS
}

static PRESETS: LazyLock<BTreeMap<String, Layout>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is compiled in; a test reads it")]
    serde_json::from_str(include_str!("../data/presets.json")).expect("data/presets.json is valid")
});

#[cfg(test)]
mod tests {
    use ports::layouts::Field;

    use super::*;

    #[test]
    fn fields_are_stored_by_their_names() {
        for &field in Field::ALL {
            assert_eq!(serde_json::to_string(&field).unwrap(), format!("\"{field}\""));
        }
    }

    #[tokio::test]
    async fn a_layout_that_cannot_be_read_is_an_error() {
        let test = testkit::TestDb::on(testkit::ENGINES[0]).await;
        let id = TenantId::from(testkit::ids(1).next());
        let mut tx = test.db.write(Scope::System(database::SystemReason::Administration)).await.unwrap();
        test.db.keyring().create(&mut tx, id, domain::Timestamp::UNIX_EPOCH).await.unwrap();
        tx.commit().await.unwrap();
        let keys = test.db.keyring().tenant(&test.db, id).await.unwrap();
        let layout = Layout { first_row: 7, ..Layout::default() };
        let sealed = seal(&keys, LAYOUT_FIELD, &layout).unwrap();
        assert_eq!(open(&keys, LAYOUT_FIELD, &sealed).unwrap(), layout);
        let other = keys.seal(LAYOUT_FIELD, b"{\"first_row\": \"Ana\"}").unwrap();
        let error = open(&keys, LAYOUT_FIELD, &other).unwrap_err().to_string();
        assert!(error.contains(LAYOUT_FIELD) && !error.contains("Ana"), "{error}");
    }

    #[test]
    fn every_preset_can_be_used() {
        assert_eq!(presets().len(), 4);
        for (name, layout) in presets() {
            assert_eq!(layout.check(), Ok(()), "{name}");
        }
    }
}
