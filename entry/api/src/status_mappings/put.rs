//! `PUT /v1/status-mappings`

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use tracking::{InvalidMapping, MapStatusError};
use utoipa::ToSchema;

use super::StatusMapping;
use crate::auth::{Authorized, SystemConfig};
use crate::body::Body;
use crate::problem::FieldError;
use crate::{Api, Problem};

/// Mappings to add, or to replace where carrier and phrase are the same.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewStatusMappings {
    /// An organisation has at most 2,000.
    items: Vec<StatusMapping>,
}

/// Says what phrases mean, all or none. Past events are read once more within moments, and states corrected.
#[utoipa::path(
    put, path = "/v1/status-mappings", tag = "shipments", operation_id = "put_status_mappings",
    request_body = NewStatusMappings,
    responses((status = 204), (status = 422, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
    Body(body): Body<NewStatusMappings>,
) -> Result<StatusCode, Problem> {
    let mut errors = Vec::new();
    let mut mappings = Vec::with_capacity(body.items.len());
    for (place, item) in body.items.into_iter().enumerate() {
        match read(place, item) {
            Ok(mapping) => mappings.push(mapping),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(Problem::invalid_fields(errors));
    }
    api.tracking.map_statuses(allowed.caller.tenant.id, &mappings).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(place: usize, item: StatusMapping) -> Result<tracking::StatusMapping, FieldError> {
    let unknown = |field: &str, error: domain::text::UnknownName| {
        FieldError::new(&format!("items[{place}].{field}"), "unknown", error)
    };
    Ok(tracking::StatusMapping {
        status: item.status.parse().map_err(|error| unknown("status", error))?,
        reason: item.reason.parse().map_err(|error| unknown("reason", error))?,
        carrier_code: item.carrier_code,
        phrase: item.phrase,
        return_in_process: item.return_in_process,
    })
}

fn problem(error: MapStatusError) -> Problem {
    match error {
        MapStatusError::Invalid(place, invalid) => {
            let field = match invalid {
                InvalidMapping::Phrase => "phrase",
                InvalidMapping::Carrier => "carrier_code",
                InvalidMapping::Reason => "reason",
                InvalidMapping::ReturnInProcess => "return_in_process",
            };
            Problem::invalid_field(&format!("items[{place}].{field}"), "invalid", invalid)
        }
        MapStatusError::TooMany => Problem::invalid_field("items", "too_many", error),
        MapStatusError::Database(error) => error.into(),
    }
}
