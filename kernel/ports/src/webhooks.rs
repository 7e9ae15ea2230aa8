//! Understanding what other systems tell us by calling our address.
//!
//! The order of calls is fixed: [`WebhookSource::claim`] says whose secrets to look up,
//! [`WebhookSource::authenticate`] decides over the raw bytes, and only then [`WebhookSource::parse`] looks
//! inside. A source decides no business question (is this order new?); it says what was sent, with every
//! value it could not use.

use std::fmt;

use domain::money::Money;
use domain::phone::Phone;
use domain::text::hex;
use domain::time::Timestamp;
use secrecy::SecretString;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

use crate::carriers::CarrierEvent;

/// How a sender is known before anything is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SenderBy {
    /// Its headers name its domain, which a tenant registered with the secret that signs.
    Domain,
    /// The address that it calls ends with a secret of one tenant's. This field of what the tenant gave signs the
    /// messages; none where nothing signs them and the address is the proof.
    Path(Option<&'static str>),
}

/// What is stored of the secret part of an address, and the account of who calls it: lower-case hex of SHA-256.
#[must_use]
pub fn hook_hash(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

/// Authenticates the raw bytes of one system's webhooks and understands them.
///
/// The calls are CPU work of a few microseconds and may run on an async thread.
pub trait WebhookSource: Send + Sync {
    /// The name in addresses and in the database, e.g. `shopify`.
    fn name(&self) -> &'static str;

    /// Largest body that is read, in bytes.
    fn max_body_bytes(&self) -> usize;

    /// How its senders are known.
    fn sender_by(&self) -> SenderBy {
        SenderBy::Domain
    }

    /// The id of the delivery: what the headers claim, unless the body says it. Asked after the proof.
    fn delivery_id(&self, claim: &Claim, _body: &[u8]) -> String {
        claim.delivery_id.clone()
    }

    /// The one spelling of a sender's name as [`Claim::account`] has it; none if it names no sender.
    fn account(&self, text: &str) -> Option<String>;

    /// What the headers say before anything is proven. Believe it only after [`Self::authenticate`].
    fn claim(&self, headers: &Headers<'_>) -> Result<Claim, WebhookError>;

    /// Proves that a holder of one of the secrets sent exactly these bytes, in constant time.
    ///
    /// Several secrets are valid while one is being replaced. Whatever is wrong, a missing or unreadable
    /// signature and an empty list of secrets included, the answer is [`WebhookError::BadSignature`].
    fn authenticate(
        &self,
        headers: &Headers<'_>,
        body: &[u8],
        secrets: &[SecretString],
    ) -> Result<(), WebhookError>;

    /// Whether a body whose signature was right has the form of this source's messages at all. One that has it and still
    /// cannot be read is kept, for its meaning may be mended; one that has it not is refused, and its sender told.
    ///
    /// # Errors
    /// [`WebhookError::Malformed`] for anything but a JSON object in UTF-8.
    fn check_form(&self, body: &[u8]) -> Result<(), WebhookError> {
        is_json_object(body)
    }

    /// Reads a body whose signature was right. `received_at` stands in for moments the body lacks.
    fn parse(&self, topic: &str, body: &[u8], received_at: Timestamp)
    -> Result<WebhookMessage, WebhookError>;
}

/// Nothing is kept of the object: only its form is looked at.
fn is_json_object(body: &[u8]) -> Result<(), WebhookError> {
    let malformed = |detail: &str| WebhookError::Malformed { detail: detail.to_owned() };
    let text = std::str::from_utf8(body).map_err(|_| malformed("not_utf8"))?;
    serde_json::from_str::<AnyObject>(text).map(|AnyObject| ()).map_err(|_| malformed("not_an_object"))
}

struct AnyObject;

impl<'de> Deserialize<'de> for AnyObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = AnyObject;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<AnyObject, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(AnyObject)
    }
}

/// The headers of one request. Names are compared without case.
#[derive(Clone, Default)]
pub struct Headers<'a> {
    entries: Vec<(&'a str, &'a str)>,
    secret_path: Option<&'a str>,
}

