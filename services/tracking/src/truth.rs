//! What each source says about a shipment, side by side: who is believed, where they differ, and what cannot be.

use std::collections::{BTreeMap, HashMap};

use database::{Row, Scope, Statement, Tx, bind, sql};
use domain::{
    CarrierName, ExceptionReason, ShipmentId, ShipmentStatus, SignedDuration, TenantId, Timestamp,
    bogota_date,
};

use crate::Tracking;
use crate::concern::{self, ConcernKind};
use crate::mappings::StatusReader;
use crate::shipment::Shipment;
use crate::trust::{SourceKind, Trust};

const LIST: Statement = sql!("list_said.sql");
const WORDS: Statement = sql!("list_words.sql");

/// Events of one shipment that are compared; more than any parcel has.
const MOST: u32 = 1_000;

/// The last word of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Its stored name.
    pub source: String,
    /// What it is.
    pub kind: SourceKind,
    /// How sure its word is, percent.
    pub confidence: u8,
    /// Events it told of.
    pub events: usize,
    /// What its last event means.
    pub status: ShipmentStatus,
    /// Whether a table knows the words.
    pub status_known: bool,
    /// Why, when it is a problem.
    pub reason: ExceptionReason,
    /// Whether a return is still on its way.
    pub return_in_process: bool,
    /// The words.
    pub raw_status: String,
    /// Words of the movement.
    pub movement_text: Option<String>,
    /// Where.
    pub city: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When we heard of it.
    pub received_at: Timestamp,
}

/// Where two sources differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// How.
    pub kind: DiscrepancyKind,
    /// The source that is believed about the parcel.
    pub believed: String,
    /// The other one.
    pub other: String,
    /// Whether exactly one of the two says that it was delivered.
    pub about_delivery: bool,
}

/// How sources differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscrepancyKind {
    /// They say different things.
    StatusMismatch,
    /// They say the same, one much later than the other.
    DateDelay,
    /// Who follows the parcel knows it; Dropi's exports do not.
    MissingInSource,
}

/// What cannot be, or hardly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// What.
    pub kind: OddityKind,
    /// The status before, where there is one.
    pub from: Option<ShipmentStatus>,
    /// The status that is odd.
    pub to: ShipmentStatus,
    /// Who said it.
    pub source: String,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// What is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OddityKind {
    /// Delivered, and nobody saw it with a courier or at an office.
    DeliveredUnseen,
    /// Delivered on the day the guía was made.
    DeliveredSameDay,
    /// A step back on its way.
    MovedBack,
    /// It moved after it was delivered or cancelled.
    AfterTheEnd,
}

/// A shipment by its sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// The surest about the parcel first.
    pub sides: Vec<Side>,
    /// Whose word the stored state is.
    pub told_by: String,
    /// Where they differ, what concerns a delivery first.
    pub discrepancies: Vec<Discrepancy>,
    /// What is odd, in the order of time.
    pub oddities: Vec<Oddity>,
}

impl Truth {
    /// Who is believed about the parcel: status, place, carrier, dates.
    #[must_use]
    pub fn about_parcel(&self) -> Option<&Side> {
        self.sides.iter().find(|side| side.source == self.told_by)
    }

    /// Who is believed about the order: person, product, destination.
    #[must_use]
    pub fn about_order(&self) -> Option<&Side> {
        let order = &Trust::builtin().about_order;
        order.iter().find_map(|kind| self.sides.iter().find(|side| side.kind == *kind))
    }
}

/// One event, as its source told it.
#[derive(Debug, Clone)]
struct Said {
    source: String,
    status: ShipmentStatus,
    known: bool,
    reason: ExceptionReason,
    return_in_process: bool,
    raw_status: String,
    movement_text: Option<String>,
    city: Option<String>,
    occurred_at: Timestamp,
    received_at: Timestamp,
}

