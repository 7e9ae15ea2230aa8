//! The world as it goes on now: what its shops send and what Dropi exports, by the clock on the wall.

use std::collections::BTreeMap;

use domain::{SignedDuration, Timestamp};

use crate::dropi::{Dropi, Report};
use crate::life::{self, beginning, minutes};
use crate::run::Failure;
use crate::shops::{Request, requests};

/// Days before the first one whose parcels may still be on their way.
const BEFORE: i64 = 10;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Days of a world, as they come.
pub struct Live {
    seed: u64,
    orders: u64,
    next_day: i64,
    /// What is to be sent, by its moment; of the same moment in the order of planning.
    agenda: BTreeMap<(Timestamp, u64), Request>,
    planned: u64,
    dropi: Dropi,
    movements_until: Timestamp,
    orders_until: Timestamp,
}

/// A file of Dropi.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// Its rows.
    pub rows: usize,
}

impl Live {
    /// A world of so many orders a day from a moment on, with the parcels of the days before on their way.
    #[must_use]
    pub fn begin(seed: u64, orders: u64, now: Timestamp) -> Self {
        let next_day = day_of(now) - BEFORE;
        let first = beginning() + minutes(24 * 60 * next_day) - DAY;
        let mut live = Self {
            seed,
            orders,
            next_day,
            agenda: BTreeMap::new(),
            planned: 0,
            dropi: Dropi::default(),
            movements_until: first,
            orders_until: first,
        };
        live.plan(now);
        // What was to be sent before is history: Dropi's files tell it.
        live.agenda = live.agenda.split_off(&(now, 0));
        live
    }

    /// The messages whose moment has come, the earliest first. A repeated one comes again, a forged one too.
    pub fn messages(&mut self, now: Timestamp) -> Vec<Request> {
        self.plan(now);
        let later = self.agenda.split_off(&(now, u64::MAX));
        std::mem::replace(&mut self.agenda, later).into_values().collect()
    }

    /// Dropi's orders with their money, those that were made or ended since the last time; none if there are none.
    ///
    /// # Errors
    /// [`Failure::World`] when the workbook cannot be written.
    pub fn orders(&mut self, now: Timestamp) -> Result<Option<File>, Failure> {
        let from = std::mem::replace(&mut self.orders_until, now);
        self.export(Report::History, from, now)
    }

    /// What moved since the last time; none if nothing did.
    ///
    /// # Errors
    /// See [`Self::orders`].
    pub fn movements(&mut self, now: Timestamp) -> Result<Option<File>, Failure> {
        let from = std::mem::replace(&mut self.movements_until, now);
        self.export(Report::EventLog, from, now)
    }

    fn export(&self, report: Report, from: Timestamp, to: Timestamp) -> Result<Option<File>, Failure> {
        let export = self.dropi.export(report, from, to)?;
        Ok(export.map(|export| File { name: export.name, content: export.content, rows: export.says.len() }))
    }

    /// Plans the days that have begun.
    fn plan(&mut self, now: Timestamp) {
        while self.next_day <= day_of(now) {
            let day = u64::try_from(self.next_day).unwrap_or_default();
            for order in life::orders(self.seed, day, self.orders) {
                for request in requests(self.seed, &order) {
                    self.planned += 1;
                    self.agenda.insert((request.at, self.planned), request);
                }
                if let Some(parcel) = order.parcel {
                    self.dropi.dispatch(parcel);
                }
            }
            self.dropi.forget_before(self.orders_until.min(self.movements_until));
            self.next_day += 1;
        }
    }
}

/// Days since the world's beginning.
fn day_of(now: Timestamp) -> i64 {
    now.duration_since(beginning()).as_hours().div_euclid(24)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_to_be_sent_comes_once_and_in_time() {
        let noon = at("2026-11-24T17:00:00Z");
        let mut live = Live::begin(7, 200, noon);
        let mut seen = 0;
        for hour in 1..=36 {
            let now = noon + minutes(60 * hour);
            let messages = live.messages(now);
            assert!(messages.is_sorted_by_key(|message| message.at));
            for message in &messages {
                assert!(message.at > now - minutes(60) && message.at <= now, "hour {hour}");
            }
            seen += messages.len();
        }
        assert!((250..900).contains(&seen), "{seen} messages of 300 orders");
        assert!(live.messages(noon + minutes(60 * 36)).is_empty());
    }

    #[test]
    fn the_first_files_tell_what_was_before_and_the_next_what_is_new() {
        let noon = at("2026-11-24T17:00:00Z");
        let mut live = Live::begin(7, 200, noon);
        let first = live.orders(noon).unwrap().unwrap();
        assert!(first.rows > 1_000, "{} orders of ten days", first.rows);
        let moved = live.movements(noon).unwrap().unwrap();
        assert!(moved.rows >= first.rows, "{} of {}", moved.rows, first.rows);
        let next = live.movements(noon + minutes(30)).unwrap().unwrap();
        assert!((1..200).contains(&next.rows), "{} in half an hour", next.rows);
        assert!(live.movements(noon + minutes(30)).unwrap().is_none());
        assert_ne!(moved.name, next.name);
    }
}
