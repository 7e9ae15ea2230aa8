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
use crate::visitor::{AtTheDoor, device_cookie};
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
    responses(
        (status = 200, body = Session), (status = 401, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem, headers(("Retry-After" = u32, description = "Seconds to wait"))),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    jar: CookieJar,
    AtTheDoor(visitor): AtTheDoor,
    Body(request): Body<LogIn>,
) -> Result<(CookieJar, Json<Session>), Problem> {
    let logged_in = api.identity.log_in(&request.email, request.password, &visitor).await.map_err(refused)?;
    let session = describe(&logged_in.caller, &logged_in.token)?;
    let secure = api.secure_cookies;
    let jar = jar.add(cookie(&logged_in.token, secure)).add(device_cookie(&logged_in.device, secure));
    Ok((jar, Json(session)))
}

fn refused(error: LogInError) -> Problem {
    match error {
        LogInError::BadCredentials => Problem::new(
            StatusCode::UNAUTHORIZED,
            "invalid-credentials",
            "The e-mail address or the password is wrong",
        ),
        LogInError::TooManyAttempts { wait } => {
            let title = "Too many failed log-ins";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-attempts", title)
                .retry_after(u64::try_from(wait.as_secs()).unwrap_or_default() + 1)
        }
        LogInError::Password(error) => Problem::internal(&error),
        LogInError::Database(error) => error.into(),
    }
}
