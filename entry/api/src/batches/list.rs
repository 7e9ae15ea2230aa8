//! `GET /v1/batches`

use axum::Json;
use axum::extract::State;
use domain::{BatchStatus, ImportId};
use serde::Deserialize;
use tracking::BatchCursor;
use utoipa::IntoParams;

use super::{BatchView, People};
use crate::auth::{Authorized, GuidesRead};
use crate::params::{self, Params};
use crate::view::Page;
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// open, closed or archived; all if absent.
    status: Option<String>,
    /// Only the batch that this import made.
    import_id: Option<String>,
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// Batches, the newest day first and its last number first.
#[utoipa::path(
    get, path = "/v1/batches", tag = "batches", operation_id = "list_batches", params(Wanted),
    responses((status = 200, body = Page<BatchView>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    Params(query): Params<Wanted>,
) -> Result<Json<Page<BatchView>>, Problem> {
    let after: Option<BatchCursor> = params::parse("cursor", query.cursor.as_deref())?;
    let limit = params::limit(query.limit)?;
    let status: Option<BatchStatus> = params::parse("status", query.status.as_deref())?;
    let import: Option<ImportId> = params::parse("import_id", query.import_id.as_deref())?;
    let tenant = allowed.caller.tenant.id;
    let page = match import {
        None => api.tracking.batches(tenant, status, after, limit).await?,
        Some(import) => {
            let found = api.tracking.batch_of_import(tenant, import).await?;
            let fits = found.filter(|batch| status.is_none_or(|status| status == batch.status));
            database::Page { items: fits.into_iter().collect(), next: None }
        }
    };
    let makers = page.items.iter().filter_map(|batch| batch.created_by);
    let people = People::of(&api, &allowed.caller, makers).await?;
    Ok(Json(Page::of(page, |batch| people.batch(batch))))
}
