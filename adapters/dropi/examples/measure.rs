//! Measures reading: `measure make DIR ROWS`, then `measure FILE` prints seconds, rows and memory growth.

use std::path::Path;
use std::time::Instant;

use domain::time::Timestamp;
use dropi::DropiFiles;
use ports::files::{FileError, FileReader, Limits, RowOutcome};
use ports::layouts::Known;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

const TITLES: [&str; 20] = [
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
    "Ganancia",
    "Precio Flete",
    "Costo Devolución",
    "Vendedor",
    "Tienda",
    "Email",
];

/// The same values under the titles of the office claims.
const CLAIM_TITLES: [&str; 20] = [
    "ID",
    "NÚMERO GUIA",
    "FECHA GUIA GENERADA",
    "NOMBRE CLIENTE",
    "TELÉFONO",
    "DEPARTAMENTO DESTINO",
    "CIUDAD DESTINO",
    "DIRECCION",
    "ESTATUS",
    "TRANSPORTADORA",
    "PRODUCTO",
    "FECHA DE ÚLTIMO MOVIMIENTO",
    "NOVEDAD",
    "TOTAL DE LA ORDEN",
    "GANANCIA",
    "PRECIO FLETE",
    "COSTO DEVOLUCION FLETE",
    "VENDEDOR",
    "TIENDA",
    "EMAIL",
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [_, "make", directory, rows] => {
            let rows = rows.parse().unwrap_or(100_000);
            make(Path::new(directory), "history", &TITLES, rows, 1);
            make(Path::new(directory), "claims", &CLAIM_TITLES, rows, 3);
        }
        [_, file] => measure(Path::new(file)),
        _ => report("usage: measure make DIR ROWS | measure FILE"),
    }
}

fn row(at: u32) -> [String; 20] {
    [
        format!("D-{at:07}"),
        format!("{:012}", 14_152_004_123_u64 + u64::from(at)),
        format!("{:02}/03/2026", at % 28 + 1),
        format!("Ana Prueba {at}"),
        format!("3{:09}", at % 1_000_000_000),
        "Cundinamarca".into(),
        ["Bogotá", "Medellín", "Cali", "Armenia"][at as usize % 4].into(),
        format!("Calle {} # {}-{}", at % 200, at % 90, at % 50),
        ["EN REPARTO", "NOVEDAD", "ENTREGADO"][at as usize % 3].into(),
        ["COORDINADORA", "SERVIENTREGA", "ENVIA"][at as usize % 3].into(),
        "Dirección errada".into(),
        format!("{:02}/03/2026 {:02}:{:02}", at % 28 + 1, at % 24, at % 60),
        if at.is_multiple_of(3) { "DIRECCION ERRADA".into() } else { String::new() },
        format!("$ {}.900", at % 900 + 50),
        format!("{}", at % 50_000),
        "12.500".into(),
        "0".into(),
        format!("V{:02}", at % 40),
        "Tienda Demo".into(),
        format!("ana{at}@example.com"),
    ]
}

#[expect(clippy::expect_used, reason = "a tool for developers: it may stop with a message")]
fn make(directory: &Path, name: &str, titles: &[&str; 20], rows: u32, rows_an_order: u32) {
    let mut csv =
        csv::Writer::from_path(directory.join(name).with_extension("csv")).expect("a writable directory");
    csv.write_record(titles).expect("disk");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    sheet.write_row(0, 0, titles.iter().copied()).expect("header");
    for at in 1..=rows {
        let order = at / rows_an_order;
        let cells = row(order);
        csv.write_record(&cells).expect("disk");
        for (column, text) in cells.iter().enumerate() {
            let column = column as u16;
            match column {
                2 => {
                    let date = ExcelDateTime::from_ymd(2026, 3, (at % 28 + 1) as u8).expect("a date");
                    sheet.write_datetime_with_format(at, column, &date, &day).expect("cell");
                }
                13..=16 => {
                    sheet.write_number(at, column, f64::from(order % 90_000)).expect("cell");
                }
                _ => {
                    sheet.write_string(at, column, text).expect("cell");
                }
            }
        }
    }
    csv.flush().expect("disk");
    workbook.save(directory.join(name).with_extension("xlsx")).expect("disk");
}

fn measure(file: &Path) {
    let before = peak_kib();
    let start = Instant::now();
    let outcome = read(file);
    let seconds = start.elapsed().as_secs_f64();
    let grown = (peak_kib() - before) / 1024;
    report(&format!(
        "{seconds:.3} s, peak +{grown} MiB: {}",
        outcome.unwrap_or_else(|error| error.to_string())
    ));
}

fn read(file: &Path) -> Result<String, FileError> {
    let start = Instant::now();
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let mut reader = DropiFiles.open(file, name, Timestamp::MAX, &Limits::default(), &Known::default())?;
    let opened = start.elapsed().as_secs_f64();
    let (mut rows, mut failed, mut issues) = (0_u64, 0_u64, 0_u64);
    while let Some(outcome) = reader.next_row()? {
        match outcome {
            RowOutcome::Row(row) => {
                rows += 1;
                issues += row.issues.len() as u64;
            }
            RowOutcome::Skipped { .. } | RowOutcome::Failed { .. } => failed += 1,
        }
    }
    Ok(format!(
        "{}, open after {opened:.3} s, {rows} rows, {failed} failed, {issues} issues, {} of {:?} read",
        reader.header().format,
        reader.rows_read(),
        reader.rows_total(),
    ))
}

/// The most memory this process has held, in KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

#[expect(clippy::print_stdout, reason = "its output is its purpose")]
fn report(line: &str) {
    println!("{line}");
}
