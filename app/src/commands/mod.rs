//! One command, one file.

mod access;
mod accounts;
mod backup;
mod demo;
mod doctor;
mod drill;
mod import;
mod init;
mod live;
mod loopback;
mod messaging;
mod output;
mod serve;
mod shops;
mod sim;
mod verify;

use anyhow::{Context, bail};
use identity::Tenant;

use crate::cli::{
    ApiKeyCommand, Command, EventsCommand, ShopCommand, TasksCommand, TenantCommand, UserCommand,
};
use crate::{Cli, Config, Platform};

pub use self::import::SomeRowsFailed;

/// Runs a command line.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<()> {
    if matches!(cli.command, Command::Openapi) {
        return output::text(&api::openapi_json()?);
    }
    let config = Config::load(&cli)?;
    if matches!(cli.command, Command::Serve { .. }) {
        return serve::run(&config).await;
    }
    telemetry::start_logs(telemetry::LogFormat::Plain, "warn")?;
    match cli.command {
        Command::Init => init::run(&config, cli.json).await,
        Command::Migrate => migrate(&config, cli.json).await,
        Command::Backup { to } => backup::back_up(&config, &to, cli.json).await,
        Command::Restore { from, replace } => backup::restore(&config, &from, replace, cli.json).await,
        Command::Verify { as_of } => verify::run(&config, as_of.as_deref(), cli.json).await,
        Command::Sim(args) => sim::run(&config, args, cli.json).await,
        Command::Drill(args) => drill::run(&config, args, cli.json).await,
        Command::Doctor => doctor::run(&config, cli.json).await,
        Command::Import(args) => import::run(&config, args, cli.json).await,
        Command::Demo(args) => demo::run(&config, args, cli.json).await,
        Command::SetupLink(args) => accounts::setup_link(&config, args, cli.json).await,
        Command::Tenant(TenantCommand::Create { slug, name, country }) => {
            accounts::create_tenant(&config, &slug, &name, &country, cli.json).await
        }
        Command::Tenant(TenantCommand::List) => accounts::list_tenants(&config, cli.json).await,
        Command::User(command) => user(&config, command, cli.json).await,
        Command::ApiKey(command) => api_key(&config, command, cli.json).await,
        Command::Tasks(TasksCommand::Dead { tenant }) => {
            messaging::list_dead_tasks(&config, tenant, cli.json).await
        }
        Command::Tasks(TasksCommand::Retry { tenant, id, kind }) => {
            messaging::retry_tasks(&config, tenant, id.as_deref(), kind.as_deref(), cli.json).await
        }
        Command::Events(EventsCommand::Parked { tenant }) => {
            messaging::list_parked_events(&config, tenant, cli.json).await
        }
        Command::Events(EventsCommand::Replay { reaction, parked: _, from }) => {
            messaging::replay(&config, &reaction, from, cli.json).await
        }
        Command::Shop(ShopCommand::Add { tenant, domain }) => {
            shops::add(&config, tenant, &domain, cli.json).await
        }
        Command::Shop(ShopCommand::List(tenant)) => shops::list(&config, tenant, cli.json).await,
        Command::Shop(ShopCommand::Remove { tenant, domain }) => {
            shops::remove(&config, tenant, &domain, cli.json).await
        }
        Command::Serve { role: _ } | Command::Openapi => Ok(()),
    }
}

async fn user(config: &Config, command: UserCommand, json: bool) -> anyhow::Result<()> {
    match command {
        UserCommand::Create { tenant, email, name, role, password_stdin: _ } => {
            accounts::create_user(config, tenant, email, name, &role, json).await
        }
        UserCommand::List(args) => access::list_users(config, args, json).await,
        UserCommand::Disable(person) => access::set_active(config, person, false, json).await,
        UserCommand::Enable(person) => access::set_active(config, person, true, json).await,
        UserCommand::SetPassword { person, password_stdin: _ } => {
            access::set_password(config, person, json).await
        }
    }
}

async fn api_key(config: &Config, command: ApiKeyCommand, json: bool) -> anyhow::Result<()> {
    match command {
        ApiKeyCommand::Create { tenant, name, role, scopes, test, expires_in_days } => {
            let key = accounts::KeyRequest { name, role, scopes, live: !test, expires_in_days };
            accounts::create_api_key(config, tenant, key, json).await
        }
        ApiKeyCommand::List(args) => access::list_keys(config, args, json).await,
        ApiKeyCommand::Revoke { tenant, id } => access::revoke_key(config, tenant, &id, json).await,
    }
}

async fn migrate(config: &Config, json: bool) -> anyhow::Result<()> {
    let platform = Platform::connect(config).await?;
    platform.db.migrate().await?;
    output::done(json, "The database is up to date.", &serde_json::json!({ "migrated": true }))
}

/// Connects and makes sure that the schema is current.
async fn ready_platform(config: &Config) -> anyhow::Result<Platform> {
    let platform = Platform::connect(config).await?;
    is_current(&platform).await?;
    Ok(platform)
}

/// Refuses a database whose schema is not this program's.
async fn is_current(platform: &Platform) -> anyhow::Result<()> {
    if !platform.db.pending_migrations().await?.is_empty() {
        bail!("the database's tables are not up to date: run `litper migrate`");
    }
    Ok(())
}

/// The tenant that a command names, or the only one.
async fn chosen_tenant(platform: &Platform, slug: Option<&str>) -> anyhow::Result<Tenant> {
    if let Some(slug) = slug {
        return platform
            .identity
            .find_tenant(slug)
            .await?
            .with_context(|| format!("there is no tenant {slug}"));
    }
    let mut tenants = platform.identity.list_tenants().await?;
    match tenants.len() {
        1 => Ok(tenants.remove(0)),
        0 => bail!("there is no tenant yet: run `litper tenant create --slug … --name …`"),
        _ => bail!("there are several tenants: say which with --tenant"),
    }
}