/// What each source says about shipments.
pub(crate) async fn of_many(
    tx: &mut Tx,
    reader: &StatusReader,
    shipments: &HashMap<ShipmentId, Shipment>,
) -> database::Result<HashMap<ShipmentId, Truth>> {
    let mut said = HashMap::<ShipmentId, Vec<Said>>::new();
    for row in tx.fetch_many(&WORDS, shipments.keys().map(|id| bind![*id]).collect()).await? {
        let id = row.id(0)?;
        let Some(shipment) = shipments.get(&id) else { continue };
        said.entry(id).or_default().push(read(&row, 1, reader, &shipment.carrier())?);
    }
    let of = |(id, said): (ShipmentId, Vec<Said>)| {
        let shipment = shipments.get(&id)?;
        Some((id, compare(Trust::builtin(), &said, &shipment.told_by, shipment.guide_created_at)))
    };
    Ok(said.into_iter().filter_map(of).collect())
}

impl Tracking {
    /// What each source says about a shipment.
    pub async fn truth(&self, tenant: TenantId, shipment: &Shipment) -> database::Result<Truth> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let reader = self.status_reader(&mut tx).await?;
        let rows = tx.fetch_all(&LIST, bind![shipment.id, MOST]).await?;
        tx.commit().await?;
        let carrier = shipment.carrier();
        let read = |row: &Row| read(row, 0, &reader, &carrier);
        let mut said = rows.iter().map(read).collect::<database::Result<Vec<_>>>()?;
        // The newest ones were asked for.
        said.reverse();
        Ok(compare(Trust::builtin(), &said, &shipment.told_by, shipment.guide_created_at))
    }
}

/// Compares events, the oldest first.
fn compare(trust: &Trust, said: &[Said], told_by: &str, guide_created_at: Option<Timestamp>) -> Truth {
    let mut sides = BTreeMap::<&str, (usize, &Said)>::new();
    for one in said {
        let side = sides.entry(&one.source).or_insert((0, one));
        *side = (side.0 + 1, one);
    }
    let mut sides: Vec<Side> = sides.into_values().map(|(events, last)| side(trust, events, last)).collect();
    sides.sort_by_key(|side| (trust.rank(side.kind), std::cmp::Reverse(side.occurred_at)));
    let discrepancies = discrepancies(trust, &sides, told_by);
    let oddities = oddities(said, guide_created_at);
    Truth { discrepancies, oddities, sides, told_by: told_by.to_owned() }
}

fn side(trust: &Trust, events: usize, last: &Said) -> Side {
    let kind = trust.kind(&last.source);
    Side {
        source: last.source.clone(),
        kind,
        confidence: trust.confidence(kind),
        events,
        status: last.status,
        status_known: last.known,
        reason: last.reason,
        return_in_process: last.return_in_process,
        raw_status: last.raw_status.clone(),
        movement_text: last.movement_text.clone(),
        city: last.city.clone(),
        occurred_at: last.occurred_at,
        received_at: last.received_at,
    }
}

/// Each source against the one that is believed, or where nobody can read its words the surest other one: what nobody
/// can read contradicts nothing.
fn discrepancies(trust: &Trust, sides: &[Side], told_by: &str) -> Vec<Discrepancy> {
    let known = || sides.iter().filter(|side| side.status_known);
    let believed = known().find(|side| side.source == told_by).or_else(|| known().next());
    let others = known().filter(|side| believed.is_some_and(|believed| believed.source != side.source));
    let mut found: Vec<Discrepancy> = others.filter_map(|other| differ(trust, believed?, other)).collect();
    let has = |kind| sides.iter().any(|side| side.kind == kind);
    if has(SourceKind::Tracking)
        && !has(SourceKind::Dropi)
        && let Some(first) = sides.first()
    {
        found.push(Discrepancy {
            kind: DiscrepancyKind::MissingInSource,
            believed: first.source.clone(),
            other: SourceKind::Dropi.as_str().to_owned(),
            about_delivery: false,
        });
    }
    found.sort_by_key(|one| !one.about_delivery);
    found
}

/// How a source differs from the one that is believed.
fn differ(trust: &Trust, believed: &Side, other: &Side) -> Option<Discrepancy> {
    let apart = believed.occurred_at.duration_since(other.occurred_at).abs();
    let kind = if believed.status != other.status {
        DiscrepancyKind::StatusMismatch
    } else if apart > SignedDuration::from_hours(trust.late_hours) {
        DiscrepancyKind::DateDelay
    } else {
        return None;
    };
    let delivered = |side: &Side| side.status == ShipmentStatus::Delivered;
    Some(Discrepancy {
        kind,
        believed: believed.source.clone(),
        other: other.source.clone(),
        about_delivery: delivered(believed) != delivered(other),
    })
}

