//! The committed description of the API.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::shell::{self, output};
use crate::workspace::Workspace;

/// Writes openapi.json from the program, or compares it.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<()> {
    shell::run(&mut workspace.cargo(&["build", "--package", "app"]))?;
    let current = output(workspace.command(workspace.litper(false)).arg("openapi"))?;
    let path = workspace.root.join("openapi.json");
    if !check {
        return fs::write(&path, current).with_context(|| format!("cannot write {}", path.display()));
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    match first_difference(&committed, &current) {
        None => Ok(()),
        Some(line) => bail!("openapi.json differs from the program at line {line}; run: cargo xtask openapi"),
    }
}

/// Number of the first line that differs, from 1.
fn first_difference(left: &str, right: &str) -> Option<usize> {
    if left == right {
        return None;
    }
    let same = left.split('\n').zip(right.split('\n')).take_while(|(left, right)| left == right).count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_first_line_that_differs() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("", "a\n"), Some(1));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
    }
}
