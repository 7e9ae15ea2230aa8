//! `POST /v1/imports/{id}/mapping`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::ImportId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::reading::{Layout, problem};
use super::upload::Queued;
use crate::auth::{Authorized, GuidesWrite};
use crate::body::Body;
use crate::params::PathId;
use crate::{Api, Problem};

/// How to read the file. Without a layout it is read as it says itself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportMapping)]
pub(crate) struct Mapping {
    layout: Option<Layout>,
    /// The name under which the layout is saved; files with the same titles are read by it from now on. The file's
    /// name if absent.
    save_as: Option<String>,
}

/// Lets a file that waits be imported. Its layout, if one is given, is saved and known again next time.
#[utoipa::path(
    post, path = "/v1/imports/{id}/mapping", tag = "imports", operation_id = "confirm_import",
    params(("id" = String, Path)), request_body = Mapping,
    responses(
        (status = 202, body = Queued), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem, description = "Also when a layout is needed: `missing-columns` with `columns`"),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    PathId(id): PathId<ImportId>,
    Body(mapping): Body<Mapping>,
) -> Result<(StatusCode, Json<Queued>), Problem> {
    let (tenant, by) = (allowed.caller.tenant.id, allowed.caller.user_id());
    let layout = match mapping.layout.map(Layout::read).transpose()? {
        Some(layout) => Some((layout, name(&api, tenant, id, mapping.save_as).await?)),
        None => None,
    };
    api.imports.confirm(tenant, id, layout, by).await.map_err(problem)?;
    Ok((StatusCode::ACCEPTED, Json(Queued::of(id))))
}

async fn name(
    api: &Api,
    tenant: domain::TenantId,
    id: ImportId,
    given: Option<String>,
) -> Result<String, Problem> {
    if let Some(name) = given {
        return Ok(name);
    }
    let import = api.imports.import(tenant, id).await?.ok_or_else(Problem::not_found)?;
    Ok(import.file_name.chars().take(integrations::MAX_PROFILE_NAME).collect())
}
