//! What metrics tell of shipments.

use std::collections::BTreeMap;

use database::{Result, Scope, Statement, SystemReason, Tx, bind, system_sql};
use domain::Carrier;

use crate::Tracking;
use crate::shipment::Shipment;

const COUNT_OPEN: Statement = system_sql!("system/count_open.sql");

/// Shipments that reached a status in a transaction.
#[derive(Default)]
pub(crate) struct Figures(BTreeMap<(&'static str, &'static str), u64>);

impl Figures {
    /// Notes a shipment that reached the status it has.
    pub(crate) fn reached(&mut self, shipment: &Shipment) {
        // What a file calls a carrier may be anything: only known ones have a label of their own.
        let carrier = Carrier::from_code(&shipment.carrier_code).map_or("other", Carrier::code);
        *self.0.entry((carrier, shipment.reading.status.as_str())).or_default() += 1;
    }

    /// Counts once the transaction is committed.
    pub(crate) fn count(self, tx: &mut Tx) {
        if self.0.is_empty() {
            return;
        }
        tx.after_commit(move || {
            for ((carrier, status), shipments) in self.0 {
                metrics::counter!("litper_guides_total", "carrier" => carrier, "status" => status)
                    .increment(shipments);
            }
        });
    }
}

impl Tracking {
    /// Says how many shipments are open, of all organisations. Every worker says the same.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn show_figures(&self) -> Result<()> {
        let mut tx = self.db.read(Scope::System(SystemReason::Administration)).await?;
        let open = tx.fetch_one(&COUNT_OPEN, bind![]).await?.get::<i64>(0)?;
        tx.commit().await?;
        metrics::gauge!("litper_guides_active").set(u32::try_from(open).unwrap_or(u32::MAX));
        Ok(())
    }
}
