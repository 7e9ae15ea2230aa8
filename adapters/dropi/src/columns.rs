//! From column titles to fields: which row is the header, which layout it is, what is where.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use domain::text::{fold, repair_mojibake};
use ports::files::{FileError, FileFormat, FileHeader, FileWarning, GivenRow, Limits, MAX_GIVEN_CHARS};
use ports::layouts::{Layout, letter};
use serde::Deserialize;

use crate::cell::Cell;
use crate::guess;
use crate::row::Cells;
use crate::rules::Rules;

pub(crate) use ports::layouts::{Field, MAX_TITLE_ROWS};

/// A recognised header: the layout, and the column of each field.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    pub(crate) format: FileFormat,
    /// For each column of the file, the field its cells go to.
    by_column: Vec<Option<Field>>,
    /// For each field, its title in the file.
    titles: Vec<Option<String>>,
    unmatched: Vec<String>,
    duplicates: Vec<String>,
    /// Titles that some field or [`Table::known`] answers to.
    matched: usize,
    /// All titles, left to right.
    all_titles: Vec<String>,
    /// What an empty cell means, where a person stated it.
    stated: Option<Box<Cells<'static>>>,
    /// What is done with cells before they are read, where a person said so.
    rules: Option<Box<Rules>>,
}

impl Columns {
    /// Reads one row as a header.
    pub(crate) fn read(row: &[String]) -> Self {
        let (cells, keys) = titles_of(row);
        let snake = cells.iter().any(|text| text.contains('_'));
        let format = recognise(&keys, snake);
        Self::read_as(format, &cells, &keys)
    }

    /// Reads one row as the titles of what says how long deliveries of carriers to cities take, and nothing else.
    pub(crate) fn read_times(row: &[String]) -> Option<Self> {
        let (cells, keys) = titles_of(row);
        let columns = Self::read_as(FileFormat::RouteHistory, &cells, &keys);
        let others = [Field::TrackingNumber, Field::Status, Field::Delivered, Field::Returned];
        let is_of_times = [Field::City, Field::Carrier, Field::Days].iter().all(|&field| columns.has(field))
            && !others.iter().any(|&field| columns.has(field));
        is_of_times.then_some(columns)
    }

    fn read_as(format: FileFormat, cells: &[String], keys: &[String]) -> Self {
        let table = &TABLES[format];
        let mut columns = Self {
            format,
            by_column: vec![None; cells.len()],
            titles: vec![None; Field::COUNT],
            unmatched: Vec::new(),
            duplicates: Vec::new(),
            matched: 0,
            all_titles: cells.to_vec(),
            stated: None,
            rules: None,
        };
        let mut rank_of_field = [usize::MAX; Field::COUNT];
        for (at, key) in keys.iter().enumerate() {
            match table.get(key.as_str()) {
                Some(Meaning::Field(field, rank)) => {
                    columns.matched += 1;
                    columns.claim(*field, *rank, at, cells, &mut rank_of_field);
                }
                Some(Meaning::Known) => columns.matched += 1,
                None if key.is_empty() => {}
                None => columns.unmatched.push(cells[at].clone()),
            }
        }
        columns
    }

    /// The columns a person said; `row` holds the titles, if there are any.
    pub(crate) fn of_layout(layout: &Layout, row: &[String]) -> Self {
        let cells: Vec<String> = row.iter().map(|text| repair_mojibake(text.trim()).into_owned()).collect();
        let width = layout.columns.keys().last().map_or(0, |&last| last as usize + 1).max(cells.len());
        let mut columns = Self {
            format: FileFormat::Mapped,
            by_column: vec![None; width],
            titles: vec![None; Field::COUNT],
            unmatched: Vec::new(),
            duplicates: Vec::new(),
            matched: layout.columns.len(),
            all_titles: (0..width).map(|at| cells.get(at).cloned().unwrap_or_default()).collect(),
            stated: None,
            rules: Rules::of(layout),
        };
        let no_titles = are_values(layout, &cells);
        let name = |at: usize| {
            let title = cells.get(at).filter(|title| !title.is_empty() && !no_titles).cloned();
            title.unwrap_or_else(|| letter(at as u32))
        };
        for (&at, &field) in &layout.columns {
            columns.by_column[at as usize] = Some(field);
            columns.titles[field.index()] = Some(name(at as usize));
        }
        let known = &TABLES.known;
        let left_out = cells.iter().enumerate().filter(|(at, title)| {
            columns.by_column[*at].is_none() && !title.is_empty() && !known.contains(&key(title))
        });
        columns.unmatched = left_out.map(|(at, _)| name(at)).collect();
        if !layout.defaults.is_empty() {
            let mut stated: Cells<'static> = std::array::from_fn(|_| Cell::Empty);
            for (field, value) in &layout.defaults {
                stated[field.index()] = Cell::Text(value.clone().into());
            }
            columns.stated = Some(Box::new(stated));
        }
        columns
    }

