//! Where things are.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The folders a command works with, all absolute.
pub(crate) struct Workspace {
    /// The repository.
    pub(crate) root: PathBuf,
    /// Cargo's target directory. Outside the clone by default, so that a fresh clone builds warm.
    pub(crate) target: PathBuf,
    /// Development tools that are compiled once and kept.
    pub(crate) tools: PathBuf,
}

impl Workspace {
    /// Found from the variable cargo sets while it runs us, else from the current directory. Never from a path
    /// compiled in: with a shared target directory one binary may serve two clones.
    pub(crate) fn locate() -> Result<Self> {
        let here = env::current_dir().context("the current directory is gone")?;
        let root = env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .and_then(|package| package.parent().map(Path::to_path_buf))
            .or_else(|| {
                here.ancestors().find(|dir| dir.join("xtask/Cargo.toml").is_file()).map(Path::to_path_buf)
            })
            .context("run this inside the repository")?;
        let cache = match (env::var_os("XDG_CACHE_HOME"), env::var_os("HOME")) {
            (Some(cache), _) if !cache.is_empty() => PathBuf::from(cache),
            (_, Some(home)) => PathBuf::from(home).join(".cache"),
            (_, None) => root.join("target/cache"),
        };
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| cache.join("litper-target"), |dir| here.join(dir));
        Ok(Self { root, target, tools: cache.join("litper-tools") })
    }

    /// A program started in the repository with the shared target directory. The variables cargo set for this
    /// program are removed: a child that saw them would rebuild whatever watches them.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        for (name, _) in env::vars_os() {
            let ours = name.to_str().is_some_and(|name| {
                ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"]
                    .iter()
                    .any(|prefix| name.starts_with(prefix))
            });
            if ours {
                command.env_remove(name);
            }
        }
        command
    }

    /// `cargo` with arguments.
    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let mut command = self.command("cargo");
        command.args(args);
        command
    }

    /// A program started in the console's folder.
    pub(crate) fn console(&self, program: &str, args: &[&str]) -> Command {
        let mut command = self.command(program);
        command
            .args(args)
            .current_dir(self.root.join("console"))
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        command
    }

    /// The program in the target directory.
    pub(crate) fn litper(&self, release: bool) -> PathBuf {
        self.target.join(if release { "release" } else { "debug" }).join("litper")
    }
}

/// True where a continuous integration system runs us.
pub(crate) fn in_ci() -> bool {
    env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}
