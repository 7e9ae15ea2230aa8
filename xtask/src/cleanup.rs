//! Undoing what a run started, however the run ends.

use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::shell::quoted;

/// Reads commands until its input closes, then runs them, last one first.
const KEEPER: &str = r#"
trap '' HUP INT
undo=:
while IFS= read -r line; do undo="$line
$undo"; done
eval "$undo"
"#;

/// Undoes what a run started, in reverse order: stops servers, removes folders.
///
/// The list is held by a shell in a process group of its own, which acts when its input closes. That happens on
/// return, on a panic, on Ctrl-C and on `kill -9` alike, and needs no signal handler.
pub(crate) struct CleanUp {
    keeper: Child,
    children: Vec<Child>,
}

impl CleanUp {
    /// Starts with nothing to undo.
    pub(crate) fn start() -> Result<Self> {
        let keeper = Command::new("sh")
            .arg("-c")
            .arg(KEEPER)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot start sh")?;
        Ok(Self { keeper, children: Vec::new() })
    }

    /// One line of shell to run at the end.
    pub(crate) fn later(&mut self, command: &str) -> Result<()> {
        let keeper = self.keeper.stdin.as_mut().context("the clean-up shell has ended")?;
        writeln!(keeper, "{command}").context("the clean-up shell has ended")
    }

    /// A new folder of our own, removed at the end.
    pub(crate) fn scratch_dir(&mut self, what: &str) -> Result<PathBuf> {
        let parent = std::env::temp_dir();
        for attempt in 0..1000_u32 {
            let dir = parent.join(format!("litper-{what}-{}-{attempt}", std::process::id()));
            match fs::create_dir(&dir) {
                Ok(()) => {
                    self.later(&format!("rm -rf -- {}", quoted(&dir)))?;
                    return Ok(dir);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error).with_context(|| format!("cannot create {}", dir.display())),
            }
        }
        anyhow::bail!("{} is full of folders named litper-{what}-…", parent.display())
    }

    /// Stops a server at the end: politely, and after ten seconds by force.
    pub(crate) fn stop_child(&mut self, child: Child) -> Result<()> {
        let pid = child.id();
        self.children.push(child);
        self.later(&format!(
            "kill -TERM {pid}; n=0; while kill -0 {pid} && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done; kill -KILL {pid}"
        ))
    }

    /// True while every server given to [`Self::stop_child`] runs.
    pub(crate) fn all_alive(&mut self) -> bool {
        self.children.iter_mut().all(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Waits until somebody ends the process from outside.
    pub(crate) fn wait_for_the_end(&mut self) -> Result<()> {
        // `Child::wait` would close the input first, which is the signal to clean up.
        let input = self.keeper.stdin.take();
        let ended = self.keeper.wait().context("waiting for the end");
        drop(input);
        ended.map(|_| ())
    }
}

impl Drop for CleanUp {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // A child that has ended stays visible to the keeper until it is waited for.
        for child in self.children.iter_mut().rev() {
            let _ = child.wait();
        }
        let _ = self.keeper.wait();
    }
}

/// Last lines of a file, for an error message; empty when there is none.
pub(crate) fn tail(path: &Path, lines: usize) -> String {
    let text = fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undoes_in_reverse_and_removes_its_folders() {
        let outside = std::env::temp_dir().join(format!("litper-order-{}", std::process::id()));
        let mut cleanup = CleanUp::start().unwrap();
        let dir = cleanup.scratch_dir("unit").unwrap();
        assert!(dir.is_dir());
        cleanup.later(&format!("echo first >> {}", quoted(&outside))).unwrap();
        cleanup.later(&format!("echo second >> {}", quoted(&outside))).unwrap();
        drop(cleanup);
        assert!(!dir.exists());
        assert_eq!(fs::read_to_string(&outside).unwrap(), "second\nfirst\n");
        fs::remove_file(outside).unwrap();
    }

    #[test]
    fn stops_servers() {
        let mut cleanup = CleanUp::start().unwrap();
        let child = Command::new("sleep").arg("600").spawn().unwrap();
        let pid = child.id();
        cleanup.stop_child(child).unwrap();
        assert!(cleanup.all_alive());
        drop(cleanup);
        assert!(
            !Command::new("kill")
                .args(["-0", &pid.to_string()])
                .stderr(Stdio::null())
                .status()
                .unwrap()
                .success()
        );
    }

    #[test]
    fn shows_the_end_of_a_log() {
        let path = std::env::temp_dir().join(format!("litper-tail-{}", std::process::id()));
        fs::write(&path, "one\ntwo\nthree\n").unwrap();
        assert_eq!(tail(&path, 2), "two\nthree");
        assert_eq!(tail(&path, 9), "one\ntwo\nthree");
        fs::remove_file(&path).unwrap();
        assert_eq!(tail(&path, 2), "");
    }
}
