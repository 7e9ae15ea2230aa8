//! Litper: configuration → platform → services → roles. The only crate that names concrete backends and
//! adapters.

mod audit;
mod cli;
mod clock;
mod commands;
mod config;
mod console;
mod demo;
mod http;
mod lock;
mod platform;
mod roles;
mod simulation;
mod wiring;

pub use crate::cli::Cli;
pub use crate::commands::SomeRowsFailed;
pub use crate::config::{Config, ConfigError, Roles};
pub use crate::platform::Platform;

/// Runs a command line to its end.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    commands::run(cli).await
}
