//! Counts for the top of the queue, and the phrases nobody has mapped yet.

use std::fmt;
use std::str::FromStr;

use database::{CursorError, Page, Scope, Statement, bind, page_size, sql};
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

/// Where a page of phrases ended: how often the last one was seen, below zero, its carrier, and the phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmappedCursor(i64, String, String);

impl UnmappedCursor {
    fn after(last: &UnmappedStatus) -> Self {
        let seen = i64::try_from(last.seen_count).unwrap_or(i64::MAX);
        Self(-seen, last.carrier_code.clone(), last.phrase.clone())
    }
}

impl fmt::Display for UnmappedCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}|{}", self.0, self.1, self.2)
    }
}

impl FromStr for UnmappedCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '|');
        let mut next = || parts.next().ok_or(CursorError);
        let seen = next()?.parse().map_err(|_| CursorError)?;
        // PostgreSQL has no text with a zero in it.
        let words = |part: &str| if part.contains('\0') { Err(CursorError) } else { Ok(part.to_owned()) };
        Ok(Self(seen, words(next()?)?, words(next()?)?))
    }
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

    /// A page of unknown phrases after a cursor, most frequent first.
    pub async fn unmapped_statuses(
        &self,
        tenant: TenantId,
        after: Option<UnmappedCursor>,
        limit: u32,
    ) -> database::Result<Page<UnmappedStatus, UnmappedCursor>> {
        let limit = page_size(limit);
        let from = after.unwrap_or(UnmappedCursor(i64::MIN, String::new(), String::new()));
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST_UNMAPPED, bind![from.0, from.1, from.2, limit + 1]).await?;
        tx.commit().await?;
        let items = rows
            .iter()
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
            .collect::<database::Result<_>>()?;
        Ok(Page::cut(items, limit, UnmappedCursor::after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back() {
        let cursor = UnmappedCursor(-3, "envia".into(), "ALGO | RARO".into());
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "1", "1|envia", "x|envia|ALGO", "1|envia|A\0"] {
            assert_eq!(bad.parse::<UnmappedCursor>(), Err(CursorError), "{bad:?}");
        }
    }
}