fn oddities(said: &[Said], guide_created_at: Option<Timestamp>) -> Vec<Oddity> {
    let mut found = Vec::new();
    let known: Vec<&Said> = said.iter().filter(|one| one.known).collect();
    let note = |kind, from: Option<&Said>, to: &Said| Oddity {
        kind,
        from: from.map(|one| one.status),
        to: to.status,
        source: to.source.clone(),
        occurred_at: to.occurred_at,
    };
    let mut before: Option<&Said> = None;
    let (mut seen_near, mut delivered) = (false, false);
    for one in known {
        seen_near |= matches!(one.status, ShipmentStatus::OutForDelivery | ShipmentStatus::InOffice);
        if one.status == ShipmentStatus::Delivered && !delivered {
            delivered = true;
            if !seen_near {
                found.push(note(OddityKind::DeliveredUnseen, None, one));
            }
            if guide_created_at.is_some_and(|made| bogota_date(made) == bogota_date(one.occurred_at)) {
                found.push(note(OddityKind::DeliveredSameDay, None, one));
            }
        }
        if let Some(last) = before.filter(|last| last.status != one.status) {
            found.extend(jump(last, one).map(|kind| note(kind, Some(last), one)));
        }
        before = Some(one);
    }
    found
}

/// Whether one event can hardly follow another.
fn jump(last: &Said, next: &Said) -> Option<OddityKind> {
    match concern::jump(last.status, next.status)? {
        ConcernKind::AfterTheEnd => Some(OddityKind::AfterTheEnd),
        ConcernKind::MovedBack => Some(OddityKind::MovedBack),
        ConcernKind::DeliveryDisputed | ConcernKind::DeliveredUnseen | ConcernKind::StatusMismatch => None,
    }
}

