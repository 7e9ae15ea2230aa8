//! `litper init`: the data folder, a master key, the tables.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;

use anyhow::Context;
use database::MasterKey;
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

/// Writes a new master key, for the owner's eyes only. An existing one is never replaced.
fn make_secrets(config: &Config) -> anyhow::Result<bool> {
    let path = config.secrets_path();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = match options.open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    let key = MasterKey::generate_base64();
    let text = format!(
        "# The key that seals personal data. Back it up; whoever has it and the database can read everything.\n\
         master_key = \"{}\"\n",
        key.expose_secret()
    );
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(true)
}
