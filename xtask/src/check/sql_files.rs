//! Every SQL file has exactly one place in the code that binds it.

use std::collections::BTreeMap;

use super::rust_text::{code_only, occurrences};
use super::{Finding, Source, extension, line_at};

/// One use of `sql!` or `system_sql!`; paths are relative to the root.
#[derive(Debug, PartialEq, Eq)]
struct Reference {
    system: bool,
    /// What the statement begins with.
    parts: Vec<String>,
    /// The file for both engines, then an engine's own.
    files: Vec<String>,
    path: String,
    line: usize,
}

/// Files and references agree: each file is bound once, by the macro that fits its folder. The drivers cache a
/// statement by its text, so a text with two binders may answer with the wrong types.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut bound: BTreeMap<String, usize> = BTreeMap::new();
    let mut findings = Vec::new();
    for reference in sources.iter().flat_map(references) {
        let mut report = |message| findings.push(Finding::new(&reference.path, reference.line, message));
        for path in reference.parts.iter().chain(&reference.files) {
            if !sources.iter().any(|source| source.path == *path) {
                report(format!("{path} does not exist"));
            }
            *bound.entry(path.clone()).or_default() += 1;
        }
        for path in &reference.files {
            if path.contains("/sql/system/") != reference.system {
                report(format!("{path}: system_sql! is for sql/system/, and sql! for everything else"));
            }
        }
        if reference.parts.iter().any(|path| !is_part(path))
            || reference.files.iter().any(|path| is_part(path))
        {
            report("beginnings live in sql/parts/, and whole statements do not".to_owned());
        }
    }
    for source in sources.iter().filter(|source| is_statement(&source.path)) {
        match bound.get(&source.path).copied().unwrap_or_default() {
            0 => findings.push(Finding::new(&source.path, 1, "no code binds this file")),
            count if count > 1 && !is_part(&source.path) => {
                findings.push(Finding::new(
                    &source.path,
                    1,
                    format!("bound in {count} places; one binder a file"),
                ));
            }
            _ => {}
        }
        if is_override(&source.path) && reason(&source.text).is_none() {
            findings.push(Finding::new(
                &source.path,
                1,
                "an override opens with its reason: -- why this engine differs",
            ));
        }
    }
    findings
}

/// The files each statement begins with, by the statement's path.
pub(super) fn beginnings(sources: &[Source]) -> BTreeMap<String, Vec<&Source>> {
    let by_path: BTreeMap<&str, &Source> =
        sources.iter().map(|source| (source.path.as_str(), source)).collect();
    sources
        .iter()
        .flat_map(references)
        .flat_map(|reference| {
            let parts: Vec<&Source> =
                reference.parts.iter().filter_map(|path| by_path.get(path.as_str()).copied()).collect();
            reference.files.into_iter().map(move |path| (path, parts.clone()))
        })
        .collect()
}

/// True for a beginning that several statements share.
pub(super) fn is_part(path: &str) -> bool {
    path.contains("/sql/parts/")
}

/// Every override with the reason it opens with.
pub(super) fn overrides(sources: &[Source]) -> Vec<(&str, &str)> {
    sources
        .iter()
        .filter(|source| is_statement(&source.path) && is_override(&source.path))
        .filter_map(|source| Some((source.path.as_str(), reason(&source.text)?)))
        .collect()
}

fn is_statement(path: &str) -> bool {
    let in_sql = crate_folder(path).is_some_and(|folder| path[folder.len()..].starts_with("/sql/"));
    in_sql && extension(path) == Some("sql")
}

pub(super) fn is_override(path: &str) -> bool {
    path.ends_with(".postgres.sql") || path.ends_with(".sqlite.sql")
}

fn reason(text: &str) -> Option<&str> {
    let comment = text.lines().next()?.strip_prefix("--")?.trim();
    let reason = comment.strip_prefix("reason:").unwrap_or(comment).trim();
    (!reason.is_empty()).then_some(reason)
}

/// `services/orders` of `services/orders/src/place.rs`.
fn crate_folder(path: &str) -> Option<&str> {
    ["/src/", "/sql/"].iter().filter_map(|part| path.find(part)).min().map(|end| &path[..end])
}

fn references(source: &Source) -> Vec<Reference> {
    if !source.has_extension(&["rs"]) || !source.path.contains("/src/") {
        return Vec::new();
    }
    let folder = crate_folder(&source.path).unwrap_or_default();
    let code = code_only(&source.text);
    [("sql!(", false), ("system_sql!(", true)]
        .iter()
        .flat_map(|(call, system)| {
            occurrences(&code, call).map(|offset| (offset, offset + call.len(), *system))
        })
        .filter_map(|(offset, arguments, system)| {
            let (parts, files) = literals(&source.text[arguments..]);
            let path_of = |file: &str| format!("{folder}/sql/{file}");
            (!files.is_empty()).then(|| Reference {
                system,
                parts: parts.into_iter().map(path_of).collect(),
                files: files.into_iter().map(path_of).collect(),
                path: source.path.clone(),
                line: line_at(&code, offset),
            })
        })
        .collect()
}

