//! `GET /v1/sessions`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::person;
use crate::auth::{Anyone, Authorized};
use crate::view::moment;
use crate::{Api, Problem};

/// The caller's open sessions; five at most.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenSessions {
    items: Vec<OpenSession>,
}

#[derive(Serialize, ToSchema)]
struct OpenSession {
    id: String,
    /// Whether it is the one that asks.
    current: bool,
    /// When the person logged in.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was used last, to the minute.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// What the browser said it is.
    user_agent: Option<String>,
    /// The address of the log-in.
    address: Option<String>,
}

/// Where the caller is logged in, the session used last first.
#[utoipa::path(
    get, path = "/v1/sessions", tag = "session", operation_id = "list_sessions",
    responses((status = 200, body = OpenSessions), (status = 401, body = Problem), (status = 403, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    Authorized { caller, .. }: Authorized<Anyone>,
) -> Result<Json<OpenSessions>, Problem> {
    let (user, current) = person(&caller)?;
    let sessions = api.identity.sessions(caller.tenant.id, user).await?;
    let items = sessions.into_iter().map(|session| OpenSession {
        current: session.id == current,
        id: session.id.to_string(),
        created_at: moment(session.created_at),
        last_seen_at: moment(session.last_seen_at),
        user_agent: session.agent,
        address: session.address,
    });
    Ok(Json(OpenSessions { items: items.collect() }))
}
