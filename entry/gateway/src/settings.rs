//! What an installation decides about its gateway.

use std::num::NonZeroU32;
use std::str::FromStr;

use axum::http::HeaderValue;
use domain::Role;

use crate::body::Patience;
use crate::buckets::Quota;
use crate::client::{ClientFrom, Proxies};

/// What an installation decides; by default nobody is believed or limited, and one request at a time is worked on.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Who stands between the server and its callers.
    pub proxies: Proxies,
    /// What is believed about a caller's address.
    pub client_from: ClientFrom,
    /// Other sites whose pages may read answers.
    pub origins: Origins,
    /// How often somebody may come.
    pub rates: Rates,
    /// Requests of the API that are worked on at once; other classes have their part or multiple of it.
    pub max_requests: u32,
    /// How long bodies may take, but those of files and webhooks.
    pub bodies: Patience,
    /// Whether callers come by https alone.
    pub https: bool,
}

/// How often somebody may come in a minute; none is without limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rates {
    /// Requests of an address, but for webhooks and probes.
    pub address: Option<Quota>,
    /// Log-ins of an address.
    pub log_in: Option<Quota>,
    /// Webhooks of an address.
    pub webhooks: Option<Quota>,
    /// Requests of one user or key, by its role.
    pub admin: Option<Quota>,
    /// The same.
    pub operator: Option<Quota>,
    /// The same.
    pub viewer: Option<Quota>,
    /// The same.
    pub api_client: Option<Quota>,
    /// The same.
    pub agent: Option<Quota>,
    /// Orders placed by one user or key.
    pub orders: Option<Quota>,
    /// Requests of all users and keys of an organisation.
    pub organisation: Option<Quota>,
}

impl Rates {
    pub(crate) const fn of_role(&self, role: Role) -> Option<Quota> {
        match role {
            Role::Admin => self.admin,
            Role::Operator => self.operator,
            Role::Viewer => self.viewer,
            Role::ApiClient => self.api_client,
            Role::Agent => self.agent,
        }
    }
}

/// A quota of so many a minute; none for zero.
#[must_use]
pub fn quota(name: &'static str, per_minute: u32) -> Option<Quota> {
    NonZeroU32::new(per_minute).map(|per_minute| Quota { name, per_minute })
}

/// Other sites, by scheme, host and port as browsers send them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(Vec<HeaderValue>);

/// Why a list of origins cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{0:?} is no origin: write https://host, with a port if it is not the usual one, and nothing after it"
)]
pub struct BadOrigin(String);

impl FromStr for Origins {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        words.map(origin).collect::<Result<_, _>>().map(Self)
    }
}

impl Origins {
    pub(crate) fn include(&self, origin: &HeaderValue) -> bool {
        self.0.contains(origin)
    }
}

fn origin(text: &str) -> Result<HeaderValue, BadOrigin> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_host = |host: &&str| {
        let bytes = host.bytes();
        let mut bytes =
            bytes.map(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte));
        !host.is_empty() && bytes.all(|good| good)
    };
    let value = host.filter(is_host).and_then(|_| HeaderValue::from_str(text).ok());
    value.ok_or_else(|| BadOrigin(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_whole_and_plain() {
        let origins: Origins = "https://panel.prueba.co, http://localhost:5173".parse().unwrap();
        for (origin, included) in [
            ("https://panel.prueba.co", true),
            ("http://localhost:5173", true),
            ("http://panel.prueba.co", false),
            ("https://panel.prueba.co.example", false),
            ("null", false),
        ] {
            assert_eq!(origins.include(&origin.parse().unwrap()), included, "{origin}");
        }
        assert!("".parse::<Origins>().unwrap().0.is_empty());
        for bad in
            ["*", "null", "panel.prueba.co", "https://", "https://a.co/", "https://*.a.co", "https://A.co"]
        {
            assert_eq!(bad.parse::<Origins>(), Err(BadOrigin(bad.to_owned())));
        }
    }
}
