//! Choices that look random and follow from the seed and a name alone.

/// Draws one choice after another. Each thing has dice of its own, so what is drawn for it does not depend on what
/// was drawn for others before.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Those of a thing: its kind and its numbers.
    pub(crate) fn of(seed: u64, kind: &str, numbers: &[u64]) -> Self {
        let mut state = mix(seed);
        for byte in kind.bytes() {
            state = mix(state ^ u64::from(byte));
        }
        for number in numbers {
            state = mix(state ^ number);
        }
        Self(state)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number from 0 up to and without `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// A number between two, both included.
    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.below(most.abs_diff(least) + 1) as i64
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, cases: i64) -> bool {
        (self.below(100) as i64) < cases
    }

    /// One of several, each as often as its weight says. There must be one.
    pub(crate) fn weighted<'a, T>(&mut self, from: &'a [T], weight: impl Fn(&T) -> u64) -> &'a T {
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

    /// One of several. There must be one.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}

/// The output step of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
const fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
