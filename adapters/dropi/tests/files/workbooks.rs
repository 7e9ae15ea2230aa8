//! What only workbooks have: typed cells, formulas, merged areas, several sheets.

use domain::money::Money;
use ports::files::RowFailureReason::{BadDate, FormulaError, ScientificNumber};
use ports::files::{FileError, Limits, RowFailureReason};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use crate::support::{Reading, raw, read, read_with};

const HEAD: [&str; 4] = ["guia", "estado", "ciudad", "transportadora"];

/// A workbook with one sheet, its header written.
fn sheet_with(titles: &[&str], fill: impl FnOnce(&mut Worksheet)) -> Reading {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, titles.iter().copied()).unwrap();
    fill(sheet);
    read(&workbook.save_to_buffer().unwrap(), "datos.xlsx").unwrap()
}

fn plain(sheet: &mut Worksheet, row: u32, tracking: &str) {
    sheet.write_row(row, 0, [tracking, "EN REPARTO", "CALI", "TCC"]).unwrap();
}

fn reasons(reading: &Reading) -> Vec<(u32, RowFailureReason)> {
    reading.complaints().into_iter().map(|(row, _, reason)| (row, reason)).collect()
}

#[test]
fn numbers_keep_their_digits_or_are_flagged() {
    let reading = sheet_with(&HEAD, |sheet| {
        for row in 1..=4 {
            plain(sheet, row, "014152004123");
        }
        sheet.write_number(2, 0, 240_041_234_567.0).unwrap();
        sheet.write_number(3, 0, 1_234_567_890_123_456.0).unwrap();
        sheet.write_string(4, 0, "2.40041E+11").unwrap();
    });
    let numbers: Vec<_> =
        reading.rows().iter().map(|row| row.tracking_number.clone().unwrap().to_string()).collect();
    assert_eq!(numbers, ["014152004123", "240041234567"]);
    assert_eq!(reasons(&reading), [(4, ScientificNumber), (5, ScientificNumber)]);
}

#[test]
fn dates_money_phones_and_booleans_by_their_types() {
    let titles = [
        "ID Orden",
        "Guía",
        "Cliente",
        "Teléfono",
        "Fecha Último Movimiento",
        "Fecha Generación Guía",
        "Fecha Reporte",
        "Valor Facturado",
        "Ganancia",
        "Novedad",
    ];
    let reading = sheet_with(&titles, |sheet| {
        let day = Format::new().set_num_format("dd/mm/yyyy");
        let minute = Format::new().set_num_format("dd/mm/yyyy hh:mm");
        let at = ExcelDateTime::from_ymd(2026, 3, 5).unwrap().and_hms(8, 10, 0.0).unwrap();
        sheet.write_number(1, 0, 1001.0).unwrap();
        sheet.write_number(1, 1, 50_012_345_678.0).unwrap();
        sheet.write_string(1, 2, "Ana Prueba").unwrap();
        sheet.write_number(1, 3, 3_001_112_233.0).unwrap();
        sheet.write_datetime_with_format(1, 4, &at, &minute).unwrap();
        sheet.write_datetime_with_format(1, 5, ExcelDateTime::from_ymd(2026, 4, 3).unwrap(), &day).unwrap();
        // A bare number is no date.
        sheet.write_number(1, 6, 46_086.0).unwrap();
        sheet.write_number(1, 7, 85_000.0).unwrap();
        sheet.write_number(1, 8, 12_500.5).unwrap();
        sheet.write_boolean(1, 9, true).unwrap();
    });
    let row = reading.only();
    assert_eq!(row.order_ref.as_deref(), Some("1001"));
    assert_eq!(row.tracking_number.as_ref().unwrap().as_str(), "50012345678");
    assert_eq!(row.phone.as_ref().unwrap().e164(), "+573001112233");
    assert_eq!(row.last_movement_at.unwrap().to_string(), "2026-03-05T13:10:00Z");
    assert_eq!(row.guide_created_at.unwrap().to_string(), "2026-04-03T05:00:00Z");
    assert_eq!((row.collect, row.profit), (Some(Money::cop(85_000)), Some(Money::cop(12_501))));
    assert_eq!(row.novelty.as_deref(), Some("true"));
    assert_eq!(reasons(&reading), [(2, BadDate)]);
}

