//! Addresses and headers of bounded length, refused in the API's form. Far beyond these lengths the server itself
//! refuses, with a status alone.

use api::Problem;
use axum::extract::Request;
use axum::http::StatusCode;

/// Longest address, in bytes.
const MAX_ADDRESS: usize = 16 * 1024;
/// Headers together, in bytes of names and values.
const MAX_HEADERS: usize = 64 * 1024;

pub(crate) fn check(request: &Request) -> Result<(), Box<Problem>> {
    let uri = request.uri();
    let address = uri.path().len() + uri.query().map_or(0, str::len);
    if address > MAX_ADDRESS {
        let problem = Problem::new(StatusCode::URI_TOO_LONG, "address-too-long", "The address is too long");
        return Err(Box::new(problem.with("limit_bytes", MAX_ADDRESS)));
    }
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers > MAX_HEADERS {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        let problem = Problem::new(status, "headers-too-large", "The headers are too large");
        return Err(Box::new(problem.with("limit_bytes", MAX_HEADERS)));
    }
    Ok(())
}
