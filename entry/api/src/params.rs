//! Query parameters and path ids, with problems for those that cannot be read.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

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
            Err(rejection) => Err(unreadable(&rejection.body_text())),
        }
    }
}

/// The problem of a query that serde refused. Its words begin with the parameter's name, or quote it.
fn unreadable(text: &str) -> Problem {
    let words = text.split_once("query string: ").map_or(text, |(_, words)| words);
    let is_name =
        |name: &&str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let leading = words.split_once(": ").filter(|(name, _)| is_name(name));
    let (name, detail) = match (leading, words.split('`').nth(1).filter(is_name)) {
        (Some(named), _) => named,
        (None, Some(quoted)) => (quoted, words),
        (None, None) => ("query", words),
    };
    Problem::invalid_parameter(name, detail)
}

/// Which page of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// From `next_cursor`.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<u32>,
}

impl Paging {
    /// The place after which the page begins, and how many items it has at most.
    pub(crate) fn read<C>(&self) -> Result<(Option<C>, u32), Problem>
    where
        C: FromStr,
        C::Err: Display,
    {
        Ok((parse("cursor", self.cursor.as_deref())?, limit(self.limit)?))
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

#[cfg(test)]
mod tests {
    use axum::extract::FromRequestParts;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Wanted {
        #[expect(dead_code, reason = "only read by the derived code")]
        limit: Option<u32>,
    }

    #[tokio::test]
    async fn the_parameter_that_cannot_be_read_is_named() {
        for (query, name) in [
            ("limit=many", "limit"),
            ("limit=-1", "limit"),
            ("limit=", "limit"),
            ("limit=99999999999999999999", "limit"),
            ("limit=1&limit=2", "limit"),
        ] {
            let request = axum::http::Request::builder().uri(format!("/v1/queue?{query}")).body(());
            let (mut parts, ()) = request.expect("a request").into_parts();
            let refused = Params::<Wanted>::from_request_parts(&mut parts, &()).await;
            let problem = refused.map(|Params(wanted)| wanted).expect_err(query);
            let problem = serde_json::to_value(&problem).expect("a problem");
            assert_eq!(problem["parameter"], name, "{query}: {problem}");
            assert!(!problem["detail"].as_str().expect("a detail").is_empty(), "{query}");
        }
    }
}
