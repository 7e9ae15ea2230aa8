//! Limits of those who are known: of a user or key by its role, and of an organisation.

use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use api::{CallerLimits, Problem};
use async_trait::async_trait;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use identity::{Actor, Caller};

use crate::Parts;
use crate::buckets::{Quota, Taken, WINDOW};
use crate::class::Class;
use crate::places::Place;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// How a caller stands with the quota that was asked last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    name: &'static str,
    per_minute: NonZeroU32,
    left: u32,
    whole_in: Duration,
}

impl Standing {
    pub(crate) fn of(quota: &Quota, taken: Taken) -> Self {
        let (left, whole_in) = match taken {
            Taken::Yes { left, whole_in } => (left, whole_in),
            Taken::No { wait } => (0, wait),
        };
        Self { name: quota.name, per_minute: quota.per_minute, left, whole_in }
    }

    /// `RateLimit` and `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers-10: how many are left, the seconds
    /// until there are more, and how many there are in how many seconds.
    pub(crate) fn show(&self, headers: &mut HeaderMap) {
        let Self { name, per_minute, left, whole_in } = self;
        let now = format!("\"{name}\";r={left};t={}", seconds(*whole_in));
        let policy = format!("\"{name}\";q={per_minute};w={}", WINDOW.as_secs());
        for (header, text) in [(RATE_LIMIT, now), (RATE_LIMIT_POLICY, policy)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(header, value);
            }
        }
    }
}

/// Whole seconds, upwards: who waits that long has waited long enough.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// The answer to somebody who came too often.
pub(crate) fn too_often(quota: &Quota, wait: Duration) -> Problem {
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests")
        .with("policy", quota.name)
        .retry_after(seconds(wait))
}

/// What one request has found out about its caller's limits. It lives as long as the request is worked on, and so does
/// the place of its organisation.
pub(crate) struct Admission {
    parts: Arc<Parts>,
    class: Class,
    places_order: bool,
    standing: OnceLock<Standing>,
    place: OnceLock<Place>,
}

impl Admission {
    pub(crate) fn new(parts: Arc<Parts>, class: Class, method: &Method, path: &str) -> Self {
        let places_order = method == Method::POST && path == "/v1/orders";
        Self { parts, class, places_order, standing: OnceLock::new(), place: OnceLock::new() }
    }

    pub(crate) fn standing(&self) -> Option<&Standing> {
        self.standing.get()
    }

    /// Takes one, and remembers how that went where the answer should tell.
    async fn take(&self, quota: Option<Quota>, subject: u128, tell: bool) -> Result<(), Problem> {
        let Some(quota) = quota else { return Ok(()) };
        let taken = self.parts.buckets.take(&quota, subject).await;
        let standing = Standing::of(&quota, taken);
        match taken {
            Taken::Yes { .. } => {
                if tell {
                    let _ = self.standing.set(standing);
                }
                Ok(())
            }
            Taken::No { wait } => {
                let _ = self.standing.set(standing);
                crate::refused(self.class, quota.name);
                Err(too_often(&quota, wait))
            }
        }
    }
}

#[async_trait]
impl CallerLimits for Admission {
    async fn admit(&self, caller: &Caller) -> Result<(), Problem> {
        let rates = &self.parts.settings.rates;
        let id = match &caller.actor {
            Actor::User { id, .. } => id.as_uuid(),
            Actor::ApiKey { id, .. } => id.as_uuid(),
        }
        .as_u128();
        let organisation = caller.tenant.id.as_uuid().as_u128();
        if self.places_order {
            self.take(rates.orders, id, true).await?;
        }
        self.take(rates.organisation, organisation, false).await?;
        self.take(rates.of_role(caller.role), id, true).await?;
        let Some(place) = self.parts.places.enter_for(organisation) else {
            crate::refused(self.class, "organisation_places");
            let title = "Too many requests at once";
            return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-at-once", title)
                .detail("all users and keys of the organisation count together")
                .retry_after(1));
        };
        let _ = self.place.set(place);
        Ok(())
    }
}
