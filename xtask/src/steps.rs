//! The steps of a run: their names, durations and outcome.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::workspace::in_ci;

/// How a step ended.
#[derive(Debug)]
enum Outcome {
    Passed,
    Failed,
    Skipped(String),
}

/// What has been run so far.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    done: Vec<(&'static str, Outcome, Duration)>,
}

impl Steps {
    /// Runs a step, announces it before and reports it after.
    pub(crate) fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n── {name}");
        let started = Instant::now();
        let result = work();
        let took = started.elapsed();
        match &result {
            Ok(_) => println!("── {name}: passed in {}", seconds(took)),
            Err(error) => {
                println!("── {name}: FAILED after {}", seconds(took));
                eprintln!("error: {error:#}");
            }
        }
        let outcome = if result.is_ok() { Outcome::Passed } else { Outcome::Failed };
        self.done.push((name, outcome, took));
        result
    }

    /// Records that a step was left out. An error under continuous integration, where nothing may be missing.
    pub(crate) fn skip(&mut self, name: &'static str, why: &str) -> Result<()> {
        println!("\n── {name}: skipped, {why}");
        if in_ci() {
            self.done.push((name, Outcome::Failed, Duration::ZERO));
            let message = format!("{name} must not be skipped in continuous integration: {why}");
            eprintln!("error: {message}");
            bail!(message);
        }
        self.done.push((name, Outcome::Skipped(why.to_owned()), Duration::ZERO));
        Ok(())
    }

    /// True when a step failed.
    pub(crate) fn any_failed(&self) -> bool {
        self.done.iter().any(|(_, outcome, _)| matches!(outcome, Outcome::Failed))
    }

    /// The table at the end of a run.
    pub(crate) fn table(&self) -> String {
        let width = self.done.iter().map(|(name, _, _)| name.len()).max().unwrap_or(0);
        let total: Duration = self.done.iter().map(|(_, _, took)| *took).sum();
        let mut lines = Vec::new();
        for (name, outcome, took) in &self.done {
            let outcome = match outcome {
                Outcome::Passed => "passed".to_owned(),
                Outcome::Failed => "FAILED".to_owned(),
                Outcome::Skipped(why) => format!("skipped: {why}"),
            };
            lines.push(format!("{name:<width$}  {:>9}  {outcome}\n", seconds(*took)));
        }
        lines.push(format!("{:<width$}  {:>9}\n", "total", seconds(total)));
        lines.concat()
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_step_and_how_it_ended() {
        let mut steps = Steps::default();
        steps.step("fmt", || Ok(())).unwrap();
        assert!(!steps.any_failed());
        assert!(steps.step("clippy", || -> Result<()> { bail!("a warning") }).is_err());
        assert!(steps.any_failed());
        let table = steps.table();
        assert!(table.starts_with("fmt         0.0 s  passed\nclippy"), "{table}");
        assert!(table.contains("FAILED\ntotal"), "{table}");
    }
}