    /// What a person stated for rows that say nothing of a field.
    pub(crate) fn stated_cell(&self, field: Field) -> Option<&Cell<'_>> {
        self.stated.as_ref().map(|stated| &stated[field.index()])
    }

    /// What is done with cells before they are read.
    pub(crate) fn rules(&self) -> Option<&Rules> {
        self.rules.as_deref()
    }

    /// All that a person stated.
    pub(crate) fn stated(&self) -> BTreeMap<Field, String> {
        let stated = Field::ALL.iter().filter_map(|&field| {
            let cell = self.stated_cell(field).filter(|cell| !cell.is_blank())?;
            Some((field, cell.shown().into_owned()))
        });
        stated.collect()
    }

    /// The column `at` wants to be `field`; of several, the title listed first in the table has it.
    fn claim(
        &mut self,
        field: Field,
        rank: usize,
        at: usize,
        cells: &[String],
        ranks: &mut [usize; Field::COUNT],
    ) {
        let title = &mut self.titles[field.index()];
        let loser = if rank < ranks[field.index()] {
            ranks[field.index()] = rank;
            for column in &mut self.by_column {
                *column = column.filter(|&owner| owner != field);
            }
            self.by_column[at] = Some(field);
            title.replace(cells[at].clone())
        } else {
            Some(cells[at].clone())
        };
        self.duplicates.extend(loser.filter(|_| field.is_carried()));
    }

    /// Where a cell of column `at` goes.
    pub(crate) fn field_at(&self, at: usize) -> Option<Field> {
        self.by_column.get(at).copied().flatten()
    }

    /// How many columns the header has.
    pub(crate) fn width(&self) -> usize {
        self.all_titles.len()
    }

    /// The title of column `at`; its letter where no field answers to it, for there it may be a value.
    pub(crate) fn title_at(&self, at: usize) -> String {
        self.field_at(at).map_or_else(|| letter(at as u32), |field| self.title(field).to_owned())
    }

    /// The columns in use, left to right.
    pub(crate) fn used(&self) -> Vec<(usize, Field)> {
        self.by_column.iter().enumerate().filter_map(|(at, field)| Some((at, (*field)?))).collect()
    }

    pub(crate) fn has(&self, field: Field) -> bool {
        self.titles[field.index()].is_some()
    }

    /// The title in the file, or the layout's own if the file lacks the column.
    pub(crate) fn title(&self, field: Field) -> &str {
        self.titles[field.index()].as_deref().unwrap_or_else(|| default_title(self.format, field))
    }

    /// Titles the layout cannot do without and the file lacks.
    pub(crate) fn missing(&self) -> Vec<String> {
        let lacking = |fields: &[Field]| -> Vec<String> {
            let absent = fields.iter().filter(|&&field| !self.has(field));
            absent.map(|&field| default_title(self.format, field).to_owned()).collect()
        };
        match self.format {
            FileFormat::DropiEventLog => lacking(&EVENT_LOG_NEEDS),
            FileFormat::DropiHistory | FileFormat::CarrierTracking | FileFormat::PastedReport => {
                lacking(&[Field::TrackingNumber])
            }
            FileFormat::DropiOfficeClaims => {
                let missing = lacking(&[Field::OrderRef, Field::TrackingNumber]);
                if missing.len() == 2 { missing } else { Vec::new() }
            }
            FileFormat::RouteHistory => lacking(&ROUTE_HISTORY_NEEDS),
            FileFormat::Rounds => lacking(&ROUND_NEEDS),
            // Amounts go to the order's shipment where the report has the order alone.
            FileFormat::DropiFinance | FileFormat::Mapped => {
                let keyed = self.has(Field::TrackingNumber) || self.has(Field::OrderRef);
                if keyed { Vec::new() } else { lacking(&[Field::TrackingNumber]) }
            }
        }
    }

    /// The row as it stands in the file, as far as its cells are carried.
    pub(crate) fn given(&self, number: u32, cells: &Cells<'_>) -> GivenRow {
        let cell = |at: usize| {
            // Blanks alone are nothing, as in a workbook.
            let cell = self.field_at(at).map(|field| &cells[field.index()]).filter(|cell| !cell.is_blank());
            let shown = cell.map(Cell::shown);
            shown.map(|shown| shown.chars().take(MAX_GIVEN_CHARS).collect()).unwrap_or_default()
        };
        GivenRow { row: number, cells: (0..self.all_titles.len()).map(cell).collect() }
    }

    /// Titles of a finance report that go nowhere: there are no books yet.
    fn not_kept(&self) -> Vec<String> {
        let is_unkept = |(at, title): &(usize, &String)| match self.field_at(*at) {
            Some(field) => matches!(field, Field::Profit | Field::ProductCost),
            None => TABLES.finance_only.contains(&key(title)),
        };
        let titles = self.all_titles.iter().enumerate().filter(is_unkept);
        titles.map(|(_, title)| title.clone()).collect()
    }

    /// How many titles were understood.
    pub(crate) fn matched(&self) -> usize {
        self.matched
    }

    /// What the person is told about this header.
    pub(crate) fn describe(&self) -> FileHeader {
        let mut warnings = Vec::new();
        let mut warn = |code: &str, titles: &[String]| {
            if !titles.is_empty() {
                warnings.push(FileWarning { code: code.to_owned(), detail: titles.join(", ") });
            }
        };
        warn("unmatched_columns", &self.unmatched);
        warn("duplicate_columns", &self.duplicates);
        if self.format == FileFormat::DropiOfficeClaims && !self.has(Field::Collect) {
            if self.has(Field::SupplierPrice) {
                warn("supplier_price_without_total", &[self.title(Field::SupplierPrice).to_owned()]);
            } else {
                warn("no_total_column", &[default_title(self.format, Field::Collect).to_owned()]);
            }
        }
        if self.format == FileFormat::DropiHistory {
            let absent = RECOMMENDED.iter().filter(|(field, _)| !self.has(*field));
            let absent: Vec<String> = absent.map(|(_, title)| (*title).to_owned()).collect();
            if RECOMMENDED.len() - absent.len() < FEWEST_RECOMMENDED {
                warn("few_columns", &absent);
            }
        }
        if self.format == FileFormat::DropiFinance {
            warn("finance_not_kept", &self.not_kept());
            if !self.has(Field::TrackingNumber) && self.has(Field::OrderRef) {
                warn("finance_by_order", &[self.title(Field::OrderRef).to_owned()]);
            }
        }
        let nameless = self.all_titles.iter().all(String::is_empty);
        let names = self.all_titles.iter().enumerate();
        let titles = names.map(|(at, title)| if nameless { letter(at as u32) } else { title.clone() });
        FileHeader {
            format: self.format,
            unmatched_columns: self.unmatched.clone(),
            titles: titles.collect(),
            warnings,
        }
    }
}

