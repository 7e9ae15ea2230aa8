//! `GET /v1/queue/summary`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Authorized, GuidesRead};
use crate::view::moment;
use crate::{Api, Problem};

/// Counts for the top of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueueSummary {
    high: u64,
    medium: u64,
    low: u64,
    /// Shipments that need nobody any more.
    terminal: u64,
    /// Phrases that no table knows.
    unmapped_statuses: u64,
    last_import: Option<LastImport>,
}

#[derive(Debug, Serialize, ToSchema)]
struct LastImport {
    id: String,
    file_name: String,
    #[schema(value_type = String, example = "completed")]
    status: &'static str,
    #[schema(format = DateTime)]
    finished_at: Option<String>,
}

/// How much is urgent, and how fresh the data is.
#[utoipa::path(
    get, path = "/v1/queue/summary", tag = "shipments", operation_id = "queue_summary",
    responses((status = 200, body = QueueSummary)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
) -> Result<Json<QueueSummary>, Problem> {
    let tenant = allowed.caller.tenant.id;
    let summary = api.tracking.summary(tenant).await?;
    let last = api.imports.list(tenant, None, 1).await?.items.into_iter().next();
    Ok(Json(QueueSummary {
        high: summary.high,
        medium: summary.medium,
        low: summary.low,
        terminal: summary.terminal,
        unmapped_statuses: summary.unmapped_statuses,
        last_import: last.map(|import| LastImport {
            id: import.id.to_string(),
            file_name: import.file_name,
            status: import.status.as_str(),
            finished_at: import.finished_at.map(moment),
        }),
    }))
}
