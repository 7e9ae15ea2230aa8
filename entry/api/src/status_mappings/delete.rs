//! `DELETE /v1/status-mappings`

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::{Authorized, SystemConfig};
use crate::params::Params;
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Code of the carrier; absent for a mapping of any carrier.
    carrier_code: Option<String>,
    phrase: String,
}

/// Removes a mapping: the built-in tables read the phrase again, past events too.
#[utoipa::path(
    delete, path = "/v1/status-mappings", tag = "shipments", operation_id = "delete_status_mapping",
    params(Wanted),
    responses((status = 204), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
    Params(wanted): Params<Wanted>,
) -> Result<StatusCode, Problem> {
    let carrier = wanted.carrier_code.as_deref().filter(|code| !code.is_empty());
    if api.tracking.unmap_status(allowed.caller.tenant.id, carrier, &wanted.phrase).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}