/// Whether what a person took for titles are the values of a row: they may be personal data, and names of columns end in
/// warnings and failures.
fn are_values(layout: &Layout, cells: &[String]) -> bool {
    let is_key = |field: Field| matches!(field, Field::TrackingNumber | Field::OrderRef);
    let has_digit = |at: u32| {
        let cell = cells.get(at as usize);
        cell.is_some_and(|cell| cell.bytes().any(|byte| byte.is_ascii_digit()))
    };
    guess::is_data(cells) || layout.columns.iter().any(|(&at, &field)| is_key(field) && has_digit(at))
}

/// A header found among the first rows of a file or sheet.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its place among the rows given.
    pub(crate) at: usize,
    pub(crate) columns: Columns,
}

/// Finds the header among the first rows with content: the one whose titles are understood best.
pub(crate) fn find_header(rows: &[Vec<String>]) -> Option<Found> {
    let mut best: Option<Found> = None;
    for (at, row) in rows.iter().enumerate().take(MAX_TITLE_ROWS + 1) {
        let columns = Columns::read(row);
        // A row that satisfies its layout beats one that does not: "Fecha: …, Cliente: …" is a title.
        let fit = |columns: &Columns| (columns.missing().is_empty(), columns.matched());
        if columns.matched() > 0 && best.as_ref().is_none_or(|b| fit(&columns) > fit(&b.columns)) {
            best = Some(Found { at, columns });
        }
    }
    best
}

