//! What is wrong with a shipment as its sources tell it: the gravest of what contradicts itself, stored with the
//! shipment, so that a list of them is a range of an index.
//!
//! While one kind of source speaks of a shipment, its row is all that has to be known. Once several do, the events are
//! gone through again whenever one of them says something new. Both give the same; [`Tally`] is the rule.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::str::FromStr;

use domain::{ShipmentStatus, Timestamp};

use crate::trust::{SourceKind, Trust, stage};

/// What contradicts itself, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConcernKind {
    /// One source says that it was delivered, another one that it was not.
    DeliveryDisputed,
    /// It moved after it was delivered or cancelled.
    AfterTheEnd,
    /// Delivered, and nobody saw it with a courier or at an office.
    DeliveredUnseen,
    /// Sources say different things, neither of them a delivery.
    StatusMismatch,
    /// A step back on its way.
    MovedBack,
}

impl ConcernKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::DeliveryDisputed,
        Self::AfterTheEnd,
        Self::DeliveredUnseen,
        Self::StatusMismatch,
        Self::MovedBack,
    ];

    /// The name that is stored, and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DeliveryDisputed => "delivery_disputed",
            Self::AfterTheEnd => "after_the_end",
            Self::DeliveredUnseen => "delivered_unseen",
            Self::StatusMismatch => "status_mismatch",
            Self::MovedBack => "moved_back",
        }
    }

    /// Whether it is about a step that was taken, not about where things stand.
    const fn is_jump(self) -> bool {
        match self {
            Self::AfterTheEnd | Self::MovedBack => true,
            Self::DeliveryDisputed | Self::DeliveredUnseen | Self::StatusMismatch => false,
        }
    }
}

/// The text is none of the kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of discrepancy")]
pub struct UnknownConcern;

impl FromStr for ConcernKind {
    type Err = UnknownConcern;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownConcern)
    }
}

/// What is wrong with a shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concern {
    /// What.
    pub kind: ConcernKind,
    /// Since when: the moment of the word that made it so.
    pub since: Timestamp,
    /// Whether somebody looked at it as it is.
    pub reviewed: bool,
}

/// Which kinds of sources spoke of a shipment, and whether anybody saw it with a courier or at an office; as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Heard(pub(crate) i64);

impl Heard {
    const KINDS: i64 = 0b1111;
    const NEAR: i64 = 0b1_0000;

    const fn bit(kind: SourceKind) -> i64 {
        match kind {
            SourceKind::Tracking => 0b1,
            SourceKind::Dropi => 0b10,
            SourceKind::Manual => 0b100,
            SourceKind::System => 0b1000,
        }
    }

    /// Whether several kinds spoke of it.
    pub(crate) const fn several(self) -> bool {
        (self.0 & Self::KINDS).count_ones() > 1
    }

    const fn near(self) -> bool {
        self.0 & Self::NEAR != 0
    }
}

/// One event of a shipment.
#[derive(Debug, Clone)]
pub(crate) struct Voice {
    pub(crate) source: Cow<'static, str>,
    pub(crate) status: ShipmentStatus,
    pub(crate) known: bool,
    pub(crate) at: Timestamp,
    /// Whether the state moved on to it.
    pub(crate) counted: bool,
}

/// What is known of a shipment while its events are gone through in the order in which they came in.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) heard: Heard,
    events: i64,
    /// The state: its status, whether its words are known, and when it began.
    state: Option<(ShipmentStatus, bool, Timestamp)>,
    jump: Option<(ConcernKind, Timestamp)>,
    /// Since when it waits at an office, as far as the events that counted say.
    pub(crate) office: Option<Timestamp>,
}

impl Tally {
    /// Of a shipment as it is stored, before its next event.
    pub(crate) fn of(
        heard: Heard,
        events: i64,
        state: (ShipmentStatus, bool, Timestamp),
        concern: Option<Concern>,
        office: Option<Timestamp>,
    ) -> Self {
        let jump = concern.filter(|one| one.kind.is_jump()).map(|one| (one.kind, one.since));
        Self { heard, events, state: (events > 0).then_some(state), jump, office }
    }

