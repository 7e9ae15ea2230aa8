//! Reading an uploaded file into typed rows, whatever program wrote it.
//!
//! The traits are synchronous: a reader does CPU work and belongs on a blocking thread. A reader never
//! decides business questions (is this order new?); it only says what the file contains, row by row, with
//! every value it could not use.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use domain::country::Country;
use domain::money::Money;
use domain::phone::Phone;
use domain::time::Timestamp;
use domain::tracking_number::TrackingNumber;
use serde::{Deserialize, Serialize};

use crate::layouts::{Inspection, Known, Look};
use crate::pastes::{Paste, PasteReading};
use crate::told::{ImportedRound, RouteResults};

/// Longest copy of an offending value kept in a [`RowFailure`], in characters.
pub const MAX_FAILURE_VALUE_CHARS: usize = 120;

/// Longest copy of a cell in a [`GivenRow`], in characters.
pub const MAX_GIVEN_CHARS: usize = 2_000;

/// What a file may cost before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file on disk, in bytes.
    pub max_bytes: u64,
    /// Rows below the header that hold at least one value.
    pub max_rows: u64,
    /// One cell's text, in bytes of UTF-8.
    pub max_cell_bytes: usize,
    /// Everything inside a compressed workbook, inflated, in bytes.
    pub max_unzipped_bytes: u64,
    /// Inflated bytes for each compressed byte of one entry.
    pub max_zip_ratio: u64,
    /// Columns of the header.
    pub max_columns: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 50 * 1024 * 1024,
            max_rows: 200_000,
            max_cell_bytes: 32 * 1024,
            max_unzipped_bytes: 1024 * 1024 * 1024,
            max_zip_ratio: 200,
            max_columns: 512,
        }
    }
}

/// Opens files of one origin.
pub trait FileReader: Send + Sync {
    /// Recognises the layout and returns a reader placed at the first row.
    ///
    /// `file_name` is the name the person gave the file (its extension is a hint, its content decides);
    /// `received_at` is when we got it; `known` is what people said about this file and others like it. No row
    /// is handed out if a required column is missing.
    fn open(
        &self,
        path: &Path,
        file_name: &str,
        received_at: Timestamp,
        limits: &Limits,
        known: &Known,
    ) -> Result<Box<dyn RowReader>, FileError>;

    /// Looks at the top of a file for a person who says what its columns mean.
    ///
    /// # Errors
    /// As [`Self::open`], but never [`FileError::MissingColumns`].
    fn inspect(
        &self,
        path: &Path,
        file_name: &str,
        limits: &Limits,
        known: &Known,
        look: &Look,
    ) -> Result<Inspection, FileError>;

    /// Understands text that a person pasted, in the country whose phones and amounts it has.
    fn read_paste(&self, paste: &Paste, country: Country) -> PasteReading;
}

/// Hands out the rows of one open file, in file order, in bounded memory.
pub trait RowReader: Send {
    /// What the top of the file said.
    fn header(&self) -> &FileHeader;

    /// The next outcome; `None` at the end. An error ends the file: no further row may be asked for.
    ///
    /// A file with a header and no rows answers [`FileError::Empty`] at the first call.
    fn next_row(&mut self) -> Result<Option<RowOutcome>, FileError>;

    /// Rows in the file if that is known without reading it all. An estimate, for a progress bar only.
    fn rows_total(&self) -> Option<u64>;

    /// Rows with at least one value that were read so far (a grouped order counts all of its rows).
    fn rows_read(&self) -> u64;
}

/// What the top of the file said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHeader {
    /// The layout the file was recognised as.
    pub format: FileFormat,
    /// Column titles that no field answers to, as the person wrote them (repaired).
    pub unmatched_columns: Vec<String>,
    /// All titles of the file in their order; letters of columns where it has none.
    pub titles: Vec<String>,
    /// Oddities worth telling, none of which stops the import.
    pub warnings: Vec<FileWarning>,
}

/// An oddity of the whole file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileWarning {
    /// Stable token, e.g. `unmatched_columns`.
    pub code: String,
    /// What it is about (column or sheet names), in the file's own words.
    pub detail: String,
}

