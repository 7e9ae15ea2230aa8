//! Orders as rows.

use database::{Result, Row, Statement, Tx, Value, bind, sql};
use domain::{Currency, Money, OrderId};

use crate::order::{Order, Recipient};

const BY_REF: Statement = sql!(
    "parts/wanted_refs.sql" + "parts/order.sql" + "find_by_ref.sql",
    postgres: "find_by_ref.postgres.sql"
);
const BY_TRACKING_NUMBER: Statement = sql!(
    "parts/wanted_refs.sql" + "parts/order.sql" + "find_by_tracking_number.sql",
    postgres: "find_by_tracking_number.postgres.sql"
);
const BY_ID: Statement = sql!(
    "parts/wanted_ids.sql" + "parts/order.sql" + "find_by_id.sql",
    postgres: "find_by_id.postgres.sql"
);
const INSERT: Statement = sql!("parts/new_order.sql" + "insert_orders.sql");
const SAVE: Statement = sql!("parts/new_order.sql" + "save_orders.sql");

/// The known orders among (source, reference) pairs, locked until the commit.
pub(crate) async fn lock_by_ref(tx: &mut Tx, refs: Vec<Vec<Value>>) -> Result<Vec<Order>> {
    tx.fetch_many(&BY_REF, refs).await?.iter().map(read).collect()
}

/// The known orders among (source, tracking number) pairs, the oldest first, locked until the commit.
pub(crate) async fn lock_by_tracking_number(tx: &mut Tx, numbers: Vec<Vec<Value>>) -> Result<Vec<Order>> {
    tx.fetch_many(&BY_TRACKING_NUMBER, numbers).await?.iter().map(read).collect()
}

/// The known orders among ids, locked until the commit.
pub(crate) async fn lock_by_id(tx: &mut Tx, ids: impl IntoIterator<Item = OrderId>) -> Result<Vec<Order>> {
    let wanted = ids.into_iter().map(|id| bind![id]).collect();
    tx.fetch_many(&BY_ID, wanted).await?.iter().map(read).collect()
}

/// Inserts new orders. SQLite keeps a copy of every page that an upsert of many rows changes, and none for a plain
/// insert.
pub(crate) async fn insert(tx: &mut Tx, orders: &[&Order]) -> Result<()> {
    let rows = orders.iter().map(|order| row(order)).collect::<Result<_>>()?;
    tx.execute_many(&INSERT, rows).await.map(drop)
}

/// Replaces known orders.
pub(crate) async fn save_known(tx: &mut Tx, orders: &[&Order]) -> Result<()> {
    let rows = orders.iter().map(|order| row(order)).collect::<Result<_>>()?;
    tx.execute_many(&SAVE, rows).await.map(drop)
}

fn row(o: &Order) -> Result<Vec<Value>> {
    let items = serde_json::to_string(&o.items)
        .map_err(|error| database::Error::Failed { statement: SAVE.name(), detail: error.to_string() })?;
    Ok(bind![
        o.id,
        o.version,
        &o.source,
        &o.external_ref,
        &o.number,
        o.status.as_str(),
        o.customer_id,
        o.recipient.name.clone(),
        o.recipient.phone.clone(),
        o.recipient.address.clone(),
        &o.city_name,
        o.city_department.clone(),
        o.city_code.clone(),
        o.city_ambiguous,
        o.total.map(|money| money.amount),
        o.total.map_or(Currency::Cop, |money| money.currency).as_str(),
        &o.payment_method,
        o.carrier_code.clone(),
        o.tracking_number.clone(),
        items,
        o.seller.clone(),
        o.store.clone(),
        o.test,
        o.placed_at,
        o.source_updated_at,
        o.created_at,
        o.updated_at,
    ])
}

/// An order from the columns of `parts/order.sql`.
pub(crate) fn read(row: &Row) -> Result<Order> {
    let currency: Currency = row.parse(15)?;
    let items: String = row.get(19)?;
    Ok(Order {
        id: row.id(0)?,
        version: row.get(1)?,
        source: row.get(2)?,
        external_ref: row.get(3)?,
        number: row.get(4)?,
        status: row.parse(5)?,
        customer_id: row.id_opt(6)?,
        recipient: Recipient { name: row.get(7)?, phone: row.get(8)?, address: row.get(9)? },
        city_name: row.get(10)?,
        city_department: row.get(11)?,
        city_code: row.get(12)?,
        city_ambiguous: row.get(13)?,
        total: row.get::<Option<i64>>(14)?.map(|amount| Money { amount, currency }),
        payment_method: row.get(16)?,
        carrier_code: row.get(17)?,
        tracking_number: row.get(18)?,
        items: serde_json::from_str(&items).map_err(|error| database::Error::Decode {
            statement: "parts/order.sql",
            index: 19,
            detail: error.to_string(),
        })?,
        seller: row.get(20)?,
        store: row.get(21)?,
        test: row.get(22)?,
        placed_at: row.time(23)?,
        source_updated_at: row.time(24)?,
        created_at: row.time(25)?,
        updated_at: row.time(26)?,
    })
}
