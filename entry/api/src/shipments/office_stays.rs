//! `GET /v1/office-stays`

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tracking::{OfficeFilter, OfficeLight};
use utoipa::{IntoParams, ToSchema};

use super::{Shipment, describe};
use crate::auth::{Authorized, GuidesRead};
use crate::params::{self, Params};
use crate::view::moment;
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Code or name.
    carrier: Option<String>,
    /// DIVIPOLA code or name; `name, department` where several bear it.
    city: Option<String>,
    /// green, amber, red or grey.
    light: Option<String>,
    /// Only those whose last day has passed.
    overdue: Option<bool>,
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// Parcels that wait at offices.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfficeStays {
    /// The nearest to its end first; those of which nobody knows the end last.
    items: Vec<WaitingParcel>,
    /// Give it as `cursor` for the next page; null at the end.
    next_cursor: Option<String>,
    counts: OfficeCounts,
}

/// A parcel that waits at an office.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WaitingParcel {
    shipment: Shipment,
    #[schema(format = DateTime)]
    arrived_at: String,
    /// Business days it may wait by the carrier's rules. Null where nobody knows.
    office_days: Option<i64>,
    /// Business days it was extended by.
    extra_days: i64,
    /// The last day, as 2026-03-25.
    #[schema(example = "2026-03-25")]
    due_on: Option<String>,
    /// Business days from today to the last one, below zero once it is over.
    days_left: Option<i64>,
    overdue: bool,
    /// green, amber (half of its days or fewer), red (it ends today, on the next business day, or is over) or grey (nobody
    /// knows how long it may wait).
    #[schema(value_type = String, example = "amber")]
    light: &'static str,
}

/// How many wait, of all that fit the carrier and the city.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfficeCounts {
    /// Those whose last day has passed; they are red too.
    overdue: u64,
    red: u64,
    amber: u64,
    green: u64,
    grey: u64,
}

/// Parcels that wait at offices, by the business days that are left.
#[utoipa::path(
    get, path = "/v1/office-stays", tag = "shipments", operation_id = "list_office_stays", params(Wanted),
    responses((status = 200, body = OfficeStays)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    Params(query): Params<Wanted>,
) -> Result<Json<OfficeStays>, Problem> {
    let after = params::parse("cursor", query.cursor.as_deref())?;
    let limit = params::limit(query.limit)?;
    let filter = OfficeFilter {
        carrier: query.carrier.filter(|carrier| !carrier.is_empty()),
        city: query.city.filter(|city| !city.is_empty()),
        light: params::parse("light", query.light.as_deref())?,
        overdue: query.overdue.unwrap_or(false),
    };
    let tenant = allowed.caller.tenant.id;
    let found = api.tracking.office_list(tenant, &filter, after, limit).await?;
    let keys = api.db.keyring().tenant(&api.db, tenant).await?;
    let masked = allowed.caller.sees_masked();
    let count = |light| found.lights.get(&light).copied().unwrap_or(0);
    let counts = OfficeCounts {
        overdue: found.overdue,
        red: count(OfficeLight::Red),
        amber: count(OfficeLight::Amber),
        green: count(OfficeLight::Green),
        grey: count(OfficeLight::Grey),
    };
    let show = |one: &tracking::Waiting| -> database::Result<WaitingParcel> {
        Ok(WaitingParcel {
            shipment: describe(&one.shipment, &keys, masked)?,
            arrived_at: moment(one.arrived_at),
            office_days: one.office_days,
            extra_days: one.extra_days,
            due_on: one.deadline.due_on.map(|due| due.to_string()),
            days_left: one.deadline.days_left,
            overdue: one.deadline.overdue,
            light: one.deadline.light.as_str(),
        })
    };
    let items = found.page.items.iter().map(show).collect::<database::Result<Vec<_>>>()?;
    Ok(Json(OfficeStays { items, next_cursor: found.page.next.map(|next| next.to_string()), counts }))
}
