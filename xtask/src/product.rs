//! The real program on data of its own, for browser tests and screenshots.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::cleanup::{CleanUp, tail};
use crate::postgres::free_port;
use crate::setup;
use crate::shell::{output, run};
use crate::workspace::Workspace;

/// The demonstration organisation.
pub(crate) const DEMO: &str = "demo";

const START_LIMIT: Duration = Duration::from_secs(30);

/// A served program with an empty organisation, `tienda`, and the demonstration, on a folder and a port of its own.
pub(crate) struct Product<'a> {
    workspace: &'a Workspace,
    dir: PathBuf,
    port: u16,
    /// One-time link for the first administrator.
    setup_url: String,
    /// The same for the demonstration organisation.
    demo_setup_url: String,
}

#[derive(Deserialize)]
struct SetupLink {
    url: String,
}

impl<'a> Product<'a> {
    /// Builds the program, prepares its data and serves. It ends with `cleanup`.
    pub(crate) fn start(workspace: &'a Workspace, cleanup: &mut CleanUp) -> Result<Self> {
        run(&mut workspace.cargo(&["build", "--package", "app"]))?;
        let dir = cleanup.scratch_dir("browser")?;
        let mut product = Self {
            workspace,
            dir,
            port: free_port()?,
            setup_url: String::new(),
            demo_setup_url: String::new(),
        };
        for step in
            [&["init"][..], &["migrate"], &["tenant", "create", "--slug", "tienda", "--name", "Tienda"]]
        {
            output(product.litper().args(step))?;
        }
        product.setup_url = setup_link(&mut product.litper(), "tienda")?;
        output(product.litper().args(["demo", "--tenant", DEMO, "--samples"]).arg(product.samples()))?;
        product.demo_setup_url = setup_link(&mut product.litper(), DEMO)?;
        product.serve(cleanup)?;
        Ok(product)
    }

    /// The program on this product's data. Settings of the developer's shell do not reach it.
    pub(crate) fn litper(&self) -> Command {
        let mut command = self.workspace.command(self.workspace.litper(false));
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("LITPER_")) {
                command.env_remove(name);
            }
        }
        command
            .env("LITPER_LISTEN", format!("127.0.0.1:{}", self.port))
            // One browser logs in again and again.
            .env("LITPER_RATE_LIMITS", "false")
            .arg("--data-dir")
            .arg(self.dir.join("data"));
        command
    }

    /// Gives a browser program what it needs to find the product.
    pub(crate) fn hand_to(&self, command: &mut Command) {
        command
            .env("LITPER_E2E_URL", format!("http://127.0.0.1:{}", self.port))
            .env("LITPER_E2E_SETUP_URL", &self.setup_url)
            .env("LITPER_E2E_DEMO_SETUP_URL", &self.demo_setup_url)
            .env("LITPER_E2E_FILE", self.sample_file())
            .env("LITPER_E2E_LATER_FILE", self.later_file());
        if let Some(chromium) = setup::chromium() {
            command.env("LITPER_CHROMIUM", chromium);
        }
    }

    /// What the program has logged lately.
    pub(crate) fn log_tail(&self) -> String {
        tail(&self.log_file(), 40)
    }

    fn serve(&self, cleanup: &mut CleanUp) -> Result<()> {
        let log = File::create(self.log_file()).context("cannot create a log file")?;
        let errors = log.try_clone().context("cannot share the log file")?;
        let child = self
            .litper()
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .context("cannot start litper")?;
        cleanup.stop_child(child)?;
        if wait_until_ready(self.port, START_LIMIT, || cleanup.all_alive()) {
            return Ok(());
        }
        bail!("litper serve did not become ready; its log ends:\n{}", self.log_tail())
    }

    /// A file that the product can import.
    pub(crate) fn sample_file(&self) -> PathBuf {
        self.samples().join("1-eventos-ayer.csv")
    }

    /// A later report about the same guías.
    fn later_file(&self) -> PathBuf {
        self.samples().join("2-eventos-hoy.xlsx")
    }

    fn samples(&self) -> PathBuf {
        self.dir.join("samples")
    }

    fn log_file(&self) -> PathBuf {
        self.dir.join("serve.log")
    }
}

/// Asks the program for the one-time link of an organisation.
pub(crate) fn setup_link(litper: &mut Command, tenant: &str) -> Result<String> {
    let printed = output(litper.args(["setup-link", "--tenant", tenant, "--json"]))?;
    let link: SetupLink = serde_json::from_str(&printed).context("setup-link printed no link")?;
    Ok(link.url)
}

/// True once `/health/ready` answers 200; false when the time is over or `alive` says no.
pub(crate) fn wait_until_ready(port: u16, limit: Duration, mut alive: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    while started.elapsed() < limit && alive() {
        if status(port, "/health/ready") == Some(200) {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

/// HTTP status of a path on this machine, if anything answers.
fn status(port: u16, path: &str) -> Option<u16> {
    let wait = Duration::from_secs(2);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, wait).ok()?;
    stream.set_read_timeout(Some(wait)).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).ok()?;
    std::str::from_utf8(&head).ok()?.strip_prefix("HTTP/1.1 ")?.parse().ok()
}

/// True when a port on this machine is free to listen on.
pub(crate) fn port_is_free(port: u16) -> bool {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// An absolute form of a folder the user named, created when missing.
pub(crate) fn output_dir(dir: &Path) -> Result<PathBuf> {
    fs::create_dir_all(dir)
        .and_then(|()| dir.canonicalize())
        .with_context(|| format!("cannot create {}", dir.display()))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// Answers each connection with the next text.
    fn answers(texts: &'static [&'static str]) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for text in texts {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 512];
                let _ = stream.read(&mut request).unwrap();
                stream.write_all(text.as_bytes()).unwrap();
            }
        });
        port
    }

    #[test]
    fn readiness_is_a_200_and_nothing_else() {
        let port = answers(&["HTTP/1.1 503 Service Unavailable\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"]);
        assert!(wait_until_ready(port, START_LIMIT, || true));
    }

    #[test]
    fn a_dead_program_is_not_waited_for() {
        let started = Instant::now();
        assert!(!wait_until_ready(free_port().unwrap(), START_LIMIT, || false));
        assert!(started.elapsed() < START_LIMIT);
    }
}
