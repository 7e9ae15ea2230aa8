//! Time and new ids, as things that are given instead of taken, so that a test decides both.
//!
//! Colombia has been at UTC−5 without daylight saving time since 1993, so its local time is a fixed offset
//! and needs no time-zone database.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

pub use jiff::civil::Date;
pub use jiff::{SignedDuration, Timestamp};

use jiff::civil::DateTime;
use jiff::tz::Offset;
use uuid::Uuid;

use crate::public_random;

const BOGOTA: Offset = Offset::constant(-5);

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment, in whole microseconds: what both databases can store without loss.
    fn now(&self) -> Timestamp;
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where time comes in")]
    fn now(&self) -> Timestamp {
        from_micros(micros(Timestamp::now()))
    }
}

/// A clock that stands still until it is moved. Clones show the same time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    micros: Arc<AtomicI64>,
}

impl ManualClock {
    /// A clock that shows `at`.
    pub fn at(at: Timestamp) -> Self {
        Self { micros: Arc::new(AtomicI64::new(micros(at))) }
    }

    /// Moves the clock to `at`, forwards or backwards.
    pub fn set(&self, at: Timestamp) {
        self.micros.store(micros(at), Ordering::SeqCst);
    }

    /// Moves the clock by a duration, which may be negative; stops at the ends of time.
    pub fn advance(&self, by: SignedDuration) {
        let now = self.now();
        let moved =
            now.checked_add(by).unwrap_or(if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX });
        self.set(moved);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        from_micros(self.micros.load(Ordering::SeqCst))
    }
}

/// Makes new ids.
pub trait Ids: Send + Sync {
    /// A UUID of version 7 that was never given before.
    fn next(&self) -> Uuid;
}

/// Ids with the clock's time in front and 62 random bits behind, each greater than the one before.
///
/// The 12 bits after the milliseconds carry the fraction of the millisecond and step by one when the clock
/// does not move or moves back (RFC 9562, section 6.2, method 3).
pub struct RandomIds {
    clock: Arc<dyn Clock>,
    last: AtomicU64,
}

impl RandomIds {
    /// Ids that take their time from `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, last: AtomicU64::new(0) }
    }
}

impl fmt::Debug for RandomIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RandomIds").finish_non_exhaustive()
    }
}

impl Ids for RandomIds {
    /// # Panics
    /// When the operating system gives no random bytes: a predictable id would be worse.
    fn next(&self) -> Uuid {
        let now = u64::try_from(micros(self.clock.now())).unwrap_or(0);
        let wanted = ((now / 1000) << 12) | ((now % 1000) * 4096 / 1000);
        let step = |last: u64| wanted.max(last + 1);
        // The closure always gives a value, so the update cannot fail; it returns what was there before.
        let last = match self.last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(step(last))) {
            Ok(last) | Err(last) => last,
        };
        v7(step(last), u64::from_le_bytes(public_random()))
    }
}

/// The same ids for the same seed, in ascending order. For tests only: anyone can guess them.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    given: AtomicU64,
}

impl SeededIds {
    /// 2024-01-01T00:00:00Z; each further id is one millisecond later.
    const FIRST_MILLIS: u64 = 1_704_067_200_000;

    /// Ids that follow from `seed` alone.
    pub const fn new(seed: u64) -> Self {
        Self { seed, given: AtomicU64::new(0) }
    }
}

impl Ids for SeededIds {
    fn next(&self) -> Uuid {
        let n = self.given.fetch_add(1, Ordering::SeqCst);
        let high = split_mix(self.seed.rotate_left(32) ^ n);
        v7(((Self::FIRST_MILLIS + n) << 12) | (high & 0xFFF), split_mix(self.seed ^ split_mix(n)))
    }
}

/// Microseconds since 1970-01-01T00:00:00Z, as stored; a fraction of a microsecond is cut off.
pub fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// The moment stored as microseconds since 1970; the nearest one if there is no such moment.
pub fn from_micros(micros: i64) -> Timestamp {
    let nearest = if micros < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(micros).unwrap_or(nearest)
}

/// The day it is in Colombia.
pub fn bogota_date(at: Timestamp) -> Date {
    BOGOTA.to_datetime(at).date()
}

/// The moment at which clocks in Colombia show this; the nearest one at the ends of time.
pub fn bogota(local: DateTime) -> Timestamp {
    let nearest = if local.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    BOGOTA.to_timestamp(local).unwrap_or(nearest)
}

