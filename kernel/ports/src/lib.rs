//! Traits to the outside world.

pub mod carriers;
pub mod files;
pub mod layouts;
pub mod pastes;
pub mod told;
pub mod webhooks;
