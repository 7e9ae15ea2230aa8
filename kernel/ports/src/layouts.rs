//! Layouts that a person describes: which column of a file is which field, and what a file offers to choose from.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use domain::country::Country;
use serde::{Deserialize, Serialize};

use crate::files::{FileFormat, FileWarning};

/// Longest copy of a cell shown to the person who describes a file, in characters.
pub const MAX_SAMPLE_CHARS: usize = 80;
/// Longest value a layout may state for a field, in characters.
pub const MAX_DEFAULT_CHARS: usize = 200;
/// Most comparisons a layout may make.
pub const MAX_FILTERS: usize = 20;
/// The lowest row in which a person may say that the titles stand.
pub const MAX_HEADER_ROW: u32 = 200;
/// Rows with content above a header that is looked for.
pub const MAX_TITLE_ROWS: usize = 10;

macro_rules! fields {
    ($($field:ident = $name:literal),+ $(,)?) => {
        /// What a column can mean.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Field {
            $(
                #[doc = concat!("`", $name, "`.")]
                $field
            ),+
        }

        impl Field {
            /// Every field, in the order of [`Self::index`].
            pub const ALL: &[Self] = &[$(Self::$field),+];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// The name in the API, in tables of titles and in saved layouts.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$field => $name),+ }
            }
        }

        impl FromStr for Field {
            type Err = UnknownField;
            fn from_str(name: &str) -> Result<Self, UnknownField> {
                match name { $($name => Ok(Self::$field),)+ _ => Err(UnknownField) }
            }
        }
    };
}

fields! {
    OrderRef = "order_ref", TrackingNumber = "tracking_number", Phone = "phone",
    CustomerName = "customer_name", Email = "email", Document = "document", Department = "department",
    City = "city", Address = "address", Notes = "notes", Carrier = "carrier", Status = "status",
    Novelty = "novelty", NoveltyDetail = "novelty_detail", LastMovementText = "last_movement_text",
    LastMovementAt = "last_movement_at", LastMovementTime = "last_movement_time",
    GuideCreatedAt = "guide_created_at", ReportedAt = "reported_at", ReportedTime = "reported_time",
    OrderedAt = "ordered_at", Collect = "collect", Freight = "freight", ReturnCost = "return_cost",
    ProductCost = "product_cost", Profit = "profit", Seller = "seller", Store = "store",
    StoreType = "store_type", PaymentType = "payment_type", ItemName = "item_name",
    ItemVariation = "item_variation", ItemSku = "item_sku", ItemProductId = "item_product_id",
    ItemVariationId = "item_variation_id", ItemQuantity = "item_quantity",
    SupplierPrice = "supplier_price", Aside = "aside", Delivered = "delivered", Returned = "returned",
    ResultsTotal = "results_total", Days = "days", Operator = "operator", RoundDay = "round_day",
    RoundNumber = "round_number", RoundStart = "round_start", RoundEnd = "round_end",
    RoundMinutes = "round_minutes", RoundInitial = "round_initial", RoundDone = "round_done",
    RoundCancelled = "round_cancelled", RoundScheduled = "round_scheduled",
    RoundDifficult = "round_difficult", RoundPending = "round_pending", RoundReviewed = "round_reviewed",
    RoundSolved = "round_solved", RoundGoneBack = "round_gone_back",
}

impl Field {
    /// Its place among the cells of a row.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Whether a person may choose it for a column: what says something about an order or a shipment, and goes somewhere.
    pub const fn is_carried(self) -> bool {
        !matches!(self, Self::SupplierPrice | Self::Aside) && !self.is_of_a_route() && !self.is_of_a_round()
    }

    /// Whether it tells of an operator's round.
    pub const fn is_of_a_round(self) -> bool {
        matches!(
            self,
            Self::Operator
                | Self::RoundDay
                | Self::RoundNumber
                | Self::RoundStart
                | Self::RoundEnd
                | Self::RoundMinutes
                | Self::RoundInitial
                | Self::RoundDone
                | Self::RoundCancelled
                | Self::RoundScheduled
                | Self::RoundDifficult
                | Self::RoundPending
                | Self::RoundReviewed
                | Self::RoundSolved
                | Self::RoundGoneBack
        )
    }

    /// Whether it counts what a carrier did in a city.
    pub const fn is_of_a_route(self) -> bool {
        matches!(self, Self::Delivered | Self::Returned | Self::ResultsTotal | Self::Days)
    }

