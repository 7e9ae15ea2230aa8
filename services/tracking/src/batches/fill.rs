//! Shipments into a batch: those of an import, as its rows are applied, and those that somebody names.

use std::collections::{BTreeMap, HashMap};

use database::{Statement, Tx, bind, sql};
use domain::{BatchId, ImportId, ShipmentId, ShipmentStatus, Timestamp, UserId};

use super::{Batch, Member, read};
use crate::batches::create::New;
use crate::{ChangedBy, Tracking};

const LOCK_OF_IMPORT: Statement =
    sql!("parts/batch.sql" + "lock_import_batch.sql", postgres: "lock_import_batch.postgres.sql");
const FIND: Statement = sql!("find_batch_shipments.sql");
const INSERT: Statement = sql!("insert_batch_shipments.sql");
const SAVE: Statement = sql!("save_batch_shipments.sql");
const ADD_COUNTS: Statement = sql!("add_batch_counts.sql");
const ADD_TOTALS: Statement = sql!("add_batch_totals.sql");
const END_FILLING: Statement = sql!("end_batch_filling.sql");

/// The import whose shipments a batch holds.
#[derive(Debug, Clone, Copy)]
pub struct BatchOrigin<'a> {
    /// Which.
    pub import: ImportId,
    /// Its file's name.
    pub file_name: &'a str,
    /// Who brought it, if a person did.
    pub by: Option<UserId>,
    /// When it came; the batch is of that day in Bogotá.
    pub received_at: Timestamp,
}

/// Where a shipment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub shipment: ShipmentId,
    /// Code of its carrier.
    pub carrier_code: String,
    /// Its status.
    pub status: ShipmentStatus,
    /// Whether this transaction made it, so that no batch has it yet.
    pub new: bool,
}

/// What happens to one that a batch has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// It comes in once more, as it stands now.
    Renewed,
    /// It stays as it came in.
    Kept,
}

impl Tracking {
    /// Puts shipments of an import into its batch, in the caller's transaction. The first ones make the batch, with
    /// the day's next number. One that is there already has its newer status.
    ///
    /// # Errors
    /// [`database::Error::Duplicate`] when another writer makes the same batch: roll back and repeat.
    pub async fn fill_batch(
        &self,
        tx: &mut Tx,
        origin: &BatchOrigin<'_>,
        standings: &[Standing],
    ) -> database::Result<()> {
        if standings.is_empty() {
            return Ok(());
        }
        let found = tx.fetch_optional(&LOCK_OF_IMPORT, bind![origin.import]).await?;
        let batch = if let Some(row) = found {
            read(&row)?
        } else {
            let new = New {
                label: Some(origin.file_name),
                import: Some(origin.import),
                by: origin.by.map(ChangedBy::User),
                at: origin.received_at,
            };
            self.insert_batch(tx, &new).await?
        };
        put(tx, batch.id, standings, Known::Renewed).await.map(drop)
    }

    /// Lets the batch of an import be closed from now on, in the transaction that ends the import.
    pub async fn end_batch(&self, tx: &mut Tx, import: ImportId) -> database::Result<()> {
        tx.execute(&END_FILLING, bind![import]).await.map(drop)
    }
}

/// Puts shipments into a locked batch; answers how many it did not have.
pub(super) async fn put(
    tx: &mut Tx,
    batch: BatchId,
    standings: &[Standing],
    known_ones: Known,
) -> database::Result<u64> {
    let wanted =
        standings.iter().filter(|one| !one.new).map(|one| bind![batch, one.shipment]).collect::<Vec<_>>();
    let mut known = find(tx, wanted).await?;
    let (mut new, mut changed, mut counts) = (Vec::new(), Vec::new(), Counts::default());
    for one in standings {
        match known.remove(&one.shipment) {
            None => {
                let after = Member {
                    shipment: one.shipment,
                    carrier_code: one.carrier_code.clone(),
                    status: one.status,
                    review: None,
                };
                counts.note(None, &after);
                new.push(bind![batch, one.shipment, &one.carrier_code, one.status.as_str()]);
            }
            Some(_) if known_ones == Known::Kept => {}
            Some(before) if before.status == one.status && before.carrier_code == one.carrier_code => {}
            Some(before) => {
                let after =
                    Member { carrier_code: one.carrier_code.clone(), status: one.status, ..before.clone() };
                counts.note(Some(&before), &after);
                changed.push(after.row(batch));
            }
        }
    }
    let added = new.len() as u64;
    tx.execute_many(&INSERT, new).await?;
    tx.execute_many(&SAVE, changed).await?;
    counts.save(tx, batch).await?;
    Ok(added)
}

/// The members of a batch among wanted ones.
pub(super) async fn find(
    tx: &mut Tx,
    wanted: Vec<Vec<database::Value>>,
) -> database::Result<HashMap<ShipmentId, Member>> {
    let found = tx.fetch_many(&FIND, wanted).await?;
    found.iter().map(|row| Member::read(row).map(|member| (member.shipment, member))).collect()
}

/// Replaces members of a locked batch that changed from what they were.
pub(super) async fn replace(
    tx: &mut Tx,
    batch: &Batch,
    changed: &[(Member, Member)],
) -> database::Result<()> {
    let mut counts = Counts::default();
    for (before, after) in changed {
        counts.note(Some(before), after);
    }
    tx.execute_many(&SAVE, changed.iter().map(|(_, after)| after.row(batch.id)).collect()).await?;
    counts.save(tx, batch.id).await
}

/// What a change adds to the counts of a batch, by carrier and status: shipments, and reviewed ones.
#[derive(Default)]
struct Counts(BTreeMap<(String, ShipmentStatus), (i64, i64)>);

impl Counts {
    fn note(&mut self, before: Option<&Member>, after: &Member) {
        for (member, sign) in before.map(|member| (member, -1)).into_iter().chain([(after, 1)]) {
            let slot = self.0.entry((member.carrier_code.clone(), member.status)).or_default();
            slot.0 += sign;
            slot.1 += sign * i64::from(member.review.is_some());
        }
    }

    async fn save(self, tx: &mut Tx, batch: BatchId) -> database::Result<()> {
        let changed = self.0.into_iter().filter(|(_, delta)| *delta != (0, 0)).collect::<Vec<_>>();
        let shipments: i64 = changed.iter().map(|(_, delta)| delta.0).sum();
        let reviewed: i64 = changed.iter().map(|(_, delta)| delta.1).sum();
        let rows = changed
            .into_iter()
            .map(|((carrier, status), delta)| bind![batch, carrier, status.as_str(), delta.0, delta.1]);
        tx.execute_many(&ADD_COUNTS, rows.collect()).await?;
        if (shipments, reviewed) != (0, 0) {
            tx.execute(&ADD_TOTALS, bind![batch, shipments, reviewed]).await?;
        }
        Ok(())
    }
}
