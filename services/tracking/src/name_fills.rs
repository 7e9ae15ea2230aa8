//! Names of shipments that were stored before names had an index.

use std::collections::BTreeSet;

use database::{Result, Scope, Statement, SystemReason, Tx, bind, sql, system_sql};
use domain::{ShipmentId, TenantId};
use uuid::Uuid;

use crate::names::NameChanges;
use crate::risk_tick::AFTER;
use crate::{Tracking, rows};

const WAITING: Statement = system_sql!("system/find_name_fills.sql");
const MOVE: Statement = sql!("move_name_fill.sql");
const END: Statement = sql!("end_name_fill.sql");

/// Shipments of one step; the transaction must stay short.
const BATCH: u32 = 200;

impl Tracking {
    /// One step for each organisation whose older names are not indexed yet; answers whether there was any. The names
    /// and how far they are go into one transaction: whoever breaks off goes on where it was.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn fill_names(&self) -> Result<bool> {
        let mut tx = self.db.read(Scope::System(SystemReason::WorkClaim)).await?;
        let waiting = tx.fetch_all(&WAITING, bind![]).await?;
        tx.commit().await?;
        for row in &waiting {
            self.fill_some(row.id(0)?, row.get(1)?).await?;
        }
        Ok(!waiting.is_empty())
    }

    async fn fill_some(&self, tenant: TenantId, up_to: Uuid) -> Result<()> {
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_all(&AFTER, bind![up_to, BATCH]).await?;
        let ids = found.iter().map(|row| row.id(0)).collect::<Result<BTreeSet<ShipmentId>>>()?;
        self.index_names(&mut tx, tenant, ids.iter().copied().collect()).await?;
        let moved = match ids.last().filter(|_| ids.len() == BATCH as usize) {
            Some(last) => tx.execute(&MOVE, bind![up_to, last.as_uuid()]).await?,
            None => tx.execute(&END, bind![up_to]).await?,
        };
        if moved == 0 {
            // Another worker was faster.
            return tx.rollback().await;
        }
        tx.commit().await
    }

    async fn index_names(&self, tx: &mut Tx, tenant: TenantId, ids: Vec<ShipmentId>) -> Result<()> {
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let mut names = NameChanges::default();
        for shipment in rows::lock_by_id(tx, &ids).await? {
            names.note(&keys, shipment.id, None, shipment.recipient.name.as_deref())?;
        }
        names.save(tx).await
    }
}
