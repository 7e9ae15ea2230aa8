//! The fields that forms add to an order, told by their names.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use domain::text::fold;

use crate::lenient::Pair;

/// What a field of a form holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Meaning {
    Phone,
    FullName,
    FirstName,
    LastName,
    Address,
    AddressDetail,
    City,
    Department,
    Email,
}

/// The fields of one form that mean something to us, in the form's order.
#[derive(Debug, Default)]
pub(crate) struct Attributes<'a> {
    fields: Vec<(Meaning, Match, &'a Cow<'a, str>)>,
}

impl<'a> Attributes<'a> {
    pub(crate) fn read(pairs: impl IntoIterator<Item = &'a Pair<'a>>) -> Self {
        let recognise = |pair: &'a Pair<'a>| {
            let (name, value) = (pair.name.get()?, &pair.value.get()?.0);
            let (meaning, how) = NAMES.recognise(&name.0)?;
            Some((meaning, how, value))
        };
        Self { fields: pairs.into_iter().filter_map(recognise).collect() }
    }

    /// Values of fields with that meaning: first those whose name says it and nothing else, because
    /// "Teléfono" is a better phone than "Teléfono de un vecino".
    pub(crate) fn all(&self, meaning: Meaning) -> impl Iterator<Item = &'a str> {
        let having = move |wanted: Match| {
            let fits =
                move |field: &&(Meaning, Match, &'a Cow<'a, str>)| (field.0, field.1) == (meaning, wanted);
            self.fields.iter().filter(fits).map(|field| field.2.as_ref())
        };
        having(Match::Whole).chain(having(Match::Word))
    }

    /// The first value with that meaning that is not blank.
    pub(crate) fn first(&self, meaning: Meaning) -> Option<&'a str> {
        self.all(meaning).find(|value| !value.trim().is_empty())
    }
}

/// How much of a field's name has to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Match {
    Whole,
    Word,
}

/// The data file, folded.
struct Names {
    whole: HashMap<String, Meaning>,
    words: HashMap<String, Meaning>,
}

/// Longer names are questions or agreements, not fields of an address.
const MAX_NAME_BYTES: usize = 120;

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::read(include_str!("../data/attribute-names.csv")));

impl Names {
    /// Lines that do not fit the schema are left out; a test makes sure that there are none.
    fn read(csv: &str) -> Self {
        let mut names = Self { whole: HashMap::new(), words: HashMap::new() };
        for (meaning, how, name) in csv.lines().skip(1).filter_map(parse_line) {
            let table = match how {
                Match::Whole => &mut names.whole,
                Match::Word => &mut names.words,
            };
            table.insert(fold(name), meaning);
        }
        names
    }

    fn recognise(&self, name: &str) -> Option<(Meaning, Match)> {
        if name.len() > MAX_NAME_BYTES {
            return None;
        }
        let folded = fold(name);
        let whole = self.whole.get(&folded).map(|&meaning| (meaning, Match::Whole));
        whole.or_else(|| {
            let meaning = folded.split(' ').find_map(|word| self.words.get(word))?;
            Some((*meaning, Match::Word))
        })
    }
}

fn parse_line(line: &str) -> Option<(Meaning, Match, &str)> {
    let mut cells = line.split(';');
    let meaning = match cells.next()? {
        "phone" => Meaning::Phone,
        "full_name" => Meaning::FullName,
        "first_name" => Meaning::FirstName,
        "last_name" => Meaning::LastName,
        "address" => Meaning::Address,
        "address_detail" => Meaning::AddressDetail,
        "city" => Meaning::City,
        "department" => Meaning::Department,
        "email" => Meaning::Email,
        _ => return None,
    };
    let how = match cells.next()? {
        "whole" => Match::Whole,
        "word" => Match::Word,
        _ => return None,
    };
    Some((meaning, how, cells.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lenient::{Field, Text};

    #[test]
    fn the_data_file_fits_its_schema() {
        let csv = include_str!("../data/attribute-names.csv");
        assert_eq!(csv.lines().next(), Some("field;match;name"));
        for line in csv.lines().skip(1) {
            assert!(parse_line(line).is_some(), "{line}");
        }
        assert_eq!(NAMES.whole.len() + NAMES.words.len(), csv.lines().count() - 1, "a name stands twice");
        assert!(NAMES.words.keys().all(|word| !word.contains(' ')));
    }

    #[test]
    fn names_of_fields() {
        use Meaning as M;
        for (name, meaning) in [
            ("Teléfono", M::Phone),
            ("NUMERO DE TELEFONO *", M::Phone),
            ("Phone number", M::Phone),
            ("phone_number", M::Phone),
            ("📱 Tu WhatsApp (con indicativo)", M::Phone),
            ("_customer_phone", M::Phone),
            ("Móvil", M::Phone),
            ("Nombre y Apellidos", M::FullName),
            ("Nombre", M::FirstName),
            ("Apellido:", M::LastName),
            ("Dirección completa", M::Address),
            ("Barrio", M::AddressDetail),
            ("Ciudad / Municipio", M::City),
            ("Departamento", M::Department),
            ("Correo electrónico", M::Email),
        ] {
            assert_eq!(NAMES.recognise(name).map(|found| found.0), Some(meaning), "{name}");
        }
        for name in ["", "utm_source", "Color", "Nombre del producto", "Telefonía", "IP address", "gclid"] {
            assert_eq!(NAMES.recognise(name), None, "{name}");
        }
        assert_eq!(NAMES.recognise(&format!("telefono {}", "a ".repeat(100))), None);
    }

    #[test]
    fn the_plain_name_goes_first() {
        let pair = |name: &'static str, value: &'static str| Pair {
            name: Field::Is(Text(name.into())),
            value: Field::Is(Text(value.into())),
        };
        let pairs = [pair("Teléfono de un vecino", "2"), pair("Color", "azul"), pair("Teléfono", "1")];
        let attributes = Attributes::read(&pairs);
        assert_eq!(attributes.all(Meaning::Phone).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(attributes.first(Meaning::City), None);
    }
}
