//! An order.

use database::TenantKeys;
use domain::{City, CustomerId, Money, OrderId, OrderStatus, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) const NAME: &str = "orders.recipient_name";
pub(crate) const PHONE: &str = "orders.recipient_phone";
pub(crate) const ADDRESS: &str = "orders.address";

/// Where an order came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderSource {
    /// Dropi's files.
    Dropi,
    /// Shopify's webhooks.
    Shopify,
    /// Entered by a person.
    Manual,
    /// Sent by a program of the tenant.
    Api,
}

impl OrderSource {
    /// Every source.
    pub const ALL: [Self; 4] = [Self::Dropi, Self::Shopify, Self::Manual, Self::Api];

    /// The name in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dropi => "dropi",
            Self::Shopify => "shopify",
            Self::Manual => "manual",
            Self::Api => "api",
        }
    }

    /// How orders of this source are paid when it does not say.
    pub(crate) const fn usual_payment(self) -> &'static str {
        match self {
            Self::Dropi | Self::Manual | Self::Api => "cod",
            Self::Shopify => "unknown",
        }
    }
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is.
    pub name: String,
    /// Which variation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variation: Option<String>,
    /// The shop's own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// How many.
    pub quantity: i64,
}

/// An order, as stored.
#[derive(Debug, Clone)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Counts its changes.
    pub version: i64,
    /// Where it came from.
    pub source: String,
    /// The source's reference.
    pub external_ref: String,
    /// The number people use.
    pub number: String,
    /// Its state.
    pub status: OrderStatus,
    /// Who placed it.
    pub customer_id: Option<CustomerId>,
    /// Who gets it, sealed.
    pub recipient: Recipient,
    /// Where it goes: official name or the source's words.
    pub city_name: String,
    /// Department, when the city is known.
    pub city_department: Option<String>,
    /// Code of the municipality, when the city is known.
    pub city_code: Option<String>,
    /// Whether several municipalities bear the name.
    pub city_ambiguous: bool,
    /// What the customer pays.
    pub total: Option<Money>,
    /// How: `cod` or the source's word.
    pub payment_method: String,
    /// Code of the carrier.
    pub carrier_code: Option<String>,
    /// The carrier's number.
    pub tracking_number: Option<String>,
    /// What was ordered.
    pub items: Vec<Item>,
    /// Who sold it.
    pub seller: Option<String>,
    /// Which shop.
    pub store: Option<String>,
    /// Whether it is a test of the shop's owner.
    pub test: bool,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Moment of the source's last word.
    pub source_updated_at: Timestamp,
    /// When we heard of it.
    pub created_at: Timestamp,
    /// When it last changed here.
    pub updated_at: Timestamp,
}

impl Order {
    pub(crate) fn set_city(&mut self, city: &City) {
        self.city_name = city.name().into_owned();
        self.city_department = city.municipality.map(|known| known.department.to_string());
        self.city_code = city.municipality.map(|known| known.dane_code.to_string());
        self.city_ambiguous = city.ambiguous;
    }
}

/// Who gets an order; opened only for a caller who may see it.
#[derive(Clone, Default)]
pub struct Recipient {
    pub(crate) name: Option<Vec<u8>>,
    pub(crate) phone: Option<Vec<u8>>,
    pub(crate) address: Option<Vec<u8>>,
}

impl Recipient {
    /// The name in clear.
    pub fn name(&self, keys: &TenantKeys) -> database::Result<Option<String>> {
        open(keys, NAME, self.name.as_deref())
    }

    /// The phone in clear, E.164.
    pub fn phone(&self, keys: &TenantKeys) -> database::Result<Option<String>> {
        open(keys, PHONE, self.phone.as_deref())
    }

    /// The address in clear.
    pub fn address(&self, keys: &TenantKeys) -> database::Result<Option<String>> {
        open(keys, ADDRESS, self.address.as_deref())
    }
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recipient(sealed)")
    }
}

fn open(keys: &TenantKeys, field: &str, sealed: Option<&[u8]>) -> database::Result<Option<String>> {
    Ok(sealed.map(|sealed| keys.open_text(field, sealed)).transpose()?)
}
