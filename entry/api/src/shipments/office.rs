//! A shipment's stay at an office, as answers show it.

use domain::carrier::Offices;
use serde::Serialize;
use tracking::{OfficeExtension, OfficeStay};
use utoipa::ToSchema;

use crate::route_pauses::Doer;
use crate::view::moment;

/// A parcel that waits at an office: since when, until when, how near that is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OfficeStay)]
pub(crate) struct OfficeStayView {
    /// The first event that found it there since it last moved.
    #[schema(format = DateTime)]
    arrived_at: String,
    /// unknown, none, all, main or authorised: the carrier's offices at which parcels may wait.
    #[schema(value_type = String, example = "all")]
    offices: Offices,
    /// Business days it may wait by the carrier's rules. Null where nobody knows.
    office_days: Option<i64>,
    /// Business days it was extended by.
    extra_days: i64,
    /// Business days by which it may still be extended.
    extra_days_left: i64,
    /// The last day, as 2026-03-25. Null where nobody knows how long it may wait.
    #[schema(example = "2026-03-25")]
    due_on: Option<String>,
    /// Business days from today to the last one, below zero once it is over.
    days_left: Option<i64>,
    /// Whether the last day has passed.
    overdue: bool,
    /// green, amber (half of its days or fewer), red (it ends today, on the next business day, or is over) or grey (nobody
    /// knows how long it may wait).
    #[schema(value_type = String, example = "amber")]
    light: &'static str,
    extensions: Vec<OfficeExtensionView>,
}

/// More days at an office that the carrier granted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OfficeExtension)]
pub(crate) struct OfficeExtensionView {
    id: String,
    /// Business days.
    days: i64,
    reason: Option<String>,
    #[schema(format = DateTime)]
    extended_at: String,
    extended_by: Doer,
}

impl From<OfficeStay> for OfficeStayView {
    fn from(stay: OfficeStay) -> Self {
        Self {
            arrived_at: moment(stay.arrived_at),
            offices: stay.offices,
            office_days: stay.office_days,
            extra_days: stay.extra_days,
            extra_days_left: tracking::MAX_EXTENSION - stay.extra_days,
            due_on: stay.due_on.map(|due| due.to_string()),
            days_left: stay.days_left,
            overdue: stay.overdue,
            light: stay.light.as_str(),
            extensions: stay.extensions.into_iter().map(OfficeExtensionView::from).collect(),
        }
    }
}

impl From<OfficeExtension> for OfficeExtensionView {
    fn from(extension: OfficeExtension) -> Self {
        Self {
            id: extension.id.to_string(),
            days: extension.days,
            reason: extension.reason,
            extended_at: moment(extension.extended_at),
            extended_by: extension.extended_by.into(),
        }
    }
}
