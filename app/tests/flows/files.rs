//! Dropi's files, made up.

use domain::{Clock, SignedDuration, SystemClock};
use rust_xlsxwriter::Workbook;

pub(crate) const HEADER: [&str; 10] = [
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

/// A moment some hours ago, as Dropi writes it: day first, Bogotá's clock.
pub(crate) fn hours_ago(hours: i64) -> String {
    let local = SystemClock.now() - SignedDuration::from_hours(hours + 5);
    let text = local.to_string();
    format!("{}/{}/{} {}", &text[8..10], &text[5..7], &text[..4], &text[11..16])
}

pub(crate) struct Line {
    pub(crate) number: String,
    pub(crate) status: &'static str,
    pub(crate) city: &'static str,
    pub(crate) carrier: &'static str,
    pub(crate) novelty: &'static str,
    pub(crate) hours: i64,
}

impl Line {
    fn cells(&self) -> [String; 10] {
        [
            hours_ago(1),
            "3001112233".to_owned(),
            self.number.clone(),
            self.status.to_owned(),
            self.city.to_owned(),
            self.carrier.to_owned(),
            self.novelty.to_owned(),
            hours_ago(self.hours),
            "Movimiento".to_owned(),
            hours_ago(200),
        ]
    }
}

/// One shipment of every kind: in office for long, in transit, delivered, an old city name with an accent lost.
pub(crate) fn lines() -> Vec<Line> {
    let line = |number: &str, status, city, carrier, novelty, hours| Line {
        number: number.to_owned(),
        status,
        city,
        carrier,
        novelty,
        hours,
    };
    vec![
        line("240001234567", "DISPONIBLE EN PUNTO", "MEDELLIN", "SERVIENTREGA", "No hay quien reciba", 130),
        line("014152004123", "EN REPARTO", "QUIBDO", "ENVÍA", "", 30),
        line("50012345678", "EN TRANSITO", "Bogotá", "COORDINADORA", "", 2),
        line("50012345679", "ENTREGADO", "CALI", "COORDINADORA", "", 300),
        line("50012345680", "ALGO NUNCA VISTO", "ARMENIA", "COORDINADORA", "", 50),
    ]
}

pub(crate) fn csv(lines: &[Line]) -> Vec<u8> {
    let rows = lines.iter().map(|line| line.cells().join(","));
    std::iter::once(HEADER.join(",")).chain(rows).map(|row| row + "\n").collect::<String>().into_bytes()
}

pub(crate) fn xlsx(lines: &[Line]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let header = HEADER.map(str::to_owned);
    let rows = std::iter::once(header).chain(lines.iter().map(Line::cells));
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// Many shipments in transit, none like another.
pub(crate) fn many(count: u32) -> Vec<Line> {
    (0..count)
        .map(|n| Line {
            number: format!("7{n:010}"),
            status: "EN TRANSITO",
            city: "CALI",
            carrier: "COORDINADORA",
            novelty: "",
            hours: 2 + i64::from(n % 150),
        })
        .collect()
}
