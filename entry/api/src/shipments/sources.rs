//! `GET /v1/shipments/{id}/sources`

use axum::Json;
use axum::extract::State;
use domain::ShipmentId;
use serde::Serialize;
use tracking::{Discrepancy, DiscrepancyKind, Oddity, OddityKind, Side, Truth};
use utoipa::ToSchema;

use crate::auth::{Authorized, GuidesRead};
use crate::masking;
use crate::params::PathId;
use crate::view::moment;
use crate::{Api, Problem};

/// A shipment by its sources.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShipmentSources {
    /// The source that is believed about the parcel: status, place, carrier, dates. Null before any event.
    about_parcel: Option<String>,
    /// The source that is believed about the order: person, product, destination.
    about_order: Option<String>,
    /// The last word of each, the surest about the parcel first.
    sources: Vec<SourceSide>,
    /// Where they differ from the surest one, what concerns a delivery first.
    discrepancies: Vec<SourceDiscrepancy>,
    /// What cannot be, or hardly, in the order of time.
    oddities: Vec<SourceOddity>,
}

/// The last word of one source.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceSide {
    /// dropi_file, tracking_file (a carrier's list, or text copied from its page), carrier, 17track or aftership.
    source: String,
    /// tracking (follows the parcel), dropi, manual or system.
    #[schema(value_type = String, example = "tracking")]
    kind: &'static str,
    /// How sure its word is, percent.
    confidence: u8,
    /// Events it told of.
    events: usize,
    #[schema(value_type = String, example = "IN_TRANSIT")]
    status: &'static str,
    status_known: bool,
    #[schema(value_type = String, example = "NONE")]
    exception_reason: &'static str,
    /// Whether a return is still under way.
    return_in_process: bool,
    raw_status: String,
    text: Option<String>,
    city: Option<String>,
    #[schema(format = DateTime)]
    occurred_at: String,
    #[schema(format = DateTime)]
    received_at: String,
}

/// Where a source differs from the one that is believed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceDiscrepancy {
    /// status_mismatch, date_delay (the same, more than a day apart) or missing_in_source (Dropi does not know it).
    #[schema(value_type = String, example = "status_mismatch")]
    kind: &'static str,
    believed: String,
    other: String,
    /// Whether exactly one of the two says that it was delivered.
    about_delivery: bool,
}

/// What cannot be, or hardly.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceOddity {
    /// delivered_unseen (nobody saw it with a courier or at an office), delivered_same_day (as its guía), moved_back or
    /// after_the_end (it moved after it was delivered or cancelled).
    #[schema(value_type = String, example = "delivered_unseen")]
    kind: &'static str,
    from: Option<&'static str>,
    to: &'static str,
    source: String,
    #[schema(format = DateTime)]
    occurred_at: String,
}

/// What each source says about a shipment, side by side.
#[utoipa::path(
    get, path = "/v1/shipments/{id}/sources", tag = "shipments", operation_id = "get_shipment_sources",
    params(("id" = String, Path)),
    responses((status = 200, body = ShipmentSources), (status = 404, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    PathId(id): PathId<ShipmentId>,
) -> Result<Json<ShipmentSources>, Problem> {
    let tenant = allowed.caller.tenant.id;
    let shipment = api.tracking.shipment(tenant, id).await?.ok_or_else(Problem::not_found)?;
    let mut found = view(api.tracking.truth(tenant, &shipment).await?);
    for side in &mut found.sources {
        side.show(allowed.caller.sees_masked());
    }
    Ok(Json(found))
}

fn view(truth: Truth) -> ShipmentSources {
    let name = |side: Option<&Side>| side.map(|side| side.source.clone());
    ShipmentSources {
        about_parcel: name(truth.about_parcel()),
        about_order: name(truth.about_order()),
        sources: truth.sides.into_iter().map(SourceSide::from).collect(),
        discrepancies: truth.discrepancies.into_iter().map(SourceDiscrepancy::from).collect(),
        oddities: truth.oddities.into_iter().map(SourceOddity::from).collect(),
    }
}

impl SourceSide {
    /// As a caller may see it.
    fn show(&mut self, masked: bool) {
        self.raw_status = masking::text(std::mem::take(&mut self.raw_status), masked);
        self.text = self.text.take().map(|text| masking::text(text, masked));
    }
}

impl From<Side> for SourceSide {
    fn from(side: Side) -> Self {
        Self {
            source: side.source,
            kind: side.kind.as_str(),
            confidence: side.confidence,
            events: side.events,
            status: side.status.as_str(),
            status_known: side.status_known,
            exception_reason: side.reason.as_str(),
            return_in_process: side.return_in_process,
            raw_status: side.raw_status,
            text: side.movement_text,
            city: side.city,
            occurred_at: moment(side.occurred_at),
            received_at: moment(side.received_at),
        }
    }
}

impl From<Discrepancy> for SourceDiscrepancy {
    fn from(one: Discrepancy) -> Self {
        let kind = match one.kind {
            DiscrepancyKind::StatusMismatch => "status_mismatch",
            DiscrepancyKind::DateDelay => "date_delay",
            DiscrepancyKind::MissingInSource => "missing_in_source",
        };
        Self { kind, believed: one.believed, other: one.other, about_delivery: one.about_delivery }
    }
}

impl From<Oddity> for SourceOddity {
    fn from(one: Oddity) -> Self {
        let kind = match one.kind {
            OddityKind::DeliveredUnseen => "delivered_unseen",
            OddityKind::DeliveredSameDay => "delivered_same_day",
            OddityKind::MovedBack => "moved_back",
            OddityKind::AfterTheEnd => "after_the_end",
        };
        Self {
            kind,
            from: one.from.map(domain::ShipmentStatus::as_str),
            to: one.to.as_str(),
            source: one.source,
            occurred_at: moment(one.occurred_at),
        }
    }
}
