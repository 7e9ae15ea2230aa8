//! Ways to carriers: what lets the organisation in, and how asking goes.

pub(crate) mod delete;
pub(crate) mod health;
pub(crate) mod list;
pub(crate) mod put;
pub(crate) mod test;

use identity::Actor;
use integrations::{CarrierConnection, ConnectedBy};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::moment;

/// A carrier or aggregator that can be asked. What was given is never shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CarrierConnection)]
pub(crate) struct ConnectionView {
    /// The carrier's code; an aggregator's own.
    #[schema(example = "coordinadora")]
    carrier: String,
    name: String,
    /// Whether it follows parcels of many carriers; it is asked about those that have no connection of their own.
    aggregator: bool,
    fields: Vec<Field>,
    /// Whether it can be asked only at an address that the organisation was given.
    needs_address: bool,
    /// The address that was given; null for the usual one.
    address: Option<String>,
    /// not_connected, untested, connected, refused, throttled, unreachable, unreadable or question_refused: how the
    /// last question went.
    #[schema(value_type = String, example = "connected")]
    state: &'static str,
    /// What exactly happened, as a token.
    detail: Option<String>,
    /// When somebody last tried it.
    #[schema(format = DateTime)]
    tested_at: Option<String>,
    /// When it last answered about parcels.
    #[schema(format = DateTime)]
    answered_at: Option<String>,
    /// How often it was changed; 0 without a connection.
    version: i64,
    #[schema(format = DateTime)]
    changed_at: Option<String>,
    /// The path that it may call when something happens. Where nothing signs its messages, as with Coordinadora,
    /// whoever knows the path can send some; else they must be signed with the secret that was given. Null without a
    /// connection, without the secret that has to sign, and where it tells nothing by itself.
    hook_path: Option<String>,
    /// Whether what it sends there has to be signed.
    hook_signed: bool,
}

/// A value that the carrier gives.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CarrierCredential)]
pub(crate) struct Field {
    name: &'static str,
    secret: bool,
    required: bool,
    /// Whether it was given.
    given: bool,
}

impl From<CarrierConnection> for ConnectionView {
    fn from(one: CarrierConnection) -> Self {
        let field = |(field, given): (ports::carriers::CredentialField, bool)| Field {
            name: field.name,
            secret: field.is_secret,
            required: field.is_required,
            given,
        };
        Self {
            carrier: one.carrier.to_owned(),
            name: one.name.to_owned(),
            aggregator: one.is_aggregator,
            fields: one.fields.into_iter().map(field).collect(),
            needs_address: one.needs_address,
            address: one.address,
            state: one.state.as_str(),
            detail: one.detail,
            tested_at: one.tested_at.map(moment),
            answered_at: one.answered_at.map(moment),
            version: one.version,
            changed_at: one.changed_at.map(moment),
            hook_path: one.hook_path,
            hook_signed: one.hook_signed,
        }
    }
}

fn by(actor: &Actor) -> ConnectedBy {
    match actor {
        Actor::User { id, .. } => ConnectedBy::User(*id),
        Actor::ApiKey { id, .. } => ConnectedBy::ApiKey(*id),
    }
}
