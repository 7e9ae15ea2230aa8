//! Orders and customers on both engines.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod absorb;
mod world;
