//! Taking in what a source says about shipments, many at a time.

use std::collections::{BTreeMap, HashMap, HashSet};

use database::{Statement, TenantKeys, Tx, bind, sql};
use domain::{
    CarrierName, City, ExceptionReason, Ids, ImportId, Money, OrderId, Phone, ShipmentEventId, ShipmentId,
    ShipmentStatus, TenantId, Timestamp, TrackingNumber,
};
use event_log::NewEvent;
use serde::Serialize;

use crate::batches::Standing;
use crate::concern::{Voice, weigh};
use crate::figures::Figures;
use crate::mappings::{StatusReader, phrase_key};
use crate::names::NameChanges;
use crate::payload_hash::{Payload, payload_hash};
use crate::risk::RiskLevel;
use crate::routes::{RouteChanges, RouteShare};
use crate::shipment::{Absorbed, Shipment};
use crate::status::StatusReading;
use crate::trust::{SourceKind, Trust, Word};
use crate::{Tracking, rows};

const KNOWN_HASHES: Statement = sql!("known_hashes.sql");
const INSERT_EVENTS: Statement = sql!("insert_events.sql");
const VOICES: Statement = sql!("list_voices.sql");
const ADD_COUNTS: Statement = sql!("add_counts.sql");
const NOTE_UNMAPPED: Statement = sql!("note_unmapped.sql");

/// Longest sample of an unknown phrase that is kept, in characters.
const SAMPLE: usize = 100;

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A file exported from Dropi.
    DropiFile,
    /// A list of where parcels are, from a carrier's or an aggregator's page: as a file, or as text that a person copied.
    TrackingFile,
    /// The carrier itself.
    Carrier,
    /// The aggregator 17TRACK.
    SeventeenTrack,
    /// The aggregator AfterShip.
    AfterShip,
}

impl Source {
    const ALL: [Self; 5] =
        [Self::DropiFile, Self::TrackingFile, Self::Carrier, Self::SeventeenTrack, Self::AfterShip];

    /// The name that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DropiFile => "dropi_file",
            Self::TrackingFile => "tracking_file",
            Self::Carrier => "carrier",
            Self::SeventeenTrack => "17track",
            Self::AfterShip => "aftership",
        }
    }

    /// A stored event's word about where the parcel is.
    pub(crate) fn word_of(source: &str, reading: StatusReading, at: Timestamp) -> Word {
        let follows = Self::ALL.iter().any(|one| one.follows_parcels() && one.as_str() == source);
        Word { kind: Trust::builtin().kind(source), follows, reading, at }
    }

    /// What it is.
    pub(crate) fn kind(self) -> SourceKind {
        Trust::builtin().kind(self.as_str())
    }

    /// Whether it follows the parcel itself. Its word has a moment of its own, by a clock that may be wrong, and comes
    /// in any order.
    pub(crate) const fn follows_parcels(self) -> bool {
        match self {
            Self::DropiFile | Self::TrackingFile => false,
            Self::Carrier | Self::SeventeenTrack | Self::AfterShip => true,
        }
    }
}

/// What a source says about a shipment at one moment.
#[derive(Debug, Clone)]
pub struct Observation {
    /// The carrier's number.
    pub tracking_number: TrackingNumber,
    /// The carrier. Who does not say it means the one that is known.
    pub carrier: CarrierName,
    /// The status in the source's words.
    pub status: String,
    /// What the source's own list of codes says the status is. An organisation's mapping of the words wins over it, and
    /// it wins over the built-in phrases.
    pub meaning: Option<(ShipmentStatus, ExceptionReason)>,
    /// The carrier's note about a problem.
    pub novelty: Option<String>,
    /// Where it goes.
    pub city: City,
    /// Where this happened, of who follows the parcel; empty if that is not said.
    pub place: Option<String>,
    /// Words of the last movement.
    pub last_movement_text: Option<String>,
    /// Moment of the last movement.
    pub last_movement_at: Option<Timestamp>,
    /// When the tracking number was made.
    pub guide_created_at: Option<Timestamp>,
    /// When the source wrote its report.
    pub reported_at: Option<Timestamp>,
    /// Who gets it.
    pub recipient_name: Option<String>,
    /// The recipient's phone.
    pub phone: Option<Phone>,
    /// The recipient's address.
    pub address: Option<String>,
    /// What the carrier collects on delivery.
    pub collect: Option<Money>,
    /// What the delivery costs.
    pub freight: Option<Money>,
    /// What a return would cost.
    pub return_cost: Option<Money>,
    /// The order it delivers.
    pub order_id: Option<OrderId>,
    /// Who says it.
    pub source: Source,
    /// The import it came with.
    pub import_id: Option<ImportId>,
}

