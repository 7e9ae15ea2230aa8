//! What the queue promises, one function a promise, run on both engines.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod dead;
mod fairness;
mod figures;
mod leases;
mod runs;
mod traces;
mod unique;
mod world;
