//! Text that a person pasted, in three steps.

pub(crate) mod import;
pub(crate) mod preview;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use integrations::PasteError;
use ports::pastes;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Problem;
use crate::imports::upload;

/// Largest body, in bytes: the text, and the room its escapes take.
pub(crate) const MAX_BODY: usize = pastes::MAX_PASTE_BYTES * 2;

/// What was pasted. Each part may be empty.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paste {
    /// Step 1: two columns, tracking number and phone, in any order.
    #[serde(default)]
    phones: String,
    /// Step 2: blocks that begin with `Número:`.
    #[serde(default)]
    report: String,
    /// Step 3: a table of tabs.
    #[serde(default)]
    summary: String,
    /// The carrier of all shipments.
    carrier: Option<String>,
    /// Phones that a person confirmed, by tracking number.
    #[serde(default)]
    links: BTreeMap<String, String>,
}

impl From<Paste> for pastes::Paste {
    fn from(paste: Paste) -> Self {
        let Paste { phones, report, summary, carrier, links } = paste;
        Self { phones, report, summary, carrier, links }
    }
}

fn problem(error: PasteError) -> Problem {
    match error {
        PasteError::TooLarge => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The text is too long")
                .with("limit_bytes", pastes::MAX_PASTE_BYTES)
        }
        PasteError::Carrier => Problem::invalid_field("carrier", "too_long", error),
        PasteError::Nothing => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "nothing-understood",
            "The text names no shipment with an event",
        ),
        PasteError::Reader | PasteError::Database(_) => Problem::internal(&error),
        PasteError::Receive(error) => upload::problem(error),
    }
}
