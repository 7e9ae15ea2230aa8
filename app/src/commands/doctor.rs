//! `litper doctor`: checks what the settings name, in words for whoever runs the shop.

use anyhow::bail;
use serde_json::json;

use super::output;
use crate::{Config, Platform};

struct Finding {
    what: &'static str,
    problem: Option<String>,
}

pub(crate) async fn run(config: &Config, json: bool) -> anyhow::Result<()> {
    let findings = examine(config).await;
    let sick = findings.iter().any(|finding| finding.problem.is_some());
    if json {
        let list: Vec<_> = findings
            .iter()
            .map(|finding| json!({ "check": finding.what, "ok": finding.problem.is_none(), "problem": finding.problem }))
            .collect();
        output::text(&format!("{}\n", json!(list)))?;
    } else {
        for finding in &findings {
            let line = match &finding.problem {
                None => format!("✓ {}\n", finding.what),
                Some(problem) => format!("✗ {}: {problem}\n", finding.what),
            };
            output::text(&line)?;
        }
    }
    if sick {
        bail!("something needs attention");
    }
    Ok(())
}

async fn examine(config: &Config) -> Vec<Finding> {
    let key = config.master_key().err().map(|error| error.to_string());
    let mut findings = vec![Finding { what: "master key", problem: key.clone() }, secrets(config)];
    findings.push(Finding { what: "folder for files", problem: writable(config) });
    if key.is_some() {
        return findings;
    }
    match Platform::connect(config).await {
        Ok(platform) => {
            findings.push(Finding { what: "database answers", problem: None });
            let problem = match platform.db.pending_migrations().await {
                Ok(pending) if pending.is_empty() => None,
                Ok(pending) => {
                    Some(format!("{} migrations are pending: run `litper migrate`", pending.len()))
                }
                Err(error) => Some(error.to_string()),
            };
            let current = problem.is_none();
            findings.push(Finding { what: "tables up to date", problem });
            if current {
                let problem = platform.db.keyring().system(&platform.db).await.err();
                let problem = problem.map(|error| error.to_string());
                findings.push(Finding { what: "master key opens this database", problem });
            }
        }
        Err(error) => {
            findings.push(Finding { what: "database answers", problem: Some(format!("{error:#}")) });
        }
    }
    findings
}

/// Others on this machine must not be able to read the key.
fn secrets(config: &Config) -> Finding {
    let what = "master key is private";
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let path = config.secrets_path();
        if let Ok(metadata) = std::fs::metadata(&path)
            && metadata.permissions().mode() & 0o077 != 0
        {
            let problem = format!("others can read {}: run chmod 600 on it", path.display());
            return Finding { what, problem: Some(problem) };
        }
    }
    Finding { what, problem: None }
}

fn writable(config: &Config) -> Option<String> {
    let probe = config.files.join(".doctor");
    let tried = std::fs::create_dir_all(&config.files)
        .and_then(|()| std::fs::write(&probe, b"ok"))
        .and_then(|()| std::fs::remove_file(&probe));
    tried.err().map(|error| format!("{} cannot be written: {error}", config.files.display()))
}