impl<'a> Headers<'a> {
    /// No headers.
    pub const fn new() -> Self {
        Self { entries: Vec::new(), secret_path: None }
    }

    /// Adds the last part of the address that was called.
    #[must_use]
    pub fn at(mut self, secret_path: Option<&'a str>) -> Self {
        self.secret_path = secret_path;
        self
    }

    /// The last part of the address that was called, for those who are known by it.
    #[must_use]
    pub const fn secret_path(&self) -> Option<&'a str> {
        self.secret_path
    }

    /// Adds a header as it was sent.
    pub fn insert(&mut self, name: &'a str, value: &'a str) {
        self.entries.push((name, value));
    }

    /// The value of a header.
    ///
    /// `None` also when it was sent twice with different values: a proxy may have believed the other one.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        let mut values = self.entries.iter().filter(|(sent, _)| sent.eq_ignore_ascii_case(name));
        let &(_, first) = values.next()?;
        values.all(|&(_, other)| other == first).then_some(first)
    }

    /// All headers as they were sent, to take to another thread.
    pub fn to_owned_pairs(&self) -> Vec<(String, String)> {
        self.entries.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Headers<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(headers: I) -> Self {
        Self { entries: headers.into_iter().collect(), secret_path: None }
    }
}

/// Shows the names alone: values are signatures and tokens.
impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries.iter().map(|(name, _)| name)).finish()
    }
}

/// What a request claims to be. The headers it comes from are not signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Names the delivery and stays the same when it is repeated: the key against duplicates. Empty where the body
    /// says it: [`WebhookSource::delivery_id`].
    pub delivery_id: String,
    /// The source's name for the sender, in its one spelling, e.g. a shop's domain.
    pub account: String,
    /// What kind of message it is.
    pub topic: String,
    /// When it happened at the source.
    pub triggered_at: Option<Timestamp>,
    /// The same for every message about one act.
    pub event_id: Option<String>,
}

/// What a webhook says.
#[derive(Debug, Clone, PartialEq)]
pub enum WebhookMessage {
    /// An order as it is now, new or not. Messages overtake each other: the greater
    /// [`ShopOrder::updated_at`] wins. It may be cancelled already.
    OrderChanged(Box<ShopOrder>),
    /// An order that was called off; [`ShopOrder::cancelled_at`] is set.
    OrderCancelled(Box<ShopOrder>),
    /// A customer wants to know what is stored about them.
    CustomerDataRequested(Box<PrivacyRequest>),
    /// What is stored about a customer has to go.
    CustomerErasureRequested(Box<PrivacyRequest>),
    /// What is stored about a whole shop has to go.
    AccountErasureRequested {
        /// The shop, as [`Claim::account`]; signed, unlike the claim.
        account: Option<String>,
        /// The source's id of the shop.
        account_id: Option<String>,
    },
    /// What happened to parcels.
    ParcelsMoved(Vec<CarrierEvent>),
    /// Nothing we act on.
    Ignored {
        /// What it was about.
        topic: String,
    },
}