    /// Takes in the next event.
    pub(crate) fn hear(&mut self, voice: &Voice) {
        self.events += 1;
        self.heard.0 |= Heard::bit(Trust::builtin().kind(&voice.source));
        let near = matches!(voice.status, ShipmentStatus::OutForDelivery | ShipmentStatus::InOffice);
        if voice.known && near {
            self.heard.0 |= Heard::NEAR;
        }
        if !voice.counted {
            return;
        }
        let known = self.state.filter(|(_, known, _)| *known && voice.known);
        let found = known.and_then(|(before, ..)| jump(before, voice.status));
        self.jump = self.jump.into_iter().chain(found.map(|kind| (kind, voice.at))).min();
        if voice.status.is_terminal() {
            self.jump = None;
        }
        self.state = Some((voice.status, voice.known, voice.at));
        self.office = match voice.status {
            ShipmentStatus::InOffice => self.office.or(Some(voice.at)),
            // A problem at the office is told of while it lies there.
            ShipmentStatus::Issue => self.office,
            ShipmentStatus::Created
            | ShipmentStatus::Processing
            | ShipmentStatus::Shipped
            | ShipmentStatus::InTransit
            | ShipmentStatus::OutForDelivery
            | ShipmentStatus::Delivered
            | ShipmentStatus::Returned
            | ShipmentStatus::Cancelled => None,
        };
    }

    pub(crate) fn judgement(&self) -> Judgement {
        Judgement { heard: self.heard, found: self.concern(), office: self.office }
    }

    /// The gravest of what is wrong, as far as no other source is needed to tell.
    fn concern(&self) -> Option<(ConcernKind, Timestamp)> {
        let unseen = self.state.filter(|(status, known, _)| {
            // What was delivered when we first heard of it was never followed.
            *known && *status == ShipmentStatus::Delivered && !self.heard.near() && self.events > 1
        });
        let unseen = unseen.map(|(.., at)| (ConcernKind::DeliveredUnseen, at));
        self.jump.into_iter().chain(unseen).min()
    }
}

/// What a shipment's events make of it, as its row keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub(crate) heard: Heard,
    /// The gravest of what is wrong, and since when.
    pub(crate) found: Option<(ConcernKind, Timestamp)>,
    /// Since when it waits at an office.
    pub(crate) office: Option<Timestamp>,
}

/// What is wrong with a shipment by all of its events, in the order in which they came in.
pub(crate) fn weigh(voices: &[Voice], told_by: &str) -> Judgement {
    let mut tally = Tally::default();
    let mut last = BTreeMap::<&str, &Voice>::new();
    for voice in voices {
        tally.hear(voice);
        let newest = last.entry(voice.source.as_ref()).or_insert(voice);
        if voice.at >= newest.at {
            *newest = voice;
        }
    }
    let disputed = last.get(told_by).filter(|believed| believed.known).and_then(|believed| {
        let others = last.values().filter(|other| other.known && other.source != told_by);
        others.filter_map(|other| contradiction(believed, other)).min()
    });
    Judgement { found: disputed.into_iter().chain(tally.concern()).min(), ..tally.judgement() }
}

/// How another source's last word contradicts the one that is believed. One that is merely behind contradicts nothing.
fn contradiction(believed: &Voice, other: &Voice) -> Option<(ConcernKind, Timestamp)> {
    let trust = Trust::builtin();
    let held_up = |status| {
        matches!(
            status,
            ShipmentStatus::InOffice
                | ShipmentStatus::Issue
                | ShipmentStatus::Returned
                | ShipmentStatus::Cancelled
        )
    };
    let delivered = |voice: &Voice| voice.status == ShipmentStatus::Delivered;
    let later = other.at > believed.at;
    let surer = trust.rank(trust.kind(&other.source)) < trust.rank(trust.kind(&believed.source));
    let kind = if believed.status == other.status {
        None
    } else if delivered(other) {
        // What was delivered may come back after it.
        let over = believed.status.is_terminal() && !later;
        (!over).then_some(ConcernKind::DeliveryDisputed)
    } else if delivered(believed) {
        (later || (surer && held_up(other.status))).then_some(ConcernKind::DeliveryDisputed)
    } else {
        let apart = held_up(believed.status) || held_up(other.status);
        (later && apart).then_some(ConcernKind::StatusMismatch)
    };
    kind.map(|kind| (kind, believed.at.max(other.at)))
}

/// Whether one status can hardly follow another.
pub(crate) fn jump(before: ShipmentStatus, next: ShipmentStatus) -> Option<ConcernKind> {
    let ended = matches!(before, ShipmentStatus::Delivered | ShipmentStatus::Cancelled);
    if before == next {
        return None;
    }
    // A delivered parcel may come back.
    if ended && next != ShipmentStatus::Returned {
        return Some(ConcernKind::AfterTheEnd);
    }
    let on_the_way = |status| {
        !matches!(
            status,
            ShipmentStatus::InOffice
                | ShipmentStatus::Issue
                | ShipmentStatus::Returned
                | ShipmentStatus::Cancelled
        )
    };
    let back = on_the_way(before) && on_the_way(next) && stage(next) < stage(before);
    back.then_some(ConcernKind::MovedBack)
}