/// The layouts we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// Dropi's report of the last movement of each shipment.
    DropiEventLog,
    /// Dropi's report of orders, one row per order, with money.
    DropiHistory,
    /// Dropi's "Reclamos en Oficina": one order spans one row per product.
    DropiOfficeClaims,
    /// A carrier's list of shipments and where they are; the tracking number is all it must have.
    CarrierTracking,
    /// Dropi's finance report: what each shipment billed and cost, without its recipient.
    DropiFinance,
    /// Text that a person pasted.
    PastedReport,
    /// How many parcels each carrier delivered in each city, and how fast: sums, not shipments.
    RouteHistory,
    /// The timed rounds of operators.
    Rounds,
    /// The columns a person said.
    Mapped,
}

impl FileFormat {
    /// Every layout.
    pub const ALL: [Self; 9] = [
        Self::DropiEventLog,
        Self::DropiHistory,
        Self::DropiOfficeClaims,
        Self::CarrierTracking,
        Self::DropiFinance,
        Self::PastedReport,
        Self::RouteHistory,
        Self::Rounds,
        Self::Mapped,
    ];

    /// The name in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DropiEventLog => "dropi_event_log",
            Self::DropiHistory => "dropi_history",
            Self::DropiOfficeClaims => "dropi_office_claims",
            Self::CarrierTracking => "carrier_tracking",
            Self::DropiFinance => "dropi_finance",
            Self::PastedReport => "pasted_report",
            Self::RouteHistory => "route_history",
            Self::Rounds => "rounds",
            Self::Mapped => "mapped",
        }
    }
}

impl fmt::Display for FileFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for FileFormat {
    type Err = UnknownFileFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFileFormat> {
        Self::ALL.into_iter().find(|format| format.as_str() == name).ok_or(UnknownFileFormat)
    }
}

/// The name is none of [`FileFormat::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown file format")]
pub struct UnknownFileFormat;

/// Why a whole file is refused. Nothing of it may be kept.
///
/// `detail` is for people and logs but free of any language: a token, sometimes followed by `:` and a
/// number or name (`xls`, `html`, `zip_ratio:200`, `row_bytes:1048576`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The layout was recognised but lacks columns it cannot do without.
    #[error("missing columns: {}", columns.join(", "))]
    MissingColumns {
        /// Titles to add, as that layout writes them.
        columns: Vec<String>,
    },
    /// A file that is known, and holds neither orders nor shipments.
    #[error("the file is a {}, which holds no shipments", .0.as_str())]
    Foreign(ForeignFile),
    /// No header, or no row below it.
    #[error("the file holds no rows")]
    Empty,
    /// Not a file we can read, or a damaged one.
    #[error("unreadable file: {detail}")]
    Unreadable {
        /// What it seems to be, or where it breaks.
        detail: String,
    },
    /// More rows than allowed.
    #[error("more than {limit} rows")]
    TooManyRows {
        /// The limit in force.
        limit: u64,
    },
    /// Too large in another way: bytes, inflated bytes, columns, one row.
    #[error("limit exceeded: {detail}")]
    LimitExceeded {
        /// Which limit, and its value.
        detail: String,
    },
}

impl FileError {
    /// The stable code of the API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingColumns { .. } => "missing_columns",
            Self::Foreign(file) => file.as_str(),
            Self::Empty => "empty_file",
            Self::Unreadable { .. } => "unreadable_file",
            Self::TooManyRows { .. } => "too_many_rows",
            Self::LimitExceeded { .. } => "limits_exceeded",
        }
    }
}

/// A file of the field that holds neither orders nor shipments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForeignFile {
    /// How carriers did in cities, in another form than the list that is understood: a pivot table.
    RouteHistory,
    /// Dropi's finance report without tracking numbers.
    FinanceReport,
}

impl ForeignFile {
    /// The stable code of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RouteHistory => "route_history",
            Self::FinanceReport => "finance_report",
        }
    }
}

/// What became of one row, or of the rows of one order.
#[derive(Debug, Clone, PartialEq)]
pub enum RowOutcome {
    /// Usable. Values that were not are listed in [`ImportedRow::issues`].
    Row(Box<ImportedRow>),
    /// Holds no tracking number where the layout is about shipments; left out on purpose.
    Skipped {
        /// The row as the person sees it.
        row: u32,
    },
    /// Not usable.
    Failed {
        /// Every reason found.
        failures: Vec<RowFailure>,
        /// The rows as they stand in the file, to be given back.
        given: Vec<GivenRow>,
    },
}

