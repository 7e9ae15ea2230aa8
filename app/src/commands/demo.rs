//! `litper demo`: an invented organisation to look around in, files to try, and how to be rid of it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use database::Scope;
use domain::{
    Clock, Country, Ids, ManualClock, RandomIds, SignedDuration, SystemClock, TenantId, Timestamp,
    bogota_date,
};
use event_log::Sequencer;
use identity::Tenant;
use integrations::{Applied, Status};
use ports::files::{FileFormat, ImportedRow};
use serde_json::json;
use tracking::MAX_BATCH_NUMBERS;

use super::{is_current, live, output};
use crate::cli::DemoArgs;
use crate::demo::{Plan, carriers_list, rows, write_samples};
use crate::wiring::imports::{OrdersAndShipments, Teller};
use crate::{Config, Platform};

const NAME: &str = "Tienda Demo";
/// Rows of one transaction, as imports have it.
const CHUNK: usize = 500;
/// A day's report comes this long after its last movement.
const REPORT_AFTER: SignedDuration = SignedDuration::from_mins(20);
/// The reports of so many days become batches.
const BATCHES_OF: SignedDuration = SignedDuration::from_hours(4 * 24);

/// Tables that go last: the facts have their own way out, and the tenant's row is found again if the removal
/// breaks off.
const LAST: [&str; 3] = ["events", "tenant_keys", "tenants"];

pub(crate) async fn run(config: &Config, args: DemoArgs, json: bool) -> anyhow::Result<()> {
    let now = SystemClock.now();
    // Moved through the month, so that every report is taken in on its day.
    let clock = Arc::new(ManualClock::at(now));
    let ids: Arc<dyn Ids> = Arc::new(RandomIds::new(clock.clone()));
    let platform = Platform::build(config, config.master_key()?, clock.clone(), ids).await?;
    is_current(&platform).await?;
    if args.remove {
        return remove(&platform, &args.tenant, json).await;
    }
    let samples = args.samples.unwrap_or_else(|| config.data_dir.join("samples"));
    let written = write_samples(&samples, now)?;
    let (tenant, loaded) = match platform.identity.find_tenant(&args.tenant).await? {
        Some(tenant) if !tenant.demo => {
            bail!("the organisation {} holds real data; choose another name with --tenant", tenant.slug)
        }
        Some(tenant) => (tenant, None),
        None => {
            let tenant = platform.identity.create_tenant(&args.tenant, NAME, Country::Co, true).await?;
            let loaded = load(&platform, &clock, tenant.id, now).await?;
            (tenant, Some(loaded))
        }
    };
    report(&platform, &tenant, loaded, &samples, &written, json).await?;
    if args.live {
        // From here on by the clock on the wall.
        platform.db.close().await;
        let platform = Platform::connect(config).await?;
        live::run(config, &platform, tenant.id, args.orders).await?;
    }
    Ok(())
}

/// Lives through the month day by day, as if its reports came in on time.
async fn load(
    platform: &Platform,
    clock: &ManualClock,
    tenant: TenantId,
    now: Timestamp,
) -> anyhow::Result<Applied> {
    let target = OrdersAndShipments { orders: platform.orders.clone(), tracking: platform.tracking.clone() };
    let rows = rows(now, Plan::TENANT);
    let mut total = Applied::default();
    let (mut done, all) = (0, rows.len());
    for day in rows.chunk_by(|a, b| day_of(a) == day_of(b)) {
        let last = day.last().and_then(|row| row.last_movement_at).unwrap_or(now);
        clock.set(now.min(last + REPORT_AFTER));
        for chunk in day.chunks(CHUNK) {
            let mut tx = platform.db.write(Scope::Tenant(tenant)).await?;
            let (applied, _) =
                target.take_in(&mut tx, tenant, Teller::default(), chunk.to_vec(), clock.now()).await?;
            tx.commit().await?;
            total.orders_created += applied.orders_created;
            total.shipments_created += applied.shipments_created;
            total.events_new += applied.events_new;
            done += chunk.len();
            output::progress(&format!("{} %", done * 100 / all));
        }
        if day_of(&day[0]) > Some(bogota_date(now - BATCHES_OF)) {
            gather(platform, tenant, day).await?;
        }
    }
    clock.set(now);
    hear_carriers(platform, &target, tenant, now).await?;
    while platform.tracking.tick_risk().await? > 0 {}
    // Its events are as old as its days: none may look as if it had waited since then.
    let sequencer = Sequencer::new(platform.db.clone());
    while sequencer.tick().await? {}
    output::progress("");
    Ok(total)
}

