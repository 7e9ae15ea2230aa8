//! Shipments: what every source says about a tracking number, one state, its risk, and the urgent queue.
//!
//! Owns `shipments`, `shipment_events`, `unmapped_statuses`, `shipment_counts`, `recipient_name_tokens`, `name_fills`,
//! `risk_settings`, `status_mappings`, `status_rereads`, `route_counts`, `route_history`, `route_settings`,
//! `route_pauses`, `carrier_settings`, `office_extensions`, `shipment_looks`, `discrepancy_reviews`, `batches`, `batch_days`, `batch_shipments`,
//! `batch_counts`. Invariants:
//!
//! * A tracking number is one shipment of a tenant.
//! * The same payload about a shipment is stored once; a repetition is counted.
//! * The state is the last event's that counted, by the rule in `trust.rs`. One that does not count is stored, marked,
//!   and moves nothing.
//! * The stored risk of an open shipment is what [`risk::assess`] says now by its organisation's rules, until
//!   `next_change_at`. A finished shipment keeps what was said at its end.
//! * `shipment_counts` and `route_counts` add up to the rows of `shipments`, `batch_counts` to those of
//!   `batch_shipments`.
//! * A closed batch does not change.

mod audit;
mod batches;
mod carriers;
mod colour;
mod concern;
mod discrepancies;
mod facets;
mod figures;
mod looks;
mod mappings;
mod name_fills;
mod names;
mod observe;
mod office;
mod offices;
mod payload_hash;
mod places;
mod queue;
mod reread;
pub mod risk;
mod risk_tick;
mod routes;
mod rows;
mod search;
mod settings;
mod shipment;
pub mod status;
mod summary;
mod timeline;
mod trust;
mod truth;
mod words;

use std::sync::Arc;

use database::Db;
use domain::{Clock, Ids};

use crate::status::StatusTable;

pub use crate::audit::{AuditedShipments, ShipmentAudit};
pub use crate::batches::{
    Batch, BatchComparison, BatchCreated, BatchCursor, BatchDay, BatchFilter, BatchOrigin, BatchShipment,
    CarrierProgress, ChangeBatchError, ComparedShipment, CreateBatchError, Difference, MAX_BATCH_LABEL,
    MAX_BATCH_NUMBERS, MAX_REVIEWS, Review, Reviewed, Standing, UnknownDifference, is_batch_label,
};
pub use crate::carriers::{
    CarrierChange, CarrierInForce, CarrierNames, ChangeCarrierError, ChangedBy, Decision, Detection,
    ParcelQuestion,
};
pub use crate::colour::ShipmentColour;
pub use crate::concern::{Concern, ConcernKind, UnknownConcern};
pub use crate::discrepancies::{DiscrepancyCursor, DiscrepancyFilter, Disputed, ReviewError};
pub use crate::facets::Facets;
pub use crate::looks::{DueParcels, LookAges, Parcel, Reached, Watched};
pub use crate::mappings::{InvalidMapping, MAX_MAPPINGS, MapStatusError, StatusMapping, StatusReader};
pub use crate::observe::{Observation, Observed, Source};
pub use crate::office::{
    Deadline, ExtendError, MAX_EXTENSION, OfficeExtension, OfficeLight, OfficeStay, UnknownOfficeLight,
};
pub use crate::offices::{OfficeCursor, OfficeFilter, OfficeList, Waiting};
pub use crate::places::can_be_finished;
pub use crate::queue::{Cursor, Filter};
pub use crate::routes::{
    ActivePauses, BestCarrier, BestCarrierQuestion, ChangeRoutePolicyError, DecidedBy, Estimate, Grid,
    GridCity, InvalidRoutePolicy, LossShare, Losses, Margin, Matrix, Mean, MeanOf, Missing, Month, NewPause,
    NoMonth, Obstacle, Offer, PastResults, PauseError, Quadrant, ResumeError, Route, RouteCounts,
    RouteCursor, RouteFilter, RouteLight, RoutePause, RoutePolicy, RoutePolicyChange, RoutePolicyInForce,
    Simulated, Simulation, SimulationQuestion, ToldRoute, Who,
};
pub use crate::search::{Search, SearchCursor};
pub use crate::settings::{ChangeRiskSettingsError, InvalidRiskSetting, RiskSettings};
pub use crate::shipment::{Recipient, Shipment};
pub use crate::summary::{Summary, UnmappedCursor, UnmappedStatus};
pub use crate::timeline::TimelineEvent;
pub use crate::trust::SourceKind;
pub use crate::truth::{Discrepancy, DiscrepancyKind, Oddity, OddityKind, Side, Truth};

/// Use cases of this service.
#[derive(Clone)]
pub struct Tracking {
    db: Db,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    statuses: &'static StatusTable,
}

impl Tracking {
    /// Builds the service with the built-in table of phrases.
    #[must_use]
    pub fn new(db: Db, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self { db, clock, ids, statuses: StatusTable::builtin() }
    }
}
