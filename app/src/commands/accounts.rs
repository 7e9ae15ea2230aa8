//! Tenants, people, keys and the set-up link, from the command line.

use std::io::BufRead;

use anyhow::{Context, bail};
use domain::{Role, SignedDuration};
use identity::{NewApiKey, NewUser};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{chosen_tenant, output, ready_platform};
use crate::Config;
use crate::cli::TenantArg;

pub(crate) async fn create_tenant(
    config: &Config,
    slug: &str,
    name: &str,
    country: &str,
    json: bool,
) -> anyhow::Result<()> {
    let country = country.parse().context("--country")?;
    let platform = ready_platform(config).await?;
    let tenant = platform.identity.create_tenant(slug, name, country, false).await?;
    let object = json!({ "id": tenant.id.to_string(), "slug": tenant.slug, "name": tenant.name });
    output::done(json, &format!("Created tenant {slug}."), &object)
}

pub(crate) async fn list_tenants(config: &Config, json: bool) -> anyhow::Result<()> {
    let tenants = ready_platform(config).await?.identity.list_tenants().await?;
    if json {
        let list: Vec<_> =
            tenants.iter().map(|tenant| json!({ "slug": tenant.slug, "name": tenant.name })).collect();
        return output::text(&format!("{}\n", json!(list)));
    }
    let lines: Vec<String> =
        tenants.iter().map(|tenant| format!("{}\t{}\n", tenant.slug, tenant.name)).collect();
    output::text(&lines.concat())
}

pub(crate) async fn create_user(
    config: &Config,
    tenant: TenantArg,
    email: String,
    name: String,
    role: &str,
    json: bool,
) -> anyhow::Result<()> {
    let role: Role = role.parse().context("--role")?;
    let password = password_from_stdin()?;
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, tenant.tenant.as_deref()).await?;
    let user = NewUser { name, email, role, password };
    let id = platform.identity.create_user(tenant.id, user).await?;
    let object = json!({ "id": id.to_string(), "tenant": tenant.slug });
    output::done(json, &format!("Created user {id} in {}.", tenant.slug), &object)
}

pub(crate) struct KeyRequest {
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) live: bool,
    pub(crate) expires_in_days: Option<u16>,
}

pub(crate) async fn create_api_key(
    config: &Config,
    tenant: TenantArg,
    key: KeyRequest,
    json: bool,
) -> anyhow::Result<()> {
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, tenant.tenant.as_deref()).await?;
    let now = platform.clock.now();
    let expires_at = key.expires_in_days.map(|days| now + SignedDuration::from_hours(24 * i64::from(days)));
    let role: Role = key.role.parse().with_context(|| format!("{:?} is no role", key.role))?;
    let key = NewApiKey { name: key.name, live: key.live, role, scopes: key.scopes, expires_at };
    let secret = platform.identity.create_api_key(tenant.id, key).await?;
    let object = json!({ "tenant": tenant.slug, "key": secret.expose_secret() });
    let sentence = format!("This key is shown once; keep it like a password:\n{}", secret.expose_secret());
    output::done(json, &sentence, &object)
}

pub(crate) async fn setup_link(config: &Config, tenant: TenantArg, json: bool) -> anyhow::Result<()> {
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, tenant.tenant.as_deref()).await?;
    let token = platform.identity.create_setup_link(tenant.id).await?;
    let url = format!("{}/setup?token={}", config.public_url, token.expose_secret());
    let minutes = identity::SETUP_LINK_LIFETIME.as_mins();
    let sentence = format!("Open this link within {minutes} minutes; it works once:\n{url}");
    output::done(json, &sentence, &json!({ "url": url, "minutes": minutes }))
}

pub(super) fn password_from_stdin() -> anyhow::Result<SecretString> {
    secret_from_stdin("password")
}

/// Reads a secret from standard input, up to the end of the line.
pub(crate) fn secret_from_stdin(what: &str) -> anyhow::Result<SecretString> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.with_context(|| format!("no {what} on standard input"))?;
    let secret = line.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        bail!("no {what} on standard input");
    }
    Ok(secret.to_owned().into())
}
