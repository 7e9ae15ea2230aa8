//! The same work done by what one would use instead, beside ours, in turns in one run.
//!
//! What the peers are made of is in `xtask/data/peers`; their packages are installed by name into the folder of tools,
//! once. They run on the server's core, with a PostgreSQL on the same one, and the same client sends to them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::files::{self, Form, Layout, Wanted};
use super::load::{self, Outcome};
use super::report::{Figure, median, shown};
use super::server::SERVER_CORE;
use super::{Bench, Engine, Name, import, intake, moments, orders, queue};
use crate::cleanup::tail;
use crate::postgres::{Cluster, free_port};
use crate::product::wait_until_ready;
use crate::shell::{find, output};
use crate::workspace::Workspace;

const NAME: &str = "peers";
const ROUNDS: usize = 3;
const START_LIMIT: Duration = Duration::from_secs(30);
const PYTHON: [&str; 10] = [
    "fastapi",
    "uvicorn",
    "uvloop",
    "httptools",
    "asyncpg",
    "procrastinate",
    "psycopg[binary]",
    "pandas",
    "openpyxl",
    "python-calamine",
];
/// Of the versions that Node 20 runs.
const NODE: [&str; 4] = ["fastify@5", "pg@8", "pg-boss@10", "graphile-worker@0.17"];
const DELIVERIES: &str = "create table deliveries (id bigint generated always as identity primary key,
    source text not null, delivery_id text not null, topic text not null, shop text not null, triggered_at text,
    body bytea not null, received_at timestamptz not null default now(), unique (source, delivery_id))";

/// Where their packages are.
pub(super) struct Peers {
    python: PathBuf,
    node: PathBuf,
}

impl Peers {
    /// Installs what is missing.
    pub(super) fn ready(workspace: &Workspace, no_install: bool) -> Result<Self> {
        let dir = workspace.tools.join("peers");
        let peers = Self { python: dir.join("python"), node: dir.join("node") };
        if !peers.python.join("installed").is_file() || !peers.node.join("installed").is_file() {
            if no_install {
                bail!("the peers' packages are not in {}: run without --no-install", dir.display());
            }
            fs::create_dir_all(&peers.node)?;
            peers.install()?;
        }
        // Modules are looked for beside the file that asks for them.
        for file in ["intake.mjs", "queue.mjs"] {
            fs::copy(workspace.root.join("xtask/data/peers").join(file), peers.node.join(file))?;
        }
        Ok(peers)
    }

    fn install(&self) -> Result<()> {
        let python = find("python3").context("python3 is missing; run: apt-get install python3-venv")?;
        let npm = find("npm").context("npm is missing; run: apt-get install npm")?;
        for package in PYTHON.iter().chain(&NODE) {
            eprintln!("installing {package}");
        }
        output(Command::new(python).args(["-m", "venv"]).arg(&self.python))?;
        let pip = ["install", "--quiet", "--prefer-binary", "--disable-pip-version-check"];
        output(Command::new(self.python.join("bin/pip")).args(pip).args(PYTHON))?;
        let how = ["install", "--no-audit", "--no-fund", "--prefix"];
        output(Command::new(npm).args(how).arg(&self.node).args(NODE).current_dir(&self.node))?;
        for dir in [&self.python, &self.node] {
            fs::write(dir.join("installed"), "")?;
        }
        Ok(())
    }

    fn python(&self, workspace: &Workspace, script: &str) -> Command {
        let mut command = pinned(&self.python.join("bin/python"));
        command.arg(workspace.root.join("xtask/data/peers").join(script));
        command
    }

    fn node(&self, script: &str) -> Command {
        let mut command = pinned(Path::new("node"));
        command.arg(self.node.join(script)).current_dir(&self.node);
        command
    }
}

/// A program on the server's core.
fn pinned(program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", SERVER_CORE]).arg(program);
    command
}

/// Runs one comparison; benches that no peer does are none.
pub(super) fn run(bench: &mut Bench<'_>, peers: &Peers, name: Name) -> Result<Vec<Figure>> {
    match name {
        Name::Intake => take_in(bench, peers),
        Name::Queue => work_off(bench, peers),
        Name::Import => read_in(bench, peers),
        Name::During | Name::Lists | Name::Routes | Name::Start => Ok(Vec::new()),
    }
}

/// A server of a peer's. It ends when dropped.
struct Peer {
    child: Child,
    port: u16,
}