impl Observation {
    /// The carrier that is named, else the shipment's.
    fn carrier_of(&self, shipment: &Shipment) -> CarrierName {
        if self.carrier.raw.is_empty() { shipment.carrier() } else { self.carrier.clone() }
    }

    /// When it happened. A source without a date of movement is believed when it reported, else when we heard. What
    /// a carrier's clock puts into the future happened by now: it must not outlast what comes.
    fn occurred_at(&self, now: Timestamp) -> Timestamp {
        let at = self.last_movement_at.or(self.reported_at).unwrap_or(now);
        if self.source.follows_parcels() { at.min(now) } else { at }
    }

    /// Its word about where the parcel is.
    pub(crate) fn word(&self, reading: StatusReading, at: Timestamp) -> Word {
        Word { kind: self.source.kind(), follows: self.source.follows_parcels(), reading, at }
    }

    /// As one of the voices about the parcel.
    pub(crate) const fn voice(&self, reading: StatusReading, at: Timestamp, counted: bool) -> Voice {
        let source = std::borrow::Cow::Borrowed(self.source.as_str());
        Voice { source, status: reading.status, known: reading.known, at, counted }
    }

    /// Whether it says anything of the order.
    pub(crate) const fn tells_of_order(&self) -> bool {
        self.recipient_name.is_some()
            || self.phone.is_some()
            || self.address.is_some()
            || !self.city.raw.is_empty()
            || self.order_id.is_some()
            || self.collect.is_some()
            || self.freight.is_some()
            || self.return_cost.is_some()
    }
}

/// What a batch of observations did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Observed {
    /// Shipments heard of for the first time.
    pub created: u64,
    /// Known shipments about which something changed.
    pub updated: u64,
    /// Events stored that moved a state on.
    pub events_new: u64,
    /// Repetitions, counted and not stored.
    pub events_duplicate: u64,
    /// Events stored that did not count: too late, or of a source that is less sure.
    pub events_out_of_order: u64,
    /// The shipments that were spoken of, as they stand now, by id.
    pub standings: Vec<Standing>,
}

#[derive(Serialize)]
struct Registered<'a> {
    order_id: Option<OrderId>,
    tracking_number: &'a str,
    carrier: &'a str,
    status: &'a str,
}

#[derive(Serialize)]
pub(crate) struct StatusChanged<'a> {
    pub(crate) order_id: Option<OrderId>,
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) carrier: &'a str,
}

impl Tracking {
    /// Takes in a batch in the caller's transaction, in the given order. Keep it to about 500: the
    /// transaction must stay short.
    ///
    /// # Errors
    /// [`database::Error::Duplicate`] when another writer registered one of the numbers meanwhile: roll
    /// back and repeat.
    pub async fn observe(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        observations: &[Observation],
    ) -> database::Result<Observed> {
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let now = self.clock.now();
        let reader = self.status_reader(tx).await?;
        let mut batch = self.load(tx, observations, now).await?;
        for (seen, hash) in observations.iter().zip(batch.hashes.clone()) {
            batch.take_in(self, &reader, &keys, seen, hash, now)?;
        }
        batch.save(self, &keys, tx, now).await
    }

