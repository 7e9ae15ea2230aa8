//! `GET /v1/carriers/detect`

use axum::Json;
use axum::extract::State;
use domain::carrier::Candidate;
use domain::{Country, TrackingNumber};
use serde::{Deserialize, Serialize};
use tracking::ParcelQuestion;
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Authorized, GuidesRead};
use crate::params::{Params, parse};
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// As on the label or in the file.
    tracking_number: String,
    /// The carrier's name in the file, in any spelling. If it is a known one, of the country if one is given, it wins over
    /// what the number says.
    carrier: Option<String>,
    /// CO, EC, CL or MX; the organisation's own if absent.
    country: Option<String>,
}

/// Which carriers a number may be of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CarrierDetection)]
pub(crate) struct DetectionView {
    /// The number in its one form.
    tracking_number: String,
    /// The carrier, if it is clear which. Null is no answer, and none is guessed.
    carrier_code: Option<String>,
    /// named (by the file), number (its look is clear), ambiguous (see the candidates) or unknown.
    #[schema(value_type = String, example = "ambiguous")]
    decided_by: &'static str,
    /// Carriers with numbers of this look, the likeliest first.
    candidates: Vec<CandidateView>,
}

/// A carrier that may have given out the number.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CarrierCandidate)]
pub(crate) struct CandidateView {
    carrier_code: String,
    /// 1 to 100.
    confidence: u8,
    /// The number as this carrier knows it: a barcode carries more than the number.
    tracking_number: String,
    /// Where the look is known from.
    source: String,
}

/// Tells which carriers a tracking number may be of.
#[utoipa::path(
    get, path = "/v1/carriers/detect", tag = "carriers", operation_id = "detect_carrier", params(Wanted),
    responses((status = 200, body = DetectionView), (status = 400, body = Problem)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesRead>,
    Params(wanted): Params<Wanted>,
) -> Result<Json<DetectionView>, Problem> {
    let tenant = &allowed.caller.tenant;
    let number = TrackingNumber::parse(&wanted.tracking_number)
        .map_err(|error| Problem::invalid_parameter("tracking_number", error))?;
    let country = parse::<Country>("country", wanted.country.as_deref())?;
    let parcel = ParcelQuestion { number: &number, named: wanted.carrier.as_deref(), country };
    let found = api.tracking.detect_carrier(tenant.id, tenant.country, &parcel).await?;
    Ok(Json(DetectionView {
        tracking_number: number.to_string(),
        carrier_code: found.decision.carrier().map(|carrier| carrier.code().to_owned()),
        decided_by: found.decision.as_str(),
        candidates: found.candidates.into_iter().map(CandidateView::from).collect(),
    }))
}

impl From<Candidate> for CandidateView {
    fn from(candidate: Candidate) -> Self {
        Self {
            carrier_code: candidate.carrier.code().to_owned(),
            confidence: candidate.confidence,
            tracking_number: candidate.number.to_string(),
            source: candidate.source,
        }
    }
}
