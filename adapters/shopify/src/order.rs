//! Shopify's Order becomes a [`ShopOrder`].

use domain::time::Timestamp;
use ports::webhooks::{ShopItem, ShopOrder, WebhookError};

use crate::issues::Issues;
use crate::lenient::{Field, MAX_ENTRIES};
use crate::payload::{LineItem, Order};
use crate::{malformed, payment, recipient};

/// More of one product than anybody orders; beyond it the number is a mistake.
const MAX_QUANTITY: u64 = 1_000_000;

/// Reads an order as it is now.
pub(crate) fn read(sent: &Order<'_>, received_at: Timestamp) -> Result<ShopOrder, WebhookError> {
    build(sent, received_at, false)
}

/// Reads an order of which the topic says that it was cancelled.
pub(crate) fn read_cancelled(sent: &Order<'_>, received_at: Timestamp) -> Result<ShopOrder, WebhookError> {
    build(sent, received_at, true)
}

fn build(sent: &Order<'_>, received_at: Timestamp, cancelled: bool) -> Result<ShopOrder, WebhookError> {
    let external_id = match sent.id {
        Field::Is(id) => id.0.to_string(),
        Field::Absent => return Err(malformed("missing_id".to_owned())),
        Field::WrongType => return Err(malformed("bad_id".to_owned())),
    };
    let mut issues = Issues::default();
    let mut order = ShopOrder { external_id, ..ShopOrder::default() };
    moments(&mut order, sent, received_at, cancelled, &mut issues);
    order.number = number(sent, &mut issues).unwrap_or_else(|| order.external_id.clone());
    order.cancel_reason = issues.line("cancel_reason", &sent.cancel_reason);
    order.test = issues.get("test", &sent.test).is_some_and(|test| test.0);
    order.note = issues.lines("note", &sent.note);
    order.tags = tags(sent, &mut issues);
    payment::read(&mut order, sent, &mut issues);
    recipient::read(&mut order, sent, &mut issues);
    order.items = items(sent, order.cancelled_at.is_some(), &mut issues);
    order.issues = issues.into_tokens();
    Ok(order)
}

/// Without a moment of its own an order counts as changed when we received it: then it is not taken for
/// older than what is known, and nothing is lost.
fn moments(
    order: &mut ShopOrder,
    sent: &Order<'_>,
    received_at: Timestamp,
    cancelled: bool,
    issues: &mut Issues,
) {
    let created_at = issues.moment("created_at", &sent.created_at);
    let updated_at = issues.moment("updated_at", &sent.updated_at);
    if created_at.is_none() {
        issues.note("missing", "created_at");
    }
    if updated_at.is_none() {
        issues.note("missing", "updated_at");
    }
    order.updated_at = updated_at.unwrap_or(received_at);
    order.created_at = created_at.unwrap_or(order.updated_at);
    order.cancelled_at = issues.moment("cancelled_at", &sent.cancelled_at);
    if cancelled && order.cancelled_at.is_none() {
        issues.note("missing", "cancelled_at");
        order.cancelled_at = Some(order.updated_at);
    }
}

fn number(sent: &Order<'_>, issues: &mut Issues) -> Option<String> {
    let name = issues.line("name", &sent.name);
    name.or_else(|| issues.line("order_number", &sent.order_number).map(|number| format!("#{number}")))
}

/// Shopify joins labels with commas, which therefore cannot be in them.
fn tags(sent: &Order<'_>, issues: &mut Issues) -> Vec<String> {
    let Some(joined) = issues.get("tags", &sent.tags) else { return Vec::new() };
    let mut tags: Vec<String> =
        joined.0.split(',').filter_map(|tag| issues.keep("tags", tag)).take(MAX_ENTRIES + 1).collect();
    if tags.len() > MAX_ENTRIES {
        issues.note("too_many", "tags");
        tags.truncate(MAX_ENTRIES);
    }
    tags
}

/// Lines that were taken out of the order keep standing in it with a current quantity of zero, as do all
/// lines of a cancelled one.
fn items(sent: &Order<'_>, cancelled: bool, issues: &mut Issues) -> Vec<ShopItem> {
    let lines = issues.entries("line_items", &sent.line_items);
    if lines.is_empty() {
        issues.note("missing", "line_items");
    }
    let mut items = Vec::with_capacity(lines.len());
    for line in lines {
        let current = issues.get("line_items.current_quantity", &line.current_quantity).map(|count| count.0);
        if cancelled || current != Some(0) {
            items.push(item(line, current.filter(|_| !cancelled), issues));
        }
    }
    items
}

fn item(line: &LineItem<'_>, current: Option<u64>, issues: &mut Issues) -> ShopItem {
    let title = issues.line("line_items.title", &line.title);
    let name = title.or_else(|| issues.line("line_items.name", &line.name));
    if name.is_none() {
        issues.note("missing", "line_items.title");
    }
    issues.get("line_items.properties", &line.properties);
    let variation = issues.line("line_items.variant_title", &line.variant_title);
    ShopItem {
        name: name.unwrap_or_default(),
        // What Shopify calls the one variant of a product that has none.
        variation: variation.filter(|variation| variation != "Default Title"),
        sku: issues.line("line_items.sku", &line.sku),
        quantity: quantity(line, current, issues),
        product_id: issues.id("line_items.product_id", &line.product_id),
    }
}

fn quantity(line: &LineItem<'_>, current: Option<u64>, issues: &mut Issues) -> i64 {
    let ordered = issues.get("line_items.quantity", &line.quantity).map(|count| count.0);
    let sensible = current.or(ordered).filter(|&count| count <= MAX_QUANTITY);
    sensible.and_then(|count| i64::try_from(count).ok()).unwrap_or_else(|| {
        // A line that is there stands for at least one.
        issues.note("bad_quantity", "line_items");
        1
    })
}
