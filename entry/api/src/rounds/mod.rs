//! Rounds of operators: what people get done.

pub(crate) mod people;
