//! The console's own tools, through npm.

use std::fs;

use anyhow::{Context, Result};

use crate::shell::run;
use crate::workspace::Workspace;

/// Installs the packages of the lock file, unless exactly these are installed already, and derives the API's types.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    let lock = workspace.root.join("console/package-lock.json");
    let wanted = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let marker = workspace.root.join("console/node_modules/.litper-installed");
    if fs::read(&marker).ok().as_ref() != Some(&wanted) {
        // Not `npm ci`: it refuses a lock file without the optional packages of other platforms, which a
        // registry may not offer in every version.
        run(&mut workspace.console("npm", &["install", "--no-save", "--no-audit", "--no-fund"]))?;
        fs::write(&marker, &wanted).with_context(|| format!("cannot write {}", marker.display()))?;
    }
    if workspace.root.join("openapi.json").is_file() {
        run(&mut workspace.console("npm", &["run", "--silent", "types"]))?;
    }
    Ok(())
}

/// Lint, types and unit tests.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    for script in ["lint", "typecheck", "test"] {
        run(&mut workspace.console("npm", &["run", "--silent", script]))?;
    }
    Ok(())
}

/// Writes the assets that the binary embeds.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    run(&mut workspace.console("npm", &["run", "--silent", "build"]))
}
