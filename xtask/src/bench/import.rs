//! A file of 100,000 rows and 20 columns, from the first byte sent to its last row in the queue.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::files::{self, Form, Layout, Wanted};
use super::http::{Client, text};
use super::moments;
use super::report::{Figure, median, shown};
use super::server::{SERVER_CORE, peak, reset_peak, resident};
use super::{Bench, Engine};

const NAME: &str = "import";
pub(super) const ROWS: u32 = 100_000;
/// How often the client looks; looking costs the server something too.
const LOOK: Duration = Duration::from_millis(50);
const GIVE_UP: Duration = Duration::from_mins(5);

#[derive(Deserialize)]
struct Import {
    status: String,
    progress: Progress,
}

#[derive(Deserialize)]
struct Progress {
    rows_applied: u64,
}

#[derive(Deserialize)]
struct Received {
    id: String,
}

#[derive(Deserialize)]
struct Summary {
    high: u64,
    medium: u64,
    low: u64,
    terminal: u64,
}

/// What one import took.
struct Taken {
    seconds: f64,
    cpu: f64,
    grown: f64,
}

pub(super) fn run(bench: &mut Bench<'_>) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (layout, form) in
        [(Layout::EventLog, Form::Xlsx), (Layout::EventLog, Form::Csv), (Layout::History, Form::Xlsx)]
    {
        let wanted = Wanted { layout, form, first: 1, rows: ROWS, now: moments::now() };
        let file = files::write(&bench.dir, &wanted)?;
        let runs = if bench.quick { 1 } else { 3 };
        let taken: Vec<Taken> = (0..runs).map(|_| one(bench, &file)).collect::<Result<_>>()?;
        let of = |value: fn(&Taken) -> f64| taken.iter().map(value).collect::<Vec<_>>();
        let seconds = median(&of(|taken| taken.seconds));
        let cpu = median(&of(|taken| taken.cpu));
        let what = format!("{} .{}, 100,000 rows", layout.name(), form.extension());
        let bar = match (form, bench.engine) {
            (Form::Csv, _) => 7.0,
            (Form::Xlsx, Engine::Sqlite) => 10.0,
            (Form::Xlsx, Engine::Postgres) => 15.0,
        };
        let floor = floor(bench, &file, &wanted)?;
        figures.push(
            Figure::new(NAME, bench.engine.name(), what.clone())
                .is(seconds, "s")
                .at_most(bar)
                .beside(format!("{} s of processor; {floor}", shown(cpu))),
        );
        figures.push(
            Figure::new(NAME, bench.engine.name(), format!("{what}: memory growth"))
                .is(taken.iter().map(|taken| taken.grown).fold(0.0, f64::max), "MiB")
                .at_most(200.0),
        );
    }
    Ok(figures)
}

/// What one import takes, in seconds.
pub(super) fn seconds(bench: &mut Bench<'_>, file: &Path) -> Result<f64> {
    Ok(one(bench, file)?.seconds)
}

fn one(bench: &mut Bench<'_>, file: &Path) -> Result<Taken> {
    let site = bench.site()?;
    let server = site.serve(SERVER_CORE, &[])?;
    let mut client = server.client()?;
    let (name, content) = (name_of(file), std::fs::read(file)?);
    reset_peak(server.pid())?;
    let (before, cpu) = (resident(server.pid())?, bench.cpu_seconds(server.pid())?);
    let began = Instant::now();
    let id = upload(&mut client, name, &content)?;
    wait(&mut client, &id, u64::from(ROWS))?;
    let seconds = began.elapsed().as_secs_f64();
    let cpu = bench.cpu_seconds(server.pid())? - cpu;
    let grown = peak(server.pid())? - before;
    let summary: Summary = client.get_json("/v1/queue/summary")?;
    let counted = summary.high + summary.medium + summary.low + summary.terminal;
    ensure!(counted == u64::from(ROWS), "{counted} shipments after {ROWS} rows");
    Ok(Taken { seconds, cpu, grown })
}

/// Sends a file; answers the import's id.
pub(super) fn upload(client: &mut Client, name: &str, content: &[u8]) -> Result<String> {
    const BOUNDARY: &str = "litper-bench-boundary";
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    let tail = format!("\r\n--{BOUNDARY}--\r\n");
    let body = [head.as_bytes(), content, tail.as_bytes()].concat();
    let header = format!("Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n");
    let answer = client.post("/v1/imports", &header, &body)?;
    ensure!(answer.status == 202, "the file was refused: {} {}", answer.status, text(&answer.body));
    let received: Received = serde_json::from_slice(&answer.body).context("no id in the answer")?;
    Ok(received.id)
}

/// Waits until an import has applied all its rows.
pub(super) fn wait(client: &mut Client, id: &str, rows: u64) -> Result<()> {
    let began = Instant::now();
    loop {
        let import: Import = client.get_json(&format!("/v1/imports/{id}"))?;
        let done = import.progress.rows_applied;
        match import.status.as_str() {
            "completed" => {
                ensure!(done == rows, "the import ended with {done} of {rows} rows");
                return Ok(());
            }
            "queued" | "running" => {}
            status => anyhow::bail!("the import ended as {status} with {done} of {rows} rows"),
        }
        ensure!(began.elapsed() < GIVE_UP, "the import does not end; {done} of {rows} rows");
        std::thread::sleep(LOOK);
    }
}

/// How an import stands.
pub(super) fn status_of(client: &mut Client, id: &str) -> Result<String> {
    let import: Import = client.get_json(&format!("/v1/imports/{id}"))?;
    Ok(import.status)
}

pub(super) fn name_of(file: &Path) -> &str {
    file.file_name().and_then(|name| name.to_str()).unwrap_or("file")
}

/// What reading alone and storing alone take, the latter as bare as can be.
fn floor(bench: &mut Bench<'_>, file: &Path, wanted: &Wanted) -> Result<String> {
    let parsed = bench.raw("measure", &[&file.to_string_lossy()])?;
    let parse = parsed.split(' ').next().unwrap_or_default().to_owned();
    let text = files::write(&bench.dir, &Wanted { form: Form::Csv, ..*wanted })?;
    let url = match bench.database()? {
        Some(url) => url,
        None => format!("sqlite:{}", bench.folder()?.join("bare.db").display()),
    };
    let insert = bench.raw("bare_insert", &[&text.to_string_lossy(), wanted.layout.key(), &url])?;
    Ok(format!("bare parser {parse} s, bare insert {} s", insert.trim()))
}
