//! Choices that look random and are the same for the same seed.

use domain::{Ids, SeededIds};

/// Draws one choice after another.
pub(super) struct Dice(SeededIds);

impl Dice {
    /// Choices that follow from a seed alone.
    pub(super) const fn new(seed: u64) -> Self {
        Self(SeededIds::new(seed))
    }

    /// A number from 0 up to and without `end`.
    pub(super) fn below(&self, end: u64) -> u64 {
        // The low 62 bits of such an id are the random ones.
        let random = (self.0.next().as_u128() & ((1 << 62) - 1)) as u64;
        random % end.max(1)
    }

    /// A number between two, both included.
    pub(super) fn between(&self, least: i64, most: i64) -> i64 {
        least + self.below(most.abs_diff(least) + 1) as i64
    }

    /// One of several. There must be one.
    pub(super) fn pick<'a, T>(&self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }

    /// One of several, each as often as its weight says. There must be one.
    pub(super) fn weighted<'a, T>(&self, from: &'a [T], weight: impl Fn(&T) -> u64) -> &'a T {
        let mut left = self.below(from.iter().map(&weight).sum());
        for candidate in from {
            let own = weight(candidate);
            if left < own {
                return candidate;
            }
            left -= own;
        }
        &from[0]
    }

    /// Puts things into another order.
    pub(super) fn shuffle<T>(&self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}
