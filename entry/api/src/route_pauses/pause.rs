//! `POST /v1/route-pauses`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use tracking::{NewPause, PauseError};
use utoipa::ToSchema;

use super::PauseView;
use crate::auth::{Authorized, SystemConfig};
use crate::body::Body;
use crate::{Api, Problem};

/// What is to be paused, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRoutePause {
    /// DIVIPOLA code or name; `name, department` where several bear it.
    city: String,
    /// Code or name; all carriers if absent.
    carrier: Option<String>,
    /// 1 to 200 characters, without phones and other long numbers.
    reason: String,
}

/// Pauses a city, or one carrier to it.
#[utoipa::path(
    post, path = "/v1/route-pauses", tag = "routes", operation_id = "pause_route", request_body = NewRoutePause,
    responses(
        (status = 201, body = PauseView), (status = 409, body = Problem, description = "paused already"),
        (status = 422, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
    Body(new): Body<NewRoutePause>,
) -> Result<(StatusCode, Json<PauseView>), Problem> {
    let new = NewPause { city: new.city, carrier: new.carrier, reason: new.reason };
    let paused = api.tracking.pause_route(allowed.caller.tenant.id, &new, allowed.changed_by()).await;
    paused.map(|pause| (StatusCode::CREATED, Json(pause.into()))).map_err(problem)
}

fn problem(error: PauseError) -> Problem {
    match error {
        PauseError::City => Problem::invalid_field("city", "unknown", error),
        PauseError::Carrier => Problem::invalid_field("carrier", "unknown", error),
        PauseError::Reason => Problem::invalid_field("reason", "invalid", error),
        PauseError::AlreadyPaused => {
            Problem::new(StatusCode::CONFLICT, "already-paused", "It is paused already")
        }
        PauseError::Database(error) => error.into(),
    }
}
