//! Cities and routes to which nothing is to be sent for a while.

pub(crate) mod list;
pub(crate) mod pause;
pub(crate) mod resume;

use serde::Serialize;
use tracking::{RoutePause, Who};
use utoipa::ToSchema;

use crate::view::moment;

/// A pause of a city, or of one carrier to it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoutePause)]
pub(crate) struct PauseView {
    id: String,
    city_key: String,
    city_name: String,
    /// Null for all carriers.
    carrier_code: Option<String>,
    reason: String,
    #[schema(format = DateTime)]
    paused_at: String,
    paused_by: Doer,
    /// Null while it holds.
    #[schema(format = DateTime)]
    resumed_at: Option<String>,
    /// Null while it holds.
    resumed_by: Option<Doer>,
    resume_reason: Option<String>,
}

/// Who did something: a person or a program.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Doer {
    user_id: Option<String>,
    api_key_id: Option<String>,
}

impl From<Who> for Doer {
    fn from(who: Who) -> Self {
        Self { user_id: who.user.map(|id| id.to_string()), api_key_id: who.api_key.map(|id| id.to_string()) }
    }
}

impl From<RoutePause> for PauseView {
    fn from(pause: RoutePause) -> Self {
        Self {
            id: pause.id.to_string(),
            city_key: pause.city_key,
            city_name: pause.city_name,
            carrier_code: pause.carrier_code,
            reason: pause.reason,
            paused_at: moment(pause.paused_at),
            paused_by: pause.paused_by.into(),
            resumed_by: pause.resumed_at.map(|_| pause.resumed_by.into()),
            resumed_at: pause.resumed_at.map(moment),
            resume_reason: pause.resume_reason,
        }
    }
}