/// Refuses a header that lacks columns or has too many.
pub(crate) fn check(columns: &Columns, limits: &Limits) -> Result<(), FileError> {
    if columns.all_titles.len() > limits.max_columns {
        return Err(FileError::LimitExceeded { detail: format!("columns:{}", limits.max_columns) });
    }
    let missing = columns.missing();
    if missing.is_empty() { Ok(()) } else { Err(FileError::MissingColumns { columns: missing }) }
}

/// The form in which two headers are compared: folded titles, without empty ones at the end and without the
/// column of reasons that we add to rows given back.
pub(crate) fn title_keys(titles: &[String]) -> Vec<String> {
    let keys = titles.iter().map(|title| key(&repair_mojibake(kept_title(title))));
    let mut keys: Vec<String> = keys.filter(|key| *key != TABLES.reason).collect();
    while keys.last().is_some_and(String::is_empty) {
        keys.pop();
    }
    keys
}

/// As much of a title as is kept with a layout, and so compared.
pub(crate) fn kept_title(title: &str) -> &str {
    let title = title.trim();
    title.char_indices().nth(MAX_TITLE_CHARS).map_or(title, |(end, _)| &title[..end])
}

/// The field a title has in the layout that the titles make likely, else in any.
pub(crate) fn meanings(titles: &[String]) -> Vec<Option<Field>> {
    let columns = Columns::read(titles);
    let others = [&TABLES.event_log, &TABLES.history, &TABLES.office_claims, &TABLES.carrier_tracking];
    let field = |(at, title): (usize, &String)| {
        columns.field_at(at).filter(|field| field.is_carried()).or_else(|| {
            let key = key(&repair_mojibake(title.trim()));
            others.iter().find_map(|table| match table.get(&key)? {
                Meaning::Field(field, _) if field.is_carried() => Some(*field),
                Meaning::Field(..) | Meaning::Known => None,
            })
        })
    };
    titles.iter().enumerate().map(field).collect()
}

/// Longest title kept, in characters.
const MAX_TITLE_CHARS: usize = 1_000;
/// Kinds of amounts that make a file without people a finance report.
const FINANCE_MARKS: usize = 3;
/// What a history should tell besides the guía, and the fewest of it without a warning.
const RECOMMENDED: [(Field, &str); 4] = [
    (Field::City, "Ciudad"),
    (Field::Carrier, "Transportadora"),
    (Field::Status, "Estatus"),
    (Field::GuideCreatedAt, "Fecha Generación Guía"),
];
const FEWEST_RECOMMENDED: usize = 2;
/// How a list of what carriers did is known, and what it cannot do without.
const ROUTE_HISTORY_NEEDS: [Field; 4] = [Field::City, Field::Carrier, Field::Delivered, Field::Returned];
/// How a list of rounds is known: these, one of what says when it was, and one of what was done in it.
const ROUND_NEEDS: [Field; 2] = [Field::Operator, Field::RoundDay];
const ROUND_TIMES: [Field; 3] = [Field::RoundStart, Field::RoundMinutes, Field::RoundNumber];
const ROUND_COUNTS: [Field; 4] =
    [Field::RoundInitial, Field::RoundDone, Field::RoundReviewed, Field::RoundSolved];
const EVENT_LOG_NEEDS: [Field; 4] = [Field::TrackingNumber, Field::Status, Field::City, Field::Carrier];

