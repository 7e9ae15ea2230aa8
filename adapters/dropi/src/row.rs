//! One row of cells into one typed row, by the rules of its layout.

use std::borrow::Cow;
use std::sync::Arc;

use domain::country::Country;
use domain::money::Money;
use domain::phone::{Phone, PhoneError};
use domain::time::{Timestamp, bogota};
use domain::tracking_number::{TrackingNumber, TrackingNumberError};
use ports::files::{
    FileFormat, ImportedItem, ImportedRow, RowFailure, RowFailureReason as Reason, RowOutcome,
};

use crate::cell::{Cell, Read};
use crate::columns::{Columns, Field};

/// The cells of one row, by [`Field::index`].
pub(crate) type Cells<'a> = [Cell<'a>; Field::COUNT];

/// Turns rows into typed rows.
#[derive(Debug, Clone)]
pub(crate) struct Typer {
    pub(crate) columns: Arc<Columns>,
    pub(crate) max_cell_bytes: usize,
    country: Country,
    /// Nothing in the file happened later.
    latest: Timestamp,
}

impl Typer {
    pub(crate) fn new(
        columns: Arc<Columns>,
        max_cell_bytes: usize,
        country: Country,
        latest: Timestamp,
    ) -> Self {
        Self { columns, max_cell_bytes, country, latest }
    }

    /// A row of the event log or the history.
    pub(crate) fn shipment(&self, number: u32, cells: &Cells<'_>) -> RowOutcome {
        let strict = self.columns.format == FileFormat::DropiEventLog;
        if strict && cells[Field::TrackingNumber.index()].is_blank() {
            return RowOutcome::Skipped { row: number };
        }
        let mut reading = self.reading(number, cells);
        let mut row = reading.row();
        let by_order = matches!(self.columns.format, FileFormat::Mapped | FileFormat::DropiFinance);
        let keyed = row.tracking_number.is_some() || (by_order && row.order_ref.is_some());
        if !keyed && reading.failures.is_empty() {
            let only_order = by_order && !self.columns.has(Field::TrackingNumber);
            let asked = if only_order { Field::OrderRef } else { Field::TrackingNumber };
            reading.fail(asked, Reason::MissingValue);
        }
        if strict {
            if row.status.is_none() {
                reading.fail_once(Field::Status, Reason::MissingValue);
            }
            let expected = [("missing_city", row.city.is_none()), ("missing_carrier", row.carrier.is_none())];
            let absent = expected.into_iter().filter(|(_, missing)| *missing);
            row.warnings.extend(absent.map(|(token, _)| token.to_owned()));
        }
        reading.finish(row)
    }

    /// A row of the office claims: one product of an order.
    pub(crate) fn claim(&self, number: u32, cells: &Cells<'_>) -> RowOutcome {
        let mut reading = self.reading(number, cells);
        let mut row = reading.row();
        if row.order_ref.is_none() && row.tracking_number.is_none() && reading.failures.is_empty() {
            let asked =
                if self.columns.has(Field::OrderRef) { Field::OrderRef } else { Field::TrackingNumber };
            reading.fail_once(asked, Reason::MissingValue);
            // An id that is there but unusable is reason enough.
            if reading.failures.is_empty() {
                std::mem::swap(&mut reading.failures, &mut reading.issues);
            }
        }
        row.items.extend(reading.item());
        reading.finish(row)
    }

    /// What a claims row is grouped by; unusable values count as absent.
    pub(crate) fn claim_keys(&self, cells: &Cells<'_>) -> (Option<String>, Option<TrackingNumber>) {
        let mut reading = self.reading(0, cells);
        let order_ref = reading.order_ref();
        (order_ref, reading.tracking_number())
    }

    pub(crate) fn reading<'r>(&'r self, number: u32, cells: &'r Cells<'r>) -> Reading<'r> {
        Reading { typer: self, number, cells, issues: Vec::new(), failures: Vec::new() }
    }
}

/// One row being read, with what was wrong so far.
pub(crate) struct Reading<'r> {
    pub(crate) typer: &'r Typer,
    pub(crate) number: u32,
    cells: &'r Cells<'r>,
    /// Values left out.
    issues: Vec<RowFailure>,
    /// What makes the row unusable.
    pub(crate) failures: Vec<RowFailure>,
}

