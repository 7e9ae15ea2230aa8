//! Whether what is stored is whole: each owner checks its own rows, and here is checked what lies between them.

use std::collections::BTreeSet;

use database::{Scope, SystemReason, Tx};
use domain::{Flaws, OrderId, TenantId, Timestamp};

use crate::Platform;

/// What was looked at, and what is wrong.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    /// Organisations.
    pub(crate) tenants: u64,
    /// Events of the log.
    pub(crate) events: u64,
    /// Orders.
    pub(crate) orders: u64,
    /// Shipments.
    pub(crate) shipments: u64,
    /// Processed messages whose effect was looked for.
    pub(crate) webhooks: u64,
    /// Imports.
    pub(crate) imports: u64,
    /// What is wrong or odd, by organisation; the event log's flaws are nobody's.
    pub(crate) flaws: Vec<(Option<String>, Flaws)>,
}

impl Audit {
    /// Whether nothing is broken.
    pub(crate) fn is_sound(&self) -> bool {
        self.flaws.iter().all(|(_, flaws)| flaws.is_empty())
    }
}

/// Which moments count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    /// The moment as of which work is late.
    pub(crate) as_of: Timestamp,
    /// Effects are looked for of messages that came since then.
    pub(crate) effects_since: Timestamp,
}

/// Checks everything, one organisation after the other, each in one reading transaction.
pub(crate) async fn audit(platform: &Platform, moments: Moments) -> database::Result<Audit> {
    let (mut audit, mut flaws) = (Audit::default(), Flaws::default());
    let mut tx = platform.db.read(Scope::System(SystemReason::Administration)).await?;
    audit.events = event_log::audit(&mut tx, moments.as_of, &mut flaws).await?;
    tx.commit().await?;
    audit.flaws.push((None, flaws));
    for tenant in platform.identity.list_tenants().await? {
        let flaws = audit_tenant(platform, tenant.id, moments, &mut audit).await?;
        audit.flaws.push((Some(tenant.slug), flaws));
        audit.tenants += 1;
    }
    Ok(audit)
}

async fn audit_tenant(
    platform: &Platform,
    tenant: TenantId,
    moments: Moments,
    audit: &mut Audit,
) -> database::Result<Flaws> {
    // Before the transaction: a key that is not in memory yet takes a connection of its own.
    platform.db.keyring().tenant(&platform.db, tenant).await?;
    let mut flaws = Flaws::default();
    let mut tx = platform.db.read(Scope::Tenant(tenant)).await?;
    audit.orders += platform.orders.audit(&mut tx, &mut flaws).await?;
    let mut shipments = platform.tracking.audit();
    while let Some(named) = shipments.page(&mut tx, &mut flaws).await? {
        orders_of_shipments(platform, &mut tx, &named, &mut flaws).await?;
    }
    let shipments = shipments.end(&mut tx, &mut flaws).await?;
    audit.shipments += shipments.shipments;
    collected_once(platform, &mut tx, &shipments, &mut flaws).await?;
    audit.imports += platform.imports.audit(&mut tx, moments.as_of, &mut flaws).await?;
    let (as_of, since) = (moments.as_of, moments.effects_since);
    audit.webhooks += platform.webhooks.audit(&mut tx, tenant, as_of, since, &mut flaws).await?;
    platform.tasks.audit(&mut tx, as_of, &mut flaws).await?;
    tx.commit().await?;
    Ok(flaws)
}

/// Every order that shipments name is there.
async fn orders_of_shipments(
    platform: &Platform,
    tx: &mut Tx,
    named: &BTreeSet<OrderId>,
    flaws: &mut Flaws,
) -> database::Result<()> {
    let found = platform.orders.totals(tx, named).await?;
    for missing in named.iter().filter(|id| !found.contains_key(id)) {
        flaws.add("shipments.order", missing, "a shipment names this order, and it is not there");
    }
    Ok(())
}

/// Several shipments of one order collect no more than it costs. An order that was sent again under another guía does:
/// that is worth a look, and it is how it came in.
async fn collected_once(
    platform: &Platform,
    tx: &mut Tx,
    shipments: &tracking::AuditedShipments,
    flaws: &mut Flaws,
) -> database::Result<()> {
    let ids: BTreeSet<OrderId> = shipments.collected_again.keys().copied().collect();
    let totals = platform.orders.totals(tx, &ids).await?;
    for (order, (times, collected)) in &shipments.collected_again {
        let Some(total) = totals.get(order).copied().flatten() else { continue };
        if *collected > total {
            let detail = format!("{times} shipments collected {collected} for an order of {total}");
            flaws.notice("money.collected", order, detail);
        }
    }
    Ok(())
}