    /// Finds the known shipments of a batch, locked where the engine has several writers, and the payloads
    /// they have seen.
    async fn load(
        &self,
        tx: &mut Tx,
        observations: &[Observation],
        now: Timestamp,
    ) -> database::Result<Batch> {
        let numbers: HashSet<&TrackingNumber> =
            observations.iter().map(|seen| &seen.tracking_number).collect();
        let wanted = numbers.iter().map(|number| bind![number.as_str()]).collect();
        let mut shipments = HashMap::with_capacity(numbers.len());
        for shipment in rows::lock_by_number(tx, wanted).await? {
            shipments.insert(
                shipment.tracking_number.clone(),
                Entry {
                    before: Some(Counted::of(&shipment)),
                    name_before: shipment.recipient.name.clone(),
                    route_before: Some(RouteShare::of(&shipment)),
                    shipment,
                    changed: false,
                    voices: Vec::new(),
                },
            );
        }
        let hashes: Vec<[u8; 32]> = observations.iter().map(hash_of).collect();
        let mut wanted = Vec::new();
        for (seen, hash) in observations.iter().zip(&hashes) {
            if let Some(entry) = shipments.get(&seen.tracking_number) {
                wanted.push(bind![entry.shipment.id, *hash]);
            }
        }
        let mut seen = HashSet::new();
        for row in tx.fetch_many(&KNOWN_HASHES, wanted).await? {
            seen.insert((row.id::<ShipmentId>(0)?, row.get::<Vec<u8>>(1)?));
        }
        for observation in observations {
            shipments.entry(observation.tracking_number.clone()).or_insert_with(|| Entry {
                before: None,
                name_before: None,
                route_before: None,
                shipment: Shipment::new(ShipmentId::from(self.ids.next()), observation, now),
                changed: false,
                voices: Vec::new(),
            });
        }
        Ok(Batch { shipments, hashes, seen, ..Batch::default() })
    }
}

/// A shipment of the batch with what it was before.
struct Entry {
    before: Option<Counted>,
    /// The recipient's sealed name.
    name_before: Option<Vec<u8>>,
    route_before: Option<RouteShare>,
    shipment: Shipment,
    changed: bool,
    /// What the batch adds to its events.
    voices: Vec<Voice>,
}

/// What `shipment_counts` counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Counted {
    level: RiskLevel,
    terminal: bool,
}

impl Counted {
    pub(crate) fn of(shipment: &Shipment) -> Self {
        Self { level: shipment.risk.level, terminal: shipment.risk.terminal }
    }

    /// As the counts are stored.
    pub(crate) fn key(self) -> (String, bool) {
        (self.level.as_str().to_owned(), self.terminal)
    }
}

#[derive(Default)]
struct Batch {
    shipments: HashMap<TrackingNumber, Entry>,
    hashes: Vec<[u8; 32]>,
    seen: HashSet<(ShipmentId, Vec<u8>)>,
    timeline: Vec<Vec<database::Value>>,
    facts: Vec<NewEvent>,
    figures: Figures,
    unmapped: BTreeMap<(String, String), (String, i64)>,
    done: Observed,
}

impl Batch {
    fn take_in(
        &mut self,
        tracking: &Tracking,
        reader: &StatusReader,
        keys: &TenantKeys,
        seen: &Observation,
        hash: [u8; 32],
        now: Timestamp,
    ) -> database::Result<()> {
        let Some(entry) = self.shipments.get_mut(&seen.tracking_number) else { return Ok(()) };
        let shipment = &mut entry.shipment;
        if !self.seen.insert((shipment.id, hash.to_vec())) {
            self.done.events_duplicate += 1;
            entry.changed |= shipment.repeat(keys, seen, seen.occurred_at(now))?.enriched;
            return Ok(());
        }
        let carrier = seen.carrier_of(shipment);
        // Who says nothing of the status says it is as before.
        let reading = match seen.status.trim() {
            "" => shipment.reading,
            status => reader.read_stated(&carrier, status, seen.meaning),
        };
        let occurred_at = seen.occurred_at(now);
        let from = shipment.reading.status;
        let absorbed = shipment.absorb(keys, seen, reading, occurred_at)?;
        entry.changed |= absorbed.in_order || absorbed.enriched;
        entry.voices.push(seen.voice(reading, occurred_at, absorbed.in_order));
        if absorbed.in_order {
            self.done.events_new += 1;
        } else {
            self.done.events_out_of_order += 1;
        }
        let known_before = entry.before.is_some() || shipment.event_count > 1;
        let fact = fact_of(shipment, absorbed, from.as_str(), known_before, occurred_at)?;
        if fact.is_some() {
            self.figures.reached(shipment);
        }
        self.facts.extend(fact);
        self.timeline.push(event_row(
            &*tracking.ids,
            shipment.id,
            seen,
            reading,
            hash,
            absorbed,
            occurred_at,
            now,
        ));
        if !reading.known {
            self.note_unmapped(&carrier, seen);
        }
        Ok(())
    }

