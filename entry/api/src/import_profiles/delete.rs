//! `DELETE /v1/import-profiles/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use domain::ImportProfileId;

use crate::auth::{Authorized, GuidesWrite};
use crate::params::PathId;
use crate::{Api, Problem};

/// Deletes a saved layout. Files with its titles wait again for somebody to say what their columns are.
#[utoipa::path(
    delete, path = "/v1/import-profiles/{id}", tag = "imports", operation_id = "delete_import_profile",
    params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    PathId(id): PathId<ImportProfileId>,
) -> Result<StatusCode, Problem> {
    if api.imports.delete_profile(allowed.caller.tenant.id, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}
