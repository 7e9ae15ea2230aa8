//! Carriers asked over the network, at a stand-in that also fails as they do.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod faults;
mod questions;
mod twin;
