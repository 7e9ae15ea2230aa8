//! Names of shipments that were stored before names had an index.

use std::collections::BTreeSet;

use database::{Result, Scope, Statement, SystemReason, TenantKeys, Tx, bind, sql, system_sql};
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
/// Organisations that are looked up at once.
const TENANTS: u32 = 20;

impl Tracking {
    /// One step for each organisation whose older names are not indexed yet; answers whether any got on. The names
    /// and how far they are go into one transaction: whoever breaks off goes on where it was. An organisation that
    /// cannot be gone over is left for the next round, and holds up no other.
    ///
    /// # Errors
    /// When the store fails and the same may succeed later.
    pub async fn fill_names(&self) -> Result<bool> {
        let (mut after, mut any) = (Uuid::nil(), false);
        loop {
            let mut tx = self.db.read(Scope::System(SystemReason::WorkClaim)).await?;
            let waiting = tx.fetch_all(&WAITING, bind![after, TENANTS]).await?;
            tx.commit().await?;
            for row in &waiting {
                let tenant: TenantId = row.id(0)?;
                after = tenant.as_uuid();
                match self.fill_some(tenant, row.get(1)?).await {
                    Ok(()) => any = true,
                    Err(error) if error.is_transient() => return Err(error),
                    Err(error) => {
                        tracing::error!(%tenant, %error, "names of an organisation are not indexed");
                    }
                }
            }
            if waiting.len() < TENANTS as usize {
                return Ok(any);
            }
        }
    }

    async fn fill_some(&self, tenant: TenantId, up_to: Uuid) -> Result<()> {
        // Before the transaction: finding them takes one of its own.
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_all(&AFTER, bind![up_to, BATCH]).await?;
        let ids = found.iter().map(|row| row.id(0)).collect::<Result<BTreeSet<ShipmentId>>>()?;
        index_names(&mut tx, &keys, ids.iter().copied().collect()).await?;
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
}

/// A name that does not open is left out: nobody can read it, so nobody looks for it.
async fn index_names(tx: &mut Tx, keys: &TenantKeys, ids: Vec<ShipmentId>) -> Result<()> {
    let mut names = NameChanges::default();
    for shipment in rows::lock_by_id(tx, &ids).await? {
        if let Err(error) = names.note(keys, shipment.id, None, shipment.recipient.name.as_deref()) {
            tracing::warn!(shipment = %shipment.id, %error, "a name does not open and is not indexed");
        }
    }
    names.save(tx).await
}
