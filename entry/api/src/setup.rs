//! `POST /v1/setup`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;
use identity::{CreateUserError, RedeemError};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::body::Body;
use crate::session::{Session, cookie, describe};
use crate::visitor::{AtTheDoor, device_cookie};
use crate::{Api, Problem};

#[derive(Deserialize, ToSchema)]
pub(crate) struct SetUp {
    /// The token of the one-time link.
    #[schema(value_type = String)]
    token: SecretString,
    name: String,
    email: String,
    /// At least ten characters.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Makes the first administrator of whoever holds a valid one-time link, and logs them in.
#[utoipa::path(
    post, path = "/v1/setup", tag = "session", operation_id = "set_up", request_body = SetUp,
    responses((status = 201, body = Session), (status = 410, body = Problem), (status = 422, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    jar: CookieJar,
    AtTheDoor(visitor): AtTheDoor,
    Body(request): Body<SetUp>,
) -> Result<(StatusCode, CookieJar, Json<Session>), Problem> {
    let SetUp { token, name, email, password } = request;
    let redeemed = api.identity.redeem_setup_link(&token, name, email, password, &visitor).await;
    let logged_in = redeemed.map_err(problem)?;
    let session = describe(&logged_in.caller, &logged_in.token)?;
    let secure = api.secure_cookies;
    let jar = jar.add(cookie(&logged_in.token, secure)).add(device_cookie(&logged_in.device, secure));
    Ok((StatusCode::CREATED, jar, Json(session)))
}

fn problem(error: RedeemError) -> Problem {
    match error {
        RedeemError::Invalid => {
            Problem::new(StatusCode::GONE, "setup-link-invalid", "The set-up link is not valid any more")
        }
        RedeemError::User(error) => match error {
            CreateUserError::BadName => Problem::invalid_field("name", "bad_name", error),
            CreateUserError::BadEmail => Problem::invalid_field("email", "bad_email", error),
            CreateUserError::Exists => Problem::invalid_field("email", "exists", error),
            CreateUserError::Password(_) => Problem::invalid_field("password", "bad_password", error),
            CreateUserError::BadRole => Problem::internal(&error),
            CreateUserError::Database(error) => error.into(),
        },
        RedeemError::Database(error) => error.into(),
    }
}
