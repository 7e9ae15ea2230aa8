//! What kind of request it is: what it may cost and how much it matters differ.

use axum::http::Method;

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Other systems tell us something. Lost trust if it is not heard, so everything else makes way for it.
    Webhooks,
    /// A password or a set-up link is tried.
    LogIn,
    /// A file or a pasted list comes in.
    Uploads,
    /// The rest of the API.
    Api,
    /// The console.
    Pages,
    /// Whoever watches the process asks how it is.
    Probes,
}

impl Class {
    pub(crate) const ALL: [Self; 6] =
        [Self::Webhooks, Self::LogIn, Self::Uploads, Self::Api, Self::Pages, Self::Probes];

    /// By method and path. What only looks like a path of its class is refused behind the gateway all the same.
    pub(crate) fn of(method: &Method, path: &str) -> Self {
        if path.starts_with("/webhooks/") {
            return Self::Webhooks;
        }
        if path.starts_with("/v1/") {
            return match path {
                "/v1/session" | "/v1/setup" if method == Method::POST => Self::LogIn,
                "/v1/imports" | "/v1/pastes" | "/v1/pastes/preview" if method == Method::POST => {
                    Self::Uploads
                }
                _ => Self::Api,
            };
        }
        match path {
            "/openapi.json" => Self::Api,
            "/metrics" => Self::Probes,
            path if path.starts_with("/health/") => Self::Probes,
            _ => Self::Pages,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Webhooks => "webhooks",
            Self::LogIn => "log_in",
            Self::Uploads => "uploads",
            Self::Api => "api",
            Self::Pages => "pages",
            Self::Probes => "probes",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_their_kinds() {
        for (method, path, class) in [
            (Method::POST, "/webhooks/shopify", Class::Webhooks),
            (Method::POST, "/webhooks/coordinadora/secret", Class::Webhooks),
            (Method::POST, "/v1/session", Class::LogIn),
            (Method::GET, "/v1/session", Class::Api),
            (Method::POST, "/v1/setup", Class::LogIn),
            (Method::POST, "/v1/imports", Class::Uploads),
            (Method::GET, "/v1/imports", Class::Api),
            (Method::POST, "/v1/imports/0190/layout", Class::Api),
            (Method::POST, "/v1/pastes/preview", Class::Uploads),
            (Method::GET, "/openapi.json", Class::Api),
            (Method::GET, "/health/ready", Class::Probes),
            (Method::GET, "/metrics", Class::Probes),
            (Method::GET, "/cola", Class::Pages),
            (Method::GET, "/", Class::Pages),
            (Method::GET, "/webhooks", Class::Pages),
        ] {
            assert_eq!(Class::of(&method, path), class, "{method} {path}");
        }
    }
}
