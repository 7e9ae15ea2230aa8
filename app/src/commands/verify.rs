//! `litper verify`: whether what is stored is whole. Reads only.

use std::fmt::Write as _;

use anyhow::{Context, bail};
use domain::flaws::Found;
use domain::{Flaws, Timestamp};
use serde_json::{Value, json};

use super::{output, ready_platform};
use crate::Config;
use crate::audit::{Audit, Moments, audit};

/// Checks the database and lists what is broken.
///
/// # Errors
/// When something is broken: the list is printed, and the command fails.
pub(crate) async fn run(config: &Config, as_of: Option<&str>, json: bool) -> anyhow::Result<()> {
    let platform = ready_platform(config).await?;
    let as_of = match as_of {
        Some(text) => text.parse().context("--as-of is a moment such as 2026-03-10T08:00:00-05:00")?,
        None => platform.clock.now(),
    };
    let audit = audit(&platform, Moments { as_of, effects_since: Timestamp::MIN }).await?;
    output::done(json, &sentence(&audit), &object(&audit))?;
    if !audit.is_sound() {
        bail!("the database is not sound: see the list above");
    }
    Ok(())
}

fn looked_at(audit: &Audit) -> String {
    format!(
        "{} organisations, {} events, {} orders, {} shipments, {} imports, {} messages of shops",
        audit.tenants, audit.events, audit.orders, audit.shipments, audit.imports, audit.webhooks
    )
}

fn sentence(audit: &Audit) -> String {
    let mut text = if audit.is_sound() {
        format!("Everything is sound: {}.", looked_at(audit))
    } else {
        format!("Looked at {}.", looked_at(audit))
    };
    for (tenant, flaws) in &audit.flaws {
        list(&mut text, tenant.as_deref(), flaws.broken(), "is broken");
    }
    for (tenant, flaws) in &audit.flaws {
        list(&mut text, tenant.as_deref(), flaws.notices(), "is worth a look, though nothing is broken,");
    }
    text
}

fn list(text: &mut String, tenant: Option<&str>, found: &Found, what: &str) {
    let whose = tenant.unwrap_or("all");
    for (check, count) in found.counts() {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{whose}: {check} {what} {count} times");
        for flaw in found.kept().iter().filter(|flaw| flaw.check == *check) {
            let _ = write!(text, "\n    {}: {}", flaw.subject, flaw.detail);
        }
    }
}

fn objects(audit: &Audit, which: impl Fn(&Flaws) -> &Found) -> Vec<Value> {
    let mut objects = Vec::new();
    for (tenant, flaws) in &audit.flaws {
        let found = which(flaws);
        for (check, count) in found.counts() {
            let kept = found.kept().iter().filter(|flaw| flaw.check == *check);
            let examples: Vec<Value> =
                kept.map(|flaw| json!({ "subject": flaw.subject, "detail": flaw.detail })).collect();
            objects.push(json!({ "tenant": tenant, "check": check, "count": count, "examples": examples }));
        }
    }
    objects
}

fn object(audit: &Audit) -> Value {
    json!({
        "sound": audit.is_sound(),
        "tenants": audit.tenants,
        "events": audit.events,
        "orders": audit.orders,
        "shipments": audit.shipments,
        "imports": audit.imports,
        "webhooks": audit.webhooks,
        "broken": objects(audit, Flaws::broken),
        "notices": objects(audit, Flaws::notices),
    })
}
