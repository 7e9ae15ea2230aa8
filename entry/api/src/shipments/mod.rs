//! Shipments and the urgent queue.

pub(crate) mod events;
pub(crate) mod extend_office;
pub(crate) mod facets;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod office;
pub(crate) mod office_stays;
pub(crate) mod queue;
pub(crate) mod sources;
pub(crate) mod summary;
pub(crate) mod withdraw_office;

use database::TenantKeys;
use domain::Timestamp;
use serde::Serialize;
use tracking::{Shipment as Stored, ShipmentColour};
use utoipa::ToSchema;

use crate::masking;
use crate::view::{City, Money, Recipient, moment};

/// A shipment as lists show it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Shipment {
    id: String,
    tracking_number: String,
    carrier: Carrier,
    /// CREATED, PROCESSING, SHIPPED, IN_TRANSIT, OUT_FOR_DELIVERY, IN_OFFICE, DELIVERED, ISSUE, RETURNED or CANCELLED.
    #[schema(value_type = String, example = "IN_OFFICE")]
    status: &'static str,
    /// Whether the carrier's phrase is in a table; if not, `raw_status` is all that is known.
    status_known: bool,
    /// Why, for an ISSUE; else NONE.
    #[schema(value_type = String, example = "BAD_ADDRESS")]
    exception_reason: &'static str,
    /// green (delivered), yellow (on its way), orange (at an office), red (a problem or a return) or grey (cancelled, or
    /// words that no table knows). How urgent it is, is the risk.
    #[schema(value_type = String, example = "orange")]
    colour: &'static str,
    /// Whether a return is still under way.
    return_in_process: bool,
    raw_status: String,
    novelty: Option<String>,
    city: City,
    risk: Risk,
    #[schema(format = DateTime)]
    last_movement_at: Option<String>,
    last_movement_text: Option<String>,
    recipient: Recipient,
    /// What the carrier collects on delivery.
    collect: Option<Money>,
    order_id: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Carrier {
    code: String,
    name: String,
}

/// How urgent, and why.
#[derive(Debug, Serialize, ToSchema)]
struct Risk {
    /// 0 to 100: the sum of the reasons' points, at most 100.
    score: u8,
    /// HIGH, MEDIUM or LOW.
    #[schema(value_type = String, example = "HIGH")]
    level: &'static str,
    /// Whether nothing is left to do.
    terminal: bool,
    reasons: Vec<Reason>,
    /// When the passing of time changes it next.
    #[schema(format = DateTime)]
    next_change_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Reason {
    #[schema(value_type = String, example = "72h_no_movement")]
    code: &'static str,
    points: u8,
}

pub(crate) fn describe(stored: &Stored, keys: &TenantKeys, masked: bool) -> database::Result<Shipment> {
    let carrier = stored.carrier();
    let name = stored.recipient.name(keys)?.map(|name| masking::name(name, masked));
    let phone = stored.recipient.phone(keys)?.map(|phone| masking::phone(phone, masked));
    let words = |text: &str| masking::text(text.to_owned(), masked);
    Ok(Shipment {
        id: stored.id.to_string(),
        tracking_number: stored.tracking_number.to_string(),
        carrier: Carrier { code: stored.carrier_code.clone(), name: carrier.name().to_owned() },
        status: stored.reading.status.as_str(),
        status_known: stored.reading.known,
        exception_reason: stored.reading.reason.as_str(),
        colour: ShipmentColour::of(&stored.reading).as_str(),
        return_in_process: stored.reading.return_in_process,
        raw_status: words(&stored.raw_status),
        novelty: stored.novelty.as_deref().map(words),
        city: City {
            name: stored.city.name.clone(),
            department: stored.city.department.clone(),
            dane_code: stored.city.code.clone(),
            ambiguous: stored.city.ambiguous,
        },
        risk: Risk {
            score: stored.risk.score,
            level: stored.risk.level.as_str(),
            terminal: stored.risk.terminal,
            reasons: stored
                .risk
                .reasons
                .iter()
                .map(|reason| Reason { code: reason.code.as_str(), points: reason.points })
                .collect(),
            next_change_at: stored.risk.next_change_at.map(moment),
        },
        last_movement_at: stored.last_movement_at.map(moment),
        last_movement_text: stored.last_movement_text.as_deref().map(words),
        recipient: Recipient { name, phone, masked },
        collect: stored.collect.map(Money::from),
        order_id: stored.order_id.map(|id| id.to_string()),
    })
}

/// Whole days from the tracking number's making to its last movement, or to now while it is open; none
/// when nobody said when it was made.
fn days_in_transit(stored: &Stored, now: Timestamp) -> Option<i64> {
    let until = if stored.risk.terminal { stored.last_movement_at.unwrap_or(now) } else { now };
    let hours = until.duration_since(stored.guide_created_at?).as_hours();
    Some(hours.max(0) / 24)
}
