//! Files as Dropi exports them, for trying out an import.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use domain::{Money, Phone, SignedDuration, Timestamp, bogota_date, micros};
use ports::files::{ImportedItem, ImportedRow};
use rust_xlsxwriter::{Format, Workbook};

use super::world::{Plan, rows};

/// Parcels of the samples; none of the demonstration organisation's.
const PLAN: Plan = Plan { parcels: 60, orders: 54, first: 500_000 };

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
const HISTORY: [&str; 20] = [
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
    "Valor Compra Productos",
    "Ganancia",
    "Precio Flete",
    "Costo Devolución",
    "Vendedor",
    "Tienda",
];
const OFFICE_CLAIMS: [&str; 18] = [
    "ID",
    "FECHA",
    "NOMBRE CLIENTE",
    "TELÉFONO",
    "NÚMERO GUIA",
    "FECHA GUIA GENERADA",
    "ESTATUS",
    "TIPO DE ENVIO",
    "DEPARTAMENTO DESTINO",
    "CIUDAD DESTINO",
    "DIRECCION",
    "TRANSPORTADORA",
    "NOVEDAD",
    "TOTAL DE LA ORDEN",
    "PRODUCTO",
    "VARIACION",
    "SKU",
    "CANTIDAD",
];

type Table = Vec<Vec<String>>;

/// Writes the samples into a folder, which is made if need be, and answers their paths. The second file
/// tells of the first one's guías a day later.
pub(crate) fn write_samples(folder: &Path, now: Timestamp) -> anyhow::Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let all = rows(now, PLAN);
    let yesterday = latest(&all, now - SignedDuration::from_hours(24));
    let today = latest(&all, now);
    let files = [
        ("1-eventos-ayer.csv", csv(&event_log(&yesterday))),
        ("2-eventos-hoy.xlsx", xlsx(&event_log(&today))?),
        ("3-historico.xlsx", xlsx(&history(&today))?),
        ("4-reclamos-en-oficina.xlsx", xlsx(&office_claims(&today))?),
    ];
    let mut written = Vec::with_capacity(files.len());
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::write(&path, content).with_context(|| path.display().to_string())?;
        written.push(path);
    }
    Ok(written)
}

/// What a report of that moment says: the last row of every guía.
fn latest(all: &[ImportedRow], at: Timestamp) -> Vec<&ImportedRow> {
    let mut last = BTreeMap::new();
    for row in all.iter().filter(|row| row.last_movement_at.is_some_and(|moved| moved <= at)) {
        if let Some(number) = &row.tracking_number {
            last.insert(number.as_str(), row);
        }
    }
    last.into_values().collect()
}

fn event_log(rows: &[&ImportedRow]) -> Table {
    let lines = rows.iter().map(|row| {
        vec![
            day(row.reported_at),
            phone(row),
            number(row),
            text(row.status.as_ref()),
            city(row),
            text(row.carrier.as_ref()),
            text(row.novelty.as_ref()),
            moment(row.last_movement_at),
            text(row.last_movement_text.as_ref()),
            day(row.guide_created_at),
        ]
    });
    table(&EVENT_LOG, lines)
}

fn history(rows: &[&ImportedRow]) -> Table {
    let lines = rows.iter().filter(|row| row.order_ref.is_some()).map(|row| {
        vec![
            text(row.order_ref.as_ref()),
            number(row),
            day(row.guide_created_at),
            text(row.customer_name.as_ref()),
            phone(row),
            text(row.department.as_ref()),
            city(row),
            text(row.address.as_ref()),
            text(row.status.as_ref()),
            text(row.carrier.as_ref()),
            text(row.last_movement_text.as_ref()),
            moment(row.last_movement_at),
            text(row.novelty.as_ref()),
            pesos(row.collect),
            pesos(row.product_cost),
            pesos(row.profit),
            pesos(row.freight),
            pesos(row.return_cost),
            text(row.seller.as_ref()),
            text(row.store.as_ref()),
        ]
    });
    table(&HISTORY, lines)
}

/// One line for each product; the order's total stands on every one of them, as Dropi writes it.
fn office_claims(rows: &[&ImportedRow]) -> Table {
    let lines = rows.iter().filter(|row| row.order_ref.is_some()).take(12).flat_map(|row| {
        let mut items = row.items.clone();
        if items.len() == 1 {
            items.push(ImportedItem {
                name: Some("Obsequio".into()),
                quantity: Some(1),
                ..ImportedItem::default()
            });
        }
        items.into_iter().map(|item| claim(row, &item)).collect::<Vec<_>>()
    });
    table(&OFFICE_CLAIMS, lines)
}

