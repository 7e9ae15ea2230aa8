//! What stands before every route.
//!
//! Each request passes one function, [`Gateway::guard`]'s. It learns from where it comes, is counted, gets a place among
//! those that are worked on, is read within a time, and leaves with what browsers must know. Who comes too often or when
//! there is no place is told so with 429 or 503 and when to come back, before anything is done.
//!
//! * An address is limited before anything is known of its caller; a user, a key and an organisation once they are
//!   ([`api::CallerLimits`]).
//! * Webhooks have places of their own, and everything else makes way for a rush of them.
//! * Nothing here waits, takes a lock, or keeps more memory the more callers there are.

mod body;
mod buckets;
mod callers;
mod class;
mod client;
mod cors;
mod head;
mod headers;
mod places;
mod request_id;
mod settings;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use api::{ClientAddress, Limits, Problem};
use axum::Router;
use axum::body::HttpBody;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

pub use crate::body::Patience;
pub use crate::buckets::{Buckets, Quota, Table, Taken};
pub use crate::client::{BadNetwork, ClientFrom, Proxies};
pub use crate::settings::{BadOrigin, Origins, Rates, Settings, quota};

use crate::body::GivenUp;
use crate::callers::{Admission, Standing};
use crate::class::Class;
use crate::places::{Place, Places};

/// The gateway of a process.
#[derive(Clone)]
pub struct Gateway {
    parts: Arc<Parts>,
}

struct Parts {
    settings: Settings,
    buckets: Arc<dyn Buckets>,
    places: Arc<Places>,
}

impl Gateway {
    /// Builds it on a place to count in.
    #[must_use]
    pub fn new(settings: Settings, buckets: Arc<dyn Buckets>) -> Self {
        let places = Arc::new(Places::new(settings.max_requests));
        Self { parts: Arc::new(Parts { settings, buckets, places }) }
    }

    /// Routes behind the gateway.
    pub fn guard(&self, routes: Router) -> Router {
        routes
            .layer(middleware::from_fn_with_state(Arc::clone(&self.parts), pass))
            .layer(middleware::from_fn(request_id::attach))
    }

    /// Whose connections those from an address are: a line's, as a number. Nobody's, if a proxy is there, behind which
    /// many callers stand.
    #[must_use]
    pub fn caller_at(&self, address: IpAddr) -> Option<u128> {
        let address = address.to_canonical();
        (!self.parts.settings.proxies.include(address)).then(|| client::subject(address))
    }
}

/// Routes whose answers are packed for those who ask for it. Streams of events are not.
pub fn packed(routes: Router) -> Router {
    routes.layer(CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest))
}

async fn pass(State(parts): State<Arc<Parts>>, request: Request, next: Next) -> Response {
    let class = Class::of(request.method(), request.uri().path());
    let origin = cors::allowed(request.headers(), &parts.settings.origins);
    let preflight = origin.as_ref().and_then(|_| cors::preflight(request.method(), request.headers()));
    let mut response = match preflight {
        Some(answer) => answer,
        None => admit(&parts, class, request, next).await,
    };
    let headers = response.headers_mut();
    if let Some(origin) = origin {
        cors::open(headers, origin);
    }
    headers::complete(headers, class, parts.settings.https);
    response
}

/// Lets a request in, or says why not.
async fn admit(parts: &Arc<Parts>, class: Class, mut request: Request, next: Next) -> Response {
    if let Err(problem) = head::check(&request) {
        return problem.into_response();
    }
    let address = parts.address(&request);
    let standing = match parts.count(class, address).await {
        Ok(standing) => standing,
        Err(refusal) => return *refusal,
    };
    let _place: Place = match parts.places.enter(class) {
        Some(place) => place,
        None => return overloaded(class),
    };
    request.extensions_mut().insert(ClientAddress(Some(address)));
    if class == Class::Webhooks {
        return next.run(request).await;
    }
    let given_up = GivenUp::default();
    if let Some(patience) = parts.settings.bodies.of(class).filter(|_| !request.body().is_end_stream()) {
        request = request.map(|body| body::timed(body, patience, given_up.clone()));
    }
    let admission =
        Arc::new(Admission::new(Arc::clone(parts), class, request.method(), request.uri().path()));
    request.extensions_mut().insert(Limits(Arc::clone(&admission) as _));
    let mut response = next.run(request).await;
    if given_up.is_set() {
        response = too_slow();
    }
    if let Some(standing) = admission.standing().or(standing.as_ref()) {
        standing.show(response.headers_mut());
    }
    response
}

impl Parts {
    fn address(&self, request: &Request) -> IpAddr {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(client::NOBODY, |peer| peer.0.ip());
        client::client(peer, request.headers(), self.settings.client_from, &self.settings.proxies)
    }

    /// Counts a request of an address; the answer is how it stands, or the refusal.
    async fn count(&self, class: Class, address: IpAddr) -> Result<Option<Standing>, Box<Response>> {
        let rates = &self.settings.rates;
        let quota = match class {
            Class::Probes => return Ok(None),
            Class::Webhooks => rates.webhooks,
            Class::LogIn => rates.log_in,
            Class::Uploads | Class::Api | Class::Pages => rates.address,
        };
        let Some(quota) = quota else { return Ok(None) };
        // A whole network of version 6 has ten times what a line has.
        let wide = client::wide_subject(address).map(|subject| {
            let per_minute = quota.per_minute.saturating_mul(TEN);
            (Quota { name: wide_name(class), per_minute }, subject)
        });
        let mut standing = None;
        for (quota, subject) in [(quota, client::subject(address))].into_iter().chain(wide) {
            let taken = self.buckets.take(&quota, subject).await;
            let found = Standing::of(&quota, taken);
            if let Taken::No { wait } = taken {
                refused(class, quota.name);
                let mut response = callers::too_often(&quota, wait).into_response();
                found.show(response.headers_mut());
                return Err(Box::new(response));
            }
            // The line's own is what its caller can do something about.
            standing = standing.or(Some(found));
        }
        Ok(standing)
    }
}

fn overloaded(class: Class) -> Response {
    refused(class, "places");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", "Too much at once: try again in a moment")
        .into_response()
}

/// Counts a refusal, with the quota or the lack that was the reason.
fn refused(class: Class, why: &'static str) {
    ::metrics::counter!("litper_gateway_refused_total", "class" => class.name(), "why" => why).increment(1);
}

const TEN: std::num::NonZeroU32 = std::num::NonZeroU32::MIN.saturating_add(9);

/// What the quota of a whole network of version 6 is called.
const fn wide_name(class: Class) -> &'static str {
    match class {
        Class::Webhooks => "network-webhooks",
        Class::LogIn => "network-log-in",
        Class::Uploads | Class::Api | Class::Pages | Class::Probes => "network",
    }
}

fn too_slow() -> Response {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "body-too-slow", "The body did not come in time")
        .into_response()
}
