//! A throw-away PostgreSQL cluster.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cleanup::{CleanUp, tail};
use crate::setup::{self, Need};
use crate::shell::{self, output, quoted};

/// What every cluster of ours has.
const SETTINGS: &str = "\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
timezone = 'UTC'
";

/// Nothing in a cluster for tests outlives the run, so nothing waits for a disk.
const UNSAFE_SETTINGS: &str = "\
fsync = off
synchronous_commit = off
full_page_writes = off
";

/// The role the suite connects as: it creates databases and roles, and is no superuser, so that row-level security
/// holds for it.
const TEST_ROLE: &str = "create role litper_test login createdb createrole nosuperuser nobypassrls";

/// What a cluster is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// As fast as it goes.
    Tests,
    /// As durable as PostgreSQL is by default, on the processor cores that `taskset` is given.
    Measurement(&'static str),
}

/// A running cluster on a port of its own. It ends with the [`CleanUp`] it was started with.
pub(crate) struct Cluster {
    port: u16,
    data: PathBuf,
    run_as: RunAs,
    pg_ctl: PathBuf,
}

impl Cluster {
    /// Creates and starts a cluster, as user postgres when we are root (PostgreSQL refuses to run as root).
    pub(crate) fn start(cleanup: &mut CleanUp) -> Result<Self> {
        Self::start_for(cleanup, Purpose::Tests, None)
    }

    /// [`Self::start`] for a purpose, with a copy of data that [`Self::save`] kept.
    pub(crate) fn start_for(cleanup: &mut CleanUp, purpose: Purpose, saved: Option<&Path>) -> Result<Self> {
        let bin = programs().context("PostgreSQL 15 or newer is not installed")?;
        let dir = cleanup.scratch_dir("postgres")?;
        let data = dir.join("data");
        let run_as = RunAs::of_this_process(&dir, purpose)?;
        match saved {
            Some(saved) => run_as.take_over(saved, &data)?,
            None => create(&bin, &run_as, &data, purpose)?,
        }
        let pg_ctl = bin.join("pg_ctl");
        cleanup.later(&format!(
            "{} {} -D {} -m immediate -w stop",
            run_as.prefix,
            quoted(&pg_ctl),
            quoted(&data)
        ))?;
        let port = start_on_a_free_port(&run_as, &pg_ctl, &dir)?;
        let cluster = Self { port, data, run_as, pg_ctl };
        if saved.is_none() {
            cluster.execute(&bin, TEST_ROLE)?;
        }
        Ok(cluster)
    }

    /// A new database that the role of the tests owns; answers its URL.
    pub(crate) fn create_database(&self, name: &str) -> Result<String> {
        let bin = programs().context("PostgreSQL 15 or newer is not installed")?;
        self.execute(&bin, &format!("create database {name} owner litper_test"))?;
        Ok(self.database_url(name))
    }

    /// A new database that is a copy of one that nobody uses; answers its URL.
    pub(crate) fn copy_database(&self, from: &str, name: &str) -> Result<String> {
        self.run(&format!("create database {name} template {from} owner litper_test"))?;
        Ok(self.database_url(name))
    }

    /// Drops a database, whoever uses it.
    pub(crate) fn drop_database(&self, name: &str) -> Result<()> {
        self.run(&format!("drop database {name} with (force)"))
    }

    /// Runs a statement as the superuser.
    pub(crate) fn run(&self, sql: &str) -> Result<()> {
        let bin = programs().context("PostgreSQL 15 or newer is not installed")?;
        self.execute(&bin, sql)
    }

    /// Runs a statement in a database as the role that owns it.
    pub(crate) fn run_in(url: &str, sql: &str) -> Result<()> {
        let bin = programs().context("PostgreSQL 15 or newer is not installed")?;
        let how = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql];
        output(Command::new(bin.join("psql")).args(how)).map(drop)
    }

    /// Stops it: `fast` ends connections, `immediate` does not even write what is in memory.
    pub(crate) fn stop(&self, mode: &str) -> Result<()> {
        let stop = ["-m", mode, "-w", "stop"];
        output(self.run_as.command(&self.pg_ctl).arg("-D").arg(&self.data).args(stop)).map(drop)
    }

    /// Starts it again, on its port.
    pub(crate) fn start_again(&self) -> Result<()> {
        let log = self.data.with_extension("log");
        let port = format!("-p {}", self.port);
        let start = ["-o", &port, "-t", "60", "-w", "start"];
        output(self.run_as.command(&self.pg_ctl).arg("-D").arg(&self.data).arg("-l").arg(&log).args(start))
            .map(drop)
    }

    /// A second server that follows this one; from now on a commit is acknowledged when both have it.
    pub(crate) fn with_standby(&self, cleanup: &mut CleanUp) -> Result<Self> {
        let bin = programs().context("PostgreSQL 15 or newer is not installed")?;
        let dir = cleanup.scratch_dir("standby")?;
        let data = dir.join("data");
        let run_as = RunAs { prefix: self.run_as.prefix.clone(), dir: dir.clone() };
        if shell::is_root() {
            output(Command::new("chown").arg("postgres:").arg(&dir))?;
        }
        let from = ["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres"];
        let how = ["-R", "-X", "stream", "-c", "fast", "-D"];
        output(run_as.command(&bin.join("pg_basebackup")).args(from).args(how).arg(&data))?;
        let pg_ctl = bin.join("pg_ctl");
        cleanup.later(&format!(
            "{} {} -D {} -m immediate -w stop",
            run_as.prefix,
            quoted(&pg_ctl),
            quoted(&data)
        ))?;
        let port = start_on_a_free_port(&run_as, &pg_ctl, &dir)?;
        self.run("alter system set synchronous_standby_names = '*'")?;
        self.run("select pg_reload_conf()")?;
        Ok(Self { port, data, run_as, pg_ctl })
    }

    /// Makes a follower the one that is written to; it waits for nobody.
    pub(crate) fn promote(&self) -> Result<()> {
        output(self.run_as.command(&self.pg_ctl).arg("-D").arg(&self.data).args(["-w", "promote"]))?;
        self.run("alter system set synchronous_standby_names = ''")?;
        self.run("select pg_reload_conf()")
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Where a database of [`Self::create_database`] is.
    pub(crate) fn database_url(&self, name: &str) -> String {
        format!("postgres://litper_test@127.0.0.1:{}/{name}", self.port)
    }

    /// The process that all its others descend from.
    pub(crate) fn pid(&self) -> Result<u32> {
        let file = fs::read_to_string(self.data.join("postmaster.pid")).context("PostgreSQL does not run")?;
        file.lines().next().and_then(|pid| pid.parse().ok()).context("postmaster.pid holds no number")
    }

    /// Stops it and keeps its data, which must not be in use there.
    pub(crate) fn save(self, to: &Path) -> Result<()> {
        let stop = ["-m", "fast", "-w", "stop"];
        output(self.run_as.command(&self.pg_ctl).arg("-D").arg(&self.data).args(stop))?;
        output(Command::new("cp").arg("-a").arg(&self.data).arg(to)).map(drop)
    }

    /// Where the suite connects.
    pub(crate) fn test_url(&self) -> String {
        format!("postgres://litper_test@127.0.0.1:{}/postgres", self.port)
    }

    fn execute(&self, bin: &Path, sql: &str) -> Result<()> {
        let port = self.port.to_string();
        output(
            Command::new(bin.join("psql"))
                .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", &port])
                .args(["-U", "postgres", "-d", "postgres", "-c", sql]),
        )
        .map(|_| ())
    }
}

