//! Imports as people look at them.

use database::{Page, Scope, Statement, TimeCursor, bind, page_size, sql};
use domain::{ImportId, TenantId};

use crate::Imports;
use crate::import::{self, Failure, Import};
use crate::read::VALUE_FIELD;

pub(crate) const GET: Statement = sql!("parts/import.sql" + "get_import.sql");
const LIST: Statement = sql!("parts/import.sql" + "list_imports.sql");
const LIST_FAILURES: Statement = sql!("list_failures.sql");

impl Imports {
    /// One import.
    pub async fn import(&self, tenant: TenantId, id: ImportId) -> database::Result<Option<Import>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_optional(&GET, bind![id]).await?;
        tx.commit().await?;
        found.as_ref().map(import::read).transpose()
    }

    /// Values of an import that could not be used, in file order.
    pub async fn failures(
        &self,
        tenant: TenantId,
        id: ImportId,
        limit: u32,
    ) -> database::Result<Vec<Failure>> {
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST_FAILURES, bind![id, limit]).await?;
        tx.commit().await?;
        rows.iter()
            .map(|row| {
                let value: Option<Vec<u8>> = row.get(2)?;
                Ok(Failure {
                    row: u32::try_from(row.get::<i64>(0)?).unwrap_or(u32::MAX),
                    column: row.get(1)?,
                    value: match value {
                        Some(sealed) => keys.open_text(VALUE_FIELD, &sealed)?,
                        None => String::new(),
                    },
                    row_left_out: row.get(3)?,
                    reason: row.get(4)?,
                })
            })
            .collect()
    }

    /// A page of imports after a cursor, newest first.
    pub async fn list(
        &self,
        tenant: TenantId,
        after: Option<TimeCursor>,
        limit: u32,
    ) -> database::Result<Page<Import, TimeCursor>> {
        let limit = page_size(limit);
        let from = after.unwrap_or(TimeCursor::NEWEST);
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&LIST, bind![from.at, from.id, limit + 1]).await?;
        tx.commit().await?;
        let items = rows.iter().map(import::read).collect::<Result<_, _>>()?;
        Ok(Page::cut(items, limit, |import: &Import| TimeCursor::after(import.created_at, import.id)))
    }
}
