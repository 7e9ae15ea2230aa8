//! Pages of other sites that may read answers. They send a key of their own: the console's cookie stays with its pages.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::settings::Origins;

/// The origin of a request, if it is an allowed one.
pub(crate) fn allowed(headers: &HeaderMap, origins: &Origins) -> Option<HeaderValue> {
    headers.get(ORIGIN).filter(|origin| origins.include(origin)).cloned()
}

/// The answer to a browser that asks before it sends, on behalf of an allowed origin.
pub(crate) fn preflight(method: &Method, headers: &HeaderMap) -> Option<Response> {
    let asks = method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    asks.then(|| {
        let allowed = [
            (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE"),
            (ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, x-request-id"),
            (ACCESS_CONTROL_MAX_AGE, "600"),
        ];
        (StatusCode::NO_CONTENT, allowed).into_response()
    })
}

/// Lets the page of an allowed origin read an answer.
pub(crate) fn open(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(VARY, HeaderValue::from_static("origin"));
    let readable = "retry-after, ratelimit, ratelimit-policy, x-request-id";
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(readable));
}
