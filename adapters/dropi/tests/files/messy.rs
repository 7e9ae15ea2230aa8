//! Files as they come from the field: what must come out is counted and summed by hand, before they were ever read.

use domain::money::Money;
use ports::files::{FileError, FileFormat, ForeignFile, ImportedRow, RowFailureReason as Reason, RowOutcome};
use rust_xlsxwriter::{Format, Workbook};

use crate::old_workbook::{Value, xls};
use crate::support::{Reading, csv, read, read_csv, xlsx};

/// What a file gives: rows read, usable, failed, left out as empty of a shipment; values left out; pesos to collect.
#[derive(Debug, PartialEq, Eq)]
struct Ledger {
    read: u64,
    usable: usize,
    failed: usize,
    skipped: usize,
    issues: usize,
    collect: i64,
}

fn ledger(reading: &Reading) -> Ledger {
    let rows = reading.rows();
    let count = |wanted: fn(&RowOutcome) -> bool| reading.outcomes.iter().filter(|one| wanted(one)).count();
    let cop = |row: &&ImportedRow| row.collect.map_or(0, |Money { amount, .. }| amount);
    Ledger {
        read: reading.rows_read,
        usable: rows.len(),
        failed: count(|one| matches!(one, RowOutcome::Failed { .. })),
        skipped: count(|one| matches!(one, RowOutcome::Skipped { .. })),
        issues: rows.iter().map(|row| row.issues.len()).sum(),
        collect: rows.iter().map(cop).sum(),
    }
}

