//! Removing a tenant's facts.

use database::{Db, Result, Scope, Statement, SystemReason, bind, system_sql};
use domain::TenantId;
use uuid::Uuid;

use crate::stamp;

const KEEP_HEAD: Statement = system_sql!("system/keep_head.sql");
const ERASE: Statement = system_sql!("system/erase_events.sql");

/// Events of one transaction; it must stay short.
const BATCH: u64 = 500;

/// Removes a tenant's events. The newest position of the log is never given twice, or readers would skip what
/// gets it next: an event that stands there stays, emptied and without its tenant.
///
/// # Errors
/// When the store fails; what is left goes when it is called again.
pub async fn erase_tenant(db: &Db, tenant: TenantId) -> Result<()> {
    loop {
        let mut tx = db.write(Scope::System(SystemReason::Administration)).await?;
        // The newest position must not move between the two statements.
        stamp::hold(&mut tx).await?;
        tx.execute(&KEEP_HEAD, bind![tenant, Uuid::nil()]).await?;
        let gone = tx.execute(&ERASE, bind![tenant, BATCH]).await?;
        tx.commit().await?;
        if gone < BATCH {
            return Ok(());
        }
    }
}
