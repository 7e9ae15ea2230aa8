//! Alive and ready. Alive is the process; ready means that it really works.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::Api;

/// Says whether the process can do its work.
#[async_trait::async_trait]
pub trait Readiness: Send + Sync {
    /// Checks everything now.
    async fn check(&self) -> Vec<Check>;
}

/// One thing that must be right.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// What.
    pub name: &'static str,
    /// Whether it is.
    pub ok: bool,
    /// What is wrong, without internals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<Check>,
}

pub(crate) async fn live() -> impl IntoResponse {
    Json(Health { status: "ok", checks: Vec::new() })
}

pub(crate) async fn ready(State(api): State<Api>) -> Response {
    let checks = api.readiness.check().await;
    let (status, word) = if checks.iter().all(|check| check.ok) {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    };
    (status, Json(Health { status: word, checks })).into_response()
}
