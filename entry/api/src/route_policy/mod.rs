//! What an organisation judges its routes by.

pub(crate) mod changes;
pub(crate) mod get;
pub(crate) mod put;

use serde::{Deserialize, Serialize};
use tracking::{RoutePolicy, RoutePolicyInForce};
use utoipa::ToSchema;

use crate::view::moment;

/// The numbers that hold for the organisation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoutePolicyInForce)]
pub(crate) struct PolicyView {
    policy: Policy,
    /// How often the organisation changed it; 0 while the built-in one holds.
    version: i64,
    #[schema(format = DateTime)]
    changed_at: Option<String>,
}

/// When a route is good for cash on delivery.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoutePolicy)]
pub(crate) struct Policy {
    /// Percent from which on a route is green, above 0 to 100.
    green_from: f64,
    /// Percent from which on it is amber, above 0 and below `green_from`.
    amber_from: f64,
    /// Fewer shipments that ended than this are grey, 1 to 1,000.
    grey_below: i64,
    /// Imagined shipments at the carrier's own rate, 1 to 1,000.
    prior: f64,
    /// A route is to be blocked below this percent, 0 to 100 …
    block_below: f64,
    /// … once so many shipments ended, 1 to 1,000.
    block_from: i64,
    /// Carriers are even when their expected margins differ by less than this percent of the order's value, 0 to 100.
    even_within: f64,
}

impl From<RoutePolicyInForce> for PolicyView {
    fn from(one: RoutePolicyInForce) -> Self {
        Self { policy: one.policy.into(), version: one.version, changed_at: one.changed_at.map(moment) }
    }
}

impl From<RoutePolicy> for Policy {
    fn from(policy: RoutePolicy) -> Self {
        let RoutePolicy { green_from, amber_from, grey_below, prior, block_below, block_from, even_within } =
            policy;
        Self { green_from, amber_from, grey_below, prior, block_below, block_from, even_within }
    }
}

impl From<Policy> for RoutePolicy {
    fn from(policy: Policy) -> Self {
        let Policy { green_from, amber_from, grey_below, prior, block_below, block_from, even_within } =
            policy;
        Self { green_from, amber_from, grey_below, prior, block_below, block_from, even_within }
    }
}
