//! One shipment: how it takes in an observation.

use database::TenantKeys;
use domain::{
    CarrierName, City, ExceptionReason, ImportId, Money, OrderId, Phone, ShipmentId, ShipmentStatus,
    Timestamp, TrackingNumber,
};

use crate::concern::{Concern, Heard, Judgement, Tally, Voice};
use crate::observe::Observation;
use crate::risk::{self, Risk, RiskFlags, RiskInput, RiskLevel, RiskPolicy};
use crate::status::StatusReading;
use crate::trust::{SourceKind, Trust, Word, replaces};

pub(crate) const NAME: &str = "shipments.recipient_name";
const PHONE: &str = "shipments.recipient_phone";
const ADDRESS: &str = "shipments.address";

/// One shipment, as stored.
#[derive(Debug, Clone)]
pub struct Shipment {
    /// Its id.
    pub id: ShipmentId,
    /// Counts its changes.
    pub version: i64,
    /// The carrier's number for it.
    pub tracking_number: TrackingNumber,
    /// The order it delivers, when known.
    pub order_id: Option<OrderId>,
    /// Code of the carrier; see [`CarrierName`].
    pub carrier_code: String,
    /// The carrier as the source wrote it.
    pub carrier_raw: String,
    /// What the last event that counted means.
    pub reading: StatusReading,
    /// Its words.
    pub raw_status: String,
    /// Who said it: the stored name of a [`crate::Source`].
    pub told_by: String,
    /// The carrier's note about a problem, while there is one.
    pub novelty: Option<String>,
    /// Words of the last movement.
    pub last_movement_text: Option<String>,
    /// Moment of the last movement.
    pub last_movement_at: Option<Timestamp>,
    /// When the tracking number was made.
    pub guide_created_at: Option<Timestamp>,
    /// Where it goes.
    pub city: CityColumns,
    /// Who gets it, sealed.
    pub recipient: Recipient,
    /// What the carrier collects on delivery.
    pub collect: Option<Money>,
    /// What the delivery costs.
    pub freight: Option<Money>,
    /// What a return would cost.
    pub return_cost: Option<Money>,
    /// Its risk when last assessed.
    pub risk: Risk,
    /// Moment of the last event that counted.
    pub last_event_at: Timestamp,
    /// Who last told something of the order (recipient, destination, money), and when; none where nobody did, or it was
    /// not noted.
    pub order_told: Option<(String, Timestamp)>,
    /// Who spoke of it.
    pub(crate) heard: Heard,
    /// The gravest of what contradicts itself.
    pub concern: Option<Concern>,
    /// Since when it waits at an office, as far as the events that counted say; the order of lists.
    pub(crate) office_since: Option<Timestamp>,
    /// Events stored.
    pub event_count: i64,
    /// Repetitions received.
    pub duplicate_count: i64,
    /// Events that did not count: too late, or of a source that is less sure.
    pub out_of_order_count: i64,
    /// The last import that spoke of it.
    pub import_id: Option<ImportId>,
    /// When we first heard of it.
    pub first_seen_at: Timestamp,
    /// When it last changed here.
    pub updated_at: Timestamp,
}

/// A city as columns: the name to show, what it resolved to, and the key lists filter by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CityColumns {
    /// Official name, or the source's words.
    pub name: String,
    /// Department, when resolved.
    pub department: Option<String>,
    /// Code of the municipality, when resolved.
    pub code: Option<String>,
    /// The code, or the folded words.
    pub key: String,
    /// Whether several municipalities bear the name and no department decides.
    pub ambiguous: bool,
}

impl From<&City> for CityColumns {
    fn from(city: &City) -> Self {
        let known = city.municipality;
        let code = known.map(|known| known.dane_code.to_string());
        Self {
            name: city.name().into_owned(),
            department: known.map(|known| known.department.to_string()),
            key: code.clone().unwrap_or_else(|| city.folded()),
            code,
            ambiguous: city.ambiguous,
        }
    }
}

/// Who gets a shipment; opened only for a caller who may see it.
#[derive(Clone, Default)]
pub struct Recipient {
    pub(crate) name: Option<Vec<u8>>,
    pub(crate) phone: Option<Vec<u8>>,
    pub(crate) phone_blind: Option<Vec<u8>>,
    pub(crate) address: Option<Vec<u8>>,
}

impl Recipient {
    /// The name in clear.
    pub fn name(&self, keys: &TenantKeys) -> database::Result<Option<String>> {
        open(keys, NAME, self.name.as_deref())
    }

    /// The phone in clear, E.164.
    pub fn phone(&self, keys: &TenantKeys) -> database::Result<Option<String>> {
        open(keys, PHONE, self.phone.as_deref())
    }

    /// The address in clear.
    pub fn address(&self, keys: &TenantKeys) -> database::Result<Option<String>> {
        open(keys, ADDRESS, self.address.as_deref())
    }

    /// The index under which shipments to a phone are found.
    #[must_use]
    pub fn phone_index(keys: &TenantKeys, phone: &Phone) -> Vec<u8> {
        keys.blind(PHONE, phone.e164())
    }

