//! `litper verify`: whether what is stored is whole. Reads only.

use std::fmt::Write as _;

use anyhow::{Context, bail};
use domain::Timestamp;
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
    if audit.is_sound() {
        return format!("Everything is sound: {}.", looked_at(audit));
    }
    let mut text = format!("Looked at {}.", looked_at(audit));
    for (tenant, flaws) in &audit.flaws {
        let whose = tenant.as_deref().unwrap_or("all");
        for (check, count) in flaws.counts() {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n{whose}: {check} is broken {count} times");
            for flaw in flaws.kept().iter().filter(|flaw| flaw.check == *check) {
                let _ = write!(text, "\n    {}: {}", flaw.subject, flaw.detail);
            }
        }
    }
    text
}

fn object(audit: &Audit) -> Value {
    let mut broken = Vec::new();
    for (tenant, flaws) in &audit.flaws {
        for (check, count) in flaws.counts() {
            let kept = flaws.kept().iter().filter(|flaw| flaw.check == *check);
            let examples: Vec<Value> =
                kept.map(|flaw| json!({ "subject": flaw.subject, "detail": flaw.detail })).collect();
            broken.push(json!({ "tenant": tenant, "check": check, "count": count, "examples": examples }));
        }
    }
    json!({
        "sound": audit.is_sound(),
        "tenants": audit.tenants,
        "events": audit.events,
        "orders": audit.orders,
        "shipments": audit.shipments,
        "imports": audit.imports,
        "webhooks": audit.webhooks,
        "broken": broken,
    })
}
