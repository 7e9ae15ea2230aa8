//! The world's numbers: `data/model.toml`, which says where each comes from.

use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Model {
    #[serde(rename = "schema")]
    _schema: u32,
    pub(crate) office: i64,
    pub(crate) office_fetched: i64,
    pub(crate) incident: i64,
    pub(crate) second_visit: i64,
    pub(crate) strike: i64,
    pub(crate) cancelled: i64,
    pub(crate) unconfirmed: i64,
    pub(crate) no_phone: i64,
    pub(crate) edited: i64,
    pub(crate) repeated: i64,
    pub(crate) overtaken: i64,
    pub(crate) late: i64,
    pub(crate) forged: i64,
    pub(crate) repeated_file: i64,
    pub(crate) held_file: i64,
    pub(crate) given: Vec<String>,
    pub(crate) surname: Vec<String>,
    pub(crate) city: Vec<City>,
    pub(crate) carrier: Vec<Carrier>,
    pub(crate) incident_kinds: Vec<Incident>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct City {
    pub(crate) name: String,
    pub(crate) department: String,
    pub(crate) weight: u64,
    pub(crate) arrive: i64,
    pub(crate) days: i64,
}

/// A carrier with its word for each stage.
#[derive(Debug, Deserialize)]
pub(crate) struct Carrier {
    pub(crate) code: String,
    pub(crate) weight: u64,
    pub(crate) arrive: i64,
    pub(crate) days: i64,
    pub(crate) lost: u64,
    pub(crate) prefix: String,
    pub(crate) digits: usize,
    pub(crate) freight: i64,
    created: String,
    processing: String,
    shipped: String,
    transit: String,
    out: String,
    office: String,
    delivered: String,
    returning: String,
    returned: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Incident {
    pub(crate) weight: u64,
    pub(crate) note: String,
}

/// Where a parcel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The guía is made.
    Created,
    /// The carrier has the parcel.
    Processing,
    /// It left its origin.
    Shipped,
    /// Between cities.
    Transit,
    /// With the courier.
    Out,
    /// A visit failed.
    Issue,
    /// At a branch.
    Office,
    /// With the buyer.
    Delivered,
    /// On its way back.
    Returning,
    /// Back.
    Returned,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 10] = [
        Self::Created,
        Self::Processing,
        Self::Shipped,
        Self::Transit,
        Self::Out,
        Self::Issue,
        Self::Office,
        Self::Delivered,
        Self::Returning,
        Self::Returned,
    ];
}

impl Carrier {
    /// Its word for a stage.
    pub(crate) fn word(&self, stage: Stage) -> &str {
        match stage {
            Stage::Created => &self.created,
            Stage::Processing => &self.processing,
            Stage::Shipped => &self.shipped,
            Stage::Transit => &self.transit,
            Stage::Out => &self.out,
            Stage::Issue => "NOVEDAD",
            Stage::Office => &self.office,
            Stage::Delivered => &self.delivered,
            Stage::Returning => &self.returning,
            Stage::Returned => &self.returned,
        }
    }
}

impl Model {
    /// The built-in one, read on first use.
    pub(crate) fn get() -> &'static Self {
        static MODEL: LazyLock<Model> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "every test of the simulator reads the built-in file")]
            toml::from_str(include_str!("../data/model.toml")).expect("the built-in model is valid")
        });
        &MODEL
    }
}

/// Every carrier's word for every stage: carrier, stage, word. For a test of those who read them.
pub fn words() -> impl Iterator<Item = (&'static str, Stage, &'static str)> {
    let carriers = Model::get().carrier.iter();
    carriers.flat_map(|carrier| Stage::ALL.map(|stage| (carrier.code.as_str(), stage, carrier.word(stage))))
}
