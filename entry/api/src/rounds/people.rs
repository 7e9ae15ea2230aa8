//! `GET /v1/rounds/people`

use analytics::{Days, PersonSums};
use axum::Json;
use axum::extract::State;
use domain::{Date, bogota_date};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Authorized, UsersRead};
use crate::params::Params;
use crate::{Api, Problem, params};

/// Which days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// The first day, as 2026-03-01; the first of this month if absent.
    from: Option<String>,
    /// The last day; today if absent. A year at most.
    to: Option<String>,
}

/// The rounds of all people in some days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoundPeople {
    /// The first day.
    from: String,
    /// The last day.
    to: String,
    /// By name: nobody is ranked.
    items: Vec<RoundPerson>,
}

/// The rounds of one person added up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoundPerson {
    name: String,
    /// Days with a round.
    days: i64,
    /// Rounds with parcels.
    rounds: i64,
    /// Minutes of those.
    minutes: i64,
    /// Parcels at the beginning of rounds.
    initial: i64,
    /// Parcels made ready.
    done: i64,
    cancelled: i64,
    /// Put off to a day.
    scheduled: i64,
    /// With something in the way.
    difficult: i64,
    pending: i64,
    /// Parcels made ready among those at the beginning, percent.
    success: Option<f64>,
    /// Three minutes for each parcel made ready, among the minutes of the rounds, percent.
    efficiency: Option<f64>,
    /// green, amber, red or grey (nothing to judge by).
    #[schema(value_type = String, example = "green")]
    light: &'static str,
    /// Rounds with incidents.
    incident_rounds: i64,
    /// Minutes of those.
    incident_minutes: i64,
    /// Incidents looked at.
    reviewed: i64,
    /// Incidents solved.
    solved: i64,
    /// Incidents that ended with a return.
    gone_back: i64,
}

/// What each person got done in rounds. Only who may see the users does.
#[utoipa::path(
    get, path = "/v1/rounds/people", tag = "rounds", operation_id = "list_round_people", params(Wanted),
    responses((status = 200, body = RoundPeople), (status = 400, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<UsersRead>,
    Params(wanted): Params<Wanted>,
) -> Result<Json<RoundPeople>, Problem> {
    let to: Date = params::parse("to", wanted.to.as_deref())?.unwrap_or(bogota_date(api.clock.now()));
    let from: Date = params::parse("from", wanted.from.as_deref())?.unwrap_or(to.first_of_month());
    let days =
        Days::between(from, to).map_err(|error| Problem::invalid_parameter("from", error.to_string()))?;
    let people = api.analytics.people(allowed.caller.tenant.id, days).await?;
    let items = people.into_iter().map(view).collect();
    Ok(Json(RoundPeople { from: from.to_string(), to: to.to_string(), items }))
}

fn view(person: PersonSums) -> RoundPerson {
    let rounded = |value: f64| (value * 10.0).round() / 10.0;
    RoundPerson {
        success: person.success().map(rounded),
        efficiency: person.efficiency().map(rounded),
        light: person.light().as_str(),
        name: person.name,
        days: person.days,
        rounds: person.rounds,
        minutes: person.minutes,
        initial: person.initial,
        done: person.done,
        cancelled: person.cancelled,
        scheduled: person.scheduled,
        difficult: person.difficult,
        pending: person.pending,
        incident_rounds: person.incident_rounds,
        incident_minutes: person.incident_minutes,
        reviewed: person.reviewed,
        solved: person.solved,
        gone_back: person.gone_back,
    }
}
