//! The backends and services that the settings name.

use std::sync::Arc;

use anyhow::Context;
use database::{Db, MasterKey};
use domain::{Clock, Ids, RandomIds, SystemClock};
use dropi::DropiFiles;
use identity::Identity;
use integrations::Imports;
use orders::Orders;
use tracking::Tracking;

use crate::Config;
use crate::wiring::imports::OrdersAndShipments;

/// All services on their backends.
#[derive(Clone)]
pub struct Platform {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who may act.
    pub identity: Identity,
    /// Orders.
    pub orders: Orders,
    /// Shipments.
    pub tracking: Tracking,
    /// Files in.
    pub imports: Imports,
}

impl Platform {
    /// Connects to what the settings name, with the real clock.
    pub async fn connect(config: &Config) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids = Arc::new(RandomIds::new(Arc::clone(&clock)));
        Self::build(config, config.master_key()?, clock, ids).await
    }

    /// Connects with a given clock and ids.
    pub async fn build(
        config: &Config,
        master: MasterKey,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> anyhow::Result<Self> {
        let db = Db::connect(&config.database, config.database_options, master)
            .await
            .context("the database cannot be opened")?;
        let identity = Identity::new(db.clone(), Arc::clone(&clock), Arc::clone(&ids));
        let orders = Orders::new(db.clone(), Arc::clone(&clock), Arc::clone(&ids));
        let tracking = Tracking::new(db.clone(), Arc::clone(&clock), Arc::clone(&ids));
        let target = OrdersAndShipments { orders: orders.clone(), tracking: tracking.clone() };
        let imports = Imports::new(
            db.clone(),
            Arc::clone(&clock),
            ids,
            Arc::new(DropiFiles),
            Arc::new(target),
            config.files.join("imports"),
        )
        .with_context(|| format!("the folder {} cannot be made", config.files.display()))?;
        Ok(Self { db, clock, identity, orders, tracking, imports })
    }
}
