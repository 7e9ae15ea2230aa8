//! Batches of shipments: what came with one file, or what somebody chose.

pub(crate) mod add;
pub(crate) mod change;
pub(crate) mod compare;
pub(crate) mod compared;
pub(crate) mod create;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod progress;
pub(crate) mod review;
pub(crate) mod shipments;

use std::collections::HashMap;

use axum::http::StatusCode;
use domain::{TrackingNumber, UserId};
use identity::Caller;
use serde::Serialize;
use tracking::{ChangedBy, CreateBatchError, MAX_BATCH_NUMBERS};
use utoipa::ToSchema;

use crate::problem::FieldError;
use crate::view::moment;
use crate::{Api, Problem, masking};

/// A batch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Batch)]
pub(crate) struct BatchView {
    id: String,
    /// The day it was made, in Bogotá.
    #[schema(format = Date, example = "2026-03-05")]
    day: String,
    /// Which of the day, from 1.
    number: i64,
    /// The file's name, or what its maker called it.
    label: Option<String>,
    /// open, closed or archived. Only an open one takes shipments and marks.
    #[schema(value_type = String, example = "open")]
    status: &'static str,
    /// Whether the file that makes it is still being loaded.
    filling: bool,
    /// The import that made it; null when somebody chose the shipments.
    import_id: Option<String>,
    created_by: Option<Author>,
    #[schema(format = DateTime)]
    created_at: String,
    shipments: u64,
    /// Those that somebody marked as reviewed.
    reviewed: u64,
    #[schema(format = DateTime)]
    closed_at: Option<String>,
}

/// Who did something: a person or a program.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchAuthor)]
pub(crate) struct Author {
    user_id: Option<String>,
    api_key_id: Option<String>,
    /// The person's name.
    name: Option<String>,
}

/// Shipments were put into a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FilledBatch {
    batch: BatchView,
    /// Shipments it did not have before.
    added: u64,
    /// Tracking numbers of which there is no shipment.
    unknown: Vec<String>,
}

/// The names of those who did what is shown.
pub(crate) struct People {
    names: HashMap<UserId, String>,
    masked: bool,
}

impl People {
    /// Of some doers, programs among them.
    pub(crate) async fn of(
        api: &Api,
        caller: &Caller,
        who: impl IntoIterator<Item = ChangedBy>,
    ) -> Result<Self, Problem> {
        let users = who.into_iter().filter_map(|by| match by {
            ChangedBy::User(id) => Some(id),
            ChangedBy::ApiKey(_) => None,
        });
        let names = api.identity.names(caller.tenant.id, &users.collect()).await?;
        Ok(Self { names, masked: caller.sees_masked() })
    }

    pub(crate) fn author(&self, by: ChangedBy) -> Author {
        match by {
            ChangedBy::User(id) => Author {
                user_id: Some(id.to_string()),
                api_key_id: None,
                name: self.names.get(&id).map(|name| masking::name(name.clone(), self.masked)),
            },
            ChangedBy::ApiKey(id) => Author { user_id: None, api_key_id: Some(id.to_string()), name: None },
        }
    }

    pub(crate) fn batch(&self, batch: tracking::Batch) -> BatchView {
        BatchView {
            id: batch.id.to_string(),
            day: batch.day.to_string(),
            number: batch.number,
            label: batch.label,
            status: batch.status.as_str(),
            filling: batch.filling,
            import_id: batch.import_id.map(|id| id.to_string()),
            created_by: batch.created_by.map(|by| self.author(by)),
            created_at: moment(batch.created_at),
            shipments: batch.shipments,
            reviewed: batch.reviewed,
            closed_at: batch.closed_at.map(moment),
        }
    }

    fn filled(&self, filled: tracking::BatchCreated) -> FilledBatch {
        FilledBatch {
            batch: self.batch(filled.batch),
            added: filled.added,
            unknown: filled.unknown.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Tracking numbers of a body, at least one.
fn tracking_numbers(texts: &[String]) -> Result<Vec<TrackingNumber>, Problem> {
    if texts.is_empty() || texts.len() > MAX_BATCH_NUMBERS {
        let detail = format!("1 to {MAX_BATCH_NUMBERS} tracking numbers");
        return Err(Problem::invalid_field("tracking_numbers", "count", detail));
    }
    let (mut numbers, mut errors) = (Vec::with_capacity(texts.len()), Vec::new());
    for (place, text) in texts.iter().enumerate() {
        match TrackingNumber::parse(text) {
            Ok(number) => numbers.push(number),
            Err(error) => {
                errors.push(FieldError::new(&format!("tracking_numbers[{place}]"), "invalid", error));
            }
        }
    }
    if errors.is_empty() { Ok(numbers) } else { Err(Problem::invalid_fields(errors)) }
}

fn problem(error: CreateBatchError) -> Problem {
    match error {
        CreateBatchError::NotFound => Problem::not_found(),
        CreateBatchError::NotOpen(status) => {
            Problem::new(StatusCode::CONFLICT, "batch-not-open", "Only an open batch can be changed")
                .with("status", status.as_str())
        }
        CreateBatchError::NoShipments => Problem::invalid_field("tracking_numbers", "unknown", error),
        CreateBatchError::Database(error) => error.into(),
    }
}
