//! What an organisation judges its routes by, where the built-in numbers do not fit it.

use std::sync::LazyLock;

use database::{Scope, Statement, Tx, bind, sql};
use domain::{ApiKeyId, TenantId, Timestamp, UserId};
use event_log::NewEvent;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{ChangedBy, Tracking};

const FIND: Statement = sql!("find_route_settings.sql");
const SAVE: Statement = sql!("save_route_settings.sql");

/// Most shipments that `prior`, `grey_below` or `block_from` may stand for.
const MAX_SHIPMENTS: i64 = 1_000;

/// The numbers of `data/routes.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutePolicy {
    /// Percent from which on a route is green.
    pub green_from: f64,
    /// Percent from which on it is amber; below it is red.
    pub amber_from: f64,
    /// Fewer shipments that ended than this are grey.
    pub grey_below: i64,
    /// Imagined shipments at the carrier's own rate.
    pub prior: f64,
    /// A route is to be blocked below this percent …
    pub block_below: f64,
    /// … once so many shipments ended.
    pub block_from: i64,
    /// Carriers are even when their expected margins differ by less than this percent of the order's value.
    pub even_within: f64,
}

/// A number that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRoutePolicy {
    /// Outside 0 to 100.
    #[error("above 0 and at most 100 percent")]
    GreenFrom,
    /// Outside 0 to where green begins.
    #[error("above 0 percent, and below where green begins")]
    AmberFrom,
    /// Outside 1 to 1,000.
    #[error("1 to {MAX_SHIPMENTS} shipments")]
    GreyBelow,
    /// Outside 1 to 1,000.
    #[error("1 to {MAX_SHIPMENTS} shipments")]
    Prior,
    /// Outside 0 to 100.
    #[error("0 to 100 percent")]
    BlockBelow,
    /// Outside 1 to 1,000.
    #[error("1 to {MAX_SHIPMENTS} shipments")]
    BlockFrom,
    /// Outside 0 to 100.
    #[error("0 to 100 percent")]
    EvenWithin,
}

/// Why the policy was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRoutePolicyError {
    /// It cannot be used, for each of these reasons.
    #[error("{} numbers cannot be used", .0.len())]
    Invalid(Vec<InvalidRoutePolicy>),
    /// Somebody changed it meanwhile; this is the version in force.
    #[error("the policy was changed meanwhile, to version {0}")]
    Changed(i64),
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

/// The policy that holds for an organisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoutePolicyInForce {
    /// Its numbers.
    pub policy: RoutePolicy,
    /// How often the organisation changed it; 0 while the built-in one holds.
    pub version: i64,
    /// When it changed it last.
    pub changed_at: Option<Timestamp>,
    entity: Option<Uuid>,
}

/// The fact of a change, with both sides of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoutePolicyChange {
    /// The person who changed it.
    pub by_user: Option<UserId>,
    /// The program that changed it.
    pub by_api_key: Option<ApiKeyId>,
    /// The numbers before.
    pub from: RoutePolicy,
    /// The numbers since.
    pub to: RoutePolicy,
}

impl RoutePolicy {
    /// What holds for an organisation that decided nothing.
    #[must_use]
    pub fn builtin() -> Self {
        static BUILTIN: LazyLock<RoutePolicy> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "a unit test reads the built-in file")]
            toml::from_str(include_str!("../../data/routes.toml")).expect("the built-in route file is valid")
        });
        *BUILTIN
    }

    fn check(&self) -> Vec<InvalidRoutePolicy> {
        use InvalidRoutePolicy as Invalid;
        let percent = |value: f64| (0.0..=100.0).contains(&value);
        let shipments = |value: i64| (1..=MAX_SHIPMENTS).contains(&value);
        [
            (percent(self.green_from) && self.green_from > 0.0, Invalid::GreenFrom),
            (0.0 < self.amber_from && self.amber_from < self.green_from, Invalid::AmberFrom),
            (shipments(self.grey_below), Invalid::GreyBelow),
            ((1.0..=MAX_SHIPMENTS as f64).contains(&self.prior), Invalid::Prior),
            (percent(self.block_below), Invalid::BlockBelow),
            (shipments(self.block_from), Invalid::BlockFrom),
            (percent(self.even_within), Invalid::EvenWithin),
        ]
        .into_iter()
        .filter_map(|(fits, what)| (!fits).then_some(what))
        .collect()
    }
}