#[test]
fn iso_cells_and_odd_cells_made_by_hand() {
    let titles =
        ["guia", "estado", "ciudad", "transportadora", "fecha ultimo movimiento", "fecha", "novedad"];
    let text = |column: &str, row: u32, text: &str| {
        format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    };
    let start = |row: u32| {
        let cells =
            [text("A", row, "500123451"), text("B", row, "X"), text("C", row, "CALI"), text("D", row, "TCC")];
        format!("<row r=\"{row}\">{}", cells.concat())
    };
    let rows = [
        format!(
            "{}<c r=\"E2\" t=\"d\"><v>2026-03-05T08:10:00</v></c><c r=\"F2\" t=\"d\"><v>2026-03-05</v></c>",
            start(2)
        ),
        format!("{}<c r=\"E3\" s=\"1\"><v>46086</v></c><c r=\"F3\" s=\"2\"><v>46086.5</v></c>", start(3)),
        format!("{}<c r=\"F4\"/><c r=\"G4\" t=\"e\"><v>#SPILL!</v></c>", start(4)),
        format!("{}<c r=\"G5\" t=\"str\"><f>A1</f><v>calculada</v></c>", start(5)),
        format!(
            "{}<c r=\"G6\"><is><r><t xml:space=\"preserve\">dos </t></r><r><t>partes</t></r></is></c>",
            start(6)
        ),
    ];
    let rows: String = rows.map(|row| row + "</row>").concat();
    let reading = read(&raw(&titles, &rows).bytes(), "datos.xlsx").unwrap();
    let rows = reading.rows();
    let moved = |at: usize| rows[at].last_movement_at.map(|at| at.to_string());
    assert_eq!(moved(0).as_deref(), Some("2026-03-05T13:10:00Z"));
    assert_eq!(moved(1).as_deref(), Some("2026-03-05T05:00:00Z"));
    assert_eq!(rows[0].reported_at.unwrap().to_string(), "2026-03-05T05:00:00Z");
    assert_eq!(rows[1].reported_at.unwrap().to_string(), "2026-03-05T17:00:00Z");
    assert_eq!(rows[2].novelty, None);
    assert_eq!(rows[3].novelty.as_deref(), Some("calculada"));
    assert_eq!(rows[4].novelty.as_deref(), Some("dos partes"));
    assert_eq!(reading.complaints().len(), 1);
    assert_eq!(reading.complaints()[0], (4, "novedad".to_owned(), FormulaError));
}

