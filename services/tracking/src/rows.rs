//! Shipments as rows.

use database::{Result, Row, Statement, Tx, Value, bind, sql};
use domain::{Currency, Money, ShipmentId};

use crate::concern::{Concern, Heard};
use crate::risk::{Risk, RiskLevel, decode_reasons, encode_reasons};
use crate::shipment::{CityColumns, Recipient, Shipment};
use crate::status::StatusReading;

const BY_NUMBER: Statement = sql!(
    "parts/wanted_numbers.sql" + "parts/shipment.sql" + "find_by_number.sql",
    postgres: "find_by_number.postgres.sql"
);
const BY_ID: Statement = sql!(
    "parts/wanted_ids.sql" + "parts/shipment.sql" + "find_by_id.sql",
    postgres: "find_by_id.postgres.sql"
);
const INSERT: Statement = sql!("parts/new_shipment.sql" + "insert_shipments.sql");
const SAVE: Statement = sql!("parts/new_shipment.sql" + "save_shipments.sql");
const SAVE_RISK: Statement = sql!("save_risk.sql");

/// The known shipments among tracking numbers, locked until the commit.
pub(crate) async fn lock_by_number(tx: &mut Tx, numbers: Vec<Vec<Value>>) -> Result<Vec<Shipment>> {
    tx.fetch_many(&BY_NUMBER, numbers).await?.iter().map(read).collect()
}

/// Shipments by id, locked until the commit.
pub(crate) async fn lock_by_id(tx: &mut Tx, ids: &[ShipmentId]) -> Result<Vec<Shipment>> {
    let wanted = ids.iter().map(|id| bind![*id]).collect();
    tx.fetch_many(&BY_ID, wanted).await?.iter().map(read).collect()
}

