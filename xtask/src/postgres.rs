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

/// Nothing in the cluster outlives the run, so nothing waits for a disk.
const SETTINGS: &str = "\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
timezone = 'UTC'
";

/// The role the suite connects as: it creates databases and roles, and is no superuser, so that row-level security
/// holds for it.
const TEST_ROLE: &str = "create role litper_test login createdb createrole nosuperuser nobypassrls";

/// A running cluster on a port of its own. It ends with the [`CleanUp`] it was started with.
pub(crate) struct Cluster {
    port: u16,
}

impl Cluster {
    /// Creates and starts a cluster, as user postgres when we are root (PostgreSQL refuses to run as root).
    pub(crate) fn start(cleanup: &mut CleanUp) -> Result<Self> {
        let bin = programs().context("PostgreSQL 15 or newer is not installed")?;
        let dir = cleanup.scratch_dir("postgres")?;
        let run_as = RunAs::of_this_process(&dir)?;
        let data = dir.join("data");
        output(
            run_as
                .command(&bin.join("initdb"))
                .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
                .arg(&data),
        )?;
        fs::OpenOptions::new()
            .append(true)
            .open(data.join("postgresql.conf"))
            .and_then(|mut file| file.write_all(SETTINGS.as_bytes()))
            .context("cannot write postgresql.conf")?;

        let pg_ctl = bin.join("pg_ctl");
        cleanup.later(&format!(
            "{} {} -D {} -m immediate -w stop",
            run_as.prefix,
            quoted(&pg_ctl),
            quoted(&data)
        ))?;
        let port = start_on_a_free_port(&run_as, &pg_ctl, &dir)?;
        let cluster = Self { port };
        cluster.execute(&bin, TEST_ROLE)?;
        Ok(cluster)
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
    prefix: &'static str,
    dir: PathBuf,
}

impl RunAs {
    fn of_this_process(dir: &Path) -> Result<Self> {
        let prefix = if shell::is_root() {
            output(Command::new("chown").arg("postgres:").arg(dir))?;
            "runuser -u postgres --"
        } else {
            ""
        };
        Ok(Self { prefix, dir: dir.to_path_buf() })
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
