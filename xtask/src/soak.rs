//! `cargo xtask soak`: a server under a mixed load for a while, and whether it stays as it is: its memory, its open
//! files, the log of its database, and what waits.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;

use crate::SetupOptions;
use crate::bench::Engine;
use crate::bench::http::Client;
use crate::bench::report::shown;
use crate::bench::server::{load_average, resident};
use crate::cleanup::CleanUp;
use crate::crash::site::{Server, Site};
use crate::crash::{wire, work};
use crate::postgres::{Cluster, Purpose};
use crate::setup::{self, Need};
use crate::shell;
use crate::workspace::Workspace;

/// Memory may grow by so much in ten minutes, in MiB.
const GROWTH: f64 = 1.0;
/// Open files that more of them may be at the end than after the warm-up.
const FILES: f64 = 8.0;
/// The log of SQLite may be so large, in MiB.
const LOG: f64 = 64.0;
/// So much may wait.
const WAITING: f64 = 200.0;
/// Shipments that are there before.
const SHIPMENTS: u32 = 100_000;
/// How soon the load notices that it is over.
const LOOK: Duration = Duration::from_millis(200);
/// Between two samples.
const SAMPLE: Duration = Duration::from_secs(10);
/// Deliveries a second, and of them one in so many is a repetition.
const DELIVERIES: u32 = 40;
const REPEATED: u64 = 10;
/// Lists a second.
const LISTS: u32 = 20;
/// Between two files, and the rows of each.
const FILE_EVERY: Duration = Duration::from_secs(15);
const FILE_ROWS: u32 = 400;

const PATHS: [&str; 8] = [
    "/v1/queue?limit=50",
    "/v1/queue?level=HIGH",
    "/v1/queue/summary",
    "/v1/shipments?limit=100",
    "/v1/shipments?status=IN_OFFICE",
    "/v1/shipments?carrier=coordinadora",
    "/v1/orders?limit=50",
    "/metrics",
];

#[derive(Args)]
pub(crate) struct Options {
    /// How long, without the warm-up.
    #[arg(long, default_value_t = 30)]
    minutes: u32,
    /// Minutes under the same load that do not count.
    #[arg(long, default_value_t = 5)]
    warm_up: u32,
    /// On this database.
    #[arg(long, default_value = "sqlite")]
    engine: Engine,
    /// Use the debug build.
    #[arg(long)]
    debug: bool,
    /// Print a JSON object for each sample, and everything else on standard error.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    setup: SetupOptions,
}

/// How the server is at a moment.
#[derive(Debug, Clone, Serialize)]
struct Sample {
    /// Since the warm-up ended; negative before.
    minutes: f64,
    rss_mib: f64,
    files: f64,
    log_mib: f64,
    waiting: f64,
    deliveries: u64,
    pages: u64,
    refused: u64,
    load: f64,
}

/// Runs the load and prints samples and slopes; false when a bar is missed.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    if options.minutes == 0 {
        bail!("a soak takes a minute at least");
    }
    if options.engine == Engine::Postgres {
        setup::ensure(&[Need::Postgres], options.setup.no_install)?;
    }
    let release: &[&str] = if options.debug { &[] } else { &["--release"] };
    shell::run(workspace.cargo(&["build", "--quiet", "--package", "app"]).args(release))?;
    let mut cleanup = CleanUp::start()?;
    let dir = workspace.target.join("soak").join(std::process::id().to_string());
    fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
    cleanup.later(&format!("rm -rf -- {}", shell::quoted(&dir)))?;
    let cluster = match options.engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(Cluster::start_for(&mut cleanup, Purpose::Measurement("0-1023"), None)?),
    };
    let mut site = Site::prepare(&workspace.litper(!options.debug), &dir, cluster.as_ref())?;
    eprintln!("{SHIPMENTS} shipments first");
    work::fill_up(&mut site, SHIPMENTS)?;
    let mut server = site.serve(&[])?;
    server.ready()?;
    let load = Load::start(&site)?;
    let samples = watch(options, &site, &mut server, &load)?;
    load.end()?;
    server.stop()?;
    Ok(judge(options, &samples))
}

/// Samples from the beginning to the end.
fn watch(options: &Options, site: &Site, server: &mut Server, load: &Load) -> Result<Vec<Sample>> {
    let warm_up = Duration::from_mins(u64::from(options.warm_up));
    let end = warm_up + Duration::from_mins(u64::from(options.minutes));
    let began = Instant::now();
    let mut samples = Vec::new();
    if !options.json {
        println!(
            "{:>8} {:>9} {:>6} {:>9} {:>8} {:>11} {:>8} {:>8} {:>6}",
            "minutes", "RSS MiB", "files", "log MiB", "waiting", "deliveries", "pages", "refused", "load"
        );
    }
    while began.elapsed() < end {
        thread::sleep(SAMPLE);
        if !server.is_alive() {
            bail!("the server died");
        }
        let minutes = (began.elapsed().as_secs_f64() - warm_up.as_secs_f64()) / 60.0;
        let sample = sample(site, server, load, minutes)?;
        if options.json {
            println!("{}", serde_json::to_string(&sample)?);
        } else {
            println!(
                "{:>8.1} {:>9.2} {:>6} {:>9.2} {:>8} {:>11} {:>8} {:>8} {:>6.1}",
                sample.minutes,
                sample.rss_mib,
                sample.files,
                sample.log_mib,
                sample.waiting,
                sample.deliveries,
                sample.pages,
                sample.refused,
                sample.load
            );
        }
        samples.push(sample);
    }
    Ok(samples)
}

