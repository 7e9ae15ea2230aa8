//! `POST /v1/shipments/{id}/office-extensions`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::ShipmentId;
use serde::Deserialize;
use tracking::ExtendError;
use utoipa::ToSchema;

use super::office::OfficeStayView;
use crate::auth::{Authorized, GuidesWrite};
use crate::body::Body;
use crate::params::PathId;
use crate::{Api, Problem};

/// More days at the office, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOfficeExtension {
    /// Business days, 1 to 10; at most 10 in one stay.
    days: i64,
    /// At most 200 characters, without phones and other long numbers.
    reason: Option<String>,
}

/// Notes that the carrier keeps the parcel for more days: its last day moves.
#[utoipa::path(
    post, path = "/v1/shipments/{id}/office-extensions", tag = "shipments", operation_id = "extend_office_stay",
    params(("id" = String, Path)), request_body = NewOfficeExtension,
    responses(
        (status = 201, body = OfficeStayView), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "not at an office"), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    PathId(id): PathId<ShipmentId>,
    Body(new): Body<NewOfficeExtension>,
) -> Result<(StatusCode, Json<OfficeStayView>), Problem> {
    let (tenant, by) = (allowed.caller.tenant.id, allowed.changed_by());
    let extended = api.tracking.extend_office_stay(tenant, id, new.days, new.reason.as_deref(), by).await;
    extended.map(|stay| (StatusCode::CREATED, Json(stay.into()))).map_err(problem)
}

fn problem(error: ExtendError) -> Problem {
    match error {
        ExtendError::NotFound => Problem::not_found(),
        ExtendError::NotAtOffice => {
            Problem::new(StatusCode::CONFLICT, "not-at-office", "The parcel is not at an office")
        }
        ExtendError::Days => Problem::invalid_field("days", "out_of_range", error),
        ExtendError::TooMany(left) => {
            Problem::invalid_field("days", "too_many", &error).with("days_left_to_extend", left)
        }
        ExtendError::Reason => Problem::invalid_field("reason", "invalid", error),
        ExtendError::Database(error) => error.into(),
    }
}
