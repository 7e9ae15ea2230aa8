//! `GET /v1/privacy-requests`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Authorized, SystemConfig};
use crate::masking;
use crate::params::{Paging, Params};
use crate::view::{Page, moment};
use crate::{Api, Problem};

/// What a customer or a shop asks about stored data. Nothing is carried out by itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PrivacyRequest {
    id: String,
    /// shopify.
    source: String,
    /// The shop's domain.
    account: String,
    /// customer_data, customer_erasure or account_erasure.
    #[schema(value_type = String, example = "customer_erasure")]
    kind: &'static str,
    /// The shop system's id of the customer.
    customer_id: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    /// The shop system's ids of the orders in question.
    order_ids: Vec<String>,
    /// The shop system's id of the shop.
    account_id: Option<String>,
    /// The shop system's id of the request.
    request_id: Option<String>,
    #[schema(format = DateTime)]
    received_at: String,
}

/// Requests about stored data, the newest first.
#[utoipa::path(
    get, path = "/v1/privacy-requests", tag = "privacy", operation_id = "list_privacy_requests", params(Paging),
    responses((status = 200, body = Page<PrivacyRequest>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<PrivacyRequest>>, Problem> {
    let (after, limit) = paging.read()?;
    let masked = allowed.caller.sees_masked();
    let page = api.webhooks.privacy_requests(allowed.caller.tenant.id, after, limit).await?;
    Ok(Json(Page::of(page, |request| PrivacyRequest {
        id: request.id.to_string(),
        source: request.source,
        account: request.account,
        kind: request.kind.as_str(),
        customer_id: request.subject.customer_id,
        email: request.subject.email.filter(|_| !masked),
        phone: request.subject.phone.map(|phone| masking::phone(phone, masked)),
        order_ids: request.subject.order_ids,
        account_id: request.subject.account_id,
        request_id: request.subject.request_id,
        received_at: moment(request.received_at),
    })))
}