fn create(bin: &Path, run_as: &RunAs, data: &Path, purpose: Purpose) -> Result<()> {
    output(
        run_as
            .command(&bin.join("initdb"))
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
            .arg(data),
    )?;
    let more = match purpose {
        Purpose::Tests => UNSAFE_SETTINGS,
        Purpose::Measurement(_) => "",
    };
    fs::OpenOptions::new()
        .append(true)
        .open(data.join("postgresql.conf"))
        .and_then(|mut file| file.write_all([SETTINGS, more].concat().as_bytes()))
        .context("cannot write postgresql.conf")
}

/// Another program may take the port between our asking and PostgreSQL's binding, so it is tried again.
fn start_on_a_free_port(run_as: &RunAs, pg_ctl: &Path, dir: &Path) -> Result<u16> {
    let log = dir.join("log");
    for _ in 0..3 {
        let port = free_port()?;
        let started =
            output(run_as.command(pg_ctl).arg("-D").arg(dir.join("data")).arg("-l").arg(&log).args([
                "-o",
                &format!("-p {port}"),
                "-t",
                "30",
                "-w",
                "start",
            ]));
        if started.is_ok() {
            return Ok(port);
        }
    }
    bail!("PostgreSQL does not start:\n{}", tail(&log, 20))
}

/// A port nobody listens on, from the operating system.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port")?;
    Ok(listener.local_addr().context("no free port")?.port())
}

/// Whom the server's programs run as.
struct RunAs {
    /// Words before the program, for a shell.
    prefix: String,
    dir: PathBuf,
}

impl RunAs {
    fn of_this_process(dir: &Path, purpose: Purpose) -> Result<Self> {
        let mut prefix = String::new();
        if shell::is_root() {
            output(Command::new("chown").arg("postgres:").arg(dir))?;
            prefix.push_str("runuser -u postgres -- ");
        }
        if let Purpose::Measurement(cores) = purpose {
            prefix.push_str("taskset -c ");
            prefix.push_str(cores);
        }
        Ok(Self { prefix, dir: dir.to_path_buf() })
    }

    /// Copies a data folder that was kept.
    fn take_over(&self, saved: &Path, data: &Path) -> Result<()> {
        output(Command::new("cp").arg("-a").arg(saved).arg(data))?;
        if self.prefix.contains("postgres") {
            output(Command::new("chown").args(["-R", "postgres:"]).arg(data))?;
        }
        Ok(())
    }

    fn command(&self, program: &Path) -> Command {
        let mut words = self.prefix.split_whitespace();
        let mut command = match words.next() {
            Some(first) => {
                let mut command = Command::new(first);
                command.args(words).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir(&self.dir);
        command
    }
}

/// The folder of the server's programs: the newest of Debian's, else the one on the search path.
pub(crate) fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").ok().into_iter().flatten().flatten();
    let newest = debian
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let bin = entry.path().join("bin");
            (version >= 15 && bin.join("initdb").is_file()).then_some((version, bin))
        })
        .max();
    newest.map(|(_, bin)| bin).or_else(|| shell::find("initdb")?.parent().map(Path::to_path_buf))
}

/// `cargo xtask postgres`: a cluster for a developer's shell.
pub(crate) fn foreground(no_install: bool) -> Result<()> {
    setup::ensure(&[Need::Postgres], no_install)?;
    let mut cleanup = CleanUp::start()?;
    let cluster = Cluster::start(&mut cleanup)?;
    println!("PostgreSQL runs until Ctrl-C. In another shell:\n");
    println!("export LITPER_TEST_POSTGRES={}", cluster.test_url());
    cleanup.wait_for_the_end()
}
