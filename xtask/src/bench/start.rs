//! What it costs to be there: start on existing data, idle memory, size.

use std::fs;
use std::time::Duration;

use anyhow::Result;

use super::Bench;
use super::report::{Figure, median};
use super::server::{SERVER_CORE, resident};

const NAME: &str = "start";
const MIB: f64 = 1024.0 * 1024.0;
/// Time after which a server without visitors counts as idle.
const SETTLED: Duration = Duration::from_secs(3);

pub(super) fn run(bench: &mut Bench<'_>) -> Result<Vec<Figure>> {
    let site = bench.site()?;
    let on = bench.engine.name();
    let mut starts = Vec::new();
    for _ in 0..5 {
        starts.push(site.serve(SERVER_CORE, &[])?.ready_after.as_secs_f64());
    }
    let server = site.serve(SERVER_CORE, &[])?;
    std::thread::sleep(SETTLED);
    let idle = resident(server.pid())?;
    let size = fs::metadata(bench.workspace.litper(true))?.len() as f64 / MIB;
    let console = bench.workspace.root.join("console/dist/index.html").is_file();
    let inside =
        if console { "with the console inside" } else { "WITHOUT the console: cargo xtask up builds it" };
    Ok(vec![
        Figure::new(NAME, on, "start to ready").is(median(&starts), "s").at_most(1.0).beside("median of 5"),
        Figure::new(NAME, on, "idle memory").is(idle, "MiB").at_most(80.0),
        Figure::new(NAME, on, "size of the binary").is(size, "MiB").at_most(60.0).beside(inside),
    ])
}