#[test]
fn formulas_give_their_stored_value_and_errors_are_reported() {
    let titles = ["guia", "estado", "ciudad", "transportadora", "novedad"];
    let reading = sheet_with(&titles, |sheet| {
        for row in 1..=3 {
            plain(sheet, row, "500123451");
        }
        sheet.write_formula(1, 4, Formula::new("=\"No \"&\"hay\"").set_result("No hay")).unwrap();
        sheet.write_formula(2, 4, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        sheet.write_formula(3, 0, Formula::new("=A99").set_result("#REF!")).unwrap();
    });
    assert_eq!(reading.rows()[0].novelty.as_deref(), Some("No hay"));
    assert_eq!(reasons(&reading), [(3, FormulaError), (4, FormulaError)]);
    assert_eq!(reading.rows().len(), 2);
}

#[test]
fn a_merged_area_counts_for_each_of_its_rows() {
    let reading = sheet_with(&HEAD, |sheet| {
        plain(sheet, 1, "500123451");
        sheet.write_row(2, 0, ["500123452", "EN REPARTO"]).unwrap();
        sheet.write_string(2, 3, "TCC").unwrap();
        sheet.merge_range(1, 2, 2, 2, "PASTO", &Format::new()).unwrap();
    });
    let cities: Vec<_> = reading.rows().iter().map(|row| row.city.as_deref()).collect();
    assert_eq!(cities, [Some("PASTO"); 2]);
}

#[test]
fn empty_rows_are_passed_over_and_numbers_stay_those_of_the_sheet() {
    let reading = sheet_with(&HEAD, |sheet| {
        plain(sheet, 3, "500123451");
        sheet.write_row(4, 0, ["", "  ", ""]).unwrap();
        sheet.write_blank(5, 0, &Format::new().set_bold()).unwrap();
        plain(sheet, 9, "500123452");
    });
    assert_eq!(reading.rows().iter().map(|row| row.row).collect::<Vec<_>>(), [4, 10]);
    assert_eq!(reading.rows_read, 2);
}

#[test]
fn the_sheet_whose_header_fits_is_read_wherever_it_stands() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Vacía").unwrap();
    let notes = workbook.add_worksheet().set_name("Notas").unwrap();
    notes.write_string(0, 0, "Solo texto").unwrap();
    let partial = workbook.add_worksheet().set_name("Resumen").unwrap();
    partial.write_row(0, 0, ["guia", "estado"]).unwrap();
    let good = workbook.add_worksheet().set_name("Hoja4").unwrap();
    good.write_row(2, 0, HEAD).unwrap();
    plain(good, 3, "500123451");
    let reading = read(&workbook.save_to_buffer().unwrap(), "datos.xlsx").unwrap();
    assert_eq!(reading.only().row, 4);
    // A guía and a status are a list too, if a poor one.
    let warnings: Vec<_> = reading.header.warnings.iter().map(|warning| warning.detail.as_str()).collect();
    assert_eq!(warnings, ["Resumen"]);
}

#[test]
fn of_two_fitting_sheets_the_likely_name_wins_and_the_other_is_named() {
    let mut workbook = Workbook::new();
    for (name, tracking) in [("Hoja1", "500123451"), ("Guías marzo", "500123452"), ("Pedidos", "500123453")]
    {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        sheet.write_row(0, 0, HEAD).unwrap();
        plain(sheet, 1, tracking);
    }
    let reading = read(&workbook.save_to_buffer().unwrap(), "datos.xlsx").unwrap();
    assert_eq!(reading.only().tracking_number.as_ref().unwrap().as_str(), "500123452");
    let warning = &reading.header.warnings[0];
    assert_eq!((warning.code.as_str(), warning.detail.as_str()), ("other_sheets_left_out", "Hoja1, Pedidos"));
}

#[test]
fn workbooks_without_a_usable_sheet_are_refused() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet();
    assert_eq!(read(&workbook.save_to_buffer().unwrap(), "a.xlsx"), Err(FileError::Empty));
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write_row(0, 0, HEAD).unwrap();
    assert_eq!(read(&workbook.save_to_buffer().unwrap(), "a.xlsx"), Err(FileError::Empty));
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write_row(0, 0, ["estado", "ciudad", "transportadora"]).unwrap();
    let missing = FileError::MissingColumns { columns: vec!["numero_de_guia".into()] };
    assert_eq!(read(&workbook.save_to_buffer().unwrap(), "a.xlsx"), Err(missing));
}

#[test]
fn rows_and_columns_are_limited() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, HEAD).unwrap();
    for row in 1..=3 {
        plain(sheet, row, "500123451");
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let with = |limits: Limits| read_with(&bytes, "a.xlsx", &limits).map(|reading| reading.rows_read);
    assert_eq!(with(Limits { max_rows: 3, ..Limits::default() }), Ok(3));
    assert_eq!(with(Limits { max_rows: 2, ..Limits::default() }), Err(FileError::TooManyRows { limit: 2 }));
    let columns = FileError::LimitExceeded { detail: "columns:3".into() };
    assert_eq!(with(Limits { max_columns: 3, ..Limits::default() }), Err(columns));
}
