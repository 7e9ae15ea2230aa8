//! Signed orders at the door: how many a second are on the disk before their answers, and how fast they become
//! orders afterwards.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::files::{self, Form, Layout, Wanted};
use super::floor::Floor;
use super::http::Client;
use super::import::{name_of, status_of, upload};
use super::load::{self, Outcome};
use super::report::{Figure, median, quantile, shown};
use super::server::{SERVER_CORE, Server, Site};
use super::{Bench, Engine, moments, orders};

const NAME: &str = "intake";
const DURING: &str = "during";
const CONNECTIONS: [usize; 2] = [32, 128];
const ROUNDS: usize = 3;
const DRAIN_LIMIT: Duration = Duration::from_mins(3);

/// What is sent over so many connections, beside the append log.
struct Load {
    connections: usize,
    ours: Vec<Outcome>,
    floors: Vec<Outcome>,
    /// Microseconds of processor for each order, a round each.
    cpu: Vec<f64>,
}

pub(super) fn run(bench: &mut Bench<'_>) -> Result<Vec<Figure>> {
    let site = site_with_shop(bench)?;
    let count = if bench.quick { 15_000 } else { 40_000 };
    let mut sent = 0;
    let mut loads = CONNECTIONS.map(|connections| Load {
        connections,
        ours: Vec::new(),
        floors: Vec::new(),
        cpu: Vec::new(),
    });
    {
        let server = site.serve(SERVER_CORE, &["--role", "gateway"])?;
        activate(&server)?;
        for _ in 0..ROUNDS {
            for load in &mut loads {
                let requests = orders::requests(1 + sent, count)?;
                let before = bench.cpu_seconds(server.pid())?;
                load.ours.push(load::drive(server.port, load.connections, &requests)?);
                load.cpu.push((bench.cpu_seconds(server.pid())? - before) / count as f64 * 1e6);
                sent += count as u64;
                let floor = Floor::start(&bench.folder()?.join("log"))?;
                load.floors.push(load::drive(floor.port, load.connections, &requests)?);
            }
        }
        let stored = counter(&mut server.client()?, "litper_webhook_stored_total")?;
        // One more made the shop's domain active.
        ensure!(stored == sent + 1, "{stored} deliveries stored after {sent} answers");
    }
    let drained = drain(&site, sent + 1)?;
    let mut all: Vec<Figure> = loads.iter().flat_map(|load| figures(bench.engine, load)).collect();
    let figure = Figure::new(NAME, bench.engine.name(), "then processed into orders");
    all.push(figure.is(drained, "/s").at_least(3_000.0));
    Ok(all)
}

fn figures(engine: Engine, load: &Load) -> [Figure; 3] {
    let rate = |outcomes: &[Outcome]| median(&outcomes.iter().map(Outcome::per_second).collect::<Vec<_>>());
    let all: Vec<f64> = load.ours.iter().flat_map(|outcome| outcome.millis.iter().copied()).collect();
    let (own, floor) = (rate(&load.ours), rate(&load.floors));
    let bar = match engine {
        Engine::Sqlite => 10_000.0,
        Engine::Postgres => 8_000.0,
    };
    let name = format!("5 KB orders, {} connections", load.connections);
    let figure = |what: &str| Figure::new(NAME, engine.name(), format!("{name}{what}"));
    let beside =
        format!("{} µs of processor each; append log {} a second", shown(median(&load.cpu)), shown(floor));
    // A floor below our own rate is no floor: then the share says nothing and must not pass.
    let share = if floor > own { own / floor * 100.0 } else { 0.0 };
    [
        figure("").is(own, "/s").at_least(bar).beside(beside),
        figure(": p99")
            .is(quantile(&all, 0.99), "ms")
            .at_most(25.0)
            .beside(format!("p50 {}", shown(quantile(&all, 0.5)))),
        figure(": share of the append log").is(share, "%").at_least(35.0),
    ]
}

/// Deliveries while an import runs: a second of them at a tenth of the rate, again and again.
pub(super) fn during_import(bench: &mut Bench<'_>) -> Result<Vec<Figure>> {
    let site = site_with_shop(bench)?;
    let server = site.serve(SERVER_CORE, &[])?;
    activate(&server)?;
    let wanted =
        Wanted { layout: Layout::EventLog, form: Form::Xlsx, first: 1, rows: 100_000, now: moments::now() };
    let file = files::write(&bench.dir, &wanted)?;
    let requests = orders::requests(1, 60_000)?;
    let mut client = server.client()?;
    let id = upload(&mut client, name_of(&file), &std::fs::read(&file)?)?;
    let mut looked = Instant::now();
    let mut over = false;
    let outcome = load::drive_until(server.port, 1, &requests, || {
        if !over && looked.elapsed() > Duration::from_millis(200) {
            over = status_of(&mut client, &id).is_ok_and(|status| status != "queued" && status != "running");
            looked = Instant::now();
        }
        over
    })?;
    ensure!(over, "the import outlasted {} deliveries", requests.len());
    let beside = format!(
        "{} deliveries one after the other, p50 {}, longest {}",
        outcome.millis.len(),
        shown(quantile(&outcome.millis, 0.5)),
        shown(quantile(&outcome.millis, 1.0))
    );
    let figure = Figure::new(DURING, bench.engine.name(), "delivery during an import: p99");
    Ok(vec![figure.is(quantile(&outcome.millis, 0.99), "ms").at_most(100.0).beside(beside)])
}

/// A site that one shop sends to.
pub(super) fn site_with_shop(bench: &mut Bench<'_>) -> Result<Site> {
    let site = bench.site()?;
    let mut command = site.litper();
    command.args(["shop", "add", "--tenant", "bench", orders::SHOP]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    writeln!(child.stdin.take().context("no input")?, "{}", orders::SECRET)?;
    ensure!(child.wait()?.success(), "the shop was not registered");
    Ok(site)
}

/// The first delivery proves the shop's domain.
pub(super) fn activate(server: &Server) -> Result<()> {
    load::drive(server.port, 1, &orders::requests(0, 1)?).map(drop)
}

/// Orders a second, from the start of a server with all roles until none waits.
fn drain(site: &Site, waiting: u64) -> Result<f64> {
    let began = Instant::now();
    let server = site.serve(SERVER_CORE, &[])?;
    let mut client = server.client()?;
    loop {
        let done = counter(&mut client, "litper_webhook_processed_total")?;
        if done >= waiting {
            ensure!(counter(&mut client, "litper_webhook_failed_total")? == 0, "deliveries failed");
            return Ok(waiting as f64 / began.elapsed().as_secs_f64());
        }
        if began.elapsed() > DRAIN_LIMIT {
            bail!("only {done} of {waiting} deliveries were processed");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A counter of the program, summed over its labels; 0 as long as it does not exist.
fn counter(client: &mut Client, name: &str) -> Result<u64> {
    let text = client.get("/metrics")?;
    let text = String::from_utf8_lossy(&text);
    let values = text.lines().filter_map(|line| {
        let rest = line.strip_prefix(name)?;
        rest.starts_with([' ', '{']).then(|| rest.rsplit(' ').next()?.parse::<f64>().ok()).flatten()
    });
    Ok(values.sum::<f64>() as u64)
}
