//! `GET /v1/shipments/facets`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Carrier;
use crate::auth::{Authorized, GuidesRead};
use crate::view::City;
use crate::{Api, Problem};

/// Values that lists can be filtered by.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Facets {
    /// By code.
    carriers: Vec<Carrier>,
    /// By code of the municipality, then names that are none.
    cities: Vec<City>,
}

/// Carriers and cities that shipments have
#[utoipa::path(
    get, path = "/v1/shipments/facets", tag = "shipments", operation_id = "list_shipment_facets",
    responses((status = 200, body = Facets)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
) -> Result<Json<Facets>, Problem> {
    let found = api.tracking.facets(allowed.caller.tenant.id).await?;
    let carriers = found
        .carriers
        .iter()
        .map(|carrier| Carrier { code: carrier.code().to_owned(), name: carrier.name().to_owned() });
    let cities = found.cities.iter().map(|city| City {
        name: city.name().into_owned(),
        department: city.municipality.map(|known| known.department.to_owned()),
        dane_code: city.municipality.map(|known| known.dane_code.to_owned()),
        ambiguous: city.ambiguous,
    });
    Ok(Json(Facets { carriers: carriers.collect(), cities: cities.collect() }))
}
