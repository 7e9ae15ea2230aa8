//! Settings: the documented defaults, a file, the environment, flags; the later wins.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use database::{DatabaseUrl, MasterKey};
use gateway::{Rates, quota};
use secrecy::SecretString;
use serde::Deserialize;
use telemetry::LogFormat;
use toml::Table;

use crate::Cli;
use crate::cli::Command;

const DEFAULTS: &str = include_str!("../../litper.default.toml");
const DEFAULT_FILE: &str = "litper.toml";
const SECRETS_FILE: &str = "secrets.toml";

/// Why the settings cannot be used; each says the mend.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: String,
    },
    /// A value cannot be used.
    #[error("{key}: {error}")]
    Value {
        /// Which setting.
        key: &'static str,
        /// Why.
        error: String,
    },
    /// There is no master key.
    #[error("there is no master key: run `litper init`, or set LITPER_MASTER_KEY")]
    NoMasterKey,
}

/// The settings in force.
#[derive(Debug)]
pub struct Config {
    /// Folder of everything on this machine.
    pub data_dir: PathBuf,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// What the server does.
    pub roles: Roles,
    /// The address people use, without a slash at the end.
    pub public_url: String,
    /// The database.
    pub database: DatabaseUrl,
    /// Sizes of its pools.
    pub database_options: database::Options,
    /// Folder of uploaded files.
    pub files: PathBuf,
    /// Log filter.
    pub log: String,
    /// Log form.
    pub log_format: LogFormat,
    /// Whether carriers are asked about parcels in rounds.
    pub ask_carriers: bool,
    /// Whether carriers may be asked on this machine, without encryption.
    pub carriers_on_this_machine: bool,
    /// Who comes in, and how many at once.
    pub entrance: Arc<Entrance>,
}

/// Who comes in, and how many at once; by default, for commands that answer nobody, hardly anybody.
#[derive(Debug, Clone, Default)]
pub struct Entrance {
    /// What stands before every route.
    pub gateway: gateway::Settings,
    /// Open connections.
    pub max_connections: usize,
    /// Open connections of one address that is no proxy.
    pub max_connections_per_address: usize,
}

/// What a server does; at least one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// Answers requests.
    pub gateway: bool,
    /// Does what was taken in: imports, webhooks, reactions, tasks, risk.
    pub worker: bool,
}

impl FromStr for Roles {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut roles = Self { gateway: false, worker: false };
        for name in text.split(',').map(str::trim) {
            match name {
                "gateway" => roles.gateway = true,
                "worker" => roles.worker = true,
                _ => return Err("gateway, worker, or both with a comma between them"),
            }
        }
        Ok(roles)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    data_dir: PathBuf,
    listen: SocketAddr,
    roles: String,
    public_url: String,
    database: String,
    database_connections: u32,
    database_readers: u32,
    files: String,
    log: String,
    log_format: String,
    ask_carriers: bool,
    carriers_on_this_machine: bool,
    trusted_proxies: String,
    client_address: String,
    cors_origins: String,
    rate_limits: bool,
    limit_address: u32,
    limit_log_in: u32,
    limit_webhooks: u32,
    limit_admin: u32,
    limit_operator: u32,
    limit_viewer: u32,
    limit_api_client: u32,
    limit_agent: u32,
    limit_orders: u32,
    limit_organisation: u32,
    max_requests: u32,
    max_connections: usize,
    max_connections_per_address: usize,
}

impl Settings {
    fn rates(&self) -> Rates {
        if !self.rate_limits {
            return Rates::default();
        }
        Rates {
            address: quota("address", self.limit_address),
            log_in: quota("log-in", self.limit_log_in),
            webhooks: quota("webhooks", self.limit_webhooks),
            admin: quota("admin", self.limit_admin),
            operator: quota("operator", self.limit_operator),
            viewer: quota("viewer", self.limit_viewer),
            api_client: quota("api-client", self.limit_api_client),
            agent: quota("agent", self.limit_agent),
            orders: quota("orders", self.limit_orders),
            organisation: quota("organisation", self.limit_organisation),
        }
    }

    /// What stands before every route.
    fn gateway(&self, https: bool) -> Result<gateway::Settings, ConfigError> {
        Ok(gateway::Settings {
            proxies: self.trusted_proxies.parse().map_err(|error| bad("trusted_proxies", &error))?,
            client_from: self.client_address.parse().map_err(|error| bad("client_address", &error))?,
            origins: self.cors_origins.parse().map_err(|error| bad("cors_origins", &error))?,
            rates: self.rates(),
            max_requests: self.max_requests,
            bodies: gateway::Patience::default(),
            https,
        })
    }
}

fn bad(key: &'static str, error: &dyn std::fmt::Display) -> ConfigError {
    ConfigError::Value { key, error: error.to_string() }
}

