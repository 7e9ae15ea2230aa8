//! The passing of time, and new rules: shipments whose moment has come are assessed anew.

use std::collections::BTreeMap;

use database::{Row, Scope, Statement, SystemReason, Tx, bind, sql, system_sql};
use domain::{ShipmentId, TenantId, Timestamp};
use uuid::Uuid;

use crate::observe::{Counted, move_counts};
use crate::shipment::Shipment;
use crate::{Tracking, rows};

const DUE: Statement = system_sql!("system/due_risks.sql");
const UNASSESSED: Statement = system_sql!("system/find_unassessed.sql");
pub(crate) const AFTER: Statement = sql!("list_after_id.sql");
const MOVE: Statement = sql!("move_assessment.sql");

/// Shipments of one round; the transaction must stay short.
const BATCH: u32 = 500;

impl Tracking {
    /// Assesses the shipments whose `next_change_at` has come, one batch, and one batch of each organisation
    /// that changed its rules; answers how many were looked at. Zero means that nothing is due.
    pub async fn tick_risk(&self) -> database::Result<usize> {
        let now = self.clock.now();
        let mut tx = self.db.read(Scope::System(SystemReason::WorkClaim)).await?;
        let due = tx.fetch_all(&DUE, bind![now, BATCH]).await?;
        let unassessed = tx.fetch_all(&UNASSESSED, bind![now]).await?;
        tx.commit().await?;
        let mut by_tenant = BTreeMap::<TenantId, Vec<ShipmentId>>::new();
        for row in &due {
            by_tenant.entry(row.id(0)?).or_default().push(row.id(1)?);
        }
        for (tenant, ids) in by_tenant {
            let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
            // Another writer may have been here between the look and the lock.
            let is_due = |shipment: &Shipment| shipment.risk.next_change_at.is_some_and(|at| at <= now);
            self.reassess(&mut tx, &ids, now, is_due).await?;
            tx.commit().await?;
        }
        let mut looked_at = due.len();
        for row in &unassessed {
            looked_at += self.follow_new_rules(Walk::from_row(row)?, now).await?;
        }
        Ok(looked_at)
    }

    /// Assesses the next shipments of an organisation by its new rules; answers how many steps of work that was,
    /// at least one.
    async fn follow_new_rules(&self, walk: Walk, now: Timestamp) -> database::Result<usize> {
        let from = walk.up_to.unwrap_or(Uuid::nil());
        let mut tx = self.db.write(Scope::Tenant(walk.tenant)).await?;
        let found = tx.fetch_all(&AFTER, bind![from, BATCH]).await?;
        let mut open = Vec::new();
        for row in &found {
            if !row.get::<bool>(1)? {
                open.push(row.id(0)?);
            }
        }
        self.reassess(&mut tx, &open, now, |shipment| !shipment.risk.terminal).await?;
        let up_to = match found.last() {
            Some(last) if found.len() == BATCH as usize => Some(last.get::<Uuid>(0)?),
            Some(_) | None => None,
        };
        let begins = walk.up_to.is_none();
        let moved = tx.execute(&MOVE, bind![up_to, begins, walk.changed_at, from]).await?;
        if moved == 0 {
            // The rules changed again, or another worker was faster: whoever it was begins where it is right.
            tx.rollback().await?;
            return Ok(1);
        }
        tx.commit().await?;
        Ok(found.len().max(1))
    }

    async fn reassess(
        &self,
        tx: &mut Tx,
        ids: &[ShipmentId],
        now: Timestamp,
        wanted: impl Fn(&Shipment) -> bool + Send,
    ) -> database::Result<()> {
        let rules = self.rules(tx).await?;
        let mut shipments = rows::lock_by_id(tx, ids).await?;
        shipments.retain(wanted);
        let mut moved = Vec::new();
        for shipment in &mut shipments {
            let before = Counted::of(shipment);
            shipment.assess(&rules.policy, &rules.flags, now);
            moved.push((before, Counted::of(shipment)));
        }
        rows::save_risk(tx, &shipments).await?;
        move_counts(tx, &moved).await
    }
}

/// How far an organisation's shipments follow its new rules.
struct Walk {
    tenant: TenantId,
    changed_at: Timestamp,
    /// None when they are to be gone over once more.
    up_to: Option<Uuid>,
}

impl Walk {
    fn from_row(row: &Row) -> database::Result<Self> {
        Ok(Self { tenant: row.id(0)?, changed_at: row.time(1)?, up_to: row.get(2)? })
    }
}
