//! What a machine needs, and installing it on Debian.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell::{self, find, output};
use crate::{postgres, workspace::Workspace};

/// Programs a command needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// For the crates that contain C.
    Compiler,
    /// For the console.
    Node,
    /// For the half of the suite that runs on PostgreSQL.
    Postgres,
    /// For the test that watches what reaches the disk.
    Strace,
    /// For the browser tests.
    Chromium,
}

/// Oldest Node the console's build tools accept.
const NODE: (u32, u32) = (20, 19);

impl Need {
    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Compiler => &["gcc", "libc6-dev"],
            Self::Node => &["nodejs", "npm"],
            Self::Postgres => &["postgresql"],
            Self::Strace => &["strace"],
            Self::Chromium => &["chromium"],
        }
    }

    fn present(self) -> bool {
        match self {
            Self::Compiler => find("cc").is_some(),
            Self::Node => find("node").is_some() && find("npm").is_some(),
            Self::Postgres => postgres::programs().is_some(),
            Self::Strace => find("strace").is_some(),
            Self::Chromium => chromium().is_some(),
        }
    }
}

/// Makes sure that everything needed is there: installs it as root on Debian, elsewhere says the line to run.
pub(crate) fn ensure(needs: &[Need], no_install: bool) -> Result<()> {
    let missing: Vec<Need> = needs.iter().copied().filter(|need| !need.present()).collect();
    if !missing.is_empty() {
        install(&missing, no_install)?;
    }
    if needs.contains(&Need::Node) {
        check_node()?;
    }
    Ok(())
}

fn install(missing: &[Need], no_install: bool) -> Result<()> {
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages()).copied().collect();
    let line = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    if find("apt-get").is_none() {
        bail!(
            "missing: {} (the names of Debian's packages; install what your system calls them)",
            packages.join(" ")
        );
    }
    if !shell::is_root() {
        bail!("missing packages; run:\nsudo {line}");
    }
    if no_install {
        bail!("missing packages; run:\n{line}");
    }
    for package in &packages {
        println!("installing {package}");
    }
    let mut update = Command::new("apt-get");
    output(update.args(["update", "-q"]))?;
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap_or("apt-get"));
    output(command.args(words).env("DEBIAN_FRONTEND", "noninteractive"))?;
    match missing.iter().find(|need| !need.present()) {
        Some(need) => bail!("{} installed, and still not found", need.packages().join(" ")),
        None => Ok(()),
    }
}

fn check_node() -> Result<()> {
    let version = output(Command::new("node").arg("--version"))?;
    let version = version.trim();
    if node_version(version).is_some_and(|found| found >= NODE) {
        return Ok(());
    }
    let (major, minor) = NODE;
    bail!("Node {version} is too old: the console needs {major}.{minor} or newer, see https://nodejs.org/")
}

/// `v20.19.1` as (20, 19).
fn node_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.strip_prefix('v')?.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// The browser for the tests.
pub(crate) fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(find)
}

/// cargo-deny, compiled without optimisation when it is not there: it runs for two seconds.
pub(crate) fn cargo_deny(workspace: &Workspace, no_install: bool) -> Result<PathBuf> {
    let ours = workspace.tools.join("bin/cargo-deny");
    if ours.is_file() {
        return Ok(ours);
    }
    if let Some(installed) = find("cargo-deny") {
        return Ok(installed);
    }
    if no_install {
        bail!("cargo-deny is missing; run: cargo install --locked cargo-deny");
    }
    println!("compiling cargo-deny, once (about a minute and a half)");
    let mut install = workspace.cargo(&["install", "--quiet", "--locked", "cargo-deny", "--root"]);
    install
        .arg(&workspace.tools)
        .current_dir("/")
        .env("CARGO_TARGET_DIR", workspace.tools.join("target"))
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "false");
    shell::run(&mut install).context("cargo-deny cannot be installed")?;
    let _ = std::fs::remove_dir_all(workspace.tools.join("target"));
    Ok(ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_compare_as_numbers() {
        assert_eq!(node_version("v20.19.1"), Some((20, 19)));
        assert_eq!(node_version("v9.2.0"), Some((9, 2)));
        assert_eq!(node_version("20"), None);
        assert!(node_version("v100.0.0") > node_version("v20.19.0"));
    }

    #[test]
    fn a_present_program_needs_no_package() {
        assert!(Need::Compiler.present());
        assert!(ensure(&[Need::Compiler], true).is_ok());
    }
}
