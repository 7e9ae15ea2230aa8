//! `litper sim`: this program inside a simulated world, in a database that holds nothing else.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use database::{DatabaseUrl, MasterKey};
use domain::{ManualClock, SeededIds, Timestamp};
use serde_json::json;
use simulator::{Plan, Report};

use super::output;
use crate::cli::SimArgs;
use crate::simulation::{engine_name, is_empty, simulate};
use crate::{Config, Platform};

/// Seals what is invented, in a file that is removed afterwards: no secret.
const INVENTED_KEY: &str = "c2ltdWxhdGVkIGtleSwgbm90IGEgc2VjcmV0ICEhISE=";
/// Before the world's first day.
const BEFORE: &str = "2026-01-05T05:00:00Z";

/// Lives through the days and prints what they brought.
pub(crate) async fn run(config: &Config, args: SimArgs, json: bool) -> anyhow::Result<()> {
    let began = Instant::now();
    let folder = tempfile::Builder::new().prefix("litper-sim-").tempdir()?;
    let (database, master) = match args.engine.as_str() {
        "sqlite" => {
            let key = MasterKey::from_base64(&INVENTED_KEY.to_owned().into())?;
            (DatabaseUrl::Sqlite(folder.path().join("litper.db")), key)
        }
        "postgres" => match &config.database {
            url @ DatabaseUrl::Postgres(_) => (url.clone(), config.master_key()?),
            DatabaseUrl::Sqlite(_) => bail!("name an empty PostgreSQL database in LITPER_DATABASE"),
        },
        other => bail!("there is no engine {other}: sqlite or postgres"),
    };
    let start: Timestamp = BEFORE.parse().context("the world's beginning")?;
    let clock = ManualClock::at(start);
    let config = Config {
        data_dir: folder.path().to_owned(),
        listen: config.listen,
        roles: config.roles,
        public_url: config.public_url.clone(),
        database,
        database_options: config.database_options,
        files: folder.path().join("files"),
        log: config.log.clone(),
        log_format: config.log_format,
        ask_carriers: false,
        carriers_on_this_machine: false,
        entrance: Arc::clone(&config.entrance),
    };
    let ids = Arc::new(SeededIds::new(args.seed));
    let platform = Platform::build(&config, master, Arc::new(clock.clone()), ids).await?;
    make_ready(&platform).await?;
    let engine = engine_name(&platform.db);
    let plan = Plan { seed: args.seed, days: args.days, orders: args.orders };
    let db = platform.db.clone();
    let report = simulate(platform, &clock, plan).await;
    db.close().await;
    let report = report?;
    if let Some(file) = &args.facts {
        std::fs::write(file, report.facts.join("\n")).with_context(|| file.display().to_string())?;
    }
    let took = began.elapsed();
    let object = json!({ "engine": engine, "took_ms": took.as_millis() as u64, "report": report });
    let last = format!("on {engine} in {:.1} s", took.as_secs_f64());
    output::done(json, &format!("{}\n{last}", sentence(&report)), &object)
}

/// Makes the tables where there is nothing at all. A database with tables is not touched: it has to be this program's,
/// current, and without an organisation.
async fn make_ready(platform: &Platform) -> anyhow::Result<()> {
    if !platform.db.has_tables().await? {
        platform.db.migrate().await?;
    } else if !platform.db.pending_migrations().await?.is_empty() {
        bail!("this database has tables already: a simulation needs an empty database of its own");
    }
    if !is_empty(platform).await? {
        bail!("this database holds an organisation already: a simulation needs one of its own");
    }
    Ok(())
}

fn sentence(report: &Report) -> String {
    let held = &report.held;
    format!(
        "Seed {}, {} days: every invariant held at the end of each day.\n\
         orders placed      {}\n\
         messages           {} taken, {} forged ones refused\n\
         files              {} loaded with {} rows, {} refused as repeated\n\
         held               {} orders, {} shipments, {} events\n\
         delivered          {}\n\
         returned           {}\n\
         collected          {} COP\n\
         freight            {} COP, returns {} COP\n\
         steps of loops     {}\n\
         hash               {}",
        report.seed,
        report.days,
        report.orders_placed,
        report.messages,
        report.forged,
        report.files,
        report.rows,
        report.files_repeated,
        held.orders,
        held.shipments,
        held.events,
        held.delivered,
        held.returned,
        held.collected,
        held.freight,
        held.return_cost,
        report.steps,
        report.hash,
    )
}
