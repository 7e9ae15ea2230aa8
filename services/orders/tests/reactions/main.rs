//! Orders on both engines.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod follow;
mod world;
