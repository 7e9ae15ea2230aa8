//! `GET /v1/imports`

use axum::Json;
use axum::extract::State;

use super::{Import, describe};
use crate::auth::{Authorized, GuidesRead};
use crate::params::{Paging, Params};
use crate::view::Page;
use crate::{Api, Problem};

/// Imports, newest first.
#[utoipa::path(
    get, path = "/v1/imports", tag = "imports", operation_id = "list_imports", params(Paging),
    responses((status = 200, body = Page<Import>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Import>>, Problem> {
    let (after, limit) = paging.read()?;
    let page = api.imports.list(allowed.caller.tenant.id, after, limit).await?;
    Ok(Json(Page::of(page, |import| describe(import, Vec::new()))))
}
