//! One macro for every enum that has a fixed spelling in the database, in events and in the API.

/// Defines a field-less enum together with its spelling, so that neither can drift from the other.
///
/// The result has `as_str`, `all`, `Display`, `FromStr` (exact spelling only) and serde in that spelling.
macro_rules! text_enum {
    ($(#[$meta:meta])* pub enum $name:ident($kind:literal) {
        $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// The fixed spelling used in storage, events and the API.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// Every value, in the order of its declaration.
            pub const fn all() -> &'static [Self] {
                &[$(Self::$variant,)+]
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::text::UnknownName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::text::UnknownName { kind: $kind }),
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;
    use std::str::FromStr;

    use serde::Deserialize;
    use serde::de::IntoDeserializer;
    use serde::de::value::Error;

    use crate::country::Country;
    use crate::money::Currency;
    use crate::role::{Permission, Role};
    use crate::status::{ExceptionReason, OrderStatus, ShipmentStatus};
    use crate::text::UnknownName;

    /// Spelling, parser and serde agree for every value, and no two values share a spelling.
    fn spelled_once<T>(all: &[T], as_str: impl Fn(T) -> &'static str)
    where
        T: Copy + Debug + Eq + FromStr<Err = UnknownName> + for<'de> Deserialize<'de> + ToString,
    {
        for &value in all {
            let text = as_str(value);
            assert_eq!(text.parse::<T>().unwrap(), value);
            assert_eq!(value.to_string(), text);
            let read: Result<T, Error> = T::deserialize(text.into_deserializer());
            assert_eq!(read.unwrap(), value);
            assert!(text.to_lowercase() != text.to_uppercase(), "{text} is a word");
            assert_eq!(all.iter().filter(|&&other| as_str(other) == text).count(), 1, "{text}");
        }
        assert!("".parse::<T>().is_err());
        assert!(" ".parse::<T>().is_err());
    }

    #[test]
    fn every_enum_has_one_spelling() {
        spelled_once(ShipmentStatus::all(), ShipmentStatus::as_str);
        spelled_once(ExceptionReason::all(), ExceptionReason::as_str);
        spelled_once(OrderStatus::all(), OrderStatus::as_str);
        spelled_once(Role::all(), Role::as_str);
        spelled_once(Permission::all(), Permission::as_str);
        spelled_once(Country::all(), Country::as_str);
        spelled_once(Currency::all(), Currency::as_str);
    }

    #[test]
    fn an_unknown_spelling_names_its_kind() {
        let error = "delivered".parse::<ShipmentStatus>().unwrap_err();
        assert_eq!(error.to_string(), "unknown shipment status");
    }
}
