//! The municipalities of Colombia and how to find the one that a file means.
//!
//! Source of codes and names: DANE, División Político-Administrativa de Colombia (DIVIPOLA). The first two
//! digits of a code are the department. The facts lie in `data/municipalities.csv`, `data/departments.csv`
//! (with the abbreviations in use; Bogotá counts as part of Cundinamarca, whose capital it is by article 322
//! of the constitution) and `data/name-abbreviations.csv` (first words that are shortened or left out).

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::{fold, repair_mojibake, title_case};

/// A municipality, or one of the few areas without one that DANE gives a code.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Municipality {
    /// Five digits, for example `11001`.
    pub dane_code: &'static str,
    /// The name, for example `Bogotá D.C.`; 68 names exist in several departments.
    pub name: &'static str,
    /// The department, for example `Antioquia`.
    pub department: &'static str,
}

/// What a city name may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CityMatch {
    /// Exactly one municipality.
    Known(&'static Municipality),
    /// Several, and nothing says which: the department is missing. In order of their codes.
    Ambiguous(Vec<&'static Municipality>),
    /// None by that name, or none in that department.
    Unknown,
}

/// Finds the municipality that a file means.
///
/// Case, accents and punctuation do not count. The department decides between equal names; it may also
/// follow the city in the same text, in full or short, as in "ARMENIA (Q)" or "CALI - VALLE". Within the
/// departments in question an official name goes before a nickname. A department text that names no
/// department is ignored, one that contradicts the city makes it unknown. Nothing is guessed by likeness.
pub fn find(city: &str, department: Option<&str>) -> CityMatch {
    let wanted = department.and_then(|text| GAZETTEER.department(&fold(text)));
    GAZETTEER.find(&fold(city), wanted)
}

/// Every municipality, in the order of the codes.
pub fn all() -> &'static [Municipality] {
    &GAZETTEER.municipalities
}

/// The municipality with this DANE code of five digits.
pub fn by_code(dane_code: &str) -> Option<&'static Municipality> {
    let all = &GAZETTEER.municipalities;
    all.binary_search_by(|m| m.dane_code.cmp(dane_code)).ok().map(|at| &all[at])
}

/// A city as a file named it, with the municipality it means if that is certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct City {
    /// What the file said.
    pub raw: String,
    /// The municipality, if exactly one fits.
    pub municipality: Option<&'static Municipality>,
    /// Several municipalities fit and the department is needed to decide.
    pub ambiguous: bool,
}

impl City {
    /// Finds the municipality, after repairing both texts.
    pub fn resolve(city: &str, department: Option<&str>) -> Self {
        let department = department.map(repair_mojibake);
        let (municipality, ambiguous) = match find(&repair_mojibake(city), department.as_deref()) {
            CityMatch::Known(municipality) => (Some(municipality), false),
            CityMatch::Ambiguous(_) => (None, true),
            CityMatch::Unknown => (None, false),
        };
        Self { raw: city.to_owned(), municipality, ambiguous }
    }

    /// The name to show: the official one, or what the file said in Title Case.
    pub fn name(&self) -> Cow<'static, str> {
        match self.municipality {
            Some(municipality) => Cow::Borrowed(municipality.name),
            None => Cow::Owned(title_case(&repair_mojibake(&self.raw))),
        }
    }

    /// The name to compare by, as [`fold`] makes it.
    pub fn folded(&self) -> String {
        fold(&self.name())
    }
}

/// A set of departments, one bit for each line of the data file.
type Departments = u64;

/// One municipality that goes by a name.
#[derive(Clone, Copy, Debug)]
struct Bearer {
    municipality: u16,
    official: bool,
}

#[derive(Debug)]
struct Gazetteer {
    /// In order of their codes.
    municipalities: Vec<Municipality>,
    /// The department of each municipality.
    located: Vec<Departments>,
    by_name: HashMap<String, Vec<Bearer>>,
    /// An abbreviation may stand for several departments.
    departments: HashMap<String, Departments>,
}

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| {
    Gazetteer::read(
        include_str!("../data/municipalities.csv"),
        include_str!("../data/departments.csv"),
        include_str!("../data/name-abbreviations.csv"),
    )
});

/// Longer than any city with its department; keeps a hostile cell cheap.
const MAX_FOLDED: usize = 120;

