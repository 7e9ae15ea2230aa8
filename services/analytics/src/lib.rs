//! What people get done: the rounds of operators, some time each in which parcels or incidents are worked through.
//!
//! Owns `rounds`, `round_people`. Invariants:
//!
//! * A round is one person's, of a day, known by its number, else by the minute of its beginning; told again it changes
//!   nothing, and what a later file tells of it replaces what an earlier one told.
//! * A person's name is sealed; the same name in another spelling of its letters and accents is the same person.

mod judge;
mod rounds;

use database::Db;

pub use crate::judge::PersonLight;
pub use crate::rounds::{Days, PersonSums, UnusableDays};

/// Use cases of this service.
#[derive(Clone)]
pub struct Analytics {
    db: Db,
}

impl Analytics {
    /// Builds the service.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}
