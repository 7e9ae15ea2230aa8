//! What the organisation says a carrier's phrase means.

pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod put;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A phrase and what it means.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusMapping {
    /// Code of the carrier whose phrase it is; null for any carrier's.
    #[serde(default)]
    carrier_code: Option<String>,
    /// In any spelling; its first 100 characters count.
    phrase: String,
    /// CREATED, PROCESSING, SHIPPED, IN_TRANSIT, OUT_FOR_DELIVERY, IN_OFFICE, DELIVERED, ISSUE, RETURNED or CANCELLED.
    #[schema(example = "IN_TRANSIT")]
    status: String,
    /// Why there is a problem; NONE unless the status is ISSUE.
    #[serde(default = "none")]
    #[schema(example = "NONE")]
    reason: String,
    /// With RETURNED only: the parcel is still on its way back.
    #[serde(default)]
    return_in_process: bool,
}

fn none() -> String {
    domain::ExceptionReason::None.as_str().to_owned()
}

impl From<tracking::StatusMapping> for StatusMapping {
    fn from(mapping: tracking::StatusMapping) -> Self {
        Self {
            carrier_code: mapping.carrier_code,
            phrase: mapping.phrase,
            status: mapping.status.as_str().to_owned(),
            reason: mapping.reason.as_str().to_owned(),
            return_in_process: mapping.return_in_process,
        }
    }
}