/// The parts and the files of `"parts/a.sql" + "x.sql", postgres: "x.postgres.sql")`; no files when the first argument
/// is not a literal.
fn literals(arguments: &str) -> (Vec<&str>, Vec<&str>) {
    let mut parts = Vec::new();
    let mut files = Vec::new();
    let mut rest = arguments.trim_start();
    while let Some((file, after)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        let after = after.trim_start();
        if let Some(next) = after.strip_prefix('+') {
            parts.push(file);
            rest = next.trim_start();
            continue;
        }
        files.push(file);
        let next = after.trim_start_matches(',').trim_start();
        rest = ["postgres:", "sqlite:"]
            .iter()
            .find_map(|engine| next.strip_prefix(engine))
            .unwrap_or(next)
            .trim_start();
    }
    (parts, files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::source;

    fn messages(sources: &[Source]) -> Vec<String> {
        check(sources).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn each_file_is_bound_once() {
        let rows = source(
            "services/orders/src/rows.rs",
            "// sql!(\"comment.sql\")\nconst A: S = sql!(\"a.sql\");\nconst B: S = database::system_sql!(\n    \"system/b.sql\"\n);\nconst C: S = sql!(\"c.sql\", postgres: \"c.postgres.sql\");\n",
        );
        let files = [
            rows,
            source("services/orders/sql/a.sql", "select 1"),
            source("services/orders/sql/system/b.sql", "select 1"),
            source("services/orders/sql/c.sql", "select 1"),
            source("services/orders/sql/c.postgres.sql", "-- Arrays bind once.\nselect 1"),
        ];
        assert!(messages(&files).is_empty(), "{:?}", messages(&files));
        assert_eq!(overrides(&files), [("services/orders/sql/c.postgres.sql", "Arrays bind once.")]);
    }

    #[test]
    fn unbound_twice_bound_missing_and_misplaced_files() {
        let files = [
            source(
                "services/orders/src/rows.rs",
                "sql!(\"a.sql\") sql!(\"a.sql\")\nsql!(\"gone.sql\")\nsql!(\"system/b.sql\")\nsql!($file)",
            ),
            source("services/orders/sql/a.sql", ""),
            source("services/orders/sql/system/b.sql", ""),
            source("services/orders/sql/unbound.sql", ""),
            source("services/orders/sql/unbound.postgres.sql", "select 1"),
        ];
        let found = messages(&files);
        for expected in [
            "services/orders/sql/a.sql:1: bound in 2 places; one binder a file",
            "services/orders/src/rows.rs:2: services/orders/sql/gone.sql does not exist",
            "services/orders/src/rows.rs:3: services/orders/sql/system/b.sql: system_sql! is for sql/system/, and sql! for everything else",
            "services/orders/sql/unbound.sql:1: no code binds this file",
            "services/orders/sql/unbound.postgres.sql:1: an override opens with its reason: -- why this engine differs",
        ] {
            assert!(found.contains(&expected.to_owned()), "{expected} is missing in {found:?}");
        }
        assert_eq!(found.len(), 6);
    }

    #[test]
    fn parts_are_shared_and_known_to_their_statements() {
        let files = [
            source(
                "services/orders/src/rows.rs",
                "sql!(\"parts/order.sql\" + \"a.sql\") sql!(\n  \"parts/order.sql\"\n + \"b.sql\", postgres: \"b.postgres.sql\")",
            ),
            source("services/orders/sql/parts/order.sql", "select a"),
            source("services/orders/sql/a.sql", "from orders"),
            source("services/orders/sql/b.sql", "from orders"),
            source("services/orders/sql/b.postgres.sql", "-- reason: locks.\nfrom orders"),
        ];
        assert!(messages(&files).is_empty(), "{:?}", messages(&files));
        assert_eq!(overrides(&files), [("services/orders/sql/b.postgres.sql", "locks.")]);
        let beginnings = beginnings(&files);
        assert_eq!(beginnings.len(), 3);
        assert_eq!(beginnings["services/orders/sql/b.postgres.sql"], [&files[1]]);
        let misplaced = [source("services/orders/src/rows.rs", "sql!(\"a.sql\" + \"parts/b.sql\")")];
        assert_eq!(messages(&misplaced).len(), 3);
    }
}