impl Gazetteer {
    fn department(&self, folded: &str) -> Option<Departments> {
        self.departments.get(folded).copied()
    }

    fn find(&'static self, folded: &str, wanted: Option<Departments>) -> CityMatch {
        if folded.len() > MAX_FOLDED {
            return CityMatch::Unknown;
        }
        if let Some(bearers) = self.by_name.get(folded) {
            return self.choose(bearers, wanted);
        }
        let place = without_country(folded);
        if let Some(bearers) = self.by_name.get(place) {
            return self.choose(bearers, wanted);
        }
        // The longest name first: as few words as possible are taken for the department.
        for (cut, _) in place.rmatch_indices(' ') {
            let (name, hint) = (&place[..cut], &place[cut + 1..]);
            if let (Some(bearers), Some(hinted)) = (self.by_name.get(name), self.department(hint)) {
                return self.choose(bearers, Some(wanted.map_or(hinted, |wanted| wanted & hinted)));
            }
        }
        CityMatch::Unknown
    }

    fn choose(&'static self, bearers: &[Bearer], wanted: Option<Departments>) -> CityMatch {
        let located = |b: &&Bearer| wanted.is_none_or(|w| self.located[usize::from(b.municipality)] & w != 0);
        let fits = |official: bool| {
            let fits = bearers.iter().filter(located).filter(move |b| b.official == official);
            fits.map(|b| &self.municipalities[usize::from(b.municipality)])
        };
        let official = fits(true).next().is_some();
        let mut candidates = fits(official);
        match (candidates.next(), candidates.next()) {
            (None, _) => CityMatch::Unknown,
            (Some(only), None) => CityMatch::Known(only),
            (Some(_), Some(_)) => CityMatch::Ambiguous(fits(official).collect()),
        }
    }

    fn read(municipalities: &'static str, departments: &'static str, abbreviations: &'static str) -> Self {
        let departments: Vec<_> = records(departments).collect();
        let mut gazetteer = Self {
            municipalities: Vec::new(),
            located: Vec::new(),
            by_name: HashMap::new(),
            departments: department_names(&departments),
        };
        let abbreviations: Vec<_> = abbreviations.lines().skip(1).filter_map(|l| l.split_once(';')).collect();
        for (code, name, aliases) in records(municipalities) {
            let Some(at) = departments.iter().position(|(department, ..)| code.starts_with(department))
            else {
                continue;
            };
            gazetteer.municipalities.push(Municipality {
                dane_code: code,
                name,
                department: departments[at].1,
            });
            gazetteer.located.push(1 << at);
            gazetteer.name_last(name, true);
            for alias in split_aliases(aliases) {
                gazetteer.name_last(alias, false);
            }
            for (word, written) in &abbreviations {
                if let Some(rest) = name.strip_prefix(word).and_then(|rest| rest.strip_prefix(' ')) {
                    gazetteer.name_last(&format!("{written} {rest}"), false);
                }
            }
        }
        gazetteer
    }

    /// Lets the municipality that was read last go by this name too.
    fn name_last(&mut self, name: &str, official: bool) {
        let municipality = (self.municipalities.len() - 1) as u16;
        let bearers = self.by_name.entry(fold(name)).or_default();
        if bearers.iter().all(|bearer| bearer.municipality != municipality) {
            bearers.push(Bearer { municipality, official });
        }
    }
}

/// What each spelling of a department may stand for. A single letter stands for all that begin with it.
fn department_names(departments: &[(&str, &str, &str)]) -> HashMap<String, Departments> {
    let mut names: HashMap<String, Departments> = HashMap::new();
    for (at, (_, name, aliases)) in departments.iter().enumerate() {
        let folded = fold(name);
        let initial = folded[..1].to_owned();
        for spelling in split_aliases(aliases).map(fold).chain([folded, initial]) {
            *names.entry(spelling).or_default() |= 1 << at;
        }
    }
    names
}

/// Lines of `code;name;aliases` below a header. A test shows that every line is understood.
fn records(data: &'static str) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    data.lines().skip(1).filter_map(|line| {
        let mut fields = line.split(';');
        Some((fields.next()?, fields.next()?, fields.next()?))
    })
}