/// Takes in what carriers say of a few parcels that Dropi calls delivered: at an office.
async fn hear_carriers(
    platform: &Platform,
    target: &OrdersAndShipments,
    tenant: TenantId,
    now: Timestamp,
) -> anyhow::Result<()> {
    let teller = Teller { import: None, format: Some(FileFormat::CarrierTracking) };
    let mut tx = platform.db.write(Scope::Tenant(tenant)).await?;
    target.take_in(&mut tx, tenant, teller, carriers_list(now, Plan::TENANT), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes a batch of what a day's report told.
async fn gather(platform: &Platform, tenant: TenantId, day: &[ImportedRow]) -> anyhow::Result<()> {
    let numbers: BTreeSet<_> = day.iter().filter_map(|row| row.tracking_number.clone()).collect();
    let numbers: Vec<_> = numbers.into_iter().take(MAX_BATCH_NUMBERS).collect();
    if !numbers.is_empty() {
        platform.tracking.create_batch(tenant, Some("Reporte de Dropi"), &numbers, None).await?;
    }
    Ok(())
}

fn day_of(row: &ImportedRow) -> Option<domain::Date> {
    row.last_movement_at.map(bogota_date)
}

async fn report(
    platform: &Platform,
    tenant: &Tenant,
    loaded: Option<Applied>,
    samples: &Path,
    written: &[std::path::PathBuf],
    json: bool,
) -> anyhow::Result<()> {
    let summary = platform.tracking.summary(tenant.id).await?;
    let applied = loaded.unwrap_or_default();
    let object = json!({
        "tenant": tenant.slug,
        "created": loaded.is_some(),
        "orders_created": applied.orders_created,
        "shipments_created": applied.shipments_created,
        "events_created": applied.events_new,
        "queue": { "high": summary.high, "medium": summary.medium, "low": summary.low },
        "samples": written.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
    });
    let slug = &tenant.slug;
    let first = match loaded {
        Some(applied) => format!(
            "The demonstration organisation {slug} has {} orders and {} shipments, all invented.",
            applied.orders_created, applied.shipments_created
        ),
        None => format!("The demonstration organisation {slug} was there already and was left alone."),
    };
    let sentence = format!(
        "{first}\nUrgent now: {} high, {} medium, {} low.\n\
         Files to try an import with: {}\n\
         Its first administrator: litper setup-link --tenant {slug}\n\
         Rid of it: litper demo --remove --tenant {slug}",
        summary.high,
        summary.medium,
        summary.low,
        samples.display(),
    );
    output::done(json, &sentence, &object)
}

/// Removes a demonstration organisation with everything that belongs to it.
async fn remove(platform: &Platform, slug: &str, json: bool) -> anyhow::Result<()> {
    let Some(tenant) = platform.identity.find_tenant(slug).await? else {
        let object = json!({ "tenant": slug, "removed": false });
        return output::done(json, &format!("There is no organisation {slug}."), &object);
    };
    if !tenant.demo {
        bail!("the organisation {slug} holds real data; only a demonstration is removed this way");
    }
    let newest = platform.imports.list(tenant.id, None, database::MAX_PAGE).await?;
    if newest.items.iter().any(|import| matches!(import.status, Status::Queued | Status::Running)) {
        bail!("a file of {slug} is being imported; wait until it has ended");
    }
    platform.db.erase_tenant(tenant.id, &LAST).await?;
    event_log::erase_tenant(&platform.db, tenant.id).await.context("the event log")?;
    // Once more, for what a running server wrote meanwhile, and now with the tenant itself.
    platform.db.erase_tenant(tenant.id, &["events"]).await?;
    let object = json!({ "tenant": slug, "removed": true });
    output::done(json, &format!("The demonstration organisation {slug} is gone, with all its data."), &object)
}
