//! `POST /v1/imports/{id}/preview`

use axum::Json;
use axum::extract::State;
use domain::{ImportId, Money, Timestamp};
use ports::files::{FileFormat, ImportedRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::reading::{Layout, problem};
use super::{FailedRow, Warning, warnings};
use crate::auth::{Authorized, GuidesWrite};
use crate::body::Body;
use crate::params::PathId;
use crate::view::moment;
use crate::{Api, Problem};

/// How to read, if the file does not say so itself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportPreviewRequest)]
pub(crate) struct Wanted {
    layout: Option<Layout>,
}

/// What would be taken in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportPreview)]
pub(crate) struct Preview {
    /// How the file is read.
    #[schema(value_type = Option<String>, example = "mapped")]
    format: Option<&'static str>,
    counts: Counts,
    /// The first rows as understood.
    rows: Vec<Understood>,
    /// The first values that cannot be used.
    failed_rows: Vec<FailedRow>,
    /// Oddities, and where adding up rows would mislead: `rows_are_not_orders`, `sum_counts_orders_twice`.
    warnings: Vec<Warning>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportPreviewCounts)]
struct Counts {
    rows_read: u64,
    /// Rows that would be taken in; rows of one order are joined.
    rows_usable: u64,
    rows_skipped: u64,
    rows_failed: u64,
    /// Different orders; where rows name none, different shipments.
    orders: u64,
    shipments: u64,
    orders_of_several_rows: u64,
    /// What carriers are to collect, once for each order, in pesos.
    collect: i64,
    /// What adding up the column would give, in pesos.
    naive_collect: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportPreviewRow)]
struct Understood {
    row: u32,
    order_ref: Option<String>,
    tracking_number: Option<String>,
    phone: Option<String>,
    recipient: Option<String>,
    city: Option<String>,
    carrier: Option<String>,
    status: Option<String>,
    novelty: Option<String>,
    #[schema(format = DateTime)]
    last_movement_at: Option<String>,
    #[schema(format = DateTime)]
    guide_created_at: Option<String>,
    /// In pesos.
    collect: Option<i64>,
    items: usize,
}

/// What an import of a file that waits would take in. Reads the whole file and changes nothing.
#[utoipa::path(
    post, path = "/v1/imports/{id}/preview", tag = "imports", operation_id = "preview_import",
    params(("id" = String, Path)), request_body = Wanted,
    responses(
        (status = 200, body = Preview), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem, description = "Also when a layout is needed: `missing-columns` with `columns`"),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    PathId(id): PathId<ImportId>,
    Body(wanted): Body<Wanted>,
) -> Result<Json<Preview>, Problem> {
    let layout = wanted.layout.map(Layout::read).transpose()?;
    let found = api.imports.preview(allowed.caller.tenant.id, id, layout).await.map_err(problem)?;
    Ok(Json(describe(found)))
}

fn describe(found: integrations::Preview) -> Preview {
    let counts = found.counts;
    Preview {
        format: found.format.map(FileFormat::as_str),
        counts: Counts {
            rows_read: counts.rows_read,
            rows_usable: counts.rows_usable,
            rows_skipped: counts.rows_skipped,
            rows_failed: counts.rows_failed,
            orders: counts.orders,
            shipments: counts.shipments,
            orders_of_several_rows: counts.orders_of_several_rows,
            collect: counts.collect,
            naive_collect: counts.naive_collect,
        },
        rows: found.rows.into_iter().map(row).collect(),
        failed_rows: found
            .failures
            .into_iter()
            .map(|(failure, row_left_out)| FailedRow {
                row: failure.row,
                column: failure.column,
                value: failure.value,
                reason: failure.reason.to_string(),
                row_left_out,
            })
            .collect(),
        warnings: warnings(found.warnings),
    }
}

fn row(row: ImportedRow) -> Understood {
    let time = |at: Option<Timestamp>| at.map(moment);
    Understood {
        row: row.row,
        order_ref: row.order_ref,
        tracking_number: row.tracking_number.map(|number| number.as_str().to_owned()),
        phone: row.phone.map(|phone| phone.e164().to_owned()),
        recipient: row.customer_name,
        city: row.city,
        carrier: row.carrier,
        status: row.status,
        novelty: row.novelty,
        last_movement_at: time(row.last_movement_at),
        guide_created_at: time(row.guide_created_at),
        collect: row.collect.map(|Money { amount, .. }| amount),
        items: row.items.len(),
    }
}
