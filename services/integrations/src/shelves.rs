//! Rows of a file, laid together before they are staged.
//!
//! A file's rows lie in any order, and each would change pages of its own in every index of the lists: written once
//! a transaction, those pages are most of an import's cost. The lists are ordered by status, then by the moment of the
//! last movement, so rows that agree in these are applied together and change the same pages.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};

use domain::{Timestamp, micros};
use ports::files::ImportedRow;

use crate::read::CHUNK_ROWS;

/// Rows kept in memory at most; about a kilobyte each.
const MAX_HELD: usize = 10_000;
/// Movements within this many days lie together, in microseconds.
const PERIOD: i64 = 4 * 86_400 * 1_000_000;

/// Where a row lies: the number of its status phrase, then the period of its last movement.
pub(crate) type Place = (u32, i64);

/// Rows for one chunk, with the place of its last row.
pub(crate) struct Chunk {
    pub(crate) place: Place,
    pub(crate) rows: Vec<ImportedRow>,
}

/// The rows that are read and not staged.
#[derive(Default)]
pub(crate) struct Shelves {
    open: BTreeMap<Place, Vec<ImportedRow>>,
    held: usize,
    statuses: HashMap<String, u32>,
    /// Places by the hash of what rows are about. Rows about the same shipment, order or person stay in the file's
    /// order: the later one is the later word.
    about: HashMap<u64, Place>,
    hasher: RandomState,
}

impl Shelves {
    /// Lays a row down; answers a chunk when one is full.
    pub(crate) fn put(&mut self, row: ImportedRow) -> Option<Chunk> {
        let place = self.place(&row);
        let shelf = self.open.entry(place).or_default();
        shelf.push(row);
        self.held += 1;
        if shelf.len() >= CHUNK_ROWS {
            return self.take(place);
        }
        if self.held > MAX_HELD {
            let fullest = self.open.iter().max_by_key(|(_, rows)| rows.len()).map(|(place, _)| *place);
            return fullest.and_then(|place| self.take(place));
        }
        None
    }

    /// What is left at the end of the file. A chunk of several places counts as of the last one: by then all
    /// earlier chunks of its places are applied.
    pub(crate) fn rest(&mut self) -> Vec<Chunk> {
        let (mut chunks, mut rows, mut last) = (Vec::new(), Vec::new(), (0, 0));
        for (place, shelf) in std::mem::take(&mut self.open) {
            for row in shelf {
                if rows.len() >= CHUNK_ROWS {
                    chunks.push(Chunk { place: last, rows: std::mem::take(&mut rows) });
                }
                rows.push(row);
                last = place;
            }
        }
        if !rows.is_empty() {
            chunks.push(Chunk { place: last, rows });
        }
        self.held = 0;
        chunks
    }

    fn take(&mut self, place: Place) -> Option<Chunk> {
        let rows = self.open.remove(&place)?;
        self.held -= rows.len();
        Some(Chunk { place, rows })
    }

    fn place(&mut self, row: &ImportedRow) -> Place {
        let about = [
            row.tracking_number.as_ref().map(|number| self.hasher.hash_one(("shipment", number.as_str()))),
            row.order_ref.as_ref().map(|order| self.hasher.hash_one(("order", order))),
            row.phone.as_ref().map(|phone| self.hasher.hash_one(("person", phone.e164()))),
        ];
        let known = about.iter().flatten().find_map(|key| self.about.get(key).copied());
        let place = known.unwrap_or_else(|| (self.status(row), period(row)));
        for key in about.into_iter().flatten() {
            self.about.entry(key).or_insert(place);
        }
        place
    }

    fn status(&mut self, row: &ImportedRow) -> u32 {
        let status = row.status.as_deref().unwrap_or_default();
        if let Some(number) = self.statuses.get(status) {
            return *number;
        }
        let number = self.statuses.len() as u32;
        self.statuses.insert(status.to_owned(), number);
        number
    }
}

fn period(row: &ImportedRow) -> i64 {
    let moment: Option<Timestamp> = row.last_movement_at.or(row.guide_created_at).or(row.ordered_at);
    moment.map_or(0, |moment| micros(moment).div_euclid(PERIOD))
}

/// The order in which chunks are applied: by place, those of one place in the order in which they were staged.
pub(crate) fn order(places: &[Place]) -> Vec<i64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|index| places[*index]);
    order.into_iter().map(|index| index as i64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32, status: &str, shipment: &str) -> ImportedRow {
        ImportedRow {
            row: number,
            status: Some(status.into()),
            tracking_number: Some(shipment.parse().unwrap()),
            ..ImportedRow::default()
        }
    }

    /// Row numbers in the order in which they would be applied.
    fn applied(rows: Vec<ImportedRow>) -> Vec<u32> {
        let mut shelves = Shelves::default();
        let mut chunks: Vec<Chunk> = rows.into_iter().filter_map(|row| shelves.put(row)).collect();
        chunks.extend(shelves.rest());
        assert!(chunks.iter().all(|chunk| chunk.rows.len() <= CHUNK_ROWS));
        let places: Vec<Place> = chunks.iter().map(|chunk| chunk.place).collect();
        let order = order(&places);
        order.iter().flat_map(|at| chunks[*at as usize].rows.iter().map(|row| row.row)).collect()
    }

    #[test]
    fn rows_of_a_status_are_applied_together() {
        let status = |number: u32| if number.is_multiple_of(2) { "ENTREGADO" } else { "NOVEDAD" };
        let rows = (0..1_000).map(|n| row(n, status(n), &format!("{}", 70_000_000 + n))).collect();
        let applied = applied(rows);
        let changes = applied.windows(2).filter(|two| two[0] % 2 != two[1] % 2).count();
        assert_eq!((applied.len(), changes), (1_000, 1));
    }

    #[test]
    fn what_is_said_of_a_shipment_stays_in_order() {
        // Every shipment is met with several statuses, many rows apart.
        let statuses = ["ADMITIDO", "EN REPARTO", "NOVEDAD", "ENTREGADO", "DEVUELTO"];
        let rows = (0..5_000u32)
            .map(|n| row(n, statuses[(n / 700 % 5) as usize], &format!("{}", 70_000_000 + n % 613)))
            .collect();
        let mut last = HashMap::new();
        for number in applied(rows) {
            let before = last.insert(number % 613, number);
            assert!(before.is_none_or(|before| before < number), "{number} after {before:?}");
        }
        assert_eq!(last.len(), 613);
    }

    #[test]
    fn memory_is_bounded() {
        let mut shelves = Shelves::default();
        let mut staged = 0;
        for number in 0..30_000u32 {
            let status = format!("STATUS {}", number % 2_000);
            let chunk = shelves.put(row(number, &status, &format!("{}", 70_000_000 + number)));
            staged += chunk.map_or(0, |chunk| chunk.rows.len());
            assert!(shelves.held <= MAX_HELD);
        }
        staged += shelves.rest().iter().map(|chunk| chunk.rows.len()).sum::<usize>();
        assert_eq!(staged, 30_000);
    }
}
