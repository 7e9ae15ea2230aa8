//! Who may act, on both engines.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod failures;
mod keys;
mod people;
mod sessions;
mod world;
