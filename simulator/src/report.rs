//! What a run tells.

use serde::Serialize;

use crate::run::Figures;

/// What a run did, and what became of it.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Report {
    /// Names the world.
    pub seed: u64,
    /// Simulated days.
    pub days: u64,
    /// Orders that buyers placed.
    pub orders_placed: u64,
    /// Messages that shops sent, repetitions included.
    pub messages: u64,
    /// Messages with a wrong signature, all refused.
    pub forged: u64,
    /// Files that were loaded.
    pub files: u64,
    /// Files that were refused because they had been loaded.
    pub files_repeated: u64,
    /// Rows of loaded files.
    pub rows: u64,
    /// What the installation holds at the end.
    pub held: Held,
    /// Steps of loops.
    pub steps: u64,
    /// Over all business facts, sorted by entity and version.
    pub hash: String,
    /// Those facts, a line each.
    #[serde(skip)]
    pub facts: Vec<String>,
}

/// What an installation holds.
#[derive(Debug, Clone, Copy, Default, Serialize, PartialEq, Eq)]
pub struct Held {
    /// Orders of shops and of Dropi.
    pub orders: u64,
    /// Parcels.
    pub shipments: u64,
    /// Parcels that arrived.
    pub delivered: i64,
    /// Parcels that went back.
    pub returned: i64,
    /// Pesos collected at doors.
    pub collected: i64,
    /// Pesos of freight of what ended.
    pub freight: i64,
    /// Pesos that returns cost.
    pub return_cost: i64,
    /// Facts of the event log.
    pub events: u64,
}

impl From<Figures> for Held {
    fn from(figures: Figures) -> Self {
        Self {
            orders: figures.orders,
            shipments: figures.shipments,
            delivered: figures.delivered,
            returned: figures.returned,
            collected: figures.collected,
            freight: figures.freight,
            return_cost: figures.return_cost,
            events: figures.events,
        }
    }
}
