//! `POST /v1/shops`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use integrations::{RegisterShopError, Registered};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{SHOPIFY, Shop, describe};
use crate::auth::{Authorized, SystemConfig};
use crate::body::Body;
use crate::{Api, Problem};

/// A domain to be registered, or to get a new secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewShop)]
pub(crate) struct NewShop {
    /// The permanent domain.
    #[schema(example = "example.myshopify.com")]
    domain: String,
    /// What the shop signs its messages with. Stored sealed, never shown.
    #[schema(value_type = String)]
    secret: SecretString,
}

/// Registers a domain. It is pending until a signed message has come; an active domain of another organisation
/// stays with it until it is given up there. A domain that is registered again gets the new secret; while
/// active, its old one is accepted for 24 hours more.
#[utoipa::path(
    post, path = "/v1/shops", tag = "shops", operation_id = "register_shop", request_body = NewShop,
    responses(
        (status = 200, body = Shop, description = "the secret is replaced"), (status = 201, body = Shop),
        (status = 422, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemConfig>,
    Body(new): Body<NewShop>,
) -> Result<(StatusCode, Json<Shop>), Problem> {
    let tenant = allowed.caller.tenant.id;
    let registered = api.webhooks.register_shop(tenant, SHOPIFY, &new.domain, &new.secret).await;
    match registered {
        Ok(Registered::Added(shop)) => Ok((StatusCode::CREATED, Json(describe(shop)))),
        Ok(Registered::SecretReplaced(shop)) => Ok((StatusCode::OK, Json(describe(shop)))),
        Err(error @ (RegisterShopError::BadDomain | RegisterShopError::UnknownSource(_))) => {
            Err(Problem::invalid_field("domain", "bad_domain", error))
        }
        Err(error @ RegisterShopError::BadSecret) => {
            Err(Problem::invalid_field("secret", "bad_secret", error))
        }
        Err(RegisterShopError::Database(error)) => Err(error.into()),
    }
}
