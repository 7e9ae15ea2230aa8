//! `GET /v1/shipments`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tracking::{Filter, Search, SearchCursor};
use utoipa::IntoParams;

use super::{Shipment, describe};
use crate::auth::{Authorized, GuidesRead};
use crate::params::{self, Params};
use crate::view::Page;
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// A tracking number or its beginning, the recipient's phone, an order, words of the recipient's name, or a city.
    /// What is found by the tracking number comes first, then the others in this order. A page may be short and not the
    /// last: `next_cursor` says so.
    q: Option<String>,
    /// A tracking number.
    tracking_number: Option<String>,
    status: Option<String>,
    /// Code or name.
    carrier: Option<String>,
    /// DIVIPOLA code or name; `name, department` where several bear it.
    city: Option<String>,
    /// HIGH, MEDIUM or LOW, of shipments that still need somebody.
    level: Option<String>,
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// All shipments, the most urgent first and the finished ones last; with `q`, what is looked for.
#[utoipa::path(
    get, path = "/v1/shipments", tag = "shipments", operation_id = "list_shipments", params(Wanted),
    responses((status = 200, body = Page<Shipment>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    Params(query): Params<Wanted>,
) -> Result<Json<Page<Shipment>>, Problem> {
    let limit = params::limit(query.limit)?;
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let filter = Filter {
        open_only: false,
        level: params::parse("level", query.level.as_deref())?,
        status: params::parse("status", query.status.as_deref())?,
        carrier: query.carrier.filter(|carrier| !carrier.is_empty()),
        city: query.city.filter(|city| !city.is_empty()),
        tracking_number: given(query.tracking_number),
    };
    if let Some(text) = given(query.q) {
        let after = params::parse("cursor", query.cursor.as_deref())?;
        search(&api, &allowed, text, &filter, after, limit).await
    } else {
        let after = params::parse("cursor", query.cursor.as_deref())?;
        page(&api, &allowed, &filter, after, limit).await
    }
}

/// A page of shipments, shown as this caller may see them.
pub(super) async fn page(
    api: &Api,
    allowed: &Authorized<GuidesRead>,
    filter: &Filter,
    after: Option<tracking::Cursor>,
    limit: u32,
) -> Result<Json<Page<Shipment>>, Problem> {
    let tenant = allowed.caller.tenant.id;
    let page = api.tracking.list(tenant, filter, after, limit).await?;
    let next_cursor = page.next.map(|cursor| cursor.to_string());
    Ok(Json(Page { items: shown(api, allowed, &page.items).await?, next_cursor }))
}

async fn search(
    api: &Api,
    allowed: &Authorized<GuidesRead>,
    text: String,
    filter: &Filter,
    after: Option<SearchCursor>,
    limit: u32,
) -> Result<Json<Page<Shipment>>, Problem> {
    let tenant = &allowed.caller.tenant;
    let of_orders = api.orders.tracking_numbers(tenant.id, &text).await?;
    let search = Search { text, country: tenant.country, of_orders };
    let page = api.tracking.search(tenant.id, &search, filter, after, limit).await?;
    let next_cursor = page.next.map(|cursor| cursor.to_string());
    Ok(Json(Page { items: shown(api, allowed, &page.items).await?, next_cursor }))
}

async fn shown(
    api: &Api,
    allowed: &Authorized<GuidesRead>,
    shipments: &[tracking::Shipment],
) -> Result<Vec<Shipment>, Problem> {
    let keys = api.db.keyring().tenant(&api.db, allowed.caller.tenant.id).await?;
    let masked = allowed.caller.sees_masked();
    let shown: database::Result<Vec<Shipment>> =
        shipments.iter().map(|shipment| describe(shipment, &keys, masked)).collect();
    Ok(shown?)
}
