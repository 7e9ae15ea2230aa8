//! `GET /v1/imports`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Import, describe};
use crate::auth::{Authorized, GuidesRead};
use crate::params::{self, Params};
use crate::view::Page;
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// Imports, newest first.
#[utoipa::path(
    get, path = "/v1/imports", tag = "imports", operation_id = "list_imports", params(Wanted),
    responses((status = 200, body = Page<Import>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    Params(query): Params<Wanted>,
) -> Result<Json<Page<Import>>, Problem> {
    let after = params::parse("cursor", query.cursor.as_deref())?;
    let limit = params::limit(query.limit)?;
    let page = api.imports.list(allowed.caller.tenant.id, after, limit).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(|import| describe(import, Vec::new())).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}
