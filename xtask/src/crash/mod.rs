//! `cargo xtask crash`: the program is killed at every durable write, starved and misled, and what it acknowledged is
//! looked for.
//!
//! The places where a debug build may be told to die (`data/database/src/fault.rs`) are not listed here: a first run
//! of all the work notes what it passes, and then each place is the end of one run. After each fault the program
//! starts again; everything acknowledged must be there, everything sent again must be there once, and `litper verify`
//! must find nothing.

mod commands;
mod faults;
mod places;
mod postgres;
mod proxy;
pub(crate) mod site;
pub(crate) mod wire;
pub(crate) mod work;

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;

use self::faults::Trial;
use self::postgres::Ground;
use self::proxy::Proxy;
use self::site::Site;
use self::work::{Book, Found};
use crate::SetupOptions;
use crate::bench::Engine;
use crate::bench::server::load_average;
use crate::cleanup::CleanUp;
use crate::postgres::{Cluster, Purpose};
use crate::setup::{self, Need};
use crate::shell;
use crate::workspace::Workspace;

/// A restart that takes longer is a failure.
const READY_WITHIN: Duration = Duration::from_secs(3);

#[derive(Args)]
pub(crate) struct Options {
    /// Only faults whose name contains one of these.
    names: Vec<String>,
    /// Only this database.
    #[arg(long)]
    engine: Option<Engine>,
    /// Name the faults and stop.
    #[arg(long)]
    list: bool,
    /// Use the release build, which has no places to die at: only the other faults remain.
    #[arg(long)]
    release: bool,
    /// Shipments that are there before, in whole hundred thousands.
    #[arg(long, default_value_t = 0)]
    shipments: u32,
    /// Print a JSON object a line, and everything else on standard error.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    setup: SetupOptions,
}

/// What became of one fault.
#[derive(Debug, Serialize)]
struct Row {
    on: &'static str,
    fault: String,
    acknowledged: usize,
    lost: Vec<String>,
    doubled: Vec<String>,
    broken: Vec<String>,
    /// From the start of the process to its readiness; none where nothing is served.
    restart_ms: Option<u64>,
    /// Why it says nothing, or what else went wrong.
    error: Option<String>,
    load: f64,
}

impl Row {
    fn is_good(&self) -> bool {
        let quick = self.restart_ms.is_none_or(|millis| u128::from(millis) <= READY_WITHIN.as_millis());
        self.lost.is_empty()
            && self.doubled.is_empty()
            && self.broken.is_empty()
            && self.error.is_none()
            && quick
    }

    fn line(&self) -> String {
        let restart = self.restart_ms.map_or_else(|| "-".to_owned(), |millis| millis.to_string());
        let mut line = format!(
            "{:<8} {:<66} {:>12} {:>4} {:>7} {:>10} {}",
            self.on,
            self.fault,
            self.acknowledged,
            self.lost.len(),
            self.doubled.len(),
            restart,
            if self.is_good() { "ok" } else { "FAILED" }
        );
        for (what, which) in [("lost", &self.lost), ("doubled", &self.doubled), ("broken", &self.broken)] {
            if !which.is_empty() {
                line += &["\n         ", what, ": ", &which.join(", ")].concat();
            }
        }
        if let Some(error) = &self.error {
            line += &["\n         ", &error.replace('\n', "\n         ")].concat();
        }
        line
    }
}

/// Makes every fault and prints what became of it; false when anything was lost.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    let engines = options.engine.map_or(vec![Engine::Sqlite, Engine::Postgres], |engine| vec![engine]);
    if engines.contains(&Engine::Postgres) {
        setup::ensure(&[Need::Postgres], options.setup.no_install)?;
    }
    let release: &[&str] = if options.release { &["--release"] } else { &[] };
    shell::run(workspace.cargo(&["build", "--quiet", "--package", "app"]).args(release))?;
    if !options.json && !options.list {
        println!(
            "{:<8} {:<66} {:>12} {:>4} {:>7} {:>10}",
            "on", "fault", "acknowledged", "lost", "doubled", "restart ms"
        );
    }
    let mut rows = Vec::new();
    for engine in engines {
        let mut crash = Crash::start(workspace, engine, options)?;
        crash.all()?;
        rows.append(&mut crash.rows);
    }
    let failed = rows.iter().filter(|row| !row.is_good()).count();
    let slowest = rows.iter().filter_map(|row| row.restart_ms).max().unwrap_or(0);
    eprintln!("{} faults, {failed} failed; the slowest restart took {slowest} ms", rows.len());
    if rows.is_empty() && !options.list {
        bail!("no fault has such a name");
    }
    Ok(failed == 0)
}

