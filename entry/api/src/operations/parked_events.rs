//! `GET /v1/parked-events`

use axum::Json;
use axum::extract::State;
use event_log::parked;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Authorized, SystemAdmin};
use crate::view::{Page, moment};
use crate::{Api, Problem};

/// An event that a reaction failed on, or that waits behind such a one of the same entity.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ParkedEvent {
    reaction: String,
    /// The event's place in the log.
    position: i64,
    /// What happened.
    kind: String,
    entity_id: String,
    /// waiting (it is tried again by itself) or parked (it was tried often enough).
    #[schema(value_type = String, example = "parked")]
    state: &'static str,
    /// 0 for one that waits behind another.
    attempts: i64,
    #[schema(format = DateTime)]
    next_try_at: Option<String>,
    error: Option<String>,
    #[schema(format = DateTime)]
    occurred_at: String,
    #[schema(format = DateTime)]
    held_at: String,
}

/// Events set aside, the newest first, at most 500.
#[utoipa::path(
    get, path = "/v1/parked-events", tag = "operations", operation_id = "list_parked_events",
    responses((status = 200, body = Page<ParkedEvent>)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<SystemAdmin>,
) -> Result<Json<Page<ParkedEvent>>, Problem> {
    let found = parked::list(&api.db, allowed.caller.tenant.id).await?;
    let items = found
        .into_iter()
        .map(|event| ParkedEvent {
            reaction: event.reaction,
            position: event.position,
            kind: event.kind,
            entity_id: event.entity.to_string(),
            state: event.state.as_str(),
            attempts: event.attempts,
            next_try_at: event.next_try_at.map(moment),
            error: event.error,
            occurred_at: moment(event.occurred_at),
            held_at: moment(event.held_at),
        })
        .collect();
    Ok(Json(Page { items, next_cursor: None }))
}
