//! `GET /v1/carriers/{code}/changes`

use axum::Json;
use axum::extract::State;
use domain::Carrier;
use serde::Serialize;
use utoipa::ToSchema;

use super::Rules;
use crate::auth::{Authorized, SystemConfig};
use crate::params::PathId;
use crate::view::{Page, moment};
use crate::{Api, Problem};

/// One change of a carrier's rules.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CarrierChange)]
pub(crate) struct ChangeView {
    /// 1 is the first change.
    version: i64,
    #[schema(format = DateTime)]
    changed_at: String,
    /// The person's id. Null if a program did it.
    by_user: Option<String>,
    /// The API key's id. Null if a person did it.
    by_api_key: Option<String>,
    from: Rules,
    to: Rules,
}

/// What the organisation changed about a carrier, the first change first.
#[utoipa::path(
    get, path = "/v1/carriers/{code}/changes", tag = "carriers", operation_id = "list_carrier_changes",
    params(("code" = String, Path)),
    responses((status = 200, body = Page<ChangeView>), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
    PathId(carrier): PathId<Carrier>,
) -> Result<Json<Page<ChangeView>>, Problem> {
    let found = api.tracking.carrier_changes(allowed.caller.tenant.id, carrier).await?;
    let view = |(version, at, change): (i64, domain::Timestamp, tracking::CarrierChange)| ChangeView {
        version,
        changed_at: moment(at),
        by_user: change.by_user.map(|id| id.to_string()),
        by_api_key: change.by_api_key.map(|id| id.to_string()),
        from: change.from.into(),
        to: change.to.into(),
    };
    Ok(Json(Page { items: found.into_iter().map(view).collect(), next_cursor: None }))
}
