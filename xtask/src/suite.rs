//! `cargo xtask test`: every check and every test, in the order that finds mistakes cheaply.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::cleanup::CleanUp;
use crate::postgres::Cluster;
use crate::product::Product;
use crate::results::{Runner, Tally};
use crate::setup::{self, Need};
use crate::shell::{self, find};
use crate::steps::Steps;
use crate::workspace::Workspace;
use crate::{SetupOptions, check, console, openapi};

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    setup: SetupOptions,
    /// Leave the browser out.
    #[arg(long)]
    skip_browser: bool,
    /// Run only the tests whose name contains this, and nothing else.
    filter: Option<String>,
}

/// Runs everything, shows the table and ends with the count of tests. True when all is well.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    let mut steps = Steps::default();
    let mut tally = Tally::default();
    // An error has been shown and recorded by the step it ended.
    let finished = all_steps(workspace, options, &mut steps, &mut tally).is_ok();
    let passed = finished && !steps.any_failed();
    if !passed && tally.failed == 0 {
        // The step that failed is not a test, and still the last line must not read as a success.
        tally.failed = 1;
    }
    std::io::stderr().flush().context("cannot write")?;
    println!("\n{}", steps.table());
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(passed)
}

fn all_steps(workspace: &Workspace, options: &Options, steps: &mut Steps, tally: &mut Tally) -> Result<()> {
    let no_install = options.setup.no_install;
    let with_browser = !options.skip_browser && options.filter.is_none();
    let mut needs = vec![Need::Compiler, Need::Postgres, Need::Strace];
    if options.filter.is_none() {
        needs.push(Need::Node);
    }
    if with_browser {
        needs.push(Need::Chromium);
    }
    steps.step("set-up", || setup::ensure(&needs, no_install))?;
    if options.filter.is_some() {
        steps.skip("everything but the tests", "a filter was given")?;
    } else {
        static_steps(workspace, no_install, steps)?;
    }
    let mut cleanup = CleanUp::start()?;
    let cluster = steps.step("postgres", || Cluster::start(&mut cleanup))?;
    let statements = cleanup.scratch_dir("statements")?;
    let filter = options.filter.as_deref();
    steps.step("tests", || tests(workspace, &cluster, &statements, filter, tally))?;
    if options.filter.is_some() {
        return Ok(());
    }
    steps.step("statements", || every_statement_was_run(workspace, &statements))?;
    steps.step("openapi", || openapi::run(workspace, true))?;
    if with_browser {
        steps.step("browser", || browser(workspace, &mut cleanup))
    } else {
        steps.skip("browser", "--skip-browser was given")
    }
}

/// The steps that run no test of ours in Rust.
fn static_steps(workspace: &Workspace, no_install: bool, steps: &mut Steps) -> Result<()> {
    steps.step("fmt", || shell::run(&mut workspace.cargo(&["fmt", "--all", "--check"])))?;
    steps.step(
        "check",
        || if check::run(workspace)? { Ok(()) } else { bail!("the rules above are broken") },
    )?;
    steps.step("deny", || {
        let cargo_deny = setup::cargo_deny(workspace, no_install)?;
        shell::run(workspace.command(cargo_deny).args(["check", "licenses", "bans", "sources"]))
    })?;
    steps.step("console", || {
        console::install(workspace)?;
        console::check(workspace)?;
        console::build(workspace)
    })?;
    steps.step("clippy", || {
        shell::run(&mut workspace.cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    })
}

fn tests(
    workspace: &Workspace,
    cluster: &Cluster,
    statements: &Path,
    filter: Option<&str>,
    tally: &mut Tally,
) -> Result<()> {
    let (runner, mut command) = if find("cargo-nextest").is_some() {
        (Runner::Nextest, workspace.cargo(&["nextest", "run", "--workspace", "--no-fail-fast"]))
    } else {
        (Runner::CargoTest, workspace.cargo(&["test", "--workspace", "--no-fail-fast"]))
    };
    if runner == Runner::Nextest {
        let limits = workspace.root.join("xtask/data/nextest.toml");
        command.arg("--tool-config-file").arg(format!("xtask:{}", limits.display()));
        if std::io::stderr().is_terminal() {
            command.args(["--color", "always"]);
        }
    }
    command
        .args(filter)
        .env("LITPER_TEST_POSTGRES", cluster.test_url())
        .env("LITPER_TEST_STATEMENTS", statements);
    let shown = shell::shown(&command);
    let status = match runner {
        Runner::Nextest => counted_errors(&mut command, tally),
        Runner::CargoTest => counted_output(&mut command, tally),
    };
    let status = status.with_context(|| format!("cannot run `{shown}`"))?;
    if status.success() { Ok(()) } else { bail!("`{shown}` failed ({status})") }
}

/// Every statement was run on both engines, with a row, and with and without a value where a column may be null.
pub(crate) fn every_statement_was_run(workspace: &Workspace, statements: &Path) -> Result<()> {
    let gaps = check::gaps(workspace, statements)?;
    for gap in &gaps {
        println!("{gap}");
    }
    if gaps.is_empty() {
        Ok(())
    } else {
        bail!("{} gaps in what the tests run of the statements", gaps.len())
    }
}

/// nextest reports on standard error.
fn counted_errors(command: &mut Command, tally: &mut Tally) -> std::io::Result<std::process::ExitStatus> {
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    if let Some(errors) = child.stderr.take() {
        tally.copy(Runner::Nextest, errors, |line| eprint!("{line}"));
    }
    child.wait()
}

/// `cargo test` reports on standard output.
fn counted_output(command: &mut Command, tally: &mut Tally) -> std::io::Result<std::process::ExitStatus> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    if let Some(output) = child.stdout.take() {
        tally.copy(Runner::CargoTest, output, |line| print!("{line}"));
    }
    child.wait()
}

fn browser(workspace: &Workspace, cleanup: &mut CleanUp) -> Result<()> {
    let product = Product::start(workspace, cleanup)?;
    let mut playwright = workspace.console("npx", &["--no-install", "playwright", "test"]);
    product.hand_to(&mut playwright);
    shell::run(&mut playwright).with_context(|| format!("the program's log ends:\n{}", product.log_tail()))
}
