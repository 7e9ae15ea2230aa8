//! A world around Litper that repeats: shops with their buyers, Dropi, carriers, and a clock.
//!
//! The same seed gives the same world, and the installation is stepped by it: one operation at a time, its loops in
//! a seeded order, on a clock that jumps. So a run ends with the same facts every time and on every engine, and a
//! seed that fails is the whole description of a bug.
//!
//! * The world knows nothing of what it surrounds but [`Installation`], which the app implements.
//! * Whatever is drawn for a thing is drawn from the seed and the thing's own name ([`dice`]), so that a change in
//!   one corner does not change all others.
//! * Its numbers are data with sources: `data/model.toml`.

mod dice;
mod dropi;
mod life;
mod live;
mod model;
mod report;
mod run;
mod shops;
mod truth;

pub use crate::live::{File, Live};
pub use crate::model::{Stage, words};
pub use crate::report::Report;
pub use crate::run::{Failure, Figures, Installation, Plan, run};
pub use crate::shops::{Request, Shop, first_messages, shops};
