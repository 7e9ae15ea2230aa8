//! The binary `litper`.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // The whole program is one future: on the heap, for it is large.
    match Box::pin(litper::run(litper::Cli::parse())).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when standard error is gone too.
            let _ = writeln!(std::io::stderr(), "litper: {error:#}");
            if error.is::<litper::SomeRowsFailed>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}
