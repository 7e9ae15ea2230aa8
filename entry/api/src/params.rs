//! Query parameters and path ids, with problems for those that cannot be read.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::Problem;

/// Items of a page when the caller does not say.
pub(crate) const DEFAULT_LIMIT: u32 = 50;

/// Query parameters.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(Problem::invalid_parameter("", rejection.body_text())),
        }
    }
}

/// An id in the path. One that is no id names nothing, so the answer is the same as for an unknown one.
pub(crate) struct PathId<T>(pub(crate) T);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        text.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

/// Two names in the path. What cannot be read names nothing.
pub(crate) struct PathPair<A, B>(pub(crate) A, pub(crate) B);

impl<A, B, S> FromRequestParts<S> for PathPair<A, B>
where
    A: DeserializeOwned + Send,
    B: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<(A, B)>::from_request_parts(parts, state).await {
            Ok(Path((first, second))) => Ok(Self(first, second)),
            Err(_) => Err(Problem::not_found()),
        }
    }
}

/// Reads an optional parameter as a domain type; empty counts as absent.
pub(crate) fn parse<T>(name: &str, value: Option<&str>) -> Result<Option<T>, Problem>
where
    T: FromStr,
    T::Err: Display,
{
    let parsed = value.filter(|value| !value.is_empty()).map(str::parse).transpose();
    parsed.map_err(|error: T::Err| Problem::invalid_parameter(name, error))
}

/// Reads a page size.
pub(crate) fn limit(value: Option<u32>) -> Result<u32, Problem> {
    match value.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=database::MAX_PAGE => Ok(limit),
        _ => Err(Problem::invalid_parameter("limit", format!("1 to {}", database::MAX_PAGE))),
    }
}
