//! How many requests there are and how long they take, by the routes of the description.

use std::sync::LazyLock;
use std::time::Instant;

use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

/// The templates of all paths: `/v1/orders/{id}`.
static ROUTES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let (_, document) = crate::routes().split_for_parts();
    document.paths.paths.into_keys().collect()
});
/// The label of what is no route of the API: pages, probes, and what people try.
const NO_ROUTE: &str = "other";

pub(crate) async fn count(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (route, method) = (route_of(request.uri().path(), &ROUTES), method_of(request.method()));
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    ::metrics::counter!(
        "litper_api_requests_total", "method" => method, "route" => route, "status" => status
    )
    .increment(1);
    ::metrics::histogram!("litper_api_latency_seconds", "method" => method, "route" => route)
        .record(began.elapsed().as_secs_f64());
    response
}

/// The template that a path is of: what stands in the path itself would be a label for each row.
fn route_of<'a>(path: &str, routes: &'a [String]) -> &'a str {
    let fits = |route: &&String| {
        let (mut given, mut wanted) = (path.split('/'), route.split('/'));
        loop {
            match (given.next(), wanted.next()) {
                (None, None) => return true,
                (Some(given), Some(wanted)) if given == wanted || wanted.starts_with('{') => {}
                _ => return false,
            }
        }
    };
    // A path without parameters comes before one whose parameter would take its last word.
    let best = routes.iter().filter(fits).min_by_key(|route| route.matches('{').count());
    best.map_or(NO_ROUTE, String::as_str)
}

/// A method can be any word: a label only those that the routes know.
fn method_of(method: &Method) -> &'static str {
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE]
        .iter()
        .zip(["GET", "POST", "PUT", "PATCH", "DELETE"])
        .find_map(|(known, name)| (known == method).then_some(name))
        .unwrap_or("OTHER")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_label_of_its_template() {
        let routes = ["/v1/orders", "/v1/orders/{id}", "/v1/shipments/{id}", "/v1/shipments/facets"];
        let routes = routes.map(str::to_owned);
        for (path, expected) in [
            ("/v1/orders", "/v1/orders"),
            ("/v1/orders/0190", "/v1/orders/{id}"),
            ("/v1/orders/0190/x", NO_ROUTE),
            ("/v1/shipments/facets", "/v1/shipments/facets"),
            ("/v1/shipments/3001112233", "/v1/shipments/{id}"),
            ("/wp-login.php", NO_ROUTE),
            ("/", NO_ROUTE),
        ] {
            assert_eq!(route_of(path, &routes), expected, "{path}");
        }
        assert!(ROUTES.iter().any(|route| route == "/v1/queue"), "{ROUTES:?}");
        assert_eq!(method_of(&Method::DELETE), "DELETE");
        assert_eq!(method_of(&Method::from_bytes(b"ANYTHING").unwrap()), "OTHER");
    }
}
