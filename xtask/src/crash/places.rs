//! Death at each durable write: the places that a debug build passes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::faults::Trial;
use super::site::Site;
use super::work::Book;

/// A server that passed its place is dead by then.
const DEAD_WITHIN: Duration = Duration::from_secs(10);

/// The places that a server passes which is given all the work, with how often.
pub(crate) fn passed(site: &Site) -> Result<BTreeMap<String, u64>> {
    let trace = site.dir.join("trace");
    let mut server = site.serve(&[("LITPER_FAULT_TRACE", trace.display().to_string())])?;
    server.ready()?;
    Book::default().fill(site)?;
    server.stop()?;
    let places = read(&trace)?;
    ensure!(places.len() >= 40, "only {} places were passed", places.len());
    Ok(places)
}

/// What a trace says.
pub(crate) fn read(trace: &Path) -> Result<BTreeMap<String, u64>> {
    let mut places = BTreeMap::new();
    for line in fs::read_to_string(trace).context("no place was passed")?.lines() {
        *places.entry(line.to_owned()).or_insert(0) += 1;
    }
    Ok(places)
}

/// The passes at which the process dies: the first, and one in the middle where there are many.
pub(crate) fn deaths(passes: u64) -> Vec<u64> {
    if passes >= 6 { vec![1, passes / 2] } else { vec![1] }
}

/// Works until it dies at the place.
pub(crate) fn die(trial: &mut Trial<'_>, fault: &str) -> Result<()> {
    let mut server = trial.site.serve(&[("LITPER_FAULT", fault.to_owned())])?;
    if server.ready().is_ok() {
        trial.book.fill(trial.site)?;
    }
    ensure!(server.dies_within(DEAD_WITHIN), "the place was not passed");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_passed_often_is_the_end_twice() {
        assert_eq!(
            (deaths(1), deaths(5), deaths(6), deaths(41)),
            (vec![1], vec![1], vec![1, 3], vec![1, 20])
        );
    }
}
