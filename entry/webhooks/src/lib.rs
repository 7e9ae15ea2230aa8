//! The addresses that other systems call: `POST /webhooks/<system>`, and `POST /webhooks/<system>/<secret>` for those
//! who are known by the address they call.
//!
//! Body limit, headers, one call, a status: everything else is decided behind [`Webhooks::receive`]. The route
//! stands beside the API's layers, not behind them: a shop's rush must not pay for what it does not use. What stands
//! before all routes is the gateway's.
//!
//! | status | meaning | what a sender does |
//! |---|---|---|
//! | 200 | the delivery is on the disk, now or already before | nothing |
//! | 400 | a header is missing or unreadable, the body broke off, or is no JSON object though signed | gives up at last |
//! | 401 | nobody here proves it: wrong signature, or no such account | gives up at last |
//! | 408 | the body did not come in time | repeats |
//! | 413 | the body is larger than any of this system | gives up at last |
//! | 503 | too much at once, or the store does not answer | repeats |

mod body;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use integrations::{Refusal, Webhooks};
use ports::webhooks::{Headers, SenderBy, WebhookError};

use crate::body::Unreadable;

/// One address for each system that calls us.
pub fn router(hooks: &Webhooks) -> Router {
    hooks.sources().fold(Router::new(), |router, (name, max_body_bytes, sender_by)| {
        let source = Source { hooks: hooks.clone(), name, max_body_bytes };
        let path = match sender_by {
            SenderBy::Domain => format!("/webhooks/{name}"),
            SenderBy::Path(_) => format!("/webhooks/{name}/{{secret}}"),
        };
        router.route(&path, post(receive).fallback(not_post).with_state(source))
    })
}

#[derive(Clone)]
struct Source {
    hooks: Webhooks,
    name: &'static str,
    max_body_bytes: usize,
}

/// Anybody may call this: the signature over the body decides.
async fn receive(State(source): State<Source>, secret: Option<Path<String>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // A value that is no text is none of those we look for.
    let headers: Headers<'_> = parts
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    let headers = headers.at(secret.as_ref().map(|Path(secret)| secret.as_str()));
    // Nobody's body is read, and no more than there is room for.
    let room = match source.hooks.admit(source.name, &headers, body::declared(&parts.headers)).await {
        Ok(room) => room,
        Err(refusal) => return explain(source.name, &refusal),
    };
    let body = match body::read(body, source.max_body_bytes).await {
        Ok(body) => body,
        Err(unreadable) => return refuse(source.name, unreadable.status(), unreadable.code()),
    };
    match source.hooks.receive(source.name, &headers, body, room).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => explain(source.name, &refusal),
    }
}

fn explain(source: &'static str, refusal: &Refusal) -> Response {
    match refusal {
        Refusal::Invalid(error) => {
            let status = match error {
                WebhookError::MissingHeader { .. }
                | WebhookError::BadHeader { .. }
                | WebhookError::Malformed { .. } => StatusCode::BAD_REQUEST,
                WebhookError::BadSignature => StatusCode::UNAUTHORIZED,
                WebhookError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            };
            refuse(source, status, error.code())
        }
        Refusal::Overloaded => refuse(source, StatusCode::SERVICE_UNAVAILABLE, "overloaded"),
        Refusal::NotStored => refuse(source, StatusCode::SERVICE_UNAVAILABLE, "not_stored"),
        Refusal::Database(error) => {
            tracing::error!(source, %error, "a delivery could not be taken");
            refuse(source, StatusCode::SERVICE_UNAVAILABLE, "not_stored")
        }
    }
}

async fn not_post() -> Response {
    let mut response = problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed");
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    response
}

fn refuse(source: &'static str, status: StatusCode, code: &'static str) -> Response {
    tracing::debug!(source, status = status.as_u16(), code, "a delivery was refused");
    let mut response = problem(status, code);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// A problem in the API's form. Senders only look at the status; this is for people who try it by hand.
fn problem(status: StatusCode, code: &'static str) -> Response {
    let kind = code.replace('_', "-");
    let title = status.canonical_reason().unwrap_or_default();
    let body = format!(r#"{{"type":"/problems/{kind}","title":"{title}","status":{}}}"#, status.as_u16());
    (status, [(CONTENT_TYPE, "application/problem+json")], body).into_response()
}

impl Unreadable {
    const fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "body_too_large",
            Self::TooSlow => "body_too_slow",
            Self::Broken => "broken_body",
        }
    }
}