/// An order as a shop states it. A field is `None` when the shop left it out or its value was unusable
/// (then [`Self::issues`] says so). Texts are trimmed and free of control characters.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShopOrder {
    /// The shop's own id.
    pub external_id: String,
    /// The number people use, e.g. `#1001`; the id if there is none.
    pub number: String,
    /// When it was placed.
    pub created_at: Timestamp,
    /// When it last changed: decides which of two messages is the later.
    pub updated_at: Timestamp,
    /// When it was called off.
    pub cancelled_at: Option<Timestamp>,
    /// Why, in the shop's own word.
    pub cancel_reason: Option<String>,
    /// Whether the shop's owner was trying things out.
    pub test: bool,
    /// ISO 4217 code as sent; empty if not sent.
    pub currency: String,
    /// What the order is worth now; of a cancelled order, what it was worth.
    pub total: Option<Money>,
    /// What of it is still to be paid.
    pub outstanding: Option<Money>,
    /// Whether the customer pays at the door.
    pub cash_on_delivery: bool,
    /// Names of the ways it is paid, as the shop calls them.
    pub gateways: Vec<String>,
    /// The shop's word for how far it is paid.
    pub financial_status: Option<String>,
    /// The recipient's phone: the first usable one, a mobile before a landline.
    pub phone: Option<Phone>,
    /// Where the phone stood.
    pub phone_source: Option<PhoneSource>,
    /// The recipient's address for mail.
    pub email: Option<String>,
    /// The recipient's name.
    pub name: Option<String>,
    /// Street, then what completes it.
    pub address: Option<String>,
    /// City of the destination, not resolved.
    pub city: Option<String>,
    /// Department of the destination, not resolved.
    pub department: Option<String>,
    /// ISO 3166-1 alpha-2 code, or the country's name where only that was sent.
    pub country: Option<String>,
    /// What was ordered.
    pub items: Vec<ShopItem>,
    /// The customer's or the shop's remark.
    pub note: Option<String>,
    /// The shop's labels.
    pub tags: Vec<String>,
    /// Values that were left out or shortened, and other doubts: stable tokens such as `missing:phone` or
    /// `too_long:note`, never a value.
    pub issues: Vec<String>,
}

/// Leaves out everything that names or reaches a person: `Debug` ends in logs.
impl fmt::Debug for ShopOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShopOrder")
            .field("external_id", &self.external_id)
            .field("number", &self.number)
            .field("updated_at", &self.updated_at)
            .field("cancelled_at", &self.cancelled_at)
            .field("test", &self.test)
            .field("total", &self.total)
            .field("cash_on_delivery", &self.cash_on_delivery)
            .field("phone", &self.phone)
            .field("phone_source", &self.phone_source)
            .field("city", &self.city)
            .field("items", &self.items.len())
            .field("issues", &self.issues)
            .finish_non_exhaustive()
    }
}

/// One line of a shop's order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShopItem {
    /// The product's name; empty if not sent.
    pub name: String,
    /// Which variant: colour, size.
    pub variation: Option<String>,
    /// The seller's code.
    pub sku: Option<String>,
    /// How many.
    pub quantity: i64,
    /// The shop's id of the product; products made up for one order have none.
    pub product_id: Option<String>,
}

/// Where in an order a phone stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneSource {
    /// The order itself.
    Order,
    /// The address it goes to.
    ShippingAddress,
    /// The customer's record.
    Customer,
    /// The address of the bill.
    BillingAddress,
    /// A field that a form added to the order.
    NoteAttribute,
    /// A field that a form added to a line of the order.
    ItemProperty,
}

impl PhoneSource {
    /// The name in issues and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::ShippingAddress => "shipping_address",
            Self::Customer => "customer",
            Self::BillingAddress => "billing_address",
            Self::NoteAttribute => "note_attribute",
            Self::ItemProperty => "item_property",
        }
    }
}

/// Whose data a customer wants to see, or wants gone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PrivacyRequest {
    /// The shop, as [`Claim::account`]; signed, unlike the claim.
    pub account: Option<String>,
    /// The source's id of the shop.
    pub account_id: Option<String>,
    /// The source's id of the customer.
    pub customer_id: Option<String>,
    /// The customer's address for mail.
    pub email: Option<String>,
    /// The customer's phone, if it is one of a country we ship in.
    pub phone: Option<Phone>,
    /// The shop's ids of the orders in question ([`ShopOrder::external_id`]).
    pub order_ids: Vec<String>,
    /// The source's id of the request.
    pub request_id: Option<String>,
    /// As [`ShopOrder::issues`].
    pub issues: Vec<String>,
}

/// Leaves out what reaches the person.
impl fmt::Debug for PrivacyRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivacyRequest")
            .field("account", &self.account)
            .field("customer_id", &self.customer_id)
            .field("order_ids", &self.order_ids.len())
            .field("request_id", &self.request_id)
            .field("issues", &self.issues)
            .finish_non_exhaustive()
    }
}

