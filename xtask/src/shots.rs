//! Screenshots of the console on the real program.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::cleanup::CleanUp;
use crate::product::{DEMO, Product, output_dir};
use crate::setup::{self, Need};
use crate::workspace::Workspace;
use crate::{console, shell};

const EMAIL: &str = "demo@example.com";

/// Serves a demo organisation and runs the console's own script over it.
pub(crate) fn run(workspace: &Workspace, dir: &Path, no_install: bool) -> Result<()> {
    let dir = output_dir(dir)?;
    setup::ensure(&[Need::Compiler, Need::Node, Need::Chromium], no_install)?;
    console::install(workspace)?;
    console::build(workspace)?;
    let mut cleanup = CleanUp::start()?;
    let product = Product::start(workspace, &mut cleanup)?;
    let password = random_password()?;
    create_administrator(&product, &password)?;
    shell::output(product.litper().args(["import", "--tenant", DEMO]).arg(product.sample_file()))?;
    let mut script = workspace.console("node", &["e2e/shots.mjs"]);
    product.hand_to(&mut script);
    script.arg(&dir).env("LITPER_E2E_EMAIL", EMAIL).env("LITPER_E2E_PASSWORD", password);
    shell::run(&mut script)?;
    println!("pictures in {}", dir.display());
    Ok(())
}

fn create_administrator(product: &Product<'_>, password: &str) -> Result<()> {
    let mut child = product
        .litper()
        .args(["user", "create", "--tenant", DEMO, "--email", EMAIL, "--name", "Demo"])
        .args(["--role", "admin", "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .context("cannot start litper")?;
    if let Some(mut input) = child.stdin.take() {
        // A program that ended before reading says why itself.
        let _ = writeln!(input, "{password}");
    }
    let status = child.wait().context("waiting for litper")?;
    if status.success() { Ok(()) } else { bail!("`litper user create` failed ({status})") }
}

fn random_password() -> Result<String> {
    let mut bytes = [0_u8; 16];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("no /dev/urandom")?;
    Ok(bytes.map(|byte| format!("{byte:02x}")).concat())
}
