//! `POST /v1/carrier-connections/{carrier}/test`

use axum::Json;
use axum::extract::{Path, State};

use super::ConnectionView;
use crate::auth::{Authorized, SystemConfig};
use crate::{Api, Problem};

/// Asks the carrier a real question and says how it went: see the state. Without a connection nobody is asked. It may
/// take a minute.
#[utoipa::path(
    post, path = "/v1/carrier-connections/{carrier}/test", tag = "carriers",
    operation_id = "test_carrier_connection", params(("carrier" = String, Path)),
    responses((status = 200, body = ConnectionView), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
    Path(carrier): Path<String>,
) -> Result<Json<ConnectionView>, Problem> {
    let tried = api.carriers.try_out(allowed.caller.tenant.id, &carrier).await?;
    tried.map(|one| Json(one.into())).ok_or_else(Problem::not_found)
}
