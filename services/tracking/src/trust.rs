//! Which source is believed: the one rule behind the stored state of a shipment, its fields and what is shown beside
//! them.
//!
//! A state moves on by these steps, in the order in which events come in:
//!
//! 1. Every word has a weight: the moment of what it tells, and the head start of its source's kind. The heavier one
//!    counts, of two equal ones the later. What nobody can read has no head start.
//! 2. Who is less sure than the one whose word the state is takes over only with words that are understood and are no
//!    step back on the parcel's way.
//! 3. After the end, a source that follows parcels does not reopen a shipment with words that nobody knows, or of the
//!    same moment.
//!
//! So the state is what these steps make of the stored events, and [`Word::counts_after`] is all that decides.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::{ShipmentStatus, SignedDuration, Timestamp};
use serde::Deserialize;

use crate::status::StatusReading;

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Follows the parcel: the carrier, an aggregator, or what a person copied from them.
    Tracking,
    /// An export of Dropi.
    Dropi,
    /// A person.
    Manual,
    /// The program itself.
    System,
}

impl SourceKind {
    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tracking => "tracking",
            Self::Dropi => "dropi",
            Self::Manual => "manual",
            Self::System => "system",
        }
    }
}

/// The rules of `data/sources.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trust {
    pub(crate) about_parcel: Vec<SourceKind>,
    pub(crate) about_order: Vec<SourceKind>,
    pub(crate) about_phone: Vec<SourceKind>,
    pub(crate) late_hours: i64,
    head_start_hours: OfKinds<i64>,
    confidence: OfKinds<u8>,
    kinds: BTreeMap<String, SourceKind>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfKinds<T> {
    tracking: T,
    dropi: T,
    manual: T,
    system: T,
}

impl<T: Copy> OfKinds<T> {
    const fn of(&self, kind: SourceKind) -> T {
        match kind {
            SourceKind::Tracking => self.tracking,
            SourceKind::Dropi => self.dropi,
            SourceKind::Manual => self.manual,
            SourceKind::System => self.system,
        }
    }
}

impl Trust {
    pub(crate) fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Trust> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "a unit test reads the built-in file")]
            toml::from_str(include_str!("../data/sources.toml")).expect("the built-in source file is valid")
        });
        &BUILTIN
    }

    /// What a stored source is.
    pub(crate) fn kind(&self, source: &str) -> SourceKind {
        self.kinds.get(source).copied().unwrap_or(SourceKind::System)
    }

    /// How sure a word of the kind is, percent.
    pub(crate) const fn confidence(&self, kind: SourceKind) -> u8 {
        self.confidence.of(kind)
    }

    /// Place in the order of who is believed about the parcel; 0 is the surest.
    pub(crate) fn rank(&self, kind: SourceKind) -> usize {
        place(&self.about_parcel, kind)
    }
}

/// Who told a field of the order, and when: decides whether another word replaces it.
pub(crate) fn replaces(
    order: &[SourceKind],
    stored: (SourceKind, Timestamp),
    next: (SourceKind, Timestamp),
) -> bool {
    let (before, after) = (place(order, stored.0), place(order, next.0));
    after < before || (after == before && next.1 >= stored.1)
}

fn place(order: &[SourceKind], kind: SourceKind) -> usize {
    order.iter().position(|one| *one == kind).unwrap_or(usize::MAX)
}

/// A word about where a parcel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) kind: SourceKind,
    /// Whether its clock is its own, and its words come in any order.
    pub(crate) follows: bool,
    pub(crate) reading: StatusReading,
    pub(crate) at: Timestamp,
}

impl Word {
    /// Whether a shipment whose state is `before` moves on to this word.
    pub(crate) fn counts_after(&self, before: &Self) -> bool {
        let trust = Trust::builtin();
        let reopens = before.reading.is_closed() && !self.reading.is_closed();
        let doubtful = !self.reading.known || self.at == before.at;
        if reopens && doubtful && self.follows {
            return false;
        }
        let less_sure = before.reading.known && trust.rank(self.kind) > trust.rank(before.kind);
        if less_sure && !(self.reading.known && stage(self.reading.status) >= stage(before.reading.status)) {
            return false;
        }
        self.weight(trust) >= before.weight(trust)
    }

    fn weight(&self, trust: &Trust) -> Timestamp {
        let hours = if self.reading.known { trust.head_start_hours.of(self.kind) } else { 0 };
        self.at.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX)
    }
}

/// How far along its way a parcel is.
pub(crate) const fn stage(status: ShipmentStatus) -> u8 {
    match status {
        ShipmentStatus::Created => 0,
        ShipmentStatus::Processing => 1,
        ShipmentStatus::Shipped => 2,
        ShipmentStatus::InTransit => 3,
        ShipmentStatus::OutForDelivery | ShipmentStatus::InOffice | ShipmentStatus::Issue => 4,
        ShipmentStatus::Delivered | ShipmentStatus::Returned | ShipmentStatus::Cancelled => 5,
    }
}

