//! JSON bodies, with problems for those that cannot be read.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use crate::Problem;

/// A JSON body. A browser form cannot send one across sites without asking first.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "Send application/json",
            )),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large"))
            }
            Err(JsonRejection::JsonDataError(error)) => Err(unusable(&error.body_text())),
            Err(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "malformed-json", "The body is no JSON")),
        }
    }
}

/// The problem of a body that is JSON, but not the one wanted. Serde's own words may quote values, which may be
/// personal: only the field's name is taken from them, and which of three mistakes it is.
fn unusable(text: &str) -> Problem {
    let words = text.split_once("target type: ").map_or(text, |(_, words)| words);
    let path = words.split_once(": ").map(|(path, _)| path).filter(|path| is_path(path));
    let about = path.map_or(words, |path| &words[path.len() + 2..]);
    let quoted = || about.split('`').nth(1).filter(|name| is_path(name)).unwrap_or_default();
    let join = |name: &str| match path {
        Some(path) if !name.is_empty() && !path.ends_with(name) => format!("{path}.{name}"),
        Some(path) => path.to_owned(),
        None => name.to_owned(),
    };
    let (field, code, detail) = if about.starts_with("missing field") {
        (join(quoted()), "missing", "this field is missing")
    } else if about.starts_with("unknown field") {
        (join(quoted()), "unknown", "there is no such field")
    } else {
        (join(""), "wrong_type", "this has another type")
    };
    let field = if field.is_empty() { "body" } else { &field };
    Problem::invalid_field(field, code, detail)
}

fn is_path(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 200
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use axum::http::header;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by the derived code")]
    struct Wanted {
        name: String,
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by the derived code")]
    struct Item {
        quantity: i64,
    }

    #[tokio::test]
    async fn the_field_that_cannot_be_used_is_named_and_its_value_is_not() {
        for (body, field, code) in [
            (r#"{"items":[]}"#, "name", "missing"),
            (r#"{"name":"x","items":[{}]}"#, "items[0].quantity", "missing"),
            (r#"{"name":"x","items":[{"quantity":"3001112233"}]}"#, "items[0].quantity", "wrong_type"),
            (r#"{"name":3001112233,"items":[]}"#, "name", "wrong_type"),
            (r#"{"name":"x","items":[],"more":1}"#, "more", "unknown"),
            (r#"{"name":"x","items":[{"quantity":1,"size":2}]}"#, "items[0].size", "unknown"),
            ("[1]", "[0]", "wrong_type"),
            (r#""3001112233""#, "body", "wrong_type"),
        ] {
            let request = Request::builder().header(header::CONTENT_TYPE, "application/json");
            let request = request.body(axum::body::Body::from(body)).expect("a request");
            let problem = Body::<Wanted>::from_request(request, &()).await.map(|_| ()).expect_err(body);
            let problem = serde_json::to_value(&problem).expect("a problem");
            let error = &problem["errors"][0];
            assert_eq!((&error["field"], &error["code"]), (&field.into(), &code.into()), "{body}: {problem}");
            assert!(!problem.to_string().contains("3001112233"), "{body}");
        }
    }
}
