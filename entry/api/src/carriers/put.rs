//! `PUT /v1/carriers/{code}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::Carrier;
use domain::carrier::InvalidCarrierRules;
use serde::Deserialize;
use tracking::ChangeCarrierError;
use utoipa::ToSchema;

use super::{CarrierView, Rules};
use crate::auth::{Authorized, SystemConfig};
use crate::body::Body;
use crate::params::PathId;
use crate::problem::FieldError;
use crate::{Api, Problem};

/// The whole rules, and which ones they replace.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCarrierRules {
    /// The version that the caller saw.
    version: i64,
    rules: Rules,
}

/// Replaces the rules of a carrier for the organisation. Every change is kept: who, when, what.
#[utoipa::path(
    put, path = "/v1/carriers/{code}", tag = "carriers", operation_id = "put_carrier",
    params(("code" = String, Path)), request_body = NewCarrierRules,
    responses(
        (status = 200, body = CarrierView), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "changed meanwhile"), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
    PathId(carrier): PathId<Carrier>,
    Body(new): Body<NewCarrierRules>,
) -> Result<Json<CarrierView>, Problem> {
    let (tenant, by) = (allowed.caller.tenant.id, allowed.changed_by());
    let changed = api.tracking.change_carrier(tenant, carrier, new.version, &new.rules.into(), by).await;
    changed.map(|one| Json(one.into())).map_err(problem)
}

fn problem(error: ChangeCarrierError) -> Problem {
    match error {
        ChangeCarrierError::Invalid(all) => {
            let errors = all.into_iter().map(|one| FieldError::new(&field(one), "invalid", one));
            Problem::invalid_fields(errors.collect())
        }
        ChangeCarrierError::Changed(version) => {
            Problem::new(StatusCode::CONFLICT, "carrier-changed", "Somebody changed this carrier meanwhile")
                .with("version", version)
        }
        ChangeCarrierError::Database(error) => error.into(),
    }
}

fn field(invalid: InvalidCarrierRules) -> String {
    let name = match invalid {
        InvalidCarrierRules::TrackingPage => "tracking_page",
        InvalidCarrierRules::OfficeDays => "office_days",
        InvalidCarrierRules::UsualDays => "usual_days",
        InvalidCarrierRules::MaxCollect => "max_collect",
        InvalidCarrierRules::DeliveryAttempts => "delivery_attempts",
        InvalidCarrierRules::CoveragePoints => "coverage_points",
        InvalidCarrierRules::TooManyNumbers => "numbers",
        InvalidCarrierRules::TooManyAliases => "aliases",
        InvalidCarrierRules::Alias(place) | InvalidCarrierRules::TakenAlias(place) => {
            return format!("rules.aliases[{place}]");
        }
        InvalidCarrierRules::Number(place) => return format!("rules.numbers[{place}]"),
    };
    format!("rules.{name}")
}
