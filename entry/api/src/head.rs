//! Addresses and headers of bounded length, refused in the API's form. Far beyond these lengths the server itself
//! refuses, with a status alone.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Problem;

/// Longest address, in bytes.
const MAX_ADDRESS: usize = 16 * 1024;
/// Headers together, in bytes of names and values.
const MAX_HEADERS: usize = 64 * 1024;

pub(crate) async fn check(request: Request, next: Next) -> Response {
    let uri = request.uri();
    let address = uri.path().len() + uri.query().map_or(0, str::len);
    if address > MAX_ADDRESS {
        return Problem::new(StatusCode::URI_TOO_LONG, "address-too-long", "The address is too long")
            .with("limit_bytes", MAX_ADDRESS)
            .into_response();
    }
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers > MAX_HEADERS {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Problem::new(status, "headers-too-large", "The headers are too large")
            .with("limit_bytes", MAX_HEADERS)
            .into_response();
    }
    next.run(request).await
}
