//! `cargo xtask bench`: the release binary against its bars.
//!
//! The server is pinned to one core, PostgreSQL to the same one, this client to the other. Each figure stands beside
//! the raw limit of the machine taken in the same run, because absolute times say more about the machine.

pub(crate) mod files;
mod floor;
pub(crate) mod http;
mod import;
mod intake;
mod lists;
mod load;
pub(crate) mod moments;
pub(crate) mod orders;
mod peers;
mod queue;
pub(crate) mod report;
mod routes;
pub(crate) mod server;
mod start;

pub(crate) use self::floor::serve as serve_floor;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use self::peers::Peers;
use self::report::Figure;
use self::server::{ALL_CORES, CLIENT_CORE, SERVER_CORE, Site, pin_self};
use crate::SetupOptions;
use crate::cleanup::CleanUp;
use crate::postgres::{Cluster, Purpose};
use crate::setup::{self, Need};
use crate::shell::{self, find, output};
use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct Options {
    /// Which benches; all when none is named.
    names: Vec<Name>,
    /// Only this database.
    #[arg(long)]
    engine: Option<Engine>,
    /// Instead, compare with what one would use otherwise: intake, queue and import, in turns in one run.
    #[arg(long)]
    peers: bool,
    /// Fewer repetitions.
    #[arg(long)]
    quick: bool,
    /// Print the figures as JSON, one object a line, and everything else on standard error.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    setup: SetupOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// A file of 100,000 rows, until its last row is in the queue.
    Import,
    /// Signed orders of a shop, each on the disk before its answer; then their processing.
    Intake,
    /// The same while an import runs.
    During,
    /// Pages of lists among a million shipments.
    Lists,
    /// Tasks that do nothing, through the task queue.
    Queue,
    /// What is said of the routes of a million shipments; of 100,000 with --quick.
    Routes,
    /// Start, idle memory, size of the binary.
    Start,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// Runs the benches and prints their figures; false when a bar is missed.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    if find("taskset").is_none() {
        bail!("taskset is missing; run: apt-get install util-linux");
    }
    let engines = options.engine.map_or(vec![Engine::Sqlite, Engine::Postgres], |engine| vec![engine]);
    if options.peers || engines.contains(&Engine::Postgres) {
        setup::ensure(&[Need::Postgres], options.setup.no_install)?;
    }
    build(workspace)?;
    let peers = options.peers.then(|| Peers::ready(workspace, options.setup.no_install)).transpose()?;
    let names = if options.names.is_empty() { Name::value_variants() } else { &options.names };
    let mut all = Vec::new();
    for engine in engines {
        for name in names {
            let mut bench = Bench::start(workspace, engine, options.quick)?;
            pin_self(CLIENT_CORE)?;
            let figures = match (&peers, name) {
                (Some(peers), name) => peers::run(&mut bench, peers, *name),
                (None, Name::Import) => import::run(&mut bench),
                (None, Name::Intake) => intake::run(&mut bench),
                (None, Name::During) => intake::during_import(&mut bench),
                (None, Name::Lists) => lists::run(&mut bench),
                (None, Name::Queue) => queue::run(&mut bench),
                (None, Name::Routes) => routes::run(&mut bench),
                (None, Name::Start) => start::run(&mut bench),
            };
            pin_self(ALL_CORES)?;
            for figure in figures? {
                show(&figure, options.json)?;
                all.push(figure);
            }
        }
    }
    let missed = all.iter().filter(|figure| !figure.is_good()).count();
    eprintln!("{} figures, {missed} bars missed", all.len());
    Ok(missed == 0)
}

fn show(figure: &Figure, json: bool) -> Result<()> {
    if json {
        println!("{}", serde_json::to_string(figure)?);
    } else {
        println!("{}", figure.line());
    }
    Ok(())
}

/// The program and the tools that measure raw limits.
fn build(workspace: &Workspace) -> Result<()> {
    eprintln!("building the release (the first time takes some minutes)");
    shell::run(&mut workspace.cargo(&["build", "--quiet", "--release", "--package", "app"]))?;
    for (package, example) in
        [("dropi", "measure"), ("database", "bare_insert"), ("task-queue", "throughput")]
    {
        let args = ["build", "--quiet", "--release", "--package", package, "--example", example];
        shell::run(&mut workspace.cargo(&args))?;
    }
    let program = fs::read(workspace.litper(true))?;
    if holds(&program, b"LITPER_FAULT") {
        bail!("the release holds places to die at");
    }
    Ok(())
}

fn holds(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

/// What one bench works with on one engine: folders, and a PostgreSQL when that is the engine.
pub(super) struct Bench<'a> {
    workspace: &'a Workspace,
    engine: Engine,
    quick: bool,
    dir: PathBuf,
    cluster: Option<Cluster>,
    /// Databases and folders made so far.
    made: u32,
    /// Undoes everything when the bench ends.
    cleanup: CleanUp,
}

impl<'a> Bench<'a> {
    fn start(workspace: &'a Workspace, engine: Engine, quick: bool) -> Result<Self> {
        let mut cleanup = CleanUp::start()?;
        let dir = scratch(workspace, &mut cleanup)?;
        let cluster = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => {
                Some(Cluster::start_for(&mut cleanup, Purpose::Measurement(SERVER_CORE), None)?)
            }
        };
        Ok(Self { workspace, engine, quick, dir, cluster, made: 0, cleanup })
    }

    /// A new site with an empty database.
    fn site(&mut self) -> Result<Site> {
        let dir = self.folder()?;
        let database = self.database()?;
        Site::create(self.workspace, &dir, database.as_deref())
    }

    /// A new empty database on the cluster; none on SQLite.
    fn database(&mut self) -> Result<Option<String>> {
        self.made += 1;
        let name = format!("bench{}", self.made);
        self.cluster.as_ref().map(|cluster| cluster.create_database(&name)).transpose()
    }

    /// A PostgreSQL for programs that are compared, on the server's core too.
    fn cluster_of_peers(&mut self) -> Result<Cluster> {
        Cluster::start_for(&mut self.cleanup, Purpose::Measurement(SERVER_CORE), None)
    }

    fn folder(&mut self) -> Result<PathBuf> {
        self.made += 1;
        let dir = self.dir.join(self.made.to_string());
        fs::create_dir(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        Ok(dir)
    }

    /// Processor time of the server, and of PostgreSQL where there is one, in seconds.
    fn cpu_seconds(&self, server: u32) -> Result<f64> {
        let database = self.cluster.as_ref().map(Cluster::pid).transpose()?.map_or(0.0, server::cpu_seconds);
        Ok(server::cpu_seconds(server) + database)
    }

    /// Output of a tool that measures a raw limit, on the server's core.
    fn raw(&self, example: &str, arguments: &[&str]) -> Result<String> {
        let program = self.workspace.target.join("release/examples").join(example);
        let mut command = std::process::Command::new("taskset");
        if let Some(cluster) = &self.cluster {
            command.env("LITPER_TEST_POSTGRES", cluster.test_url());
        }
        output(command.args(["-c", SERVER_CORE]).arg(program).args(arguments))
    }
}

/// A folder on the disk that the target directory is on: temporary folders may be in memory.
fn scratch(workspace: &Workspace, cleanup: &mut CleanUp) -> Result<PathBuf> {
    let dir = workspace.target.join("bench").join(format!("run-{}", std::process::id()));
    fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
    cleanup.later(&format!("rm -rf -- {}", shell::quoted(&dir)))?;
    Ok(dir)
}
