//! `GET /v1/webhook-failures`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Authorized, SystemAdmin};
use crate::params::{Paging, Params};
use crate::view::{Page, moment};
use crate::{Api, Problem};

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

/// Messages that were given up, the newest first. They are kept for 90 days.
#[utoipa::path(
    get, path = "/v1/webhook-failures", tag = "operations", operation_id = "list_webhook_failures", params(Paging),
    responses((status = 200, body = Page<WebhookFailure>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemAdmin>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<WebhookFailure>>, Problem> {
    let (after, limit) = paging.read()?;
    let page = api.webhooks.parked_webhooks(allowed.caller.tenant.id, after, limit).await?;
    Ok(Json(Page::of(page, |parked| WebhookFailure {
        id: parked.id.to_string(),
        source: parked.source,
        account: parked.account,
        topic: parked.topic,
        delivery_id: parked.delivery_id,
        attempts: parked.attempts,
        error_code: parked.error_code,
        error_detail: parked.error_detail,
        received_at: moment(parked.received_at),
    })))
}