    /// Goes through the events of shipments of which several kinds of sources speak, where one said something new.
    async fn weigh(&mut self, tx: &mut Tx) -> database::Result<()> {
        let mut several: HashMap<ShipmentId, &mut Entry> = self
            .shipments
            .values_mut()
            .filter(|entry| entry.shipment.heard.several() && !entry.voices.is_empty())
            .map(|entry| (entry.shipment.id, entry))
            .collect();
        let known = several.values().filter(|entry| entry.before.is_some());
        let mut voices = voices(tx, known.map(|entry| entry.shipment.id)).await?;
        for (id, entry) in &mut several {
            let mut all = voices.remove(id).unwrap_or_default();
            all.append(&mut entry.voices);
            let told = weigh(&all, &entry.shipment.told_by);
            entry.shipment.judge(told);
        }
        Ok(())
    }

    fn note_unmapped(&mut self, carrier: &CarrierName, seen: &Observation) {
        let sample = seen.status.chars().take(SAMPLE).collect();
        let key = (carrier.code().to_owned(), phrase_key(&seen.status));
        self.unmapped.entry(key).or_insert((sample, 0)).1 += 1;
    }

    async fn save(
        mut self,
        tracking: &Tracking,
        keys: &TenantKeys,
        tx: &mut Tx,
        now: Timestamp,
    ) -> database::Result<Observed> {
        self.weigh(tx).await?;
        let (mut names, mut routes) = (NameChanges::default(), RouteChanges::default());
        let rules = tracking.rules(tx).await?;
        let mut counts = BTreeMap::<Counted, i64>::new();
        let (mut new, mut known) = (Vec::new(), Vec::new());
        for entry in self.shipments.into_values() {
            let Entry { before, name_before, route_before, mut shipment, changed, .. } = entry;
            routes.note(route_before, RouteShare::of(&shipment));
            names.note(keys, shipment.id, name_before.as_deref(), shipment.recipient.name.as_deref())?;
            if changed {
                shipment.updated_at = now;
            }
            match before {
                None => self.done.created += 1,
                Some(_) if changed => self.done.updated += 1,
                Some(_) => {}
            }
            shipment.assess(&rules.policy, &rules.flags, now);
            if let Some(before) = before {
                *counts.entry(before).or_default() -= 1;
            }
            *counts.entry(Counted::of(&shipment)).or_default() += 1;
            let row = rows::row(&shipment);
            self.done.standings.push(Standing {
                shipment: shipment.id,
                carrier_code: shipment.carrier_code,
                status: shipment.reading.status,
                new: before.is_none(),
            });
            match before {
                None => new.push((shipment.tracking_number, row)),
                Some(_) => known.push(row),
            }
        }
        // In the order of what may clash: two batches that register the same numbers do not wait in a circle.
        new.sort_by(|(a, _), (b, _)| a.cmp(b));
        rows::insert(tx, new.into_iter().map(|(_, row)| row).collect()).await?;
        rows::save_known(tx, known).await?;
        tx.execute_many(&INSERT_EVENTS, self.timeline).await?;
        names.save(tx).await?;
        routes.save(tx).await?;
        add_counts(tx, counts).await?;
        self.done.standings.sort_by_key(|one| one.shipment);
        let unmapped = self
            .unmapped
            .into_iter()
            .map(|((carrier, phrase), (sample, count))| bind![carrier, phrase, sample, count, now, now]);
        tx.execute_many(&NOTE_UNMAPPED, unmapped.collect()).await?;
        event_log::append(tx, &*tracking.ids, now, self.facts).await?;
        self.figures.count(tx);
        Ok(self.done)
    }
}

