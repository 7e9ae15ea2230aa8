//! Whether what is stored of shipments is what it must be.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use database::{Result, Row, Statement, Tx, bind, sql};
use domain::{Flaws, OrderId, ShipmentId, ShipmentStatus, Timestamp};
use event_log::{Event, Histories, History};
use serde::Deserialize;
use uuid::Uuid;

use crate::concern::{Voice, weigh};
use crate::observe::Counted;
use crate::routes::{RouteChanges, RouteShare, RouteSums};
use crate::shipment::Shipment;
use crate::{Tracking, batches, rows};

const SHIPMENTS: Statement = sql!("parts/shipment.sql" + "audit_shipments.sql");
const TIMELINES: Statement = sql!("audit_timelines.sql");
const REREADS: Statement = sql!("count_rereads.sql");
const COUNTS: Statement = sql!("audit_counts.sql");
const COLLECTED: Statement = sql!("audit_collected.sql");

/// Rows read at once.
const PAGE: u32 = 1_000;

/// What tells of a shipment itself. Its offices' extensions are told of under the same name and are entities of
/// their own.
const KINDS: [&str; 2] = ["shipment.registered", "shipment.status_changed"];

/// What was read of a tenant's shipments, for those who check it against orders.
#[derive(Debug, Clone, Default)]
pub struct AuditedShipments {
    /// How many there are.
    pub shipments: u64,
    /// Orders of which several delivered shipments collected money: how many, and how much in minor units.
    pub collected_again: BTreeMap<OrderId, (u64, i64)>,
}

#[derive(Deserialize)]
struct Registered {
    status: ShipmentStatus,
}

#[derive(Deserialize)]
struct StatusChanged {
    from: ShipmentStatus,
    to: ShipmentStatus,
}

/// What shipments add up to.
#[derive(Default)]
struct Sums {
    counts: BTreeMap<Counted, i64>,
    routes: RouteChanges,
}

/// Checks one tenant's shipments, a page at a time, in a reading transaction of the caller's.
pub struct ShipmentAudit {
    shipments: u64,
    after: Option<Uuid>,
    histories: Histories,
    strays: Vec<Uuid>,
    sums: Sums,
}

impl Tracking {
    /// Begins to check one tenant's rows against the event log and each other. A shipment reached its state by the
    /// changes that are logged, its timeline has as many events as is said, and the stored counts are what counting
    /// gives.
    #[must_use]
    pub fn audit(&self) -> ShipmentAudit {
        ShipmentAudit {
            shipments: 0,
            after: Some(Uuid::nil()),
            histories: Histories::of("shipment.").only(&KINDS),
            strays: Vec::new(),
            sums: Sums::default(),
        }
    }
}

impl ShipmentAudit {
    /// Checks the next shipments, and answers which orders they name; none when there are no more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn page(&mut self, tx: &mut Tx, flaws: &mut Flaws) -> Result<Option<BTreeSet<OrderId>>> {
        let Some(after) = self.after else { return Ok(None) };
        let found = tx.fetch_all(&SHIPMENTS, bind![after, PAGE]).await?;
        let Some(last) = found.last().map(|row| row.get::<Uuid>(0)).transpose()? else {
            self.after = None;
            return Ok(None);
        };
        let timelines = timelines(tx, after, last).await?;
        let untold = tx.fetch_one(&REREADS, bind![]).await?.get::<i64>(0)? > 0;
        let mut orders = BTreeSet::new();
        for shipment in &readable(&found, flaws)? {
            let history = self.histories.take(tx, shipment.id.as_uuid(), &mut self.strays, flaws).await?;
            check(shipment, history.as_ref(), flaws);
            check_timeline(shipment, timelines.get(&shipment.id), untold, flaws);
            *self.sums.counts.entry(Counted::of(shipment)).or_default() += 1;
            self.sums.routes.note(None, RouteShare::of(shipment));
            orders.extend(shipment.order_id);
        }
        self.shipments += found.len() as u64;
        self.after = (found.len() == PAGE as usize).then_some(last);
        Ok(Some(orders))
    }

    /// After the last page: checks what is said of all of them together, and of batches.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end(mut self, tx: &mut Tx, flaws: &mut Flaws) -> Result<AuditedShipments> {
        self.histories.rest(tx, &mut self.strays, flaws).await?;
        for stray in self.strays {
            flaws.add("shipments.exist", stray, "it has events and is not there");
        }
        check_counts(tx, self.sums.counts, flaws).await?;
        check_routes(self.sums.routes.sums(), RouteSums::stored(tx).await?, flaws);
        batches::audit(tx, flaws).await?;
        let mut collected_again = BTreeMap::new();
        for row in tx.fetch_all(&COLLECTED, bind![]).await? {
            collected_again.insert(row.id(0)?, (row.count(1)?, row.get(2)?));
        }
        Ok(AuditedShipments { shipments: self.shipments, collected_again })
    }
}

/// The shipments whose rows can be read; the others are noted.
fn readable(found: &[Row], flaws: &mut Flaws) -> Result<Vec<Shipment>> {
    let mut page = Vec::with_capacity(found.len());
    for row in found {
        match rows::read(row) {
            Ok(shipment) => page.push(shipment),
            Err(error) => flaws.add("shipments.readable", row.get::<Uuid>(0)?, error.to_string()),
        }
    }
    Ok(page)
}

