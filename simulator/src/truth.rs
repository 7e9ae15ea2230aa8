//! What the installation was told, to be compared with what it holds.

use std::collections::{BTreeMap, BTreeSet};

use domain::Timestamp;

use crate::dropi::Said;
use crate::model::Stage;
use crate::run::Figures;

/// What is known of the world by what was acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    /// Orders of shops that a message told of.
    orders: BTreeSet<u64>,
    /// Orders of Dropi.
    references: BTreeSet<String>,
    guias: BTreeMap<String, Guia>,
}

#[derive(Debug)]
struct Guia {
    at: Timestamp,
    stage: Stage,
    /// Pesos at the door; none while no report had them.
    collect: Option<i64>,
}

impl Truth {
    /// A message of an order was acknowledged.
    pub(crate) fn hear(&mut self, order: u64) {
        self.orders.insert(order);
    }

    /// A row of a file that was taken.
    pub(crate) fn read(&mut self, said: &Said) {
        let new = Guia { at: said.at, stage: said.stage, collect: None };
        let guia = self.guias.entry(said.number.clone()).or_insert(new);
        // The newest movement counts, whenever its row comes.
        if said.at >= guia.at {
            (guia.at, guia.stage) = (said.at, said.stage);
        }
        if let Some((reference, collect)) = &said.order {
            self.references.insert(reference.clone());
            guia.collect = Some(*collect);
        }
    }

    /// What the installation holds otherwise.
    pub(crate) fn differences(&self, figures: &Figures) -> Vec<String> {
        let in_stage =
            |stages: &[Stage]| self.guias.values().filter(|guia| stages.contains(&guia.stage)).count();
        let delivered = self.guias.values().filter(|guia| guia.stage == Stage::Delivered);
        let collected: i64 = delivered.filter_map(|guia| guia.collect).sum();
        let told = [
            ("orders", (self.orders.len() + self.references.len()) as i64, figures.orders as i64),
            ("shipments", self.guias.len() as i64, figures.shipments as i64),
            ("delivered parcels", in_stage(&[Stage::Delivered]) as i64, figures.delivered),
            ("returned parcels", in_stage(&[Stage::Returning, Stage::Returned]) as i64, figures.returned),
            ("pesos collected", collected, figures.collected),
        ];
        let differ = told.into_iter().filter(|(_, told, held)| told != held);
        differ.map(|(what, told, held)| format!("{told} {what} were told, and {held} are held")).collect()
    }
}