/// Everything on one engine.
struct Crash<'a> {
    options: &'a Options,
    engine: Engine,
    dir: PathBuf,
    cluster: Option<Cluster>,
    base: Option<Site>,
    program: PathBuf,
    /// Copies made so far.
    made: u32,
    rows: Vec<Row>,
    /// Undoes everything when it ends.
    cleanup: CleanUp,
}

impl<'a> Crash<'a> {
    fn start(workspace: &Workspace, engine: Engine, options: &'a Options) -> Result<Self> {
        let mut cleanup = CleanUp::start()?;
        // On the disk that the target directory is on: temporary folders may be in memory.
        let dir = workspace.target.join("crash").join(format!("{}-{}", engine.name(), std::process::id()));
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        cleanup.later(&format!("rm -rf -- {}", shell::quoted(&dir)))?;
        let cluster = match engine {
            Engine::Sqlite => None,
            // As durable as it is by default.
            Engine::Postgres => Some(Cluster::start_for(&mut cleanup, Purpose::Measurement("0-1023"), None)?),
        };
        let program = workspace.litper(options.release);
        Ok(Self { options, engine, dir, cluster, base: None, program, made: 0, rows: Vec::new(), cleanup })
    }

    fn all(&mut self) -> Result<()> {
        let folder = self.dir.join("base");
        fs::create_dir(&folder)?;
        let mut base = Site::prepare(&self.program, &folder, self.cluster.as_ref())?;
        work::fill_up(&mut base, self.options.shipments)?;
        self.base = Some(base);
        if !self.options.release {
            self.at_places()?;
            self.at_commands()?;
        }
        for fault in &faults::FAULTS {
            if fault.only.is_none_or(|only| only == self.engine) {
                self.break_outside(fault)?;
            }
        }
        if self.cluster.is_some() {
            self.of_postgres()?;
        }
        Ok(())
    }

    fn is_wanted(&self, name: &str) -> bool {
        let names = &self.options.names;
        let wanted = names.is_empty() || names.iter().any(|part| name.contains(part.as_str()));
        if wanted && self.options.list {
            println!("{:<8} {name}", self.engine.name());
        }
        wanted && !self.options.list
    }

    fn copy(&mut self) -> Result<Site> {
        self.made += 1;
        self.base.as_ref().context("nothing is prepared")?.copy(self.made, self.cluster.as_ref())
    }

    /// Death at each place that the work passes.
    fn at_places(&mut self) -> Result<()> {
        let site = self.copy()?;
        let places = places::passed(&site)?;
        site.remove(self.cluster.as_ref())?;
        for (place, passes) in places {
            for pass in places::deaths(passes) {
                let fault = format!("{place}:{pass}");
                if self.is_wanted(&fault) {
                    self.trial(&fault, |trial| places::die(trial, &fault))?;
                }
            }
        }
        Ok(())
    }

    fn break_outside(&mut self, fault: &faults::Fault) -> Result<()> {
        if !self.is_wanted(fault.name) {
            return Ok(());
        }
        if let Err(why) = faults::may(fault) {
            eprintln!("left out: {} ({why})", fault.name);
            return Ok(());
        }
        self.trial(fault.name, fault.make)
    }

