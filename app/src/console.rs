//! The console: the built web application, embedded in the binary.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../console/dist"]
#[allow_missing = true]
struct Assets;

const INDEX: &str = "index.html";
const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Litper</title>\
    <p>The console is not built yet: run <code>cargo xtask up</code>.";

/// Only what comes from us, in scripts, styles, pictures and connections.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// Answers a path of the console: a file, or the application's page for every other path a browser opens.
pub(crate) async fn serve(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let mut response = match asset(path) {
        Some(response) => response,
        None if is_page(&request, path) => page(),
        None => api::Problem::not_found().into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn asset(path: &str) -> Option<Response> {
    if path.is_empty() || path == INDEX {
        return None;
    }
    let file = Assets::get(path)?;
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    // Vite puts a hash of the content into the names under assets/: they never change.
    let caching =
        if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers =
        [(header::CONTENT_TYPE, kind.as_ref().to_owned()), (header::CACHE_CONTROL, caching.to_owned())];
    Some((headers, file.data.into_owned()).into_response())
}

fn page() -> Response {
    match Assets::get(INDEX) {
        Some(file) => {
            let headers =
                [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
            (headers, file.data.into_owned()).into_response()
        }
        None => (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response(),
    }
}

/// Paths of the API that do not exist are problems, not pages; neither is a missing script.
fn is_page(request: &Request, path: &str) -> bool {
    let ours = ["v1/", "webhooks/", "health/", "assets/"];
    request.method().is_safe() && !ours.iter().any(|prefix| path.starts_with(prefix))
}
