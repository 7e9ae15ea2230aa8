//! What metrics tell of orders: counted when it is committed, without test orders.

use std::collections::BTreeMap;

use database::Tx;
use domain::Currency;

use crate::order::Order;

/// What a transaction adds.
#[derive(Default)]
pub(crate) struct Figures {
    reached: BTreeMap<(String, &'static str), u64>,
    pesos: u64,
}

impl Figures {
    /// Notes an order that is new.
    pub(crate) fn placed(&mut self, order: &Order) {
        let total = order.total.filter(|total| total.currency == Currency::Cop && !order.test);
        // Minor units of the peso are whole pesos.
        self.pesos += total.and_then(|total| u64::try_from(total.amount).ok()).unwrap_or_default();
        self.reached(order);
    }

    /// Notes an order that reached the status it has.
    pub(crate) fn reached(&mut self, order: &Order) {
        if !order.test {
            *self.reached.entry((order.source.clone(), order.status.as_str())).or_default() += 1;
        }
    }

    /// Counts once the transaction is committed.
    pub(crate) fn count(self, tx: &mut Tx) {
        if self.reached.is_empty() {
            return;
        }
        tx.after_commit(move || {
            for ((source, status), orders) in self.reached {
                metrics::counter!("litper_orders_total", "source" => source, "status" => status)
                    .increment(orders);
            }
            metrics::counter!("litper_orders_value_cop_total").increment(self.pesos);
        });
    }
}
