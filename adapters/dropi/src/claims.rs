//! Office claims: one order spans one row per product, and its rows may lie apart.
//!
//! The file is read twice. The first reading only learns which rows belong together and where each order
//! ends; the second hands an order out as soon as its last row is read. So memory holds the keys of all
//! orders, but whole rows only of the orders that are open.

use std::collections::HashMap;

use domain::carrier::CarrierName;
use domain::tracking_number::TrackingNumber;
use ports::files::{GivenRow, ImportedRow, RowFailure, RowFailureReason, RowOutcome};

/// Learns the groups of a file.
#[derive(Debug, Default)]
pub(crate) struct Planner {
    by_order: HashMap<String, u32>,
    by_tracking: HashMap<TrackingNumber, u32>,
    /// For each tracking number, the order it was first seen with.
    order_of_tracking: Vec<Option<u32>>,
    rows: Vec<Key>,
}

/// Which rows belong together, in file order.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// For each row, its group.
    group_of: Vec<Option<u32>>,
    /// For each group, its last row.
    last: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
enum Key {
    Order(u32),
    Tracking(u32),
    Nothing,
}

impl Planner {
    /// Takes the keys of the next row.
    pub(crate) fn note(&mut self, order_ref: Option<String>, tracking_number: Option<TrackingNumber>) {
        let order = order_ref.map(|id| {
            let next = self.by_order.len() as u32;
            *self.by_order.entry(id).or_insert(next)
        });
        let tracking = tracking_number.map(|number| {
            let next = self.by_tracking.len() as u32;
            let index = *self.by_tracking.entry(number).or_insert(next);
            if index == next {
                self.order_of_tracking.push(None);
            }
            index
        });
        if let (Some(order), Some(tracking)) = (order, tracking) {
            self.order_of_tracking[tracking as usize].get_or_insert(order);
        }
        self.rows.push(match (order, tracking) {
            (Some(order), _) => Key::Order(order),
            (None, Some(tracking)) => Key::Tracking(tracking),
            (None, None) => Key::Nothing,
        });
    }

    /// Rows without an order id join the order of the same tracking number, wherever that one stands.
    pub(crate) fn plan(self) -> Plan {
        let orders = self.by_order.len() as u32;
        let group = |key: &Key| match *key {
            Key::Order(order) => Some(order),
            Key::Tracking(tracking) => {
                Some(self.order_of_tracking[tracking as usize].unwrap_or(orders + tracking))
            }
            Key::Nothing => None,
        };
        let group_of: Vec<Option<u32>> = self.rows.iter().map(group).collect();
        let mut last = vec![0; self.by_order.len() + self.by_tracking.len()];
        for (at, group) in group_of.iter().enumerate() {
            if let Some(group) = group {
                last[*group as usize] = at;
            }
        }
        Plan { group_of, last }
    }
}

/// Joins rows by a plan.
#[derive(Debug)]
pub(crate) struct Groups {
    plan: Plan,
    next: usize,
    open: HashMap<u32, Open>,
    total_title: String,
}

/// An order whose last row has not been read.
#[derive(Debug, Default)]
struct Open {
    row: Option<Box<ImportedRow>>,
    failures: Vec<RowFailure>,
    /// The rows that failed.
    given: Vec<GivenRow>,
}

impl Groups {
    pub(crate) fn new(plan: Plan, total_title: &str) -> Self {
        Self { plan, next: 0, open: HashMap::new(), total_title: total_title.to_owned() }
    }

    /// Takes the outcome of the next row; gives the order's outcome after its last one.
    pub(crate) fn push(&mut self, outcome: RowOutcome) -> Option<RowOutcome> {
        let at = self.next;
        self.next += 1;
        let Some(group) = self.plan.group_of.get(at).copied().flatten() else {
            return Some(outcome);
        };
        let open = self.open.entry(group).or_default();
        match outcome {
            RowOutcome::Row(row) => open.join(row, &self.total_title),
            RowOutcome::Failed { failures, given } => {
                open.failures.extend(failures);
                open.given.extend(given);
            }
            RowOutcome::Skipped { .. } => {}
        }
        if self.plan.last[group as usize] > at {
            return None;
        }
        self.open.remove(&group).map(Open::finish)
    }
}

impl Open {
    fn join(&mut self, row: Box<ImportedRow>, total_title: &str) {
        let Some(first) = &mut self.row else {
            self.row = Some(row);
            return;
        };
        if let (Some(known), Some(other)) = (first.collect, row.collect)
            && known != other
        {
            let value = format!("{} / {}", known.amount, other.amount);
            let failure = RowFailure::new(row.row, total_title, &value, RowFailureReason::InconsistentTotal);
            first.issues.push(failure);
        }
        merge(first, *row);
    }

    /// A row of the order that cannot be used does not take the others with it.
    fn finish(self) -> RowOutcome {
        let Some(mut row) = self.row else {
            return RowOutcome::Failed { failures: self.failures, given: self.given };
        };
        row.issues.extend(self.failures);
        if row.collect.is_none() {
            row.warnings.push("missing_total".to_owned());
        }
        let carrier = CarrierName::resolve(row.carrier.as_deref().unwrap_or_default());
        if carrier.carrier.is_none() {
            row.warnings.push("unknown_carrier".to_owned());
        }
        RowOutcome::Row(row)
    }
}

