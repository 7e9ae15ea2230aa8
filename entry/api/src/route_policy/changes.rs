//! `GET /v1/route-policy/changes`

use axum::Json;
use axum::extract::State;
use domain::Timestamp;
use serde::Serialize;
use tracking::RoutePolicyChange;
use utoipa::ToSchema;

use super::Policy;
use crate::auth::{Authorized, SystemConfig};
use crate::view::{Page, moment};
use crate::{Api, Problem};

/// One change of the policy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoutePolicyChange)]
pub(crate) struct ChangeView {
    /// 1 is the first change.
    version: i64,
    #[schema(format = DateTime)]
    changed_at: String,
    /// The person's id. Null if a program did it.
    by_user: Option<String>,
    /// The API key's id. Null if a person did it.
    by_api_key: Option<String>,
    from: Policy,
    to: Policy,
}

/// What the organisation changed about its route policy, the first change first.
#[utoipa::path(
    get, path = "/v1/route-policy/changes", tag = "routes", operation_id = "list_route_policy_changes",
    responses((status = 200, body = Page<ChangeView>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
) -> Result<Json<Page<ChangeView>>, Problem> {
    let found = api.tracking.route_policy_changes(allowed.caller.tenant.id).await?;
    let view = |(version, at, change): (i64, Timestamp, RoutePolicyChange)| ChangeView {
        version,
        changed_at: moment(at),
        by_user: change.by_user.map(|id| id.to_string()),
        by_api_key: change.by_api_key.map(|id| id.to_string()),
        from: change.from.into(),
        to: change.to.into(),
    };
    Ok(Json(Page { items: found.into_iter().map(view).collect(), next_cursor: None }))
}
