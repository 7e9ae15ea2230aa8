//! `litper demo --live`: the simulated world goes on beside a running server, by the clock on the wall. Its shops send
//! signed messages as real ones do, and Dropi's files come every few minutes.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::bail;
use domain::{TenantId, Timestamp};
use integrations::ReceiveError;
use simulator::{File, Live, Request};

use super::loopback::{exchange, reachable};
use super::{output, serve};
use crate::{Config, Platform};

/// Names the world; every demonstration has the same one.
const SEED: u64 = 1;
/// Between two looks at the clock.
const LOOK: Duration = Duration::from_secs(1);
/// Looks after which a report of movements comes, and one with orders and money.
const MOVEMENTS_EVERY: u64 = 60;
const ORDERS_EVERY: u64 = 300;

/// What came in so far.
#[derive(Default)]
struct Told {
    messages: u64,
    refused: u64,
    files: u64,
    rows: usize,
}

/// Lives on until it is told to stop.
pub(super) async fn run(
    config: &Config,
    platform: &Platform,
    tenant: TenantId,
    orders: u64,
) -> anyhow::Result<()> {
    let address = reachable(config.listen);
    if !matches!(exchange(address, "GET", "/health/ready", &[], &[]).await, Ok(200)) {
        bail!(
            "no server is ready at {address}: start one in another shell (litper serve), then say this again"
        );
    }
    for shop in simulator::shops() {
        platform.webhooks.register_shop(tenant, "shopify", &shop.domain, &shop.secret.into()).await?;
    }
    output::text(&format!("Orders come in and parcels move at http://{address} until Ctrl-C.\n"))?;
    tokio::select! {
        outcome = live(platform, tenant, address, orders) => outcome,
        () = serve::shutdown_signal() => {
            output::progress("");
            Ok(())
        }
    }
}

async fn live(platform: &Platform, tenant: TenantId, address: SocketAddr, orders: u64) -> anyhow::Result<()> {
    let mut world = Live::begin(SEED, orders, platform.clock.now());
    let mut told = Told::default();
    let mut looks: u64 = 0;
    loop {
        let now = platform.clock.now();
        for message in world.messages(now) {
            send(address, &message, &mut told).await?;
        }
        for file in files(&mut world, looks, now)?.into_iter().flatten() {
            load(platform, tenant, &file, &mut told).await?;
        }
        output::progress(&told.to_string());
        looks += 1;
        pause().await;
    }
}

/// Orders come before what moved of them.
fn files(world: &mut Live, looks: u64, now: Timestamp) -> anyhow::Result<[Option<File>; 2]> {
    let orders = if looks.is_multiple_of(ORDERS_EVERY) { world.orders(now)? } else { None };
    let movements = if looks.is_multiple_of(MOVEMENTS_EVERY) { world.movements(now)? } else { None };
    Ok([orders, movements])
}

/// A server that is away for a while misses nothing that matters: a shop sends again later.
async fn send(address: SocketAddr, message: &Request, told: &mut Told) -> anyhow::Result<()> {
    loop {
        match exchange(address, "POST", "/webhooks/shopify", &message.headers, &message.body).await {
            Ok(200) => told.messages += 1,
            // Somebody else's signature.
            Ok(401) => told.refused += 1,
            Ok(status @ (400 | 404 | 413 | 422)) => bail!("a message was refused with {status}"),
            Ok(_) | Err(_) => {
                output::progress("the server does not answer; waiting for it");
                pause().await;
                continue;
            }
        }
        return Ok(());
    }
}

async fn load(platform: &Platform, tenant: TenantId, file: &File, told: &mut Told) -> anyhow::Result<()> {
    let mut upload = platform.imports.begin_upload().await?;
    upload.write(&file.content).await?;
    match platform.imports.finish_upload(upload, tenant, &file.name, None).await {
        Ok(_) => {
            told.files += 1;
            told.rows += file.rows;
            Ok(())
        }
        // As after a start within the same minute.
        Err(ReceiveError::AlreadyImported { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { messages, refused, files, rows } = self;
        write!(f, "{messages} messages taken, {refused} forged ones refused; {files} files with {rows} rows")
    }
}

#[expect(clippy::disallowed_methods, reason = "the world goes on by the clock on the wall")]
async fn pause() {
    tokio::time::sleep(LOOK).await;
}
