//! `POST /v1/parked-events/{reaction}/{position}/retry`

use axum::extract::State;
use axum::http::StatusCode;
use event_log::parked;

use crate::auth::{Authorized, SystemAdmin};
use crate::params::PathPair;
use crate::{Api, Problem};

/// Has a parked event tried again, with all its attempts.
#[utoipa::path(
    post, path = "/v1/parked-events/{reaction}/{position}/retry", tag = "operations",
    operation_id = "retry_parked_event",
    params(("reaction" = String, Path), ("position" = i64, Path)),
    responses((status = 204), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemAdmin>,
    PathPair(reaction, position): PathPair<String, i64>,
) -> Result<StatusCode, Problem> {
    let tenant = allowed.caller.tenant.id;
    if parked::retry(&api.db, &*api.clock, tenant, &reaction, position).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}
