//! What a check of stored facts finds wrong.

use std::collections::BTreeMap;
use std::fmt::Display;

/// Flaws of one check that are kept whole; further ones are only counted.
const KEPT: u64 = 20;

/// One thing that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The invariant that is broken: `orders.status`.
    pub check: &'static str,
    /// What it is about: ids and codes, never personal data.
    pub subject: String,
    /// What is wrong with it.
    pub detail: String,
}

/// All that checks found, in the order in which they found it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flaws {
    kept: Vec<Flaw>,
    counts: BTreeMap<&'static str, u64>,
}

impl Flaws {
    /// Notes a flaw.
    pub fn add(&mut self, check: &'static str, subject: impl Display, detail: impl Into<String>) {
        let count = self.counts.entry(check).or_default();
        *count += 1;
        if *count <= KEPT {
            self.kept.push(Flaw { check, subject: subject.to_string(), detail: detail.into() });
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The flaws, at most twenty of each check.
    #[must_use]
    pub fn kept(&self) -> &[Flaw] {
        &self.kept
    }

    /// How many each check found, kept or not.
    #[must_use]
    pub const fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_flaws_are_counted_and_few_are_kept() {
        let mut flaws = Flaws::default();
        assert!(flaws.is_empty());
        for n in 0..100 {
            flaws.add("a", n, "wrong");
        }
        flaws.add("b", "x", "wrong too");
        assert_eq!((flaws.kept().len(), flaws.counts()["a"], flaws.counts()["b"]), (21, 100, 1));
        assert_eq!(flaws.kept()[20].subject, "x");
    }
}
