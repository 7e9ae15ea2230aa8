//! Tasks and events that failed, and having them done again.

use anyhow::Context;
use domain::Timestamp;
use event_log::parked;
use serde_json::{Value, json};
use task_queue::{DeadTask, TaskId};

use super::{chosen_tenant, output, ready_platform};
use crate::Config;
use crate::cli::TenantArg;

/// The most dead tasks that are listed.
const MOST: u32 = 200;

pub(crate) async fn list_dead_tasks(config: &Config, tenant: TenantArg, json: bool) -> anyhow::Result<()> {
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, tenant.tenant.as_deref()).await?;
    let dead = platform.tasks.list_dead(tenant.id, None, MOST).await?.items;
    list(json, dead.iter().map(dead_task), "No task was given up.")
}

pub(crate) async fn retry_tasks(
    config: &Config,
    tenant: TenantArg,
    id: Option<&str>,
    kind: Option<&str>,
    json: bool,
) -> anyhow::Result<()> {
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, tenant.tenant.as_deref()).await?;
    let mut again = 0;
    if let Some(id) = id {
        let id: TaskId = id.parse().context("--id")?;
        again += u64::from(platform.tasks.retry(tenant.id, id).await?);
    }
    if let Some(kind) = kind {
        again += platform.tasks.retry_all_dead(tenant.id, kind).await?;
    }
    output::done(json, &format!("{again} tasks are tried again."), &json!({ "retried": again }))
}

pub(crate) async fn list_parked_events(config: &Config, tenant: TenantArg, json: bool) -> anyhow::Result<()> {
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, tenant.tenant.as_deref()).await?;
    let events = parked::list(&platform.db, tenant.id).await?;
    let shown = events.iter().map(|event| {
        let object = json!({
            "reaction": event.reaction, "position": event.position, "kind": event.kind,
            "entity_id": event.entity.to_string(), "state": event.state.as_str(), "attempts": event.attempts,
            "next_try_at": event.next_try_at.map(moment), "error": event.error,
        });
        let line = format!(
            "{}\t{}\t{}\t{}\t{} attempts\t{}\n",
            event.position,
            event.reaction,
            event.kind,
            event.state.as_str(),
            event.attempts,
            event.error.as_deref().unwrap_or("waits behind an earlier one"),
        );
        (line, object)
    });
    list(json, shown, "No event is set aside.")
}

pub(crate) async fn replay(
    config: &Config,
    reaction: &str,
    from: Option<i64>,
    json: bool,
) -> anyhow::Result<()> {
    let platform = ready_platform(config).await?;
    let (db, clock) = (&platform.db, &*platform.clock);
    let names: Vec<&str> = platform.followers().iter().map(event_log::Follower::name).collect();
    let help = || format!("the reactions are: {}", names.join(", "));
    if let Some(from) = from {
        let at = parked::replay_from(db, clock, reaction, from).await.with_context(help)?;
        let sentence = format!("{reaction} stood at {at} and reads again from {from}.");
        return output::done(json, &sentence, &json!({ "reaction": reaction, "stood_at": at, "from": from }));
    }
    let again = parked::retry_all(db, clock, reaction).await.with_context(help)?;
    let sentence = format!("{again} parked events are tried again by {reaction}.");
    output::done(json, &sentence, &json!({ "reaction": reaction, "retried": again }))
}

fn dead_task(task: &DeadTask) -> (String, Value) {
    let object = json!({
        "id": task.id.to_string(), "kind": task.kind, "priority": task.priority.as_str(),
        "attempts": task.attempts, "error": task.error, "died_at": moment(task.died_at),
    });
    let error = task.error.as_deref().unwrap_or_default();
    let line = format!(
        "{}\t{}\t{}\t{} attempts\t{error}\n",
        task.id,
        task.kind,
        moment(task.died_at),
        task.attempts
    );
    (line, object)
}

fn list(json: bool, items: impl Iterator<Item = (String, Value)>, nothing: &str) -> anyhow::Result<()> {
    let (lines, objects): (Vec<String>, Vec<Value>) = items.unzip();
    if json {
        return output::text(&format!("{}\n", Value::Array(objects)));
    }
    output::text(&if lines.is_empty() { format!("{nothing}\n") } else { lines.concat() })
}

fn moment(at: Timestamp) -> String {
    at.to_string()
}
