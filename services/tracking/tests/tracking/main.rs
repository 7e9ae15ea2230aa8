//! Shipments on both engines.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod audit;
mod batches;
mod carriers;
mod discrepancies;
mod lists;
mod looks;
mod mappings;
mod names;
mod office;
mod risk;
mod route_history;
mod routes;
mod searching;
mod sources;
mod truth;
mod world;