/// UTF-8 that a program took for Latin-1.
fn mojibake(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

fn texts(row: &ImportedRow) -> [&str; 3] {
    [&row.customer_name, &row.city, &row.novelty].map(|text| text.as_deref().unwrap_or_default())
}

const HISTORY: &str = "ID Orden,Número de Guía,Cliente,Teléfono,Ciudad,Estatus,Transportadora,Novedad,Valor Facturado,Precio Flete\n\
    D-1,50012345671,José Núñez,3005550101,Bogotá,NOVEDAD,COORDINADORA,Dirección errada,\"$ 89,900\",12.500\n\
    D-2,50012345672,Ana Peña,3005550102,Medellín,ENTREGADO,ENVÍA,,85.000,\"12,500\"\n\
    D-3,014152004123,Íngrid Müller,+57 300 555 0103,Ibagué,EN OFICINA,INTERRAPIDÍSIMO,¿Quién recibe?,\"$ 1.234.567,00\",0\n";

#[test]
fn mojibake_in_headers_and_cells_is_repaired() {
    let expected = Ledger { read: 3, usable: 3, failed: 0, skipped: 0, issues: 0, collect: 1_409_467 };
    for (name, bytes) in [
        ("limpio.csv", HISTORY.as_bytes().to_vec()),
        ("mojibake.csv", mojibake(HISTORY).into_bytes()),
        ("latin1.csv", latin1(HISTORY)),
        ("bom.csv", format!("\u{FEFF}{HISTORY}").into_bytes()),
    ] {
        let reading = read(&bytes, name).unwrap();
        assert_eq!(ledger(&reading), expected, "{name}");
        assert_eq!(reading.header.format, FileFormat::DropiHistory, "{name}");
        let rows = reading.rows();
        assert_eq!(texts(rows[0]), ["José Núñez", "Bogotá", "Dirección errada"], "{name}");
        assert_eq!(texts(rows[1]), ["Ana Peña", "Medellín", ""], "{name}");
        assert_eq!(texts(rows[2]), ["Íngrid Müller", "Ibagué", "¿Quién recibe?"], "{name}");
        assert_eq!(rows[2].tracking_number.as_ref().unwrap().as_str(), "014152004123", "{name}");
        assert_eq!(rows[1].freight, Some(Money::cop(12_500)), "{name}");
        assert_eq!(rows[2].phone.as_ref().unwrap().e164(), "+573005550103", "{name}");
    }
}

#[test]
fn only_some_cells_may_be_broken() {
    let mut lines: Vec<String> = HISTORY.lines().map(str::to_owned).collect();
    lines[2] = mojibake(&lines[2]);
    let reading = read_csv(&lines.join("\n"));
    let rows = reading.rows();
    assert_eq!(texts(rows[1]), ["Ana Peña", "Medellín", ""]);
    assert_eq!(texts(rows[2]), ["Íngrid Müller", "Ibagué", "¿Quién recibe?"]);
}

#[test]
fn dates_of_every_form_mean_the_day_they_show() {
    let text = "fecha,numero_de_guia,estatus,ciudad_de_destino,transportadora,fecha_de_ultimo_movimiento\n\
        05/03/2026,50012345671,EN REPARTO,CALI,TCC,03/04/2026\n\
        05/03/2026,50012345672,EN REPARTO,CALI,TCC,3-4-2026 8:05\n\
        05/03/2026,50012345673,EN REPARTO,CALI,TCC,2026-04-03T08:05:00\n\
        05/03/2026,50012345674,EN REPARTO,CALI,TCC,2026-04-03T13:05:00.000Z\n\
        05/03/2026,50012345675,EN REPARTO,CALI,TCC,2026/04/03 8:05 a. m.\n\
        05/03/2026,50012345676,EN REPARTO,CALI,TCC,31/02/2026\n\
        05/03/2026,50012345677,EN REPARTO,CALI,TCC,04/13/2026\n\
        99/99/2026,50012345678,EN REPARTO,CALI,TCC,\n\
        05/03/2026,,EN REPARTO,CALI,TCC,03/04/2026\n";
    let reading = read_csv(text);
    let expected = Ledger { read: 9, usable: 6, failed: 2, skipped: 1, issues: 1, collect: 0 };
    assert_eq!(ledger(&reading), expected);
    let moved: Vec<String> =
        reading.rows().iter().filter_map(|row| row.last_movement_at.map(|at| at.to_string())).collect();
    let eight = "2026-04-03T13:05:00Z";
    assert_eq!(moved, ["2026-04-03T05:00:00Z", eight, eight, eight, eight]);
    let wrong = |row, column: &str| (row, column.to_owned(), Reason::BadDate);
    let mut complaints = reading.complaints();
    complaints.sort_by_key(|(row, ..)| *row);
    let last = "fecha_de_ultimo_movimiento";
    assert_eq!(complaints, [wrong(7, last), wrong(8, last), wrong(9, "fecha")]);
}

/// Two combos and a single order, rows of one order apart, one of them without its id.
const CLAIMS: &str = "ID|NÚMERO GUIA|NOMBRE CLIENTE|CIUDAD DESTINO|TRANSPORTADORA|ESTATUS|TOTAL DE LA ORDEN|PRODUCTO|VARIACION|CANTIDAD|PRECIO PROVEEDOR
9001|50012345671|Ana Prueba|CALI|COORDINADORA|EN OFICINA|150.000|Olla|Roja|1|40.000
9002|50012345672|Luz Prueba|CALI|COORDINADORA|EN OFICINA|$ 85.000,00|Libro||2|20.000
9001|50012345671|Ana Prueba|CALI|COORDINADORA|EN OFICINA|150.000|Tapa||1|10.000
|50012345671|Ana Prueba|CALI|COORDINADORA|EN OFICINA|150.000|Mango||1|5.000
9003|50012345673|Eva Prueba|PASTO|ENVÍA|EN OFICINA|60000|Vaso||1|9.000
9003|50012345673|Eva Prueba|PASTO|ENVÍA|EN OFICINA|70000|Plato||1|9.000
|||||||Perdido||1|";

fn claims() -> Vec<Vec<String>> {
    CLAIMS.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
}

#[test]
fn a_combo_is_collected_once() {
    let expected = Ledger { read: 7, usable: 3, failed: 1, skipped: 0, issues: 1, collect: 295_000 };
    for (name, bytes) in [
        ("reclamos.csv", csv(&claims(), b';')),
        ("reclamos.xlsx", xlsx(&claims())),
        (
            "reclamos-roto.csv",
            csv(
                &claims()
                    .iter()
                    .map(|row| row.iter().map(|cell| mojibake(cell)).collect())
                    .collect::<Vec<_>>(),
                b',',
            ),
        ),
    ] {
        let reading = read(&bytes, name).unwrap();
        assert_eq!(ledger(&reading), expected, "{name}");
        let rows = reading.rows();
        let items: Vec<(Option<&str>, usize, u32)> =
            rows.iter().map(|row| (row.order_ref.as_deref(), row.items.len(), row.source_rows)).collect();
        assert_eq!(items, [(Some("9002"), 1, 1), (Some("9001"), 3, 3), (Some("9003"), 2, 2)], "{name}");
        let reasons: Vec<Reason> = reading.complaints().into_iter().map(|(.., reason)| reason).collect();
        assert_eq!(reasons, [Reason::InconsistentTotal, Reason::MissingValue], "{name}");
    }
}

/// The sheet as people make it: a title over all columns, an empty row, and what the rows of an order share merged.
fn merged() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 6, "Reclamos en oficina · marzo", &plain).unwrap();
    let header =
        ["ID", "NÚMERO GUIA", "NOMBRE CLIENTE", "ESTATUS", "TRANSPORTADORA", "TOTAL DE LA ORDEN", "PRODUCTO"];
    for (column, title) in (0..).zip(header) {
        sheet.write_string(2, column, title).unwrap();
    }
    let shared = ["9001", "50012345671", "Ana Prueba", "EN OFICINA", "COORDINADORA", "150.000"];
    for (column, value) in (0..).zip(shared) {
        sheet.merge_range(3, column, 5, column, value, &plain).unwrap();
    }
    for (row, product) in (3..).zip(["Olla", "Tapa", "Mango", "Libro"]) {
        sheet.write_string(row, 6, product).unwrap();
    }
    let single = ["9002", "50012345672", "Luz Prueba", "EN OFICINA", "COORDINADORA", "85.000"];
    for (column, value) in (0..).zip(single) {
        sheet.write_string(6, column, value).unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn merged_cells_hold_for_all_their_rows() {
    let reading = read(&merged(), "combinado.xlsx").unwrap();
    let expected = Ledger { read: 4, usable: 2, failed: 0, skipped: 0, issues: 0, collect: 235_000 };
    assert_eq!(ledger(&reading), expected);
    let rows = reading.rows();
    assert_eq!((rows[0].items.len(), rows[0].source_rows, rows[1].items.len()), (3, 3, 1));
    assert_eq!(rows[0].tracking_number.as_ref().unwrap().as_str(), "50012345671");
    assert_eq!(rows[1].customer_name.as_deref(), Some("Luz Prueba"));

    // A carrier's list with the carrier merged over its shipments.
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, title) in (0..).zip(["TRANSPORTADORA", "NÚMERO GUIA", "ESTATUS", "CIUDAD DESTINO"]) {
        sheet.write_string(0, column, title).unwrap();
    }
    sheet.merge_range(1, 0, 2, 0, "TCC", &Format::new()).unwrap();
    sheet.merge_range(3, 0, 4, 0, "ENVÍA", &Format::new()).unwrap();
    for (row, number) in (1..).zip(["500123451", "500123452", "500123453", "500123454", "500123455"]) {
        sheet.write_string(row, 1, number).unwrap();
        sheet.write_string(row, 2, "EN REPARTO").unwrap();
        sheet.write_string(row, 3, "CALI").unwrap();
    }
    let reading = read(&book.save_to_buffer().unwrap(), "lista.xlsx").unwrap();
    let carriers: Vec<&str> =
        reading.rows().iter().map(|row| row.carrier.as_deref().unwrap_or("-")).collect();
    assert_eq!(carriers, ["TCC", "TCC", "ENVÍA", "ENVÍA", "-"]);
}