/// Lays out a UUID of version 7: `time` is 48 bits of milliseconds and 12 bits of fraction.
fn v7(time: u64, random: u64) -> Uuid {
    let (millis, fraction) = (u128::from(time >> 12), u128::from(time & 0xFFF));
    let random = u128::from(random >> 2);
    Uuid::from_u128((millis << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | random)
}

/// One step of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
const fn split_mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_moved_and_clones_agree() {
        let start: Timestamp = "2026-03-01T12:00:00.123456789Z".parse().unwrap();
        let clock = ManualClock::at(start);
        let other = clock.clone();
        assert_eq!(clock.now().to_string(), "2026-03-01T12:00:00.123456Z");
        other.advance(SignedDuration::from_hours(36));
        assert_eq!(clock.now().to_string(), "2026-03-03T00:00:00.123456Z");
        clock.advance(SignedDuration::from_secs(-1));
        clock.set(clock.now());
        assert_eq!(other.now().to_string(), "2026-03-02T23:59:59.123456Z");
        clock.advance(SignedDuration::MAX);
        assert_eq!(clock.now(), from_micros(i64::MAX));
        clock.advance(SignedDuration::MIN);
        assert_eq!(clock.now(), from_micros(i64::MIN));
    }

    #[test]
    fn the_system_clock_gives_whole_microseconds() {
        let now = SystemClock.now();
        assert_eq!(now.subsec_nanosecond() % 1000, 0);
        assert!(now > bogota(date(2020, 1, 1).at(0, 0, 0, 0)));
    }

    #[test]
    fn the_day_changes_at_bogota_midnight() {
        let late: Timestamp = "2026-03-02T04:59:59Z".parse().unwrap();
        let early: Timestamp = "2026-03-02T05:00:00Z".parse().unwrap();
        assert_eq!(bogota_date(late), date(2026, 3, 1));
        assert_eq!(bogota_date(early), date(2026, 3, 2));
        assert_eq!(bogota(date(2026, 3, 2).at(0, 0, 0, 0)), early);
        assert_eq!(bogota_date(Timestamp::MIN).year(), -9999);
        assert_eq!(bogota(DateTime::MAX), Timestamp::MAX);
        assert!(bogota(DateTime::MIN) < bogota(DateTime::MAX));
    }

    #[test]
    fn random_ids_rise_even_when_the_clock_stands_or_goes_back() {
        let clock = ManualClock::at("2026-03-01T12:00:00.000500Z".parse().unwrap());
        let ids = RandomIds::new(Arc::new(clock.clone()));
        let mut last = ids.next();
        let (seconds, nanos) = last.get_timestamp().unwrap().to_unix();
        assert_eq!((seconds, nanos), (1_772_366_400, 0));
        for n in 0..10_000 {
            if n % 100 == 0 {
                clock.advance(SignedDuration::from_millis(if n % 200 == 0 { 3 } else { -5 }));
            }
            let next = ids.next();
            assert!(next > last);
            assert_eq!((next.get_version_num(), next.get_variant()), (7, uuid::Variant::RFC4122));
            last = next;
        }
    }

    #[test]
    fn random_ids_from_several_threads_are_all_different() {
        let ids = RandomIds::new(Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH)));
        let make = || (0..2000).map(|_| ids.next()).collect::<Vec<_>>();
        let mut all = std::thread::scope(|scope| {
            let other = scope.spawn(make);
            let mut all = make();
            all.extend(other.join().unwrap());
            all
        });
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 4000);
    }

    #[test]
    fn seeded_ids_repeat_rise_and_differ_by_seed() {
        let take = |seed| {
            let ids = SeededIds::new(seed);
            (0..1000).map(|_| ids.next()).collect::<Vec<_>>()
        };
        let first = take(7);
        assert_eq!(first, take(7));
        assert!(first.is_sorted_by(|a, b| a < b));
        assert!(first.iter().all(|id| id.get_version_num() == 7));
        assert!(take(8).iter().all(|id| !first.contains(id)));
    }

    proptest! {
        #[test]
        fn stored_moments_come_back(stored in any::<i64>()) {
            let at = from_micros(stored);
            prop_assert_eq!(from_micros(micros(at)), at);
            prop_assert!(bogota_date(at).year() >= -9999);
        }
    }
}
