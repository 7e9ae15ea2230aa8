//! The data files of the demonstration, in `app/data/demo`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Everything the data files say.
pub(super) struct Facts {
    pub(super) people: People,
    pub(super) products: Vec<Product>,
    pub(super) carriers: Vec<Courier>,
    pub(super) fates: Vec<Fate>,
    /// What tracking pages say.
    pub(super) movements: Phrases,
    pub(super) issues: Vec<Issue>,
    pub(super) cities: Vec<Place>,
}

#[derive(Deserialize)]
pub(super) struct People {
    pub(super) given: Vec<String>,
    pub(super) surnames: Vec<String>,
    pub(super) streets: Vec<String>,
    pub(super) neighbourhoods: Vec<String>,
    pub(super) sellers: Vec<String>,
    pub(super) stores: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Product {
    pub(super) name: String,
    pub(super) sku: String,
    pub(super) variations: Vec<String>,
    /// Pesos at the door.
    pub(super) price: i64,
    /// Pesos to the supplier.
    pub(super) cost: i64,
    pub(super) weight: u64,
}

#[derive(Deserialize)]
pub(super) struct Courier {
    pub(super) code: String,
    pub(super) weight: u64,
    pub(super) prefix: String,
    pub(super) digits: usize,
    /// Pesos within the region.
    pub(super) freight: i64,
    /// The carrier's words.
    #[serde(flatten)]
    pub(super) words: Phrases,
}

/// What is said about each stage.
#[derive(Default, Deserialize)]
pub(super) struct Phrases {
    created: Vec<String>,
    processing: Vec<String>,
    shipped: Vec<String>,
    transit: Vec<String>,
    out: Vec<String>,
    office: Vec<String>,
    delivered: Vec<String>,
    returning: Vec<String>,
    returned: Vec<String>,
    cancelled: Vec<String>,
}

impl Phrases {
    /// What is said about one of them.
    pub(super) fn about(&self, stage: Stage) -> &[String] {
        match stage {
            Stage::Created => &self.created,
            Stage::Processing => &self.processing,
            Stage::Shipped => &self.shipped,
            Stage::Transit => &self.transit,
            Stage::Out => &self.out,
            Stage::Office => &self.office,
            Stage::Delivered => &self.delivered,
            Stage::Returning => &self.returning,
            Stage::Returned => &self.returned,
            Stage::Cancelled => &self.cancelled,
        }
    }
}

/// A stage of a journey, problems apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Stage {
    Created,
    Processing,
    Shipped,
    Transit,
    Out,
    Office,
    Delivered,
    Returning,
    Returned,
    Cancelled,
}

/// One step of a fate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum Step {
    Stage(Stage),
    /// A problem at the door, of a kind or of any.
    Issue(Option<String>),
}

impl TryFrom<String> for Step {
    type Error = toml::de::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if let Some(kind) = text.strip_prefix("issue") {
            return Ok(Self::Issue(kind.strip_prefix(':').map(str::to_owned)));
        }
        Stage::deserialize(toml::Value::String(text)).map(Self::Stage)
    }
}

#[derive(Deserialize)]
pub(super) struct Fate {
    /// Thousandths of all shipments.
    pub(super) share: u64,
    pub(super) steps: Vec<Step>,
    /// Hours from the guía to the last movement.
    pub(super) span: [i64; 2],
    /// Hours since the last movement.
    pub(super) still: [i64; 2],
}

#[derive(Deserialize)]
pub(super) struct Issue {
    pub(super) kind: String,
    pub(super) weight: u64,
    pub(super) notes: Vec<String>,
    words: HashMap<String, String>,
}

impl Issue {
    /// The status word of a carrier for this problem.
    pub(super) fn word(&self, carrier: &str) -> &str {
        self.words.get(carrier).or_else(|| self.words.get("any")).map_or("NOVEDAD", String::as_str)
    }
}

/// Where parcels go.
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) department: &'static str,
    pub(super) weight: u64,
    /// Whether the freight is the higher one.
    pub(super) far: bool,
}

