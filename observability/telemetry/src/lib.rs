//! Logs and metrics of a process.
//!
//! Logs are JSON lines on standard error, or plain lines for a person at a terminal. Personal data never
//! reaches them: types that hold it print themselves masked, and no body and no bind value is logged.

pub mod trace;

use std::io::IsTerminal;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::time::UtcTime;

/// Upper bounds of the histograms' buckets, in seconds.
const SECONDS: [f64; 14] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For a person.
    Plain,
}

/// Why logs or metrics could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The filter cannot be read.
    #[error("the log filter cannot be read: {0}")]
    Filter(String),
    /// They were started before.
    #[error("logs or metrics were started already: {0}")]
    Twice(String),
}

/// Starts logging with a filter such as `info` or `info,tracking=debug`.
pub fn start_logs(format: LogFormat, filter: &str) -> Result<(), StartError> {
    let filter = EnvFilter::try_new(filter).map_err(|error| StartError::Filter(error.to_string()))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_timer(UtcTime::rfc_3339())
            .with_current_span(true)
            .try_init(),
        LogFormat::Plain => lines
            .with_ansi(std::io::stderr().is_terminal())
            .with_timer(UtcTime::rfc_3339())
            .with_target(false)
            .try_init(),
    }
    .map_err(|error| StartError::Twice(error.to_string()))
}

/// Starts collecting metrics.
pub fn start_metrics() -> Result<PrometheusHandle, StartError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| StartError::Twice(error.to_string()))
}
