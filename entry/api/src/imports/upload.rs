//! `POST /v1/imports`

use axum::Json;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use domain::ImportId;
use integrations::ReceiveError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Authorized, GuidesWrite};
use crate::params::Params;
use crate::view::moment;
use crate::{Api, Problem};

/// An import that was queued.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Queued {
    id: String,
}

impl Queued {
    pub(crate) fn of(id: ImportId) -> Self {
        Self { id: id.to_string() }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct How {
    /// Whether the file waits until somebody has looked at it and lets it in.
    #[serde(default)]
    review: bool,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form for the OpenAPI document")]
struct UploadForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Takes a file (.xlsx, .xlsm, .xls or .csv) and queues it. It is on the disk when this answers. One whose columns
/// are not understood fails (`missing_columns`), and its file is kept for somebody who says what they are.
#[utoipa::path(
    post, path = "/v1/imports", tag = "imports", operation_id = "upload_import",
    params(How),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 202, body = Queued),
        (status = 409, body = Problem, description = "The same content was loaded before: `first_import_id`, `first_loaded_at`"),
        (status = 413, body = Problem, description = "`limit_bytes`"),
        (status = 422, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    Params(how): Params<How>,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<(StatusCode, Json<Queued>), Problem> {
    let mut form =
        form.map_err(|_| Problem::invalid_request("send multipart/form-data with a field `file`"))?;
    while let Some(field) = form.next_field().await.map_err(|error| broken_form(&error))? {
        if field.name() == Some("file") {
            let id = receive(&api, &allowed, &how, field).await?;
            return Ok((StatusCode::ACCEPTED, Json(Queued::of(id))));
        }
    }
    Err(Problem::invalid_field("file", "missing", "the form has no field `file`"))
}

async fn receive(
    api: &Api,
    allowed: &Authorized<GuidesWrite>,
    how: &How,
    mut field: Field<'_>,
) -> Result<ImportId, Problem> {
    let name = field.file_name().unwrap_or("archivo").to_owned();
    let mut upload = api.imports.begin_upload().await.map_err(problem)?;
    while let Some(piece) = field.chunk().await.map_err(|error| broken_form(&error))? {
        upload.write(&piece).await.map_err(problem)?;
    }
    let (tenant, by) = (allowed.caller.tenant.id, allowed.caller.user_id());
    let received = if how.review {
        api.imports.hold_upload(upload, tenant, &name, by).await
    } else {
        api.imports.finish_upload(upload, tenant, &name, by).await
    };
    received.map_err(problem)
}

fn broken_form(error: &MultipartError) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed-form", "The form ends early or is malformed")
        .detail(error.body_text())
}

pub(crate) fn problem(error: ReceiveError) -> Problem {
    match error {
        ReceiveError::AlreadyImported { first, first_loaded_at } => {
            Problem::new(StatusCode::CONFLICT, "already-imported", "This file was loaded already")
                .detail(format!("first loaded at {first_loaded_at}"))
                .with("first_import_id", first.to_string())
                .with("first_loaded_at", moment(first_loaded_at))
        }
        ReceiveError::TooLarge { limit } => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "file-too-large", "The file is too large")
                .with("limit_bytes", limit)
        }
        ReceiveError::Empty => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unsupported-file", "The file is empty")
        }
        ReceiveError::Disk(error) => Problem::internal(&error),
        ReceiveError::Database(error) => error.into(),
    }
}