/// A row as it stands in the file.
#[derive(Clone, PartialEq, Eq)]
pub struct GivenRow {
    /// As the person sees it in the sheet, header = 1.
    pub row: u32,
    /// A cell for each title of [`FileHeader::titles`], at most [`MAX_GIVEN_CHARS`] characters; empty where nothing is
    /// carried. May be personal data.
    pub cells: Vec<String>,
}

/// Leaves the cells out: they name persons, and `Debug` ends in logs.
impl fmt::Debug for GivenRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GivenRow").field("row", &self.row).finish_non_exhaustive()
    }
}

/// A value that could not be used.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFailure {
    /// The row as the person sees it in the sheet, header = 1.
    pub row: u32,
    /// The column's title in the file (or in the layout if the file lacks it).
    pub column: String,
    /// The value as found, at most [`MAX_FAILURE_VALUE_CHARS`] characters. May be personal data.
    pub value: String,
    /// What is wrong with it.
    pub reason: RowFailureReason,
}

impl RowFailure {
    /// Keeps the first [`MAX_FAILURE_VALUE_CHARS`] characters of `value`, without control characters.
    pub fn new(row: u32, column: &str, value: &str, reason: RowFailureReason) -> Self {
        let value = value.chars().filter(|c| !c.is_control()).take(MAX_FAILURE_VALUE_CHARS).collect();
        Self { row, column: column.to_owned(), value, reason }
    }
}

/// Leaves the value out: it may be a phone or a name, and `Debug` ends in logs.
impl fmt::Debug for RowFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowFailure")
            .field("row", &self.row)
            .field("column", &self.column)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFailureReason {
    /// Not a day-first or ISO date, or one that does not exist.
    BadDate,
    /// Not a time of day.
    BadTime,
    /// Not an amount of money (or not a whole number, for quantities).
    BadMoney,
    /// A spreadsheet rounded the number: its last digits are lost.
    ScientificNumber,
    /// The layout cannot do without it.
    MissingValue,
    /// Not a phone of the country.
    BadPhone,
    /// Not a tracking number.
    BadTrackingNumber,
    /// Longer than [`Limits::max_cell_bytes`].
    TooLong,
    /// The cell holds a formula's error (`#REF!`).
    FormulaError,
    /// Rows of one order state different totals.
    InconsistentTotal,
    /// Not a number, or one that this cannot be: a count is whole, nothing is less than none.
    BadNumber,
    /// Not the sum of the row's other numbers.
    NotTheSum,
    /// A quote opens the cell and nothing closes it.
    OpenQuote,
}

impl RowFailureReason {
    /// The name in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadDate => "bad_date",
            Self::BadTime => "bad_time",
            Self::BadMoney => "bad_money",
            Self::ScientificNumber => "scientific_number",
            Self::MissingValue => "missing_value",
            Self::BadPhone => "bad_phone",
            Self::BadTrackingNumber => "bad_tracking_number",
            Self::TooLong => "too_long",
            Self::FormulaError => "formula_error",
            Self::InconsistentTotal => "inconsistent_total",
            Self::BadNumber => "bad_number",
            Self::NotTheSum => "not_the_sum",
            Self::OpenQuote => "open_quote",
        }
    }
}

