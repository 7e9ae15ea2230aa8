//! Typed bind values, typed nulls included.

use domain::Timestamp;
use uuid::Uuid;

/// Type of a bind value. A null has one too: PostgreSQL needs it, and a statement text must always be
/// bound with the same types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Boolean.
    Bool,
    /// 64-bit integer: counts, minor units of money, microseconds of time.
    Int,
    /// UTF-8 text.
    Text,
    /// Bytes: sealed values, hashes, blind indexes.
    Bytes,
    /// Identifier.
    Uuid,
}

/// A value to bind.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// A typed null.
    Null(Kind),
    /// Boolean.
    Bool(bool),
    /// 64-bit integer.
    Int(i64),
    /// UTF-8 text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Identifier.
    Uuid(Uuid),
}

impl Value {
    /// The type, of a null too.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Null(kind) => *kind,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Text(_) => Kind::Text,
            Self::Bytes(_) => Kind::Bytes,
            Self::Uuid(_) => Kind::Uuid,
        }
    }
}

/// Shows the type alone: bind values hold personal data and hashes.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.kind())
    }
}

/// Which [`Kind`] a Rust type binds as.
pub trait Bind: Into<Value> {
    /// The kind of its values and of its null.
    const KIND: Kind;
}

macro_rules! bind_as {
    ($($type:ty => $kind:ident, |$value:ident| $convert:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Self {
                Self::$kind($convert)
            }
        }
        impl Bind for $type {
            const KIND: Kind = Kind::$kind;
        }
    )*};
}

bind_as! {
    bool => Bool, |v| v;
    i64 => Int, |v| v;
    i32 => Int, |v| i64::from(v);
    u32 => Int, |v| i64::from(v);
    u8 => Int, |v| i64::from(v);
    usize => Int, |v| i64::try_from(v).unwrap_or(i64::MAX);
    u64 => Int, |v| i64::try_from(v).unwrap_or(i64::MAX);
    Timestamp => Int, |v| domain::micros(v);
    String => Text, |v| v;
    &str => Text, |v| v.to_owned();
    &String => Text, |v| v.clone();
    Vec<u8> => Bytes, |v| v;
    &[u8] => Bytes, |v| v.to_vec();
    [u8; 32] => Bytes, |v| v.to_vec();
    Uuid => Uuid, |v| v;
    domain::TenantId => Uuid, |v| v.as_uuid();
    domain::UserId => Uuid, |v| v.as_uuid();
    domain::SessionId => Uuid, |v| v.as_uuid();
    domain::ApiKeyId => Uuid, |v| v.as_uuid();
    domain::OrderId => Uuid, |v| v.as_uuid();
    domain::CustomerId => Uuid, |v| v.as_uuid();
    domain::ImportProfileId => Uuid, |v| v.as_uuid();
    domain::RoutePauseId => Uuid, |v| v.as_uuid();
    domain::OfficeExtensionId => Uuid, |v| v.as_uuid();
    domain::ShipmentId => Uuid, |v| v.as_uuid();
    domain::ShipmentEventId => Uuid, |v| v.as_uuid();
    domain::EventId => Uuid, |v| v.as_uuid();
    domain::ImportId => Uuid, |v| v.as_uuid();
    domain::WebhookId => Uuid, |v| v.as_uuid();
    domain::BatchId => Uuid, |v| v.as_uuid();
}

impl<T: Bind> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null(T::KIND), Into::into)
    }
}
