//! Data that a server works on until it dies: a prepared one, and a copy of it for each fault.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::wire::{self, Caller};
use crate::bench::orders;
use crate::cleanup::tail;
use crate::postgres::{Cluster, free_port};
use crate::product::wait_until_ready;
use crate::shell::{find, output};

const PASSWORD: &str = "mesa nube papel";
const MAIL: &str = "ana@prueba.example";
/// How long a server may take to be ready, a new one with a million shipments too.
const START_LIMIT: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(10);

/// An organisation with an administrator, a key and a shop, in a data folder and, on PostgreSQL, a database.
pub(crate) struct Site {
    program: PathBuf,
    pub(crate) dir: PathBuf,
    /// Name and URL of the database; none for the SQLite file in the folder.
    database: Option<(String, String)>,
    pub(crate) port: u16,
    pub(crate) key: Caller,
    /// Shipments that are there before anything is tried.
    pub(crate) rows: u64,
}

impl Site {
    /// A new one in an empty folder, ready for copies.
    pub(crate) fn prepare(program: &Path, dir: &Path, cluster: Option<&Cluster>) -> Result<Self> {
        let name = "crash_base".to_owned();
        let database = cluster.map(|cluster| cluster.create_database(&name).map(|url| (name, url)));
        let mut site = Self {
            program: program.to_owned(),
            dir: dir.to_owned(),
            database: database.transpose()?,
            port: free_port()?,
            key: Caller::default(),
            rows: 0,
        };
        for step in [&["init"][..], &["migrate"], &["tenant", "create", "--slug", "crash", "--name", "Crash"]]
        {
            output(site.litper().args(step))?;
        }
        let said =
            site.run(&["api-key", "create", "--tenant", "crash", "--scope", "*", "--json"], "", &[])?;
        site.key = Caller::with_key(said["key"].as_str().context("no key")?);
        let secret = format!("{}\n", orders::SECRET);
        site.run(&["shop", "add", "--tenant", "crash", orders::SHOP, "--json"], &secret, &[])?;
        let link = site.run(&["setup-link", "--tenant", "crash", "--json"], "", &[])?;
        let token = link["url"].as_str().and_then(|url| url.split_once("token=")).context("no link")?.1;
        let mut server = site.serve(&[])?;
        server.ready()?;
        let body = json!({ "token": token, "name": "Ana", "email": MAIL, "password": PASSWORD });
        let answer = wire::ask(site.port, &Caller::default(), "POST", "/v1/setup", &body)?;
        ensure!(answer.status == 201, "set-up: {} {}", answer.status, answer.text());
        server.stop()?;
        Ok(site)
    }

    /// A copy of it, under a number of its own.
    pub(crate) fn copy(&self, number: u32, cluster: Option<&Cluster>) -> Result<Self> {
        let dir = self.dir.with_extension(number.to_string());
        output(Command::new("cp").args(["-a", "--reflink=auto"]).arg(&self.dir).arg(&dir))?;
        let database = match (&self.database, cluster) {
            (Some((base, _)), Some(cluster)) => {
                let name = format!("crash_{number}");
                let url = cluster.copy_database(base, &name)?;
                Some((name, url))
            }
            _ => None,
        };
        let (program, key) = (self.program.clone(), self.key.clone());
        Ok(Self { program, dir, database, port: free_port()?, key, rows: self.rows })
    }

    /// Removes it, the folder and the database.
    pub(crate) fn remove(self, cluster: Option<&Cluster>) -> Result<()> {
        fs::remove_dir_all(&self.dir)?;
        match (&self.database, cluster) {
            (Some((name, _)), Some(cluster)) => cluster.drop_database(name),
            _ => Ok(()),
        }
    }

    /// Lets the server reach its database through another port.
    pub(crate) fn through(&mut self, from: u16, to: u16) {
        if let Some((_, url)) = &mut self.database {
            *url = url.replace(&format!(":{from}/"), &format!(":{to}/"));
        }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// Holds how many seconds the clock is wrong, where a fault is of the clock.
    pub(crate) fn clock(&self) -> PathBuf {
        self.dir.join("clock")
    }

    pub(crate) fn sqlite(&self) -> PathBuf {
        self.data().join("litper.db")
    }

    /// The program on this data. Settings of the developer's shell do not reach it.
    pub(crate) fn litper(&self) -> Command {
        let mut command = Command::new(&self.program);
        self.settings(&mut command);
        command
    }

    fn settings(&self, command: &mut Command) {
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("LITPER_")) {
                command.env_remove(name);
            }
        }
        command
            .current_dir(&self.dir)
            .env("LITPER_DATA_DIR", self.data())
            .env("LITPER_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("LITPER_DATABASE_CONNECTIONS", "8")
            // One client asks as often as it can.
            .env("LITPER_RATE_LIMITS", "false");
        if let Some((_, url)) = &self.database {
            command.env("LITPER_DATABASE", url);
        }
    }