impl<'r> Reading<'r> {
    fn row(&mut self) -> ImportedRow {
        use Field as F;
        let last_movement_at = self.last_movement_at();
        ImportedRow {
            row: self.number,
            order_ref: self.order_ref(),
            tracking_number: self.tracking_number(),
            phone: self.phone(),
            customer_name: self.text(F::CustomerName),
            email: self.text(F::Email),
            document: self.identifier(F::Document, Reason::MissingValue).map(Cow::into_owned),
            department: self.text(F::Department),
            city: self.text(F::City),
            address: self.text(F::Address).or_else(|| self.text(F::Notes)),
            carrier: self.text(F::Carrier),
            status: self.required_text(F::Status),
            novelty: self.text(F::Novelty).or_else(|| self.text(F::NoveltyDetail)),
            last_movement_text: self.text(F::LastMovementText),
            last_movement_at,
            guide_created_at: self.moment(F::GuideCreatedAt),
            reported_at: self.reported_at(),
            ordered_at: self.moment(F::OrderedAt),
            collect: self.money(F::Collect),
            freight: self.money(F::Freight),
            return_cost: self.money(F::ReturnCost),
            product_cost: self.money(F::ProductCost),
            profit: self.money(F::Profit),
            seller: self.text(F::Seller),
            store: self.text(F::Store),
            store_type: self.text(F::StoreType),
            payment_type: self.text(F::PaymentType),
            items: Vec::new(),
            results: None,
            round: None,
            source_rows: 1,
            warnings: Vec::new(),
            issues: Vec::new(),
        }
    }

    fn item(&mut self) -> Option<ImportedItem> {
        let name = self.text(Field::ItemName);
        let variation = self.text(Field::ItemVariation);
        let sku = self.identifier(Field::ItemSku, Reason::MissingValue).map(Cow::into_owned);
        let product_id = self.identifier(Field::ItemProductId, Reason::MissingValue).map(Cow::into_owned);
        let variation_id = self.identifier(Field::ItemVariationId, Reason::MissingValue).map(Cow::into_owned);
        let read = self.cell(Field::ItemQuantity).whole(self.typer.max_cell_bytes);
        let quantity = self.optional(Field::ItemQuantity, read);
        let item = ImportedItem { name, variation, sku, product_id, variation_id, quantity };
        // A quantity of nothing is no product.
        let named = ImportedItem { quantity: None, ..item.clone() } != ImportedItem::default();
        named.then_some(item)
    }

    fn order_ref(&mut self) -> Option<String> {
        self.identifier(Field::OrderRef, Reason::MissingValue)
            .map(Cow::into_owned)
            .filter(|id| !id.is_empty())
    }

    /// A number that is there but unusable fails the row.
    fn tracking_number(&mut self) -> Option<TrackingNumber> {
        let cell = self.cell(Field::TrackingNumber);
        let text = match cell.identifier(Reason::BadTrackingNumber, self.typer.max_cell_bytes) {
            Ok(text) => text?,
            Err(reason) => {
                self.fail(Field::TrackingNumber, reason);
                return None;
            }
        };
        match TrackingNumber::parse(&text) {
            Ok(number) => return Some(number),
            Err(TrackingNumberError::Scientific) => {
                self.fail(Field::TrackingNumber, Reason::ScientificNumber);
            }
            Err(
                TrackingNumberError::Empty
                | TrackingNumberError::TooShort
                | TrackingNumberError::TooLong
                | TrackingNumberError::BadCharacter,
            ) => self.fail(Field::TrackingNumber, Reason::BadTrackingNumber),
        }
        None
    }

    fn phone(&mut self) -> Option<Phone> {
        let text = self.identifier(Field::Phone, Reason::BadPhone)?;
        match Phone::parse(&text, self.typer.country) {
            Ok(phone) => return Some(phone),
            Err(PhoneError::Scientific) => self.issue(Field::Phone, Reason::ScientificNumber),
            Err(
                PhoneError::Empty
                | PhoneError::BadCharacter
                | PhoneError::AreaMissing
                | PhoneError::OtherCountry
                | PhoneError::NotInPlan,
            ) => self.issue(Field::Phone, Reason::BadPhone),
        }
        None
    }

    /// The day from one column and, where the day stands alone, the time from another.
    fn last_movement_at(&mut self) -> Option<Timestamp> {
        let moment = match self.cell(Field::LastMovementAt).moment(self.typer.max_cell_bytes) {
            Ok(moment) => moment?,
            Err(reason) => {
                self.fail(Field::LastMovementAt, reason);
                return None;
            }
        };
        let time = self.cell(Field::LastMovementTime).time_of_day();
        let at = match moment.day_only.zip(time) {
            Some((day, time)) => bogota(day.to_datetime(time)),
            None => moment.at,
        };
        self.not_ahead(Field::LastMovementAt, at)
    }

