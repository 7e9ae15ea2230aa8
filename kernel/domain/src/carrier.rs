//! The companies that carry parcels. The facts about them lie in `data/carriers.toml`.

mod detect;
mod rules;

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::country::Country;
use crate::text::{UnknownName, fold, repair_mojibake};

pub use self::detect::{Candidate, Detection, detect};
pub use self::rules::{
    CarrierRules, CheckDigit, InvalidCarrierRules, NumberShape, Offices, ShapeMatch, TrackingPage,
};

/// A carrier we know facts about. Spelled by its code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Carrier(u8);

impl Carrier {
    /// Every known carrier, in the order of the data file.
    pub fn all() -> &'static [Self] {
        &TABLE.all
    }

    /// The fixed word for it, for example `interrapidisimo`.
    pub fn code(self) -> &'static str {
        &self.facts().code
    }

    /// The name to show, for example `Interrapidísimo`.
    pub fn name(self) -> &'static str {
        &self.facts().name
    }

    /// The carrier with exactly this code.
    pub fn from_code(code: &str) -> Option<Self> {
        TABLE.all.iter().copied().find(|carrier| carrier.code() == code)
    }

    /// The carrier a person or a file means: a known spelling first, else a known spelling as whole words
    /// inside the text. Never part of a word, and nothing when two carriers are named.
    pub fn recognise(text: &str) -> Option<Self> {
        let folded = fold(text);
        if let Some(&carrier) = TABLE.by_alias.get(&folded) {
            return Some(carrier);
        }
        // A real name is short; this keeps a hostile cell cheap.
        if folded.len() > 200 {
            return None;
        }
        let words = format!(" {folded} ");
        let mut named = TABLE.padded_aliases.iter().filter(|(alias, _)| words.contains(alias.as_str()));
        let &(_, first) = named.next()?;
        named.all(|&(_, carrier)| carrier == first).then_some(first)
    }

    /// Where it delivers.
    pub fn country(self) -> Country {
        self.facts().country
    }

    /// Other spellings of its name.
    pub fn aliases(self) -> &'static [String] {
        &self.facts().aliases
    }

    /// Where its rules are known from; none where there are none.
    pub fn source(self) -> Option<&'static str> {
        self.facts().source.as_deref()
    }

    /// What holds for its parcels, unless an organisation says otherwise.
    pub fn rules(self) -> &'static CarrierRules {
        &self.facts().rules
    }

    fn facts(self) -> &'static Facts {
        &TABLE.facts[usize::from(self.0)]
    }
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Carrier({})", self.code())
    }
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Carrier {
    type Err = UnknownName;

    /// Reads a code.
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::from_code(code).ok_or(UnknownName { kind: "carrier" })
    }
}

impl Serialize for Carrier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Carrier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

/// A carrier as a file named it, known or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CarrierName {
    /// The carrier, if the name was recognised.
    pub carrier: Option<Carrier>,
    /// What the file said, repaired and trimmed.
    pub raw: String,
}

impl CarrierName {
    /// The code of every carrier that is not recognised.
    pub const OTHER: &'static str = "otro";

    /// Recognises the name in a file.
    pub fn resolve(raw: &str) -> Self {
        let raw = repair_mojibake(raw.trim()).into_owned();
        Self { carrier: Carrier::recognise(&raw), raw }
    }

