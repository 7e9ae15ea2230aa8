//! `GET /v1/imports/{id}`

use axum::Json;
use axum::extract::State;
use domain::ImportId;

use super::{Import, describe};
use crate::auth::{Authorized, GuidesRead};
use crate::params::PathId;
use crate::{Api, Problem};

/// Failures shown with an import.
const FAILURES: u32 = 100;

/// How far an import is, and what it did.
#[utoipa::path(
    get, path = "/v1/imports/{id}", tag = "imports", operation_id = "get_import",
    params(("id" = String, Path)),
    responses((status = 200, body = Import), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    PathId(id): PathId<ImportId>,
) -> Result<Json<Import>, Problem> {
    let tenant = allowed.caller.tenant.id;
    let import = api.imports.import(tenant, id).await?.ok_or_else(Problem::not_found)?;
    // A value that could not be used may well be a phone: only who may see those sees it.
    let mut failures = api.imports.failures(tenant, id, FAILURES).await?;
    if allowed.caller.sees_masked() {
        for failure in &mut failures {
            failure.value.clear();
        }
    }
    Ok(Json(describe(import, failures)))
}