#[cfg(test)]
mod tests {
    use domain::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    use ConcernKind as K;
    use ShipmentStatus as S;

    fn voice(source: &str, status: ShipmentStatus, hour: i64, counted: bool) -> Voice {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
        Voice { source: Cow::Owned(source.to_owned()), status, known: true, at, counted }
    }

    fn kind(told_by: &str, voices: &[Voice]) -> Option<(ConcernKind, i64)> {
        weigh(voices, told_by).found.map(|(kind, since)| (kind, since.as_second() / 3_600))
    }

    #[test]
    fn one_says_delivered_and_the_other_at_an_office() {
        let office = voice("carrier", S::InOffice, 0, true);
        let delivered = |hour, counted| voice("dropi_file", S::Delivered, hour, counted);
        let words = [office.clone(), delivered(30, false)];
        assert_eq!(kind("carrier", &words), Some((K::DeliveryDisputed, 30)));
        let words = [office.clone(), delivered(80, true)];
        assert_eq!(kind("dropi_file", &words), Some((K::DeliveryDisputed, 80)), "nobody confirmed it");
        let words = [office, delivered(30, false), voice("carrier", S::Delivered, 31, true)];
        assert_eq!(kind("carrier", &words), None, "now both say so");
    }

    #[test]
    fn who_is_behind_contradicts_nothing() {
        let moving =
            [voice("dropi_file", S::InTransit, 0, true), voice("carrier", S::OutForDelivery, 9, true)];
        assert_eq!(kind("carrier", &moving), None);
        let ended = [
            voice("dropi_file", S::InTransit, 0, true),
            voice("carrier", S::OutForDelivery, 8, true),
            voice("carrier", S::Delivered, 9, true),
        ];
        assert_eq!(kind("carrier", &ended), None);
        let still = [ended.as_slice(), &[voice("dropi_file", S::Issue, 20, false)]].concat();
        assert_eq!(kind("carrier", &still), Some((K::DeliveryDisputed, 20)));
        let back = [voice("dropi_file", S::Delivered, 0, true), voice("carrier", S::Returned, 9, true)];
        assert_eq!(kind("carrier", &back), None);
        let apart = [voice("carrier", S::InOffice, 0, true), voice("dropi_file", S::Returned, 9, false)];
        assert_eq!(kind("carrier", &apart), Some((K::StatusMismatch, 9)));
    }

    #[test]
    fn what_can_hardly_be_is_told_until_it_ends() {
        let of = |statuses: &[ShipmentStatus]| {
            let voices: Vec<_> =
                (0..).zip(statuses).map(|(hour, status)| voice("carrier", *status, hour, true)).collect();
            kind("carrier", &voices)
        };
        assert_eq!(of(&[S::InTransit, S::Delivered]), Some((K::DeliveredUnseen, 1)));
        assert_eq!(of(&[S::Delivered]), None, "it was never followed");
        assert_eq!(of(&[S::InTransit, S::InOffice, S::Delivered]), None);
        assert_eq!(of(&[S::OutForDelivery, S::InTransit, S::Issue]), Some((K::MovedBack, 1)));
        assert_eq!(of(&[S::OutForDelivery, S::InTransit, S::Delivered]), None);
        assert_eq!(of(&[S::OutForDelivery, S::Delivered, S::InOffice]), Some((K::AfterTheEnd, 2)));
        assert_eq!(of(&[S::OutForDelivery, S::Delivered, S::Returned]), None);
    }

    #[test]
    fn names_read_back() {
        for kind in K::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("".parse::<ConcernKind>(), Err(UnknownConcern));
        assert!(K::ALL.is_sorted());
    }

    proptest! {
        /// A row that is kept event by event is what going through all of them gives, while one kind speaks.
        #[test]
        fn a_row_knows_what_all_events_say(
            steps in proptest::collection::vec((0..10_usize, any::<bool>(), any::<bool>()), 1..12),
        ) {
            let mut voices = Vec::new();
            let mut row = (Heard::default(), None::<Concern>, None);
            let mut state = (S::Created, true, Timestamp::UNIX_EPOCH);
            for (hour, (status, known, counted)) in (0..).zip(steps) {
                let counted = counted || hour == 0;
                let one = Voice { known, ..voice("dropi_file", S::all()[status], hour, counted) };
                let mut tally = Tally::of(row.0, hour, state, row.1, row.2);
                tally.hear(&one);
                if counted {
                    state = (one.status, known, one.at);
                }
                let told = tally.judgement();
                let concern = told.found.map(|(kind, since)| Concern { kind, since, reviewed: false });
                row = (told.heard, concern, told.office);
                voices.push(one);
                prop_assert_eq!(weigh(&voices, "dropi_file"), told);
            }
        }
    }
}
