//! Errors as RFC 9457 problems. Internals never leave the building: a failure of ours says only that it
//! happened, with the request id under which the log tells more.

use std::any::Any;
use std::fmt::Display;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The member that says after how many seconds to try again, also sent as the header of that name.
const RETRY_AFTER: &str = "retry_after";

/// A problem, as `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Stable name of the kind of problem: `/problems/already-imported`.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem, in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// This occurrence, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// What else the kind tells.
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// A field that cannot be used.
#[derive(Debug, Serialize)]
pub(crate) struct FieldError {
    field: String,
    code: &'static str,
    detail: String,
}

impl FieldError {
    pub(crate) fn new(field: &str, code: &'static str, detail: impl Display) -> Self {
        Self { field: field.to_owned(), code, detail: detail.to_string() }
    }
}

impl Problem {
    /// A problem of a kind.
    #[must_use]
    pub fn new(status: StatusCode, kind: &str, title: &str) -> Self {
        Self {
            kind: format!("/problems/{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: None,
            more: Map::new(),
        }
    }

    /// Says what happened this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// Adds a member of the kind's own.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// The caller is not known.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Log in or send an API key")
    }

    /// The caller may not do this.
    #[must_use]
    pub fn forbidden(permission: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "This is not allowed with your role")
            .with("permission", permission)
    }

    /// The key that came with the request may not do this.
    #[must_use]
    pub fn forbidden_to_key(permission: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "This key may not do this")
            .detail("its role or its scopes do not hold the permission")
            .with("permission", permission)
    }

    /// There is no such thing, or not for this caller.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing here")
    }

    /// The request cannot be understood; `errors` says where.
    #[must_use]
    pub fn invalid_request(detail: impl Display) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-request", "The request cannot be used")
            .detail(detail)
    }

    /// One field cannot be used.
    #[must_use]
    pub fn invalid_field(field: &str, code: &str, detail: impl Display) -> Self {
        let detail = detail.to_string();
        let error = serde_json::json!({ "field": field, "code": code, "detail": detail });
        Self::invalid_request(&detail).with("errors", Value::Array(vec![error]))
    }

    /// Several fields cannot be used.
    #[must_use]
    pub(crate) fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let all: Vec<Value> = errors.into_iter().map(|error| serde_json::json!(error)).collect();
        Self::invalid_request("some fields cannot be used").with("errors", Value::Array(all))
    }

    /// Says after how many seconds to try again, as a member and as the header of that name.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with(RETRY_AFTER, seconds)
    }

    /// A query parameter cannot be read.
    #[must_use]
    pub fn invalid_parameter(name: &str, detail: impl Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid-parameter", "A query parameter cannot be read")
            .detail(detail)
            .with("parameter", name)
    }

    /// Something failed here. Logged once, here.
    #[must_use]
    pub fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = %error, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something failed on our side")
    }
}

impl From<database::Error> for Problem {
    fn from(error: database::Error) -> Self {
        if matches!(error, database::Error::Unavailable(_)) {
            tracing::error!(error = %error, "the database does not answer");
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Try again in a moment");
        }
        Self::internal(&error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response =
            (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        // Seconds; a problem that knows better says so.
        let stated = self.more.get(RETRY_AFTER).and_then(Value::as_u64);
        if let Some(wait) = stated.or((status == StatusCode::SERVICE_UNAVAILABLE).then_some(1)) {
            response.headers_mut().insert(header::RETRY_AFTER, wait.into());
        }
        response
    }
}

/// What a caller sees when a handler panicked.
#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer asks for")]
pub(crate) fn from_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic.downcast_ref::<&str>().copied().unwrap_or("no message");
    tracing::error!(message, "a handler panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something failed on our side")
        .into_response()
}