fn check(shipment: &Shipment, history: Option<&History>, flaws: &mut Flaws) {
    let (id, status) = (shipment.id, shipment.reading.status);
    if shipment.collect.is_some_and(|collect| collect.amount < 0) {
        flaws.notice("shipments.money", id, "it collects less than nothing");
    }
    let Some(history) = history else {
        flaws.add("shipments.registered", id, "no event says that it was registered");
        return;
    };
    match follow(&history.events) {
        Ok(reached) if reached == status => {}
        Ok(reached) => {
            flaws.add("shipments.status", id, format!("it is {status}, and its events lead to {reached}"));
        }
        Err(why) => flaws.add("shipments.history", id, why),
    }
    if history.events.last().is_some_and(|last| last.entity_version > shipment.version) {
        flaws.add("shipments.version", id, "an event is of a later version than the shipment");
    }
}

/// The state to which events lead, or what is wrong with them. Carriers skip and repeat states, so any may follow any.
fn follow(events: &[Event]) -> std::result::Result<ShipmentStatus, String> {
    let unreadable = |_| "an event cannot be read".to_owned();
    let mut at = None;
    for event in events {
        at = Some(match (event.kind.as_str(), at) {
            ("shipment.registered", None) => event.payload::<Registered>().map_err(unreadable)?.status,
            ("shipment.registered", Some(_)) => return Err("it was registered twice".to_owned()),
            ("shipment.status_changed", Some(before)) => {
                let change: StatusChanged = event.payload().map_err(unreadable)?;
                if change.from != before {
                    return Err(format!("a change from {} follows {before}", change.from));
                }
                change.to
            }
            ("shipment.status_changed", None) => return Err("it changed before it was registered".to_owned()),
            // What else is told of a shipment does not move it.
            (_, Some(before)) => before,
            (_, None) => return Err("it does not begin with being registered".to_owned()),
        });
    }
    at.ok_or_else(|| "it has no event".to_owned())
}

/// The events of a shipment, as far as its row repeats them.
#[derive(Default)]
struct Timeline {
    events: i64,
    late: i64,
    /// Of the last one that counted: when, who said it, what.
    state: Option<(Timestamp, String, ShipmentStatus)>,
    voices: Vec<Voice>,
}

/// Events in the order in which they came in.
async fn timelines(tx: &mut Tx, after: Uuid, up_to: Uuid) -> Result<HashMap<ShipmentId, Timeline>> {
    let mut found = HashMap::<ShipmentId, Timeline>::new();
    for row in tx.fetch_all(&TIMELINES, bind![after, up_to]).await? {
        let timeline = found.entry(row.id(0)?).or_default();
        timeline.events += 1;
        timeline.voices.push(Voice {
            source: row.get::<String>(3)?.into(),
            status: row.parse(4)?,
            known: row.get(5)?,
            at: row.time(2)?,
            counted: !row.get::<bool>(1)?,
        });
        if row.get(1)? {
            timeline.late += 1;
        } else {
            timeline.state = Some((row.time(2)?, row.get(3)?, row.parse(4)?));
        }
    }
    Ok(found)
}

/// `untold`: the events are still to be told anew.
fn check_timeline(shipment: &Shipment, timeline: Option<&Timeline>, untold: bool, flaws: &mut Flaws) {
    let Some(there) = timeline else {
        flaws.add("shipments.timeline", shipment.id, "its timeline is empty");
        return;
    };
    if (shipment.event_count, shipment.out_of_order_count) != (there.events, there.late) {
        let detail = format!(
            "{} events, {} of them late, are said, and {}, {} are there",
            shipment.event_count, shipment.out_of_order_count, there.events, there.late
        );
        flaws.add("shipments.timeline", shipment.id, detail);
    }
    let said = (shipment.last_event_at, shipment.told_by.clone(), shipment.reading.status);
    if there.state.as_ref() != Some(&said) {
        let detail = format!("it is {said:?}, and the last event that counted is {:?}", there.state);
        flaws.add("shipments.timeline", shipment.id, detail);
    }
    let (stored, made) = (shipment.judgement(), weigh(&there.voices, &shipment.told_by));
    if stored != made && !untold {
        let detail = format!("{stored:?} is stored, and its events make {made:?}");
        flaws.add("shipments.discrepancy", shipment.id, detail);
    }
}

async fn check_counts(tx: &mut Tx, counted: BTreeMap<Counted, i64>, flaws: &mut Flaws) -> Result<()> {
    let mut counted: BTreeMap<(String, bool), i64> =
        counted.into_iter().map(|(counted, shipments)| (counted.key(), shipments)).collect();
    for row in tx.fetch_all(&COUNTS, bind![]).await? {
        let key: (String, bool) = (row.get(0)?, row.get(1)?);
        let (said, there) = (row.get::<i64>(2)?, counted.remove(&key).unwrap_or(0));
        note_difference("shipments.counts", format!("{} terminal={}", key.0, key.1), said, there, flaws);
    }
    for ((level, terminal), there) in counted {
        note_difference("shipments.counts", format!("{level} terminal={terminal}"), 0, there, flaws);
    }
    Ok(())
}

fn note_difference(check: &'static str, subject: String, said: i64, there: i64, flaws: &mut Flaws) {
    if said != there {
        flaws.add(check, subject, format!("{said} shipments are said, and {there} are there"));
    }
}

fn check_routes(mut counted: RouteSums, stored: RouteSums, flaws: &mut Flaws) {
    for (route, said) in stored.0 {
        let there = counted.0.remove(&route).unwrap_or_default();
        if said != there {
            flaws.add("routes.counts", route, format!("{said:?} is said, and {there:?} is there"));
        }
    }
    for (route, there) in counted.0 {
        flaws.add("routes.counts", route, format!("nothing is said, and {there:?} is there"));
    }
}
