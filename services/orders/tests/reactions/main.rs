//! Orders on both engines.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod absorb;
mod follow;
mod stating;
mod whole;
mod world;
