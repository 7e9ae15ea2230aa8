//! `POST /v1/pastes`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::{Paste, problem};
use crate::auth::{Authorized, GuidesWrite};
use crate::body::Body;
use crate::imports::upload::Queued;
use crate::{Api, Problem};

/// Imports a paste like a file: every event of every shipment; answers the import's id.
#[utoipa::path(
    post, path = "/v1/pastes", tag = "imports", operation_id = "import_paste", request_body = Paste,
    responses(
        (status = 202, body = Queued),
        (status = 409, body = Problem, description = "The same text was loaded before: `first_import_id`, `first_loaded_at`"),
        (status = 413, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    Body(paste): Body<Paste>,
) -> Result<(StatusCode, Json<Queued>), Problem> {
    let (tenant, by) = (allowed.caller.tenant.id, allowed.caller.user_id());
    let id = api.imports.import_paste(tenant, paste.into(), by).await.map_err(problem)?;
    Ok((StatusCode::ACCEPTED, Json(Queued::of(id))))
}
