//! What happens to every row, whichever kind of file it came from.

use std::borrow::Cow;
use std::sync::Arc;

use domain::country::Country;
use domain::time::Timestamp;
use ports::files::{FileError, FileFormat, Limits, RowFailure, RowFailureReason, RowOutcome};

use crate::claims::{Groups, Plan, Planner};
use crate::columns::{Columns, Field};
use crate::place::has_items;
use crate::row::{Cells, Typer};

/// A quote that opens a cell of a row and is never closed there.
#[derive(Debug)]
pub(crate) struct OpenQuote {
    /// The cell, from 0, and what it holds.
    pub(crate) column: usize,
    pub(crate) value: String,
    /// The row has not as many cells as the header: nobody can tell which value is what.
    pub(crate) shifted: bool,
}

/// Counts rows, types them and, for office claims, joins them.
#[derive(Debug)]
pub(crate) struct Engine {
    columns: Arc<Columns>,
    typer: Typer,
    groups: Option<Groups>,
    rows: Counter,
}

impl Engine {
    /// `plan` is needed exactly when [`needs_plan`] says so.
    /// No row tells what happened after `latest`.
    pub(crate) fn new(
        columns: &Arc<Columns>,
        plan: Option<Plan>,
        limits: &Limits,
        country: Country,
        latest: Timestamp,
    ) -> Self {
        Self {
            columns: Arc::clone(columns),
            typer: Typer::new(Arc::clone(columns), limits.max_cell_bytes, country, latest),
            groups: plan.map(|plan| Groups::new(plan, columns.title(Field::Collect))),
            rows: Counter::new(limits),
        }
    }

    /// Takes the next row that holds a value; not every row has an outcome of its own.
    pub(crate) fn push(
        &mut self,
        number: u32,
        cells: &Cells<'_>,
        open_quote: Option<&OpenQuote>,
    ) -> Result<Option<RowOutcome>, FileError> {
        self.rows.count()?;
        let Some(cells) = prepared(&self.columns, cells) else {
            let left_out = RowOutcome::Skipped { row: number };
            return Ok(match &mut self.groups {
                None => Some(left_out),
                Some(groups) => groups.push(left_out),
            });
        };
        let outcome = match &self.groups {
            None if self.columns.format == FileFormat::RouteHistory => self.typer.results(number, &cells),
            None if self.columns.format == FileFormat::Rounds => self.typer.round(number, &cells),
            None => self.typer.shipment(number, &cells),
            Some(_) => self.typer.claim(number, &cells),
        };
        let outcome = match open_quote {
            Some(quote) => self.told(outcome, quote, number, &cells),
            None => outcome,
        };
        Ok(match &mut self.groups {
            None => Some(outcome),
            Some(groups) => groups.push(outcome),
        })
    }

    fn told(&self, outcome: RowOutcome, quote: &OpenQuote, number: u32, cells: &Cells<'_>) -> RowOutcome {
        let title = self.columns.title_at(quote.column);
        let failure = RowFailure::new(number, &title, &quote.value, RowFailureReason::OpenQuote);
        match outcome {
            RowOutcome::Failed { mut failures, given } => {
                failures.push(failure);
                RowOutcome::Failed { failures, given }
            }
            RowOutcome::Row(_) | RowOutcome::Skipped { .. } if quote.shifted => {
                RowOutcome::Failed { failures: vec![failure], given: vec![self.columns.given(number, cells)] }
            }
            RowOutcome::Row(mut row) => {
                row.issues.push(failure);
                RowOutcome::Row(row)
            }
            RowOutcome::Skipped { row } => RowOutcome::Skipped { row },
        }
    }

    /// Rows taken so far.
    pub(crate) fn rows_read(&self) -> u64 {
        self.rows.seen
    }

    /// The file is over: one without rows is an error.
    pub(crate) fn end(&self) -> Result<(), FileError> {
        if self.rows.seen == 0 { Err(FileError::Empty) } else { Ok(()) }
    }
}

/// A row as its layout wants it read; none when it is to be left out.
fn prepared<'r, 'c>(columns: &Columns, cells: &'r Cells<'c>) -> Option<Cow<'r, Cells<'c>>> {
    match columns.rules() {
        None => Some(Cow::Borrowed(cells)),
        Some(rules) if !rules.keeps(cells) => None,
        Some(rules) if rules.transforms.is_empty() => Some(Cow::Borrowed(cells)),
        Some(rules) => Some(Cow::Owned(rules.changed(cells))),
    }
}

/// Whether the rows must be read once beforehand.
pub(crate) fn needs_plan(columns: &Columns) -> bool {
    match columns.format {
        FileFormat::DropiOfficeClaims => true,
        FileFormat::Mapped => has_items(columns),
        FileFormat::DropiEventLog
        | FileFormat::DropiHistory
        | FileFormat::DropiFinance
        | FileFormat::CarrierTracking
        | FileFormat::PastedReport
        | FileFormat::RouteHistory
        | FileFormat::Rounds => false,
    }
}

/// The first reading of an office-claims file.
#[derive(Debug)]
pub(crate) struct Planning {
    columns: Arc<Columns>,
    typer: Typer,
    planner: Planner,
    rows: Counter,
}

impl Planning {
    pub(crate) fn new(columns: &Arc<Columns>, limits: &Limits, country: Country) -> Self {
        Self {
            columns: Arc::clone(columns),
            // What rows are grouped by is no date.
            typer: Typer::new(Arc::clone(columns), limits.max_cell_bytes, country, Timestamp::MAX),
            planner: Planner::default(),
            rows: Counter::new(limits),
        }
    }

    pub(crate) fn push(&mut self, cells: &Cells<'_>) -> Result<(), FileError> {
        self.rows.count()?;
        let (order_ref, tracking_number) = match prepared(&self.columns, cells) {
            Some(cells) => self.typer.claim_keys(&cells),
            None => (None, None),
        };
        self.planner.note(order_ref, tracking_number);
        Ok(())
    }

    pub(crate) fn plan(self) -> Plan {
        self.planner.plan()
    }
}

/// Rows with content, up to the limit.
#[derive(Debug)]
struct Counter {
    seen: u64,
    limit: u64,
}

impl Counter {
    fn new(limits: &Limits) -> Self {
        Self { seen: 0, limit: limits.max_rows }
    }

    fn count(&mut self) -> Result<(), FileError> {
        if self.seen >= self.limit {
            return Err(FileError::TooManyRows { limit: self.limit });
        }
        self.seen += 1;
        Ok(())
    }
}
