//! `GET /v1/unmapped-statuses`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Authorized, GuidesRead};
use crate::masking;
use crate::params::{Paging, Params};
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

/// Phrases that no table knows, most frequent first.
#[utoipa::path(
    get, path = "/v1/unmapped-statuses", tag = "shipments", operation_id = "list_unmapped_statuses", params(Paging),
    responses((status = 200, body = Page<UnmappedStatus>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<UnmappedStatus>>, Problem> {
    let (after, limit) = paging.read()?;
    let page = api.tracking.unmapped_statuses(allowed.caller.tenant.id, after, limit).await?;
    let masked = allowed.caller.sees_masked();
    Ok(Json(Page::of(page, |status| UnmappedStatus {
        carrier_code: status.carrier_code,
        phrase: masking::text(status.phrase, masked),
        sample: masking::text(status.sample, masked),
        seen_count: status.seen_count,
        first_seen_at: moment(status.first_seen_at),
        last_seen_at: moment(status.last_seen_at),
    })))
}