fn sample(site: &Site, server: &Server, load: &Load, minutes: f64) -> Result<Sample> {
    let mut log = site.sqlite().into_os_string();
    log.push("-wal");
    let log = fs::metadata(log).map_or(0, |file| file.len());
    let figures = wire::figures(site.port, &site.key)?;
    let of = |name: &str| figures.get(name).copied().unwrap_or(0.0);
    let waiting =
        of("litper_webhook_stored_total") - of("litper_webhook_processed_total") + of("litper_tasks_waiting");
    Ok(Sample {
        minutes,
        rss_mib: resident(server.pid())?,
        files: fs::read_dir(format!("/proc/{}/fd", server.pid()))?.count() as f64,
        log_mib: log as f64 / 1024.0 / 1024.0,
        waiting,
        deliveries: load.counts.deliveries.load(Ordering::SeqCst),
        pages: load.counts.pages.load(Ordering::SeqCst),
        refused: load.counts.refused.load(Ordering::SeqCst),
        load: load_average(),
    })
}

/// Says what grew, and whether it may.
fn judge(options: &Options, samples: &[Sample]) -> bool {
    let counted: Vec<&Sample> = samples.iter().filter(|sample| sample.minutes >= 0.0).collect();
    let points = |of: fn(&Sample) -> f64| {
        counted.iter().map(|sample| (sample.minutes, of(sample))).collect::<Vec<_>>()
    };
    let most = |of: fn(&Sample) -> f64| counted.iter().map(|sample| of(sample)).fold(0.0, f64::max);
    let refused = samples.last().map_or(0, |sample| sample.refused);
    let build = if options.debug { "debug" } else { "release" };
    let rows = [
        ("memory, MiB in 10 minutes", slope(&points(|sample| sample.rss_mib)) * 10.0, GROWTH),
        ("open files, in 10 minutes", slope(&points(|sample| sample.files)) * 10.0, FILES),
        ("log, MiB at most", most(|sample| sample.log_mib), LOG),
        ("waiting at most", most(|sample| sample.waiting), WAITING),
        ("requests refused", refused as f64, 0.0),
    ];
    let mut good = true;
    for (what, value, bar) in rows {
        good &= value <= bar;
        let verdict = if value <= bar { "ok" } else { "MISSED" };
        eprintln!(
            "{:<8} {build:<8} {what:<28} {:>9} ≤ {bar:<5} {verdict}",
            options.engine.name(),
            shown(value)
        );
    }
    good
}

/// Of the line that lies closest to the points, by the squares of the distances; 0 for fewer than two.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    if points.len() < 2 || spread == 0.0 {
        return 0.0;
    }
    points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>() / spread
}

#[derive(Default)]
struct Counts {
    deliveries: AtomicU64,
    pages: AtomicU64,
    refused: AtomicU64,
}

/// Shops that send, people who look, files that come.
struct Load {
    stop: Arc<AtomicBool>,
    counts: Arc<Counts>,
    threads: Vec<JoinHandle<Result<()>>>,
}

impl Load {
    fn start(site: &Site) -> Result<Self> {
        let (stop, counts) = (Arc::new(AtomicBool::new(false)), Arc::new(Counts::default()));
        let mut load = Self { stop, counts, threads: Vec::new() };
        let port = site.port;
        let mut number = 0;
        load.every(Duration::from_secs(1) / DELIVERIES, move |counts| {
            number += 1;
            let repeated = if number % REPEATED == 0 { number / 2 } else { number };
            let taken = work::deliver(port, 10_000 + repeated)?;
            counts.deliveries.fetch_add(u64::from(taken), Ordering::SeqCst);
            Ok(taken)
        });
        let mut client = Client::connect(port, site.key.key())?;
        let mut at = 0;
        load.every(Duration::from_secs(1) / LISTS, move |counts| {
            client.get(PATHS[at % PATHS.len()])?;
            at += 1;
            counts.pages.fetch_add(1, Ordering::SeqCst);
            Ok(true)
        });
        let (dir, key, mut first) = (site.dir.clone(), site.key.clone(), 1);
        load.every(FILE_EVERY, move |_| {
            let (name, content) = work::file(&dir, first, FILE_ROWS)?;
            fs::remove_file(dir.join(&name))?;
            // Half of the rows are told of again by the next file.
            first += u64::from(FILE_ROWS / 2);
            Ok(wire::upload(port, &key, &name, &content)?.status == 202)
        });
        Ok(load)
    }

    /// Does something again and again; false is counted as refused.
    fn every(&mut self, pause: Duration, mut act: impl FnMut(&Counts) -> Result<bool> + Send + 'static) {
        let (stop, counts) = (Arc::clone(&self.stop), Arc::clone(&self.counts));
        self.threads.push(thread::spawn(move || {
            let mut due = Instant::now();
            while !stop.load(Ordering::SeqCst) {
                if !act(&counts)? {
                    counts.refused.fetch_add(1, Ordering::SeqCst);
                }
                due += pause;
                while !stop.load(Ordering::SeqCst) && Instant::now() < due {
                    thread::sleep(due.saturating_duration_since(Instant::now()).min(LOOK));
                }
            }
            Ok(())
        }));
    }

    fn end(self) -> Result<()> {
        self.stop.store(true, Ordering::SeqCst);
        for thread in self.threads {
            match thread.join() {
                Ok(ended) => ended?,
                Err(_) => bail!("the load panicked"),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_is_that_of_the_closest_line() {
        assert!((slope(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]) - 2.0).abs() < 1e-9);
        assert!(slope(&[(0.0, 7.0), (1.0, 7.0), (2.0, 7.0)]).abs() < 1e-9);
        assert!((slope(&[(0.0, 0.0), (1.0, 2.0), (2.0, 1.0)]) - 0.5).abs() < 1e-9);
        assert!(slope(&[]).abs() < 1e-9 && slope(&[(3.0, 3.0)]).abs() < 1e-9);
    }
}