/// Why a webhook is refused. Nothing it carried is repeated here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// A header we cannot do without is absent, empty, or there twice with different values.
    #[error("missing header {name}")]
    MissingHeader {
        /// Its name.
        name: &'static str,
    },
    /// A header holds something it cannot hold.
    #[error("bad header {name}")]
    BadHeader {
        /// Its name.
        name: &'static str,
    },
    /// Nobody who knows a secret sent these bytes.
    #[error("bad signature")]
    BadSignature,
    /// Not what the topic promises.
    #[error("malformed body: {detail}")]
    Malformed {
        /// A token, sometimes followed by `:` and a place: `not_an_object`, `json:1:27`.
        detail: String,
    },
    /// More bytes than a webhook of this source has.
    #[error("more than {limit} bytes")]
    TooLarge {
        /// The limit in force.
        limit: usize,
    },
}

impl WebhookError {
    /// The stable code of the API.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingHeader { .. } => "missing_header",
            Self::BadHeader { .. } => "bad_header",
            Self::BadSignature => "bad_signature",
            Self::Malformed { .. } => "malformed_body",
            Self::TooLarge { .. } => "body_too_large",
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::country::Country;

    use super::*;

    #[test]
    fn a_message_is_a_json_object() {
        for good in ["{}", " {\"a\": [1, {\"b\": null}], \"a\": \"\\u00f1\"}\n"] {
            assert_eq!(is_json_object(good.as_bytes()), Ok(()), "{good}");
        }
        let bad: [&[u8]; 9] = [
            b"",
            b"{bad",
            b"[]",
            b"null",
            b"\"{}\"",
            b"{} {}",
            b"{\"a\": 1,}",
            b"{\"a\": \"\xff\"}",
            b"{'a': 1}",
        ];
        for bad in bad {
            assert!(matches!(is_json_object(bad), Err(WebhookError::Malformed { .. })), "{bad:?}");
        }
    }

    #[test]
    fn header_names_have_no_case() {
        let mut headers: Headers<'_> = [("X-Topic", "orders/create")].into_iter().collect();
        headers.insert("host", "example.com");
        assert_eq!(headers.get("x-topic"), Some("orders/create"));
        assert_eq!(headers.get("HOST"), Some("example.com"));
        assert_eq!(headers.get("x-other"), None);
        assert_eq!(Headers::new().get("host"), None);
    }

    #[test]
    fn a_header_sent_twice_counts_only_if_both_agree() {
        let headers: Headers<'_> = [("a", "1"), ("A", "1"), ("b", "1"), ("B", "2")].into_iter().collect();
        assert_eq!((headers.get("a"), headers.get("b")), (Some("1"), None));
    }

    #[test]
    fn debug_shows_no_header_values_and_no_person() {
        let headers: Headers<'_> = [("x-signature", "c2VjcmV0")].into_iter().collect();
        assert_eq!(format!("{headers:?}"), r#"["x-signature"]"#);
        let phone = Phone::parse("3001234567", Country::Co).ok();
        let order = ShopOrder {
            phone: phone.clone(),
            email: Some("ana@example.com".into()),
            name: Some("Ana Prueba".into()),
            address: Some("Calle 1".into()),
            note: Some("timbre roto".into()),
            ..ShopOrder::default()
        };
        let request = PrivacyRequest { phone, email: order.email.clone(), ..PrivacyRequest::default() };
        let text = format!("{order:?} {request:?}");
        for hidden in ["Ana", "ana@", "Calle", "timbre", "3001234567"] {
            assert!(!text.contains(hidden), "{text}");
        }
    }

    #[test]
    fn every_error_has_its_code() {
        let errors = [
            WebhookError::MissingHeader { name: "x-topic" },
            WebhookError::BadHeader { name: "x-topic" },
            WebhookError::BadSignature,
            WebhookError::Malformed { detail: "json:1:2".into() },
            WebhookError::TooLarge { limit: 1 },
        ];
        let codes = errors.map(|error| error.code());
        assert_eq!(
            codes,
            ["missing_header", "bad_header", "bad_signature", "malformed_body", "body_too_large"]
        );
    }
}
