//! `POST /v1/session`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;
use identity::LogInError;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Session, cookie, describe};
use crate::body::Body;
use crate::{Api, Problem};

#[derive(Deserialize, ToSchema)]
pub(crate) struct LogIn {
    email: String,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Logs in: answers who, and sets the session cookie.
#[utoipa::path(
    post, path = "/v1/session", tag = "session", operation_id = "log_in", request_body = LogIn,
    responses((status = 200, body = Session), (status = 401, body = Problem), (status = 422, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    jar: CookieJar,
    Body(request): Body<LogIn>,
) -> Result<(CookieJar, Json<Session>), Problem> {
    let logged_in = api.identity.log_in(&request.email, request.password).await.map_err(problem)?;
    let session = describe(&logged_in.caller, &logged_in.token)?;
    Ok((jar.add(cookie(&logged_in.token, api.secure_cookies)), Json(session)))
}

fn problem(error: LogInError) -> Problem {
    match error {
        LogInError::BadCredentials => Problem::new(
            StatusCode::UNAUTHORIZED,
            "invalid-credentials",
            "The e-mail address or the password is wrong",
        ),
        LogInError::Password(error) => Problem::internal(&error),
        LogInError::Database(error) => error.into(),
    }
}