#[derive(Deserialize)]
struct Secrets {
    master_key: SecretString,
}

impl Config {
    /// Reads the settings for a command line.
    pub fn load(cli: &Cli) -> Result<Self, ConfigError> {
        let mut table = parse(Path::new("litper.default.toml"), DEFAULTS)?;
        let file =
            cli.config.clone().or_else(|| Some(DEFAULT_FILE.into()).filter(|file: &PathBuf| file.exists()));
        if let Some(file) = file {
            let text = std::fs::read_to_string(&file)
                .map_err(|error| ConfigError::File { path: file.clone(), error: error.to_string() })?;
            table.extend(parse(&file, &text)?);
        }
        overlay_environment(&mut table);
        if let Some(data_dir) = &cli.data_dir {
            table.insert("data_dir".into(), data_dir.display().to_string().into());
        }
        if let Command::Serve { role: Some(roles) } = &cli.command {
            table.insert("roles".into(), roles.clone().into());
        }
        let settings: Settings = table.try_into().map_err(|error: toml::de::Error| ConfigError::Value {
            key: "settings",
            error: error.message().to_owned(),
        })?;
        Self::from_settings(settings)
    }

    fn from_settings(settings: Settings) -> Result<Self, ConfigError> {
        let database = match settings.database.as_str() {
            "" => DatabaseUrl::Sqlite(settings.data_dir.join("litper.db")),
            url => url.parse().map_err(|error| bad("database", &error))?,
        };
        let files = match settings.files.as_str() {
            "" => settings.data_dir.join("files"),
            url => url
                .strip_prefix("file:")
                .map(PathBuf::from)
                .ok_or_else(|| bad("files", &"it starts with file:"))?,
        };
        let log_format = match settings.log_format.as_str() {
            "json" => LogFormat::Json,
            "plain" => LogFormat::Plain,
            _ => return Err(bad("log_format", &"json or plain")),
        };
        let roles = settings.roles.parse().map_err(|error| bad("roles", &error))?;
        let public_url = match settings.public_url.trim_end_matches('/') {
            "" => format!("http://{}", settings.listen),
            url if url.starts_with("http://") || url.starts_with("https://") => url.to_owned(),
            _ => return Err(bad("public_url", &"it starts with http:// or https://")),
        };
        let gateway = settings.gateway(public_url.starts_with("https://"))?;
        Ok(Self {
            data_dir: settings.data_dir,
            listen: settings.listen,
            roles,
            public_url,
            database,
            database_options: database::Options {
                readers: settings.database_readers,
                connections: settings.database_connections,
            },
            files,
            log: settings.log,
            log_format,
            ask_carriers: settings.ask_carriers,
            carriers_on_this_machine: settings.carriers_on_this_machine,
            entrance: Arc::new(Entrance {
                gateway,
                max_connections: settings.max_connections.max(1),
                max_connections_per_address: settings.max_connections_per_address.max(1),
            }),
        })
    }

    /// Whether people reach the server by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The file that holds the master key.
    #[must_use]
    pub fn secrets_path(&self) -> PathBuf {
        self.data_dir.join(SECRETS_FILE)
    }

    /// The master key: from the environment, else from the secrets file. None is ever made up here.
    pub fn master_key(&self) -> Result<MasterKey, ConfigError> {
        let text = match environment("LITPER_MASTER_KEY") {
            Some(text) => SecretString::from(text),
            None => self.stored_master_key()?,
        };
        MasterKey::from_base64(&text)
            .map_err(|error| ConfigError::Value { key: "master_key", error: error.to_string() })
    }

    fn stored_master_key(&self) -> Result<SecretString, ConfigError> {
        let path = self.secrets_path();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(ConfigError::NoMasterKey);
            }
            Err(error) => return Err(ConfigError::File { path, error: error.to_string() }),
        };
        // The parser's own message would quote the line, which is the key.
        toml::from_str::<Secrets>(&text)
            .map(|secrets| secrets.master_key)
            .map_err(|_| ConfigError::File { path, error: "it needs a line master_key = \"…\"".into() })
    }
}

fn parse(path: &Path, text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|error: toml::de::Error| ConfigError::File {
        path: path.to_owned(),
        error: error.message().to_owned(),
    })
}

/// `LITPER_LISTEN` overrides `listen`, and so on for every key of the defaults.
fn overlay_environment(table: &mut Table) {
    for (key, value) in table.iter_mut() {
        let Some(text) = environment(&format!("LITPER_{}", key.to_uppercase())) else { continue };
        let number = text.parse().ok().filter(|_| value.is_integer()).map(toml::Value::Integer);
        let choice = text.parse().ok().filter(|_| value.is_bool()).map(toml::Value::Boolean);
        *value = number.or(choice).unwrap_or(toml::Value::String(text));
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where settings are read")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
