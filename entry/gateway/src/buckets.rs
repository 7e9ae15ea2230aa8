//! Counting how often somebody comes, in memory that does not grow.
//!
//! The rule is GCRA (ATM Forum TM 4.0, the "virtual scheduling" form): of each subject one moment is kept, when all that
//! it took will have been given back. A minute's worth may be taken at once; after that one at a time.

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;

/// Time over which a quota is counted.
pub(crate) const WINDOW: Duration = Duration::from_mins(1);

/// How often one subject may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quota {
    /// What it is called in headers and metrics; subjects of two quotas are never mixed up.
    pub name: &'static str,
    /// Times in a minute.
    pub per_minute: NonZeroU32,
}

/// What came of taking once from a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It was there.
    Yes {
        /// How many more may be taken now.
        left: u32,
        /// When all of the quota will be there again.
        whole_in: Duration,
    },
    /// Nothing is left.
    No {
        /// When the next one will be there.
        wait: Duration,
    },
}

/// Where it is kept who came how often. A process has a [`Table`] of its own; a store that several share is another one.
#[async_trait]
pub trait Buckets: Send + Sync {
    /// Takes one from what a subject has of a quota. The subject is an address or an id, as a number.
    async fn take(&self, quota: &Quota, subject: u128) -> Taken;
}

/// Subjects that share a set, and among which the one that has taken least makes room for another.
const WAYS: usize = 4;
/// Sets; with the ways 65,536 subjects in half a MiB. Whoever comes from more addresses than that drives out those who
/// took least, never those who took much.
const SETS: usize = 1 << 14;
/// A slot holds a moment in its low bits and a part of the subject's hash above. In ticks the moments last 55 years.
const MOMENT_BITS: u32 = 44;
const MOMENT: u64 = (1 << MOMENT_BITS) - 1;
/// Ticks in a second.
const TICKS: u64 = 10_000;
const WINDOW_TICKS: u64 = WINDOW.as_secs() * TICKS;

/// The buckets of one process: a fixed table without locks. The hash has a random key, so that nobody can choose whom
/// they share a set with.
pub struct Table {
    began: Instant,
    hasher: RandomState,
    sets: Box<[[AtomicU64; WAYS]]>,
}

impl Default for Table {
    fn default() -> Self {
        let sets = (0..SETS).map(|_| Default::default()).collect();
        Self { began: Instant::now(), hasher: RandomState::new(), sets }
    }
}

#[async_trait]
impl Buckets for Table {
    async fn take(&self, quota: &Quota, subject: u128) -> Taken {
        let now = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX) * TICKS / 1_000_000;
        self.take_at(quota, subject, now)
    }
}

impl Table {
    fn take_at(&self, quota: &Quota, subject: u128, now: u64) -> Taken {
        let hash = self.hasher.hash_one((quota.name, subject));
        let set = &self.sets[hash as usize % SETS];
        let tag = hash & !MOMENT;
        let cost = (WINDOW_TICKS / u64::from(quota.per_minute.get())).max(1);
        loop {
            let (slot, seen) = slot_of(set, tag);
            let had = if seen & !MOMENT == tag { seen & MOMENT } else { 0 };
            let next = had.max(now) + cost;
            let beyond = next.saturating_sub(now + WINDOW_TICKS);
            if beyond > 0 {
                return Taken::No { wait: time(beyond) };
            }
            let entry = tag | (next & MOMENT);
            if slot.compare_exchange(seen, entry, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
                let left = (now + WINDOW_TICKS - next) / cost;
                let left = u32::try_from(left).unwrap_or(u32::MAX);
                return Taken::Yes { left, whole_in: time(next - now) };
            }
        }
    }
}

/// The subject's own slot, or the one of whoever took least.
fn slot_of(set: &[AtomicU64; WAYS], tag: u64) -> (&AtomicU64, u64) {
    let mut least = (&set[0], set[0].load(Ordering::Relaxed));
    for slot in set {
        let seen = slot.load(Ordering::Relaxed);
        if seen & !MOMENT == tag {
            return (slot, seen);
        }
        if seen & MOMENT < least.1 & MOMENT {
            least = (slot, seen);
        }
    }
    least
}

