//! Dropi: files about parcels, as its users export them.

use std::fmt::Write as _;

use domain::{Timestamp, micros};
use rust_xlsxwriter::{Workbook, XlsxError};

use crate::life::{Movement, Parcel};
use crate::model::Stage;

const EVENT_LOG: [&str; 10] = [
    "fecha",
    "telefono",
    "numero_de_guia",
    "estatus",
    "ciudad_de_destino",
    "transportadora",
    "novedad",
    "fecha_de_ultimo_movimiento",
    "ultimo_movimiento",
    "fecha_de_generacion_de_guia",
];
const HISTORY: [&str; 16] = [
    "ID Orden",
    "Número de Guía",
    "Fecha Generación Guía",
    "Cliente",
    "Teléfono",
    "Departamento",
    "Ciudad",
    "Dirección",
    "Estatus",
    "Transportadora",
    "Último Movimiento",
    "Fecha Último Movimiento",
    "Novedad",
    "Valor Facturado",
    "Precio Flete",
    "Costo Devolución",
];

/// Which of Dropi's reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Report {
    /// Last movements, without orders and money.
    EventLog,
    /// Orders with their guías and money.
    History,
}

/// A file, and what it says.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
    pub(crate) says: Vec<Said>,
}

/// What a row says of a guía.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) number: String,
    pub(crate) at: Timestamp,
    pub(crate) stage: Stage,
    /// The order and the parcel's pesos, where the report has them.
    pub(crate) order: Option<(String, Pesos)>,
}

/// Amounts of a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pesos {
    /// At the door.
    pub(crate) collect: i64,
    /// To the carrier.
    pub(crate) freight: i64,
    /// To the carrier for the way back, if it goes back.
    pub(crate) return_cost: i64,
}

impl Pesos {
    fn of(parcel: &Parcel) -> Self {
        let freight = parcel.freight;
        Self { collect: parcel.collect, freight, return_cost: freight * 9 / 10 }
    }
}

/// Dropi with the parcels that were ordered there.
#[derive(Debug, Default)]
pub(crate) struct Dropi {
    parcels: Vec<Parcel>,
}

impl Dropi {
    /// Takes a parcel on.
    pub(crate) fn dispatch(&mut self, parcel: Parcel) {
        self.parcels.push(parcel);
    }

    /// Forgets parcels whose end every later report leaves out.
    pub(crate) fn forget_before(&mut self, moment: Timestamp) {
        self.parcels.retain(|parcel| parcel.movements.last().is_some_and(|last| last.at > moment));
    }

    /// What moved after `from` up to `to`, each guía with its last movement. None if nothing did.
    pub(crate) fn export(
        &self,
        report: Report,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Export>, XlsxError> {
        let moved = |parcel: &&Parcel| match report {
            Report::EventLog => last(parcel, to).is_some_and(|last| last.at > from),
            Report::History => {
                let ends = parcel.movements.last().is_some_and(|last| last.at > from && last.at <= to);
                parcel.made_at > from && parcel.made_at <= to || ends
            }
        };
        let rows: Vec<(&Parcel, &Movement)> = self
            .parcels
            .iter()
            .filter(moved)
            .filter_map(|parcel| Some((parcel, last(parcel, to)?)))
            .collect();
        if rows.is_empty() {
            return Ok(None);
        }
        let (titles, stem): (&[&str], _) = match report {
            Report::EventLog => (&EVENT_LOG, "eventos"),
            Report::History => (&HISTORY, "historico"),
        };
        let cells =
            rows.iter().map(|(parcel, movement)| row(report, parcel, movement, to)).collect::<Vec<_>>();
        // Histories come as workbooks, the others as text.
        let (content, ending) = match report {
            Report::EventLog => (csv(titles, &cells), "csv"),
            Report::History => (xlsx(titles, &cells)?, "xlsx"),
        };
        let says = rows.iter().map(|(parcel, movement)| said(report, parcel, movement)).collect();
        Ok(Some(Export { name: format!("{stem}-{}.{ending}", micros(to)), content, says }))
    }
}

fn last(parcel: &Parcel, to: Timestamp) -> Option<&Movement> {
    parcel.movements.iter().rev().find(|movement| movement.at <= to)
}

fn said(report: Report, parcel: &Parcel, movement: &Movement) -> Said {
    let order = match report {
        Report::EventLog => None,
        Report::History => Some((parcel.reference.clone(), Pesos::of(parcel))),
    };
    Said { number: parcel.number.clone(), at: movement.at, stage: movement.stage, order }
}

fn row(report: Report, parcel: &Parcel, movement: &Movement, to: Timestamp) -> Vec<String> {
    let (carrier, buyer, pesos) = (parcel.carrier, &parcel.buyer, Pesos::of(parcel));
    let words = carrier.word(movement.stage).to_owned();
    let note = movement.note.unwrap_or_default().to_owned();
    let text = format!("{words} en {}", buyer.city.name);
    let (code, moved, made) = (carrier.code.to_uppercase(), moment(movement.at), day(parcel.made_at));
    match report {
        Report::EventLog => vec![
            day(to),
            buyer.phone.clone(),
            parcel.number.clone(),
            words,
            buyer.city.name.clone(),
            code,
            note,
            moved,
            text,
            made,
        ],
        Report::History => vec![
            parcel.reference.clone(),
            parcel.number.clone(),
            made,
            buyer.name.clone(),
            buyer.phone.clone(),
            buyer.city.department.clone(),
            buyer.city.name.clone(),
            buyer.address.clone(),
            words,
            code,
            text,
            moved,
            note,
            pesos.collect.to_string(),
            pesos.freight.to_string(),
            pesos.return_cost.to_string(),
        ],
    }
}

/// A day as Colombia writes it.
fn day(at: Timestamp) -> String {
    let day = domain::bogota_date(at);
    format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
}

/// A day with hour and minute.
fn moment(at: Timestamp) -> String {
    let midnight = domain::bogota(domain::bogota_date(at).at(0, 0, 0, 0));
    let minute = at.duration_since(midnight).as_mins();
    format!("{} {:02}:{:02}", day(at), minute / 60, minute % 60)
}

fn csv(titles: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
    let mut text = titles.join(";");
    for row in rows {
        // Writing to a string cannot fail. No cell has a semicolon or a quote.
        let _ = write!(text, "\n{}", row.join(";"));
    }
    text.push('\n');
    text.into_bytes()
}

fn xlsx(titles: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, title) in titles.iter().enumerate() {
        sheet.write_string(0, column as u16, *title)?;
    }
    for (index, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            sheet.write_string(index as u32 + 1, column as u16, cell)?;
        }
    }
    book.save_to_buffer()
}
