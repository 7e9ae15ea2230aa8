//! What every crate's Cargo.toml says.

use std::collections::BTreeSet;

use super::{Finding, Source};

/// Names that say nothing about what belongs in a crate, so that everything ends up there.
const EMPTY_NAMES: [&str; 5] = ["common", "utils", "shared", "core", "helpers"];

/// Why each dependency is there, one a line: "- `name`: reason".
const REASONS: &str = "docs/adr/dependencies.md";

/// Every crate inherits the workspace's lints and is called like its folder.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let text_of = |path| sources.iter().find(|source| source.path == path).map(|source| source.text.as_str());
    let mut findings =
        reasons(text_of("Cargo.toml").unwrap_or_default(), text_of(REASONS).unwrap_or_default());
    findings.extend(crates(sources));
    findings
}

fn crates(sources: &[Source]) -> impl Iterator<Item = Finding> {
    sources
        .iter()
        .filter_map(|source| Some((source, source.path.strip_suffix("/Cargo.toml")?)))
        .flat_map(|(source, folder)| crate_manifest(source, folder))
}

/// Every dependency of the workspace from outside has a reason, and every reason a dependency.
fn reasons(manifest: &str, reasons: &str) -> Vec<Finding> {
    let manifest: toml::Table = manifest.parse().unwrap_or_default();
    let dependencies = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"))
        .and_then(toml::Value::as_table)
        .into_iter()
        .flatten()
        .filter(|(_, dependency)| dependency.get("path").is_none())
        .map(|(name, _)| name.as_str());
    let mut unexplained: BTreeSet<&str> = dependencies.collect();
    let mut findings = Vec::new();
    for (line, text) in reasons.lines().enumerate() {
        let Some((name, _)) = text.strip_prefix("- `").and_then(|rest| rest.split_once("`: ")) else {
            continue;
        };
        if !unexplained.remove(name) {
            findings.push(Finding::new(
                REASONS,
                line + 1,
                format!("{name} is no dependency, or stands here twice"),
            ));
        }
    }
    let missing = |name| Finding::new("Cargo.toml", 1, format!("say in {REASONS} why {name} is needed"));
    findings.extend(unexplained.into_iter().map(missing));
    findings
}

fn crate_manifest(source: &Source, folder: &str) -> Vec<Finding> {
    let manifest: toml::Table = match source.text.parse() {
        Ok(manifest) => manifest,
        Err(error) => return vec![Finding::new(&source.path, 1, format!("not TOML: {}", error.message()))],
    };
    let mut findings = Vec::new();
    let inherits =
        manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool);
    if inherits != Some(true) {
        findings.push(Finding::new(&source.path, 1, "inherit the lints: [lints] workspace = true"));
    }
    let name = manifest.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
    let folder = folder.rsplit('/').next().unwrap_or(folder);
    if name != Some(folder) {
        findings.push(Finding::new(
            &source.path,
            1,
            format!("the crate is called like its folder: {folder}"),
        ));
    }
    if EMPTY_NAMES.contains(&folder) {
        findings.push(Finding::new(&source.path, 1, format!("{folder} names no responsibility")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::source;

    fn messages(path: &str, text: &str) -> Vec<String> {
        check(&[source(path, text)]).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_crate_as_it_should_be() {
        let text = "[package]\nname = \"orders\"\n[lints]\nworkspace = true\n";
        assert!(messages("services/orders/Cargo.toml", text).is_empty());
        assert!(messages("Cargo.toml", "[workspace]\n").is_empty());
    }

    #[test]
    fn dependencies_have_reasons() {
        let manifest =
            "[workspace.dependencies]\norders = { path = \"services/orders\" }\ncsv = \"1\"\nserde = \"1\"\n";
        assert!(reasons(manifest, "Text.\n- `csv`: files.\n- `serde`: types.\n").is_empty());
        let found: Vec<String> =
            reasons(manifest, "- `csv`: files.\n- `rand`: dice.\n").iter().map(Finding::to_string).collect();
        let expected = [
            "docs/adr/dependencies.md:2: rand is no dependency, or stands here twice",
            "Cargo.toml:1: say in docs/adr/dependencies.md why serde is needed",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn lints_and_names() {
        let found = messages("services/orders/Cargo.toml", "[package]\nname = \"order\"\n");
        assert_eq!(found.len(), 2, "{found:?}");
        let found =
            messages("kernel/utils/Cargo.toml", "[package]\nname = \"utils\"\n[lints]\nworkspace = true\n");
        assert_eq!(found, ["utils names no responsibility"]);
        assert!(messages("app/Cargo.toml", "[package\n")[0].starts_with("not TOML"));
    }
}
