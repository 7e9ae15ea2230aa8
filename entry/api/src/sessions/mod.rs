//! A person's own sessions: where they are logged in.

pub(crate) mod end;
pub(crate) mod end_others;
pub(crate) mod list;

use axum::http::StatusCode;
use domain::{SessionId, UserId};
use identity::{Actor, Caller};

use crate::Problem;

/// The person who asks, and the session they ask in. A key is no person.
fn person(caller: &Caller) -> Result<(UserId, SessionId), Problem> {
    match caller.actor {
        Actor::User { id, session, .. } => Ok((id, session)),
        Actor::ApiKey { .. } => {
            Err(Problem::new(StatusCode::FORBIDDEN, "not-a-person", "A key has no sessions"))
        }
    }
}
