//! `POST /v1/pastes/preview`

use axum::Json;
use axum::extract::State;
use ports::pastes::{PasteReading, PastedShipment};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Paste, problem};
use crate::auth::{Authorized, GuidesWrite};
use crate::body::Body;
use crate::view::moment;
use crate::{Api, Problem};

/// What a paste was understood as.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PasteRead {
    shipments: Vec<Shipment>,
    /// Tracking numbers of step 1 that no shipment bears.
    unused: Vec<String>,
    /// The first 200.
    problems: Vec<Trouble>,
    /// How many there are beyond those.
    more_problems: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PastedShipment)]
struct Shipment {
    tracking_number: String,
    carrier: Option<String>,
    phone: Option<String>,
    /// confirmed, exact or report.
    #[schema(value_type = Option<String>, example = "exact")]
    phone_by: Option<&'static str>,
    /// Phones of numbers that resemble this one. Send the right one back in `links`; none is used by itself.
    suggestions: Vec<Suggestion>,
    /// Minor units of the organisation's currency.
    collect: Option<i64>,
    /// The newest first; its text is the status.
    events: Vec<Event>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasteSuggestion)]
struct Suggestion {
    tracking_number: String,
    phone: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PastedEvent)]
struct Event {
    #[schema(format = DateTime)]
    at: String,
    place: Option<String>,
    text: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasteProblem)]
struct Trouble {
    /// phones, report or summary.
    #[schema(value_type = String, example = "report")]
    part: &'static str,
    /// From 1.
    line: u32,
    tracking_number: Option<String>,
    /// carrier_not_detected, invalid_guide_format, phone_not_found, duplicate_guide, parse_error, data_incomplete or
    /// too_many.
    #[schema(value_type = String, example = "parse_error")]
    code: &'static str,
}

/// What a paste says, joined by tracking number. Changes nothing.
#[utoipa::path(
    post, path = "/v1/pastes/preview", tag = "imports", operation_id = "preview_paste", request_body = Paste,
    responses((status = 200, body = PasteRead), (status = 413, body = Problem), (status = 422, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    Body(paste): Body<Paste>,
) -> Result<Json<PasteRead>, Problem> {
    let reading = api.imports.read_paste(allowed.caller.tenant.id, paste.into()).await.map_err(problem)?;
    Ok(Json(describe(reading)))
}

fn describe(reading: PasteReading) -> PasteRead {
    PasteRead {
        shipments: reading.shipments.into_iter().map(shipment).collect(),
        unused: reading.unused.iter().map(|number| number.as_str().to_owned()).collect(),
        problems: reading
            .problems
            .into_iter()
            .map(|problem| Trouble {
                part: problem.part.as_str(),
                line: problem.line,
                tracking_number: problem.tracking_number.map(|number| number.as_str().to_owned()),
                code: problem.code.as_str(),
            })
            .collect(),
        more_problems: reading.more_problems,
    }
}

fn shipment(shipment: PastedShipment) -> Shipment {
    let suggestions = shipment.suggestions.into_iter().map(|(number, phone)| Suggestion {
        tracking_number: number.as_str().to_owned(),
        phone: phone.e164().to_owned(),
    });
    let events = shipment.events.into_iter().map(|event| Event {
        at: moment(event.at),
        place: event.place,
        text: event.text,
    });
    Shipment {
        tracking_number: shipment.tracking_number.as_str().to_owned(),
        carrier: shipment.carrier,
        phone: shipment.phone.map(|phone| phone.e164().to_owned()),
        phone_by: shipment.phone_by.map(ports::pastes::PhoneBy::as_str),
        suggestions: suggestions.collect(),
        collect: shipment.collect.map(|collect| collect.amount),
        events: events.collect(),
    }
}