    fn of_postgres(&mut self) -> Result<()> {
        for fault in &postgres::FAULTS {
            if self.is_wanted(fault.name) {
                self.on_ground(fault.name, |ground, trial| postgres::make(fault, ground, trial))?;
            }
        }
        if self.is_wanted("PostgreSQL is away when the server starts") {
            self.on_ground("PostgreSQL is away when the server starts", postgres::away_at_start)?;
        }
        // The last one: the first server does not come back.
        let name = "PostgreSQL fails over to its standby";
        if self.is_wanted(name) {
            let cluster = self.cluster.as_ref().context("no PostgreSQL")?;
            let standby = cluster.with_standby(&mut self.cleanup)?;
            self.on_ground(name, |ground, trial| postgres::failed_over(ground, &standby, trial))?;
        }
        Ok(())
    }

    /// A trial whose server reaches PostgreSQL through a network of ours.
    fn on_ground(
        &mut self,
        name: &str,
        make: impl FnOnce(&Ground<'_>, &mut Trial<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut site = self.copy()?;
        let cluster = self.cluster.take().context("no PostgreSQL")?;
        let proxy = Proxy::start(cluster.port())?;
        site.through(cluster.port(), proxy.port);
        let ground = Ground { cluster: &cluster, proxy: &proxy };
        let row = self.judged(name, &site, |trial| make(&ground, trial));
        self.show(row)?;
        drop(proxy);
        // After a fail-over nobody is left to drop it.
        let _ = site.remove(Some(&cluster));
        self.cluster = Some(cluster);
        Ok(())
    }

    fn trial(&mut self, name: &str, make: impl FnOnce(&mut Trial<'_>) -> Result<()>) -> Result<()> {
        let site = self.copy()?;
        let row = self.judged(name, &site, make);
        let good = row.is_good();
        self.show(row)?;
        if good { site.remove(self.cluster.as_ref()) } else { self.keep(site) }
    }

    /// Makes a fault on a site and looks at what is left.
    fn judged(&self, name: &str, site: &Site, make: impl FnOnce(&mut Trial<'_>) -> Result<()>) -> Row {
        let mut book = Book::default();
        let outcome = make(&mut Trial { site, book: &mut book }).and_then(|()| aftermath(site, &mut book));
        let mut row = self.row(name);
        match outcome {
            Ok((found, restart)) => row.found(found, Some(restart)),
            Err(error) => row.error = Some(format!("{error:#}")),
        }
        row
    }

    fn row(&self, name: &str) -> Row {
        Row {
            on: self.engine.name(),
            fault: name.to_owned(),
            acknowledged: 0,
            lost: Vec::new(),
            doubled: Vec::new(),
            broken: Vec::new(),
            restart_ms: None,
            error: None,
            load: load_average(),
        }
    }

    /// What failed stays to be looked at, its log at least.
    fn keep(&self, site: Site) -> Result<()> {
        let log = self.dir.with_extension(format!("{}.log", self.made));
        let _ = fs::copy(site.dir.join("serve.log"), &log);
        eprintln!("the server's log is {}", log.display());
        site.remove(self.cluster.as_ref())
    }

    fn show(&mut self, row: Row) -> Result<()> {
        if self.options.json {
            println!("{}", serde_json::to_string(&row)?);
        } else {
            println!("{}", row.line());
        }
        self.rows.push(row);
        Ok(())
    }
}

impl Row {
    fn found(&mut self, found: Found, restart: Option<Duration>) {
        self.acknowledged = found.acknowledged;
        self.lost = found.lost;
        self.doubled = found.doubled;
        self.broken = found.broken;
        self.restart_ms = restart.map(|took| took.as_millis() as u64);
    }
}

/// Starts the server again, looks, and stops it; answers how long the start took.
fn aftermath(site: &Site, book: &mut Book) -> Result<(Found, Duration)> {
    let began = Instant::now();
    let clock = site.clock();
    let wrong = clock.is_file().then(|| ("LITPER_FAULT_CLOCK", clock.display().to_string()));
    let mut server = site.serve(wrong.as_slice())?;
    let restart = server.ready().with_context(|| format!("after {} ms", began.elapsed().as_millis()))?;
    let found = book.look(site)?;
    server.stop()?;
    Ok((found, restart))
}