fn claim(row: &ImportedRow, item: &ImportedItem) -> Vec<String> {
    vec![
        text(row.order_ref.as_ref()),
        day(row.ordered_at),
        text(row.customer_name.as_ref()),
        phone(row),
        number(row),
        day(row.guide_created_at),
        "RECLAME EN OFICINA".to_owned(),
        text(row.payment_type.as_ref()),
        text(row.department.as_ref()),
        city(row),
        text(row.address.as_ref()),
        text(row.carrier.as_ref()),
        text(row.novelty.as_ref()),
        pesos(row.collect),
        text(item.name.as_ref()),
        text(item.variation.as_ref()),
        text(item.sku.as_ref()),
        item.quantity.unwrap_or(1).to_string(),
    ]
}

fn table(header: &[&str], lines: impl Iterator<Item = Vec<String>>) -> Table {
    std::iter::once(header.iter().map(|title| (*title).to_owned()).collect()).chain(lines).collect()
}

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

fn number(row: &ImportedRow) -> String {
    row.tracking_number.as_ref().map(|number| number.as_str().to_owned()).unwrap_or_default()
}

/// As people write it: ten digits.
fn phone(row: &ImportedRow) -> String {
    row.phone.as_ref().map(Phone::e164).unwrap_or_default().trim_start_matches("+57").to_owned()
}

/// In capitals and without accents, as Dropi writes it.
fn city(row: &ImportedRow) -> String {
    let city = row.city.as_deref().unwrap_or_default();
    let department = row.department.as_deref().unwrap_or_default();
    match domain::city::find(city, None) {
        // Several bear the name: the department goes with it.
        domain::CityMatch::Ambiguous(_) => domain::text::fold(city) + " (" + department + ")",
        domain::CityMatch::Known(_) | domain::CityMatch::Unknown => domain::text::fold(city),
    }
}

fn pesos(money: Option<Money>) -> String {
    let Some(money) = money else { return String::new() };
    let digits = money.amount.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    if money.amount < 0 { format!("-{grouped}") } else { grouped }
}

/// Day first, in Bogotá.
fn day(at: Option<Timestamp>) -> String {
    at.map(|at| bogota_date(at).strftime("%d/%m/%Y").to_string()).unwrap_or_default()
}

fn moment(at: Option<Timestamp>) -> String {
    let Some(at) = at else { return String::new() };
    let midnight = domain::bogota(bogota_date(at).at(0, 0, 0, 0));
    let minutes = (micros(at) - micros(midnight)) / 60_000_000;
    format!("{} {:02}:{:02}", day(Some(at)), minutes / 60, minutes % 60)
}

fn csv(table: &Table) -> Vec<u8> {
    let lines = table.iter().map(|line| line.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(","));
    lines.map(|line| line + "\n").collect::<String>().into_bytes()
}

/// A cell that a spreadsheet takes for text, whatever it begins with.
fn quoted(cell: &str) -> String {
    let safe = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell.to_owned() };
    if safe.contains([',', '"', '\n']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

fn xlsx(table: &Table) -> anyhow::Result<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let bold = Format::new().set_bold();
    for (row, line) in (0_u32..).zip(table) {
        for (column, cell) in (0_u16..).zip(line) {
            // Numbers of guías and phones stay text, or a spreadsheet would round them.
            if row == 0 {
                sheet.write_string_with_format(row, column, cell, &bold)?;
            } else {
                sheet.write_string(row, column, cell)?;
            }
        }
    }
    sheet.autofit();
    Ok(book.save_to_buffer()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_cells_as_spreadsheets_read_them() {
        let amounts = [0, 900, 85_000, 1_234_567].map(|amount| pesos(Some(Money::cop(amount))));
        assert_eq!(amounts, ["0", "900", "85.000", "1.234.567"]);
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("a, \"b\""), "\"a, \"\"b\"\"\"");
    }

    #[test]
    fn moments_are_bogotas_with_the_day_first() {
        let at = "2024-03-01T03:07:00Z".parse().unwrap();
        assert_eq!(moment(Some(at)), "29/02/2024 22:07");
    }
}
