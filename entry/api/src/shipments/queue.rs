//! `GET /v1/queue`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tracking::{Filter, can_be_finished};
use utoipa::IntoParams;

use super::{Shipment, list};
use crate::auth::{Authorized, GuidesRead};
use crate::params::{self, Params};
use crate::view::Page;
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// HIGH, MEDIUM or LOW.
    level: Option<String>,
    /// One of a finished shipment brings the finished ones of it too.
    status: Option<String>,
    /// Whether finished shipments, of which nothing is left to do, come after the open ones.
    #[serde(default)]
    include_terminal: bool,
    /// Code or name.
    carrier: Option<String>,
    /// DIVIPOLA code or name; `name, department` where several bear it.
    city: Option<String>,
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// Shipments that need somebody, the most urgent first: by level, then score, then the longest still. Finished ones
/// only where they are asked for.
#[utoipa::path(
    get, path = "/v1/queue", tag = "shipments", operation_id = "urgent_queue", params(Wanted),
    responses((status = 200, body = Page<Shipment>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    Params(query): Params<Wanted>,
) -> Result<Json<Page<Shipment>>, Problem> {
    let status = params::parse("status", query.status.as_deref())?;
    let filter = Filter {
        open_only: !query.include_terminal && !status.is_some_and(can_be_finished),
        level: params::parse("level", query.level.as_deref())?,
        status,
        carrier: query.carrier.filter(|carrier| !carrier.is_empty()),
        city: query.city.filter(|city| !city.is_empty()),
        tracking_number: None,
    };
    let after = params::parse("cursor", query.cursor.as_deref())?;
    list::page(&api, &allowed, &filter, after, params::limit(query.limit)?).await
}