/// What the first rows left open, later rows fill; products add up.
fn merge(into: &mut ImportedRow, from: ImportedRow) {
    macro_rules! fill {
        ($($field:ident),+ $(,)?) => { $( if into.$field.is_none() { into.$field = from.$field; } )+ };
    }
    fill!(
        order_ref,
        tracking_number,
        phone,
        customer_name,
        email,
        document,
        department,
        city,
        address,
        carrier,
        status,
        novelty,
        last_movement_text,
        last_movement_at,
        guide_created_at,
        reported_at,
        ordered_at,
        collect,
        freight,
        return_cost,
        product_cost,
        profit,
        seller,
        store,
        store_type,
        payment_type,
    );
    into.items.extend(from.items);
    into.source_rows += from.source_rows;
    into.issues.extend(from.issues);
    for warning in from.warnings {
        if !into.warnings.contains(&warning) {
            into.warnings.push(warning);
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::money::Money;

    use super::*;

    type Keys<'a> = (Option<&'a str>, Option<&'a str>);

    fn plan(rows: &[Keys<'_>]) -> Plan {
        let mut planner = Planner::default();
        for (order, tracking) in rows {
            planner.note(order.map(str::to_owned), tracking.map(|t| TrackingNumber::parse(t).unwrap()));
        }
        planner.plan()
    }

    fn row(number: u32, collect: Option<i64>) -> RowOutcome {
        let collect = collect.map(Money::cop);
        RowOutcome::Row(Box::new(ImportedRow { row: number, collect, source_rows: 1, ..Default::default() }))
    }

    #[test]
    fn rows_without_an_id_join_the_order_of_their_tracking_number() {
        let t1 = Some("T100001");
        let plan = plan(&[
            (None, t1),
            (Some("A"), t1),
            (Some("B"), None),
            (None, Some("T200002")),
            (None, None),
            (Some("B"), Some("T300003")),
            (None, Some("T300003")),
            // The same tracking number under another id stays another order.
            (Some("C"), t1),
        ]);
        let group = |at: usize| plan.group_of[at];
        assert_eq!(group(0), group(1));
        assert_eq!(group(2), group(5));
        assert_eq!(group(5), group(6));
        assert_eq!(group(4), None);
        assert_ne!(group(7), group(0));
        assert_ne!(group(3), group(0));
    }

    #[test]
    fn an_order_comes_out_after_its_last_row_and_counts_its_total_once() {
        let a = (Some("A"), None);
        let b = (Some("B"), None);
        let mut groups = Groups::new(plan(&[a, b, a, a]), "TOTAL");
        assert_eq!(groups.push(row(2, Some(150_000))), None);
        let Some(RowOutcome::Row(single)) = groups.push(row(3, Some(85_000))) else {
            panic!("B is complete")
        };
        assert_eq!((single.row, single.source_rows), (3, 1));
        assert_eq!(groups.push(row(4, Some(150_000))), None);
        let Some(RowOutcome::Row(combo)) = groups.push(row(5, None)) else { panic!("A is complete") };
        assert_eq!((combo.row, combo.source_rows, combo.collect), (2, 3, Some(Money::cop(150_000))));
        assert!(combo.issues.is_empty() && groups.open.is_empty());
    }

    #[test]
    fn different_totals_are_reported_and_the_first_is_kept() {
        let a = (Some("A"), None);
        let mut groups = Groups::new(plan(&[a, a]), "TOTAL DE LA ORDEN");
        groups.push(row(2, Some(10)));
        let Some(RowOutcome::Row(order)) = groups.push(row(9, Some(20))) else { panic!("A is complete") };
        assert_eq!(order.collect, Some(Money::cop(10)));
        let issue = &order.issues[0];
        assert_eq!((issue.row, issue.value.as_str()), (9, "10 / 20"));
        assert_eq!(
            (issue.column.as_str(), issue.reason),
            ("TOTAL DE LA ORDEN", RowFailureReason::InconsistentTotal)
        );
    }

    #[test]
    fn an_unusable_row_does_not_take_its_order_with_it() {
        let a = (Some("A"), None);
        let failed = |row| {
            let failures = vec![RowFailure::new(row, "guia", "x", RowFailureReason::BadTrackingNumber)];
            RowOutcome::Failed { failures, given: Vec::new() }
        };
        let mut groups = Groups::new(plan(&[a, a]), "TOTAL");
        groups.push(failed(2));
        let Some(RowOutcome::Row(order)) = groups.push(row(3, None)) else { panic!("one row is usable") };
        assert_eq!(
            (order.issues.len(), order.warnings.as_slice()),
            (1, ["missing_total".to_owned(), "unknown_carrier".to_owned()].as_slice())
        );

        let mut groups = Groups::new(plan(&[a, a]), "TOTAL");
        groups.push(failed(2));
        assert_eq!(
            groups
                .push(failed(3))
                .map(|o| matches!(o, RowOutcome::Failed { failures: f, .. } if f.len() == 2)),
            Some(true)
        );
    }
}
