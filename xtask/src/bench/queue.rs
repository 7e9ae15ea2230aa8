//! The task queue at its usual settings: tasks that do nothing, claimed, run and stored as done.

use anyhow::{Context, Result};

use super::Bench;
use super::report::Figure;

const NAME: &str = "queue";
const TENANTS: &str = "8";
const WORKERS: &str = "1";

pub(super) fn run(bench: &mut Bench<'_>) -> Result<Vec<Figure>> {
    let tasks = if bench.quick { "50000" } else { "200000" };
    let printed = bench.raw("throughput", &[tasks, TENANTS, WORKERS, bench.engine.name()])?;
    let mut figures = Vec::new();
    for (what, before) in [("tasks stored", "enqueued "), ("tasks claimed, run and settled", "processed ")] {
        let value = number_after(&printed, before).with_context(|| format!("no figure in: {printed}"))?;
        figures.push(Figure::new(NAME, bench.engine.name(), what).is(value, "/s"));
    }
    Ok(figures)
}

/// Tasks claimed, run and settled a second, once.
pub(super) fn processed(bench: &Bench<'_>) -> Result<f64> {
    let tasks = if bench.quick { "50000" } else { "100000" };
    let printed = bench.raw("throughput", &[tasks, TENANTS, WORKERS, bench.engine.name()])?;
    number_after(&printed, "processed ").with_context(|| format!("no figure in: {printed}"))
}

/// The number that follows a word.
fn number_after(text: &str, before: &str) -> Option<f64> {
    let (_, rest) = text.split_once(before)?;
    rest.split(|c: char| !c.is_ascii_digit() && c != '.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_what_the_tool_prints() {
        let printed = "Sqlite: enqueued 61234/s, processed 8021/s, a newcomer's first task after 1.2ms";
        assert_eq!(number_after(printed, "processed "), Some(8021.0));
        assert_eq!(number_after(printed, "lost "), None);
    }
}