fn time(ticks: u64) -> Duration {
    Duration::from_micros(ticks * (1_000_000 / TICKS))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quota(name: &'static str, per_minute: u32) -> Quota {
        Quota { name, per_minute: NonZeroU32::new(per_minute).unwrap() }
    }

    /// How many of so many tries at one moment succeed.
    fn granted(table: &Table, quota: &Quota, subject: u128, now: u64, tries: u32) -> u32 {
        let yes = |_: &u32| matches!(table.take_at(quota, subject, now), Taken::Yes { .. });
        u32::try_from((0..tries).filter(yes).count()).unwrap()
    }

    #[test]
    fn a_minutes_worth_at_once_and_then_one_at_a_time() {
        let (table, log_in) = (Table::default(), quota("log-in", 5));
        let Taken::Yes { left, whole_in } = table.take_at(&log_in, 1, 0) else { panic!() };
        assert_eq!((left, whole_in), (4, Duration::from_secs(12)));
        assert_eq!(granted(&table, &log_in, 1, 0, 10), 4);
        assert_eq!(table.take_at(&log_in, 1, 0), Taken::No { wait: Duration::from_secs(12) });
        let later = 12 * TICKS;
        assert_eq!(granted(&table, &log_in, 1, later, 10), 1);
        assert_eq!(granted(&table, &log_in, 2, later, 10), 5, "another one has its own");
        assert_eq!(granted(&table, &quota("other", 7), 1, later, 10), 7, "and another quota too");
        assert_eq!(granted(&table, &log_in, 1, later + WINDOW_TICKS, 10), 5, "a minute later all is there");
    }

    #[test]
    fn waiting_as_long_as_told_is_enough() {
        let (table, orders) = (Table::default(), quota("orders", 50));
        let mut now = 7;
        assert_eq!(granted(&table, &orders, 1, now, 60), 50);
        for _ in 0..200 {
            let Taken::No { wait } = table.take_at(&orders, 1, now) else { panic!() };
            now += u64::try_from(wait.as_micros()).unwrap() * TICKS / 1_000_000;
            assert_eq!(granted(&table, &orders, 1, now, 5), 1);
        }
    }

    #[test]
    fn many_at_once_gain_nothing() {
        let (table, quota) = (Table::default(), quota("many", 1_000));
        let taken = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| granted(&table, &quota, 1, 0, 1_000))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum::<u32>()
        });
        assert_eq!(taken, 1_000);
    }

    /// An attacker with a million addresses drives out nobody who is being held back.
    #[test]
    fn who_took_much_is_remembered_whoever_else_comes() {
        let (table, log_in, any) = (Table::default(), quota("log-in", 5), quota("address", 3_000));
        for subject in 0..100 {
            assert_eq!(granted(&table, &log_in, subject, 0, 6), 5);
        }
        for address in 0..1_000_000 {
            table.take_at(&any, address, 1);
        }
        let escaped = (0..100).filter(|subject| granted(&table, &log_in, *subject, 2, 1) > 0).count();
        assert_eq!(escaped, 0);
    }

    proptest! {
        /// In no minute more than twice the quota: what was saved up, and what came in meanwhile.
        #[test]
        fn no_minute_has_more_than_was_saved_and_came(
            per_minute in 1_u32..100_000,
            steps in proptest::collection::vec((0_u64..WINDOW_TICKS / 4, 1_u32..50), 1..40),
        ) {
            let (table, quota) = (Table::default(), quota("any", per_minute));
            let mut now = 0;
            let mut given: Vec<(u64, u32)> = Vec::new();
            for (pause, tries) in steps {
                now += pause;
                given.push((now, granted(&table, &quota, 1, now, tries)));
                let recent = given.iter().filter(|(at, _)| at + WINDOW_TICKS > now).map(|(_, n)| u64::from(*n));
                // Whole ticks round a cost down, by less than one in six at this rate.
                let cost = (WINDOW_TICKS / u64::from(per_minute)).max(1);
                prop_assert!(recent.sum::<u64>() <= 2 * (WINDOW_TICKS / cost));
            }
        }
    }
}
