//! `litper serve`: one process with all roles, or some.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use database::{DatabaseUrl, Engine};
use gateway::{Gateway, Table};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::lock::ServerLock;
use crate::roles::Roles;
use crate::{Config, Platform, console, http};

/// Time for loops to finish what they are doing.
const GRACE: Duration = Duration::from_secs(20);

pub(crate) async fn run(config: &Config) -> anyhow::Result<()> {
    telemetry::start_logs(config.log_format, &config.log)?;
    let metrics = telemetry::start_metrics()?;
    let _lock = match &config.database {
        DatabaseUrl::Sqlite(path) => Some(ServerLock::take(path)?),
        DatabaseUrl::Postgres(_) => None,
    };
    let platform = Platform::connect(config).await?;
    if !platform.db.pending_migrations().await?.is_empty() {
        bail!("the database's tables are not up to date: run `litper migrate`");
    }
    // Reading the system's keys now refuses a wrong master key before anybody logs in.
    platform.db.keyring().system(&platform.db).await?;
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    let roles = Roles::start(&platform, config.roles).await?;
    if platform.db.engine() == Engine::Sqlite && !(config.roles.gateway && config.roles.worker) {
        tracing::warn!("SQLite has one process: what the missing role does is not done until it is added");
    }
    let render = Arc::new(move || metrics.render());
    let gateway = Gateway::new(config.entrance.gateway.clone(), Arc::new(Table::default()));
    let router = gateway.guard(router(config, &platform, &roles, render));
    tracing::info!(listen = %config.listen, url = %config.public_url, "ready");

    let stop = CancellationToken::new();
    let signal = async {
        shutdown_signal().await;
        tracing::info!("stopping");
        // Open screens would hold the server for ever.
        platform.live.close();
        stop.cancel();
    };
    let limits = http::Limits {
        connections: config.entrance.max_connections,
        per_address: config.entrance.max_connections_per_address,
        ..http::Limits::default()
    };
    let counted_as = move |peer| gateway.caller_at(peer);
    tokio::join!(http::serve(listener, router, stop.clone(), limits, counted_as), signal);
    roles.stop(&platform.tasks, GRACE).await;
    platform.db.close().await;
    Ok(())
}

/// Webhooks, the API, and the console for every other path; for a worker, its health and metrics.
fn router(
    config: &Config,
    platform: &Platform,
    roles: &Roles,
    metrics: Arc<dyn Fn() -> String + Send + Sync>,
) -> Router {
    let api = api::Api {
        identity: platform.identity.clone(),
        imports: platform.imports.clone(),
        webhooks: platform.webhooks.clone(),
        carriers: platform.carriers.clone(),
        tracking: platform.tracking.clone(),
        analytics: platform.analytics.clone(),
        orders: platform.orders.clone(),
        tasks: Arc::clone(&platform.tasks),
        live: platform.live.clone(),
        db: platform.db.clone(),
        clock: Arc::clone(&platform.clock),
        readiness: roles.readiness(platform),
        metrics,
        secure_cookies: config.is_https(),
    };
    if !config.roles.gateway {
        return api::probes(api);
    }
    let rest = api::router(api, Router::new().fallback(console::serve));
    webhooks::router(&platform.webhooks).fallback_service(gateway::packed(rest))
}

/// Ctrl-C, or what a supervisor sends.
pub(super) async fn shutdown_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}
