//! What the installation was told, to be compared with what it holds.

use std::collections::{BTreeMap, BTreeSet};

use domain::Timestamp;

use crate::dropi::{Pesos, Said};
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
    /// None while no report had them.
    pesos: Option<Pesos>,
}

impl Truth {
    /// A message of an order was acknowledged.
    pub(crate) fn hear(&mut self, order: u64) {
        self.orders.insert(order);
    }

    /// A row of a file that was taken.
    pub(crate) fn read(&mut self, said: &Said) {
        let new = Guia { at: said.at, stage: said.stage, pesos: None };
        let guia = self.guias.entry(said.number.clone()).or_insert(new);
        // The newest movement counts, whenever its row comes.
        if said.at >= guia.at {
            (guia.at, guia.stage) = (said.at, said.stage);
        }
        if let Some((reference, pesos)) = &said.order {
            self.references.insert(reference.clone());
            guia.pesos = Some(*pesos);
        }
    }

    /// What the installation holds otherwise.
    pub(crate) fn differences(&self, figures: &Figures) -> Vec<String> {
        let delivered = || self.guias.values().filter(|guia| guia.stage == Stage::Delivered);
        let back = [Stage::Returning, Stage::Returned];
        let returned = || self.guias.values().filter(|guia| back.contains(&guia.stage));
        let sum = |pesos: fn(&Pesos) -> i64, guia: &Guia| guia.pesos.as_ref().map_or(0, pesos);
        let collected: i64 = delivered().map(|guia| sum(|pesos| pesos.collect, guia)).sum();
        let freight: i64 = delivered().chain(returned()).map(|guia| sum(|pesos| pesos.freight, guia)).sum();
        let return_cost: i64 = returned().map(|guia| sum(|pesos| pesos.return_cost, guia)).sum();
        let told = [
            ("orders", (self.orders.len() + self.references.len()) as i64, figures.orders as i64),
            ("shipments", self.guias.len() as i64, figures.shipments as i64),
            ("delivered parcels", delivered().count() as i64, figures.delivered),
            ("returned parcels", returned().count() as i64, figures.returned),
            ("pesos collected", collected, figures.collected),
            ("pesos of freight", freight, figures.freight),
            ("pesos of returns", return_cost, figures.return_cost),
        ];
        let differ = told.into_iter().filter(|(_, told, held)| told != held);
        differ.map(|(what, told, held)| format!("{told} {what} were told, and {held} are held")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(number: &str, stage: Stage) -> Said {
        let pesos = Pesos { collect: 85_000, freight: 12_000, return_cost: 10_800 };
        let order = Some((format!("order of {number}"), pesos));
        Said { number: number.to_owned(), at: crate::life::beginning(), stage, order }
    }

    #[test]
    fn every_figure_is_compared() {
        let mut truth = Truth::default();
        truth.read(&said("1", Stage::Delivered));
        truth.read(&said("2", Stage::Returning));
        truth.read(&said("3", Stage::Returned));
        truth.read(&said("4", Stage::Transit));
        let right = Figures {
            orders: 4,
            shipments: 4,
            delivered: 1,
            returned: 2,
            collected: 85_000,
            freight: 36_000,
            return_cost: 21_600,
            ..Figures::default()
        };
        assert_eq!(truth.differences(&right), [""; 0]);
        let wrong: [fn(&mut Figures); 7] = [
            |figures| figures.orders += 1,
            |figures| figures.shipments += 1,
            |figures| figures.delivered += 1,
            |figures| figures.returned += 1,
            |figures| figures.collected += 1,
            |figures| figures.freight += 1,
            |figures| figures.return_cost += 1,
        ];
        for spoil in wrong {
            let mut figures = right.clone();
            spoil(&mut figures);
            assert_eq!(truth.differences(&figures).len(), 1, "{figures:?}");
        }
    }
}
