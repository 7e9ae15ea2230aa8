//! `GET /v1/imports/{id}/layout`

use axum::Json;
use axum::extract::State;
use domain::ImportId;
use ports::layouts::{ColumnInfo, Inspection, Look};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::reading::{Layout, problem};
use super::{Warning, warnings};
use crate::auth::{Authorized, GuidesWrite};
use crate::params::{Params, PathId};
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Where {
    /// The sheet to look at; the one that fits best if absent.
    sheet: Option<String>,
    /// The row of the titles, from 1; 0 when there are none; looked for if absent.
    header_row: Option<u32>,
}

/// The top of a file that waits, with a proposal of how to read it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportInspection)]
pub(crate) struct Found {
    /// Sheets of a workbook; none for text.
    sheets: Vec<Sheet>,
    /// The built-in layout that fits.
    #[schema(value_type = Option<String>, example = "dropi_event_log")]
    format: Option<&'static str>,
    /// Titles that the nearest built-in layout misses.
    missing: Vec<String>,
    /// The saved layout that is recognised.
    saved: Option<String>,
    proposal: Layout,
    columns: Vec<Column>,
    /// The first rows of data, as shown.
    rows: Vec<Row>,
    warnings: Vec<Warning>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportSheet)]
struct Sheet {
    name: String,
    visible: bool,
    /// Its last row, when known.
    rows: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportColumn)]
struct Column {
    /// From 0.
    index: u32,
    /// As spreadsheets name it.
    letter: String,
    title: String,
    samples: Vec<String>,
    guess: Option<Guess>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportColumnGuess)]
struct Guess {
    #[schema(value_type = String, example = "tracking_number")]
    field: &'static str,
    /// title or content.
    #[schema(value_type = String, example = "content")]
    by: &'static str,
    /// How many of a hundred values fit.
    confidence: u8,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportTopRow)]
struct Row {
    /// As the person sees it in the sheet.
    row: u32,
    cells: Vec<String>,
}

/// What stands at the top of a file that waits: its sheets, its columns with samples, and for each column a guess of
/// what it is.
#[utoipa::path(
    get, path = "/v1/imports/{id}/layout", tag = "imports", operation_id = "get_import_layout",
    params(("id" = String, Path), Where),
    responses(
        (status = 200, body = Found), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "The import does not wait for anybody: `import_status`"),
        (status = 422, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    PathId(id): PathId<ImportId>,
    Params(place): Params<Where>,
) -> Result<Json<Found>, Problem> {
    let look = Look { sheet: place.sheet, header_row: place.header_row };
    let found = api.imports.inspect(allowed.caller.tenant.id, id, look).await.map_err(problem)?;
    Ok(Json(describe(found)))
}

fn describe(found: Inspection) -> Found {
    Found {
        sheets: found
            .sheets
            .into_iter()
            .map(|sheet| Sheet { name: sheet.name, visible: sheet.visible, rows: sheet.rows })
            .collect(),
        format: found.format.map(ports::files::FileFormat::as_str),
        missing: found.missing,
        saved: found.saved,
        proposal: Layout::of(&found.proposal),
        columns: found.columns.into_iter().map(column).collect(),
        rows: found.rows.into_iter().map(|(row, cells)| Row { row, cells }).collect(),
        warnings: warnings(found.warnings),
    }
}

fn column(column: ColumnInfo) -> Column {
    let guess = column.guess.map(|guess| Guess {
        field: guess.field.as_str(),
        by: if guess.by_title { "title" } else { "content" },
        confidence: guess.confidence,
    });
    Column { index: column.index, letter: column.letter, title: column.title, samples: column.samples, guess }
}
