//! What a check of stored facts finds wrong.

use std::collections::BTreeMap;
use std::fmt::Display;

/// Findings of one check that are kept whole; further ones are only counted.
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

/// What checks found, in the order in which they found it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    kept: Vec<Flaw>,
    counts: BTreeMap<&'static str, u64>,
}

impl Found {
    /// Whether it is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// At most twenty of each check.
    #[must_use]
    pub fn kept(&self) -> &[Flaw] {
        &self.kept
    }

    /// How many each check found, kept or not.
    #[must_use]
    pub const fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    fn add(&mut self, check: &'static str, subject: impl Display, detail: impl Into<String>) {
        let count = self.counts.entry(check).or_default();
        *count += 1;
        if *count <= KEPT {
            self.kept.push(Flaw { check, subject: subject.to_string(), detail: detail.into() });
        }
    }
}

/// All that checks found: what is broken, and what is worth a look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flaws {
    broken: Found,
    notices: Found,
}

impl Flaws {
    /// Notes a flaw: no input may lead to it.
    pub fn add(&mut self, check: &'static str, subject: impl Display, detail: impl Into<String>) {
        self.broken.add(check, subject, detail);
    }

    /// Notes what is odd and yet stored as it came in: nothing is broken by it.
    pub fn notice(&mut self, check: &'static str, subject: impl Display, detail: impl Into<String>) {
        self.notices.add(check, subject, detail);
    }

    /// Whether nothing is broken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.broken.is_empty()
    }

    /// What is broken.
    #[must_use]
    pub const fn broken(&self) -> &Found {
        &self.broken
    }

    /// What is odd and not broken.
    #[must_use]
    pub const fn notices(&self) -> &Found {
        &self.notices
    }

    /// The flaws, at most twenty of each check.
    #[must_use]
    pub fn kept(&self) -> &[Flaw] {
        self.broken.kept()
    }

    /// How many each check found, kept or not.
    #[must_use]
    pub const fn counts(&self) -> &BTreeMap<&'static str, u64> {
        self.broken.counts()
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

    #[test]
    fn what_is_odd_breaks_nothing() {
        let mut flaws = Flaws::default();
        flaws.notice("a", 1, "odd");
        assert!(flaws.is_empty() && !flaws.notices().is_empty());
        assert_eq!(flaws.notices().counts()["a"], 1);
        flaws.add("a", 1, "wrong");
        assert_eq!((flaws.counts()["a"], flaws.notices().counts()["a"]), (1, 1));
    }
}
