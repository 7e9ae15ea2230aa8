//! `GET /v1/unmapped-statuses`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Authorized, GuidesRead};
use crate::view::{Page, moment};
use crate::{Api, Problem};

/// A phrase that no table knows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnmappedStatus {
    carrier_code: String,
    /// The phrase, folded.
    phrase: String,
    /// The phrase as it came, once.
    sample: String,
    seen_count: u64,
    #[schema(format = DateTime)]
    first_seen_at: String,
    #[schema(format = DateTime)]
    last_seen_at: String,
}

/// Phrases that no table knows, most frequent first, at most 500.
#[utoipa::path(
    get, path = "/v1/unmapped-statuses", tag = "shipments", operation_id = "list_unmapped_statuses",
    responses((status = 200, body = Page<UnmappedStatus>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
) -> Result<Json<Page<UnmappedStatus>>, Problem> {
    let found = api.tracking.unmapped_statuses(allowed.caller.tenant.id).await?;
    let items = found
        .into_iter()
        .map(|status| UnmappedStatus {
            carrier_code: status.carrier_code,
            phrase: status.phrase,
            sample: status.sample,
            seen_count: status.seen_count,
            first_seen_at: moment(status.first_seen_at),
            last_seen_at: moment(status.last_seen_at),
        })
        .collect();
    Ok(Json(Page { items, next_cursor: None }))
}
