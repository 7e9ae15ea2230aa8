//! Who has access, and taking it away. A running server notices with the next request.

use anyhow::{Context, bail};
use domain::{ApiKeyId, Timestamp};
use serde_json::{Value, json};

use super::accounts::password_from_stdin;
use super::{chosen_tenant, output, ready_platform};
use crate::Config;
use crate::cli::{PersonArgs, TenantArg};

pub(crate) async fn list_users(config: &Config, tenant: TenantArg, json: bool) -> anyhow::Result<()> {
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, tenant.tenant.as_deref()).await?;
    let users = platform.identity.users(tenant.id).await?;
    let rows = users.into_iter().map(|user| {
        json!({
            "id": user.id.to_string(),
            "email": user.email,
            "name": user.name,
            "role": user.role.as_str(),
            "active": user.active,
            "created_at": user.created_at.to_string(),
            "last_login_at": moment(user.last_login_at),
        })
    });
    print(&rows.collect::<Vec<_>>(), &["email", "name", "role", "active", "last_login_at"], json)
}

pub(crate) async fn set_active(
    config: &Config,
    person: PersonArgs,
    active: bool,
    json: bool,
) -> anyhow::Result<()> {
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, person.tenant.tenant.as_deref()).await?;
    let id = platform.identity.set_active(tenant.id, &person.email, active).await?;
    let word = if active { "Enabled" } else { "Disabled" };
    output::done(json, &format!("{word} user {id}."), &json!({ "id": id.to_string(), "active": active }))
}

pub(crate) async fn set_password(config: &Config, person: PersonArgs, json: bool) -> anyhow::Result<()> {
    let password = password_from_stdin()?;
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, person.tenant.tenant.as_deref()).await?;
    let id = platform.identity.set_password(tenant.id, &person.email, password).await?;
    let sentence = format!("User {id} has the new password and is logged out everywhere.");
    output::done(json, &sentence, &json!({ "id": id.to_string() }))
}

pub(crate) async fn list_keys(config: &Config, tenant: TenantArg, json: bool) -> anyhow::Result<()> {
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, tenant.tenant.as_deref()).await?;
    let keys = platform.identity.api_keys(tenant.id).await?;
    let rows = keys.into_iter().map(|key| {
        json!({
            "id": key.id.to_string(),
            "name": key.name,
            "prefix": key.prefix,
            "live": key.live,
            "role": key.role.as_str(),
            "scopes": key.scopes,
            "created_at": key.created_at.to_string(),
            "expires_at": moment(key.expires_at),
            "last_used_at": moment(key.last_used_at),
            "revoked_at": moment(key.revoked_at),
        })
    });
    print(&rows.collect::<Vec<_>>(), &["id", "name", "prefix", "last_used_at", "revoked_at"], json)
}

pub(crate) async fn revoke_key(
    config: &Config,
    tenant: TenantArg,
    id: &str,
    json: bool,
) -> anyhow::Result<()> {
    let id: ApiKeyId = id.parse().context("--id")?;
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, tenant.tenant.as_deref()).await?;
    if !platform.identity.revoke_api_key(tenant.id, id).await? {
        bail!("{} has no key {id}: see `litper api-key list`", tenant.slug);
    }
    output::done(json, &format!("Revoked key {id}."), &json!({ "id": id.to_string() }))
}

fn moment(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

/// Prints a list as one JSON array, or a line each with some of the members between tabs.
fn print(rows: &[Value], shown: &[&str], json: bool) -> anyhow::Result<()> {
    if json {
        return output::text(&format!("{}\n", json!(rows)));
    }
    let cell = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    };
    let line = |row: &Value| {
        let cells: Vec<String> = shown.iter().map(|name| cell(&row[*name])).collect();
        cells.join("\t") + "\n"
    };
    output::text(&rows.iter().map(line).collect::<String>())
}