/// The policy of the transaction's tenant.
pub(super) async fn in_force(tx: &mut Tx) -> database::Result<RoutePolicyInForce> {
    let Some(row) = tx.fetch_optional(&FIND, bind![]).await? else {
        let policy = RoutePolicy::builtin();
        return Ok(RoutePolicyInForce { policy, version: 0, changed_at: None, entity: None });
    };
    let policy =
        serde_json::from_str(&row.get::<String>(2)?).map_err(|error| unreadable(FIND.name(), &error))?;
    Ok(RoutePolicyInForce {
        policy,
        version: row.get(1)?,
        changed_at: Some(row.time(3)?),
        entity: Some(row.get(0)?),
    })
}

impl Tracking {
    /// What an organisation's routes are judged by.
    pub async fn route_policy(&self, tenant: TenantId) -> database::Result<RoutePolicyInForce> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = in_force(&mut tx).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// Replaces the policy of an organisation. `version` is the one the caller saw.
    pub async fn change_route_policy(
        &self,
        tenant: TenantId,
        version: i64,
        policy: RoutePolicy,
        by: ChangedBy,
    ) -> Result<RoutePolicyInForce, ChangeRoutePolicyError> {
        let invalid = policy.check();
        if !invalid.is_empty() {
            return Err(ChangeRoutePolicyError::Invalid(invalid));
        }
        let text = serde_json::to_string(&policy).map_err(|error| unreadable(SAVE.name(), &error))?;
        let now = self.clock.now();
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let before = in_force(&mut tx).await?;
        if before.version != version {
            return Err(ChangeRoutePolicyError::Changed(before.version));
        }
        let entity = before.entity.unwrap_or_else(|| self.ids.next());
        let saved = tx.execute(&SAVE, bind![entity, version + 1, text, now]).await?;
        if saved == 0 {
            return Err(ChangeRoutePolicyError::Changed(version + 1));
        }
        let (by_user, by_api_key) = by.ids();
        let payload = RoutePolicyChange { by_user, by_api_key, from: before.policy, to: policy };
        let fact = NewEvent::new("routes.policy_changed", entity, version + 1, now, &payload)
            .map_err(|error| unreadable("append.sql", &error))?;
        event_log::append(&mut tx, &*self.ids, now, vec![fact]).await?;
        tx.commit().await?;
        Ok(RoutePolicyInForce { policy, version: version + 1, changed_at: Some(now), entity: Some(entity) })
    }

    /// What an organisation changed, the first change first, each with its version and moment.
    pub async fn route_policy_changes(
        &self,
        tenant: TenantId,
    ) -> database::Result<Vec<(i64, Timestamp, RoutePolicyChange)>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let Some(entity) = in_force(&mut tx).await?.entity else { return Ok(Vec::new()) };
        let events = event_log::of_entity(&mut tx, entity).await?;
        tx.commit().await?;
        let read = |event: &event_log::Event| {
            let change = serde_json::from_str(event.payload_json());
            let change = change.map_err(|error| unreadable("of_entity.sql", &error))?;
            Ok((event.entity_version, event.occurred_at, change))
        };
        events.iter().map(read).collect()
    }
}

fn unreadable(statement: &'static str, error: &serde_json::Error) -> database::Error {
    database::Error::Failed { statement, detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::InvalidRoutePolicy as Invalid;
    use super::*;

    #[test]
    fn every_mistake_is_named() {
        assert_eq!(RoutePolicy::builtin().check(), []);
        let bad = RoutePolicy {
            green_from: 101.0,
            amber_from: f64::NAN,
            grey_below: 0,
            prior: 0.5,
            block_below: -1.0,
            block_from: 1_001,
            even_within: f64::INFINITY,
        };
        let expected = [
            Invalid::GreenFrom,
            Invalid::AmberFrom,
            Invalid::GreyBelow,
            Invalid::Prior,
            Invalid::BlockBelow,
            Invalid::BlockFrom,
            Invalid::EvenWithin,
        ];
        assert_eq!(bad.check(), expected);
        let even = RoutePolicy { green_from: 70.0, amber_from: 70.0, ..RoutePolicy::builtin() };
        assert_eq!(even.check(), [Invalid::AmberFrom]);
    }
}
