//! Metrics for Prometheus: for whoever is on this machine, or holds a key made for it.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use identity::METRICS_SCOPE;

use crate::auth::{self, Anyone, Authorized};
use crate::{Api, Problem};

pub(crate) async fn show(State(api): State<Api>, request: Request) -> Result<Response, Problem> {
    if !is_local(&request) {
        let (mut parts, _) = request.into_parts();
        let allowed = Authorized::<Anyone>::from_request_parts(&mut parts, &api).await?;
        if !allowed.caller.reads_metrics() {
            return Err(auth::forbidden(&allowed.caller, METRICS_SCOPE));
        }
    }
    let text = (api.metrics)();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// From this machine and not passed on by a proxy on it.
fn is_local(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let forwarded = ["x-forwarded-for", "forwarded", "cf-connecting-ip", "x-real-ip"];
    peer.is_some_and(|peer| peer.0.ip().is_loopback())
        && !forwarded.iter().any(|name| request.headers().contains_key(*name))
}
