//! Shapes that several answers share.

use domain::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The items, in order.
    pub items: Vec<T>,
    /// Give it as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of stored items as a caller sees them.
    pub(crate) fn of<S, C: ToString>(stored: database::Page<S, C>, show: impl FnMut(S) -> T) -> Self {
        Self {
            items: stored.items.into_iter().map(show).collect(),
            next_cursor: stored.next.map(|cursor| cursor.to_string()),
        }
    }
}

/// An amount of money.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct Money {
    /// In minor units; Colombian pesos have none, so these are whole pesos.
    pub amount: i64,
    /// ISO 4217.
    #[schema(value_type = String, example = "COP")]
    pub currency: &'static str,
}

impl From<domain::Money> for Money {
    fn from(money: domain::Money) -> Self {
        Self { amount: money.amount, currency: money.currency.as_str() }
    }
}

/// A destination.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct City {
    /// Official name, or the source's words where it is unknown.
    pub name: String,
    /// Department, when known.
    pub department: Option<String>,
    /// DIVIPOLA code of the municipality, when known.
    pub dane_code: Option<String>,
    /// Whether several municipalities bear the name and nothing decides.
    pub ambiguous: bool,
}

/// A person who gets a parcel.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Recipient {
    /// Name, whole or masked.
    pub name: Option<String>,
    /// Phone, whole in E.164 or masked.
    pub phone: Option<String>,
    /// Whether they are masked.
    pub masked: bool,
}

/// A moment in RFC 3339, UTC.
pub(crate) fn moment(at: Timestamp) -> String {
    at.to_string()
}