impl Peer {
    fn start(mut command: Command, dir: &Path, port: u16) -> Result<Self> {
        let log_file = dir.join("peer.log");
        let log = File::create(&log_file)?;
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?;
        let mut peer = Self { child, port };
        if wait_until_ready(port, START_LIMIT, || matches!(peer.child.try_wait(), Ok(None))) {
            return Ok(peer);
        }
        bail!("the peer does not start; its log ends:\n{}", tail(&log_file, 20))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn database(bench: &mut Bench<'_>, cluster: &Cluster) -> Result<String> {
    bench.made += 1;
    cluster.create_database(&format!("peer{}", bench.made))
}

fn fastapi(bench: &mut Bench<'_>, peers: &Peers, cluster: &Cluster) -> Result<Peer> {
    let (url, port, dir) = (database(bench, cluster)?, free_port()?, bench.folder()?);
    Cluster::run_in(&url, DELIVERIES)?;
    let mut command = pinned(&peers.python.join("bin/python"));
    command
        .args(["-m", "uvicorn", "intake:app", "--no-access-log", "--loop", "uvloop", "--http", "httptools"])
        .args(["--log-level", "error", "--port", &port.to_string()])
        .env("PYTHONPATH", bench.workspace.root.join("xtask/data/peers"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("DATABASE", url)
        .env("SECRET", orders::SECRET);
    Peer::start(command, &dir, port)
}

fn fastify(bench: &mut Bench<'_>, peers: &Peers, cluster: &Cluster) -> Result<Peer> {
    let (url, port, dir) = (database(bench, cluster)?, free_port()?, bench.folder()?);
    Cluster::run_in(&url, DELIVERIES)?;
    let mut command = peers.node("intake.mjs");
    command.env("DATABASE", url).env("SECRET", orders::SECRET).env("PORT", port.to_string());
    command.env("NODE_ENV", "production");
    Peer::start(command, &dir, port)
}

fn rate(outcomes: &[Outcome]) -> f64 {
    median(&outcomes.iter().map(Outcome::per_second).collect::<Vec<_>>())
}

fn take_in(bench: &mut Bench<'_>, peers: &Peers) -> Result<Vec<Figure>> {
    let cluster = bench.cluster_of_peers()?;
    let site = intake::site_with_shop(bench)?;
    let server = site.serve(SERVER_CORE, &["--role", "gateway"])?;
    intake::activate(&server)?;
    let (one, other) = (fastapi(bench, peers, &cluster)?, fastify(bench, peers, &cluster)?);
    let (ours_count, count) = if bench.quick { (15_000, 3_000) } else { (40_000, 8_000) };
    let mut figures = Vec::new();
    let mut first = 1;
    for connections in [32, 128] {
        let (mut ours, mut python, mut node) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let requests = orders::requests(first, ours_count)?;
            first += ours_count as u64;
            ours.push(load::drive(server.port, connections, &requests)?);
            python.push(load::drive(one.port, connections, &requests[..count])?);
            node.push(load::drive(other.port, connections, &requests[..count])?);
        }
        let (ours, python, node) = (rate(&ours), rate(&python), rate(&node));
        let bars = match bench.engine {
            Engine::Sqlite => [6.0, 3.0],
            Engine::Postgres => [4.0, 2.0],
        };
        for (peer, theirs, bar) in [("FastAPI + asyncpg", python, bars[0]), ("Fastify + pg", node, bars[1])] {
            figures.push(
                Figure::new(NAME, bench.engine.name(), format!("intake, {connections}: times {peer}"))
                    .is(ours / theirs, "×")
                    .at_least(bar)
                    .beside(format!("{} a second, theirs {}", shown(ours), shown(theirs))),
            );
        }
    }
    Ok(figures)
}

fn work_off(bench: &mut Bench<'_>, peers: &Peers) -> Result<Vec<Figure>> {
    let cluster = bench.cluster_of_peers()?;
    let count = if bench.quick { "3000" } else { "10000" };
    let mut ours = Vec::new();
    let kinds = ["pg-boss", "graphile-worker", "graphile-worker-local", "procrastinate"];
    let mut theirs = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        ours.push(queue::processed(bench)?);
        for (kind, rates) in kinds.iter().zip(&mut theirs) {
            let mut command = match *kind {
                "procrastinate" => peers.python(bench.workspace, "tasks.py"),
                kind => {
                    let mut command = peers.node("queue.mjs");
                    command.arg(kind);
                    command
                }
            };
            let url = database(bench, &cluster)?;
            let said = output(command.arg(count).env("DATABASE", url))?;
            rates.push(said.trim().parse().with_context(|| format!("{kind} said: {said}"))?);
        }
    }
    let ours = median(&ours);
    let bars = [Some(4.0), None, Some(1.0), None];
    let figures = kinds.iter().zip(&theirs).zip(bars).map(|((kind, rates), bar)| {
        let rate = median(rates);
        let figure = Figure::new(NAME, bench.engine.name(), format!("tasks: times {kind}"))
            .is(ours / rate, "×")
            .beside(format!("{} a second, theirs {}", shown(ours), shown(rate)));
        bar.map_or(figure.clone(), |bar| figure.at_least(bar))
    });
    Ok(figures.collect())
}

fn read_in(bench: &mut Bench<'_>, peers: &Peers) -> Result<Vec<Figure>> {
    let cluster = bench.cluster_of_peers()?;
    let wanted = Wanted {
        layout: Layout::EventLog,
        form: Form::Xlsx,
        first: 1,
        rows: import::ROWS,
        now: moments::now(),
    };
    let file = files::write(&bench.dir, &wanted)?;
    let (mut ours, mut theirs) = (Vec::new(), [const { Vec::new() }; 2]);
    let kinds = ["pandas", "calamine"];
    for _ in 0..ROUNDS {
        ours.push(import::seconds(bench, &file)?);
        for (kind, times) in kinds.iter().zip(&mut theirs) {
            let url = database(bench, &cluster)?;
            let mut command = peers.python(bench.workspace, "load.py");
            let said = output(command.arg(kind).arg(&file).env("DATABASE", url))?;
            times.push(said.trim().parse::<f64>().with_context(|| format!("{kind} said: {said}"))?);
        }
    }
    let ours = median(&ours);
    let named = [("pandas + openpyxl", 12.0), ("python-calamine + COPY", 0.5)];
    let figures = named.iter().zip(&theirs).map(|((peer, bar), times)| {
        let took = median(times);
        Figure::new(NAME, bench.engine.name(), format!("import of 100,000 rows: times {peer}"))
            .is(took / ours, "×")
            .at_least(*bar)
            .beside(format!("{} s, theirs {} s", shown(ours), shown(took)))
    });
    Ok(figures.collect())
}