    fn is_unknown(&self) -> bool {
        self.name.is_none() && self.phone.is_none() && self.address.is_none()
    }

    /// Takes in what an observation knows; answers whether anything changed. Sealing is randomised, so
    /// equal values are told by opening the stored one.
    fn absorb(&mut self, keys: &TenantKeys, seen: &Observation, phone: bool) -> database::Result<bool> {
        let mut changed = false;
        if let Some(phone) = seen.phone.as_ref().filter(|_| phone || self.phone.is_none()) {
            let blind = Self::phone_index(keys, phone);
            if self.phone_blind.as_ref() != Some(&blind) {
                self.phone = keys.seal_text(PHONE, Some(phone.e164()))?;
                self.phone_blind = Some(blind);
                changed = true;
            }
        }
        changed |= replace_sealed(keys, NAME, &mut self.name, seen.recipient_name.as_deref())?;
        changed |= replace_sealed(keys, ADDRESS, &mut self.address, seen.address.as_deref())?;
        Ok(changed)
    }
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recipient(sealed)")
    }
}

/// What taking in an observation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Absorbed {
    /// The state moved on: a new event that counts.
    pub(crate) in_order: bool,
    /// The canonical status became another one.
    pub(crate) status_changed: bool,
    /// Something about the parcel itself (recipient, money, order) changed.
    pub(crate) enriched: bool,
}

impl Shipment {
    /// A shipment we hear of for the first time, before it takes in what was said.
    pub(crate) fn new(id: ShipmentId, seen: &Observation, now: Timestamp) -> Self {
        Self {
            id,
            version: 0,
            tracking_number: seen.tracking_number.clone(),
            order_id: None,
            carrier_code: seen.carrier.code().to_owned(),
            carrier_raw: seen.carrier.raw.clone(),
            reading: StatusReading {
                status: ShipmentStatus::Created,
                reason: ExceptionReason::None,
                known: true,
                return_in_process: false,
            },
            raw_status: String::new(),
            told_by: seen.source.as_str().to_owned(),
            novelty: None,
            last_movement_text: None,
            last_movement_at: None,
            guide_created_at: None,
            city: CityColumns::from(&seen.city),
            recipient: Recipient::default(),
            collect: None,
            freight: None,
            return_cost: None,
            risk: Risk {
                score: 0,
                level: RiskLevel::Low,
                terminal: false,
                reasons: Vec::new(),
                next_change_at: None,
            },
            last_event_at: Timestamp::MIN,
            order_told: None,
            heard: Heard::default(),
            concern: None,
            office_since: None,
            event_count: 0,
            duplicate_count: 0,
            out_of_order_count: 0,
            import_id: None,
            first_seen_at: now,
            updated_at: now,
        }
    }

    /// Takes in a new event. Whether the state moves on to it is decided by [`Word::counts_after`]; one that does
    /// not count changes nothing but the gaps it fills, and what its source is the surest about.
    pub(crate) fn absorb(
        &mut self,
        keys: &TenantKeys,
        seen: &Observation,
        reading: StatusReading,
        occurred_at: Timestamp,
    ) -> database::Result<Absorbed> {
        let in_order = seen.word(reading, occurred_at).counts_after(&self.word());
        let before = self.reading.status;
        self.hear(&seen.voice(reading, occurred_at, in_order));
        self.event_count += 1;
        self.version += 1;
        if in_order {
            self.reading = reading;
            self.raw_status.clone_from(&seen.status);
            seen.source.as_str().clone_into(&mut self.told_by);
            self.novelty.clone_from(&seen.novelty);
            self.last_movement_text.clone_from(&seen.last_movement_text);
            let moved_at = seen.last_movement_at.map(|at| at.min(occurred_at));
            self.last_movement_at = moved_at.or(self.last_movement_at);
            self.last_event_at = occurred_at;
        } else {
            self.out_of_order_count += 1;
        }
        let enriched = self.enrich(keys, seen, occurred_at, in_order)?;
        Ok(Absorbed { in_order, status_changed: in_order && before != self.reading.status, enriched })
    }

    /// Counts a repetition; what it knows beyond the repeated payload is still taken in.
    pub(crate) fn repeat(
        &mut self,
        keys: &TenantKeys,
        seen: &Observation,
        occurred_at: Timestamp,
    ) -> database::Result<Absorbed> {
        self.duplicate_count += 1;
        let trust = Trust::builtin();
        let less_sure = trust.rank(seen.source.kind()) > trust.rank(trust.kind(&self.told_by));
        let enriched = self.enrich(keys, seen, occurred_at, !less_sure)?;
        self.version += i64::from(enriched);
        Ok(Absorbed { enriched, ..Absorbed::default() })
    }

    /// Notes what its next event makes of what is wrong with it, before it is taken in.
    fn hear(&mut self, voice: &Voice) {
        let state = (self.reading.status, self.reading.known, self.last_event_at);
        let mut tally = Tally::of(self.heard, self.event_count, state, self.concern, self.office_since);
        tally.hear(voice);
        self.judge(tally.judgement());
    }

