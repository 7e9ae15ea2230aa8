//! The log on both engines: positions, reactions, events set aside.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod audit;
mod parked;
mod positions;
mod reactions;
mod world;