/// The title under which each layout knows the columns that are ever asked for.
fn default_title(format: FileFormat, field: Field) -> &'static str {
    match (format, field) {
        (FileFormat::DropiEventLog, Field::TrackingNumber) => "numero_de_guia",
        (FileFormat::DropiEventLog, Field::Status) => "estatus",
        (FileFormat::DropiEventLog, Field::City) => "ciudad_de_destino",
        (FileFormat::DropiEventLog, Field::Carrier) => "transportadora",
        (FileFormat::DropiHistory | FileFormat::DropiFinance | FileFormat::Mapped, Field::TrackingNumber) => {
            "Número de Guía"
        }
        (FileFormat::DropiOfficeClaims | FileFormat::CarrierTracking, Field::TrackingNumber) => "NÚMERO GUIA",
        (_, Field::OrderRef) => "ID",
        (_, Field::Collect) => "TOTAL DE LA ORDEN",
        (FileFormat::RouteHistory, Field::Days) => "DIAS",
        (_, _) => "",
    }
}

/// Titles as they are shown, and the form in which they are compared.
fn titles_of(row: &[String]) -> (Vec<String>, Vec<String>) {
    let cells: Vec<String> = row.iter().map(|text| repair_mojibake(text.trim()).into_owned()).collect();
    let keys = cells.iter().map(|text| key(text)).collect();
    (cells, keys)
}

/// The form in which titles are compared.
pub(crate) fn key(title: &str) -> String {
    const SMALL_WORDS: [&str; 6] = ["DE", "DEL", "LA", "EL", "LOS", "LAS"];
    fold(title).split(' ').filter(|word| !SMALL_WORDS.contains(word)).collect()
}

/// `snake`: some title is written with underscores.
fn recognise(keys: &[String], snake: bool) -> FileFormat {
    let present: HashSet<&str> = keys.iter().map(String::as_str).collect();
    let count = |marks: &HashSet<String>| marks.iter().filter(|mark| present.contains(mark.as_str())).count();
    let is = |format: FileFormat, wanted: Field| {
        let meaning = |key: &&str| TABLES[format].get(*key);
        present.iter().any(|key| matches!(meaning(key), Some(Meaning::Field(field, _)) if *field == wanted))
    };
    let all = |format, fields: &[Field]| fields.iter().all(|&field| is(format, field));
    let any = |format, fields: &[Field]| fields.iter().any(|&field| is(format, field));
    if !any(FileFormat::RouteHistory, &[Field::TrackingNumber, Field::Status]) {
        if all(FileFormat::RouteHistory, &ROUTE_HISTORY_NEEDS) {
            return FileFormat::RouteHistory;
        }
        let parts = [&ROUND_TIMES[..], &ROUND_COUNTS[..]];
        if all(FileFormat::Rounds, &ROUND_NEEDS) && parts.iter().all(|part| any(FileFormat::Rounds, part)) {
            return FileFormat::Rounds;
        }
    }
    if count(&TABLES.claims_marks) > 0 {
        return FileFormat::DropiOfficeClaims;
    }
    let strict = EVENT_LOG_NEEDS.iter().all(|&wanted| is(FileFormat::DropiEventLog, wanted));
    let history = count(&TABLES.history_marks);
    // A recipient's name is in both; more marks than that are Dropi's.
    let carriers = match count(&TABLES.tracking_marks) {
        0 => false,
        1 => present.contains(TABLES.hour.as_str()) || !strict,
        _ => true,
    };
    if carriers && history <= 1 {
        return FileFormat::CarrierTracking;
    }
    let is_of = |titles: &HashSet<String>| count(titles) > 0;
    if TABLES.finance_marks.iter().filter(|titles| is_of(titles)).count() >= FINANCE_MARKS
        && !is_of(&TABLES.people)
    {
        return FileFormat::DropiFinance;
    }
    let numbered = present
        .iter()
        .any(|key| matches!(TABLES.event_log.get(*key), Some(Meaning::Field(Field::TrackingNumber, _))));
    match history {
        0 if !strict && numbered && !snake && !is_of(&TABLES.event_log_marks) => FileFormat::DropiHistory,
        0 => FileFormat::DropiEventLog,
        1 if strict => FileFormat::DropiEventLog,
        _ => FileFormat::DropiHistory,
    }
}

/// What a title means in one layout.
#[derive(Debug, Clone, Copy)]
enum Meaning {
    /// A field, and the title's place in the field's list (0 = preferred).
    Field(Field, usize),
    /// Understood, not carried.
    Known,
}

