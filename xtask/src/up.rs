//! From a clone to a working platform in one command.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::product::{DEMO, port_is_free, setup_link, wait_until_ready};
use crate::setup::{self, Need};
use crate::shell::{self, find, output};
use crate::workspace::Workspace;
use crate::{SetupOptions, console};

#[derive(Args)]
pub(crate) struct Options {
    /// Do not open a browser.
    #[arg(long)]
    no_open: bool,
    /// Port on this machine.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Build optimised: slower to build, faster to use.
    #[arg(long)]
    release: bool,
    #[command(flatten)]
    setup: SetupOptions,
}

/// Prepares everything, then becomes `litper serve`, so that Ctrl-C reaches it directly and it ends in its own time.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if !port_is_free(options.port) {
        bail!("port {0} is taken; choose another: cargo xtask up --port {1}", options.port, options.port + 1);
    }
    println!("── tools");
    setup::ensure(&[Need::Compiler, Need::Node], options.setup.no_install)?;
    println!("── console");
    console::install(workspace)?;
    console::build(workspace)?;
    println!("── litper (the first build takes some minutes)");
    let profile: &[&str] = if options.release { &["--release"] } else { &[] };
    shell::run(workspace.cargo(&["build", "--package", "app"]).args(profile))?;
    println!("── data in var/");
    let address = format!("http://127.0.0.1:{}", options.port);
    let link = prepare(workspace, options)?;
    println!("\nFiles to try an import with: {}", workspace.root.join("var/samples").display());
    let open_at = if let Some(link) = link {
        println!("\nCreate the first administrator, within 30 minutes:\n\n    {link}\n");
        link
    } else {
        println!("\nLitper will be at {address}; log in as before\n");
        address
    };
    if !options.no_open {
        open_later(options.port, &open_at);
    }
    let error = litper(workspace, options).arg("serve").exec();
    Err(error).context("cannot start litper")
}

fn litper(workspace: &Workspace, options: &Options) -> Command {
    let mut command = workspace.command(workspace.litper(options.release));
    command
        .env("LITPER_LISTEN", format!("127.0.0.1:{}", options.port))
        .arg("--data-dir")
        .arg(workspace.root.join("var"));
    command
}

/// Makes the data folder and the demonstration organisation where they are missing, and the sample files anew. Answers
/// with a set-up link as long as the program hands one out.
fn prepare(workspace: &Workspace, options: &Options) -> Result<Option<String>> {
    let new = !workspace.root.join("var/secrets.toml").is_file();
    if new {
        shell::run(litper(workspace, options).arg("init"))?;
    }
    output(litper(workspace, options).arg("migrate"))?;
    let demo = shell::run(litper(workspace, options).arg("demo"));
    match (demo, setup_link(&mut litper(workspace, options), DEMO)) {
        (_, Ok(link)) => Ok(Some(link)),
        (Err(error), Err(_)) if new => Err(error),
        (Ok(()), Err(error)) => Err(error),
        // An organisation `demo` of an earlier day with real data in it, and an administrator of its own.
        (Err(_), Err(_)) => Ok(None),
    }
}

/// Starts a second process that opens the browser; whatever goes wrong there is no reason to stop.
fn open_later(port: u16, url: &str) {
    let Ok(program) = std::env::current_exe() else { return };
    let _ = Command::new(program)
        .args(["open-when-ready", &port.to_string(), url])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
}

/// Opens an address with the desktop's browser, if there is one.
pub(crate) fn open_when_ready(port: u16, url: &str) {
    let opener = find("xdg-open").or_else(|| find("open"));
    if let Some(opener) = opener
        && wait_until_ready(port, Duration::from_mins(1), || true)
    {
        let _ = Command::new(opener).arg(url).status();
    }
}
