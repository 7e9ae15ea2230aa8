//! `GET /v1/route-policy`

use axum::Json;
use axum::extract::State;

use super::PolicyView;
use crate::auth::{AnalyticsRead, Authorized};
use crate::{Api, Problem};

/// What the organisation's routes are judged by.
#[utoipa::path(
    get, path = "/v1/route-policy", tag = "routes", operation_id = "get_route_policy",
    responses((status = 200, body = PolicyView)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<AnalyticsRead>,
) -> Result<Json<PolicyView>, Problem> {
    Ok(Json(api.tracking.route_policy(allowed.caller.tenant.id).await?.into()))
}
