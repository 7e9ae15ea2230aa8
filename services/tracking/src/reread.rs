//! Past events read once more, after an organisation said what a phrase means.

use std::collections::HashMap;

use database::{Row, Scope, Statement, SystemReason, Tx, bind, sql, system_sql};
use domain::{ExceptionReason, ShipmentId, ShipmentStatus, SignedDuration, TenantId, Timestamp};
use event_log::NewEvent;
use uuid::Uuid;

use crate::concern::{Voice, weigh};
use crate::mappings::StatusReader;
use crate::observe::{Counted, Source, StatusChanged, move_counts};
use crate::risk_tick::AFTER;
use crate::routes::{RouteChanges, RouteShare};
use crate::shipment::Shipment;
use crate::status::StatusReading;
use crate::trust::Word;
use crate::{Tracking, rows};

const DUE: Statement = system_sql!("system/find_rereads.sql");
const PHRASES: Statement = sql!("list_phrases.sql");
const REREAD: Statement = sql!("reread_events.sql");
const MOVE: Statement = sql!("move_reread.sql");
const END: Statement = sql!("end_reread.sql");

/// Shipments of one step, with all their events; the transaction must stay short.
const BATCH: u32 = 200;
/// A transaction that read the mappings before they changed is over by then: none is open for long.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// How far an organisation's events are read once more.
struct Round {
    tenant: TenantId,
    changed_at: Timestamp,
    up_to: Uuid,
    left: i64,
}

impl Tracking {
    /// One step for each organisation that changed its mappings; answers whether there was any.
    pub async fn tick_reread(&self) -> database::Result<bool> {
        let now = self.clock.now();
        let mut tx = self.db.read(Scope::System(SystemReason::WorkClaim)).await?;
        let due = tx.fetch_all(&DUE, bind![now]).await?;
        tx.commit().await?;
        for row in &due {
            let round =
                Round { tenant: row.id(0)?, changed_at: row.time(1)?, up_to: row.get(2)?, left: row.get(3)? };
            self.reread_some(&round, now).await?;
        }
        Ok(!due.is_empty())
    }

    async fn reread_some(&self, round: &Round, now: Timestamp) -> database::Result<()> {
        let mut tx = self.db.write(Scope::Tenant(round.tenant)).await?;
        let found = tx.fetch_all(&AFTER, bind![round.up_to, BATCH]).await?;
        let ids = found.iter().map(|row| row.id(0)).collect::<Result<Vec<ShipmentId>, _>>()?;
        self.reread(&mut tx, &ids, now).await?;
        let next = if ids.len() == BATCH as usize {
            ids.last().map(|last| (last.as_uuid(), now, round.left))
        } else {
            (round.left > 1).then_some((Uuid::nil(), now + AGAIN_AFTER, round.left - 1))
        };
        let moved = match next {
            Some((up_to, due_at, left)) => {
                let values = bind![round.changed_at, round.up_to, up_to, due_at, left];
                tx.execute(&MOVE, values).await?
            }
            None => tx.execute(&END, bind![round.changed_at, round.up_to]).await?,
        };
        if moved == 0 {
            // The mappings changed again, or another worker was faster: whoever it was begins where it is right.
            return tx.rollback().await;
        }
        tx.commit().await
    }

    async fn reread(&self, tx: &mut Tx, ids: &[ShipmentId], now: Timestamp) -> database::Result<()> {
        let reader = self.status_reader(tx).await?;
        let rules = self.rules(tx).await?;
        let mut shipments = rows::lock_by_id(tx, ids).await?;
        let mut told = told(tx, ids).await?;
        let (mut facts, mut moved, mut routes) = (Vec::new(), Vec::new(), RouteChanges::default());
        let mut events = Vec::new();
        shipments.retain_mut(|shipment| {
            let (before, from) = (Counted::of(shipment), shipment.reading.status);
            let route_before = RouteShare::of(shipment);
            let mut told = told.remove(&shipment.id).unwrap_or_default();
            let changes = retell(shipment, &mut told, &reader);
            events.extend(told.iter().filter(|one| one.changed).map(|one| one.row(shipment.id)));
            if changes {
                shipment.version += 1;
                shipment.updated_at = now;
                shipment.assess(&rules.policy, &rules.flags, now);
                moved.push((before, Counted::of(shipment)));
                routes.note(Some(route_before), RouteShare::of(shipment));
                if from != shipment.reading.status {
                    facts.push(corrected(shipment, from.as_str(), now));
                }
            }
            changes
        });
        tx.execute_many(&REREAD, events).await?;
        shipments.sort_by_key(|shipment| shipment.id);
        rows::save_known(tx, shipments.iter().map(rows::row).collect()).await?;
        routes.save(tx).await?;
        move_counts(tx, &moved).await?;
        let facts = facts.into_iter().collect::<database::Result<Vec<_>>>()?;
        event_log::append(tx, &*self.ids, now, facts).await
    }
}