fn split_aliases(aliases: &str) -> impl Iterator<Item = &str> + use<'_> {
    aliases.split('|').filter(|alias| !alias.is_empty())
}

/// Without the country that some carriers write last.
fn without_country(folded: &str) -> &str {
    let short = folded.strip_suffix(" COLOMBIA").or_else(|| folded.strip_suffix(" COL"));
    short.unwrap_or(folded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The DANE code, `?` for ambiguous with the number of candidates, `-` for unknown.
    fn code(city: &str, department: Option<&str>) -> String {
        match find(city, department) {
            CityMatch::Known(municipality) => municipality.dane_code.to_owned(),
            CityMatch::Ambiguous(candidates) => format!("?{}", candidates.len()),
            CityMatch::Unknown => "-".to_owned(),
        }
    }

    #[test]
    fn the_data_files_are_understood_whole() {
        let lines = |data: &str| data.lines().count() - 1;
        assert_eq!(GAZETTEER.municipalities.len(), lines(include_str!("../data/municipalities.csv")));
        assert_eq!(GAZETTEER.municipalities.len(), 1123);
        assert_eq!(records(include_str!("../data/departments.csv")).count(), 33);
        assert!(GAZETTEER.municipalities.is_sorted_by(|a, b| a.dane_code < b.dane_code));
        for municipality in &GAZETTEER.municipalities {
            assert!(
                municipality.dane_code.len() == 5
                    && municipality.dane_code.bytes().all(|b| b.is_ascii_digit())
            );
            assert_eq!(by_code(municipality.dane_code), Some(municipality));
        }
        assert_eq!(by_code("11001").unwrap().name, "Bogotá D.C.");
        assert_eq!((by_code("99999"), by_code("")), (None, None));
    }

    #[test]
    fn every_municipality_is_found_by_name_and_department() {
        for municipality in &GAZETTEER.municipalities {
            let found = find(municipality.name, Some(municipality.department));
            assert_eq!(found, CityMatch::Known(municipality));
            let hinted = format!("{} ({})", municipality.name.to_lowercase(), municipality.department);
            assert_eq!(find(&hinted, None), CityMatch::Known(municipality), "{hinted}");
        }
    }

    #[test]
    fn exactly_68_official_names_are_ambiguous_without_a_department() {
        let mut ambiguous: Vec<_> = GAZETTEER
            .municipalities
            .iter()
            .filter(|m| matches!(find(m.name, None), CityMatch::Ambiguous(_)))
            .map(|m| fold(m.name))
            .collect();
        ambiguous.sort_unstable();
        ambiguous.dedup();
        assert_eq!(ambiguous.len(), 68);
    }

    #[test]
    fn capitals_as_files_write_them() {
        for (city, dane) in [
            ("BOGOTÁ D.C.", "11001"),
            ("BOGOTA DC", "11001"),
            ("bogota", "11001"),
            ("Santa Fe de Bogotá", "11001"),
            ("SANTAFE DE BOGOTA D.C.", "11001"),
            ("BOGOTA (CUND)", "11001"),
            ("BOGOTA\\CUND\\COL", "11001"),
            ("BOGOTÁ, CUNDINAMARCA, COLOMBIA", "11001"),
            ("MEDELLIN (ANT)", "05001"),
            ("Medellín - Antioquia", "05001"),
            ("CALI - VALLE", "76001"),
            ("Santiago de Cali", "76001"),
            ("CALI COLOMBIA", "76001"),
            ("CARTAGENA DE INDIAS", "13001"),
            ("BUGA", "76111"),
            ("CUCUTA", "54001"),
            ("San José de Cúcuta (N. de S.)", "54001"),
            ("CUCUTA (N/S)", "54001"),
            ("TUMACO", "52835"),
            ("QUIBDÓ", "27001"),
            ("Quibdo - Choco", "27001"),
            ("ITAGUI", "05360"),
            ("PTO CARREÑO", "99001"),
            ("STA MARTA", "47001"),
            ("DORADA", "17380"),
            ("VILLA DEL ROSARIO NORTE DE SANTANDER", "54874"),
            ("SAN ANDRES ISLAS", "88001"),
        ] {
            assert_eq!(code(city, None), dane, "{city}");
        }
    }

    #[test]
    fn the_department_decides_between_equal_names() {
        for (city, department, expected) in [
            ("ARMENIA (Q)", None, "63001"),
            ("ARMENIA", Some("QUINDÍO"), "63001"),
            ("ARMENIA", Some("Antioquia"), "05059"),
            ("ARMENIA", None, "?2"),
            ("ARMENIA", Some("N/A"), "?2"),
            ("ARMENIA", Some("Meta"), "-"),
            ("ARMENIA (Q)", Some("Antioquia"), "-"),
            ("SAN PEDRO(V)", None, "76670"),
            ("SAN PEDRO", None, "?3"),
            ("SAN PEDRO", Some("Sucre"), "70717"),
            ("VILLANUEVA", None, "?4"),
            ("VILLANUEVA CASANARE", None, "85440"),
            ("FLORENCIA", Some("CAQUETA"), "18001"),
            ("San Andrés", Some("San Andrés, Providencia y Santa Catalina"), "88001"),
            ("San Andres", Some("ANT"), "05647"),
            ("SAN JOSE", Some("NARIÑO"), "?2"),
            ("SAN JOSE", Some("CALDAS"), "17665"),
            ("UNION", Some("Valle"), "76400"),
            ("EL CARMEN", Some("BOLIVAR"), "13244"),
        ] {
            assert_eq!(code(city, department), expected, "{city} {department:?}");
        }
    }

    #[test]
    fn a_department_that_contradicts_makes_a_unique_name_unknown() {
        assert_eq!(code("MEDELLIN", Some("VALLE DEL CAUCA")), "-");
        assert_eq!(code("MEDELLIN (VALLE)", None), "-");
        assert_eq!(code("MEDELLIN", Some("sin dato")), "05001");
        assert_eq!(code("MEDELLIN", Some("")), "05001");
        assert_eq!(code("BOGOTA", Some("CUNDINAMARCA")), "11001");
        assert_eq!(code("SOACHA", Some("CUNDINAMARCA")), "25754");
        assert_eq!(code("MEDELLIN", Some("BOGOTA")), "-");
    }

    #[test]
    fn what_is_not_a_city_stays_unknown() {
        for city in
            ["", " ", "MEDELIN", "VEREDA EL HATO", "VALLE DEL CAUCA", "MEDELLIN CENTRO", "123", "COL", "CO"]
        {
            assert_eq!(code(city, None), "-", "{city}");
        }
        let hostile = format!("MEDELLIN{}", " A".repeat(1_000_000));
        assert_eq!(code(&hostile, None), "-");
    }

    #[test]
    fn a_city_keeps_what_the_file_said() {
        let city = City::resolve("BOGOTÃ\u{81} D.C.", Some("BogotÃ¡ D.C."));
        assert_eq!((city.name().as_ref(), city.folded().as_str()), ("Bogotá D.C.", "BOGOTA D C"));
        assert_eq!(city.raw, "BOGOTÃ\u{81} D.C.");
        let unknown = City::resolve("vereda  EL HATO Ã©", None);
        assert_eq!(
            (unknown.name().as_ref(), unknown.folded().as_str()),
            ("Vereda el Hato É", "VEREDA EL HATO E")
        );
        assert!(unknown.municipality.is_none() && !unknown.ambiguous);
        let ambiguous = City::resolve("ARMENIA", None);
        assert!(ambiguous.municipality.is_none() && ambiguous.ambiguous);
        assert_eq!(ambiguous.name(), "Armenia");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_search_panic(city in any::<String>(), department in any::<Option<String>>()) {
            let city = City::resolve(&city, department.as_deref());
            prop_assert_eq!(fold(&city.folded()), city.folded());
        }

        #[test]
        fn dressing_up_a_name_changes_nothing(at in 0_usize..1123, dress in 0_usize..4) {
            let municipality = &GAZETTEER.municipalities[at];
            let (name, department) = (municipality.name, municipality.department);
            let dressed = match dress {
                0 => format!("  {} ", fold(name)),
                1 => format!("{name}({department})"),
                2 => format!("{} - {}", name.to_uppercase(), fold(department)),
                _ => format!("{name}, {department}, COLOMBIA"),
            };
            prop_assert_eq!(find(&dressed, Some(department)), CityMatch::Known(municipality));
        }
    }
}
