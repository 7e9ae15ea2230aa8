//! Files in.

pub(crate) mod confirm;
pub(crate) mod discard;
pub(crate) mod failed_rows;
pub(crate) mod get;
pub(crate) mod layout;
pub(crate) mod list;
pub(crate) mod preview;
pub(crate) mod reading;
pub(crate) mod upload;

use integrations::Failure;
use ports::files::{FileFormat, FileWarning};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::moment;

/// An import.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Import {
    id: String,
    file_name: String,
    size_bytes: u64,
    /// queued, running, completed, partial or failed; held, if it was uploaded to be looked at first.
    #[schema(value_type = String, example = "completed")]
    status: &'static str,
    /// waiting, reading, applying or done. The file of a failed one that is waiting (`missing_columns`) is kept for seven
    /// days: it is loaded once somebody says what its columns are.
    #[schema(value_type = String, example = "done")]
    phase: &'static str,
    /// The layout, once recognised.
    #[schema(value_type = Option<String>, example = "dropi_event_log")]
    format: Option<&'static str>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    started_at: Option<String>,
    #[schema(format = DateTime)]
    finished_at: Option<String>,
    progress: Progress,
    result: Totals,
    error: Option<Error>,
    warnings: Vec<Warning>,
    /// The first hundred values that could not be used; empty in lists.
    failed_rows: Vec<FailedRow>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportProgress)]
#[expect(clippy::struct_field_names, reason = "the names of the answer's members")]
struct Progress {
    /// Rows of the file, when known.
    rows_total: Option<u64>,
    rows_read: u64,
    rows_applied: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportTotals)]
struct Totals {
    rows_read: u64,
    rows_skipped: u64,
    rows_failed: u64,
    orders_created: u64,
    orders_updated: u64,
    shipments_created: u64,
    shipments_updated: u64,
    events_new: u64,
    events_duplicate: u64,
    events_out_of_order: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportError)]
struct Error {
    /// missing_columns, unreadable_file, too_many_rows, empty_file, limits_exceeded, discarded, not_confirmed,
    /// internal; or the name of a file that holds no shipments: route_history, finance_report, rounds.
    code: String,
    detail: String,
    columns: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportWarning)]
struct Warning {
    code: String,
    detail: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct FailedRow {
    /// As the person sees it in the sheet, header = 1.
    row: u32,
    column: String,
    value: String,
    reason: String,
    /// Whether the whole row was left out, or only this value.
    row_left_out: bool,
}

fn warnings(warnings: Vec<FileWarning>) -> Vec<Warning> {
    warnings.into_iter().map(|warning| Warning { code: warning.code, detail: warning.detail }).collect()
}

fn describe(import: integrations::Import, failures: Vec<Failure>) -> Import {
    let applied = import.totals.applied;
    Import {
        id: import.id.to_string(),
        file_name: import.file_name,
        size_bytes: import.size_bytes,
        status: import.status.as_str(),
        phase: import.phase.as_str(),
        format: import.format.map(FileFormat::as_str),
        created_at: moment(import.created_at),
        started_at: import.started_at.map(moment),
        finished_at: import.finished_at.map(moment),
        progress: Progress {
            rows_total: import.progress.rows_total,
            rows_read: import.progress.rows_read,
            rows_applied: import.progress.rows_applied,
        },
        result: Totals {
            rows_read: import.progress.rows_read,
            rows_skipped: import.totals.rows_skipped,
            rows_failed: import.totals.rows_failed,
            orders_created: applied.orders_created,
            orders_updated: applied.orders_updated,
            shipments_created: applied.shipments_created,
            shipments_updated: applied.shipments_updated,
            events_new: applied.events_new,
            events_duplicate: applied.events_duplicate,
            events_out_of_order: applied.events_out_of_order,
        },
        error: import.error.map(|error| Error {
            code: error.code,
            detail: error.detail,
            columns: error.columns,
        }),
        warnings: warnings(import.warnings),
        failed_rows: failures
            .into_iter()
            .map(|failure| FailedRow {
                row: failure.row,
                column: failure.column,
                value: failure.value,
                reason: failure.reason,
                row_left_out: failure.row_left_out,
            })
            .collect(),
    }
}
