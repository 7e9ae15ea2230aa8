//! `PUT /v1/risk-policy`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tracking::{ChangeRiskSettingsError, InvalidRiskSetting, RiskSettings};
use utoipa::ToSchema;

use super::{RiskPolicy, current};
use crate::auth::{Authorized, SystemConfig};
use crate::body::Body;
use crate::problem::FieldError;
use crate::{Api, Problem};

/// The whole policy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRiskPolicy {
    /// The lowest score that is HIGH, 1 to 100.
    high_from: i64,
    /// The lowest score that is MEDIUM, 1 to `high_from`.
    medium_from: i64,
    /// At most 200 names of cities, in any spelling.
    risky_cities: Vec<String>,
    /// At most 200 names or codes of carriers.
    risky_carriers: Vec<String>,
}

/// Replaces the organisation's risk policy. Open shipments are assessed by it within moments.
#[utoipa::path(
    put, path = "/v1/risk-policy", tag = "shipments", operation_id = "put_risk_policy",
    request_body = NewRiskPolicy,
    responses((status = 200, body = RiskPolicy), (status = 422, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
    Body(body): Body<NewRiskPolicy>,
) -> Result<Json<RiskPolicy>, Problem> {
    let tenant = allowed.caller.tenant.id;
    let settings = RiskSettings {
        high_from: body.high_from,
        medium_from: body.medium_from,
        cities: body.risky_cities,
        carriers: body.risky_carriers,
    };
    api.tracking.change_risk_settings(tenant, &settings).await.map_err(problem)?;
    current(&api, tenant).await.map(Json)
}

fn problem(error: ChangeRiskSettingsError) -> Problem {
    match error {
        ChangeRiskSettingsError::Invalid(invalid) => {
            Problem::invalid_fields(invalid.iter().map(field_error).collect())
        }
        ChangeRiskSettingsError::Database(error) => error.into(),
    }
}

fn field_error(invalid: &InvalidRiskSetting) -> FieldError {
    let (field, code) = match invalid {
        InvalidRiskSetting::HighFrom => ("high_from".to_owned(), "out_of_range"),
        InvalidRiskSetting::MediumFrom => ("medium_from".to_owned(), "out_of_range"),
        InvalidRiskSetting::TooManyCities => ("risky_cities".to_owned(), "too_many"),
        InvalidRiskSetting::TooManyCarriers => ("risky_carriers".to_owned(), "too_many"),
        InvalidRiskSetting::City(place) => (format!("risky_cities[{place}]"), "invalid"),
        InvalidRiskSetting::Carrier(place) => (format!("risky_carriers[{place}]"), "invalid"),
    };
    FieldError::new(&field, code, invalid)
}
