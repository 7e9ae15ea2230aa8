//! Rules of the source tree that no compiler knows, checked without compiling.

mod executed;
mod layers;
mod manifests;
mod rust_rules;
mod rust_text;
mod schema_names;
mod sql_files;
mod sql_mentions;
mod sql_rules;
mod sql_tables;
mod sql_text;
mod text_rules;

use std::fmt;

use anyhow::{Context, Result};

use crate::shell::output;
use crate::workspace::Workspace;

pub(crate) use executed::gaps;

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    message: String,
}

impl Finding {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// A text file of the repository; its path is relative to the root, with `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn has_extension(&self, extensions: &[&str]) -> bool {
        extension(&self.path).is_some_and(|extension| extensions.contains(&extension))
    }
}

fn extension(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(_, extension)| extension)
}

/// Number of the line that holds a byte, from 1.
fn line_at(text: &str, offset: usize) -> usize {
    1 + text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count()
}

/// Prints every broken rule, and every SQL override with its reason. True when nothing is broken.
pub(crate) fn run(workspace: &Workspace) -> Result<bool> {
    let sources = sources(workspace)?;
    let metadata = output(&mut workspace.cargo(&["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: layers::Metadata =
        serde_json::from_str(&metadata).context("cargo metadata answers oddly")?;
    let root = workspace.root.to_string_lossy();

    let mut findings = layers::check(&metadata, &root);
    findings.extend(manifests::check(&sources));
    findings.extend(rust_rules::check(&sources));
    findings.extend(schema_names::check(&sources));
    findings.extend(text_rules::check(&sources));
    findings.extend(sql_rules::check(&sources));
    findings.extend(sql_tables::check(&sources));
    findings.extend(sql_files::check(&sources));
    findings.sort();
    findings.dedup();

    for (path, reason) in sql_files::overrides(&sources) {
        println!("override {path}: {reason}");
    }
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => println!("{} files follow the rules", sources.len()),
        count => println!("{count} findings in {} files", sources.len()),
    }
    Ok(findings.is_empty())
}

/// The text files that are tracked or about to be.
fn sources(workspace: &Workspace) -> Result<Vec<Source>> {
    let mut git = workspace.command("git");
    // A container often runs as another user than the one who cloned.
    git.args(["-c", "safe.directory=*"]);
    let listed = output(git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
    let mut sources: Vec<Source> = listed
        .split('\0')
        .filter(|path| !path.is_empty())
        .filter_map(|path| {
            // A file that is not text, or that has just been deleted, has no lines to check.
            let text = std::fs::read_to_string(workspace.root.join(path)).ok()?;
            Some(Source { path: path.to_owned(), text })
        })
        .collect();
    sources.sort_by(|left, right| left.path.cmp(&right.path));
    sources.dedup_by(|left, right| left.path == right.path);
    Ok(sources)
}

#[cfg(test)]
fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_from_one() {
        assert_eq!(line_at("a\nb\nc", 0), 1);
        assert_eq!(line_at("a\nb\nc", 2), 2);
        assert_eq!(line_at("a\nb\nc", 4), 3);
    }

    #[test]
    fn findings_are_shown_as_editors_expect() {
        assert_eq!(Finding::new("app/src/main.rs", 3, "no").to_string(), "app/src/main.rs:3: no");
    }
}
