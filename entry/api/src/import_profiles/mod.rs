//! Layouts of files that an organisation confirmed.

pub(crate) mod delete;
pub(crate) mod list;