/// The stored events of shipments, in the order in which they came in.
async fn voices(
    tx: &mut Tx,
    ids: impl Iterator<Item = ShipmentId>,
) -> database::Result<HashMap<ShipmentId, Vec<Voice>>> {
    let mut found = HashMap::<ShipmentId, Vec<Voice>>::new();
    let wanted: Vec<_> = ids.map(|id| bind![id]).collect();
    if wanted.is_empty() {
        return Ok(found);
    }
    for row in tx.fetch_many(&VOICES, wanted).await? {
        let voice = Voice {
            source: row.get::<String>(1)?.into(),
            status: row.parse(2)?,
            known: row.get(3)?,
            at: row.time(4)?,
            counted: !row.get::<bool>(5)?,
        };
        found.entry(row.id(0)?).or_default().push(voice);
    }
    Ok(found)
}

async fn add_counts(tx: &mut Tx, counts: BTreeMap<Counted, i64>) -> database::Result<()> {
    let rows = counts
        .into_iter()
        .filter(|(_, delta)| *delta != 0)
        .map(|(counted, delta)| bind![counted.level.as_str(), counted.terminal, delta])
        .collect();
    tx.execute_many(&ADD_COUNTS, rows).await.map(drop)
}

/// Moves shipments between counts.
pub(crate) async fn move_counts(tx: &mut Tx, moved: &[(Counted, Counted)]) -> database::Result<()> {
    let mut counts = BTreeMap::<Counted, i64>::new();
    for (from, to) in moved {
        *counts.entry(*from).or_default() -= 1;
        *counts.entry(*to).or_default() += 1;
    }
    add_counts(tx, counts).await
}

fn hash_of(seen: &Observation) -> [u8; 32] {
    payload_hash(&Payload {
        tracking_number: seen.tracking_number.as_str(),
        status: Some(&seen.status),
        novelty: seen.novelty.as_deref(),
        city: Some(seen.place.as_deref().unwrap_or(&seen.city.raw)),
        carrier: Some(&seen.carrier.raw),
        last_movement_text: seen.last_movement_text.as_deref(),
        last_movement_at: seen.last_movement_at,
        guide_created_at: seen.guide_created_at,
    })
}

fn fact_of(
    shipment: &Shipment,
    absorbed: Absorbed,
    from: &str,
    known_before: bool,
    occurred_at: Timestamp,
) -> database::Result<Option<NewEvent>> {
    let version = shipment.version;
    let carrier = shipment.carrier_code.as_str();
    let status = shipment.reading.status.as_str();
    let order_id = shipment.order_id;
    let fact = if !known_before {
        let tracking_number = shipment.tracking_number.as_str();
        let payload = Registered { order_id, tracking_number, carrier, status };
        NewEvent::new("shipment.registered", shipment.id.as_uuid(), version, occurred_at, &payload)
    } else if absorbed.status_changed {
        let reason = shipment.reading.reason.as_str();
        let payload = StatusChanged { order_id, from, to: status, reason, carrier };
        NewEvent::new("shipment.status_changed", shipment.id.as_uuid(), version, occurred_at, &payload)
    } else {
        return Ok(None);
    };
    fact.map(Some)
        .map_err(|error| database::Error::Failed { statement: "append.sql", detail: error.to_string() })
}

#[expect(clippy::too_many_arguments, reason = "one row of a wide table, filled in one place")]
fn event_row(
    ids: &dyn Ids,
    shipment: ShipmentId,
    seen: &Observation,
    reading: StatusReading,
    hash: [u8; 32],
    absorbed: Absorbed,
    occurred_at: Timestamp,
    now: Timestamp,
) -> Vec<database::Value> {
    bind![
        ShipmentEventId::from(ids.next()),
        shipment,
        occurred_at,
        now,
        reading.status.as_str(),
        reading.known,
        reading.reason.as_str(),
        &seen.status,
        seen.last_movement_text.clone(),
        seen.novelty.clone(),
        Some(seen.place.clone().unwrap_or_else(|| seen.city.name().into_owned()))
            .filter(|name| !name.is_empty()),
        seen.source.as_str(),
        hash,
        !absorbed.in_order,
        seen.import_id,
        seen.meaning.map(|(status, _)| status.as_str()),
        seen.meaning.map(|(_, reason)| reason.as_str()),
    ]
}