impl fmt::Display for RowFailureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One order or shipment as a file states it. A field is `None` when the file lacks it or its value was
/// unusable (then [`Self::issues`] says so). Texts are trimmed and repaired, never translated.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportedRow {
    /// The (first) row as the person sees it in the sheet, header = 1.
    pub row: u32,
    /// The origin's own order id.
    pub order_ref: Option<String>,
    /// The shipment's number; absent only where an order has none yet.
    pub tracking_number: Option<TrackingNumber>,
    /// The recipient's phone.
    pub phone: Option<Phone>,
    /// The recipient's name.
    pub customer_name: Option<String>,
    /// The recipient's address for mail.
    pub email: Option<String>,
    /// The recipient's identity document.
    pub document: Option<String>,
    /// Department of the destination, not resolved.
    pub department: Option<String>,
    /// City of the destination, not resolved.
    pub city: Option<String>,
    /// Street address; the notes if there is no address column.
    pub address: Option<String>,
    /// The carrier as written.
    pub carrier: Option<String>,
    /// The status phrase as written.
    pub status: Option<String>,
    /// What went wrong, as written.
    pub novelty: Option<String>,
    /// The carrier's text of the last movement.
    pub last_movement_text: Option<String>,
    /// When the last movement happened.
    pub last_movement_at: Option<Timestamp>,
    /// When the shipping label was made.
    pub guide_created_at: Option<Timestamp>,
    /// The day the row reports on.
    pub reported_at: Option<Timestamp>,
    /// When the order was placed.
    pub ordered_at: Option<Timestamp>,
    /// What the carrier collects at the door, once per order.
    pub collect: Option<Money>,
    /// Price of the shipping.
    pub freight: Option<Money>,
    /// Price of the way back.
    pub return_cost: Option<Money>,
    /// What the products cost the seller.
    pub product_cost: Option<Money>,
    /// What is left for the seller.
    pub profit: Option<Money>,
    /// The person who sold.
    pub seller: Option<String>,
    /// The shop.
    pub store: Option<String>,
    /// The kind of shop.
    pub store_type: Option<String>,
    /// How it is paid, e.g. `CON RECAUDO`.
    pub payment_type: Option<String>,
    /// The products, one for each file row that names one.
    pub items: Vec<ImportedItem>,
    /// What became of all parcels of the carrier in the city, where a row is about these.
    pub results: Option<RouteResults>,
    /// The operator's round, where a row is about one.
    pub round: Option<Box<ImportedRound>>,
    /// How many file rows this came from.
    pub source_rows: u32,
    /// Stable tokens of oddities, e.g. `missing_city`.
    pub warnings: Vec<String>,
    /// Optional values that were left out, and why.
    pub issues: Vec<RowFailure>,
}

/// Leaves out everything that names or reaches a person: `Debug` ends in logs.
impl fmt::Debug for ImportedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportedRow")
            .field("row", &self.row)
            .field("order_ref", &self.order_ref)
            .field("tracking_number", &self.tracking_number)
            .field("status", &self.status)
            .field("carrier", &self.carrier)
            .field("city", &self.city)
            .field("last_movement_at", &self.last_movement_at)
            .field("collect", &self.collect)
            .field("items", &self.items.len())
            .field("source_rows", &self.source_rows)
            .field("warnings", &self.warnings)
            .field("issues", &self.issues)
            .finish_non_exhaustive()
    }
}

/// One product of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportedItem {
    /// The product's name.
    pub name: Option<String>,
    /// Which variant: colour, size.
    pub variation: Option<String>,
    /// The seller's code.
    pub sku: Option<String>,
    /// The origin's id of the product.
    pub product_id: Option<String>,
    /// The origin's id of the variant.
    pub variation_id: Option<String>,
    /// How many.
    pub quantity: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_out_and_come_back() {
        for format in FileFormat::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
        }
        assert_eq!("dropi".parse::<FileFormat>(), Err(UnknownFileFormat));
    }

    #[test]
    fn a_failure_keeps_120_printable_characters() {
        let value = format!("a\0\n{}", "ñ".repeat(500));
        let failure = RowFailure::new(2, "fecha", &value, RowFailureReason::BadDate);
        assert_eq!(failure.value.chars().count(), MAX_FAILURE_VALUE_CHARS);
        assert!(failure.value.starts_with("añ"));
    }

    #[test]
    fn debug_names_no_person() {
        let row = ImportedRow {
            customer_name: Some("Ana Prueba".into()),
            address: Some("Calle 1".into()),
            issues: vec![RowFailure::new(2, "telefono", "300", RowFailureReason::BadPhone)],
            ..ImportedRow::default()
        };
        let text = format!("{row:?}");
        assert!(!text.contains("Ana") && !text.contains("Calle") && !text.contains("300"), "{text}");
    }

    #[test]
    fn every_error_has_its_code() {
        let errors = [
            FileError::MissingColumns { columns: vec!["guia".into()] },
            FileError::Empty,
            FileError::Unreadable { detail: "xls".into() },
            FileError::TooManyRows { limit: 1 },
            FileError::LimitExceeded { detail: "columns:512".into() },
        ];
        let codes = errors.map(|error| error.code());
        assert_eq!(
            codes,
            ["missing_columns", "empty_file", "unreadable_file", "too_many_rows", "limits_exceeded"]
        );
    }
}