#[test]
fn a_number_that_a_spreadsheet_rounded_is_flagged_and_the_others_keep_every_digit() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, title) in
        (0..).zip(["ID Orden", "Número de Guía", "Cliente", "Teléfono", "Estatus", "Valor Facturado"])
    {
        sheet.write_string(0, column, title).unwrap();
    }
    let numbers = ["2.40041E+11", "014152004123", "50012345678.0", "2,40041E+11", "'50012345679"];
    for (row, number) in (1..).zip(numbers) {
        sheet.write_string(row, 1, number).unwrap();
    }
    sheet.write_number(6, 1, 240_041_234_567.0).unwrap();
    sheet.write_number(7, 1, 24_004_123_456_789_012_345.0).unwrap();
    for row in 1..=7 {
        sheet.write_number(row, 0, 9_000.0 + f64::from(row)).unwrap();
        sheet.write_number(row, 3, 3_005_550_100.0 + f64::from(row)).unwrap();
        sheet.write_string(row, 4, "EN REPARTO").unwrap();
        sheet.write_number(row, 5, 85_000.0).unwrap();
    }
    let reading = read(&book.save_to_buffer().unwrap(), "cientifico.xlsx").unwrap();
    let expected = Ledger { read: 7, usable: 4, failed: 3, skipped: 0, issues: 0, collect: 340_000 };
    assert_eq!(ledger(&reading), expected);
    let kept: Vec<&str> =
        reading.rows().iter().map(|row| row.tracking_number.as_ref().unwrap().as_str()).collect();
    assert_eq!(kept, ["014152004123", "50012345678", "50012345679", "240041234567"]);
    assert!(reading.complaints().iter().all(|(.., reason)| *reason == Reason::ScientificNumber));
    assert_eq!(reading.rows()[0].order_ref.as_deref(), Some("9002"));
    assert_eq!(reading.rows()[3].phone.as_ref().unwrap().e164(), "+573005550106");
}