    /// Stores what is wrong with it; answers whether that is something new. Who looked at it looked at it as it was.
    pub(crate) fn judge(&mut self, told: Judgement) -> bool {
        let Judgement { heard, found, office } = told;
        let stored = self.concern.map(|one| (one.kind, one.since));
        let changes = told != self.judgement();
        (self.heard, self.office_since) = (heard, office);
        if stored != found {
            self.concern = found.map(|(kind, since)| Concern { kind, since, reviewed: false });
        }
        changes
    }

    /// What is stored of what its events make of it.
    pub(crate) fn judgement(&self) -> Judgement {
        let found = self.concern.map(|one| (one.kind, one.since));
        Judgement { heard: self.heard, found, office: self.office_since }
    }

    /// The word that its state is.
    pub(crate) fn word(&self) -> Word {
        let kind = Trust::builtin().kind(&self.told_by);
        Word { kind, follows: false, reading: self.reading, at: self.last_event_at }
    }

    /// Takes in what does not depend on the state. `newest` is whether this is the latest word about the parcel; another
    /// one fills gaps. What is of the order follows who is the surest about it.
    fn enrich(
        &mut self,
        keys: &TenantKeys,
        seen: &Observation,
        occurred_at: Timestamp,
        newest: bool,
    ) -> database::Result<bool> {
        let mut changed = false;
        let trust = Trust::builtin();
        let wins = self.wins(&trust.about_order, seen, occurred_at, newest);
        let phone = self.wins(&trust.about_phone, seen, occurred_at, newest);
        if wins || self.recipient.is_unknown() {
            changed |= self.recipient.absorb(keys, seen, phone)?;
        }
        if wins || self.city.name.is_empty() {
            let city = CityColumns::from(&seen.city);
            if !city.name.is_empty() && city != self.city {
                self.city = city;
                changed = true;
            }
        }
        let names_another = !seen.carrier.raw.is_empty() && self.carrier_code != seen.carrier.code();
        if names_another && (newest || self.carrier_raw.is_empty()) {
            seen.carrier.code().clone_into(&mut self.carrier_code);
            self.carrier_raw.clone_from(&seen.carrier.raw);
            changed = true;
        }
        changed |= take(&mut self.guide_created_at, seen.guide_created_at, newest);
        changed |= take(&mut self.order_id, seen.order_id, wins);
        changed |= take(&mut self.collect, seen.collect, wins);
        changed |= take(&mut self.freight, seen.freight, wins);
        changed |= take(&mut self.return_cost, seen.return_cost, wins);
        if wins && seen.tells_of_order() {
            self.order_told = Some((seen.source.as_str().to_owned(), occurred_at));
        }
        self.import_id = seen.import_id.or(self.import_id);
        Ok(changed)
    }

    /// Whether an observation's word about the order replaces what is stored.
    fn wins(&self, order: &[SourceKind], seen: &Observation, occurred_at: Timestamp, newest: bool) -> bool {
        self.order_told.as_ref().map_or(newest, |(source, at)| {
            let stored = (Trust::builtin().kind(source), *at);
            replaces(order, stored, (seen.source.kind(), occurred_at))
        })
    }

    /// Assesses the risk anew.
    pub(crate) fn assess(&mut self, policy: &RiskPolicy, flags: &RiskFlags, now: Timestamp) {
        let city_folded = domain::text::fold(&self.city.name);
        let input = RiskInput {
            status: self.reading.status,
            return_in_process: self.reading.return_in_process,
            novelty: self.novelty.as_deref(),
            last_movement_at: self.last_movement_at,
            city_folded: &city_folded,
            carrier_code: &self.carrier_code,
        };
        self.risk = risk::assess(policy, flags, &input, now);
    }

    /// The carrier.
    #[must_use]
    pub fn carrier(&self) -> CarrierName {
        CarrierName { carrier: domain::Carrier::from_code(&self.carrier_code), raw: self.carrier_raw.clone() }
    }

    /// Since when it has not moved, as far as anybody said: the third key of the queue's order.
    pub(crate) fn still_since(&self) -> Timestamp {
        self.last_movement_at.or(self.guide_created_at).unwrap_or(self.first_seen_at)
    }
}

fn take<T: PartialEq>(stored: &mut Option<T>, seen: Option<T>, newest: bool) -> bool {
    let wanted = seen.is_some() && (newest || stored.is_none()) && *stored != seen;
    if wanted {
        *stored = seen;
    }
    wanted
}

fn replace_sealed(
    keys: &TenantKeys,
    field: &str,
    stored: &mut Option<Vec<u8>>,
    seen: Option<&str>,
) -> database::Result<bool> {
    let Some(seen) = seen.filter(|seen| !seen.is_empty()) else { return Ok(false) };
    if let Some(sealed) = stored.as_deref()
        && keys.open(field, sealed)? == seen.as_bytes()
    {
        return Ok(false);
    }
    *stored = keys.seal_text(field, Some(seen))?;
    Ok(true)
}

fn open(keys: &TenantKeys, field: &str, sealed: Option<&[u8]>) -> database::Result<Option<String>> {
    Ok(sealed.map(|sealed| keys.open_text(field, sealed)).transpose()?)
}
