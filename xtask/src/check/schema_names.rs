//! Every schema of the API has a name of its own: of two with one name the description keeps the last, silently, and
//! the console's types follow it.

use std::collections::BTreeMap;

use super::{Finding, Source};

const FOLDER: &str = "entry/api/src/";
const NAMED: &str = "schema(as = ";

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    let mut findings = Vec::new();
    let api =
        sources.iter().filter(|source| source.path.starts_with(FOLDER) && source.has_extension(&["rs"]));
    for (source, line, name) in
        api.flat_map(|source| names(source).map(move |(line, name)| (source, line, name)))
    {
        match first.get(&name) {
            Some(path) => {
                let message = format!("the schema {name} is also in {path}; name one with #[schema(as = …)]");
                findings.push(Finding::new(&source.path, line, message));
            }
            None => drop(first.insert(name, source.path.clone())),
        }
    }
    findings
}

/// The schemas of a file, each with the line of its type.
fn names(source: &Source) -> impl Iterator<Item = (usize, String)> {
    let mut found = Vec::new();
    let (mut derived, mut renamed) = (false, None);
    for (index, line) in source.text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with("#[derive(") {
            derived = line.contains("ToSchema");
            renamed = None;
        } else if let Some((_, rest)) = line.split_once(NAMED) {
            renamed = Some(word(rest));
        } else if let Some(name) = type_name(line) {
            if derived {
                found.push((index + 1, renamed.take().unwrap_or(name)));
            }
            derived = false;
        }
    }
    found.into_iter()
}

fn type_name(line: &str) -> Option<String> {
    let bare = line.strip_prefix("pub(crate) ").or_else(|| line.strip_prefix("pub ")).unwrap_or(line);
    let bare = bare.strip_prefix("pub(super) ").unwrap_or(bare);
    bare.strip_prefix("struct ").or_else(|| bare.strip_prefix("enum ")).map(word)
}

fn word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::source;

    #[test]
    fn a_name_is_given_once() {
        let one = source("entry/api/src/a.rs", "#[derive(ToSchema)]\nstruct Carrier {\n}\nstruct Plain;\n");
        let other = source(
            "entry/api/src/b.rs",
            "#[derive(Debug, ToSchema)]\n#[schema(as = Carrier)]\npub(crate) struct View {}\n#[derive(Debug)]\nstruct Plain;\n",
        );
        let findings = check(&[one.clone(), other]);
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].path.as_str(), findings[0].line), ("entry/api/src/b.rs", 3));
        let elsewhere = source("entry/webhooks/src/b.rs", "#[derive(ToSchema)]\nstruct Carrier {}\n");
        assert_eq!(check(&[one, elsewhere]), []);
    }
}
