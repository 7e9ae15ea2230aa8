//! Lists of orders, newest first.

use database::{Page, Scope, Statement, TimeCursor, bind, page_size, sql};
use domain::{OrderId, OrderStatus, TenantId};

use crate::{Order, OrderSource, Orders, rows};

const NEWEST: Statement = sql!("parts/order.sql" + "list_newest.sql");
const BY_STATUS: Statement = sql!("parts/order.sql" + "list_by_status.sql");
const TESTS: Statement = sql!("parts/order.sql" + "list_tests.sql");
const NUMBERS: Statement = sql!("parts/wanted_refs.sql" + "list_numbers_by_ref.sql");
const GET: Statement = sql!("parts/order.sql" + "get_order.sql");

/// Longer texts are no reference, in bytes.
const MAX_REFERENCE: usize = 100;

impl Orders {
    /// A page of orders after a cursor, newest first: real ones, or those that only try things out.
    pub async fn list(
        &self,
        tenant: TenantId,
        status: Option<OrderStatus>,
        test: bool,
        after: Option<TimeCursor>,
        limit: u32,
    ) -> database::Result<Page<Order, TimeCursor>> {
        let limit = page_size(limit);
        let from = after.unwrap_or(TimeCursor::NEWEST);
        let mut values = bind![from.at, from.id, limit + 1];
        let statement = match (test, status) {
            (true, status) => {
                values.extend(bind![status.map_or("", OrderStatus::as_str)]);
                &TESTS
            }
            (false, Some(status)) => {
                values.extend(bind![status.as_str()]);
                &BY_STATUS
            }
            (false, None) => &NEWEST,
        };
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_all(statement, values).await?;
        tx.commit().await?;
        let items = found.iter().map(rows::read).collect::<Result<_, _>>()?;
        Ok(Page::cut(items, limit, |order: &Order| TimeCursor::after(order.placed_at, order.id)))
    }

    /// Tracking numbers of the orders that a text names by their reference, with or without the `#` of shops.
    pub async fn tracking_numbers(&self, tenant: TenantId, text: &str) -> database::Result<Vec<String>> {
        let reference = text.trim().trim_start_matches('#');
        if reference.is_empty() || reference.len() > MAX_REFERENCE {
            return Ok(Vec::new());
        }
        let wanted = OrderSource::ALL.iter().map(|source| bind![source.as_str(), reference]).collect();
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_many(&NUMBERS, wanted).await?;
        tx.commit().await?;
        found.iter().map(|row| row.get(0)).collect()
    }

    /// One order.
    pub async fn order(&self, tenant: TenantId, id: OrderId) -> database::Result<Option<Order>> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let found = tx.fetch_optional(&GET, bind![id]).await?;
        tx.commit().await?;
        found.as_ref().map(rows::read).transpose()
    }
}
