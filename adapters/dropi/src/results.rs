//! What carriers did in cities, as lists tell it: parcels delivered and returned, and the days it took.

use std::sync::Arc;

use domain::text::fold;
use ports::files::{GivenRow, ImportedRow, Limits, RowFailureReason as Reason, RowOutcome};
use ports::told::RouteResults;

use crate::book::{Book, MAX_SHEETS};
use crate::cell::Read;
use crate::columns::{Columns, Field, MAX_TITLE_ROWS};
use crate::row::{Cells, Reading, Typer};

/// What stands where a sheet adds its rows up.
const SUMS: [&str; 3] = ["TOTAL", "TOTAL GENERAL", "GRAND TOTAL"];

impl Typer {
    /// A row of what a carrier did in a city.
    pub(crate) fn results(&self, number: u32, cells: &Cells<'_>) -> RowOutcome {
        let mut reading = self.reading(number, cells);
        let (city, carrier) = (reading.text(Field::City), reading.text(Field::Carrier));
        let is_sum =
            |name: &Option<String>| name.as_ref().is_some_and(|name| SUMS.contains(&fold(name).as_str()));
        if is_sum(&city) || is_sum(&carrier) {
            return RowOutcome::Skipped { row: number };
        }
        for (field, name) in [(Field::City, &city), (Field::Carrier, &carrier)] {
            if name.is_none() {
                reading.fail_once(field, Reason::MissingValue);
            }
        }
        let results = reading.results();
        let row = ImportedRow {
            row: number,
            city,
            carrier,
            results: Some(results),
            source_rows: 1,
            ..ImportedRow::default()
        };
        reading.finish(row)
    }
}

impl Reading<'_> {
    /// Counts go together; a row may have the days alone.
    fn results(&mut self) -> RouteResults {
        let [delivered, returned, total] =
            [Field::Delivered, Field::Returned, Field::ResultsTotal].map(|field| self.count(field));
        let read = self.cell(Field::Days).days(self.typer.max_cell_bytes);
        let minutes = self.wanted(Field::Days, read);
        let counted = delivered.is_some() || returned.is_some() || self.cell(Field::Days).is_blank();
        // A sheet of days has no counts to ask for.
        let asked = if self.typer.columns.has(Field::Delivered) {
            vec![(Field::Delivered, delivered), (Field::Returned, returned)]
        } else {
            vec![(Field::Days, minutes)]
        };
        for (field, _) in asked.into_iter().filter(|(_, value)| counted && value.is_none()) {
            self.fail_once(field, Reason::MissingValue);
        }
        let sum = delivered.zip(returned).map(|(delivered, returned)| delivered + returned);
        if total.zip(sum).is_some_and(|(total, sum)| total != sum) {
            self.fail(Field::ResultsTotal, Reason::NotTheSum);
        }
        RouteResults { delivered: delivered.unwrap_or(0), returned: returned.unwrap_or(0), minutes }
    }

    /// A count; one that is there but unusable fails the row.
    pub(crate) fn count(&mut self, field: Field) -> Option<i64> {
        let read = self.cell(field).count(self.typer.max_cell_bytes);
        self.wanted(field, read)
    }

    fn wanted(&mut self, field: Field, read: Read<i64>) -> Option<i64> {
        read.unwrap_or_else(|reason| {
            self.fail(field, reason);
            None
        })
    }
}

/// The sheet beside a list of results that tells how long deliveries took.
pub(crate) struct Times {
    pub(crate) sheet: String,
    pub(crate) columns: Arc<Columns>,
    pub(crate) first_row: u32,
}

/// Looks for it among the sheets that are not `list`.
pub(crate) fn times(book: &mut dyn Book, list: &str, limits: &Limits) -> Option<Times> {
    for sheet in book.sheets().into_iter().take(MAX_SHEETS).filter(|sheet| sheet.name != list) {
        let Ok(top) = book.top(&sheet.name, MAX_TITLE_ROWS + 1, limits) else { continue };
        let found = top.rows.iter().find_map(|(number, row)| Some((number, Columns::read_times(row)?)));
        if let Some((number, columns)) = found {
            let (columns, first_row) = (Arc::new(columns), number.saturating_add(1));
            return Some(Times { sheet: sheet.name, columns, first_row });
        }
    }
    None
}

impl Times {
    /// The title of the days.
    pub(crate) fn title(&self) -> &str {
        self.columns.title(Field::Days)
    }

    /// A row of this sheet under the titles of the list, the days after them: so that it can be loaded again.
    pub(crate) fn beside(&self, outcome: RowOutcome, list: &Columns) -> RowOutcome {
        match outcome {
            RowOutcome::Failed { failures, given } => {
                let given = given.iter().map(|row| self.moved(row, list)).collect();
                RowOutcome::Failed { failures, given }
            }
            RowOutcome::Row(_) | RowOutcome::Skipped { .. } => outcome,
        }
    }

    fn moved(&self, given: &GivenRow, list: &Columns) -> GivenRow {
        let own = self.columns.used();
        let of = |field: Field| {
            let at = own.iter().find(|(_, one)| *one == field).map(|(at, _)| *at);
            at.and_then(|at| given.cells.get(at).cloned()).unwrap_or_default()
        };
        let mut cells: Vec<String> =
            (0..list.width()).map(|at| list.field_at(at).map(of).unwrap_or_default()).collect();
        cells.push(of(Field::Days));
        GivenRow { row: given.row, cells }
    }
}