    /// Whether its values are days, with or without a time.
    pub const fn is_a_day(self) -> bool {
        matches!(self, Self::LastMovementAt | Self::GuideCreatedAt | Self::ReportedAt | Self::OrderedAt)
    }

    /// Whether it describes one product of an order: then an order spans one row per product.
    pub const fn is_of_an_item(self) -> bool {
        matches!(
            self,
            Self::ItemName
                | Self::ItemVariation
                | Self::ItemSku
                | Self::ItemProductId
                | Self::ItemVariationId
                | Self::ItemQuantity
        )
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name is none of [`Field::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such field")]
pub struct UnknownField;

/// How a person says that a file is to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The sheet of a workbook; none for the one that fits best, and for text.
    pub sheet: Option<String>,
    /// The row of the titles as the person sees it, from 1; none when there are no titles.
    pub header_row: Option<u32>,
    /// The first row of the data, from 1.
    pub first_row: u32,
    /// The field of each column, counted from 0.
    pub columns: BTreeMap<u32, Field>,
    /// What a row means whose cell is empty or that has no such column.
    #[serde(default)]
    pub defaults: BTreeMap<Field, String>,
    /// The titles of the header, by which the same layout is known again.
    #[serde(default)]
    pub titles: Vec<String>,
    /// What is done with the cells of a field before they are read.
    #[serde(default)]
    pub transforms: BTreeMap<Field, Transform>,
    /// Rows that do not fit all of these are left out.
    #[serde(default)]
    pub filters: Vec<RowFilter>,
}

/// How the text of a cell is changed before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// Only its digits count: `Guía: 500-123` is `500123`.
    Digits,
    /// Its first word counts.
    FirstWord,
    /// Its last word counts.
    LastWord,
    /// A date with the month before the day.
    MonthFirst,
}

/// A row is kept if a cell fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFilter {
    /// Whose cell.
    pub field: Field,
    /// How it is compared; case and accents do not count.
    pub rule: Match,
    /// With what; may be empty for [`Match::Is`] and [`Match::IsNot`].
    pub value: String,
}

/// How a cell is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// It is the value.
    Is,
    /// It is anything else.
    IsNot,
    /// The value is in it.
    Contains,
    /// The value is not in it.
    ContainsNot,
}

macro_rules! names {
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in the API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl FromStr for $type {
            type Err = UnknownRule;
            fn from_str(name: &str) -> Result<Self, UnknownRule> {
                match name { $($name => Ok(Self::$variant),)+ _ => Err(UnknownRule) }
            }
        }
    };
}

names!(Transform {
    Digits = "digits",
    FirstWord = "first_word",
    LastWord = "last_word",
    MonthFirst = "month_first",
});
names!(Match { Is = "is", IsNot = "is_not", Contains = "contains", ContainsNot = "contains_not" });

/// The name is of no [`Transform`] and no [`Match`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such rule")]
pub struct UnknownRule;

/// A layout cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLayout {
    /// Nothing would say which shipment or order a row is about.
    #[error("choose a column for the tracking number or the order")]
    NoKey,
    /// Two columns for one field.
    #[error("{0} has two columns")]
    Twice(Field),
    /// A field that goes nowhere.
    #[error("{0} cannot be chosen")]
    NotCarried(Field),
    /// Rows are counted from 1, and data stands below its header.
    #[error(
        "the data begins below the header, which is at most row {MAX_HEADER_ROW}; rows are counted from 1"
    )]
    Rows,
    /// A stated value is empty or too long, or it is a value that tells rows apart.
    #[error("a fixed value of {0} cannot be used")]
    Default(Field),
    /// A change of cells, or a comparison, of a field without a column, or one that means nothing for it.
    #[error("what is to be done with {0} cannot be done")]
    Rule(Field),
    /// More comparisons than anybody needs.
    #[error("at most {MAX_FILTERS} comparisons")]
    TooManyFilters,
}

impl Layout {
    /// Says what is wrong with it, if anything.
    pub fn check(&self) -> Result<(), InvalidLayout> {
        let is_off = |row: u32| row == 0 || row > MAX_HEADER_ROW || row >= self.first_row;
        if self.first_row == 0 || self.header_row.is_some_and(is_off) {
            return Err(InvalidLayout::Rows);
        }
        let mut seen = [false; Field::COUNT];
        for &field in self.columns.values() {
            if !field.is_carried() {
                return Err(InvalidLayout::NotCarried(field));
            }
            if std::mem::replace(&mut seen[field.index()], true) {
                return Err(InvalidLayout::Twice(field));
            }
        }
        if !seen[Field::TrackingNumber.index()] && !seen[Field::OrderRef.index()] {
            return Err(InvalidLayout::NoKey);
        }
        let usable = |(field, value): (&Field, &String)| {
            field.is_carried()
                && !matches!(field, Field::TrackingNumber | Field::OrderRef)
                && !value.trim().is_empty()
                && value.chars().count() <= MAX_DEFAULT_CHARS
        };
        match self.defaults.iter().find(|&entry| !usable(entry)) {
            Some((&field, _)) => Err(InvalidLayout::Default(field)),
            None => self.check_rules(&seen),
        }
    }

    fn check_rules(&self, has_column: &[bool; Field::COUNT]) -> Result<(), InvalidLayout> {
        if self.filters.len() > MAX_FILTERS {
            return Err(InvalidLayout::TooManyFilters);
        }
        let fits = |(&field, &transform): (&Field, &Transform)| {
            has_column[field.index()] && (transform != Transform::MonthFirst || field.is_a_day())
        };
        if let Some((&field, _)) = self.transforms.iter().find(|&entry| !fits(entry)) {
            return Err(InvalidLayout::Rule(field));
        }
        let compares = |filter: &RowFilter| {
            let anything = matches!(filter.rule, Match::Contains | Match::ContainsNot);
            has_column[filter.field.index()]
                && filter.value.chars().count() <= MAX_DEFAULT_CHARS
                && !(anything && filter.value.trim().is_empty())
        };
        match self.filters.iter().find(|filter| !compares(filter)) {
            Some(filter) => Err(InvalidLayout::Rule(filter.field)),
            None => Ok(()),
        }
    }
}

/// A layout that was saved under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedLayout {
    /// Its name, told in the file's warnings when it was used.
    pub name: String,
    /// How to read.
    pub layout: Layout,
}

/// What is known about how to read a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What a person said about this very file: nothing else is tried.
    pub layout: Option<Layout>,
    /// Layouts that are recognised by their titles, before the built-in ones.
    pub saved: Vec<SavedLayout>,
    /// Where the organisation does business: what its phones and amounts are.
    pub country: Country,
}

impl Default for Known {
    fn default() -> Self {
        Self { layout: None, saved: Vec::new(), country: Country::Co }
    }
}

/// Where in a file to look, and whether its titles are to be looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// A sheet; none for the one that fits best.
    pub sheet: Option<String>,
    /// The row of the titles, from 1; 0 when there are none; none to look for it.
    pub header_row: Option<u32>,
}

/// The top of a file, for a person who says what it means.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// The sheets of a workbook, in its order; none for text.
    pub sheets: Vec<SheetInfo>,
    /// The built-in layout that fits with all it needs.
    pub format: Option<FileFormat>,
    /// Titles that the nearest built-in layout misses.
    pub missing: Vec<String>,
    /// The saved layout that is recognised.
    pub saved: Option<String>,
    /// What to propose: the saved layout, or guesses by titles and content.
    pub proposal: Layout,
    /// The columns, left to right.
    pub columns: Vec<ColumnInfo>,
    /// The first rows below the header, as shown: the row's number and its cells.
    pub rows: Vec<(u32, Vec<String>)>,
    /// Oddities.
    pub warnings: Vec<FileWarning>,
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetInfo {
    /// Its name.
    pub name: String,
    /// Whether a person sees it.
    pub visible: bool,
    /// Its last row by the sheet's own account.
    pub rows: Option<u64>,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnInfo {
    /// From 0.
    pub index: u32,
    /// As spreadsheets name it: A, B, … AA.
    pub letter: String,
    /// Its title, if there is a header.
    pub title: String,
    /// The first values, at most [`MAX_SAMPLE_CHARS`] characters each. May be personal data.
    pub samples: Vec<String>,
    /// What it seems to be.
    pub guess: Option<Guess>,
}

/// What a column seems to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guess {
    /// The field.
    pub field: Field,
    /// Whether the title says so; else the values do.
    pub by_title: bool,
    /// How many of a hundred values fit; 100 by title.
    pub confidence: u8,
}

/// The name of a column by its place from 0: A, B, … Z, AA.
pub fn letter(index: u32) -> String {
    let mut letters = Vec::new();
    let mut left = u64::from(index) + 1;
    while left > 0 {
        let place = (left - 1) % 26;
        letters.push(char::from(b'A' + place as u8));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(columns: &[(u32, Field)]) -> Layout {
        Layout {
            header_row: Some(1),
            first_row: 2,
            columns: columns.iter().copied().collect(),
            ..Layout::default()
        }
    }

    #[test]
    fn names_go_out_and_come_back() {
        for &field in Field::ALL {
            assert_eq!(field.as_str().parse(), Ok(field));
            assert_eq!(Field::ALL[field.index()], field);
        }
    }

    #[test]
    fn rules_go_out_and_come_back() {
        for &transform in Transform::ALL {
            assert_eq!(transform.as_str().parse(), Ok(transform));
        }
        for &rule in Match::ALL {
            assert_eq!(rule.as_str().parse(), Ok(rule));
        }
        assert_eq!("nada".parse::<Match>(), Err(UnknownRule));
    }

    #[test]
    fn letters() {
        let table = [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")];
        for (index, name) in table {
            assert_eq!(letter(index), name);
        }
    }

    #[test]
    fn a_layout_that_cannot_be_used_says_why() {
        use Field::{Aside, Carrier, OrderRef, Status, TrackingNumber};
        assert_eq!(layout(&[(0, TrackingNumber), (1, Status)]).check(), Ok(()));
        assert_eq!(layout(&[(4, OrderRef)]).check(), Ok(()));
        assert_eq!(layout(&[(0, Status)]).check(), Err(InvalidLayout::NoKey));
        let twice = layout(&[(0, TrackingNumber), (1, Status), (2, Status)]);
        assert_eq!(twice.check(), Err(InvalidLayout::Twice(Status)));
        let aside = layout(&[(0, TrackingNumber), (1, Aside)]);
        assert_eq!(aside.check(), Err(InvalidLayout::NotCarried(Aside)));
        let with_rows =
            |header_row, first_row| Layout { header_row, first_row, ..layout(&[(0, TrackingNumber)]) };
        assert_eq!(with_rows(None, 1).check(), Ok(()));
        assert_eq!(with_rows(None, 0).check(), Err(InvalidLayout::Rows));
        assert_eq!(with_rows(Some(3), 3).check(), Err(InvalidLayout::Rows));
        let stating = |field, value: &str| Layout {
            defaults: [(field, value.to_owned())].into(),
            ..layout(&[(0, TrackingNumber)])
        };
        assert_eq!(stating(Carrier, "TCC").check(), Ok(()));
        assert_eq!(stating(Carrier, " ").check(), Err(InvalidLayout::Default(Carrier)));
        assert_eq!(stating(TrackingNumber, "500123451").check(), Err(InvalidLayout::Default(TrackingNumber)));
        let changing = |field, transform| Layout {
            transforms: [(field, transform)].into(),
            ..layout(&[(0, TrackingNumber), (1, Field::ReportedAt)])
        };
        assert_eq!(changing(TrackingNumber, Transform::Digits).check(), Ok(()));
        assert_eq!(changing(Field::ReportedAt, Transform::MonthFirst).check(), Ok(()));
        for (field, transform) in [(TrackingNumber, Transform::MonthFirst), (Carrier, Transform::Digits)] {
            assert_eq!(changing(field, transform).check(), Err(InvalidLayout::Rule(field)));
        }
        let keeping = |field, rule, value: &str| Layout {
            filters: vec![RowFilter { field, rule, value: value.to_owned() }],
            ..layout(&[(0, TrackingNumber), (1, Status)])
        };
        assert_eq!(keeping(Status, Match::IsNot, "").check(), Ok(()));
        assert_eq!(keeping(Status, Match::Contains, " ").check(), Err(InvalidLayout::Rule(Status)));
        assert_eq!(keeping(Carrier, Match::Is, "TCC").check(), Err(InvalidLayout::Rule(Carrier)));
        let mut many = keeping(Status, Match::Is, "x");
        many.filters = vec![many.filters[0].clone(); MAX_FILTERS + 1];
        assert_eq!(many.check(), Err(InvalidLayout::TooManyFilters));
    }
}
