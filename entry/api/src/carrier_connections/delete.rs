//! `DELETE /v1/carrier-connections/{carrier}`

use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::by;
use crate::auth::{Authorized, SystemConfig};
use crate::{Api, Problem};

/// Forgets what lets the organisation in. The carrier is asked no more, and what it sends from now on is refused.
#[utoipa::path(
    delete, path = "/v1/carrier-connections/{carrier}", tag = "carriers",
    operation_id = "delete_carrier_connection", params(("carrier" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
    Path(carrier): Path<String>,
) -> Result<StatusCode, Problem> {
    let caller = &allowed.caller;
    if api.carriers.disconnect(caller.tenant.id, &carrier, by(&caller.actor)).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}
