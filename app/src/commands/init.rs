//! `litper init`: the data folder, a master key, the tables.

use std::fs::{self, DirBuilder, File};
use std::io::{ErrorKind, Write};

use anyhow::Context;
use database::{MasterKey, fault, private_file};
use secrecy::ExposeSecret;

use super::output;
use crate::{Config, ConfigError, Platform};

pub(crate) async fn run(config: &Config, json: bool) -> anyhow::Result<()> {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder
        .create(&config.data_dir)
        .with_context(|| format!("the folder {} cannot be made", config.data_dir.display()))?;
    // A key that the environment gives is kept by whoever gives it.
    let made = matches!(config.master_key(), Err(ConfigError::NoMasterKey)) && make_secrets(config)?;
    let platform = Platform::connect(config).await?;
    platform.db.migrate().await?;
    let path = config.secrets_path();
    let sentence = if made {
        format!(
            "Ready. The master key is in {}: back it up now, apart from the database.\n\
             Without it, names, phones and addresses cannot be read by anybody, you included.",
            path.display()
        )
    } else {
        "Ready. There was a master key already; it was left alone.".to_owned()
    };
    let object = serde_json::json!({ "secrets": path.display().to_string(), "created": made });
    output::done(json, &sentence, &object)
}

/// Writes a new master key, for the owner's eyes only. An existing one is never replaced. The file has its name only
/// once all of it is on the disk: half a key would be taken for one.
fn make_secrets(config: &Config) -> anyhow::Result<bool> {
    let path = config.secrets_path();
    if path.exists() {
        return Ok(false);
    }
    let new = path.with_extension("toml.new");
    // Left by a process that was ended while it wrote.
    if let Err(error) = fs::remove_file(&new)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error).with_context(|| new.display().to_string());
    }
    let key = MasterKey::generate_base64();
    let text = format!(
        "# The key that seals personal data. Back it up; whoever has it and the database can read everything.\n\
         master_key = \"{}\"\n",
        key.expose_secret()
    );
    let mut file = private_file(&new).with_context(|| new.display().to_string())?;
    fault!("secrets:begun");
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fault!("secrets:written");
    let made = match fs::hard_link(&new, &path) {
        Ok(()) => true,
        // Another process was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    fs::remove_file(&new)?;
    File::open(&config.data_dir)?.sync_all()?;
    fault!("secrets:kept");
    Ok(made)
}
