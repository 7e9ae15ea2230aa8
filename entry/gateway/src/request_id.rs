//! A request's id: the caller's if it is well formed, else a new one; on every answer, every log line, and
//! every fact and task that comes of it.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

const HEADER: &str = "x-request-id";

pub(crate) async fn attach(request: Request, next: Next) -> Response {
    let given = request.headers().get(HEADER).filter(|value| is_well_formed(value)).cloned();
    let id = given.unwrap_or_else(new_id);
    let span = tracing::info_span!(
        "request",
        request_id = id.to_str().unwrap_or_default(),
        method = %request.method(),
        path = request.uri().path(),
    );
    let trace = id.to_str().ok().map(str::to_owned);
    let mut response = telemetry::trace::under(trace, next.run(request)).instrument(span).await;
    response.headers_mut().insert(HEADER, id);
    response
}

fn is_well_formed(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    (1..=64).contains(&bytes.len()) && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

/// Sixteen random hex digits. It names a request in logs and decides nothing, so it needs no [`domain::Ids`].
fn new_id() -> HeaderValue {
    use std::hash::{BuildHasher, Hasher};
    let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
    HeaderValue::from_str(&format!("{random:016x}")).unwrap_or_else(|_| HeaderValue::from_static("unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_ids_are_taken_over() {
        for (value, good) in [("abc-123", true), ("", false), ("a b", false), ("ñ", false), ("a\"b", false)]
        {
            let header = HeaderValue::from_bytes(value.as_bytes()).expect("a header");
            assert_eq!(is_well_formed(&header), good, "{value}");
        }
        assert!(!is_well_formed(&HeaderValue::from_str(&"a".repeat(65)).expect("a header")));
        assert!(is_well_formed(&new_id()));
    }
}