#[cfg(test)]
mod tests {
    use domain::ExceptionReason;

    use super::*;

    use ShipmentStatus as S;
    use SourceKind::{Dropi, Tracking};

    fn word(kind: SourceKind, status: ShipmentStatus, hour: i64) -> Word {
        let reason = if status == S::Issue { ExceptionReason::Other } else { ExceptionReason::None };
        let reading = StatusReading { status, reason, known: true, return_in_process: false };
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
        Word { kind, follows: kind == Tracking, reading, at }
    }

    fn unread(kind: SourceKind, hour: i64) -> Word {
        Word { reading: StatusReading::UNKNOWN, ..word(kind, S::Issue, hour) }
    }

    #[test]
    fn of_one_kind_the_newer_word_counts() {
        for kind in [Tracking, Dropi] {
            let at_office = word(kind, S::InOffice, 10);
            assert!(word(kind, S::InTransit, 11).counts_after(&at_office));
            assert!(word(kind, S::InTransit, 10).counts_after(&at_office), "equal moments count");
            assert!(!word(kind, S::Delivered, 9).counts_after(&at_office));
        }
    }

    #[test]
    fn who_follows_the_parcel_is_believed_for_three_days() {
        let at_office = word(Tracking, S::InOffice, 0);
        assert!(!word(Dropi, S::Delivered, 71).counts_after(&at_office));
        assert!(word(Dropi, S::Delivered, 72).counts_after(&at_office));
        let delivered = word(Dropi, S::Delivered, 50);
        assert!(at_office.counts_after(&delivered), "in whatever order they come in");
        assert!(!at_office.counts_after(&word(Dropi, S::Delivered, 73)));
    }

    #[test]
    fn who_is_less_sure_takes_no_parcel_back() {
        let delivered = word(Tracking, S::Delivered, 0);
        assert!(!word(Dropi, S::InTransit, 500).counts_after(&delivered));
        assert!(!word(Dropi, S::InTransit, 500).counts_after(&word(Tracking, S::InOffice, 0)));
        assert!(word(Dropi, S::Returned, 500).counts_after(&delivered), "a delivered parcel may come back");
        assert!(word(Dropi, S::Issue, 500).counts_after(&word(Tracking, S::OutForDelivery, 0)));
        assert!(word(Tracking, S::InTransit, 1).counts_after(&word(Dropi, S::Delivered, 0)));
    }

    #[test]
    fn what_nobody_can_read_outweighs_nothing_by_its_source() {
        assert!(!unread(Tracking, 9).counts_after(&word(Dropi, S::InOffice, 10)));
        assert!(unread(Tracking, 34).counts_after(&word(Dropi, S::InOffice, 10)));
        assert!(word(Dropi, S::InOffice, 35).counts_after(&unread(Tracking, 34)));
        assert!(!unread(Dropi, 500).counts_after(&word(Tracking, S::InOffice, 0)));
        assert!(!unread(Tracking, 11).counts_after(&word(Tracking, S::Delivered, 10)));
    }

    #[test]
    fn what_the_shop_knows_is_told_by_dropi_first() {
        let trust = Trust::builtin();
        let at = |hour| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
        let order = &trust.about_order;
        assert!(replaces(order, (Tracking, at(9)), (Dropi, at(1))));
        assert!(!replaces(order, (Dropi, at(1)), (Tracking, at(9))));
        assert!(replaces(order, (Dropi, at(1)), (Dropi, at(1))));
        assert!(!replaces(order, (Dropi, at(1)), (Dropi, at(0))));
        assert!(replaces(order, (Tracking, at(1)), (Tracking, at(2))));
        assert!(replaces(&trust.about_phone, (Tracking, at(9)), (SourceKind::Manual, at(1))));
        assert!(!replaces(order, (Tracking, at(1)), (SourceKind::Manual, at(9))));
    }

    #[test]
    fn every_kind_has_a_place_in_every_order_and_the_surer_one_the_longer_head_start() {
        let trust = Trust::builtin();
        for order in [&trust.about_parcel, &trust.about_order, &trust.about_phone] {
            let mut kinds = order.clone();
            kinds.sort_unstable();
            assert_eq!(kinds, [Tracking, Dropi, SourceKind::Manual, SourceKind::System]);
        }
        let starts: Vec<_> = trust.about_parcel.iter().map(|kind| trust.head_start_hours.of(*kind)).collect();
        assert!(starts.is_sorted_by(|a, b| a > b), "{starts:?}");
        assert_eq!(trust.kind("somebody"), SourceKind::System);
    }
}
