//! The passing of time: shipments whose moment has come are assessed anew.

use std::collections::BTreeMap;

use database::{Scope, Statement, SystemReason, bind, system_sql};
use domain::{ShipmentId, TenantId};

use crate::{Tracking, observe, rows};

const DUE: Statement = system_sql!("system/due_risks.sql");

/// Shipments of one round; the transaction must stay short.
const BATCH: u32 = 500;

impl Tracking {
    /// Assesses the shipments whose `next_change_at` has come, one batch; answers how many. Zero means
    /// that nothing is due.
    pub async fn tick_risk(&self) -> database::Result<usize> {
        let now = self.clock.now();
        let mut tx = self.db.read(Scope::System(SystemReason::WorkClaim)).await?;
        let due = tx.fetch_all(&DUE, bind![now, BATCH]).await?;
        tx.commit().await?;
        let mut by_tenant = BTreeMap::<TenantId, Vec<ShipmentId>>::new();
        for row in &due {
            by_tenant.entry(row.id(0)?).or_default().push(row.id(1)?);
        }
        for (tenant, ids) in by_tenant {
            self.reassess(tenant, &ids).await?;
        }
        Ok(due.len())
    }

    async fn reassess(&self, tenant: TenantId, ids: &[ShipmentId]) -> database::Result<()> {
        let now = self.clock.now();
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let mut shipments = rows::lock_by_id(&mut tx, ids).await?;
        // Another writer may have been here between the look and the lock.
        shipments.retain(|shipment| shipment.risk.next_change_at.is_some_and(|at| at <= now));
        let mut moved = Vec::new();
        for shipment in &mut shipments {
            let before = shipment.risk.level;
            shipment.assess(&self.policy, &self.flags, now);
            moved.push((before, shipment.risk.level));
        }
        rows::save_risk(&mut tx, &shipments).await?;
        observe::recount(&mut tx, &moved).await?;
        tx.commit().await
    }
}
