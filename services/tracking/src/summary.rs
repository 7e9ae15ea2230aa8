//! Counts for the top of the queue, and the phrases nobody has mapped yet.

use database::{Scope, Statement, bind, sql};
use domain::{TenantId, Timestamp};

use crate::Tracking;
use crate::risk::RiskLevel;

const LIST_COUNTS: Statement = sql!("list_counts.sql");
const LIST_UNMAPPED: Statement = sql!("list_unmapped.sql");
const COUNT_UNMAPPED: Statement = sql!("count_unmapped.sql");

/// How many shipments there are, by urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Open shipments of high risk.
    pub high: u64,
    /// Of medium risk.
    pub medium: u64,
    /// Of low risk.
    pub low: u64,
    /// Shipments that need nobody any more.
    pub terminal: u64,
    /// Phrases that no table knows.
    pub unmapped_statuses: u64,
}

/// A phrase that no table knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmappedStatus {
    /// Carrier whose phrase it is.
    pub carrier_code: String,
    /// The phrase, folded.
    pub phrase: String,
    /// The phrase as it came, once.
    pub sample: String,
    /// How often it came.
    pub seen_count: u64,
    /// When it came first.
    pub first_seen_at: Timestamp,
    /// When it came last.
    pub last_seen_at: Timestamp,
}

impl Tracking {
    /// Counts by urgency.
    pub async fn summary(&self, tenant: TenantId) -> database::Result<Summary> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let mut summary = Summary::default();
        for row in tx.fetch_all(&LIST_COUNTS, bind![]).await? {
            let (level, terminal, count) = (row.parse(0)?, row.get::<bool>(1)?, row.count(2)?);
            let slot = match (terminal, level) {
                (true, _) => &mut summary.terminal,
                (false, RiskLevel::High) => &mut summary.high,
                (false, RiskLevel::Medium) => &mut summary.medium,
                (false, RiskLevel::Low) => &mut summary.low,
            };
            *slot += count;
        }
        summary.unmapped_statuses = tx.fetch_one(&COUNT_UNMAPPED, bind![]).await?.count(0)?;
        tx.commit().await?;
        Ok(summary)
    }

    /// Unknown phrases, most frequent first, at most 500.
    pub async fn unmapped_statuses(&self, tenant: TenantId) -> database::Result<Vec<UnmappedStatus>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST_UNMAPPED, bind![]).await?;
        tx.commit().await?;
        rows.iter()
            .map(|row| {
                Ok(UnmappedStatus {
                    carrier_code: row.get(0)?,
                    phrase: row.get(1)?,
                    sample: row.get(2)?,
                    seen_count: row.count(3)?,
                    first_seen_at: row.time(4)?,
                    last_seen_at: row.time(5)?,
                })
            })
            .collect()
    }
}