impl Facts {
    /// What the files say, read on first use.
    pub(super) fn get() -> &'static Self {
        static FACTS: LazyLock<Facts> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "a unit test reads every data file")]
            Facts::read().expect("the data files of the demonstration are valid")
        });
        &FACTS
    }

    fn read() -> anyhow::Result<Self> {
        let mut products: Lists = parse(include_str!("../../data/demo/products.toml"))?;
        let mut carriers: Lists = parse(include_str!("../../data/demo/carriers.toml"))?;
        let fates: Lists = parse(include_str!("../../data/demo/fates.toml"))?;
        Ok(Self {
            people: parse(include_str!("../../data/demo/people.toml"))?,
            products: std::mem::take(&mut products.product),
            carriers: std::mem::take(&mut carriers.carrier),
            fates: fates.fate,
            movements: fates.movements,
            issues: fates.issue,
            cities: places(include_str!("../../data/demo/cities.csv"))?,
        })
    }
}

/// The lists of the files, each of which has some of them.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Lists {
    product: Vec<Product>,
    carrier: Vec<Courier>,
    fate: Vec<Fate>,
    issue: Vec<Issue>,
    movements: Phrases,
}

fn parse<T: DeserializeOwned>(text: &str) -> anyhow::Result<T> {
    Ok(toml::from_str(text)?)
}

fn places(text: &'static str) -> anyhow::Result<Vec<Place>> {
    text.lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(';').collect();
            let [name, department, weight, far] = cells[..] else {
                anyhow::bail!("four cells in {line}");
            };
            Ok(Place { name, department, weight: weight.parse()?, far: far == "1" })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::{Carrier, CityMatch, ExceptionReason, ShipmentStatus};
    use tracking::status::StatusTable;

    use super::*;

    fn canonical(stage: Stage) -> (ShipmentStatus, bool) {
        match stage {
            Stage::Created => (ShipmentStatus::Created, false),
            Stage::Processing => (ShipmentStatus::Processing, false),
            Stage::Shipped => (ShipmentStatus::Shipped, false),
            Stage::Transit => (ShipmentStatus::InTransit, false),
            Stage::Out => (ShipmentStatus::OutForDelivery, false),
            Stage::Office => (ShipmentStatus::InOffice, false),
            Stage::Delivered => (ShipmentStatus::Delivered, false),
            Stage::Returning => (ShipmentStatus::Returned, true),
            Stage::Returned => (ShipmentStatus::Returned, false),
            Stage::Cancelled => (ShipmentStatus::Cancelled, false),
        }
    }

    const STAGES: [Stage; 10] = [
        Stage::Created,
        Stage::Processing,
        Stage::Shipped,
        Stage::Transit,
        Stage::Out,
        Stage::Office,
        Stage::Delivered,
        Stage::Returning,
        Stage::Returned,
        Stage::Cancelled,
    ];

    #[test]
    fn every_word_means_its_stage_to_its_carrier() {
        let table = StatusTable::builtin();
        let facts = Facts::get();
        for courier in &facts.carriers {
            let carrier = Carrier::from_code(&courier.code).unwrap();
            for stage in STAGES {
                for word in courier.words.about(stage) {
                    let reading = table.read(Some(carrier), word);
                    let read = (reading.status, reading.return_in_process);
                    assert!(reading.known, "{} {word}", courier.code);
                    assert_eq!(read, canonical(stage), "{} {word}", courier.code);
                }
                assert!(!courier.words.about(stage).is_empty(), "{} {stage:?}", courier.code);
                assert!(!facts.movements.about(stage).is_empty(), "{stage:?}");
            }
            for issue in &facts.issues {
                let reading = table.read(Some(carrier), issue.word(&courier.code));
                assert_eq!(reading.status, ShipmentStatus::Issue, "{} {}", courier.code, issue.kind);
                assert_ne!(reading.reason, ExceptionReason::None);
            }
        }
    }

    #[test]
    fn every_place_is_a_municipality() {
        for place in &Facts::get().cities {
            let found = domain::city::find(place.name, Some(place.department));
            assert!(matches!(found, CityMatch::Known(_)), "{} {}", place.name, place.department);
        }
    }

    #[test]
    fn shares_are_whole_and_problems_exist() {
        let facts = Facts::get();
        assert_eq!(facts.fates.iter().map(|fate| fate.share).sum::<u64>(), 1000);
        for step in facts.fates.iter().flat_map(|fate| &fate.steps) {
            if let Step::Issue(Some(kind)) = step {
                assert!(facts.issues.iter().any(|issue| issue.kind == *kind), "{kind}");
            }
        }
        assert!(facts.fates.iter().all(|fate| fate.steps.first() == Some(&Step::Stage(Stage::Created))));
    }
}
