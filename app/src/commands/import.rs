//! `litper import FILE`: the same path as an upload. A running server takes the file over; without one it
//! is worked on here.

use std::time::Duration;

use anyhow::{Context, bail};
use database::DatabaseUrl;
use domain::{ImportId, TenantId};
use integrations::{Failure, Import, Status};
use serde_json::json;
use tokio::io::AsyncReadExt;

use super::{chosen_tenant, output, ready_platform};
use crate::cli::ImportArgs;
use crate::lock::ServerLock;
use crate::{Config, Platform};

/// Values that could not be used, as many as are kept.
const MOST_FAILURES: u32 = 10_000;
/// Those of them that a person is shown.
const SHOWN_FAILURES: usize = 20;

/// A file was loaded and some of its rows were not.
#[derive(Debug, thiserror::Error)]
#[error("{0} rows could not be used")]
pub struct SomeRowsFailed(u64);

/// How often the progress line is renewed.
const LOOK: Duration = Duration::from_millis(200);

pub(crate) async fn run(config: &Config, args: ImportArgs, json: bool) -> anyhow::Result<()> {
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, args.tenant.tenant.as_deref()).await?.id;
    let id = receive(&platform, tenant, &args).await?;
    let alone = match &config.database {
        DatabaseUrl::Sqlite(path) => ServerLock::try_take(path)?,
        DatabaseUrl::Postgres(_) => None,
    };
    let here = alone.is_some() || matches!(config.database, DatabaseUrl::Postgres(_));
    if alone.is_some() {
        platform.imports.free_leases().await?;
    }
    let import = follow(&platform, tenant, id, here).await?;
    let failures = platform.imports.failures(tenant, id, MOST_FAILURES).await?;
    report(&import, &failures, json)?;
    if import.waits() {
        bail!("nothing was loaded yet: say in the console, under Importar, which column holds what");
    }
    if import.status == Status::Failed {
        bail!("nothing was loaded");
    }
    if import.status == Status::Partial {
        return Err(SomeRowsFailed(import.totals.rows_failed).into());
    }
    Ok(())
}

async fn receive(platform: &Platform, tenant: TenantId, args: &ImportArgs) -> anyhow::Result<ImportId> {
    let shown = args.file.display().to_string();
    let mut file = tokio::fs::File::open(&args.file).await.with_context(|| shown.clone())?;
    let name = args.file.file_name().map_or(shown.clone(), |name| name.to_string_lossy().into_owned());
    let mut upload = platform.imports.begin_upload().await?;
    let mut piece = vec![0; 64 * 1024];
    loop {
        let size = file.read(&mut piece).await.with_context(|| shown.clone())?;
        if size == 0 {
            break;
        }
        upload.write(&piece[..size]).await?;
    }
    Ok(platform.imports.finish_upload(upload, tenant, &name, None).await?)
}

/// Shows the progress until the import ends, working on imports meanwhile when nobody else does.
async fn follow(platform: &Platform, tenant: TenantId, id: ImportId, here: bool) -> anyhow::Result<Import> {
    let worker = async {
        while here && platform.imports.tick().await? {}
        anyhow::Ok(())
    };
    let watcher = async {
        loop {
            let import = platform.imports.import(tenant, id).await?.context("the import vanished")?;
            output::progress(&progress_line(&import));
            if matches!(import.status, Status::Held | Status::Completed | Status::Partial | Status::Failed) {
                output::progress("");
                return anyhow::Ok(import);
            }
            pause().await;
        }
    };
    let (worked, import) = tokio::join!(worker, watcher);
    worked?;
    import
}

#[expect(clippy::disallowed_methods, reason = "a command line waits for its progress")]
async fn pause() {
    tokio::time::sleep(LOOK).await;
}

fn progress_line(import: &Import) -> String {
    let done = import.progress.rows_applied;
    match import.progress.rows_total {
        Some(total) if total > 0 => {
            let percent = done * 100 / total;
            let bar: String = (0..20).map(|n| if n * 5 < percent { '█' } else { '░' }).collect();
            format!("{bar} {percent} %  {done} of {total} rows ({})", import.phase)
        }
        _ => format!("{} rows read ({})", import.progress.rows_read, import.phase),
    }
}

fn report(import: &Import, failures: &[Failure], json: bool) -> anyhow::Result<()> {
    let applied = import.totals.applied;
    let object = json!({
        "id": import.id.to_string(),
        "status": import.status.as_str(),
        "rows_read": import.progress.rows_read,
        "rows_failed": import.totals.rows_failed,
        "orders_created": applied.orders_created,
        "orders_updated": applied.orders_updated,
        "shipments_created": applied.shipments_created,
        "shipments_updated": applied.shipments_updated,
        "events_new": applied.events_new,
        "events_duplicate": applied.events_duplicate,
        "events_out_of_order": applied.events_out_of_order,
        "failed_rows": failures.iter().map(|failure| json!({
            "row": failure.row,
            "column": failure.column,
            "value": failure.value,
            "reason": failure.reason,
            "row_left_out": failure.row_left_out,
        })).collect::<Vec<_>>(),
        "error": import.error.as_ref().map(|error| json!({
            "code": error.code, "detail": error.detail, "columns": error.columns,
        })),
    });
    let sentence = match &import.error {
        Some(error) if error.columns.is_empty() => format!("Failed ({}): {}", error.code, error.detail),
        Some(error) => format!("Failed ({}): {}", error.code, error.columns.join(", ")),
        None => format!(
            "{}: {} rows read, {} failed; shipments {} new, {} updated; events {} new, {} repeated, {} late; \
             orders {} new, {} updated.",
            import.status,
            import.progress.rows_read,
            import.totals.rows_failed,
            applied.shipments_created,
            applied.shipments_updated,
            applied.events_new,
            applied.events_duplicate,
            applied.events_out_of_order,
            applied.orders_created,
            applied.orders_updated,
        ),
    };
    let lines = failures.iter().take(SHOWN_FAILURES).map(|failure| {
        let Failure { row, column, value, reason, .. } = failure;
        format!("\n  row {row}, {column}: {value:?} ({reason})")
    });
    let rest = failures.len().saturating_sub(SHOWN_FAILURES);
    let rest = if rest > 0 { format!("\n  and {rest} more: --json shows them") } else { String::new() };
    let sentence = sentence + &lines.collect::<String>() + &rest;
    output::done(json, &sentence, &object)
}