/// An event, as it is stored.
struct Told {
    id: Uuid,
    phrase: String,
    status: ShipmentStatus,
    known: bool,
    reason: ExceptionReason,
    out_of_order: bool,
    occurred_at: Timestamp,
    /// What its source's codes say of it.
    stated: Option<(ShipmentStatus, ExceptionReason)>,
    source: String,
    movement_text: Option<String>,
    novelty: Option<String>,
    changed: bool,
}

impl Told {
    fn voice(&self) -> Voice {
        let (status, known) = (self.status, self.known);
        Voice {
            source: self.source.clone().into(),
            status,
            known,
            at: self.occurred_at,
            counted: !self.out_of_order,
        }
    }

    fn row(&self, shipment: ShipmentId) -> Vec<database::Value> {
        bind![
            shipment,
            self.occurred_at,
            self.id,
            self.status.as_str(),
            self.known,
            self.reason.as_str(),
            self.out_of_order,
        ]
    }
}

/// The events of shipments, in the order in which they came in.
async fn told(tx: &mut Tx, ids: &[ShipmentId]) -> database::Result<HashMap<ShipmentId, Vec<Told>>> {
    let wanted = ids.iter().map(|id| bind![*id]).collect();
    let mut found = HashMap::<ShipmentId, Vec<Told>>::new();
    for row in tx.fetch_many(&PHRASES, wanted).await? {
        let told = Told {
            id: row.get(0)?,
            phrase: row.get(2)?,
            status: row.parse(3)?,
            known: row.get(4)?,
            reason: row.parse(5)?,
            out_of_order: row.get(6)?,
            occurred_at: row.time(7)?,
            stated: stated(&row)?,
            source: row.get(10)?,
            movement_text: row.get(11)?,
            novelty: row.get(12)?,
            changed: false,
        };
        found.entry(row.id(1)?).or_default().push(told);
    }
    Ok(found)
}

fn stated(event: &Row) -> database::Result<Option<(ShipmentStatus, ExceptionReason)>> {
    match (event.get::<Option<String>>(8)?, event.get::<Option<String>>(9)?) {
        (Some(_), Some(_)) => Ok(Some((event.parse(8)?, event.parse(9)?))),
        (Some(_) | None, _) => Ok(None),
    }
}

/// Tells a shipment's events anew, in the order in which they came in: what each one means now, whether it counts, and
/// what state they lead to. Answers whether the shipment became another one.
fn retell(shipment: &mut Shipment, told: &mut [Told], reader: &StatusReader) -> bool {
    let carrier = shipment.carrier();
    let mut last: Option<(usize, Word)> = None;
    for (index, one) in told.iter_mut().enumerate() {
        // Who says nothing of the status says that it is as before.
        let reading = match (one.phrase.trim(), &last) {
            ("", Some((_, before))) => before.reading,
            ("", None) => shipment.reading,
            _ => reader.read_stated(&carrier, &one.phrase, one.stated),
        };
        let word = Source::word_of(&one.source, reading, one.occurred_at);
        let counts = last.as_ref().is_none_or(|(_, before)| word.counts_after(before));
        one.changed = (one.status, one.known, one.reason, one.out_of_order)
            != (reading.status, reading.known, reading.reason, !counts);
        (one.status, one.known, one.reason) = (reading.status, reading.known, reading.reason);
        one.out_of_order = !counts;
        if counts {
            last = Some((index, word));
        }
    }
    let late = told.iter().filter(|one| one.out_of_order).count();
    let Some((index, state)) = last else { return false };
    let voices: Vec<Voice> = told.iter().map(Told::voice).collect();
    let judged = shipment.judge(weigh(&voices, &told[index].source));
    judged | settle(shipment, &told[index], state.reading, i64::try_from(late).unwrap_or(i64::MAX))
}

/// Makes an event the one that the state is.
fn settle(shipment: &mut Shipment, event: &Told, reading: StatusReading, late: i64) -> bool {
    let another = event.occurred_at != shipment.last_event_at || event.source != shipment.told_by;
    let changes = another || reading != shipment.reading || late != shipment.out_of_order_count;
    shipment.reading = reading;
    shipment.out_of_order_count = late;
    if another {
        shipment.raw_status.clone_from(&event.phrase);
        shipment.told_by.clone_from(&event.source);
        shipment.last_event_at = event.occurred_at;
        shipment.last_movement_at = Some(event.occurred_at);
        shipment.last_movement_text.clone_from(&event.movement_text);
        shipment.novelty.clone_from(&event.novelty);
    }
    changes
}

fn corrected(shipment: &Shipment, from: &str, now: Timestamp) -> database::Result<NewEvent> {
    let payload = StatusChanged {
        order_id: shipment.order_id,
        from,
        to: shipment.reading.status.as_str(),
        reason: shipment.reading.reason.as_str(),
        carrier: &shipment.carrier_code,
    };
    NewEvent::new("shipment.status_changed", shipment.id.as_uuid(), shipment.version, now, &payload)
        .map_err(|error| database::Error::Failed { statement: "append.sql", detail: error.to_string() })
}
