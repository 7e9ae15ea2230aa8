//! Rounds of operators: who worked through how many parcels or incidents, and when.

use domain::time::bogota_date;
use jiff::civil::Time;
use ports::files::{ImportedRow, RowFailureReason as Reason, RowOutcome};
use ports::told::ImportedRound;

use crate::columns::Field;
use crate::row::{Cells, Reading, Typer};

impl Typer {
    /// A row about a round.
    pub(crate) fn round(&self, number: u32, cells: &Cells<'_>) -> RowOutcome {
        let mut reading = self.reading(number, cells);
        let round = reading.round();
        let row = ImportedRow {
            row: number,
            round: Some(Box::new(round)),
            source_rows: 1,
            ..ImportedRow::default()
        };
        reading.finish(row)
    }
}

impl Reading<'_> {
    fn round(&mut self) -> ImportedRound {
        let operator = self.text(Field::Operator);
        if operator.is_none() {
            self.fail_once(Field::Operator, Reason::MissingValue);
        }
        let day = self.required_day(Field::RoundDay).map(bogota_date);
        let number = self.count(Field::RoundNumber);
        let [started, ended] = [Field::RoundStart, Field::RoundEnd].map(|field| self.minute(field));
        if number.is_none() && started.is_none() {
            self.fail_once(Field::RoundStart, Reason::MissingValue);
        }
        let between = started.zip(ended).map(|(started, ended)| ended - started);
        // A round over midnight is as long as somebody says.
        let minutes = self.count(Field::RoundMinutes).or(between.filter(|minutes| *minutes >= 0));
        let counts = [
            Field::RoundInitial,
            Field::RoundDone,
            Field::RoundCancelled,
            Field::RoundScheduled,
            Field::RoundDifficult,
            Field::RoundPending,
        ]
        .map(|field| self.count(field));
        let incidents =
            [Field::RoundReviewed, Field::RoundSolved, Field::RoundGoneBack].map(|field| self.count(field));
        let of_parcels = counts[..4].iter().any(Option::is_some);
        if !of_parcels && incidents.iter().all(Option::is_none) {
            self.fail_once(Field::RoundDone, Reason::MissingValue);
        }
        let [initial, done, cancelled, scheduled, difficult, pending] = counts.map(Option::unwrap_or_default);
        let [reviewed, solved, gone_back] = incidents.map(Option::unwrap_or_default);
        let day = day.map_or(0, |day| {
            i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
        });
        ImportedRound {
            operator: operator.unwrap_or_default(),
            day,
            number,
            started,
            ended,
            minutes,
            of_incidents: !of_parcels,
            initial,
            done,
            cancelled,
            scheduled,
            difficult,
            pending,
            reviewed,
            solved,
            gone_back,
        }
    }

    /// A time of day, in minutes after midnight.
    fn minute(&mut self, field: Field) -> Option<i64> {
        let cell = self.cell(field);
        if cell.is_blank() {
            return None;
        }
        let found = cell.time_of_day();
        if found.is_none() {
            self.fail(field, Reason::BadTime);
        }
        found.map(|time: Time| i64::from(time.hour()) * 60 + i64::from(time.minute()))
    }
}
