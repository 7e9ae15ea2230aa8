//! Shipments on both engines.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod carriers;
mod lists;
mod mappings;
mod names;
mod office;
mod risk;
mod routes;
mod truth;
mod world;
