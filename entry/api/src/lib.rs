//! REST under `/v1`, health, metrics and the OpenAPI document.
//!
//! Entry translates and authorises, nothing else: one endpoint, one file, with its request, its answers
//! and its handler. Every route states its permission in its handler's signature ([`Authorized`]).

mod auth;
mod batches;
mod body;
mod carrier_connections;
mod carrier_routes;
mod carriers;
mod client;
mod discrepancies;
mod document;
mod figures;
mod health;
mod import_profiles;
mod imports;
mod limits;
mod live;
mod masking;
mod metrics;
mod operations;
mod orders;
mod params;
mod pastes;
mod permissions;
mod privacy_requests;
mod problem;
mod risk_policy;
mod rounds;
mod route_pauses;
mod route_policy;
mod session;
mod sessions;
mod setup;
mod shipments;
mod shops;
mod status_mappings;
mod unmapped;
mod view;
mod visitor;

use std::sync::Arc;

use analytics::Analytics;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use database::Db;
use domain::Clock;
use identity::Identity;
use integrations::{Carriers, Imports, Webhooks};
use live_updates::LiveUpdates;
use task_queue::TaskQueue;
use tower_http::catch_panic::CatchPanicLayer;
use tracking::Tracking;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use crate::client::ClientAddress;
pub use crate::health::{Check, Readiness};
pub use crate::limits::{CallerLimits, Limits};
pub use crate::problem::Problem;

/// Largest JSON body, in bytes.
const MAX_JSON: usize = 256 * 1024;

/// What the routes need.
#[derive(Clone)]
pub struct Api {
    /// Who may act.
    pub identity: Identity,
    /// Files in.
    pub imports: Imports,
    /// Webhooks in, and the shops that send them.
    pub webhooks: Webhooks,
    /// The ways to carriers.
    pub carriers: Carriers,
    /// Shipments.
    pub tracking: Tracking,
    /// What people get done.
    pub analytics: Analytics,
    /// Orders.
    pub orders: ::orders::Orders,
    /// Work with effects outside.
    pub tasks: Arc<TaskQueue>,
    /// What changes, for open screens.
    pub live: LiveUpdates,
    /// The keys that open sealed values for callers who may see them.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What "ready" means.
    pub readiness: Arc<dyn Readiness>,
    /// Renders the metrics in Prometheus' text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Whether the console is reached by https: its cookie then never travels in clear.
    pub secure_cookies: bool,
}

#[derive(OpenApi)]
#[openapi(info(
    title = "Litper",
    description = "Cash-on-delivery logistics: shipments, their risk, and what to do now.",
    license(name = "Apache-2.0", identifier = "Apache-2.0")
))]
struct Document;

/// All routes with their state; `fallback` answers every other path.
pub fn router(api: Api, fallback: Router) -> Router {
    let (router, _) = routes().split_for_parts();
    let json = openapi_json().unwrap_or_default();
    router
        .route(
            "/openapi.json",
            axum::routing::get(move || {
                let json = json.clone();
                async move { ([("content-type", "application/json")], json) }
            }),
        )
        .merge(health_routes())
        .method_not_allowed_fallback(|| async {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "This method is not for this path",
            )
        })
        .fallback_service(fallback)
        .layer(CatchPanicLayer::custom(problem::from_panic))
        .layer(middleware::from_fn(|request, next: Next| database::asked(next.run(request))))
        .layer(middleware::from_fn(figures::count))
        .with_state(api)
}

/// What a process that answers no requests still has: health and metrics.
pub fn probes(api: Api) -> Router {
    health_routes().with_state(api)
}

fn health_routes() -> Router<Api> {
    Router::new()
        .route("/metrics", axum::routing::get(metrics::show))
        .route("/health/live", axum::routing::get(health::live))
        .route("/health/ready", axum::routing::get(health::ready))
}

