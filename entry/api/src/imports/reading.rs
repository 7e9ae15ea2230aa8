//! How a file is to be read, as it goes in and out, and why that cannot be.

use std::collections::BTreeMap;
use std::str::FromStr;

use axum::http::StatusCode;
use integrations::{LayoutError, ProfileError};
use ports::files::Limits;
use ports::layouts::{self, Field, InvalidLayout, RowFilter, UnknownRule};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Problem;

/// How a file is to be read.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportLayout)]
pub(crate) struct Layout {
    /// The sheet of a workbook; null for the one that fits best, and for text.
    sheet: Option<String>,
    /// The row of the titles as a person sees it, from 1; null when there are none.
    header_row: Option<u32>,
    /// The first row of the data, from 1.
    first_row: u32,
    columns: Vec<Column>,
    /// What a row means whose cell is empty, or that has no such column.
    #[serde(default)]
    defaults: Vec<Stated>,
    /// Rows that do not fit all of these are left out; at most 20.
    #[serde(default)]
    filters: Vec<Filter>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportLayoutColumn)]
struct Column {
    /// From 0.
    index: u32,
    field: String,
    /// digits, first_word, last_word or month_first: what counts of a cell, or how its date is written; null for all
    /// of it.
    #[serde(default)]
    transform: Option<String>,
}

/// A comparison that a row has to pass.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportLayoutFilter)]
struct Filter {
    /// A field that has a column.
    field: String,
    /// is, is_not, contains or contains_not; case and accents do not count.
    rule: String,
    value: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportLayoutDefault)]
struct Stated {
    field: String,
    value: String,
}

impl Layout {
    pub(crate) fn of(layout: &layouts::Layout) -> Self {
        let column = |(&index, field): (&u32, &Field)| Column {
            index,
            field: field.to_string(),
            transform: layout.transforms.get(field).map(|one| one.as_str().to_owned()),
        };
        let filter = |filter: &RowFilter| Filter {
            field: filter.field.to_string(),
            rule: filter.rule.as_str().to_owned(),
            value: filter.value.clone(),
        };
        let stated =
            |(field, value): (&Field, &String)| Stated { field: field.to_string(), value: value.clone() };
        Self {
            sheet: layout.sheet.clone(),
            header_row: layout.header_row,
            first_row: layout.first_row,
            columns: layout.columns.iter().map(column).collect(),
            defaults: layout.defaults.iter().map(stated).collect(),
            filters: layout.filters.iter().map(filter).collect(),
        }
    }

    /// The layout that was sent.
    pub(crate) fn read(self) -> Result<layouts::Layout, Problem> {
        let (mut columns, mut transforms) = (BTreeMap::new(), BTreeMap::new());
        let max_columns = Limits::default().max_columns;
        for (at, column) in self.columns.into_iter().enumerate() {
            // A file has no more columns than this: an index beyond it is a mistake.
            if column.index as usize >= max_columns || columns.contains_key(&column.index) {
                let name = format!("layout.columns[{at}].index");
                return Err(Problem::invalid_field(&name, "bad_column", "no such column, or named before"));
            }
            let field = field(&format!("layout.columns[{at}].field"), &column.field)?;
            if let Some(text) = column.transform {
                transforms.insert(field, rule(&format!("layout.columns[{at}].transform"), &text)?);
            }
            columns.insert(column.index, field);
        }
        let mut defaults = BTreeMap::new();
        for (at, stated) in self.defaults.into_iter().enumerate() {
            defaults.insert(field(&format!("layout.defaults[{at}].field"), &stated.field)?, stated.value);
        }
        let mut filters = Vec::new();
        for (at, filter) in self.filters.into_iter().enumerate() {
            filters.push(RowFilter {
                field: field(&format!("layout.filters[{at}].field"), &filter.field)?,
                rule: rule(&format!("layout.filters[{at}].rule"), &filter.rule)?,
                value: filter.value,
            });
        }
        let (sheet, header_row, first_row) = (self.sheet, self.header_row, self.first_row);
        let titles = Vec::new();
        Ok(layouts::Layout { sheet, header_row, first_row, columns, defaults, titles, transforms, filters })
    }
}

fn field(name: &str, text: &str) -> Result<Field, Problem> {
    text.parse().map_err(|error| Problem::invalid_field(name, "unknown_field", error))
}

fn rule<T: FromStr<Err = UnknownRule>>(name: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error| Problem::invalid_field(name, "unknown_rule", error))
}

/// Why a file that waits could not be dealt with.
pub(crate) fn problem(error: LayoutError) -> Problem {
    match error {
        LayoutError::Unknown => Problem::not_found(),
        LayoutError::NotWaiting(status) => {
            Problem::new(StatusCode::CONFLICT, "import-does-not-wait", "This import waits for nothing")
                .with("import_status", status.as_str())
        }
        LayoutError::NeedsLayout { columns } => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "missing-columns", "Say which column holds what")
                .with("columns", columns)
        }
        LayoutError::Invalid(error) => Problem::invalid_field("layout", code(error), error),
        LayoutError::Profile(error) => profile_problem(error),
        LayoutError::Receive(error) => super::upload::problem(error),
        LayoutError::File(error) => {
            let code = error.code();
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unusable-file", "The file cannot be read so")
                .detail(error.to_string())
                .with("code", code)
        }
        LayoutError::Reader => Problem::internal(&error),
        LayoutError::Database(error) => error.into(),
    }
}

fn profile_problem(error: ProfileError) -> Problem {
    match error {
        ProfileError::Name => Problem::invalid_field("save_as", "bad_name", error),
        ProfileError::TooMany => Problem::new(
            StatusCode::CONFLICT,
            "too-many-saved-layouts",
            "There is no room for another layout",
        )
        .detail(error.to_string()),
        ProfileError::Database(error) => error.into(),
    }
}

fn code(error: InvalidLayout) -> &'static str {
    match error {
        InvalidLayout::NoKey => "no_key",
        InvalidLayout::Twice(_) => "field_twice",
        InvalidLayout::NotCarried(_) => "not_carried",
        InvalidLayout::Rows => "bad_rows",
        InvalidLayout::Default(_) => "bad_default",
        InvalidLayout::Rule(_) => "bad_rule",
        InvalidLayout::TooManyFilters => "too_many_filters",
    }
}
