//! `POST /v1/batches`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use tracking::{MAX_BATCH_LABEL, is_batch_label};
use utoipa::ToSchema;

use super::{FilledBatch, People, problem, tracking_numbers};
use crate::auth::{Authorized, GuidesWrite};
use crate::body::Body;
use crate::{Api, Problem};

/// A batch to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBatch {
    /// A name for it, at most 120 characters.
    #[serde(default)]
    label: Option<String>,
    /// Of known shipments; 1 to 500.
    tracking_numbers: Vec<String>,
}

/// Makes a batch of shipments that are known.
#[utoipa::path(
    post, path = "/v1/batches", tag = "batches", operation_id = "create_batch", request_body = NewBatch,
    responses((status = 201, body = FilledBatch), (status = 422, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    Body(new): Body<NewBatch>,
) -> Result<(StatusCode, Json<FilledBatch>), Problem> {
    let label = new.label.as_deref().map(str::trim).filter(|label| !label.is_empty());
    if label.is_some_and(|label| !is_batch_label(label)) {
        let detail = format!("at most {MAX_BATCH_LABEL} characters that can be seen");
        return Err(Problem::invalid_field("label", "unusable", detail));
    }
    let numbers = tracking_numbers(&new.tracking_numbers)?;
    let (tenant, by) = (allowed.caller.tenant.id, allowed.changed_by());
    let made = api.tracking.create_batch(tenant, label, &numbers, Some(by)).await.map_err(problem)?;
    let people = People::of(&api, &allowed.caller, made.batch.created_by).await?;
    Ok((StatusCode::CREATED, Json(people.filled(made))))
}
