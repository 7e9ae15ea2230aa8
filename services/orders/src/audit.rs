//! Whether what is stored of orders and customers is what it must be.

use std::collections::{BTreeMap, BTreeSet};

use database::{Result, Row, Statement, Tx, bind, sql};
use domain::{Flaws, OrderId, OrderStatus};
use event_log::{Event, Histories, History};
use serde::Deserialize;
use uuid::Uuid;

use crate::{OrderSource, Orders, absorb};

const ORDERS: Statement = sql!("audit_orders.sql");
const CUSTOMERS: Statement = sql!("audit_customers.sql");
const CUSTOMERS_OF_ORDERS: Statement = sql!("audit_customers_of_orders.sql");
const BY_ID: Statement = sql!("audit_ids.sql");
const BY_REF: Statement = sql!("audit_refs.sql");

/// Rows read at once.
const PAGE: u32 = 1_000;
/// Orders that are named of those whose customer is not there.
const NAMED: u32 = 100;

#[derive(Deserialize)]
struct Placed {
    status: OrderStatus,
}

#[derive(Deserialize)]
struct StatusChanged {
    from: OrderStatus,
    to: OrderStatus,
}

impl Orders {
    /// Checks one tenant's rows against the event log and each other, in the caller's reading transaction; answers
    /// how many orders there are. An order is placed once and reached its state by the changes that are logged;
    /// every customer has as many orders as is said.
    pub async fn audit(&self, tx: &mut Tx, flaws: &mut Flaws) -> Result<u64> {
        let (mut orders, mut after) = (0, Uuid::nil());
        let (mut histories, mut strays) = (Histories::of("order."), Vec::new());
        loop {
            let rows = tx.fetch_all(&ORDERS, bind![after, PAGE]).await?;
            for row in &rows {
                after = row.get(0)?;
                let history = histories.take(tx, after, &mut strays, flaws).await?;
                check(row, history.as_ref(), flaws)?;
            }
            orders += rows.len() as u64;
            if rows.len() < PAGE as usize {
                break;
            }
        }
        histories.rest(tx, &mut strays, flaws).await?;
        for stray in strays {
            flaws.add("orders.exist", stray, "it has events and is not there");
        }
        check_customers(tx, flaws).await?;
        Ok(orders)
    }

    /// What these orders cost in minor units, by id; those that are not there are left out.
    pub async fn totals(
        &self,
        tx: &mut Tx,
        ids: &BTreeSet<OrderId>,
    ) -> Result<BTreeMap<OrderId, Option<i64>>> {
        let wanted = ids.iter().map(|id| bind![*id]).collect();
        tx.fetch_many(&BY_ID, wanted).await?.iter().map(|row| Ok((row.id(0)?, row.get(1)?))).collect()
    }

    /// Which of a source's references are no order.
    pub async fn unknown<'a>(
        &self,
        tx: &mut Tx,
        source: OrderSource,
        references: &[&'a str],
    ) -> Result<Vec<&'a str>> {
        let distinct: BTreeSet<&str> = references.iter().copied().collect();
        let wanted = distinct.iter().map(|reference| bind![source.as_str(), *reference]).collect();
        let found = tx.fetch_many(&BY_REF, wanted).await?;
        let known = found.iter().map(|row| row.get(0)).collect::<Result<BTreeSet<String>>>()?;
        Ok(references.iter().copied().filter(|reference| !known.contains(*reference)).collect())
    }
}

fn check(row: &Row, history: Option<&History>, flaws: &mut Flaws) -> Result<()> {
    let (id, version): (OrderId, i64) = (row.id(0)?, row.get(1)?);
    let Ok(status) = row.parse::<OrderStatus>(2) else {
        flaws.add("orders.status", id, "its state is none of ours");
        return Ok(());
    };
    if row.get::<Option<i64>>(3)?.is_some_and(|total| total < 0) {
        flaws.notice("orders.money", id, "it costs less than nothing");
    }
    let Some(history) = history else {
        flaws.add("orders.placed", id, "no event says that it was placed");
        return Ok(());
    };
    match follow(&history.events) {
        Ok(reached) if reached == status => {}
        Ok(reached) => {
            flaws.add("orders.status", id, format!("it is {status}, and its events lead to {reached}"));
        }
        Err(why) => flaws.add("orders.history", id, why),
    }
    if history.events.last().is_some_and(|last| last.entity_version > version) {
        flaws.add("orders.version", id, "an event is of a later version than the order");
    }
    Ok(())
}

/// The state to which events lead, or what is wrong with them.
fn follow(events: &[Event]) -> std::result::Result<OrderStatus, String> {
    let unreadable = |_| "an event cannot be read".to_owned();
    let mut at = None;
    for event in events {
        at = Some(match (event.kind.as_str(), at) {
            ("order.placed", None) => event.payload::<Placed>().map_err(unreadable)?.status,
            ("order.placed", Some(_)) => return Err("it was placed twice".to_owned()),
            ("order.status_changed", Some(before)) => {
                let change: StatusChanged = event.payload().map_err(unreadable)?;
                if change.from != before {
                    return Err(format!("a change from {} follows {before}", change.from));
                }
                if !absorb::reaches(change.from, change.to) {
                    return Err(format!("{} cannot become {}", change.from, change.to));
                }
                change.to
            }
            ("order.status_changed", None) => return Err("it changed before it was placed".to_owned()),
            // What else is told of an order does not move it.
            (_, Some(before)) => before,
            (_, None) => return Err("it does not begin with being placed".to_owned()),
        });
    }
    at.ok_or_else(|| "it has no event".to_owned())
}

async fn check_customers(tx: &mut Tx, flaws: &mut Flaws) -> Result<()> {
    for row in tx.fetch_all(&CUSTOMERS_OF_ORDERS, bind![NAMED]).await? {
        flaws.add("orders.customer", row.id::<OrderId>(0)?, "its customer is not there");
    }
    let mut after = Uuid::nil();
    loop {
        let rows = tx.fetch_all(&CUSTOMERS, bind![after, PAGE]).await?;
        for row in &rows {
            after = row.get(0)?;
            let (said, counted): (i64, i64) = (row.get(1)?, row.get(2)?);
            if said != counted {
                flaws.add(
                    "customers.orders",
                    after,
                    format!("{said} orders are said, and {counted} are there"),
                );
            }
        }
        if rows.len() < PAGE as usize {
            return Ok(());
        }
    }
}