/// The OpenAPI document, in JSON with a final newline.
pub fn openapi_json() -> serde_json::Result<String> {
    let mut document = Document::openapi();
    document.merge(routes().split_for_parts().1);
    let mut document = serde_json::to_value(&document)?;
    document::complete(&mut document);
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(session::log_in::handle, session::current::handle, session::log_out::handle))
        .routes(routes!(setup::handle))
        .routes(routes!(sessions::list::handle, sessions::end_others::handle))
        .routes(routes!(sessions::end::handle))
        .routes(routes!(imports::list::handle))
        .routes(routes!(imports::get::handle, imports::discard::handle))
        .routes(routes!(imports::failed_rows::handle))
        .routes(routes!(imports::layout::handle))
        .routes(routes!(imports::preview::handle))
        .routes(routes!(imports::confirm::handle))
        .merge(batch_routes())
        .merge(shipment_routes())
        .routes(routes!(orders::list::handle, orders::place::handle))
        .routes(routes!(orders::get::handle))
        .routes(routes!(orders::events::handle))
        .routes(routes!(unmapped::handle))
        .merge(about_routes())
        .routes(routes!(
            status_mappings::list::handle,
            status_mappings::put::handle,
            status_mappings::delete::handle
        ))
        .routes(routes!(risk_policy::get::handle, risk_policy::put::handle))
        .routes(routes!(carriers::list::handle))
        .routes(routes!(carriers::detect::handle))
        .routes(routes!(carrier_connections::health::handle))
        .routes(routes!(carrier_connections::list::handle))
        .routes(routes!(carrier_connections::put::handle, carrier_connections::delete::handle))
        .routes(routes!(carrier_connections::test::handle))
        .routes(routes!(carriers::put::handle))
        .routes(routes!(carriers::changes::handle))
        .routes(routes!(live::handle))
        .routes(routes!(operations::dead_tasks::handle))
        .routes(routes!(operations::retry_task::handle))
        .routes(routes!(operations::parked_events::handle))
        .routes(routes!(operations::retry_event::handle))
        .routes(routes!(operations::webhook_failures::handle))
        .routes(routes!(operations::retry_webhook::handle))
        .routes(routes!(privacy_requests::handle))
        .routes(routes!(shops::list::handle, shops::register::handle))
        .routes(routes!(shops::release::handle))
        .layer(DefaultBodyLimit::max(MAX_JSON))
        // A file streams to disk and has its own limit.
        .merge(
            OpenApiRouter::new().routes(routes!(imports::upload::handle)).layer(DefaultBodyLimit::disable()),
        )
        .merge(
            OpenApiRouter::new()
                .routes(routes!(pastes::import::handle))
                .routes(routes!(pastes::preview::handle))
                .layer(DefaultBodyLimit::max(pastes::MAX_BODY)),
        )
}

/// Shipments: the queue, each one, and what is wrong with some.
fn shipment_routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(shipments::queue::handle))
        .routes(routes!(shipments::summary::handle))
        .routes(routes!(shipments::list::handle))
        .routes(routes!(shipments::facets::handle))
        .routes(routes!(shipments::get::handle))
        .routes(routes!(shipments::events::handle))
        .routes(routes!(shipments::sources::handle))
        .routes(routes!(discrepancies::list::handle))
        .routes(routes!(discrepancies::counts::handle))
        .routes(routes!(discrepancies::review::handle))
        .routes(routes!(shipments::office_stays::handle))
        .routes(routes!(shipments::extend_office::handle))
        .routes(routes!(shipments::withdraw_office::handle))
}

/// Layouts of files, and shipments that were loaded together.
fn batch_routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(import_profiles::list::handle))
        .routes(routes!(import_profiles::delete::handle))
        .routes(routes!(batches::list::handle, batches::create::handle))
        .routes(routes!(batches::get::handle))
        .routes(routes!(batches::change::handle))
        .routes(routes!(batches::progress::handle))
        .routes(routes!(batches::shipments::handle, batches::add::handle))
        .routes(routes!(batches::review::handle))
        .routes(routes!(batches::compare::handle))
        .routes(routes!(batches::compared::handle))
}

/// How the carriers do in each city, and what an organisation makes of it.
fn about_routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(carrier_routes::list::handle))
        .routes(routes!(carrier_routes::losses::handle))
        .routes(routes!(rounds::people::handle))
        .routes(routes!(carrier_routes::matrix::handle))
        .routes(routes!(carrier_routes::grid::handle))
        .routes(routes!(carrier_routes::simulation::handle))
        .routes(routes!(carrier_routes::best_carrier::handle))
        .routes(routes!(route_policy::get::handle, route_policy::put::handle))
        .routes(routes!(route_policy::changes::handle))
        .routes(routes!(route_pauses::list::handle, route_pauses::pause::handle))
        .routes(routes!(route_pauses::resume::handle))
}