/// An event whose columns begin at one. Whether a return is under way is told by its words.
fn read(row: &Row, first: usize, reader: &StatusReader, carrier: &CarrierName) -> database::Result<Said> {
    let status = row.parse(first + 1)?;
    let raw_status: String = row.get(first + 4)?;
    let stated = match (row.get::<Option<String>>(first + 9)?, row.get::<Option<String>>(first + 10)?) {
        (Some(_), Some(_)) => Some((row.parse(first + 9)?, row.parse(first + 10)?)),
        (Some(_) | None, _) => None,
    };
    let return_in_process = status == ShipmentStatus::Returned
        && reader.read_stated(carrier, &raw_status, stated).return_in_process;
    Ok(Said {
        source: row.get(first)?,
        status,
        known: row.get(first + 2)?,
        reason: row.parse(first + 3)?,
        return_in_process,
        raw_status,
        movement_text: row.get(first + 5)?,
        city: row.get(first + 6)?,
        occurred_at: row.time(first + 7)?,
        received_at: row.time(first + 8)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(source: &str, status: ShipmentStatus, hour: i64) -> Said {
        let at = "2026-03-02T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hour);
        Said {
            source: source.to_owned(),
            status,
            known: true,
            reason: ExceptionReason::None,
            return_in_process: false,
            raw_status: status.as_str().to_owned(),
            movement_text: None,
            city: None,
            occurred_at: at,
            received_at: at,
        }
    }

    fn truth(said: &[Said]) -> Truth {
        told_by("carrier", said)
    }

    fn told_by(source: &str, said: &[Said]) -> Truth {
        compare(Trust::builtin(), said, source, None)
    }

    use ShipmentStatus as S;

    #[test]
    fn one_says_delivered_and_the_other_at_an_office() {
        let truth = truth(&[
            said("dropi_file", S::InTransit, 0),
            said("carrier", S::OutForDelivery, 1),
            said("carrier", S::InOffice, 2),
            said("dropi_file", S::Delivered, 30),
        ]);
        let sides: Vec<_> =
            truth.sides.iter().map(|s| (s.source.as_str(), s.status, s.events, s.confidence)).collect();
        assert_eq!(sides, [("carrier", S::InOffice, 2, 95), ("dropi_file", S::Delivered, 2, 85)]);
        let expected = Discrepancy {
            kind: DiscrepancyKind::StatusMismatch,
            believed: "carrier".into(),
            other: "dropi_file".into(),
            about_delivery: true,
        };
        assert_eq!(truth.discrepancies, [expected]);
        assert_eq!(truth.about_parcel().map(|side| side.source.as_str()), Some("carrier"));
        assert_eq!(truth.about_order().map(|side| side.source.as_str()), Some("dropi_file"));
    }

    #[test]
    fn the_one_that_is_believed_is_the_one_whose_word_is_stored() {
        let words = [said("carrier", S::InOffice, 0), said("dropi_file", S::Delivered, 90)];
        let truth = told_by("dropi_file", &words);
        let one = &truth.discrepancies[0];
        assert_eq!((one.believed.as_str(), one.other.as_str()), ("dropi_file", "carrier"));
        assert_eq!(truth.about_parcel().map(|side| side.status), Some(S::Delivered));
    }

    #[test]
    fn the_same_word_much_later_is_a_delay_and_what_nobody_can_read_is_nothing() {
        let delay = truth(&[said("carrier", S::Delivered, 0), said("dropi_file", S::Delivered, 25)]);
        assert_eq!(delay.discrepancies[0].kind, DiscrepancyKind::DateDelay);
        let soon = truth(&[said("carrier", S::Delivered, 0), said("dropi_file", S::Delivered, 24)]);
        assert_eq!(soon.discrepancies, []);
        let unread = Said { known: false, ..said("dropi_file", S::Issue, 1) };
        assert_eq!(truth(&[said("17track", S::Delivered, 0), unread]).discrepancies, []);
        let unread = Said { known: false, ..said("17track", S::Issue, 2) };
        let others = truth(&[said("aftership", S::InOffice, 1), said("dropi_file", S::Delivered, 1), unread]);
        assert_eq!(others.discrepancies.len(), 1, "what one cannot be read of hides nothing of the others");
        let alone = truth(&[said("dropi_file", S::Delivered, 0)]);
        assert_eq!(alone.discrepancies, [], "what nobody else follows is missing nowhere");
        let unheard = truth(&[said("aftership", S::InTransit, 0)]);
        assert_eq!(unheard.discrepancies[0].kind, DiscrepancyKind::MissingInSource);
    }

    #[test]
    fn what_can_hardly_be_is_noted() {
        let kinds = |said: &[Said]| -> Vec<_> {
            truth(said).oddities.into_iter().map(|odd| (odd.kind, odd.from, odd.to)).collect()
        };
        let unseen = kinds(&[said("carrier", S::InTransit, 0), said("carrier", S::Delivered, 1)]);
        assert_eq!(unseen, [(OddityKind::DeliveredUnseen, None, S::Delivered)]);
        let seen = |near| kinds(&[said("carrier", near, 0), said("carrier", S::Delivered, 1)]);
        assert_eq!((seen(S::OutForDelivery), seen(S::InOffice)), (vec![], vec![]));
        let back = kinds(&[said("carrier", S::OutForDelivery, 0), said("carrier", S::Shipped, 1)]);
        assert_eq!(back, [(OddityKind::MovedBack, Some(S::OutForDelivery), S::Shipped)]);
        let problem = kinds(&[said("carrier", S::OutForDelivery, 0), said("carrier", S::Issue, 1)]);
        assert_eq!(problem, []);
        let end = kinds(&[
            said("carrier", S::OutForDelivery, 0),
            said("carrier", S::Delivered, 1),
            said("carrier", S::InOffice, 2),
        ]);
        assert_eq!(end, [(OddityKind::AfterTheEnd, Some(S::Delivered), S::InOffice)]);
        let returned = kinds(&[
            said("carrier", S::InOffice, 0),
            said("carrier", S::Delivered, 1),
            said("carrier", S::Returned, 2),
        ]);
        assert_eq!(returned, []);
        let made = "2026-03-02T13:00:00Z".parse().ok();
        let quick = compare(
            Trust::builtin(),
            &[said("carrier", S::OutForDelivery, 2), said("carrier", S::Delivered, 3)],
            "carrier",
            made,
        );
        assert_eq!(quick.oddities[0].kind, OddityKind::DeliveredSameDay);
    }
}
