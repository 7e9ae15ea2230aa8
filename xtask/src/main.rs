//! Development commands: `cargo xtask <command>`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks to its user")]
#![expect(
    clippy::disallowed_methods,
    reason = "tools read the environment and the clock; the product does not"
)]

mod bench;
mod check;
mod cleanup;
mod console;
mod crash;
mod openapi;
mod postgres;
mod product;
mod results;
mod setup;
mod shell;
mod shots;
mod soak;
mod steps;
mod suite;
mod up;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Development commands of Litper")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything, start Litper with a demo organisation and open it in the browser.
    Up(up::Options),
    /// Run every check and every test, with the servers they need.
    Test(suite::Options),
    /// Measure the release binary against its bars.
    Bench(bench::Options),
    /// Kill, starve and mislead the program at every durable write, and look for what is lost.
    Crash(crash::Options),
    /// Load a server for a while and see whether its memory, files, log and queues stay as they are.
    Soak(soak::Options),
    /// Check the rules of the source tree, without compiling.
    Check {
        /// Instead, compare the statements with what tests ran that had this folder in LITPER_TEST_STATEMENTS.
        #[arg(long, value_name = "DIR")]
        statements: Option<PathBuf>,
    },
    /// Start a throw-away PostgreSQL and keep it until Ctrl-C.
    Postgres {
        #[command(flatten)]
        setup: SetupOptions,
    },
    /// Write openapi.json from the program.
    Openapi {
        /// Only compare, and fail when the file is not current.
        #[arg(long)]
        check: bool,
    },
    /// Make screenshots of the console into a folder.
    Shots {
        /// Folder for the pictures.
        dir: PathBuf,
        #[command(flatten)]
        setup: SetupOptions,
    },
    /// Append signed bodies to a log as fast as the machine can (`bench` starts this).
    #[command(hide = true)]
    BenchFloor { log: PathBuf },
    /// Open an address once the program behind it is ready (`up` starts this).
    #[command(hide = true)]
    OpenWhenReady { port: u16, url: String },
}

#[derive(Args, Clone, Copy)]
struct SetupOptions {
    /// Install nothing: print the line that would, and stop.
    #[arg(long)]
    no_install: bool,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `Ok(false)` is a failure that has already been explained.
fn run(command: Command) -> Result<bool> {
    let workspace = Workspace::locate()?;
    match command {
        Command::Up(options) => up::run(&workspace, &options).map(|()| true),
        Command::Test(options) => suite::run(&workspace, &options),
        Command::Bench(options) => bench::run(&workspace, &options),
        Command::Crash(options) => crash::run(&workspace, &options),
        Command::Soak(options) => soak::run(&workspace, &options),
        Command::BenchFloor { log } => bench::serve_floor(&log).map(|()| true),
        Command::Check { statements: None } => check::run(&workspace),
        Command::Check { statements: Some(folder) } => {
            suite::every_statement_was_run(&workspace, &folder).map(|()| true)
        }
        Command::Postgres { setup } => postgres::foreground(setup.no_install).map(|()| true),
        Command::Openapi { check } => openapi::run(&workspace, check).map(|()| true),
        Command::Shots { dir, setup } => shots::run(&workspace, &dir, setup.no_install).map(|()| true),
        Command::OpenWhenReady { port, url } => {
            up::open_when_ready(port, &url);
            Ok(true)
        }
    }
}
