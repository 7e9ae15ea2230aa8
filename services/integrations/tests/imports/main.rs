//! The loop of imports, with a made-up file reader and target.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod steps;
mod sweeping;
mod world;
