//! `GET /v1/imports/{id}/failed-rows`

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::ImportId;
use ports::files::RowFailureReason as Reason;
use serde::Deserialize;
use utoipa::IntoParams;

use super::reading::problem;
use crate::auth::{Authorized, GuidesWrite};
use crate::params::{Params, PathId};
use crate::{Api, Problem};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Words {
    /// Whether reasons are in English; Spanish otherwise.
    #[serde(default)]
    english: bool,
}

/// The column of reasons. Readers know it and pass over it; the title is part of `adapters/dropi/data/columns.toml`.
const REASON: &str = "Motivo del rechazo";

/// The rows that could not be used, as CSV with a last column that says why: correct them and load the file again. At
/// most 10,000 and 16 MiB; the import's warning `failed_rows_left_out` says how many more there were. Values that a spreadsheet would run or round begin with an apostrophe, which readers take off.
#[utoipa::path(
    get, path = "/v1/imports/{id}/failed-rows", tag = "imports", operation_id = "download_failed_rows",
    params(("id" = String, Path), Words),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = 404, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
    PathId(id): PathId<ImportId>,
    Params(words): Params<Words>,
) -> Result<Response, Problem> {
    let say = if words.english { english } else { spanish };
    let found = api.imports.failed_rows(allowed.caller.tenant.id, id, REASON, say).await.map_err(problem)?;
    let disposition = format!("attachment; filename=\"{}\"", safe_name(&found.file_name));
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, disposition),
        // It holds personal data in clear.
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, found.csv).into_response())
}

/// The file's name without what a header cannot carry.
fn safe_name(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let keep = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    let stem: String = stem.chars().map(keep).take(80).collect();
    format!("{stem}-por-corregir.csv")
}

fn spanish(reason: Reason) -> &'static str {
    match reason {
        Reason::BadDate => "la fecha no se entiende",
        Reason::BadMoney => "el valor no se entiende",
        Reason::ScientificNumber => "Excel redondeó el número y perdió cifras",
        Reason::MissingValue => "falta el dato",
        Reason::BadPhone => "el teléfono no es válido",
        Reason::BadTrackingNumber => "el número de guía no es válido",
        Reason::TooLong => "el texto es demasiado largo",
        Reason::FormulaError => "la celda tiene un error de fórmula",
        Reason::InconsistentTotal => "los totales del pedido no coinciden",
        Reason::BadNumber => "no es un número válido",
        Reason::BadTime => "la hora no se entiende",
        Reason::NotTheSum => "el total no es la suma",
        Reason::OpenQuote => "hay una comilla que no se cierra",
    }
}

fn english(reason: Reason) -> &'static str {
    match reason {
        Reason::BadDate => "the date cannot be read",
        Reason::BadMoney => "the amount cannot be read",
        Reason::ScientificNumber => "the spreadsheet rounded the number and lost digits",
        Reason::MissingValue => "the value is missing",
        Reason::BadPhone => "the phone is not valid",
        Reason::BadTrackingNumber => "the tracking number is not valid",
        Reason::TooLong => "the text is too long",
        Reason::FormulaError => "the cell holds a formula's error",
        Reason::InconsistentTotal => "the totals of the order differ",
        Reason::BadNumber => "no valid number",
        Reason::BadTime => "the time of day is not understood",
        Reason::NotTheSum => "the total is not the sum",
        Reason::OpenQuote => "a quote is never closed",
    }
}

#[cfg(test)]
mod tests {
    use super::safe_name;

    #[test]
    fn a_name_fits_a_header() {
        assert_eq!(safe_name("mis guías \"x\"\r\n.xlsx"), "mis_gu_as__x___-por-corregir.csv");
        assert_eq!(safe_name(""), "-por-corregir.csv");
    }
}
