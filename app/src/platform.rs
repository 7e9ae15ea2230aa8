//! The backends and services that the settings name.

use std::sync::Arc;

use analytics::Analytics;
use anyhow::Context;
use carriers::{Bounds, CarrierWebhooks, Http};
use database::{Db, MasterKey};
use domain::{Clock, Ids, RandomIds};
use dropi::DropiFiles;
use event_log::{Follower, Reaction};
use identity::Identity;
use integrations::{Carriers, Imports, Rounds, Taker, Webhooks};
use live_updates::LiveUpdates;
use orders::{FollowShipments, OrderSource, Orders};
use ports::webhooks::WebhookSource;
use shopify::ShopifyWebhooks;
use task_queue::TaskQueue;
use tracking::Tracking;

use crate::Config;
use crate::clock::clock;
use crate::wiring::homes::Homes;
use crate::wiring::imports::{OrdersAndShipments, Owners};
use crate::wiring::live::ShownImports;
use crate::wiring::parcels::Parcels;
use crate::wiring::shops::ShopOrders;

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
    /// What people get done.
    pub analytics: Analytics,
    /// Files in.
    pub imports: Imports,
    /// What changes, for open screens.
    pub live: LiveUpdates,
    /// Work with effects outside.
    pub tasks: Arc<TaskQueue>,
    /// Webhooks in, and the shops that send them.
    pub webhooks: Webhooks,
    /// The ways to carriers.
    pub carriers: Carriers,
}

impl Platform {
    /// Connects to what the settings name, with the real clock.
    pub async fn connect(config: &Config) -> anyhow::Result<Self> {
        let clock = clock();
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
        let analytics = Analytics::new(db.clone());
        let parcels_of = OrdersAndShipments { orders: orders.clone(), tracking: tracking.clone() };
        let target = Owners { parcels: parcels_of, analytics: analytics.clone() };
        let settings = task_queue::Settings::default();
        let tasks = Arc::new(TaskQueue::new(db.clone(), Arc::clone(&clock), Arc::clone(&ids), settings));
        let live = LiveUpdates::default();
        let shop_orders = ShopOrders { orders: orders.clone(), source: OrderSource::Shopify };
        let parcels = Arc::new(Parcels(tracking.clone()));
        let mut sources: Vec<(Arc<dyn WebhookSource>, Taker)> =
            vec![(Arc::new(ShopifyWebhooks), Taker::Orders(Arc::new(shop_orders)))];
        for source in CarrierWebhooks::ALL {
            sources.push((Arc::new(source), Taker::Parcels(parcels.clone())));
        }
        let webhooks = Webhooks::new(db.clone(), Arc::clone(&clock), Arc::clone(&ids), sources);
        let way = Http::new(Bounds::default(), config.carriers_on_this_machine)
            .context("the system's certificates cannot be read")?;
        let carriers = Carriers::new(
            db.clone(),
            Arc::clone(&clock),
            Arc::clone(&ids),
            carriers::all(way),
            parcels,
            Arc::clone(&tasks),
            if config.ask_carriers { Rounds::On } else { Rounds::Off },
        );
        tasks.register(carriers.looks())?;
        let imports = Imports::new(
            db.clone(),
            Arc::clone(&clock),
            ids,
            Arc::new(DropiFiles),
            Arc::new(target),
            config.files.join("imports"),
        )
        .with_context(|| format!("the folder {} cannot be made", config.files.display()))?
        .watched_by(Arc::new(ShownImports(live.clone())))
        .at_home(Arc::new(Homes { identity: identity.clone(), tracking: tracking.clone() }));
        Ok(Self {
            db,
            clock,
            identity,
            orders,
            tracking,
            analytics,
            imports,
            live,
            tasks,
            webhooks,
            carriers,
        })
    }

    /// What answers to the facts of the event log.
    pub(crate) fn followers(&self) -> Vec<Follower> {
        let reactions: [Arc<dyn Reaction>; 1] = [Arc::new(FollowShipments::new(self.orders.clone()))];
        let follow = |reaction| Follower::new(self.db.clone(), Arc::clone(&self.clock), reaction);
        reactions.into_iter().map(follow).collect()
    }
}
