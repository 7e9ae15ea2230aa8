//! Past events read once more, after an organisation said what a phrase means.

use std::collections::HashMap;

use database::{Row, Scope, Statement, SystemReason, Tx, bind, sql, system_sql};
use domain::{CarrierName, ExceptionReason, ShipmentId, ShipmentStatus, SignedDuration, TenantId, Timestamp};
use event_log::NewEvent;
use uuid::Uuid;

use crate::mappings::StatusReader;
use crate::observe::{Counted, StatusChanged, move_counts};
use crate::risk_tick::AFTER;
use crate::routes::{RouteChanges, RouteShare};
use crate::shipment::Shipment;
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
        let carriers: HashMap<ShipmentId, CarrierName> =
            shipments.iter().map(|shipment| (shipment.id, shipment.carrier())).collect();
        let last_words = reread_events(tx, ids, &carriers, &reader).await?;
        let (mut facts, mut moved, mut routes) = (Vec::new(), Vec::new(), RouteChanges::default());
        shipments.retain_mut(|shipment| {
            // Who said nothing of the status last said that it is as before.
            let reading = match last_words.get(&shipment.id) {
                Some((phrase, stated)) => reader.read_stated(&carriers[&shipment.id], phrase, *stated),
                None => shipment.reading,
            };
            let changes = reading != shipment.reading;
            if changes {
                let (before, from) = (Counted::of(shipment), shipment.reading.status);
                let route_before = RouteShare::of(shipment);
                shipment.reading = reading;
                shipment.version += 1;
                shipment.updated_at = now;
                shipment.assess(&rules.policy, &rules.flags, now);
                moved.push((before, Counted::of(shipment)));
                routes.note(Some(route_before), RouteShare::of(shipment));
                if from != reading.status {
                    facts.push(corrected(shipment, from.as_str(), now));
                }
            }
            changes
        });
        shipments.sort_by_key(|shipment| shipment.id);
        rows::save_known(tx, shipments.iter().map(rows::row).collect()).await?;
        routes.save(tx).await?;
        move_counts(tx, &moved).await?;
        let facts = facts.into_iter().collect::<database::Result<Vec<_>>>()?;
        event_log::append(tx, &*self.ids, now, facts).await
    }
}

/// Words about a status, with what their source's codes say of it.
type Words = (String, Option<(ShipmentStatus, ExceptionReason)>);

/// Reads the events of shipments once more; answers the last words about each one's status.
async fn reread_events(
    tx: &mut Tx,
    ids: &[ShipmentId],
    carriers: &HashMap<ShipmentId, CarrierName>,
    reader: &StatusReader,
) -> database::Result<HashMap<ShipmentId, Words>> {
    let wanted = ids.iter().map(|id| bind![*id]).collect();
    let (mut changed, mut last_words) = (Vec::new(), HashMap::new());
    for event in tx.fetch_many(&PHRASES, wanted).await? {
        changed.extend(reread_event(&event, carriers, reader)?);
        let phrase: String = event.get(2)?;
        if !event.get::<bool>(6)? && !phrase.trim().is_empty() {
            last_words.insert(event.id::<ShipmentId>(1)?, (phrase, stated(&event)?));
        }
    }
    tx.execute_many(&REREAD, changed).await?;
    Ok(last_words)
}

fn stated(event: &Row) -> database::Result<Option<(ShipmentStatus, ExceptionReason)>> {
    match (event.get::<Option<String>>(8)?, event.get::<Option<String>>(9)?) {
        (Some(_), Some(_)) => Ok(Some((event.parse(8)?, event.parse(9)?))),
        (Some(_) | None, _) => Ok(None),
    }
}

/// The event's new reading, if it is another one.
fn reread_event(
    event: &Row,
    carriers: &HashMap<ShipmentId, CarrierName>,
    reader: &StatusReader,
) -> database::Result<Option<Vec<database::Value>>> {
    let (id, shipment): (Uuid, ShipmentId) = (event.get(0)?, event.id(1)?);
    let phrase: String = event.get(2)?;
    let Some(carrier) = carriers.get(&shipment).filter(|_| !phrase.trim().is_empty()) else {
        return Ok(None);
    };
    let reading = reader.read_stated(carrier, &phrase, stated(event)?);
    let same = event.get::<String>(3)? == reading.status.as_str()
        && event.get::<bool>(4)? == reading.known
        && event.get::<String>(5)? == reading.reason.as_str();
    let row =
        bind![shipment, event.time(7)?, id, reading.status.as_str(), reading.known, reading.reason.as_str(),];
    Ok((!same).then_some(row))
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
