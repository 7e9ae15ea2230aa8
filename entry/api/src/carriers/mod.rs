//! Carriers: their rules, and which of them a number may be of.

pub(crate) mod changes;
pub(crate) mod detect;
pub(crate) mod list;
pub(crate) mod put;

use domain::carrier::{CheckDigit, NumberShape, Offices, TrackingPage};
use domain::{Carrier, CarrierRules};
use serde::{Deserialize, Serialize};
use tracking::CarrierInForce;
use utoipa::ToSchema;

use crate::view::moment;

/// A carrier with the rules that hold for the organisation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CarrierWithRules)]
pub(crate) struct CarrierView {
    #[schema(example = "coordinadora")]
    code: String,
    name: String,
    /// ISO 3166-1 alpha-2.
    country: String,
    /// Other spellings of its name that files use.
    aliases: Vec<String>,
    /// Where the built-in rules are known from. Null where there are none.
    source: Option<String>,
    rules: Rules,
    /// How often the organisation changed them; 0 while the built-in ones hold.
    version: i64,
    #[schema(format = DateTime)]
    changed_at: Option<String>,
}

/// What holds for a carrier's parcels. Null is what nobody knows.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CarrierRules)]
pub(crate) struct Rules {
    tracking_page: Option<Page>,
    /// unknown, none, all, main or authorised: the offices at which a parcel may wait.
    #[schema(value_type = String, example = "all")]
    offices: Offices,
    /// Days it waits there before it goes back, 0 to 60.
    office_days: Option<i64>,
    /// The most that is collected at a door, minor units of the country's currency.
    max_collect: Option<i64>,
    /// Tries to deliver, 1 to 10.
    delivery_attempts: Option<i64>,
    /// Places it delivers to.
    coverage_points: Option<i64>,
    /// Whether the door takes payment from a telephone.
    digital_payment: Option<bool>,
    /// Days from the guía to delivery, 0 to 60.
    usual_days: Option<i64>,
    /// At most 20.
    numbers: Vec<Shape>,
    /// The organisation's own names of it, beside `aliases` of the carrier; at most 20 of 60 characters.
    #[serde(default)]
    aliases: Vec<String>,
}

/// The public page of a parcel.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TrackingPage)]
pub(crate) struct Page {
    /// Begins with https://; {} stands for the number, once.
    template: String,
    /// Whether somebody saw it show a parcel.
    verified: bool,
}

/// Numbers that look alike: letters, a beginning, digits, an end.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NumberShape)]
pub(crate) struct Shape {
    /// The ways it begins, capital letters and digits; none for any digit.
    #[serde(default)]
    starts: Vec<String>,
    /// How many letters come before everything.
    #[serde(default)]
    letters: usize,
    /// Fewest digits after the beginning.
    min_digits: usize,
    /// Most digits after the beginning.
    max_digits: usize,
    /// Capital letters at the end; ? is any letter.
    #[serde(default)]
    ends: String,
    /// none, s10, mod7 or mod11: how the digits prove each other.
    #[serde(default)]
    #[schema(value_type = String, example = "none")]
    check: CheckDigit,
    /// How sure the carrier is when a number looks so, 1 to 100.
    confidence: u8,
    /// Characters of a barcode before the number.
    #[serde(default)]
    barcode_before: usize,
    /// Characters of a barcode after the number.
    #[serde(default)]
    barcode_after: usize,
    /// Where this is known from.
    #[serde(default)]
    source: String,
}

impl From<CarrierInForce> for CarrierView {
    fn from(one: CarrierInForce) -> Self {
        let carrier: Carrier = one.carrier;
        Self {
            code: carrier.code().to_owned(),
            name: carrier.name().to_owned(),
            country: carrier.country().as_str().to_owned(),
            aliases: carrier.aliases().to_vec(),
            source: carrier.source().map(str::to_owned),
            rules: one.rules.into(),
            version: one.version,
            changed_at: one.changed_at.map(moment),
        }
    }
}

impl From<CarrierRules> for Rules {
    fn from(rules: CarrierRules) -> Self {
        let page = |page: TrackingPage| Page { template: page.template, verified: page.verified };
        Self {
            tracking_page: rules.tracking_page.map(page),
            offices: rules.offices,
            office_days: rules.office_days,
            max_collect: rules.max_collect,
            delivery_attempts: rules.delivery_attempts,
            coverage_points: rules.coverage_points,
            digital_payment: rules.digital_payment,
            usual_days: rules.usual_days,
            numbers: rules.numbers.into_iter().map(Shape::from).collect(),
            aliases: rules.aliases,
        }
    }
}

impl From<Rules> for CarrierRules {
    fn from(rules: Rules) -> Self {
        let page = |page: Page| TrackingPage { template: page.template, verified: page.verified };
        Self {
            tracking_page: rules.tracking_page.map(page),
            offices: rules.offices,
            office_days: rules.office_days,
            max_collect: rules.max_collect,
            delivery_attempts: rules.delivery_attempts,
            coverage_points: rules.coverage_points,
            digital_payment: rules.digital_payment,
            usual_days: rules.usual_days,
            numbers: rules.numbers.into_iter().map(NumberShape::from).collect(),
            aliases: rules.aliases.into_iter().map(|name| name.trim().to_owned()).collect(),
        }
    }
}

impl From<NumberShape> for Shape {
    fn from(shape: NumberShape) -> Self {
        Self {
            starts: shape.starts,
            letters: shape.letters,
            min_digits: shape.min_digits,
            max_digits: shape.max_digits,
            ends: shape.ends,
            check: shape.check,
            confidence: shape.confidence,
            barcode_before: shape.around.0,
            barcode_after: shape.around.1,
            source: shape.source,
        }
    }
}

impl From<Shape> for NumberShape {
    fn from(shape: Shape) -> Self {
        Self {
            starts: shape.starts,
            letters: shape.letters,
            min_digits: shape.min_digits,
            max_digits: shape.max_digits,
            ends: shape.ends,
            check: shape.check,
            confidence: shape.confidence,
            around: (shape.barcode_before, shape.barcode_after),
            source: shape.source,
        }
    }
}
