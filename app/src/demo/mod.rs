//! Invented data for trying Litper out: an organisation that looks alive, and files to import.
//!
//! Names, addresses and products are made up in `app/data/demo`. Phones are of a range that no operator
//! has, guías of a range that no carrier prints.

mod dice;
mod facts;
mod samples;
mod world;

pub(crate) use self::samples::write_samples;
pub(crate) use self::world::{Plan, carriers_list, rows};
