//! `PUT /v1/carrier-connections/{carrier}`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use integrations::{ConnectError, NewAddress, NewConnection};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::{ConnectionView, by};
use crate::auth::{Authorized, SystemConfig};
use crate::body::Body;
use crate::{Api, Problem};

/// What lets the organisation in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCarrierConnection {
    /// Values by the names of the fields, stored sealed. One that is left out stays as it was; a secret may be left
    /// out only while the address stays the same.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    credentials: BTreeMap<String, SecretString>,
    /// Where to ask, if the carrier gave an address; https at a public host. Left out, it stays as it was; null or an
    /// empty text is the carrier's usual one.
    #[serde(default, deserialize_with = "where_to_ask")]
    #[schema(value_type = Option<String>)]
    address: NewAddress,
}

/// What is given; null is the usual address, unlike what is left out.
fn where_to_ask<'de, D: Deserializer<'de>>(value: D) -> Result<NewAddress, D::Error> {
    let text = Option::<String>::deserialize(value)?.map(|text| text.trim().to_owned());
    Ok(text.filter(|text| !text.is_empty()).map_or(NewAddress::Usual, NewAddress::At))
}

/// Gives what lets the organisation in, or changes it. Every change is told in the event log, without the values.
#[utoipa::path(
    put, path = "/v1/carrier-connections/{carrier}", tag = "carriers", operation_id = "put_carrier_connection",
    params(("carrier" = String, Path)), request_body = NewCarrierConnection,
    responses(
        (status = 200, body = ConnectionView), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "changed meanwhile"), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
    Path(carrier): Path<String>,
    Body(new): Body<NewCarrierConnection>,
) -> Result<Json<ConnectionView>, Problem> {
    let caller = &allowed.caller;
    let new = NewConnection { credentials: new.credentials, address: new.address };
    let connected = api.carriers.connect(caller.tenant.id, &carrier, new, by(&caller.actor)).await;
    connected.map(|one| Json(one.into())).map_err(problem)
}

fn problem(error: ConnectError) -> Problem {
    let message = error.to_string();
    match error {
        ConnectError::UnknownCarrier(_) => Problem::not_found(),
        ConnectError::UnknownField(name) => {
            Problem::invalid_field(&format!("credentials.{name}"), "unknown_field", message)
        }
        ConnectError::BadValue(name) => {
            Problem::invalid_field(&format!("credentials.{name}"), "bad_value", message)
        }
        ConnectError::SecretWanted(name) => {
            Problem::invalid_field(&format!("credentials.{name}"), "wanted_again", message)
        }
        ConnectError::BadAddress => Problem::invalid_field("address", "bad_address", message),
        ConnectError::Changed => Problem::new(
            StatusCode::CONFLICT,
            "carrier-connection-changed",
            "Somebody changed this connection meanwhile",
        ),
        ConnectError::Database(error) => error.into(),
    }
}
