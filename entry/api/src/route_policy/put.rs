//! `PUT /v1/route-policy`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use tracking::{ChangeRoutePolicyError, InvalidRoutePolicy};
use utoipa::ToSchema;

use super::{Policy, PolicyView};
use crate::auth::{Authorized, SystemConfig};
use crate::body::Body;
use crate::problem::FieldError;
use crate::{Api, Problem};

/// The whole policy, and which one it replaces.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRoutePolicy {
    /// The version that the caller saw.
    version: i64,
    policy: Policy,
}

/// Replaces what the organisation's routes are judged by. Every change is kept: who, when, what.
#[utoipa::path(
    put, path = "/v1/route-policy", tag = "routes", operation_id = "put_route_policy",
    request_body = NewRoutePolicy,
    responses(
        (status = 200, body = PolicyView), (status = 409, body = Problem, description = "changed meanwhile"),
        (status = 422, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
    Body(new): Body<NewRoutePolicy>,
) -> Result<Json<PolicyView>, Problem> {
    let (tenant, by) = (allowed.caller.tenant.id, allowed.changed_by());
    let changed = api.tracking.change_route_policy(tenant, new.version, new.policy.into(), by).await;
    changed.map(|one| Json(one.into())).map_err(problem)
}

fn problem(error: ChangeRoutePolicyError) -> Problem {
    match error {
        ChangeRoutePolicyError::Invalid(all) => {
            let errors = all.into_iter().map(|one| FieldError::new(field(one), "out_of_range", one));
            Problem::invalid_fields(errors.collect())
        }
        ChangeRoutePolicyError::Changed(version) => Problem::new(
            StatusCode::CONFLICT,
            "route-policy-changed",
            "Somebody changed this policy meanwhile",
        )
        .with("version", version),
        ChangeRoutePolicyError::Database(error) => error.into(),
    }
}

const fn field(invalid: InvalidRoutePolicy) -> &'static str {
    match invalid {
        InvalidRoutePolicy::GreenFrom => "policy.green_from",
        InvalidRoutePolicy::AmberFrom => "policy.amber_from",
        InvalidRoutePolicy::GreyBelow => "policy.grey_below",
        InvalidRoutePolicy::Prior => "policy.prior",
        InvalidRoutePolicy::BlockBelow => "policy.block_below",
        InvalidRoutePolicy::BlockFrom => "policy.block_from",
        InvalidRoutePolicy::EvenWithin => "policy.even_within",
    }
}
