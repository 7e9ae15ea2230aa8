//! Shops that send their orders.

pub(crate) mod list;
pub(crate) mod register;
pub(crate) mod release;

use serde::Serialize;
use utoipa::ToSchema;

use crate::view::moment;

/// The shop system of paths that name none.
const SHOPIFY: &str = "shopify";

/// A registered domain. Its secret is never shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Shop {
    domain: String,
    /// shopify.
    source: String,
    /// pending until a signed message has come, then active.
    #[schema(value_type = String, example = "active")]
    status: &'static str,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    activated_at: Option<String>,
    /// Until when the secret before the last change is accepted too.
    #[schema(format = DateTime)]
    previous_secret_until: Option<String>,
}

fn describe(shop: integrations::Shop) -> Shop {
    Shop {
        domain: shop.domain,
        source: shop.source,
        status: if shop.active { "active" } else { "pending" },
        created_at: moment(shop.created_at),
        activated_at: shop.activated_at.map(moment),
        previous_secret_until: shop.previous_secret_until.map(moment),
    }
}
