//! The main job on the real binary, on both engines: a file goes in, what is urgent comes out.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod access;
mod accounts;
mod alongside;
mod arbitrary;
mod backup;
mod batches;
mod carriers;
mod connections;
mod demo;
mod discrepancies;
mod drill;
mod facets;
mod faults;
mod figures;
mod files;
mod import;
mod intake;
mod kill;
mod layouts;
mod live;
mod mappings;
mod messy;
mod office;
mod operations;
mod orders;
mod pastes;
mod power;
mod risk_policy;
mod roles;
mod route_history;
mod route_lights;
mod server;
mod shops;
mod sim;
mod verify;
