//! Rules for Rust code.

use std::collections::BTreeSet;

use super::rust_text::{code_only, occurrences, without_tests};
use super::{Finding, Source, line_at};

/// What is not written, and what to write instead.
const FORBIDDEN: [(&str, &str); 6] = [
    ("#[allow(", "write #[expect(…, reason = \"…\")]: it says when it is no longer needed"),
    ("#![allow(", "write #![expect(…, reason = \"…\")]: it says when it is no longer needed"),
    ("#[ignore", "a test runs or is deleted"),
    ("todo!(", "finish it or leave it out"),
    ("unimplemented!(", "finish it or leave it out"),
    ("dbg!(", "use tracing"),
];

/// Files that may look across tenants, each with its reason.
const SYSTEM_SCOPE_LIST: &str = "xtask/data/system-scope.txt";

/// Folders whose crates wrap a heavy driver and may hide it behind a feature.
const DRIVERS: [&str; 3] = ["adapters/", "data/", "messaging/"];
const PLATFORM: &str = "app/src/platform.rs";

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let listed = sources.iter().find(|source| source.path == SYSTEM_SCOPE_LIST);
    let mut unused: BTreeSet<&str> = listed.map(listed_paths).into_iter().flatten().collect();
    let allowed = unused.clone();
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.has_extension(&["rs"])) {
        let code = code_only(&source.text);
        findings.extend(forbidden(source, &code));
        findings.extend(features(source, &code));
        let crossings = system_scopes(source, &code);
        if !crossings.is_empty() {
            unused.remove(source.path.as_str());
        }
        if !allowed.contains(source.path.as_str()) {
            findings.extend(crossings);
        }
    }
    findings.extend(unused.into_iter().map(|path| {
        Finding::new(SYSTEM_SCOPE_LIST, 1, format!("{path} uses no system scope: take it off the list"))
    }));
    findings
}

fn forbidden(source: &Source, code: &str) -> Vec<Finding> {
    FORBIDDEN
        .iter()
        .flat_map(|(needle, instead)| {
            occurrences(code, needle).map(move |offset| {
                Finding::new(&source.path, line_at(code, offset), format!("{needle}…: {instead}"))
            })
        })
        .collect()
}

fn features(source: &Source, code: &str) -> Vec<Finding> {
    if source.path == PLATFORM || DRIVERS.iter().any(|folder| source.path.starts_with(folder)) {
        return Vec::new();
    }
    code.lines()
        .enumerate()
        .filter(|(_, line)| {
            line.split_once("cfg")
                .and_then(|(_, rest)| rest.split_once("feature"))
                .is_some_and(|(_, rest)| rest.trim_start().starts_with('='))
        })
        .map(|(line, _)| {
            Finding::new(
                &source.path,
                line + 1,
                format!("features are decided in {PLATFORM} and in driver crates"),
            )
        })
        .collect()
}

fn system_scopes(source: &Source, code: &str) -> Vec<Finding> {
    if source.path.contains("/tests/") || source.path.starts_with("testkit/") {
        return Vec::new();
    }
    let code = without_tests(code);
    ["Scope::System(", "Scope::system("]
        .iter()
        .flat_map(|needle| occurrences(code, needle))
        .map(|offset| {
            let message =
                format!("looks across tenants: list it with its reason in {SYSTEM_SCOPE_LIST}, or scope it");
            Finding::new(&source.path, line_at(code, offset), message)
        })
        .collect()
}

/// Paths of the list: one a line, then `#` and the reason.
fn listed_paths(list: &Source) -> impl Iterator<Item = &str> {
    list.text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::source;

    fn found(sources: &[Source]) -> Vec<(String, usize)> {
        check(sources).into_iter().map(|finding| (finding.path, finding.line)).collect()
    }

    #[test]
    fn what_is_not_written() {
        let text = "#[allow(dead_code)]\nfn a() { todo!() }\n// dbg!(\n#[ignore = \"slow\"]\nconst B: &str = \"dbg!(\";\n";
        let lines: Vec<usize> =
            found(&[source("app/src/a.rs", text)]).into_iter().map(|(_, line)| line).collect();
        assert_eq!(lines, [1, 4, 2]);
    }

    #[test]
    fn features_have_their_place() {
        let text =
            "#[cfg(feature = \"kafka\")]\nfn a() {}\n#[cfg(unix)]\nif cfg!(any(unix, feature = \"x\")) {}\n";
        assert_eq!(found(&[source("services/orders/src/lib.rs", text)]).len(), 2);
        assert!(found(&[source("app/src/platform.rs", text)]).is_empty());
        assert!(found(&[source("messaging/kafka/src/lib.rs", text)]).is_empty());
        assert!(found(&[source("app/src/main.rs", "// the cfg of a feature = x\n")]).is_empty());
    }

    #[test]
    fn system_scope_is_listed_or_reported() {
        let text =
            "fn a() { db.read(Scope::System(Reason::Keys)) }\n#[cfg(test)]\nmod tests { Scope::System( }\n";
        let file = source("services/identity/src/log_in.rs", text);
        assert_eq!(found(std::slice::from_ref(&file)), [("services/identity/src/log_in.rs".to_owned(), 1)]);
        let list = source(SYSTEM_SCOPE_LIST, "# why\nservices/identity/src/log_in.rs  # finds the tenant\n");
        assert!(found(&[file, list.clone()]).is_empty());
        assert_eq!(found(&[list]), [(SYSTEM_SCOPE_LIST.to_owned(), 1)]);
        assert!(found(&[source("services/identity/tests/all.rs", text)]).is_empty());
    }
}
