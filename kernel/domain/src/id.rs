//! One type for each kind of id, so that an order's id can never be passed where a shipment's is meant.
//!
//! All are UUIDs of version 7 (RFC 9562), which sort by the time of their creation.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID that is already known to name this kind of thing.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID, for storage.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

ids! {
    /// An organisation; every row of every table belongs to one.
    TenantId;
    /// A person who logs in.
    UserId;
    /// One log-in of one person on one device.
    SessionId;
    /// A key by which a program calls the API.
    ApiKeyId;
    /// An order placed by a customer.
    OrderId;
    /// A person who receives parcels.
    CustomerId;
    /// A parcel with a tracking number.
    ShipmentId;
    /// One movement of one parcel as its carrier reported it.
    ShipmentEventId;
    /// A fact in the event log.
    EventId;
    /// One uploaded file.
    ImportId;
    /// One way of reading files that an organisation saved.
    ImportProfileId;
    /// One pause of a city, or of a carrier to it.
    RoutePauseId;
    /// More days at an office that a carrier granted.
    OfficeExtensionId;
    /// One message that another system delivered.
    WebhookId;
    /// Shipments that were loaded together, to be worked through together.
    BatchId;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    #[test]
    fn an_id_prints_as_its_uuid_and_debugs_with_its_kind() {
        let id: OrderId = TEXT.parse().unwrap();
        assert_eq!(id.to_string(), TEXT);
        assert_eq!(format!("{id:?}"), format!("OrderId({TEXT})"));
        assert_eq!(Uuid::from(id), id.as_uuid());
        assert_eq!(OrderId::from(id.as_uuid()), OrderId::from_uuid(id.as_uuid()));
        assert!("not an id".parse::<ShipmentId>().is_err());
    }

    proptest! {
        #[test]
        fn parsing_what_was_printed_gives_the_same_id(bits in any::<u128>()) {
            let id = TenantId::from_uuid(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<TenantId>().unwrap(), id);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>()) {
            let _ = text.parse::<ImportId>();
        }
    }
}