    /// Runs a command to its end; answers what became of it.
    pub(crate) fn try_run(
        &self,
        arguments: &[&str],
        input: &str,
        environment: &[(&str, String)],
    ) -> Result<Output> {
        let mut command = self.litper();
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot start litper")?;
        // One that has died already does not read.
        let _ = child.stdin.take().context("no input")?.write_all(input.as_bytes());
        child.wait_with_output().context("litper")
    }

    /// Runs a command that must succeed; answers its JSON, null when it prints none.
    pub(crate) fn run(
        &self,
        arguments: &[&str],
        input: &str,
        environment: &[(&str, String)],
    ) -> Result<Value> {
        let output = self.try_run(arguments, input, environment)?;
        if !output.status.success() {
            bail!(
                "litper {}: {}{}",
                arguments.join(" "),
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(serde_json::from_slice(&output.stdout).unwrap_or(Value::Null))
    }

    /// What `litper verify` finds broken.
    pub(crate) fn broken(&self) -> Result<Vec<String>> {
        let output = self.try_run(&["verify", "--json"], "", &[])?;
        let said: Value = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("litper verify: {}", String::from_utf8_lossy(&output.stderr)))?;
        let broken = said["broken"].as_array().context("no list")?;
        Ok(broken.iter().map(|one| one["check"].as_str().unwrap_or_default().to_owned()).collect())
    }

    /// Starts a server.
    pub(crate) fn serve(&self, environment: &[(&str, String)]) -> Result<Server> {
        let log_file = self.dir.join("serve.log");
        let log = File::options().create(true).append(true).open(&log_file)?;
        let mut command = self.litper();
        command
            .arg("serve")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let began = Instant::now();
        let child = command.spawn().context("cannot start the server")?;
        Ok(Server { child, port: self.port, log_file, began })
    }

    /// Logs the administrator in.
    pub(crate) fn log_in(&self) -> Result<Caller> {
        let body = json!({ "email": MAIL, "password": PASSWORD });
        let answer = wire::ask(self.port, &Caller::default(), "POST", "/v1/session", &body)?;
        ensure!(answer.status == 200, "log-in: {} {}", answer.status, answer.text());
        Caller::logged_in(&answer)
    }
}

/// A running server, which is killed when dropped.
pub(crate) struct Server {
    child: Child,
    port: u16,
    log_file: PathBuf,
    began: Instant,
}

impl Server {
    /// Waits until it is ready; answers how long it took from its start.
    pub(crate) fn ready(&mut self) -> Result<Duration> {
        let (port, mut alive) = (self.port, || matches!(self.child.try_wait(), Ok(None)));
        if !wait_until_ready(port, START_LIMIT, &mut alive) {
            let why = if alive() { "did not become ready" } else { "ended by itself" };
            bail!("the server {why}; its log ends:\n{}", tail(&self.log_file, 10));
        }
        Ok(self.began.elapsed())
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until it has died; false when it lives on.
    pub(crate) fn dies_within(&mut self, limit: Duration) -> bool {
        let began = Instant::now();
        while self.is_alive() {
            if began.elapsed() > limit {
                return false;
            }
            thread::sleep(LOOK);
        }
        true
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop).context("the server")
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) -> Result<()> {
        output(Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()])).map(drop)
    }

    /// Asks it to stop, as a supervisor does.
    pub(crate) fn stop(&mut self) -> Result<()> {
        self.signal("TERM")?;
        ensure!(self.dies_within(Duration::from_secs(40)), "the server does not stop");
        let status = self.child.wait()?;
        ensure!(status.success(), "the server stopped with {status}");
        Ok(())
    }

    /// Sets a limit of the running process, as `prlimit` names it.
    pub(crate) fn limit(&self, limit: &str) -> Result<()> {
        let prlimit = find("prlimit").context("prlimit is missing; run: apt-get install util-linux")?;
        output(Command::new(prlimit).arg(limit).args(["--pid", &self.pid().to_string()])).map(drop)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
