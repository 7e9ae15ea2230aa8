//! `DELETE /v1/shops/{domain}`

use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::SHOPIFY;
use crate::auth::{Authorized, SystemConfig};
use crate::{Api, Problem};

/// Gives a domain up. Its messages are refused from now on, and another organisation may take it.
#[utoipa::path(
    delete, path = "/v1/shops/{domain}", tag = "shops", operation_id = "release_shop",
    params(("domain" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
    Path(domain): Path<String>,
) -> Result<StatusCode, Problem> {
    if api.webhooks.release_shop(allowed.caller.tenant.id, SHOPIFY, &domain).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}
