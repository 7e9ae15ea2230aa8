//! `GET /v1/live`

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use domain::Permission;
use futures_util::stream::{self, Stream};
use identity::{Caller, Identity};
use live_updates::{Listener, Topic};
use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::auth::{Anyone, Authorized, Credential};
use crate::{Api, Problem};

/// A connection through which nothing passed for this long is taken for dead by whoever stands between.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A session that ends is noticed within this time.
const RECHECK: Duration = Duration::from_secs(5);
/// A browser waits this long before it comes back.
const RETRY: Duration = Duration::from_secs(3);

/// Tells what changes, until the session ends
///
/// Server-sent events named `changed`. Their data is `{"topics": [...]}`, with any of `shipments`, `orders` and
/// `imports`: ask again for what you show of them. Nothing is kept for those who are away.
#[utoipa::path(
    get,
    path = "/v1/live",
    operation_id = "listen",
    tag = "live",
    responses(
        (status = 200, content_type = "text/event-stream", body = String),
        (status = 429, description = "The organisation has too many listeners", body = Problem),
    )
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    Authorized { caller, .. }: Authorized<Anyone>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let credential = Credential::of(&headers).ok_or_else(Problem::unauthenticated)?;
    let listener = api.live.listen(caller.tenant.id).map_err(|error| {
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-listeners", "Too many listeners")
            .detail(error.to_string())
    })?;
    let now = Instant::now();
    let line = Line {
        listener,
        identity: api.identity.clone(),
        credential,
        topics: readable(&caller),
        checked_at: now,
        spoke_at: now,
        greeted: false,
    };
    let mut response = Sse::new(events(line)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would gather the events before it hands them on.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// One open connection.
struct Line {
    listener: Listener,
    identity: Identity,
    credential: Credential,
    /// What the caller may read.
    topics: Vec<Topic>,
    checked_at: Instant,
    spoke_at: Instant,
    greeted: bool,
}

fn readable(caller: &Caller) -> Vec<Topic> {
    let permission = |topic: &Topic| match topic {
        Topic::Shipments | Topic::Imports => Permission::GuidesRead,
        Topic::Orders => Permission::OrdersRead,
    };
    Topic::ALL.into_iter().filter(|topic| caller.may(permission(topic))).collect()
}

fn events(line: Line) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(line, |mut line| async move {
        let event = line.next().await?;
        line.spoke_at = Instant::now();
        Some((Ok(event), line))
    })
}

impl Line {
    /// The next thing to say; nothing when the session has ended or the process stops.
    async fn next(&mut self) -> Option<Event> {
        if !self.greeted {
            self.greeted = true;
            return Some(Event::default().comment("litper").retry(RETRY));
        }
        loop {
            if self.checked_at.elapsed() >= RECHECK {
                // A store that does not answer ends it too: the browser comes back.
                if !self.credential.holds(&self.identity).await.unwrap_or(false) {
                    return None;
                }
                self.checked_at = Instant::now();
            }
            if self.spoke_at.elapsed() >= HEARTBEAT {
                return Some(Event::default().comment("still here"));
            }
            let Ok(changed) = timeout(RECHECK, self.listener.changed()).await else { continue };
            let topics: Vec<&str> = changed?
                .iter()
                .filter(|topic| self.topics.contains(topic))
                .map(|topic| topic.as_str())
                .collect();
            if !topics.is_empty() {
                return Some(Event::default().event("changed").data(json!({ "topics": topics }).to_string()));
            }
        }
    }
}
