//! `GET /v1/discrepancies/counts`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tracking::ConcernKind;
use utoipa::ToSchema;

use crate::auth::{Authorized, GuidesRead};
use crate::{Api, Problem};

/// How many discrepancies there are, the gravest kind first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DiscrepancyCounts {
    kinds: Vec<DiscrepancyCount>,
}

/// How many there are of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DiscrepancyCount {
    #[schema(value_type = String, example = "delivery_disputed")]
    kind: &'static str,
    /// Those that nobody looked at.
    open: u64,
    /// Those that somebody looked at.
    reviewed: u64,
}

/// How many shipments contradict themselves, by kind.
#[utoipa::path(
    get, path = "/v1/discrepancies/counts", tag = "shipments", operation_id = "count_discrepancies",
    responses((status = 200, body = DiscrepancyCounts)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
) -> Result<Json<DiscrepancyCounts>, Problem> {
    let counts = api.tracking.discrepancy_counts(allowed.caller.tenant.id).await?;
    let count = |kind: ConcernKind| {
        let (open, reviewed) = counts.get(&kind).copied().unwrap_or_default();
        DiscrepancyCount { kind: kind.as_str(), open, reviewed }
    };
    Ok(Json(DiscrepancyCounts { kinds: ConcernKind::ALL.into_iter().map(count).collect() }))
}