/// Inserts new shipments, as [`row`] lays them out. SQLite keeps a copy of every page that an upsert of many rows
/// changes, and none for a plain insert.
pub(crate) async fn insert(tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<()> {
    tx.execute_many(&INSERT, rows).await.map(drop)
}

/// Replaces known shipments, as [`row`] lays them out.
pub(crate) async fn save_known(tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<()> {
    tx.execute_many(&SAVE, rows).await.map(drop)
}

/// Replaces the risk of shipments and nothing else.
pub(crate) async fn save_risk(tx: &mut Tx, shipments: &[Shipment]) -> Result<()> {
    let rows = shipments
        .iter()
        .map(|shipment| {
            let risk = &shipment.risk;
            bind![
                shipment.id,
                level_rank(risk.level),
                risk_rank(risk),
                risk.score,
                risk.level.as_str(),
                encode_reasons(&risk.reasons),
                risk.next_change_at,
            ]
        })
        .collect();
    tx.execute_many(&SAVE_RISK, rows).await.map(drop)
}

/// The queue's first key: high before medium before low.
pub(crate) const fn level_rank(level: RiskLevel) -> i64 {
    match level {
        RiskLevel::High => 0,
        RiskLevel::Medium => 1,
        RiskLevel::Low => 2,
    }
}

/// The queue's second key: the higher score first, as an ascending number.
pub(crate) fn risk_rank(risk: &Risk) -> i64 {
    100 - i64::from(risk.score)
}

/// A shipment in the order of `insert_shipments.sql` and `save_shipments.sql`.
pub(crate) fn row(s: &Shipment) -> Vec<Value> {
    let currency = s.collect.or(s.freight).or(s.return_cost).map_or(Currency::Cop, |money| money.currency);
    bind![
        s.id,
        s.version,
        s.tracking_number.as_str(),
        s.order_id,
        &s.carrier_code,
        &s.carrier_raw,
        s.reading.status.as_str(),
        s.reading.known,
        s.reading.reason.as_str(),
        s.reading.return_in_process,
        &s.raw_status,
        s.novelty.clone(),
        s.last_movement_text.clone(),
        s.last_movement_at,
        s.guide_created_at,
        &s.city.name,
        s.city.department.clone(),
        s.city.code.clone(),
        &s.city.key,
        s.city.ambiguous,
        s.recipient.name.clone(),
        s.recipient.phone.clone(),
        s.recipient.phone_blind.clone(),
        s.recipient.address.clone(),
        s.collect.map(|money| money.amount),
        s.freight.map(|money| money.amount),
        s.return_cost.map(|money| money.amount),
        currency.as_str(),
        s.risk.terminal,
        level_rank(s.risk.level),
        risk_rank(&s.risk),
        s.still_since(),
        s.risk.score,
        s.risk.level.as_str(),
        encode_reasons(&s.risk.reasons),
        s.risk.next_change_at,
        s.last_event_at,
        s.event_count,
        s.duplicate_count,
        s.out_of_order_count,
        s.import_id,
        s.first_seen_at,
        s.updated_at,
        &s.told_by,
        s.order_told.as_ref().map(|(source, _)| source.clone()),
        s.order_told.as_ref().map(|(_, at)| *at),
        s.heard.0,
        s.concern.map(|concern| concern.kind.as_str()),
        s.concern.map(|concern| concern.since),
        s.concern.is_some_and(|concern| concern.reviewed),
        s.office_since,
    ]
}

/// A shipment from the columns of `parts/shipment.sql`.
pub(crate) fn read(row: &Row) -> Result<Shipment> {
    let currency: Currency = row.parse(27)?;
    let money = |index| -> Result<Option<Money>> {
        Ok(row.get::<Option<i64>>(index)?.map(|amount| Money { amount, currency }))
    };
    Ok(Shipment {
        id: row.id(0)?,
        version: row.get(1)?,
        tracking_number: row.parse(2)?,
        order_id: row.id_opt(3)?,
        carrier_code: row.get(4)?,
        carrier_raw: row.get(5)?,
        reading: StatusReading {
            status: row.parse(6)?,
            known: row.get(7)?,
            reason: row.parse(8)?,
            return_in_process: row.get(9)?,
        },
        raw_status: row.get(10)?,
        novelty: row.get(11)?,
        last_movement_text: row.get(12)?,
        last_movement_at: row.time_opt(13)?,
        guide_created_at: row.time_opt(14)?,
        city: CityColumns {
            name: row.get(15)?,
            department: row.get(16)?,
            code: row.get(17)?,
            key: row.get(18)?,
            ambiguous: row.get(19)?,
        },
        recipient: Recipient {
            name: row.get(20)?,
            phone: row.get(21)?,
            phone_blind: row.get(22)?,
            address: row.get(23)?,
        },
        collect: money(24)?,
        freight: money(25)?,
        return_cost: money(26)?,
        risk: read_risk(row)?,
        last_event_at: row.time(34)?,
        event_count: row.get(35)?,
        duplicate_count: row.get(36)?,
        out_of_order_count: row.get(37)?,
        import_id: row.id_opt(38)?,
        first_seen_at: row.time(39)?,
        updated_at: row.time(40)?,
        told_by: row.get(41)?,
        order_told: row.get::<Option<String>>(42)?.zip(row.time_opt(43)?),
        heard: Heard(row.get(44)?),
        concern: read_concern(row)?,
        office_since: row.time_opt(48)?,
    })
}

fn read_concern(row: &Row) -> Result<Option<Concern>> {
    let Some(since) = row.time_opt(46)? else { return Ok(None) };
    Ok(Some(Concern { kind: row.parse(45)?, since, reviewed: row.get(47)? }))
}

fn read_risk(row: &Row) -> Result<Risk> {
    Ok(Risk {
        terminal: row.get(28)?,
        score: u8::try_from(row.get::<i64>(30)?).unwrap_or(u8::MAX),
        level: row.parse(31)?,
        reasons: row.get::<String>(32).map(|text| decode_reasons(&text))?,
        next_change_at: row.time_opt(33)?,
    })
}
