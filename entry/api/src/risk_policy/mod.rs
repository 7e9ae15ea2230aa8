//! How an organisation weighs the risk of its shipments.

pub(crate) mod get;
pub(crate) mod put;

use domain::TenantId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::moment;
use crate::{Api, Problem};

/// Where the levels begin, and which cities and carriers are watched.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RiskPolicy {
    /// The lowest score that is HIGH.
    high_from: i64,
    /// The lowest score that is MEDIUM.
    medium_from: i64,
    /// Cities that add to the score; every spelling of a name is one.
    risky_cities: Vec<String>,
    /// Carriers that add to the score, by name or code.
    risky_carriers: Vec<String>,
    /// When somebody changed it last; null while the built-in one holds.
    #[schema(format = DateTime)]
    changed_at: Option<String>,
}

async fn current(api: &Api, tenant: TenantId) -> Result<RiskPolicy, Problem> {
    let (settings, changed_at) = api.tracking.risk_settings(tenant).await?;
    Ok(RiskPolicy {
        high_from: settings.high_from,
        medium_from: settings.medium_from,
        risky_cities: settings.cities,
        risky_carriers: settings.carriers,
        changed_at: changed_at.map(moment),
    })
}
