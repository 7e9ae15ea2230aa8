//! Pages of lists, among 100,000 shipments and among a million of one organisation.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::files::{self, Form, Layout, Wanted};
use super::http::Client;
use super::import::{name_of, upload, wait};
use super::moments;
use super::report::{Figure, quantile, shown};
use super::server::{ALL_CORES, CLIENT_CORE, SERVER_CORE, Site, pin_self};
use super::{Bench, Engine};
use crate::cleanup::CleanUp;
use crate::postgres::{Cluster, Purpose};
use crate::workspace::Workspace;

const NAME: &str = "lists";
/// Rows of one prepared file.
const FILE_ROWS: u32 = 100_000;
/// Files of the smaller and of the larger database.
pub(super) const SIZES: [u32; 2] = [1, 10];
const PAGE: u32 = 100;
const DATABASE: &str = "lists";

/// Each filter alone, on both lists, and on the second one what names a shipment exactly.
const ALONE: [&str; 9] = [
    "/v1/queue?",
    "/v1/queue?level=HIGH",
    "/v1/queue?status=ISSUE",
    "/v1/queue?carrier=coordinadora",
    "/v1/queue?city=11001",
    "/v1/shipments?",
    "/v1/shipments?level=MEDIUM",
    "/v1/shipments?status=DELIVERED",
    "/v1/shipments?carrier=coordinadora",
];
const ALONE_TOO: [&str; 4] = [
    "/v1/shipments?city=11001",
    "/v1/shipments?status=CANCELLED",
    "/v1/shipments?carrier=veloces",
    "/v1/shipments?city=Leticia",
];

/// Together, also where hardly anything fits.
const TOGETHER: [&str; 12] = [
    "/v1/queue?status=ISSUE&carrier=coordinadora",
    "/v1/queue?status=CREATED&carrier=coordinadora",
    "/v1/queue?status=CREATED&city=11001",
    "/v1/queue?carrier=veloces&city=11001",
    "/v1/queue?level=HIGH&status=IN_TRANSIT",
    "/v1/queue?level=LOW&carrier=coordinadora&city=11001",
    "/v1/queue?level=HIGH&status=CREATED&carrier=coordinadora&city=11001",
    "/v1/shipments?status=CANCELLED&carrier=coordinadora",
    "/v1/shipments?status=CANCELLED&city=11001",
    "/v1/shipments?carrier=veloces&city=11001",
    "/v1/shipments?status=CANCELLED&carrier=veloces&city=11001",
    "/v1/shipments?status=PROCESSING&carrier=tcc&city=Cali",
];

#[derive(Deserialize)]
struct Page {
    items: Vec<serde_json::Value>,
    next_cursor: Option<String>,
}

/// One list that is asked for, with the latencies of both sizes.
struct Asked {
    path: String,
    page: u32,
    bar: f64,
    /// Of each size.
    figures: Vec<Measured>,
}

/// One page of a list.
struct Measured {
    /// Milliseconds.
    p50: f64,
    /// Milliseconds.
    p99: f64,
    /// Rows on the page: the last page of a short list has fewer.
    rows: usize,
}

pub(super) fn run(bench: &mut Bench<'_>) -> Result<Vec<Figure>> {
    let mut asked: Vec<Asked> = Vec::new();
    let mut floors = Vec::new();
    for size in SIZES {
        let prepared = prepare(bench, size)?;
        let server = prepared.site.serve(SERVER_CORE, &[])?;
        let mut client = server.client()?;
        let repeat = if bench.quick { 100 } else { 300 };
        floors.push(measure(&mut client, "/health/live", repeat)?.0);
        if asked.is_empty() {
            asked = questions();
        }
        for asked in &mut asked {
            let path = page_path(&mut client, &asked.path, asked.page)?;
            let rows = client.get_json::<Page>(&path)?.items.len();
            let (p50, p99) = measure(&mut client, &path, repeat)?;
            asked.figures.push(Measured { p50, p99, rows });
        }
    }
    Ok(asked.iter().flat_map(|asked| figures(bench.engine, asked, &floors)).collect())
}

fn questions() -> Vec<Asked> {
    let ask = |path: &str, page, bar| Asked { path: path.to_owned(), page, bar, figures: Vec::new() };
    let exact = [
        format!("/v1/shipments?q={}", files::guia(4_711)),
        format!("/v1/shipments?q={}", files::phone(4_712)),
        format!("/v1/shipments?tracking_number={}", files::guia(4_713)),
    ];
    let alone = ALONE.iter().chain(&ALONE_TOO).flat_map(|path| [ask(path, 1, 10.0), ask(path, PAGE, 10.0)]);
    let exact = exact.iter().map(|path| ask(path, 1, 10.0));
    let together = TOGETHER.iter().flat_map(|path| [ask(path, 1, 50.0), ask(path, PAGE, 50.0)]);
    alone.chain(exact).chain(together).collect()
}

