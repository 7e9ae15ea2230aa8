//! `DELETE /v1/imports/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use domain::ImportId;

use super::reading::problem;
use crate::auth::{Authorized, GuidesWrite};
use crate::params::PathId;
use crate::{Api, Problem};

/// Throws away a file that waits; nothing of it was taken in. Its import stays in the list as failed (`discarded`).
#[utoipa::path(
    delete, path = "/v1/imports/{id}", tag = "imports", operation_id = "discard_import",
    params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    PathId(id): PathId<ImportId>,
) -> Result<StatusCode, Problem> {
    api.imports.discard(allowed.caller.tenant.id, id).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}
