//! Imports with a made-up file reader, webhooks from a made-up system.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod carrier_rounds;
mod carriers;
mod failing;
mod hooks;
mod intake;
mod processing;
mod shops;
mod steps;
mod sweeping;
mod toy_carriers;
mod waiting;
mod world;
