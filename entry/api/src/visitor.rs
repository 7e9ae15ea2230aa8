//! Who is at the door.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use identity::Visitor;
use secrecy::{ExposeSecret, SecretString};

use crate::ClientAddress;

const DEVICE_COOKIE: &str = "litper_device";

/// What a request tells of a person who is not logged in yet.
pub(crate) struct AtTheDoor(pub(crate) Visitor);

impl<S: Send + Sync> FromRequestParts<S> for AtTheDoor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let ClientAddress(address) = ClientAddress::from_request_parts(parts, state).await?;
        let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).map(str::to_owned);
        let jar = CookieJar::from_headers(&parts.headers);
        let device = jar.get(DEVICE_COOKIE).map(|cookie| cookie.value().to_owned().into());
        Ok(Self(Visitor { address, agent, device }))
    }
}

/// The cookie by which a browser is known at the next log-in: it stays after the session, goes where people log in
/// alone, and out of reach of scripts.
pub(crate) fn device_cookie(token: &SecretString, secure: bool) -> Cookie<'static> {
    Cookie::build((DEVICE_COOKIE, token.expose_secret().to_owned()))
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(secure)
        .path("/v1/session")
        .permanent()
        .build()
}