    /// The day of the report and, where the day stands alone, its hour.
    fn reported_at(&mut self) -> Option<Timestamp> {
        let read = self.cell(Field::ReportedAt).moment(self.typer.max_cell_bytes);
        let moment = self.optional(Field::ReportedAt, read)?;
        let time = self.cell(Field::ReportedTime).time_of_day();
        let at = match moment.day_only.zip(time) {
            Some((day, time)) => bogota(day.to_datetime(time)),
            None => moment.at,
        };
        self.not_ahead(Field::ReportedAt, at)
    }

    /// A day that the row cannot do without.
    pub(crate) fn required_day(&mut self, field: Field) -> Option<Timestamp> {
        match self.cell(field).moment(self.typer.max_cell_bytes) {
            Ok(Some(moment)) if moment.at <= self.typer.latest => return Some(moment.at),
            Ok(None) => self.fail(field, Reason::MissingValue),
            Ok(Some(_)) => self.fail(field, Reason::BadDate),
            Err(reason) => self.fail(field, reason),
        }
        None
    }

    fn moment(&mut self, field: Field) -> Option<Timestamp> {
        let read = self.cell(field).moment(self.typer.max_cell_bytes);
        let moment = self.optional(field, read)?;
        self.not_ahead(field, moment.at)
    }

    /// A moment that cannot have been yet is left out: as the last movement it would bar all that is true.
    fn not_ahead(&mut self, field: Field, at: Timestamp) -> Option<Timestamp> {
        if at > self.typer.latest {
            self.issue(field, Reason::BadDate);
            return None;
        }
        Some(at)
    }

    fn money(&mut self, field: Field) -> Option<Money> {
        let read = self.cell(field).money(self.typer.max_cell_bytes, self.typer.country.currency());
        let amount = self.optional(field, read)?;
        // Only a profit may be a loss.
        if amount.amount < 0 && field != Field::Profit {
            self.issue(field, Reason::BadMoney);
            return None;
        }
        Some(amount)
    }

    pub(crate) fn text(&mut self, field: Field) -> Option<String> {
        let read = self.cell(field).text(self.typer.max_cell_bytes);
        self.optional(field, read)
    }

    /// The status: unusable fails the row where the layout needs it.
    fn required_text(&mut self, field: Field) -> Option<String> {
        if self.typer.columns.format != FileFormat::DropiEventLog {
            return self.text(field);
        }
        match self.cell(field).text(self.typer.max_cell_bytes) {
            Ok(text) => text,
            Err(reason) => {
                self.fail(field, reason);
                None
            }
        }
    }

    fn identifier(&mut self, field: Field, wrong_kind: Reason) -> Option<Cow<'r, str>> {
        let read = self.cell(field).identifier(wrong_kind, self.typer.max_cell_bytes);
        self.optional(field, read)
    }

    /// The row's own cell, or what a person stated for rows that say nothing.
    pub(crate) fn cell(&self, field: Field) -> &'r Cell<'r> {
        let own = &self.cells[field.index()];
        match self.typer.columns.stated_cell(field) {
            Some(stated) if own.is_blank() => stated,
            Some(_) | None => own,
        }
    }

    fn optional<T>(&mut self, field: Field, read: Read<T>) -> Option<T> {
        match read {
            Ok(value) => value,
            Err(reason) => {
                self.issue(field, reason);
                None
            }
        }
    }

    fn issue(&mut self, field: Field, reason: Reason) {
        let failure = self.failure(field, reason);
        self.issues.push(failure);
    }

    pub(crate) fn fail(&mut self, field: Field, reason: Reason) {
        let failure = self.failure(field, reason);
        self.failures.push(failure);
    }

    /// Does not report a field twice.
    pub(crate) fn fail_once(&mut self, field: Field, reason: Reason) {
        let failure = self.failure(field, reason);
        if self.failures.iter().chain(&self.issues).all(|earlier| earlier.column != failure.column) {
            self.failures.push(failure);
        }
    }

    fn failure(&self, field: Field, reason: Reason) -> RowFailure {
        RowFailure::new(self.number, self.typer.columns.title(field), &self.cell(field).shown(), reason)
    }

    pub(crate) fn finish(mut self, mut row: ImportedRow) -> RowOutcome {
        if self.failures.is_empty() {
            row.issues = self.issues;
            RowOutcome::Row(Box::new(row))
        } else {
            self.failures.append(&mut self.issues);
            let given = vec![self.typer.columns.given(self.number, self.cells)];
            RowOutcome::Failed { failures: self.failures, given }
        }
    }
}