#[test]
fn an_old_workbook_with_broken_accents_is_read_like_a_new_one() {
    let text = |text: &'static str| Some(Value::Text(text));
    let rows = [
        vec![
            text("NÃºmero de GuÃ\u{ad}a"),
            text("Cliente"),
            text("TelÃ©fono"),
            text("Ciudad"),
            text("Estatus"),
            text("Transportadora"),
            text("Fecha Ãšltimo Movimiento"),
            text("Valor Facturado"),
        ],
        // 46085 is 4 March 2026.
        vec![
            text("014152004123"),
            text("JosÃ© NÃºÃ±ez"),
            Some(Value::Number(3_005_550_101.0)),
            text("BogotÃ¡"),
            text("EN OFICINA"),
            text("ENVÃ\u{8d}A"),
            Some(Value::Date(46_085.0)),
            text("$ 85.000,00"),
        ],
        vec![
            Some(Value::Number(50_012_345_678.0)),
            text("Ana"),
            text("mal"),
            text("MedellÃ\u{ad}n"),
            text("ENTREGADO"),
            text("TCC"),
            text("04/03/2026"),
            Some(Value::Number(120_000.0)),
        ],
        vec![None, text("Sin guÃ\u{ad}a"), None, None, text("EN REPARTO"), None, None, text("1")],
    ];
    let reading = read(&xls(&[("Hoja1", &rows)]), "viejo.xls").unwrap();
    let expected = Ledger { read: 3, usable: 2, failed: 1, skipped: 0, issues: 1, collect: 205_000 };
    assert_eq!(ledger(&reading), expected);
    let rows = reading.rows();
    assert_eq!(texts(rows[0]), ["José Núñez", "Bogotá", ""]);
    let moved = |at: usize| rows[at].last_movement_at.unwrap().to_string();
    assert_eq!([moved(0), moved(1)], ["2026-03-04T05:00:00Z"; 2]);
    let reasons: Vec<Reason> = reading.complaints().into_iter().map(|(.., reason)| reason).collect();
    assert_eq!(reasons, [Reason::BadPhone, Reason::MissingValue]);
}

