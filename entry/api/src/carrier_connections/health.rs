//! `GET /v1/carriers/health`

use axum::Json;
use axum::extract::State;
use domain::{Carrier, Timestamp};
use serde::Serialize;
use tracking::LookAges;
use utoipa::ToSchema;

use crate::auth::{Authorized, GuidesRead};
use crate::view::{Page, moment};
use crate::{Api, Problem};

/// How old what carriers say of the open shipments is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CarrierHealth)]
pub(crate) struct HealthView {
    /// The carrier's code, or the folded name of one that nobody knows.
    carrier_code: String,
    carrier_name: String,
    /// Its open shipments.
    open: u64,
    /// Those of them about which somebody was ever asked and answered.
    looked_at: u64,
    /// The newest answer.
    #[schema(format = DateTime)]
    last_look_at: Option<String>,
    /// Half of the answers are at most so many seconds old.
    median_age_seconds: Option<i64>,
    /// 95 of 100 answers are at most so many seconds old.
    p95_age_seconds: Option<i64>,
}

/// How old what carriers say is, by carrier, of carriers with open shipments.
#[utoipa::path(
    get, path = "/v1/carriers/health", tag = "carriers", operation_id = "list_carrier_health",
    responses((status = 200, body = Page<HealthView>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
) -> Result<Json<Page<HealthView>>, Problem> {
    let ages = api.tracking.look_ages(allowed.caller.tenant.id).await?;
    let now = api.clock.now();
    Ok(Json(Page { items: ages.into_iter().map(|ages| describe(ages, now)).collect(), next_cursor: None }))
}

fn describe(ages: LookAges, now: Timestamp) -> HealthView {
    let age = |at: Option<Timestamp>| at.map(|at| now.duration_since(at).as_secs().max(0));
    let name = Carrier::from_code(&ages.carrier_code).map(|carrier| carrier.name().to_owned());
    HealthView {
        carrier_name: name.unwrap_or_else(|| ages.carrier_code.clone()),
        open: ages.open,
        looked_at: ages.looked_at,
        last_look_at: ages.last.map(moment),
        median_age_seconds: age(ages.median),
        p95_age_seconds: age(ages.p95),
        carrier_code: ages.carrier_code,
    }
}
