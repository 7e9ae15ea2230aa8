//! `GET /v1/risk-policy`

use axum::Json;
use axum::extract::State;

use super::{RiskPolicy, current};
use crate::auth::{Authorized, GuidesRead};
use crate::{Api, Problem};

/// Where the organisation's risk levels begin, and which cities and carriers it watches.
#[utoipa::path(
    get, path = "/v1/risk-policy", tag = "shipments", operation_id = "get_risk_policy",
    responses((status = 200, body = RiskPolicy)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
) -> Result<Json<RiskPolicy>, Problem> {
    current(&api, allowed.caller.tenant.id).await.map(Json)
}