/// `data/columns.toml` as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    reason: String,
    known: Vec<String>,
    any: HashMap<Field, Vec<String>>,
    event_log: HashMap<Field, Vec<String>>,
    history: HashMap<Field, Vec<String>>,
    office_claims: HashMap<Field, Vec<String>>,
    carrier_tracking: HashMap<Field, Vec<String>>,
    route_history: HashMap<Field, Vec<String>>,
    rounds: HashMap<Field, Vec<String>>,
    marks: Marks,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Marks {
    event_log: Vec<String>,
    office_claims: Vec<String>,
    history: Vec<String>,
    carrier_tracking: Vec<String>,
    finance: Vec<Vec<String>>,
    finance_only: Vec<String>,
    people: Vec<String>,
}

/// The table, ready for look-up.
struct Tables {
    known: HashSet<String>,
    /// The title of the column of reasons.
    reason: String,
    event_log: HashMap<String, Meaning>,
    history: HashMap<String, Meaning>,
    office_claims: HashMap<String, Meaning>,
    carrier_tracking: HashMap<String, Meaning>,
    route_history: HashMap<String, Meaning>,
    rounds: HashMap<String, Meaning>,
    tracking_marks: HashSet<String>,
    /// The hour of the report: no layout of Dropi's with so few other marks has it.
    hour: String,
    event_log_marks: HashSet<String>,
    claims_marks: HashSet<String>,
    history_marks: HashSet<String>,
    /// Titles of each kind of amount.
    finance_marks: Vec<HashSet<String>>,
    /// Amounts that no field is for.
    finance_only: HashSet<String>,
    /// Titles about a recipient.
    people: HashSet<String>,
}

impl std::ops::Index<FileFormat> for Tables {
    type Output = HashMap<String, Meaning>;

    fn index(&self, format: FileFormat) -> &Self::Output {
        match format {
            FileFormat::DropiEventLog => &self.event_log,
            // Nothing is looked up by title where a person said the columns, or where there are none.
            FileFormat::DropiHistory
            | FileFormat::DropiFinance
            | FileFormat::PastedReport
            | FileFormat::Mapped => &self.history,
            FileFormat::DropiOfficeClaims => &self.office_claims,
            FileFormat::CarrierTracking => &self.carrier_tracking,
            FileFormat::RouteHistory => &self.route_history,
            FileFormat::Rounds => &self.rounds,
        }
    }
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is compiled in; the first test to run reads it")]
    let table: Table =
        toml::from_str(include_str!("../data/columns.toml")).expect("data/columns.toml is valid");
    let keys = |titles: &[String]| titles.iter().map(|title| key(title)).collect::<HashSet<_>>();
    Tables {
        known: keys(&table.known),
        reason: key(&table.reason),
        event_log: layout(&table, &table.event_log),
        history: layout(&table, &table.history),
        office_claims: layout(&table, &table.office_claims),
        carrier_tracking: layout(&table, &table.carrier_tracking),
        route_history: layout(&table, &table.route_history),
        rounds: layout(&table, &table.rounds),
        tracking_marks: keys(&table.marks.carrier_tracking),
        hour: key("hora"),
        event_log_marks: keys(&table.marks.event_log),
        claims_marks: keys(&table.marks.office_claims),
        history_marks: keys(&table.marks.history),
        finance_marks: table.marks.finance.iter().map(|titles| keys(titles)).collect(),
        finance_only: keys(&table.marks.finance_only),
        people: keys(&table.marks.people),
    }
});

fn layout(table: &Table, own: &HashMap<Field, Vec<String>>) -> HashMap<String, Meaning> {
    let mut meanings: HashMap<String, Meaning> =
        table.known.iter().chain([&table.reason]).map(|title| (key(title), Meaning::Known)).collect();
    for fields in [&table.any, own] {
        for (&field, titles) in fields {
            // Titles of [any] rank before the layout's own of the same field.
            let first = if std::ptr::eq(fields, own) { table.any.get(&field).map_or(0, Vec::len) } else { 0 };
            let ranked = titles.iter().enumerate();
            meanings.extend(ranked.map(|(rank, title)| (key(title), Meaning::Field(field, first + rank))));
        }
    }
    meanings
}

#[cfg(test)]
#[path = "columns_tests.rs"]
mod tests;