fn figures(engine: Engine, asked: &Asked, floors: &[f64]) -> Vec<Figure> {
    let Asked { path, page, bar, figures } = asked;
    let (Some(small), Some(large), Some(floor)) = (figures.first(), figures.last(), floors.last()) else {
        return Vec::new();
    };
    let growth = large.p50 / small.p50;
    let beside = format!(
        "p50 {}, {} rows, ×{growth:.2} of {} among 100,000; bare answer {}",
        shown(large.p50),
        large.rows,
        small.rows,
        shown(*floor)
    );
    let name = |what: &str| format!("{} p{page}{what}", path.trim_end_matches('?'));
    let p99 = Figure::new(NAME, engine.name(), name("")).is(large.p99, "ms").at_most(*bar).beside(beside);
    // Below a millisecond the ratio is that of two noises, and pages of different lengths say nothing of growth.
    let comparable = large.p50 >= 1.0 && large.rows == small.rows;
    let slower = comparable
        .then(|| Figure::new(NAME, engine.name(), name(": 10× the rows")).is(growth, "×").at_most(1.5));
    std::iter::once(p99).chain(slower.filter(|figure| !figure.is_good())).collect()
}

/// The path of a list's nth page; of a shorter list its last.
fn page_path(client: &mut Client, path: &str, page: u32) -> Result<String> {
    let mut at = path.to_owned();
    for _ in 1..page {
        let got: Page = client.get_json(&at)?;
        let Some(cursor) = got.next_cursor else { break };
        ensure!(got.items.len() == 50, "a page of {} before the last", got.items.len());
        at = format!("{path}&cursor={cursor}");
    }
    Ok(at)
}

/// p50 and p99 in milliseconds.
pub(super) fn measure(client: &mut Client, path: &str, repeat: u32) -> Result<(f64, f64)> {
    for _ in 0..repeat / 10 {
        client.get(path)?;
    }
    let mut millis = Vec::with_capacity(repeat as usize);
    for _ in 0..repeat {
        let began = Instant::now();
        client.get(path)?;
        millis.push(began.elapsed().as_secs_f64() * 1e3);
    }
    Ok((quantile(&millis, 0.5), quantile(&millis, 0.99)))
}

/// A database with its shipments.
pub(super) struct Prepared {
    pub(super) site: Site,
    /// What PostgreSQL ends with.
    _cleanup: Option<CleanUp>,
}

/// Loads the files through the running program, once; later runs find the result under the target directory.
pub(super) fn prepare(bench: &mut Bench<'_>, size: u32) -> Result<Prepared> {
    let kept = kept_dir(bench.workspace, bench.engine, size)?;
    if !kept.join("key").is_file() {
        pin_self(ALL_CORES)?;
        let made = make(bench, size, &kept);
        pin_self(CLIENT_CORE)?;
        made.with_context(|| format!("cannot prepare {}", kept.display()))?;
    }
    let (database, cleanup) = match bench.engine {
        Engine::Sqlite => (None, None),
        Engine::Postgres => {
            let mut cleanup = CleanUp::start()?;
            let purpose = Purpose::Measurement(SERVER_CORE);
            let cluster = Cluster::start_for(&mut cleanup, purpose, Some(&kept.join("postgres")))?;
            (Some(cluster.database_url(DATABASE)), Some(cleanup))
        }
    };
    Ok(Prepared { site: Site::open(bench.workspace, &kept, database.as_deref())?, _cleanup: cleanup })
}

fn make(bench: &mut Bench<'_>, size: u32, kept: &std::path::Path) -> Result<()> {
    eprintln!(
        "loading {} shipments into {}, once",
        u64::from(size) * u64::from(FILE_ROWS),
        bench.engine.name()
    );
    let _ = fs::remove_dir_all(kept);
    let building = kept.with_extension("building");
    let _ = fs::remove_dir_all(&building);
    fs::create_dir_all(&building)?;
    let mut cleanup = CleanUp::start()?;
    let cluster = match bench.engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(Cluster::start_for(&mut cleanup, Purpose::Measurement(ALL_CORES), None)?),
    };
    let database = cluster.as_ref().map(|cluster| cluster.create_database(DATABASE)).transpose()?;
    let site = Site::create(bench.workspace, &building, database.as_deref())?;
    let server = site.serve(ALL_CORES, &[])?;
    let mut client = server.client()?;
    for at in 0..u64::from(size) {
        let first = 1 + at * u64::from(FILE_ROWS);
        let wanted =
            Wanted { layout: Layout::EventLog, form: Form::Csv, first, rows: FILE_ROWS, now: moments::now() };
        let file = files::write(&bench.dir, &wanted)?;
        let id = upload(&mut client, name_of(&file), &fs::read(&file)?)?;
        wait(&mut client, &id, u64::from(FILE_ROWS))?;
        fs::remove_file(&file)?;
    }
    drop(server);
    if let Some(cluster) = cluster {
        cluster.save(&building.join("postgres"))?;
    }
    fs::rename(&building, kept)?;
    Ok(())
}

/// Where prepared data is kept: another schema, another folder.
fn kept_dir(workspace: &Workspace, engine: Engine, size: u32) -> Result<PathBuf> {
    let folder = workspace.root.join("data/database/migrations").join(engine.name());
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.sort();
    let mut hash = Sha256::new();
    for file in &files {
        hash.update(fs::read(file)?);
    }
    let schema = hash.finalize().iter().take(4).fold(0, |number: u32, byte| number << 8 | u32::from(*byte));
    Ok(workspace.target.join("bench").join(format!("lists-{}-{size}-{schema:08x}", engine.name())))
}
