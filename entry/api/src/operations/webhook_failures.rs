//! `GET /v1/webhook-failures`

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Authorized, SystemAdmin};
use crate::params::{self, Params};
use crate::view::{Page, moment};
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

/// A message of another system that could not be processed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookFailure {
    id: String,
    /// shopify.
    source: String,
    /// Whose it is there: a shop's domain.
    account: String,
    /// What kind of message it is.
    topic: String,
    /// The source's name of the delivery.
    delivery_id: String,
    attempts: i64,
    /// malformed_body, not_applied, reader_failed, does_not_open, does_not_seal or unknown_source.
    error_code: String,
    /// More, without what the message said.
    error_detail: Option<String>,
    #[schema(format = DateTime)]
    received_at: String,
}

/// Messages that were given up, the newest first. They are kept until they are tried again with success.
#[utoipa::path(
    get, path = "/v1/webhook-failures", tag = "operations", operation_id = "list_webhook_failures", params(Wanted),
    responses((status = 200, body = Page<WebhookFailure>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemAdmin>,
    Params(query): Params<Wanted>,
) -> Result<Json<Page<WebhookFailure>>, Problem> {
    let after = params::parse("cursor", query.cursor.as_deref())?;
    let limit = params::limit(query.limit)?;
    let page = api.webhooks.parked_webhooks(allowed.caller.tenant.id, after, limit).await?;
    let items = page
        .items
        .into_iter()
        .map(|parked| WebhookFailure {
            id: parked.id.to_string(),
            source: parked.source,
            account: parked.account,
            topic: parked.topic,
            delivery_id: parked.delivery_id,
            attempts: parked.attempts,
            error_code: parked.error_code,
            error_detail: parked.error_detail,
            received_at: moment(parked.received_at),
        })
        .collect();
    Ok(Json(Page { items, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}