    /// The carrier's code, or [`CarrierName::OTHER`].
    pub fn code(&self) -> &'static str {
        self.carrier.map_or(Self::OTHER, Carrier::code)
    }

    /// The carrier's name, or what the file said.
    pub fn name(&self) -> &str {
        match self.carrier {
            Some(carrier) => carrier.name(),
            None => &self.raw,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    code: String,
    name: String,
    #[serde(default = "colombia")]
    country: Country,
    aliases: Vec<String>,
    source: Option<String>,
    #[serde(default)]
    rules: CarrierRules,
}

fn colombia() -> Country {
    Country::Co
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    carrier: Vec<Facts>,
}

#[derive(Debug)]
struct Table {
    facts: Vec<Facts>,
    all: Vec<Carrier>,
    by_alias: HashMap<String, Carrier>,
    /// Each alias between spaces, ready to be found as whole words.
    padded_aliases: Vec<(String, Carrier)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| match toml::from_str::<File>(DATA) {
    Ok(file) => Table::new(file),
    // The file is part of the program, and a test reads it.
    Err(error) => panic!("data/carriers.toml: {error}"),
});

const DATA: &str = include_str!("../data/carriers.toml");

impl Table {
    fn new(file: File) -> Self {
        let File { carrier: facts } = file;
        let all: Vec<_> = (0..facts.len()).map(|at| Carrier(at as u8)).collect();
        let mut by_alias = HashMap::new();
        for (one, &carrier) in facts.iter().zip(&all) {
            let spellings = one.aliases.iter().chain([&one.code, &one.name]);
            by_alias.extend(spellings.map(|alias| (fold(alias), carrier)));
        }
        let padded_aliases =
            by_alias.iter().map(|(alias, &carrier)| (format!(" {alias} "), carrier)).collect();
        Self { facts, all, by_alias, padded_aliases }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IntoDeserializer;
    use serde::de::value::Error;

    use super::*;
    use crate::tracking_number::TrackingNumber;

    const CODES: [&str; 27] = [
        "coordinadora",
        "interrapidisimo",
        "envia",
        "servientrega",
        "tcc",
        "veloces",
        "deprisa",
        "472",
        "saferbo",
        "domina",
        "wiilog",
        "jamv",
        "99minutos",
        "fleetex",
        "de_rocha",
        "futura",
        "chilexpress",
        "starken",
        "blue_express",
        "correos_chile",
        "fedex",
        "dhl",
        "servientrega_ec",
        "tramaco",
        "laar",
        "urbano",
        "correos_ecuador",
    ];

    #[test]
    fn the_data_file_holds_the_carriers_we_know() {
        let codes: Vec<_> = Carrier::all().iter().map(|c| c.code()).collect();
        assert_eq!(codes, CODES);
    }

    #[test]
    fn no_spelling_belongs_to_two_carriers() {
        let spellings: usize = TABLE
            .facts
            .iter()
            .map(|one| {
                let mut own: Vec<_> =
                    one.aliases.iter().chain([&one.code, &one.name]).map(|alias| fold(alias)).collect();
                own.sort_unstable();
                own.dedup();
                own.len()
            })
            .sum();
        assert_eq!(TABLE.by_alias.len(), spellings);
        assert!(TABLE.by_alias.keys().all(|alias| alias.len() >= 3), "a short alias matches by accident");
    }

    #[test]
    fn names_as_files_write_them() {
        for (text, code) in [
            ("ENVÍA", "envia"),
            ("Envia", "envia"),
            ("ENVIA COLVANES", "envia"),
            ("Colvanes S.A.S.", "envia"),
            ("INTER", "interrapidisimo"),
            ("Inter  Rapidísimo", "interrapidisimo"),
            ("INTERRAPIDISIMO S.A.", "interrapidisimo"),
            ("COORD", "coordinadora"),
            ("Coordinadora Mercantil S.A.", "coordinadora"),
            ("T.C.C.", "tcc"),
            ("JAMV(DRIVE)", "jamv"),
            ("99MINUTOS", "99minutos"),
            ("99 minutos", "99minutos"),
            ("De Rocha", "de_rocha"),
            ("4-72", "472"),
            ("472", "472"),
            ("SERVIENTREGA", "servientrega"),
            ("Servientrega Ecuador", "servientrega_ec"),
            ("BLUEXPRESS", "blue_express"),
        ] {
            assert_eq!(Carrier::recognise(text).map(Carrier::code), Some(code), "{text}");
        }
    }

    #[test]
    fn parts_of_words_and_two_names_are_not_recognised() {
        for text in [
            "",
            "-",
            "INTERNACIONAL",
            "ENVIAME",
            "TCCX",
            "COORDINACION",
            "ENVIA / TCC",
            "CO",
            "Suppli Express",
            "SERVIENTREGA / SERVIENTREGA ECUADOR",
        ] {
            assert_eq!(Carrier::recognise(text), None, "{text}");
        }
    }

    #[test]
    fn an_unknown_carrier_keeps_its_name() {
        let known = CarrierName::resolve(" ENVÃ\u{8D}A ");
        assert_eq!((known.code(), known.name(), known.raw.as_str()), ("envia", "Envía", "ENVÍA"));
        let other = CarrierName::resolve("Suppli Express ");
        assert_eq!((other.code(), other.name()), ("otro", "Suppli Express"));
    }

    #[test]
    fn links_carry_the_number() {
        let number = TrackingNumber::parse("014152004123").unwrap();
        let url = |code: &str| Carrier::from_code(code).unwrap().rules().tracking_url(&number);
        assert_eq!(url("envia").as_deref(), Some("https://envia.co/rastreo/014152004123"));
        assert_eq!(url("domina"), None);
        let pages = Carrier::all().iter().filter_map(|carrier| carrier.rules().tracking_page.as_ref());
        assert!(pages.clone().count() > 5);
        assert!(!pages.clone().any(|page| page.verified), "no page was seen to show a parcel");
    }

    #[test]
    fn the_rules_of_the_file_are_usable_and_name_their_source() {
        for &carrier in Carrier::all() {
            let rules = carrier.rules();
            assert_eq!(rules.check(), [], "{carrier}");
            assert!(rules == &CarrierRules::default() || carrier.source().is_some(), "{carrier}");
            assert!(rules.numbers.iter().all(|shape| !shape.source.is_empty()), "{carrier}");
        }
        let of = |code: &str| Carrier::from_code(code).unwrap().rules();
        let envia = of("envia");
        assert_eq!((envia.offices, envia.office_days), (Offices::Authorised, Some(1)));
        assert_eq!((envia.max_collect, envia.delivery_attempts), (Some(2_000_000), Some(3)));
        assert_eq!(of("jamv").office_days, None);
        let written = Carrier::all().iter().filter(|carrier| carrier.rules().max_collect.is_some());
        assert_eq!(written.count(), 12);
    }

    #[test]
    fn a_carrier_is_stored_by_its_code() {
        let read = |code: &str| -> Result<Carrier, Error> { Carrier::deserialize(code.into_deserializer()) };
        for &carrier in Carrier::all() {
            assert_eq!(read(carrier.code()).unwrap(), carrier);
            assert_eq!(Carrier::recognise(carrier.name()), Some(carrier));
            assert_eq!(Carrier::recognise(&carrier.to_string()), Some(carrier));
        }
        assert!(read("ENVIA").is_err());
        assert_eq!(format!("{:?}", Carrier::all()[0]), "Carrier(coordinadora)");
    }

    proptest! {
        #[test]
        fn no_text_makes_recognition_panic(text in any::<String>()) {
            let name = CarrierName::resolve(&text);
            prop_assert_eq!(name.carrier, Carrier::recognise(name.name()).or(name.carrier));
        }
    }
}
