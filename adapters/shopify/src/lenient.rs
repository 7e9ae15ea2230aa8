//! JSON read for what is usable in it: no type is wrong enough to fail the whole.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Lines of an order, fields of a form and labels that are read; orders have far fewer.
pub(crate) const MAX_ENTRIES: usize = 250;

/// A value that may be missing or null, or of a type that says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Field<T> {
    #[default]
    Absent,
    Is(T),
    WrongType,
}

impl<T> Field<T> {
    pub(crate) const fn get(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::WrongType => None,
        }
    }
}

/// What can be made of each JSON type; what is not overridden is no value of the type.
pub(crate) trait Shape<'de>: Sized {
    fn from_text(_text: Cow<'de, str>) -> Option<Self> {
        None
    }

    fn from_bool(_value: bool) -> Option<Self> {
        None
    }

    fn from_unsigned(_number: u64) -> Option<Self> {
        None
    }

    fn from_signed(_number: i64) -> Option<Self> {
        None
    }

    fn from_float(_number: f64) -> Option<Self> {
        None
    }

    fn from_seq<A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

struct ShapeVisitor<T>(PhantomData<T>);

impl<'de, T: Shape<'de>> Visitor<'de> for ShapeVisitor<T> {
    type Value = Field<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Field<T>, E> {
        Ok(Field::Absent)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Field<T>, E> {
        Ok(field(T::from_bool(value)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Field<T>, E> {
        Ok(field(T::from_unsigned(number)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Field<T>, E> {
        Ok(field(T::from_signed(number)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Field<T>, E> {
        Ok(field(T::from_float(number)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Field<T>, E> {
        Ok(field(T::from_text(Cow::Owned(text.to_owned()))))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Field<T>, E> {
        Ok(field(T::from_text(Cow::Borrowed(text))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Field<T>, A::Error> {
        T::from_seq(seq).map(field)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Field<T>, A::Error> {
        T::from_map(map).map(field)
    }
}

fn field<T>(value: Option<T>) -> Field<T> {
    value.map_or(Field::WrongType, Field::Is)
}

impl<'de, T: Shape<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor(PhantomData))
    }
}

/// Text, or a number as its digits: some forms send a phone without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

impl<'de> Shape<'de> for Text<'de> {
    fn from_text(text: Cow<'de, str>) -> Option<Self> {
        Some(Self(text))
    }

    fn from_unsigned(number: u64) -> Option<Self> {
        Some(Self(number.to_string().into()))
    }

    fn from_signed(number: i64) -> Option<Self> {
        Some(Self(number.to_string().into()))
    }

    fn from_float(number: f64) -> Option<Self> {
        // The shortest decimal that means this number: what was written, if it had at most 15 digits.
        Some(Self(number.to_string().into()))
    }
}

/// An id or a count: a whole number from 0, also between quotes. Never a fraction, which may be rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whole(pub(crate) u64);

impl<'de> Shape<'de> for Whole {
    fn from_text(text: Cow<'de, str>) -> Option<Self> {
        let text = text.trim();
        text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok().map(Self)).flatten()
    }

    fn from_unsigned(number: u64) -> Option<Self> {
        Some(Self(number))
    }
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) bool);

impl<'de> Shape<'de> for Flag {
    fn from_bool(value: bool) -> Option<Self> {
        Some(Self(value))
    }

    fn from_text(text: Cow<'de, str>) -> Option<Self> {
        match text.as_ref() {
            "true" => Some(Self(true)),
            "false" => Some(Self(false)),
            _ => None,
        }
    }
}

/// An array, up to `MAX` of its usable elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List<T, const MAX: usize = MAX_ENTRIES> {
    pub(crate) entries: Vec<T>,
    /// There were more than `MAX`.
    pub(crate) cut: bool,
    /// Some elements were of a type that says nothing.
    pub(crate) damaged: bool,
}

impl<T, const MAX: usize> List<T, MAX> {
    const EMPTY: Self = Self { entries: Vec::new(), cut: false, damaged: false };

    fn push(&mut self, element: Field<T>) {
        match element {
            Field::Is(value) => self.entries.push(value),
            Field::Absent => {}
            Field::WrongType => self.damaged = true,
        }
    }
}

impl<'de, T: Shape<'de>, const MAX: usize> Shape<'de> for List<T, MAX> {
    fn from_seq<A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        let mut list = Self::EMPTY;
        while list.entries.len() < MAX {
            let Some(element) = seq.next_element()? else { return Ok(Some(list)) };
            list.push(element);
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {
            list.cut = true;
        }
        Ok(Some(list))
    }
}

/// A name with a value, as a form adds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Pair<'a> {
    pub(crate) name: Field<Text<'a>>,
    pub(crate) value: Field<Text<'a>>,
}

/// Names with values: an array of them, or one object, which is how a cart holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pairs<'a>(pub(crate) List<Pair<'a>>);

impl<'de> Shape<'de> for Pairs<'de> {
    fn from_seq<A: SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
        Ok(List::from_seq(seq)?.map(Self))
    }

    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut list = List::EMPTY;
        while let Some(Key(name)) = map.next_key()? {
            if list.entries.len() == MAX_ENTRIES {
                list.cut = true;
                map.next_value::<IgnoredAny>()?;
            } else {
                list.entries.push(Pair { name: Field::Is(Text(name)), value: map.next_value()? });
            }
        }
        Ok(Some(Self(list)))
    }
}

/// The name of a member, without a copy unless it is written with escapes.
pub(crate) struct Key<'a>(pub(crate) Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Borrowed(text)))
    }
}

/// Makes a struct an object of which these members are read and all others skipped. Unlike a derived
/// `Deserialize` it takes a member that stands twice, of which the last counts.
macro_rules! object {
    ($de:lifetime, $name:ty: $($member:ident),+ $(,)?) => {
        impl<$de> $crate::lenient::Shape<$de> for $name {
            fn from_map<A: serde::de::MapAccess<$de>>(mut map: A) -> Result<Option<Self>, A::Error> {
                let mut object = Self::default();
                while let Some($crate::lenient::Key(key)) = map.next_key()? {
                    match key.as_ref() {
                        $(stringify!($member) => object.$member = map.next_value()?,)+
                        _ => drop(map.next_value::<serde::de::IgnoredAny>()?),
                    }
                }
                Ok(Some(object))
            }
        }
    };
}
pub(crate) use object;

object!('de, Pair<'de>: name, value);

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a, T: Shape<'a>>(json: &'a str) -> Field<T> {
        serde_json::from_str(json).unwrap()
    }

    fn text(json: &str) -> Option<String> {
        read::<Text<'_>>(json).get().map(|text| text.0.clone().into_owned())
    }

    #[test]
    fn numbers_are_text_too_and_other_types_say_nothing() {
        assert_eq!(text("3001234567").as_deref(), Some("3001234567"));
        assert_eq!(text("-5").as_deref(), Some("-5"));
        assert_eq!(text("89900.5").as_deref(), Some("89900.5"));
        assert_eq!(text(r#""a\u00f1o""#).as_deref(), Some("año"));
        assert_eq!(read::<Text<'_>>("null"), Field::Absent);
        for json in ["true", "[1,[2]]", r#"{"a":{"b":1}}"#] {
            assert_eq!(read::<Text<'_>>(json), Field::WrongType, "{json}");
        }
    }

    #[test]
    fn ids_are_whole_numbers_without_rounding() {
        assert_eq!(read::<Whole>("18446744073709551615"), Field::Is(Whole(u64::MAX)));
        assert_eq!(read::<Whole>(r#""820982911946154508""#), Field::Is(Whole(820_982_911_946_154_508)));
        for json in ["1.0", "1e3", "-1", "18446744073709551616", r#""""#, r#""+1""#, r#""1.0""#, "true"] {
            assert_eq!(read::<Whole>(json), Field::WrongType, "{json}");
        }
    }

    #[test]
    fn lists_are_cut_and_keep_what_is_usable() {
        let list = read::<List<Whole, 2>>("[1, null, \"x\", 2, 3, {}]");
        let expected = List { entries: vec![Whole(1), Whole(2)], cut: true, damaged: true };
        assert_eq!(list, Field::Is(expected));
        assert_eq!(read::<List<Whole>>("{}"), Field::WrongType);
    }

    #[test]
    fn pairs_come_as_an_array_or_an_object() {
        let array = read::<Pairs<'_>>(r#"[{"value":3,"name":"a","x":[]},{"name":"b"}]"#);
        let object = read::<Pairs<'_>>(r#"{"a":3,"b":null}"#);
        assert_eq!(array, object);
        let Field::Is(Pairs(list)) = array else { panic!("no pairs") };
        assert_eq!(list.entries.len(), 2);
    }

    #[test]
    fn names_may_be_escaped_and_the_last_of_two_counts() {
        let pair = read::<Pair<'_>>(r#"{"n\u0061me":"a","name":"b"}"#);
        assert_eq!(pair.get().unwrap().name, Field::Is(Text("b".into())));
    }

    #[test]
    fn deep_nonsense_costs_no_stack() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(read::<Text<'_>>(&deep), Field::WrongType);
        assert_eq!(read::<Pair<'_>>(&format!(r#"{{"x":{deep}}}"#)), Field::Is(Pair::default()));
    }
}