#[test]
fn a_finance_report_gives_what_has_a_place_and_names_the_rest() {
    let reading = read_csv(
        "NUMERO GUIA,ESTADO GUIA,VALOR FACTURADO,GANANCIA,PRECIO FLETE,COSTO DEVOLUCION,COMISIÓN\n\
         50012345671,ENTREGADO,89.900,21.000,12.500,0,1.000\n\
         50012345672,DEVOLUCION,\"85,000\",0,12.500,9.000,0\n",
    );
    let expected = Ledger { read: 2, usable: 2, failed: 0, skipped: 0, issues: 0, collect: 174_900 };
    assert_eq!(ledger(&reading), expected);
    assert_eq!(reading.header.format, FileFormat::DropiFinance);
    let warnings: Vec<(&str, &str)> =
        reading.header.warnings.iter().map(|one| (one.code.as_str(), one.detail.as_str())).collect();
    assert_eq!(warnings, [("finance_not_kept", "GANANCIA, COMISIÓN")]);
    let rows = reading.rows();
    assert_eq!(rows.iter().filter_map(|row| row.freight).map(|money| money.amount).sum::<i64>(), 25_000);
    assert_eq!(rows[1].return_cost, Some(Money::cop(9_000)));
    assert_eq!(rows[1].status.as_deref(), Some("DEVOLUCION"));
}

#[test]
fn a_finance_report_may_name_the_order_alone() {
    let reading = read_csv(
        "ID ORDEN;ESTADO;VALOR FACTURADO;GANANCIA;PRECIO FLETE;COSTO DEVOLUCION\n\
         D-1;ENTREGADO;89.900;21.000;12.500;0\n\
         ;DEVOLUCION;85.000;0;12.500;9.000\n",
    );
    assert_eq!(reading.header.format, FileFormat::DropiFinance);
    let warnings: Vec<(&str, &str)> =
        reading.header.warnings.iter().map(|one| (one.code.as_str(), one.detail.as_str())).collect();
    assert_eq!(warnings, [("finance_not_kept", "GANANCIA"), ("finance_by_order", "ID ORDEN")]);
    let row = reading.only();
    assert_eq!((row.order_ref.as_deref(), row.freight), (Some("D-1"), Some(Money::cop(12_500))));
    assert_eq!(reading.complaints(), [(3, "ID ORDEN".to_owned(), Reason::MissingValue)]);
}

#[test]
fn files_without_shipments_are_called_by_their_name() {
    let foreign = |bytes: &[u8], name: &str| match read(bytes, name) {
        Err(FileError::Foreign(file)) => file,
        other => panic!("{name}: {other:?}"),
    };
    let mut book = Workbook::new();
    let pivot = book.add_worksheet().set_name("tasa de entregas").unwrap();
    for (column, title) in (0..).zip(["Etiquetas de fila", "DEVOLUCION", "%", "ENTREGADO", "%", "Total"]) {
        pivot.write_string(0, column, title).unwrap();
    }
    assert_eq!(foreign(&book.save_to_buffer().unwrap(), "historico.xlsx"), ForeignFile::RouteHistory);
    let finance =
        "VALOR FACTURADO;GANANCIA;PRECIO FLETE;COSTO DEVOLUCION;ESTADO\n89.900;21.000;12.500;0;ENTREGADO\n";
    assert_eq!(foreign(finance.as_bytes(), "finanzas.csv"), ForeignFile::FinanceReport);
    // A report of orders that lacks its number is asked for the number.
    let orders = "Cliente,Ciudad,Estatus,VALOR FACTURADO,GANANCIA,PRECIO FLETE\nAna,CALI,ENTREGADO,1,1,1\n";
    assert!(matches!(read(orders.as_bytes(), "ordenes.csv"), Err(FileError::MissingColumns { .. })));
}
