//! The release binary on data of its own, pinned to one core, with what it costs.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::http::Client;
use crate::cleanup::tail;
use crate::postgres::free_port;
use crate::product::wait_until_ready;
use crate::shell::output;
use crate::workspace::Workspace;

const START_LIMIT: Duration = Duration::from_mins(1);

/// Where the server and its database run; the client has the other core.
pub(crate) const SERVER_CORE: &str = "0";
pub(crate) const CLIENT_CORE: &str = "1";
pub(crate) const ALL_CORES: &str = "0,1";

/// A data folder with an organisation and an API key.
pub(crate) struct Site {
    program: PathBuf,
    dir: PathBuf,
    /// A PostgreSQL URL; none for the SQLite file in the folder.
    database: Option<String>,
    pub(crate) key: String,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

impl Site {
    /// A new site in an empty folder.
    pub(crate) fn create(workspace: &Workspace, dir: &Path, database: Option<&str>) -> Result<Self> {
        let mut site = Self::at(workspace, dir, database);
        let name = ["tenant", "create", "--slug", "bench", "--name", "Bench"];
        for step in [&["init"][..], &["migrate"], &name] {
            output(site.litper().args(step))?;
        }
        let key = ["api-key", "create", "--tenant", "bench", "--scope", "*", "--json"];
        let printed = output(site.litper().args(key))?;
        let key: Key = serde_json::from_str(&printed).context("api-key create printed no key")?;
        fs::write(dir.join("key"), &key.key)?;
        site.key = key.key;
        Ok(site)
    }

    /// A site made before.
    pub(crate) fn open(workspace: &Workspace, dir: &Path, database: Option<&str>) -> Result<Self> {
        let mut site = Self::at(workspace, dir, database);
        site.key = fs::read_to_string(dir.join("key")).context("the prepared data has no key")?;
        Ok(site)
    }

    fn at(workspace: &Workspace, dir: &Path, database: Option<&str>) -> Self {
        let database = database.map(str::to_owned);
        Self { program: workspace.litper(true), dir: dir.to_owned(), database, key: String::new() }
    }

    /// The program on this site's data. Settings of the developer's shell do not reach it.
    pub(crate) fn litper(&self) -> Command {
        let mut command = Command::new(&self.program);
        self.settings(&mut command);
        command
    }

    /// Serves on the cores that `taskset` is given.
    pub(crate) fn serve(&self, cores: &str, arguments: &[&str]) -> Result<Server> {
        let port = free_port()?;
        let mut command = Command::new("taskset");
        command.args(["-c", cores]).arg(&self.program);
        self.settings(&mut command);
        let log_file = self.dir.join("serve.log");
        let log = File::create(&log_file).context("cannot create a log file")?;
        let began = Instant::now();
        let child = command
            .arg("serve")
            .args(arguments)
            .env("LITPER_LISTEN", format!("127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("cannot start the server")?;
        let mut server = Server { child, port, log_file, key: self.key.clone(), ready_after: Duration::ZERO };
        if !wait_until_ready(port, START_LIMIT, || server.is_alive()) {
            bail!("the server did not become ready; its log ends:\n{}", tail(&server.log_file, 20));
        }
        server.ready_after = began.elapsed();
        Ok(server)
    }

    fn settings(&self, command: &mut Command) {
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("LITPER_")) {
                command.env_remove(name);
            }
        }
        command
            .current_dir(&self.dir)
            .env("LITPER_DATA_DIR", self.dir.join("data"))
            // One client asks as often as it can.
            .env("LITPER_RATE_LIMITS", "false");
        if let Some(url) = &self.database {
            command.env("LITPER_DATABASE", url);
        }
    }
}

/// A running server; it ends when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    log_file: PathBuf,
    key: String,
    /// From the start of the process to its readiness.
    pub(crate) ready_after: Duration,
}

impl Server {
    pub(crate) fn client(&self) -> Result<Client> {
        Client::connect(self.port, &self.key)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Server {
    /// Politely first, as an operator would.
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let began = Instant::now();
        while self.is_alive() && began.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Memory of a process in MiB: resident now, and the most since [`reset_peak`].
pub(crate) fn resident(pid: u32) -> Result<f64> {
    status_mib(pid, "VmRSS:")
}

pub(crate) fn peak(pid: u32) -> Result<f64> {
    status_mib(pid, "VmHWM:")
}

/// Lets the kernel count the peak anew.
pub(crate) fn reset_peak(pid: u32) -> Result<()> {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").context("cannot reset the peak of memory")
}

fn status_mib(pid: u32, name: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).context("no such line")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}

/// Seconds of processor time that a process has used, with those of its children.
pub(crate) fn cpu_seconds(pid: u32) -> f64 {
    let own = stat(pid).map_or(0, |stat| stat.ticks);
    let children: u64 = processes().filter_map(stat).filter(|stat| stat.parent == pid).map(|s| s.ticks).sum();
    // Linux counts in hundredths of a second for every program it shows them to.
    (own + children) as f64 / 100.0
}

struct Stat {
    parent: u32,
    ticks: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold spaces; after it come state, parent, …; utime, stime, cutime, cstime are 14 to 17.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11..15)?.iter().filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(Stat { parent: fields.get(1)?.parse().ok()?, ticks })
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// Puts this process and what it starts from now on onto a core, or back onto all.
pub(crate) fn pin_self(cores: &str) -> Result<()> {
    let pid = std::process::id().to_string();
    output(Command::new("taskset").args(["-a", "-c", "-p", cores, &pid])).map(drop)
}

/// The machine's load over the last minute.
pub(crate) fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or(0.0)
}
