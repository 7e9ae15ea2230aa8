//! Whole files through [`dropi::DropiFiles`], as an import sees them.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod hostile;
mod layouts;
mod messy;
mod old_workbook;
mod properties;
mod results;
mod rounds;
mod samples;
mod support;
mod text;
mod workbooks;
