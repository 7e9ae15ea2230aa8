//! Death of short commands: whoever runs one again gets what it should have made, once.

use std::fs;
use std::process::Output;

use anyhow::{Context, Result, bail, ensure};

use super::site::Site;
use super::work::{self, Found};
use super::{Crash, places};
use crate::bench::Engine;

/// A command and how often what it makes may be there afterwards.
struct Made {
    arguments: &'static [&'static str],
    /// Shows what is there.
    list: &'static [&'static str],
    mark: &'static str,
}

const MADE: [Made; 3] = [
    Made {
        arguments: &["tenant", "create", "--slug", "second", "--name", "Second"],
        list: &["tenant", "list", "--json"],
        mark: "\"second\"",
    },
    Made {
        arguments: &["api-key", "create", "--tenant", "crash", "--name", "killed-key", "--scope", "*"],
        list: &["api-key", "list", "--tenant", "crash", "--json"],
        mark: "killed-key",
    },
    Made {
        arguments: &["shop", "add", "--tenant", "crash", "killed-shop.myshopify.com"],
        list: &["shop", "list", "--tenant", "crash", "--json"],
        mark: "killed-shop.myshopify.com",
    },
];
const SECRET: &str = "shpss_0123456789abcdef0123456789abcdef\n";

impl Crash<'_> {
    pub(super) fn at_commands(&mut self) -> Result<()> {
        for made in &MADE {
            self.each_place(made.arguments, SECRET, |site| again(site, made))?;
        }
        if self.engine == Engine::Sqlite {
            self.each_place(&["init"], "", initialise)?;
        }
        self.each_place(&["backup", "--to", "copy"], "", back_up)?;
        if self.engine == Engine::Sqlite {
            self.each_place(&["restore", "--from", "whole", "--replace"], "", restore)?;
        }
        Ok(())
    }

    /// Kills a command at each place it passes, and looks at what is left.
    fn each_place(
        &mut self,
        arguments: &[&str],
        input: &str,
        look: impl Fn(&Site) -> Result<Found>,
    ) -> Result<()> {
        let name = format!("litper {}", arguments[..arguments.len().min(2)].join(" "));
        let site = self.ready_for(arguments)?;
        let trace = site.dir.join("trace");
        site.run(arguments, input, &[("LITPER_FAULT_TRACE", trace.display().to_string())])?;
        let passed = places::read(&trace)?;
        site.remove(self.cluster.as_ref())?;
        for (place, passes) in passed {
            for pass in places::deaths(passes) {
                let fault = format!("{place}:{pass}");
                let full = format!("{name}: {fault}");
                if !self.is_wanted(&full) {
                    continue;
                }
                let site = self.ready_for(arguments)?;
                let mut row = self.row(&full);
                match killed(&site, arguments, input, &fault).and_then(|()| look(&site)) {
                    Ok(found) => row.found(found, None),
                    Err(error) => row.error = Some(format!("{error:#}")),
                }
                self.show(row)?;
                site.remove(self.cluster.as_ref())?;
            }
        }
        Ok(())
    }

    /// A copy in the state that a command expects.
    fn ready_for(&mut self, arguments: &[&str]) -> Result<Site> {
        let site = self.copy()?;
        if arguments[0] == "init" {
            fs::remove_dir_all(site.data())?;
        }
        if arguments[0] == "restore" {
            site.run(&["backup", "--to", "whole"], "", &[])?;
        }
        Ok(site)
    }
}

/// Runs a command that dies at a place.
fn killed(site: &Site, arguments: &[&str], input: &str, fault: &str) -> Result<()> {
    let output = site.try_run(arguments, input, &[("LITPER_FAULT", fault.to_owned())])?;
    ensure!(!output.status.success() && output.status.code().is_none(), "the command was not killed");
    Ok(())
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Nothing acknowledged this command; run again, what it makes is there once.
fn again(site: &Site, made: &Made) -> Result<Found> {
    let before = count(site, made)?;
    let output = site.try_run(made.arguments, SECRET, &[])?;
    let mut found = Found { acknowledged: 1, broken: site.broken()?, ..Found::default() };
    match count(site, made)? {
        0 => found.lost.push(format!("{}: {}", made.mark, said(&output))),
        1 => {}
        // Keys have no name that must differ: who runs the command twice has two.
        2 if before == 1 && made.mark == "killed-key" => {}
        times => found.doubled.push(format!("{} {times} times", made.mark)),
    }
    Ok(found)
}

fn count(site: &Site, made: &Made) -> Result<usize> {
    Ok(site.run(made.list, "", &[])?.to_string().matches(made.mark).count())
}

/// A key that is there is a whole one, and a database that is there can be opened with it.
fn initialise(site: &Site) -> Result<Found> {
    site.run(&["init"], "", &[])?;
    site.run(&["migrate"], "", &[])?;
    site.run(&["tenant", "create", "--slug", "crash", "--name", "Crash"], "", &[])?;
    let mut server = site.serve(&[])?;
    server.ready()?;
    server.stop()?;
    Ok(Found { acknowledged: 1, broken: site.broken()?, ..Found::default() })
}

/// Half a backup is never taken for one, and the next one is whole.
fn back_up(site: &Site) -> Result<Found> {
    let whole = site.dir.join("whole");
    site.run(&["backup", "--to", "whole"], "", &[])?;
    ensure!(whole.join("manifest.json").is_file(), "no backup was made");
    let output = site.try_run(&["restore", "--from", "copy", "--replace"], "", &[])?;
    // The manifest comes last: with it the backup is whole, without it none.
    if output.status.success() != site.dir.join("copy/manifest.json").is_file() {
        bail!("half a backup: {}", said(&output));
    }
    Ok(Found { acknowledged: 1, broken: site.broken()?, ..Found::default() })
}

/// Broken off, a restore is begun again, and then everything is there.
fn restore(site: &Site) -> Result<Found> {
    site.run(&["restore", "--from", "whole", "--replace"], "", &[])?;
    let mut server = site.serve(&[])?;
    server.ready()?;
    let mut found = Found { acknowledged: 1, ..Found::default() };
    if !work::deliver(site.port, 1)? {
        found.lost.push("the shop".to_owned());
    }
    site.log_in().context("the administrator")?;
    server.stop()?;
    found.broken = site.broken()?;
    Ok(found)
}
